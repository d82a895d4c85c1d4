"""What plans look like to people: rows and words that tables, JSON answers and reports share."""
