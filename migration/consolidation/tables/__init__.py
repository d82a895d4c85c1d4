"""Built-in rules of consolidation."""
