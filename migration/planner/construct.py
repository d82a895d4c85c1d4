"""The first plan: slot by slot, units by urgency, priority and traffic, then look-back for what found no place.

The pass over the slots is a list schedule: in each slot the units whose providers are placed compete, those for which
it is the last slot first, then by priority, then by the traffic to what the slot already holds. What finds no place
goes to `eject`, which re-opens earlier decisions.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush

import numpy as np

from migration.planner.condense import Refusal, Units, propagate
from migration.planner.moves import choose, put, room, roomy, supplied, take, uncrowded, use
from migration.planner.pools import Aims
from migration.planner.problem import PlanningProblem
from migration.planner.tables import State, Tables, build_tables, empty_state

__all__ = ["ListSchedule", "pack", "pools_for", "prepare", "worth"]

PACK_NODES = 20_000
"""Nodes of the search for pools of one group's members."""
MISSES = 400
"""Units in a row that find no room after which a slot counts as full."""
TRIES = 500
"""Units tried between two looks at the clock."""
SHORT = 25
"""Units that find only a resource short count for one in so many of these: other units take other resources."""


def prepare(problem: PlanningProblem, units: Units, pause: Callable[[], None] = lambda: None) -> Tables:
    """Refuse groups that fit no slot even in an empty plan, narrow all slots by order, and build the tables."""
    pause()
    tables = build_tables(problem, units)
    pause()
    state = empty_state(tables)
    limited = any(tables.cloud_limit) or any(tables.item_limit)
    for unit, group in enumerate(units.members):
        if unit in units.refused or (len(group) == 1 and not limited):
            continue
        pause()
        mask = units.allowed[unit]
        slots = [slot for slot in range(problem.slots) if mask >> slot & 1]
        for slot in slots:
            if pack(tables, state, unit, slot):
                take(tables, state, unit)
                units.allowed[unit] = mask >> slot << slot  # what follows it (H1) waits for a slot that it can be in
                break
        else:
            units.refused[unit] = _packing_refusal(problem, tables, units, unit, slots)
        for item in group:
            choose(tables, state, item, -1)
    pause()
    propagate(units)
    pause()
    return build_tables(problem, units)


def _packing_refusal(problem: PlanningProblem, t: Tables, units: Units, unit: int, slots: list[int]) -> Refusal:
    """Whether a unit that fits no slot of an empty plan would fit without H4, without what H6 says of clouds, ..."""
    group = units.members[unit]
    first_limit = 3 * t.check_ptr[-1]
    lifted = {"H4": list(range(first_limit)), "H6": list(range(first_limit, t.first_use))}
    taken = {
        units.uses.resource_of(start)
        for item in group
        for pool, _ in units.choices[item]
        for start, _ in units.uses.choices.get((item, pool), ())
    }
    for counter, resource in enumerate(units.uses.resource, t.first_use):
        if resource in taken:
            lifted.setdefault(problem.resources[resource].rule, []).append(counter)
    rules = []
    for rule, counters in lifted.items():
        state = empty_state(t)
        for counter in counters:
            state.free[counter] = 1 << 62
        if any(pack(t, state, unit, slot) for slot in slots):
            rules.append(rule)
    rules = rules or list(lifted)
    resources = tuple(sorted(number for number in taken if problem.resources[number].rule in rules))
    pools = tuple(sorted({pool for item in group for pool, _ in units.choices[item]}))
    return Refusal((*(["H2"] if len(group) > 1 else []), *rules), group, pools=pools, resources=resources)


def pack(t: Tables, s: State, unit: int, slot: int) -> bool:
    """`put`, and where that fails for a group, a search over its members' pools of at most PACK_NODES nodes."""
    if put(t, s, unit, slot):
        return True
    first, end = t.member_ptr[unit], t.member_ptr[unit + 1]
    if end - first == 1 or not roomy(t, s, unit, slot):
        return False
    members = [t.member[position] for position in range(first, end)]
    chosen = pools_for(t, s, members, slot)
    if chosen is None:
        return False
    for item, taken in zip(members, chosen, strict=True):
        choose(t, s, item, taken)
    return put(t, s, unit, slot)


def pools_for(t: Tables, s: State, members: list[int], slot: int) -> list[int] | None:
    """A choice for each of some items that together have room in a slot; None if there is none or none was found.

    Depth-first over the choices of the members in turn, at most PACK_NODES nodes. The plan is not changed.
    """
    chosen: list[int] = []
    choice = t.choice_ptr[members[0]] if members else 0
    nodes = 0
    while len(chosen) < len(members):
        item = members[len(chosen)]
        nodes += 1
        while choice < t.choice_ptr[item + 1] and not room(t, s, item, choice, slot):
            choice += 1
        if choice < t.choice_ptr[item + 1] and nodes < PACK_NODES:
            use(t, s, item, choice, slot, 1)
            chosen.append(choice)
            choice = t.choice_ptr[members[len(chosen)]] if len(chosen) < len(members) else 0
        elif chosen and nodes < PACK_NODES:
            choice = chosen.pop()
            use(t, s, members[len(chosen)], choice, slot, -1)
            choice += 1
        else:
            break
    for item, taken in zip(members, chosen, strict=False):
        use(t, s, item, taken, slot, -1)
    return chosen if len(chosen) == len(members) else None


def worth(problem: PlanningProblem, units: Units) -> list[int]:
    """What placing each unit is worth: the number of items counts first, then their priority."""
    levels, rank = np.unique(problem.priority, return_inverse=True)
    scale = problem.items * len(levels) + 1
    ranks = rank.tolist()
    return [sum(scale + ranks[item] for item in group) for group in units.members]


class ListSchedule:
    """Fills the slots one after the other. `left` holds the units that found no place, in topological order."""

    def __init__(self, problem: PlanningProblem, units: Units, t: Tables, s: State):
        self.units, self.t, self.s = units, t, s
        self.priority = [int(max(problem.priority[item] for item in group)) for group in units.members]
        self.waiting = [sum(1 for other in row if other not in units.refused) for row in units.before]
        self.last = [mask.bit_length() - 1 for mask in units.allowed]
        self.pinned = {units.unit_of[item] for item in problem.pinned_slot}
        self.aims = Aims(t, s, [item for item in range(t.items) if units.unit_of[item] not in units.refused])
        self.pulled = [0] * t.units
        self.ready = [unit for unit in range(t.units) if unit not in units.refused and not self.waiting[unit]]

    @property
    def left(self) -> list[int]:
        """Units that could be placed and are not."""
        return [unit for unit in range(self.t.units) if unit not in self.units.refused and self.s.slot[unit] < 0]

    def run(self, pause: Callable[[], None]) -> None:
        """One pass over the slots; pause is called at each and while it is filled, what it raises ends the pass."""
        for slot in range(self.t.slots):
            pause()
            self.fill(slot, pause)

    def key(self, unit: int, slot: int) -> tuple[int, int, int, int, int]:
        """Order in which units compete for a slot."""
        spare = self.last[unit] - slot
        urgent = 0 if unit in self.pinned else 1 if spare <= 0 else 2 if spare <= 2 else 3
        return urgent, -self.priority[unit], -self.pulled[unit], self.last[unit], unit

    def fill(self, slot: int, pause: Callable[[], None]) -> None:
        """Place what is ready in one slot until it is full or all have been tried."""
        allowed = self.units.allowed
        for unit in self.ready:
            self.pulled[unit] = 0
        heap = [self.key(unit, slot) for unit in self.ready if allowed[unit] >> slot & 1]
        heapify(heap)
        later = [unit for unit in self.ready if not allowed[unit] >> slot & 1]
        misses, tried = 0, set[int]()
        while heap and misses < MISSES * SHORT:
            unit = heappop(heap)[-1]
            if unit in tried:
                continue
            tried.add(unit)
            if len(tried) % TRIES == 0:
                pause()
            if not self.aims.place(unit, slot, urgent=self.last[unit] - slot <= 2):
                short = uncrowded(self.t, self.s, unit, slot) and not supplied(self.t, self.s, unit, slot)
                misses += 1 if short else SHORT
                later.append(unit)
                continue
            misses = 0
            later += [other for other in self.released(unit) if not allowed[other] >> slot & 1]
            for other in self.attracted(unit):
                if other not in tried and not self.waiting[other] and allowed[other] >> slot & 1:
                    heappush(heap, self.key(other, slot))
        later += sorted({entry[-1] for entry in heap} - tried)
        self.ready = [unit for unit in later if self.last[unit] > slot]
        missed = [unit for unit in later if self.last[unit] <= slot]
        while missed:  # clients of a unit without a place may still find one: the look-back then places the unit
            for other in self.released(missed.pop()):
                (missed if self.last[other] <= slot else self.ready).append(other)

    def released(self, unit: int) -> list[int]:
        """Clients for which this was the last provider to wait for."""
        free = []
        for other in self.units.after[unit]:
            if other not in self.units.refused:
                self.waiting[other] -= 1
                if not self.waiting[other]:
                    free.append(other)
        return free

    def attracted(self, unit: int) -> list[int]:
        """Units without a place that have traffic with a unit just placed, or that follow it; counts the traffic."""
        t = self.t
        found = []
        for row in range(t.near_ptr[unit], t.near_ptr[unit + 1]):
            other = t.near[row]
            self.pulled[other] += t.near_weight[row]
            if self.s.slot[other] < 0:
                found.append(other)
        return found + [other for other in self.units.after[unit] if self.s.slot[other] < 0]
