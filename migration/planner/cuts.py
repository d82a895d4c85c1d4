"""H2: which edges to cut so that a group too large for any slot falls into parts that fit.

Parts are put in an order; an order pair is cut if its provider's part comes after its client's, and an item is taken
out of a set that moves together if it is in another part than the set. Two neighbouring parts that fit one slot
together can be merged without cutting more, so with no two such neighbours a group needs at most
2 * sum over capacities (total // capacity) + 1 parts, and a model with that many is exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from migration.planner.condense import Units
from migration.planner.exact import new_solver
from migration.planner.problem import PlanningProblem
from migration.planner.solution import GroupCut

__all__ = ["Row", "cut_group", "room_rows"]

EXACT_MEMBERS = 60
"""Groups up to this size are solved to the proven optimum, as the planning contract asks."""
EXACT_SECONDS = 60.0
BOUND_SECONDS = 2.0
"""Deterministic seconds of CP-SAT for groups up to and above EXACT_MEMBERS."""
MOST_VARIABLES = 60_000


@dataclass(frozen=True, slots=True)
class Row:
    """One capacity that a slot offers a group: amounts of its members, in their order, and the most a slot takes."""

    amounts: tuple[int, ...]
    capacity: int


def room_rows(problem: PlanningProblem, members: Sequence[int]) -> list[Row]:
    """The limits (H6) and resources (H5, H7) that decide how large a part of a group may be, whatever its slot."""
    rows = []
    position = {item: place for place, item in enumerate(members)}
    clouds = {problem.cloud[pool] for item in members for pool, _ in problem.choices[item]}
    waves = dict.fromkeys(clouds, problem.items if problem.wave_size[1] is None else problem.wave_size[1])
    for limit in problem.limits:
        if limit.cloud is not None:
            if limit.members is None and limit.cloud in waves:
                waves[limit.cloud] = min(waves[limit.cloud], max(limit.capacity))
            continue
        amounts = [0] * len(members)
        counted = range(problem.items) if limit.members is None else limit.members
        for place, item in enumerate(counted):
            if item in position:
                amounts[position[item]] = 1 if limit.amounts is None else limit.amounts[place]
        rows.append(Row(tuple(amounts), max(limit.capacity)))
    for resource in problem.resources:
        for use in resource.uses:
            if use.pool is None and min(use.periods) >= 0:
                taken = dict(zip(use.items, use.amounts, strict=True))
                most = max(resource.capacity[period] for period in use.periods)
                rows.append(Row(tuple(taken.get(item, 0) for item in members), most))
    rows.append(Row((1,) * len(members), sum(waves.values())))
    return [row for row in rows if sum(row.amounts) > row.capacity]


def cut_group(problem: PlanningProblem, units: Units, unit: int, wall: float) -> GroupCut | None:
    """The fewest edges to cut in a group that is too large; None if no cut helps or nothing was found in the time."""
    members = units.members[unit]
    rows = room_rows(problem, members)
    if not rows or any(amount > row.capacity for row in rows for amount in row.amounts):
        return None
    inside = set(members)
    place = {item: number for number, item in enumerate(members)}
    order = sorted({(a, b) for a, b in problem.order.tolist() if a != b and a in inside and b in inside})
    sets = [
        (number, sorted(set(group))) for number, group in enumerate(problem.together) if group and group[0] in inside
    ]
    parts = min(len(members), 2 * sum(sum(row.amounts) // row.capacity for row in rows) + 1)
    inner = [(place[a], place[b]) for a, b in order]
    guess = _parts_in_sequence(rows, _sequence(len(members), inner))
    common = {number: Counter(guess[place[item]] for item in group).most_common(1)[0][0] for number, group in sets}
    first = GroupCut(
        members=members,
        order=tuple(pair for pair, (a, b) in zip(order, inner, strict=True) if guess[a] > guess[b]),
        together=tuple((n, item) for n, group in sets for item in group if guess[place[item]] != common[n]),
        bound=1,
    )
    if first.exact or parts * len(members) > MOST_VARIABLES:
        return first
    better = _Model(rows, inner, sets, place, max(parts, max(guess) + 1), guess).solve(members, order, wall)
    return better or first


def _sequence(count: int, order: list[tuple[int, int]]) -> list[int]:
    """Members in an order that few pairs run against (Eades, Lin and Smyth 1993, with a plain search for the next)."""
    after: list[set[int]] = [set() for _ in range(count)]
    before: list[set[int]] = [set() for _ in range(count)]
    for a, b in order:
        after[a].add(b)
        before[b].add(a)
    left, head, tail = set(range(count)), list[int](), list[int]()
    while left:
        ending = [v for v in sorted(left) if not after[v]]
        member = (
            ending[0] if ending else max(sorted(left), key=lambda v: (not before[v], len(after[v]) - len(before[v])))
        )
        (tail if ending else head).append(member)
        left.remove(member)
        for other in after[member]:
            before[other].discard(member)
        for other in before[member]:
            after[other].discard(member)
    return head + tail[::-1]


def _parts_in_sequence(rows: list[Row], sequence: list[int]) -> list[int]:
    """Part of each member when the sequence is cut wherever the next would not fit."""
    part, held = 0, [0] * len(rows)
    found = [0] * len(sequence)
    for member in sequence:
        if any(load + row.amounts[member] > row.capacity for load, row in zip(held, rows, strict=True)):
            part, held = part + 1, [0] * len(rows)
        held = [load + row.amounts[member] for load, row in zip(held, rows, strict=True)]
        found[member] = part
    return found


class _Model:
    """CP-SAT model: `early[v][c]` says that member v is in part c or an earlier one."""

    def __init__(
        self,
        rows: list[Row],
        order: list[tuple[int, int]],
        sets: list[tuple[int, list[int]]],
        place: dict[int, int],
        parts: int,
        guess: list[int],
    ):
        from ortools.sat.python import cp_model

        self.model = model = cp_model.CpModel()
        early = [self.position(parts) for _ in place]
        for member, variables in enumerate(early):
            for part, variable in enumerate(variables):
                model.add_hint(variable, guess[member] <= part)
        self.cut_order = [model.new_bool_var("") for _ in order]
        for (provider, client), cut in zip(order, self.cut_order, strict=True):
            for part in range(parts):
                model.add_bool_or(~early[client][part], early[provider][part], cut)
        self.cut_together: dict[tuple[int, int], Any] = {}
        for number, group in sets:
            common = self.position(parts)
            for item in group:
                cut = self.cut_together[number, item] = model.new_bool_var("")
                for mine, theirs in zip(early[place[item]], common, strict=True):
                    model.add(mine == theirs).only_enforce_if(~cut)
        for row in rows:
            for part in range(parts):
                held = sum(
                    amount * (early[member][part] - (early[member][part - 1] if part else 0))
                    for member, amount in enumerate(row.amounts)
                    if amount
                )
                model.add(held <= row.capacity)
        model.minimize(sum(self.cut_order) + sum(self.cut_together.values()))

    def position(self, parts: int) -> list[Any]:
        """Variables of a part's number: false up to the part before, true from it on."""
        variables = [self.model.new_bool_var("") for _ in range(parts)]
        for before, after in pairwise(variables):
            self.model.add_implication(before, after)
        self.model.add(variables[-1] == 1)
        return variables

    def solve(self, members: tuple[int, ...], order: list[tuple[int, int]], wall: float) -> GroupCut | None:
        """The best cut found and its bound."""
        from ortools.sat.python import cp_model

        solver = new_solver(EXACT_SECONDS if len(members) <= EXACT_MEMBERS else BOUND_SECONDS, wall)
        if solver.solve(self.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return GroupCut(
            members=members,
            order=tuple(pair for pair, cut in zip(order, self.cut_order, strict=True) if solver.value(cut)),
            together=tuple(key for key, cut in self.cut_together.items() if solver.value(cut)),
            bound=max(1, round(solver.best_objective_bound)),
        )
