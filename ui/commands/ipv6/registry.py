"""The group ``qianyun ipv6``, its exit codes, and the JSON answers that several of its commands share."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.inventory import Inventory
from inventory.problems import Problem, Severity
from ui.commanding import Common, Group
from ui.opening import open_estate
from ui.output import problem_line, say

if TYPE_CHECKING:
    from network.addressing import Addresses, Assignment

__all__ = ["LISTED", "VIOLATIONS", "address_answers", "errors_of", "group", "open_plan", "prefix_answer", "title_of"]

group = Group("ipv6")
VIOLATIONS = 1
LISTED = 20
"""Rows of a table without --all; the JSON answer has everything."""


def open_plan(estate: Path, common: Common, *, tell: bool = False) -> tuple[Inventory, Addresses]:
    """The estate and its address plan. ``tell``: what is wrong with prefixes and settings that the plan stands on is
    named on stderr. Errors as ``load_estate`` and ``plan_addresses``."""
    from network.addressing import plan_addresses

    loaded = open_estate(estate, common)
    if tell:
        _tell_ground(loaded.problems)
    return loaded.inventory, plan_addresses(loaded.inventory)


def _tell_ground(problems: Sequence[Problem]) -> None:
    told = [
        found
        for found in problems
        if found.severity is not Severity.NOTE and (found.kind == "prefix" or found.code.startswith("addressing-"))
    ]
    for found in told[:LISTED]:
        sys.stderr.write(problem_line(found) + "\n")
    if len(told) > LISTED:
        say("cli.and-more", count=len(told) - LISTED)


def errors_of(problems: Sequence[Problem]) -> int:
    """How many problems are errors."""
    return Counter(found.severity for found in problems)[Severity.ERROR]


def prefix_answer(assignment: Assignment) -> dict[str, Any]:
    """A prefix as JSON answers give it (docs/formats.md)."""
    return {
        "id": assignment.id,
        "prefix": str(assignment.prefix),
        "purpose": assignment.purpose.value,
        "division": assignment.division,
        "department": assignment.department,
        "site": assignment.site,
        "vpn": assignment.vpn,
        "aggregate": assignment.aggregate,
        "ipv4": str(assignment.ipv4) if assignment.ipv4 is not None else None,
        "pair": assignment.pair,
        "kept": assignment.kept,
        "pinned": assignment.pinned,
    }


def address_answers(addresses: Addresses) -> dict[str, Any]:
    """Loopbacks and interfaces, by device."""
    interfaces: dict[str, dict[str, list[str]]] = {}
    for (device, name), listed in addresses.interfaces.items():
        interfaces.setdefault(device, {})[name] = [str(each) for each in listed]
    return {
        "loopbacks": {device: str(address) for device, address in addresses.loopbacks.items()},
        "interfaces": interfaces,
    }


def title_of(inventory: Inventory, assignment: Assignment) -> str:
    """Whose a prefix is, by id and name."""
    if assignment.department is not None:
        kind, id = "department", assignment.department
    else:
        kind, id = "division", assignment.division or ""
    record: Any = inventory.of(kind).get(id)
    words = (id, record.name if record is not None else "", assignment.site)
    return " ".join(word for word in words if word)
