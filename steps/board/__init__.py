"""The overview of an area: its numbers, what moved, whom to call, and all of it as words."""
