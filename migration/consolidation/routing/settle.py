"""Settle some lines at once, exactly, while all others stay: an integer program over their starts and the upgrades.

A link changes its level only where its load may rise or its room falls: when a line may start, when demand grows, when
copies begin. Between two such slots the load is steady, so that the one slot with the least room stands for all: the
coarser slots lose nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from migration.consolidation.routing.problem import Floats, RoutingProblem
from migration.consolidation.routing.programs import IntegerProgram
from migration.consolidation.routing.state import KEPT, State, levels_for

__all__ = ["Settled", "settle"]

Start = tuple[int, int]
"""Choice and slot."""


@dataclass(frozen=True, slots=True)
class Settled:
    """New starts by line (None: it stays), whether no others over the same starts cost less, and what none is below."""

    starts: Mapping[int, Start | None]
    proved: bool
    bound: float


def settle(
    problem: RoutingProblem,
    state: State,
    wanted: Mapping[int, Sequence[Start]],
    *,
    nodes: int | None,
    gap: float,
    seconds: float,
) -> Settled | None:
    """The best starts of the lines ``wanted`` out of those given, beside all other lines of ``state``.

    The bound is of the whole plan. None where nothing was found.
    """
    base = _without(state, wanted)
    program, columns, kept = IntegerProgram(), dict[tuple[int, Start], int](), dict[int, int]()
    for line, starts in wanted.items():
        kept[line] = program.column(float(problem.keeping[line]))
        for start in starts:
            columns[line, start] = program.column(float(problem.cost[start]))
        program.row(1, 1, [(kept[line], 1.0), *((columns[line, start], 1.0) for start in starts)])
    loads: dict[int, list[tuple[int, int, int]]] = {}
    for (line, (choice, slot)), column in columns.items():
        for link in problem.choices[choice].links:
            loads.setdefault(link, []).append((slot, line, column))
    widened: dict[int, list[tuple[NDArray[np.int64], NDArray[np.int64]]]] = {}
    outside = base.cost - float(problem.keeping[list(wanted)].sum())
    for link, users in sorted(loads.items()):
        widened[link] = _add_link(program, problem, base.load[link], link, users)
        outside -= float(base.upgrades[link])
    given = _given(program, problem, state, columns, kept, widened)
    found = program.solve(given, nodes=nodes, gap=gap, seconds=seconds)
    if found is None:
        return None
    settled: dict[int, Start | None] = dict.fromkeys(wanted)
    for (line, start), column in columns.items():
        if found.values[column]:
            settled[line] = start
    return Settled(settled, found.proved, found.bound + outside)


def _without(state: State, lines: Mapping[int, Sequence[Start]]) -> State:
    base = state.copy()
    for line in lines:
        base.take(line)
    return base


def _add_link(
    program: IntegerProgram,
    problem: RoutingProblem,
    load: Floats,
    link: int,
    users: list[tuple[int, int, int]],
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Columns and rows of a link; for each step of it the slots from which its columns count, and the columns."""
    record, demand = problem.links[link], problem.demand
    falls = np.flatnonzero(np.any(np.diff(record.free, axis=1) < 0, axis=0)) + 1
    rises = np.flatnonzero(np.diff(load) > 0) + 1
    begins = np.unique(np.concatenate([[0], [slot for slot, _, _ in users], falls, rises, problem.steps]))
    begins = begins.astype(np.int64)
    ends = np.append(begins[1:], problem.slots)
    steps = []
    for level in range(1, record.levels):
        fee = (record.fees[level] - record.fees[level - 1]) * problem.months
        steps.append(
            np.array([program.column(fee * (end - begin)) for begin, end in zip(begins, ends, strict=True)], np.int64)
        )
    for place, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        for step, columns in enumerate(steps):
            if place:
                program.row(0, np.inf, [(int(columns[place]), 1.0), (int(columns[place - 1]), -1.0)])
            if step:
                program.row(0, np.inf, [(int(steps[step - 1][place]), 1.0), (int(columns[place]), -1.0)])
        at = int(begin + record.free[:, begin:end].sum(axis=0).argmin())
        entries = [(column, float(demand[line, at])) for slot, line, column in users if slot <= begin]
        room = record.free[:, at] - load[at]
        if not entries and load[at] <= 0:
            continue
        entries += [(int(columns[place]), -float(room[level + 1] - room[level])) for level, columns in enumerate(steps)]
        program.row(-np.inf, float(room[0]) + 1e-7, entries)
    return [(begins, columns) for columns in steps]


def _given(
    program: IntegerProgram,
    problem: RoutingProblem,
    state: State,
    columns: Mapping[tuple[int, Start], int],
    kept: Mapping[int, int],
    widened: Mapping[int, list[tuple[NDArray[np.int64], NDArray[np.int64]]]],
) -> Floats | None:
    """The present plan as values; None where it has a start that is not among those given."""
    values = np.zeros(program.columns)
    for line, column in kept.items():
        start = (int(state.choice[line]), int(state.slot[line]))
        if start[0] == KEPT:
            values[column] = 1
        elif (line, start) in columns:
            values[columns[line, start]] = 1
        else:
            return None
    for link, steps in widened.items():
        levels = levels_for(problem.links[link].free, state.load[link])
        if levels is None:
            return None
        for level, (begins, numbers) in enumerate(steps, start=1):
            values[numbers] = levels[begins] >= level
    return values
