"""Checks of an estate's content, by area; each yields problems."""

from __future__ import annotations

from inventory.inventory import Inventory
from inventory.problems import Problem

__all__ = ["run_checks"]


def run_checks(inventory: Inventory) -> list[Problem]:
    """All problems of the records' content. ``inventory`` holds records that validated and whose references resolve."""
    return []
