"""Rows about parity: the rules and how each maker writes what they compare."""
