"""The kinds of records, by area, and the table that names them all."""

from inventory.kinds.registry import CLASSIFIABLE, KINDS, PLURALS, AnyRecord, plural

__all__ = ["CLASSIFIABLE", "KINDS", "PLURALS", "AnyRecord", "plural"]
