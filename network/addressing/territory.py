"""Which divisions have prefixes of their own, below which, and at which place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inventory.addressing_settings import AddressingSettings, LevelPlan, Numbering
from inventory.inventory import Inventory
from inventory.kinds.territory import Level

__all__ = ["Territory", "code_place", "uncoded_from"]

_END = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12}
"""Digits of a division code that a level fixes (GB/T 2260, GB/T 10114)."""
UNCODED_FROM = 0xA
"""Codes have decimal digits only: places whose first hexadecimal digit is a to f stay free for functional zones."""


def code_place(code: str | None, level: Level, above: str | None, bits: int) -> int | None:
    """The place that a code gives in the prefix of the division above, each decimal digit as a hexadecimal one.

    above: the code of that division. bits: by which the prefix is longer. None: no place follows from the code, because
    one of the two has none, they do not fit each other, or there are too few bits.
    """
    digits = _digits_between(level, above)
    if code is None or above is None or not digits or 4 * digits > bits or len(code) < _END[level]:
        return None
    fixed = _END[level] - digits
    return int(code[fixed : _END[level]], 16) if code[:fixed] == above[:fixed] else None


def uncoded_from(level: Level, above: str | None, bits: int) -> int:
    """The first place for divisions without a code, in a prefix where those with one have theirs by it."""
    digits = _digits_between(level, above)
    return UNCODED_FROM << 4 * (digits - 1) if digits and 4 * digits <= bits else 0


def _digits_between(level: Level, above: str | None) -> int:
    """Digits that the code of a level has more than the one above; 0 where it has no more, or that has no code."""
    if above is None:
        return 0
    ends = 2 if above.endswith("0000") else 4 if above.endswith("00") else 6
    return max(0, _END[level] - (ends if len(above) == 6 else len(above)))


@dataclass(frozen=True)
class Territory:
    """The divisions of an address plan.

    above: division -> the nearest one above it with a prefix of its own; roots, which have an allocation, are not in
    it. below: the same the other way, in the order of the files. plan_of: division -> the row of its level (roots
    without a row: none). home: every division -> the division whose prefix it uses; absent where no allocation
    reaches it.
    """

    roots: tuple[str, ...] = ()
    above: Mapping[str, str] = field(default_factory=dict)
    below: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plan_of: Mapping[str, LevelPlan] = field(default_factory=dict)
    home: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, inventory: Inventory, settings: AddressingSettings) -> Territory:
        """Read an inventory's divisions."""
        rows = {row.level: row for row in settings.levels}
        roots = tuple(
            dict.fromkeys(each.division for each in settings.allocations if each.division in inventory.divisions)
        )
        allocated = set(roots)
        above: dict[str, str] = {}
        below: dict[str, list[str]] = {}
        home: dict[str, str] = {}
        for id in inventory.divisions:
            lineage = inventory.lineage(id)
            reached = next((place for place, name in enumerate(lineage) if name in allocated), None)
            if reached is None:
                continue
            chain = [name for name in lineage[: reached + 1] if name in allocated or _level(inventory, name) in rows]
            home[id] = chain[0]
            if chain[0] == id and id not in allocated:
                above[id] = chain[1]
                below.setdefault(chain[1], []).append(id)
        plan_of = {
            id: rows[inventory.divisions[id].level] for id in (*roots, *above) if inventory.divisions[id].level in rows
        }
        return cls(roots, above, {id: tuple(names) for id, names in below.items()}, plan_of, home)

    def top_down(self) -> tuple[str, ...]:
        """All divisions with a prefix of their own, each after the one above it."""
        found = list(self.roots)
        for id in found:
            found.extend(self.below.get(id, ()))
        return tuple(found)

    def place(self, inventory: Inventory, id: str, bits: int) -> tuple[int | None, int]:
        """(place that settings and code give a division in the prefix above, or None; first place without a code)."""
        if self.plan_of[id].by is not Numbering.CODE:
            return None, 0
        division, above = inventory.divisions[id], inventory.divisions[self.above[id]].code
        place = code_place(division.code, division.level, above, bits)
        return place, uncoded_from(division.level, above, bits)


def _level(inventory: Inventory, id: str) -> Level | None:
    division = inventory.divisions.get(id)
    return division.level if division is not None else None
