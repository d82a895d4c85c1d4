"""Texts of this language, a module an area."""
