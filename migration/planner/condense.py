"""H1 and H2 before any search: move groups, their order, and the slots that calendar and order leave them.

A unit is what moves in one slot: a strongly connected component of the order pairs together with the declared groups,
usually one item. Units are numbered so that a provider's unit has a lower number than its clients' (topological order).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from migration.planner.problem import Integers, PlanningProblem

__all__ = ["Refusal", "Units", "condense", "neighbour_lists", "propagate"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a unit cannot be placed at all. items: members or providers that cause it; limits: numbers of H6 limits."""

    rules: tuple[str, ...]
    items: tuple[int, ...] = ()
    limits: tuple[int, ...] = ()
    pools: tuple[int, ...] = ()


@dataclass(slots=True)
class Units:
    """The move groups of a problem.

    unit_of: unit of each item. members: items of each unit, ascending. before, after: units that precede and follow
    a unit by H1, without repetitions. allowed: bit mask of slots of each unit, 0 for a refused one. choices: per item
    the (pool, cost) pairs that are left, cheapest first. refused: unit -> reason.
    """

    unit_of: list[int]
    members: list[tuple[int, ...]]
    before: list[list[int]]
    after: list[list[int]]
    allowed: list[int]
    choices: list[tuple[tuple[int, int], ...]]
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
    choices, masks, reasons = _items(problem)
    pause()
    units = Units(
        unit_of=unit_of,
        members=[tuple(group) for group in members],
        before=neighbour_lists(count, pairs[:, ::-1]),
        after=neighbour_lists(count, pairs),
        allowed=[0] * count,
        choices=choices,
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
            units.refused[unit] = Refusal(rules, tuple(causes), pools=pools)
        elif not mask:
            pinned = any(item in problem.pinned_slot for item in group)
            units.refused[unit] = Refusal(("H11", "H2") if pinned else ("H2", "H8"), group)
        else:
            _apply_limits(units, unit, mask, limit_masks.get(unit, []))
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


def _items(
    problem: PlanningProblem,
) -> tuple[list[tuple[tuple[int, int], ...]], list[int], dict[int, Refusal]]:
    """Per item the pools left, the slots left by calendar, pin and pool capacity, and why none is left."""
    least = np.minimum.accumulate(problem.capacity[:, ::-1, :], axis=1)[:, ::-1, :]
    offered = [[least[pool, :, resource].tolist() for resource in range(3)] for pool in range(problem.pools)]
    choices: list[tuple[tuple[int, int], ...]] = []
    masks: list[int] = []
    refused: dict[int, Refusal] = {}
    for item, demand in enumerate(problem.demand.tolist()):
        named = problem.choices[item]
        pin = problem.pinned_pool.get(item)
        wanted = named if pin is None else tuple(pair for pair in named if pair[0] == pin)
        starts = [
            max(bisect_left(amounts, need) for amounts, need in zip(offered[pool], demand, strict=True))
            for pool, _ in wanted
        ]
        left = [pair for pair, start in zip(wanted, starts, strict=True) if start < problem.slots]
        choices.append(tuple(sorted(left, key=lambda pair: (pair[1], pair[0]))))
        own = problem.permitted[item]
        slot = problem.pinned_slot.get(item)
        calendar = own if slot is None else own & (1 << slot)
        first = min(starts, default=problem.slots)
        mask = calendar >> first << first
        masks.append(mask)
        if not mask:
            refused[item] = _item_refusal(bool(named), bool(wanted), own, calendar, tuple(pool for pool, _ in wanted))
    return choices, masks, refused


def _item_refusal(named: bool, wanted: bool, own: int, calendar: int, pools: tuple[int, ...]) -> Refusal:
    if not named:
        return Refusal(("H3",))
    if not wanted:
        return Refusal(("H11", "H3"))
    if not own:
        return Refusal(("H8",))
    if not calendar:
        return Refusal(("H11", "H8"))
    return Refusal(("H11", "H4") if calendar != own else ("H4",), pools=pools)


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


def _apply_limits(units: Units, unit: int, mask: int, limits: list[tuple[int, int]]) -> None:
    for _, allowed in limits:
        mask &= allowed
    units.allowed[unit] = mask
    if not mask:
        group = units.members[unit]
        rules = ("H2", "H6") if len(group) > 1 else ("H6",)
        units.refused[unit] = Refusal(rules, group, tuple(number for number, _ in limits))


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
