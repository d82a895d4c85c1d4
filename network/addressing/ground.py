"""What all parts of a plan share while it is made, and how places in a prefix are given out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import NamedTuple

from inventory.addressing_settings import AddressingSettings
from inventory.inventory import Inventory
from inventory.kinds.network import PrefixPurpose
from inventory.problems import Origin, Problem, Severity, Value
from inventory.tables.problems import PROBLEMS
from network.addressing.kept import Held, Kept, Scope
from network.addressing.model import Usage
from network.addressing.space import BITS, Block, Space
from network.addressing.territory import Territory

__all__ = ["Ground", "Wanted", "record_id"]

_LONGEST = 80
"""An id has no more characters (``inventory.base.ID_PATTERN``)."""


def record_id(purpose: PrefixPurpose, vpn: str | None, kind: str, name: str) -> str:
    """The id of a planned prefix's record: the same for the same object for ever."""
    text = ".".join(part for part in ("v6", purpose.value, vpn or "", kind, name.replace("/", "_")) if part)
    if len(text) <= _LONGEST:
        return text
    digest = hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
    return f"{text[: _LONGEST - len(digest) - 1]}-{digest}"


class Wanted(NamedTuple):
    """Something that wants a place: its id in the plan, what else it may be on record as, and whose it is.

    longest: longest length of a record that is the whole of it without being handed down; longer ones are its own part.
    fixed: what interfaces say already. place: where it has to be if that is free. lowest: places below are for others.
    """

    name: str
    id: str
    length: int
    scopes: tuple[Scope, ...] = ()
    longest: int = BITS
    fixed: Block | None = None
    place: int | None = None
    lowest: int = 0
    division: str | None = None
    department: str | None = None
    is_division: bool = False


Given = dict[str, tuple[Block, Held | None]]
"""Name of what wanted a place -> its block, and what says so already."""


@dataclass
class Ground:
    """A plan in the making."""

    inventory: Inventory
    settings: AddressingSettings
    territory: Territory
    kept: Kept
    findings: list[Problem] = field(default_factory=list)
    usages: list[Usage] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.own_length = cache(self.settings.own_length)  # asked for each division in each block

    def find(self, code: str, kind: str, id: str, /, **data: Value) -> None:
        """Note what the plan could not do, at the record concerned; at the estate's settings without one."""
        origin = self.inventory.origin(kind, id) if kind != "estate" else Origin("estate.yaml")
        severity = Severity(PROBLEMS[code].severity)
        self.findings.append(Problem(code=code, severity=severity, origin=origin, kind=kind, id=id, data=data))

    def space(self, block: Block, taken: Iterable[Block] = ()) -> Space:
        """A prefix from which places are given out."""
        return Space(block, self.settings.growth, taken)

    def admits(self, wanted: Wanted, block: Block) -> bool:
        """Whether nothing that others have lies in a block or around it."""
        lineage = self.inventory.lineage
        for each in self.kept.within(block):
            below = each.division is not None and wanted.division in lineage(each.division)
            same = wanted.department is not None and wanted.department == each.department
            if not ((wanted.is_division and below) or same):
                return False
        for each in self.kept.around(block):
            if each.division is None:
                continue
            if wanted.division is None or each.division not in lineage(wanted.division):
                return False
            if each.handed_down:
                continue
            if wanted.is_division and each.is_narrow:
                return False
            if each.department is not None and each.department != wanted.department:
                return False
        return True

    def is_below(self, division: str, block: Block) -> bool:
        """Whether a prefix on record in a block, or around it, is that of a division below this one."""
        territory = self.territory
        return any(
            not each.is_narrow
            and territory.home.get(each.division or "", division) != division
            and division in self.inventory.lineage(each.division or "")
            for each in (*self.kept.within(block), *self.kept.around(block))
        )

    def fill(self, spaces: Sequence[Space], wanted: Sequence[Wanted]) -> Given:
        """Give places: first what is on record, then by code, then the next free; what finds none is left out."""
        given: Given = {}
        for each in wanted:
            held = self.kept.claim(each.id, each.scopes, each.longest)
            block = held.block if held is not None else each.fixed
            if block is not None:
                given[each.name] = (block, held)
                for space in spaces:
                    if space.block.holds(block):
                        space.take(block)
        open_ = [each for each in wanted if each.name not in given]
        for each in open_:
            block = self._by_place(spaces, each)
            if block is not None:
                given[each.name] = (block, None)
        for each in open_:
            if each.name not in given:
                admits = partial(self.admits, each) if self.kept.any else None
                found = (space.next(each.length, lowest=each.lowest, admits=admits) for space in spaces)
                block = next((block for block in found if block is not None), None)
                if block is not None:
                    given[each.name] = (block, None)
        return given

    def _by_place(self, spaces: Sequence[Space], wanted: Wanted) -> Block | None:
        if wanted.place is None:
            return None
        for space in spaces:
            if wanted.place >> max(0, wanted.length - space.block.length):
                continue
            block = space.block.part(wanted.place, wanted.length)
            if space.is_free(block) and self.admits(wanted, block):
                space.take(block)
                return block
        return None

    def measure(self, spaces: Sequence[Space], division: str, what: str, length: int, *, lowest: int = 0) -> None:
        """Note how full a prefix is, and warn where growth has begun to use the reserve of the level."""
        row = self.territory.plan_of.get(division)
        places = used = 0
        for space in spaces:
            counted = space.count(length, lowest=lowest)
            places, used = places + counted[0], used + counted[1]
        reserve = row.reserve if row is not None else 0.0
        level = self.inventory.divisions[division].level
        usage = Usage(level, division, spaces[0].block, what, used, places, reserve)
        self.usages.append(usage)
        if places and usage.left < reserve * places:
            self.find(
                "addresses-reserve", "division", division, level=level.value, prefix=str(usage.prefix), what=what,
                left=usage.left, places=places, percent=round(100 * reserve),
            )  # fmt: skip
