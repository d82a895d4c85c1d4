"""H5 and H7 as rows of integers: which counters a unit, or an item in one of its pools, takes from in each slot.

Every period of a resource that can run short is a counter. A *map* holds K numbers, slot -> counter or -1; a row is
where its map begins and an amount. Rows that are checked together never share a counter in any slot: where the uses of
one unit fall in the same period, their amounts are added up in a row of its own. So each row can be checked alone.

What an item takes whatever its pool is a row of its unit. Where a member of the unit takes from the same resource by
its pool, all that the unit's members take of it are rows of their choices instead, which are checked one after the
other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from operator import or_

import numpy as np

from migration.planner.problem import PlanningProblem, Resource

__all__ = ["Rows", "Uses", "resource_uses"]

Rows = list[tuple[int, int]]
"""(where the map begins, amount)"""
Totals = dict[int, int]
"""Map -> amount"""


@dataclass(slots=True)
class Uses:
    """Rows of all units and of all choices that take anything.

    maps: maps one after the other; counters are numbered from 0. free, resource: of each counter what it offers and
    the number of its resource. units: rows of each unit. choices: rows of (item, pool).
    """

    slots: int
    maps: list[int] = field(default_factory=list)
    free: list[int] = field(default_factory=list)
    resource: list[int] = field(default_factory=list)
    units: list[Rows] = field(default_factory=list)
    choices: dict[tuple[int, int], Rows] = field(default_factory=dict)
    starts: dict[tuple[int, ...], int] = field(default_factory=dict)
    levels: dict[int, tuple[list[int], list[int]]] = field(default_factory=dict)
    parts: dict[tuple[int, ...], list[tuple[int, tuple[int, ...]]]] = field(default_factory=dict)

    def start(self, counters: tuple[int, ...]) -> int:
        """Where the map with these counters begins; it is added where it is new."""
        found = self.starts.get(counters)
        if found is None:
            found = self.starts[counters] = len(self.maps)
            self.maps += counters
        return found

    def resource_of(self, start: int) -> int:
        """Number of the resource that a map belongs to."""
        return next(self.resource[c] for c in self.maps[start : start + self.slots] if c >= 0)

    def open_slots(self, start: int, amount: int) -> int:
        """Bit mask of the slots in which a row's counter, with nothing else taken from it, holds the row."""
        if start not in self.levels:
            self.levels[start] = self._levels(start)
        amounts, masks = self.levels[start]
        return masks[bisect_left(amounts, amount)]

    def _levels(self, start: int) -> tuple[list[int], list[int]]:
        """Amounts offered in the slots of a map, ascending, and for each the slots that offer as much or more."""
        slots = {-1: 0}
        for slot, counter in enumerate(self.maps[start : start + self.slots]):
            key = -1 if counter < 0 else self.free[counter]
            slots[key] = slots.get(key, 0) | 1 << slot
        always = slots.pop(-1)
        amounts = sorted(slots)
        masks = list(accumulate((slots[amount] for amount in reversed(amounts)), or_, initial=always))
        return amounts, masks[::-1]

    def rows(self, totals: Totals) -> Rows:
        """Rows of what is taken together: one a map, and one a set of maps that meet in a counter."""
        if len(totals) == 1:
            return list(totals.items())
        maps = tuple(sorted(totals))
        if maps not in self.parts:
            self.parts[maps] = self._parts(maps)
        return [(start, sum(totals[each] for each in together)) for start, together in self.parts[maps]]

    def _parts(self, maps: tuple[int, ...]) -> list[tuple[int, tuple[int, ...]]]:
        """Maps that meet in no slot, and the sets of the maps given of which each is what they have in common."""
        counters = np.sort(np.array([self.maps[start : start + self.slots] for start in maps]), axis=0)
        if not ((counters[1:] == counters[:-1]) & (counters[1:] >= 0)).any():
            return [(start, (start,)) for start in maps]
        found: dict[tuple[int, ...], list[int]] = {}
        for slot in range(self.slots):
            meeting: dict[int, list[int]] = {}
            for start in maps:
                counter = self.maps[start + slot]
                if counter >= 0:
                    meeting.setdefault(counter, []).append(start)
            for counter, together in meeting.items():
                found.setdefault(tuple(together), [-1] * self.slots)[slot] = counter
        return [(self.start(tuple(each)), together) for together, each in sorted(found.items())]


def resource_uses(
    problem: PlanningProblem, unit_of: Sequence[int], count: int, pause: Callable[[], None] = lambda: None
) -> Uses:
    """Rows of a problem's resources for units 0..count-1.

    Periods that hold all that could ever fall in them get no counter. pause is called at each resource; what it raises
    passes.
    """
    found = Uses(slots=problem.slots, units=[[] for _ in range(count)])
    for number, resource in enumerate(problem.resources):
        pause()
        counters = _scarce(resource, len(found.free))
        if not counters:
            continue
        found.free += [resource.capacity[period] for period in counters]
        found.resource += [number] * len(counters)
        by_unit, by_choice = _totals(problem, unit_of, resource, counters, found)
        for unit, totals in by_unit.items():
            found.units[unit] += found.rows(totals)
        for choice, totals in by_choice.items():
            found.choices.setdefault(choice, []).extend(found.rows(totals))
    return found


def _scarce(resource: Resource, base: int) -> dict[int, int]:
    """Period -> counter, numbered from base, of the periods that could be asked for more than they offer."""
    most: defaultdict[int, int] = defaultdict(int)
    for use in resource.uses:
        total = sum(use.amounts)
        for period in set(use.periods):
            most[period] += total
    scarce = (period for period, offered in enumerate(resource.capacity) if most.get(period, 0) > offered)
    return {period: base + number for number, period in enumerate(scarce)}


def _totals(
    problem: PlanningProblem, unit_of: Sequence[int], resource: Resource, counters: dict[int, int], found: Uses
) -> tuple[dict[int, Totals], dict[tuple[int, int], Totals]]:
    """What units and choices take of one resource, by map."""
    by_unit: dict[int, Totals] = {}
    by_choice: dict[tuple[int, int], Totals] = {}
    mixed = {unit_of[item] for use in resource.uses if use.pool is not None for item in use.items}
    for use in resource.uses:
        periods = tuple(counters.get(period, -1) for period in use.periods)
        if max(periods) < 0:
            continue
        start = found.start(periods)
        for item, amount in zip(use.items, use.amounts, strict=True):
            if not amount:
                continue
            unit = unit_of[item]
            if unit not in mixed:
                totals = by_unit.setdefault(unit, {})
                totals[start] = totals.get(start, 0) + amount
                continue
            for pool, _ in problem.choices[item]:
                if use.pool in (None, pool):
                    totals = by_choice.setdefault((item, pool), {})
                    totals[start] = totals.get(start, 0) + amount
    return by_unit, by_choice
