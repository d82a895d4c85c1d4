"""Findings about designs, in the form of an estate's problems: code, severity, record, figures."""

from __future__ import annotations

from inventory.inventory import Inventory
from inventory.problems import Origin, Problem, Value, problem

__all__ = ["finding"]


def finding(
    inventory: Inventory, code: str, kind: str, id: str, path: str = "", nearest: str = "", /, **data: Value
) -> Problem:
    """A finding about one record (``estate`` and no id: about the settings), at the place where that was read."""
    missing = Origin("estate.yaml" if kind == "estate" else "?")
    origin = inventory.origins.get((kind, id), missing)
    return problem(code, origin, kind=kind, id=id, path=path, nearest=nearest, **data)
