"""What is held about one person: found, shown, copied; and what is past its term."""
