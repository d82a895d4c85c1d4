"""Divisions and departments: codes, parents, names."""

from __future__ import annotations

from inventory.checks.common import Found, about, cycles, first_of
from inventory.inventory import Inventory, nearest_names
from inventory.kinds.territory import Division, Level

__all__ = ["check_territory"]

_ORDER = {level: place for place, level in enumerate(Level)}
_NAMED = ("division", "department", "cloud", "system")


def check_territory(inventory: Inventory) -> Found:
    """Codes against levels (GB/T 2260, GB/T 10114), parents of divisions and departments, names."""
    yield from _codes(inventory)
    yield from _parents(inventory)
    yield from _cycles(inventory)
    yield from _names(inventory)


def _codes(inventory: Inventory) -> Found:
    divisions = inventory.divisions
    for id, division in divisions.items():
        if division.code is not None and not _fits(division.code, division.level):
            yield about(
                inventory, "division-code-level", "division", id, "code", code=division.code, level=division.level.value
            )
    coded = ((division.code, id) for id, division in divisions.items() if division.code is not None)
    for id, first, code in first_of(coded):
        yield about(inventory, "code-used-twice", "division", id, "code", code=code, other=first)


def _fits(code: str, level: Level) -> bool:
    """Whether a code has the form of its level: 140000, 140100, 140105 (or 419001), 140105001, 140105001001."""
    if not code.isascii() or not code.isdigit():
        return False
    match level:
        case Level.PROVINCE:
            return len(code) == 6 and code.endswith("0000")
        case Level.CITY:
            return len(code) == 6 and code.endswith("00") and not code.endswith("0000")
        case Level.COUNTY:
            return len(code) == 6 and not code.endswith("00")
        case Level.TOWNSHIP:
            return len(code) == 9
        case Level.VILLAGE:
            return len(code) == 12


def _parents(inventory: Inventory) -> Found:
    divisions = inventory.divisions
    highest = min((_ORDER[division.level] for division in divisions.values()), default=0)
    for id, division in divisions.items():
        above = inventory.parent_of(id)
        if above is None:
            if _ORDER[division.level] > highest or division.functional_zone:
                expected = _code_above(division)
                yield about(
                    inventory,
                    "division-without-parent",
                    "division",
                    id,
                    "parent",
                    nearest_names(expected, divisions.keys() - {id}),
                    parent=expected,
                )
            continue
        parent = divisions.get(above)
        if parent is None or above == id:
            continue
        same = parent.level == division.level and not division.functional_zone
        if same or _ORDER[parent.level] > _ORDER[division.level]:
            yield about(
                inventory,
                "parent-below",
                "division",
                id,
                "parent",
                parent=above,
                parent_level=parent.level.value,
                level=division.level.value,
            )


def _code_above(division: Division) -> str:
    code = division.code or division.id
    if not code.isdigit() or division.functional_zone:
        return "parent"
    match division.level:
        case Level.VILLAGE:
            return code[:9]
        case Level.TOWNSHIP:
            return code[:6]
        case Level.COUNTY:
            return code[:4] + "00"
        case _:
            return code[:2] + "0000"


def _cycles(inventory: Inventory) -> Found:
    for id in cycles({id: division.parent for id, division in inventory.divisions.items()}):
        yield about(inventory, "parent-cycle", "division", id, "parent")
    for id in cycles({id: department.parent for id, department in inventory.departments.items()}):
        yield about(inventory, "parent-cycle", "department", id, "parent")


def _names(inventory: Inventory) -> Found:
    for kind in _NAMED:
        for id, record in inventory.of(kind).items():
            if not getattr(record, "name", "") and not getattr(record, "classified", False):
                yield about(inventory, "unnamed", kind, id, "name")
