"""English texts of what the checker finds."""
