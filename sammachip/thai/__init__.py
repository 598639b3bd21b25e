"""Thai dates, digits, text, form fields and template filters. Knows nothing of the other apps."""
