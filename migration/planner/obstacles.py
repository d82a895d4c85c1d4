"""What keeps an item from a slot while everything else stays where it is, and what a move would cost.

A board holds a whole plan, sound or not. Items are placed one by one, so that a plan that tears a move group apart can
be looked at as well; a move always takes the item's whole group.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from migration.planner.condense import Units, components, neighbour_lists
from migration.planner.construct import pools_for
from migration.planner.eject import load
from migration.planner.moves import back, choose, room, take, use
from migration.planner.problem import RESOURCES, PlanningProblem
from migration.planner.solution import Objective
from migration.planner.tables import LEVELS, build_tables
from migration.planner.uses import resource_uses

__all__ = ["Board", "Kind", "Obstacle"]

Kind = Literal["calendar", "choice", "order", "group", "capacity", "limit", "wave", "resource", "pin"]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing in the way.

    kind: calendar (the slot is not permitted to item), choice (the pool is not open to item in the slot), order (other
    is provider or client of item), group (other, of the same group, finds no pool beside item; its own obstacles
    follow), capacity (of pool; dimension 0 to 2 is vCPU, memory, storage), limit, wave (the maximum size of the wave
    of pool's cloud), resource, pin (of item to another slot, or to another pool than pool).
    item: the member of the group that it is about. needed, free: what the group, or item where it depends on the pool,
    would take, and what is left without the group; free is negative where the plan takes too much already.
    """

    rule: str
    kind: Kind
    item: int = -1
    other: int = -1
    limit: int = -1
    resource: int = -1
    pool: int = -1
    dimension: int = -1
    needed: int = 0
    free: int = 0


class Board:
    """A plan to look at. slots, pools: one number an item, -1 where it is unplaced; a pool may be any of the problem's.

    No method changes what the board holds.
    """

    def __init__(self, problem: PlanningProblem, slots: Sequence[int], pools: Sequence[int]):
        group_of, count = components(problem)
        self.group_of = group_of
        self.groups: list[list[int]] = [[] for _ in range(count)]
        for item, group in enumerate(group_of):
            self.groups[group].append(item)
        self.eligible = [frozenset(pool for pool, _ in choices) for choices in problem.choices]
        self.problem = problem = _with_pools(problem, pools)
        self.gates = _gates(problem)
        units = _single(problem)
        self.t = build_tables(problem, units)
        place = [{pool: number for number, (pool, _) in enumerate(row)} for row in units.choices]
        chosen = [self.t.choice_ptr[item] + place[item][pool] if pool >= 0 else -1 for item, pool in enumerate(pools)]
        where = [slot if choice >= 0 else -1 for slot, choice in zip(slots, chosen, strict=True)]
        self.s = load(self.t, where, chosen)

    def obstacles(self, item: int, slot: int) -> dict[int, tuple[Obstacle, ...]]:
        """For each pool that the item may land in, the cheapest first, what keeps its group from the slot.

        Empty where the group could go there with the item in that pool. slot is one of 0..K-1.
        """
        t, s = self.t, self.s
        group = self.groups[self.group_of[item]]
        others = [member for member in group if member != item]
        found: dict[int, tuple[Obstacle, ...]] = {}
        with self._lifted(group):
            common = [*self._unfit(group, slot), *self._crowded(item, group, slot), *self._short(item, group, slot)]
            self._draw(group, slot, 1)
            for choice in self._choices(item):
                own = self._in_pool(item, choice, slot)
                fits = not own
                if fits:
                    use(t, s, item, choice, slot, 1)
                if self._pools(others, slot) is None:
                    own += self._left_out(item, others, slot)
                if fits:
                    use(t, s, item, choice, slot, -1)
                found[t.choice_pool[choice]] = (*common, *own)
            self._draw(group, slot, -1)
        return found

    def costs(self, item: int, slot: int, pool: int) -> Objective:
        """By how much each cost changes when the item's group moves to a slot, and the item into a pool.

        The others stay in their pools if these have room for all, else take the first that have. ValueError where
        there are obstacles in the pools; those that look at no pool are not looked at.
        """
        t, s = self.t, self.s
        group = self.groups[self.group_of[item]]
        others = [member for member in group if member != item]
        before = list(s.costs[:LEVELS])
        choice = next((each for each in self._choices(item) if t.choice_pool[each] == pool), -1)
        with self._lifted(group):
            self._draw(group, slot, 1)
            rest = None
            if choice >= 0 and room(t, s, item, choice, slot):
                use(t, s, item, choice, slot, 1)
                rest = self._pools(others, slot)
                use(t, s, item, choice, slot, -1)
            self._draw(group, slot, -1)
            if rest is None:
                raise ValueError("the group finds no pools")
            for member, taken in zip((item, *others), (choice, *rest), strict=True):
                s.saved[member] = taken
                back(t, s, member, slot)
            after = list(s.costs[:LEVELS])
            for member in group:
                take(t, s, member)
        return Objective(*(new - old for new, old in zip(after, before, strict=True)))

    def _choices(self, item: int) -> list[int]:
        """Rows of the pools that an item may land in."""
        t = self.t
        rows = range(t.choice_ptr[item], t.choice_ptr[item + 1])
        return [choice for choice in rows if t.choice_pool[choice] in self.eligible[item]]

    @contextmanager
    def _lifted(self, group: list[int]) -> Iterator[None]:
        """The plan without a group; it is put back at the end."""
        t, s = self.t, self.s
        kept = [(member, s.slot[member], s.choice[member]) for member in group]
        for member, slot, _ in kept:
            if slot >= 0:
                take(t, s, member)
        try:
            yield
        finally:
            for member, slot, choice in kept:
                s.saved[member] = choice
                if slot >= 0:
                    back(t, s, member, slot)
                else:
                    choose(t, s, member, choice)

    def _draw(self, group: list[int], slot: int, sign: int) -> None:
        """Count what a group takes from resources whatever its pools in (sign 1) or out (sign -1)."""
        for counter, amount in self._taken(group, slot).items():
            self.s.free[counter] -= sign * amount

    def _taken(self, group: list[int], slot: int) -> dict[int, int]:
        t = self.t
        totals: dict[int, int] = {}
        for member in group:
            for row in range(t.unit_use_ptr[member], t.unit_use_ptr[member + 1]):
                counter = t.use_map[t.unit_use[row] + slot]
                if counter >= 0:
                    totals[counter] = totals.get(counter, 0) + t.unit_use_amount[row]
        return totals

    def _unfit(self, group: list[int], slot: int) -> Iterator[Obstacle]:
        """H1, H8 and H11 of a group that is out of the plan."""
        t, s = self.t, self.s
        for member in group:
            if not self.problem.permitted[member] >> slot & 1:
                yield Obstacle("H8", "calendar", member)
            if self.problem.pinned_slot.get(member, slot) != slot:
                yield Obstacle("H11", "pin", member)
            for provider in t.before[t.before_ptr[member] : t.before_ptr[member + 1]]:
                if self.group_of[provider] != self.group_of[member] and not 0 <= s.slot[provider] <= slot:
                    yield Obstacle("H1", "order", member, provider)
            for client in t.after[t.after_ptr[member] : t.after_ptr[member + 1]]:
                if self.group_of[client] != self.group_of[member] and 0 <= s.slot[client] < slot:
                    yield Obstacle("H1", "order", member, client)

    def _crowded(self, item: int, group: list[int], slot: int) -> Iterator[Obstacle]:
        """H6 whatever the pools."""
        t = self.t
        totals: dict[int, int] = {}
        for member in group:
            for row in range(t.unit_limit_ptr[member], t.unit_limit_ptr[member + 1]):
                totals[t.unit_limit[row]] = totals.get(t.unit_limit[row], 0) + t.unit_limit_amount[row]
        for counter, needed in totals.items():
            free = self.s.free[counter + slot]
            if free < needed:
                yield Obstacle("H6", "limit", item, limit=self._limit(counter), needed=needed, free=free)

    def _short(self, item: int, group: list[int], slot: int) -> Iterator[Obstacle]:
        """H5 and H7 whatever the pools."""
        for counter, needed in self._taken(group, slot).items():
            if self.s.free[counter] < needed:
                yield self._resource(item, counter, needed)

    def _resource(self, item: int, counter: int, needed: int, pool: int = -1) -> Obstacle:
        number = self.t.use_resource[counter - self.t.first_use]
        rule = self.problem.resources[number].rule
        return Obstacle(rule, "resource", item, resource=number, pool=pool, needed=needed, free=self.s.free[counter])

    def _limit(self, counter: int) -> int:
        """Number of the limit that a counter belongs to; from the number of limits on it is the size of a wave."""
        return (counter - RESOURCES * self.t.check_ptr[-1]) // self.t.slots

    def _in_pool(self, item: int, choice: int, slot: int) -> list[Obstacle]:
        """What keeps one item out of a pool in a slot, in the plan without its group."""
        t, s = self.t, self.s
        pool = t.choice_pool[choice]
        cloud = t.cloud[pool]
        found = []
        if self.problem.pinned_pool.get(item, pool) != pool:
            found.append(Obstacle("H11", "pin", item, pool=pool))
        number = [named for named, _ in self.problem.choices[item]].index(pool)
        if not self.gates[item][number] >> slot & 1:
            found.append(Obstacle("H9", "choice", item, pool=pool))
        checks = range(t.check_first[pool * t.slots + max(0, slot - t.lead[item])], t.check_ptr[pool + 1])
        for dimension in range(RESOURCES):
            needed = t.demand[RESOURCES * item + dimension]
            free = min(s.free[RESOURCES * check + dimension] for check in checks)
            if free < needed:
                fault = Obstacle("H4", "capacity", item, pool=pool, dimension=dimension, needed=needed, free=free)
                found.append(fault)
        counted = [(t.cloud_limit[row], 1) for row in range(t.cloud_limit_ptr[cloud], t.cloud_limit_ptr[cloud + 1])]
        counted += [
            (t.item_limit[row], t.item_limit_amount[row])
            for row in range(t.item_limit_ptr[item], t.item_limit_ptr[item + 1])
            if t.item_limit_cloud[row] == cloud
        ]
        for start, needed in counted:
            free, limit = s.free[start + slot], self._limit(start)
            if free < needed and limit < len(self.problem.limits):
                found.append(Obstacle("H6", "limit", item, limit=limit, pool=pool, needed=needed, free=free))
            elif free < needed:
                found.append(Obstacle("H6", "wave", item, pool=pool, needed=needed, free=free))
        for row in range(t.choice_use_ptr[choice], t.choice_use_ptr[choice + 1]):
            counter = t.use_map[t.choice_use[row] + slot]
            if counter >= 0 and s.free[counter] < t.choice_use_amount[row]:
                found.append(self._resource(item, counter, t.choice_use_amount[row], pool))
        return found

    def _pools(self, members: list[int], slot: int) -> list[int] | None:
        """A choice for each of some items out of the plan: those they have if all have room, else any; None if none."""
        t, s = self.t, self.s
        kept: list[int] = []
        for member in members:
            choice = s.choice[member]
            if choice < 0 or not room(t, s, member, choice, slot):
                break
            use(t, s, member, choice, slot, 1)
            kept.append(choice)
        for member, choice in zip(members, kept, strict=False):
            use(t, s, member, choice, slot, -1)
        return kept if len(kept) == len(members) else pools_for(t, s, members, slot)

    def _left_out(self, item: int, others: list[int], slot: int) -> list[Obstacle]:
        """The first of the others that finds no pool when they take theirs one after the other, and why."""
        t, s = self.t, self.s
        placed: list[tuple[int, int]] = []
        found: list[Obstacle] = []
        for member in others:
            choices = self._choices(member)
            choice = next((choice for choice in choices if room(t, s, member, choice, slot)), -1)
            if choice < 0:
                found = [Obstacle("H2", "group", item, member)]
                found += [fault for choice in choices for fault in self._in_pool(member, choice, slot)]
                break
            use(t, s, member, choice, slot, 1)
            placed.append((member, choice))
        for member, choice in placed:
            use(t, s, member, choice, slot, -1)
        return found


def _with_pools(problem: PlanningProblem, pools: Sequence[int]) -> PlanningProblem:
    """The problem in which each item may also be in the pool that the plan has it in, but land there in no slot."""
    extra = {
        item: pool
        for item, (pool, row) in enumerate(zip(pools, problem.choices, strict=True))
        if pool >= 0 and pool not in {choice for choice, _ in row}
    }
    if not extra:
        return problem
    return replace(
        problem,
        choices=tuple((*row, (extra[i], 0)) if i in extra else row for i, row in enumerate(problem.choices)),
        choice_slots=tuple((*row, 0) if i in extra else row for i, row in enumerate(_gates(problem))),
    )


def _single(problem: PlanningProblem) -> Units:
    """Every item a unit of its own, with all that the problem permits; other pools than a pinned one are closed."""
    n = problem.items
    gates = [
        [gate if problem.pinned_pool.get(item, pool) == pool else 0 for (pool, _), gate in zip(row, own, strict=True)]
        for item, (row, own) in enumerate(zip(problem.choices, _gates(problem), strict=True))
    ]
    pairs = np.unique(problem.order[problem.order[:, 0] != problem.order[:, 1]], axis=0)
    rows = [
        sorted(zip(row, own, strict=True), key=lambda entry: (entry[0][1], entry[0][0]))
        for row, own in zip(problem.choices, gates, strict=True)
    ]
    return Units(
        unit_of=list(range(n)),
        members=[(item,) for item in range(n)],
        before=neighbour_lists(n, pairs[:, ::-1]),
        after=neighbour_lists(n, pairs),
        allowed=list(problem.permitted),
        choices=[tuple(pair for pair, _ in row) for row in rows],
        open=[tuple(gate for _, gate in row) for row in rows],
        uses=resource_uses(problem, range(n), n),
        refused={},
    )


def _gates(problem: PlanningProblem) -> tuple[tuple[int, ...], ...]:
    everything = (1 << problem.slots) - 1
    return problem.choice_slots or tuple((everything,) * len(row) for row in problem.choices)
