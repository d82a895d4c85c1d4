"""Configurations as trees: reading, printing, joining and comparing them."""

from network.config.reading import normalised, parse, to_text
from network.config.tree import ConfigLine, ConfigTree, merge

__all__ = ["ConfigLine", "ConfigTree", "merge", "normalised", "parse", "to_text"]
