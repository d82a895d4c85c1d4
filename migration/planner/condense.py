"""H1 and H2 before any search: move groups, their order, and the slots that calendar, pools and order leave them.

A unit is what moves in one slot: a strongly connected component of the order pairs together with the declared groups,
usually one item. Units are numbered so that a provider's unit has a lower number than its clients' (topological order).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from migration.planner.problem import Integers, PlanningProblem
from migration.planner.uses import Rows, Uses, resource_uses

__all__ = ["Refusal", "Units", "condense", "neighbour_lists", "propagate"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a unit cannot be placed at all.

    items: members or providers that cause it; limits: numbers of H6 limits; pools: those without room (H4) or not open
    in time (H9); resources: numbers of those that do not suffice (H5, H7).
    """

    rules: tuple[str, ...]
    items: tuple[int, ...] = ()
    limits: tuple[int, ...] = ()
    pools: tuple[int, ...] = ()
    resources: tuple[int, ...] = ()


@dataclass(slots=True)
class Units:
    """The move groups of a problem.

    unit_of: unit of each item. members: items of each unit, ascending. before, after: units that precede and follow
    a unit by H1, without repetitions. allowed: bit mask of slots of each unit, 0 for a refused one. choices: per item
    the (pool, cost) pairs that are left, cheapest first. open: for each of these the slots in which the item may land
    there (the problem's `choice_slots`). uses: what units and choices take of resources. refused: unit -> reason.
    """

    unit_of: list[int]
    members: list[tuple[int, ...]]
    before: list[list[int]]
    after: list[list[int]]
    allowed: list[int]
    choices: list[tuple[tuple[int, int], ...]]
    open: list[tuple[int, ...]]
    uses: Uses
    refused: dict[int, Refusal]


def condense(problem: PlanningProblem, pause: Callable[[], None] = lambda: None) -> Units:
    """Move groups of a problem, each with the slots that its own calendar, pools, limits and pins leave it.

    pause is called between the steps; what it raises passes.
    """
    pause()
    unit_of, count = components(problem)
    members: list[list[int]] = [[] for _ in range(count)]
    for item, unit in enumerate(unit_of):
        members[unit].append(item)
    labels = np.array(unit_of, np.int64)
    pairs = labels[problem.order] if len(problem.order) else np.zeros((0, 2), np.int64)
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    pause()
    uses = resource_uses(problem, unit_of, count, pause)
    pause()
    choices, opened, masks, reasons = _items(problem, uses)
    pause()
    units = Units(
        unit_of=unit_of,
        members=[tuple(group) for group in members],
        before=neighbour_lists(count, pairs[:, ::-1]),
        after=neighbour_lists(count, pairs),
        allowed=[0] * count,
        choices=choices,
        open=opened,
        uses=uses,
        refused={},
    )
    limit_masks = _limit_masks(problem, units)
    for unit, group in enumerate(units.members):
        mask = -1
        for item in group:
            mask &= masks[item]
        causes = [item for item in group if item in reasons]
        if causes:
            refusals = [reasons[item] for item in causes]
            rules = tuple(sorted({rule for refusal in refusals for rule in refusal.rules}))
            pools = tuple(sorted({pool for refusal in refusals for pool in refusal.pools}))
            resources = tuple(sorted({resource for refusal in refusals for resource in refusal.resources}))
            units.refused[unit] = Refusal(rules, tuple(causes), pools=pools, resources=resources)
        elif not mask:
            pinned = any(item in problem.pinned_slot for item in group)
            units.refused[unit] = Refusal(("H11", "H2") if pinned else ("H2", "H8"), group)
        else:
            _apply_limits(problem, units, unit, mask, limit_masks.get(unit, []))
    return units


def neighbour_lists(count: int, pairs: Integers) -> list[list[int]]:
    """For each of `count` nodes the second ends of its pairs, in the order given."""
    lists: list[list[int]] = [[] for _ in range(count)]
    for first, second in pairs.tolist():
        lists[first].append(second)
    return lists


def components(problem: PlanningProblem) -> tuple[list[int], int]:
    """Unit of each item and the number of units, numbered in topological order of the order pairs."""
    extra = [pair for group in problem.together for pair in zip(group, (*group[1:], *group[:1]), strict=True)]
    pairs = np.concatenate([problem.order, np.array(extra, np.int64).reshape(-1, 2)])
    found, count = strongly_connected(neighbour_lists(problem.items, pairs))
    return [count - 1 - number for number in found], count


def strongly_connected(after: Sequence[Sequence[int]]) -> tuple[list[int], int]:
    """Component of each node and their number; a component's number is below those that reach it (Tarjan 1972)."""
    count = len(after)
    index, low, component = [-1] * count, [0] * count, [-1] * count
    path: list[int] = []
    visited = found = 0
    for root in range(count):
        if index[root] >= 0:
            continue
        work = [(root, 0)]
        while work:
            node, position = work.pop()
            if position == 0:
                index[node] = low[node] = visited
                visited += 1
                path.append(node)
            else:
                low[node] = min(low[node], low[after[node][position - 1]])
            following = after[node]
            while position < len(following):
                other = following[position]
                position += 1
                if index[other] < 0:
                    work.append((node, position))
                    work.append((other, 0))
                    break
                if component[other] < 0:
                    low[node] = min(low[node], index[other])
            else:
                if low[node] == index[node]:
                    while True:
                        member = path.pop()
                        component[member] = found
                        if member == node:
                            break
                    found += 1
    return component, found


Choices = tuple[tuple[int, int], ...]
Items = tuple[list[Choices], list[tuple[int, ...]], list[int], dict[int, Refusal]]


@dataclass(frozen=True, slots=True)
class _Choice:
    """Slots that one choice of pool leaves an item: by H9 (`choice_slots`), by the pool's room, by its resources."""

    pool: int
    cost: int
    gate: int
    room: int
    rows: Rows
    supplied: int

    @property
    def slots(self) -> int:
        return self.gate & self.room & self.supplied


def _items(problem: PlanningProblem, uses: Uses) -> Items:
    """Per item the choices left and when each is open, the slots left by all that looks at it alone, and why none is.

    That is calendar, pin, when its pools are open and have room for it, and the resources that depend on the pool.
    """
    least = np.minimum.accumulate(problem.capacity[:, ::-1, :], axis=1)[:, ::-1, :]
    offered = [[least[pool, :, resource].tolist() for resource in range(3)] for pool in range(problem.pools)]
    everything = (1 << problem.slots) - 1
    leads = problem.lead.tolist()
    choices: list[Choices] = []
    opened: list[tuple[int, ...]] = []
    masks: list[int] = []
    refused: dict[int, Refusal] = {}
    for item, demand in enumerate(problem.demand.tolist()):
        named = problem.choices[item]
        gates = problem.choice_slots[item] if problem.choice_slots else (everything,) * len(named)
        pin = problem.pinned_pool.get(item)
        wanted = []
        for (pool, cost), gate in zip(named, gates, strict=True):
            if pin not in (None, pool):
                continue
            start = max(bisect_left(amounts, need) for amounts, need in zip(offered[pool], demand, strict=True))
            start += leads[item] if start else 0
            rows, supplied = uses.choices.get((item, pool), []), everything
            for map_start, amount in rows:
                supplied &= uses.open_slots(map_start, amount)
            wanted.append(_Choice(pool, cost, gate, everything >> start << start, rows, supplied))
        own = problem.permitted[item]
        slot = problem.pinned_slot.get(item)
        calendar = own if slot is None else own & (1 << slot)
        left = sorted((each for each in wanted if each.slots & calendar), key=lambda each: (each.cost, each.pool))
        choices.append(tuple((each.pool, each.cost) for each in left))
        opened.append(tuple(each.gate for each in left))
        mask = 0
        for each in left:
            mask |= each.slots
        masks.append(mask & calendar)
        if not left:
            refused[item] = _item_refusal(problem, uses, item, wanted, calendar)
    return choices, opened, masks, refused


def _item_refusal(problem: PlanningProblem, uses: Uses, item: int, wanted: list[_Choice], calendar: int) -> Refusal:
    """Why an item has no slot: what leaves none on its own, else all that takes slots away."""
    own = problem.permitted[item]
    if not problem.choices[item]:
        return Refusal(("H3",))
    if not wanted:
        return Refusal(("H11", "H3"))
    if not own:
        return Refusal(("H8",))
    if not calendar:
        return Refusal(("H11", "H8"))
    lacking = {
        start: problem.resources[uses.resource_of(start)].rule
        for each in wanted
        for start, amount in each.rows
        if calendar & ~uses.open_slots(start, amount)
    }
    causes = (
        (("H9",), [each.gate for each in wanted]),
        (("H4",), [each.room for each in wanted]),
        (tuple(sorted(set(lacking.values()))), [each.supplied for each in wanted]),
    )
    alone = [cause for cause in causes if not any(mask & calendar for mask in cause[1])]
    some = [cause for cause in causes if any(calendar & ~mask for mask in cause[1])]
    rules = {rule for found, _ in alone or some for rule in found} | ({"H11"} if calendar != own else set())
    resources = {uses.resource_of(start) for start, rule in lacking.items() if rule in rules}
    pools = tuple(each.pool for each in wanted)
    return Refusal(tuple(sorted(rules)), pools=pools, resources=tuple(sorted(resources)))


def _limit_masks(problem: PlanningProblem, units: Units) -> dict[int, list[tuple[int, int]]]:
    """Unit -> (limit, bit mask of slots whose whole limit holds the unit) where that forbids any slot."""
    found: dict[int, list[tuple[int, int]]] = {}
    everything = (1 << problem.slots) - 1
    for number, limit in enumerate(problem.limits):
        if limit.cloud is not None:
            continue
        totals: dict[int, int] = {}
        members = range(problem.items) if limit.members is None else limit.members
        for position, item in enumerate(members):
            unit = units.unit_of[item]
            totals[unit] = totals.get(unit, 0) + (1 if limit.amounts is None else limit.amounts[position])
        by_amount: dict[int, int] = {}
        for unit, amount in totals.items():
            mask = by_amount.get(amount)
            if mask is None:
                mask = sum(1 << slot for slot, capacity in enumerate(limit.capacity) if capacity >= amount)
                by_amount[amount] = mask
            if mask != everything:
                found.setdefault(unit, []).append((number, mask))
    return found


def _apply_limits(problem: PlanningProblem, units: Units, unit: int, mask: int, limits: list[tuple[int, int]]) -> None:
    """Take away the slots whose limits or resources do not hold a unit even when nothing else is in them."""
    for _, allowed in limits:
        mask &= allowed
    uses, everything = units.uses, (1 << problem.slots) - 1
    short = []
    for start, amount in uses.units[unit]:
        allowed = uses.open_slots(start, amount)
        if allowed != everything:
            short.append(start)
            mask &= allowed
    units.allowed[unit] = mask
    if not mask:
        group = units.members[unit]
        resources = tuple(sorted({uses.resource_of(start) for start in short}))
        rules = {problem.resources[resource].rule for resource in resources}
        rules |= ({"H2"} if len(group) > 1 else set()) | ({"H6"} if limits else set())
        numbers = tuple(number for number, _ in limits)
        units.refused[unit] = Refusal(tuple(sorted(rules)), group, numbers, resources=resources)


def propagate(units: Units) -> None:
    """Narrow the slots of every unit by H1, in place; refuse what has no slot left after its providers.

    Placing every unit that is left in the first of its slots then breaks neither H1 nor H8, so nothing is refused that
    calendar and order would allow.
    """
    for unit, mask in enumerate(units.allowed):
        lost = [other for other in units.before[unit] if other in units.refused]
        if lost:
            units.allowed[unit] = 0
            if unit not in units.refused:
                units.refused[unit] = Refusal(("H1",), tuple(i for other in lost for i in units.members[other]))
            continue
        if unit in units.refused:
            units.allowed[unit] = 0
            continue
        first = max((lowest(units.allowed[other]) for other in units.before[unit]), default=0)
        units.allowed[unit] = mask >> first << first
        if not units.allowed[unit]:
            causes = [other for other in units.before[unit] if not mask >> lowest(units.allowed[other])]
            units.refused[unit] = Refusal(("H1", "H8"), tuple(i for other in causes for i in units.members[other]))
    for unit in range(len(units.allowed) - 1, -1, -1):
        for other in units.after[unit]:
            if other not in units.refused:
                units.allowed[unit] &= (1 << units.allowed[other].bit_length()) - 1


def lowest(mask: int) -> int:
    """Number of the lowest bit set in a mask that is not 0."""
    return (mask & -mask).bit_length() - 1
