"""Rows of data about how configurations are printed."""
