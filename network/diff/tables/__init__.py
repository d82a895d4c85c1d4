"""Rows about order, undo and exclusion, one module a family of command lines."""
