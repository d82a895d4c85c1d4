"""The peer of routing: the whole problem as one integer program, as a modeller would write it.

Columns: for each choice of a line and each slot whether it has started by then; for each line whether it is kept; for
each link, step and slot whether the step is bought by then. Rows: what has started stays started, one choice a line, a
step only after the one before, and every link in every slot. Objective: as ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from migration.consolidation.routing.problem import Floats, RoutingProblem
from migration.consolidation.routing.state import State

__all__ = ["solve_monolithic"]


class _Rows:
    """Rows in parts, each a dense block of as many entries a row."""

    def __init__(self) -> None:
        self.lower: list[Floats] = []
        self.upper: list[Floats] = []
        self.counts: list[NDArray[np.int64]] = []
        self.columns: list[NDArray[np.int64]] = []
        self.values: list[Floats] = []

    def add(self, columns: NDArray[np.int64], values: Floats, lower: float, upper: Floats | float) -> None:
        """Rows by (row, entry)."""
        count, width = columns.shape
        self.lower.append(np.full(count, lower))
        self.upper.append(np.broadcast_to(np.asarray(upper, float), (count,)).copy())
        self.counts.append(np.full(count, width))
        self.columns.append(columns.ravel())
        self.values.append(np.broadcast_to(values, columns.shape).ravel())

    def matrix(self, width: int) -> highspy.HighsSparseMatrix:
        """All rows."""
        made = highspy.HighsSparseMatrix()
        made.format_ = highspy.MatrixFormat.kRowwise
        counts = np.concatenate(self.counts)
        made.num_row_, made.num_col_ = len(counts), width
        made.start_ = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        made.index_ = np.concatenate(self.columns).astype(np.int32)
        made.value_ = np.concatenate(self.values)
        return made


@dataclass(frozen=True)
class Answer:
    """What HiGHS found: the plan or None, its bound or None, the columns."""

    state: State | None
    bound: float | None
    columns: int


def solve_monolithic(problem: RoutingProblem, *, seconds: float, threads: int) -> Answer:
    """Write the program down and solve it; the seconds are those of HiGHS alone."""
    choices, slots, lines = len(problem.choices), problem.slots, len(problem.lines)
    by = lines + np.arange(choices * slots).reshape(choices, slots)
    finite = np.where(np.isfinite(problem.cost), problem.cost, 0.0)
    # Started by t and not before: the cost of a start, told as differences.
    costs = np.concatenate([problem.keeping, np.append(finite[:, :-1] - finite[:, 1:], finite[:, -1:], axis=1).ravel()])
    upper = np.ones(lines + choices * slots)
    rows = _Rows()
    for number in range(choices):
        possible = np.isfinite(problem.cost[number])
        last = int(np.flatnonzero(possible)[-1]) if possible.any() else -1
        upper[by[number][np.arange(slots) < (int(problem.begins[number]) if last >= 0 else slots)]] = 0
        if 0 <= last < slots - 1:
            rows.add(np.stack([by[number][last:-1], by[number][last + 1 :]], axis=1), np.array([1.0, -1.0]), 0, 0.0)
            costs[by[number][last]], costs[by[number][last + 1 :]] = finite[number, last], 0
    rows.add(np.stack([by[:, :-1].ravel(), by[:, 1:].ravel()], axis=1), np.array([-1.0, 1.0]), 0, np.inf)
    for line in range(lines):
        own = by[problem.first_choice[line] : problem.first_choice[line + 1], -1]
        rows.add(np.append(own, line)[None, :], np.ones(len(own) + 1), 1, 1.0)
    bought: list[Floats] = []
    width = len(upper)
    for link, users in enumerate(problem.users):
        record = problem.links[link]
        if not len(users):
            continue
        steps = width + np.arange((record.levels - 1) * slots).reshape(record.levels - 1, slots)
        width += steps.size
        fees = np.repeat(np.diff(record.fees) * problem.months, slots)
        bought.append(fees)
        if steps.size:
            rows.add(np.stack([steps[:, 1:].ravel(), steps[:, :-1].ravel()], axis=1), np.array([1.0, -1.0]), 0, np.inf)
        if len(steps) > 1:
            rows.add(np.stack([steps[:-1].ravel(), steps[1:].ravel()], axis=1), np.array([1.0, -1.0]), 0, np.inf)
        columns = np.concatenate([by[users], steps]).T
        demand = problem.demand[problem.line_of[users]]
        values = np.concatenate([demand, -np.diff(record.free, axis=0)]).T
        rows.add(columns, values, -np.inf, record.free[0])
    model = highspy.HighsLp()
    model.col_cost_ = np.concatenate([costs, *bought])
    model.num_col_, model.num_row_ = width, sum(map(len, rows.lower))
    model.col_lower_, model.col_upper_ = np.zeros(width), np.append(upper, np.ones(width - len(upper)))
    model.row_lower_, model.row_upper_ = np.concatenate(rows.lower), np.concatenate(rows.upper)
    model.a_matrix_ = rows.matrix(width)
    model.integrality_ = [highspy.HighsVarType.kInteger] * width
    return _solved(problem, model, by, seconds=seconds, threads=threads)


def _solved(
    problem: RoutingProblem, model: highspy.HighsLp, by: NDArray[np.int64], *, seconds: float, threads: int
) -> Answer:
    solver: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    solver.setOptionValue("threads", threads)
    solver.setOptionValue("time_limit", seconds)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.passModel(model)
    solver.run()
    information = solver.getInfo()
    bound = float(information.mip_dual_bound)
    told = bound if np.isfinite(bound) else None
    if information.primal_solution_status != int(highspy.SolutionStatus.kSolutionStatusFeasible):
        return Answer(None, told, model.num_col_)
    started = np.round(np.array(solver.getSolution().col_value)[by])
    state = State(problem)
    for choice in np.flatnonzero(started[:, -1]).tolist():
        state.put(int(problem.line_of[choice]), choice, int(started[choice].argmax()))
    return Answer(state, told, model.num_col_)
