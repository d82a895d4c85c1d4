"""The example estates and a plan of each, made once."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from inventory.inventory import Inventory
from inventory.load import load_estate
from migration.plan import Plan
from migration.planning import make_plan
from tests.borders.tree import ROOT

__all__ = ["Example", "example"]


class Example(NamedTuple):
    """An estate and its plan."""

    inventory: Inventory
    plan: Plan


@cache
def example(name: str) -> Example:
    """One of the shipped estates, planned with little effort."""
    inventory = load_estate(ROOT / "examples" / name).inventory
    return Example(inventory, make_plan(inventory, effort=1))
