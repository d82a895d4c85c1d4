"""HiGHS, behind the two things that are asked of it: a linear program that grows, and a small integer program.

Both depend on their input and on counted limits alone; wall seconds only cut them short.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from migration.consolidation.routing.problem import Floats

if TYPE_CHECKING:
    import highspy

__all__ = ["GrowingProgram", "IntegerProgram", "Outcome"]

Integers = NDArray[np.int64]


_POOL = {"threads": 0}
"""Threads with which HiGHS has begun in this process: its pool of threads is one for all, and another number is an
error until the pool is taken down."""


def _quiet(threads: int, seconds: float) -> highspy.Highs:
    import highspy

    if _POOL["threads"] != threads:
        highspy.Highs.resetGlobalScheduler(True)
        _POOL["threads"] = threads
    solver: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    solver.setOptionValue("threads", threads)
    solver.setOptionValue("random_seed", 0)
    if seconds != float("inf"):
        solver.setOptionValue("time_limit", max(0.01, seconds))
    return solver


def _run(solver: highspy.Highs) -> None:
    import highspy

    if solver.run() == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS refused a program that should be sound")


@dataclass
class _Sparse:
    """Rows or columns in compressed form, while they are being collected."""

    starts: list[int] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, entries: Iterable[tuple[int, float]]) -> None:
        """One more row or column."""
        self.starts.append(len(self.indices))
        for index, value in entries:
            self.indices.append(index)
            self.values.append(value)

    def arrays(self) -> tuple[int, NDArray[np.int32], NDArray[np.int32], Floats]:
        """Number of entries, starts, indices, values."""
        return (
            len(self.indices),
            np.array(self.starts, dtype=np.int32),
            np.array(self.indices, dtype=np.int32),
            np.array(self.values, dtype=np.float64),
        )


class GrowingProgram:
    """A linear program of columns that are at least 0, solved again from where it stood after rows and columns were
    added."""

    def __init__(self, threads: int) -> None:
        self._solver = _quiet(threads, float("inf"))
        self._solver.setOptionValue("solver", "simplex")
        self.columns = 0
        self.rows = 0

    def add_rows(
        self, lower: Sequence[float], upper: Sequence[float], entries: Iterable[Iterable[tuple[int, float]]]
    ) -> None:
        """Rows with their entries by column."""
        made = _Sparse()
        for one in entries:
            made.add(one)
        self._solver.addRows(len(lower), np.array(lower, float), np.array(upper, float), *made.arrays())
        self.rows += len(lower)

    def add_columns(self, costs: Sequence[float], entries: Iterable[Iterable[tuple[int, float]]]) -> None:
        """Columns with their entries by row."""
        made = _Sparse()
        for one in entries:
            made.add(one)
        count = len(costs)
        self._solver.addCols(count, np.array(costs, float), np.zeros(count), np.full(count, np.inf), *made.arrays())
        self.columns += count

    def solve(self, seconds: float) -> tuple[float, Floats, Floats] | None:
        """Least cost, values of the columns and duals of the rows (of rows with an upper limit at most 0); None when
        the time ran out."""
        import highspy

        if seconds != float("inf"):
            self._solver.setOptionValue("time_limit", self._solver.getRunTime() + max(0.01, seconds))
        _run(self._solver)
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self._solver.getSolution()
        least = float(self._solver.getInfo().objective_function_value)
        return least, np.array(solution.col_value), np.array(solution.row_dual)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Values of the columns, whether they are proved to be the best, and what no solution is below."""

    values: Floats
    proved: bool
    bound: float


class IntegerProgram:
    """A program of columns that are 0 or 1."""

    def __init__(self) -> None:
        self._costs: list[float] = []
        self._lower: list[float] = []
        self._upper: list[float] = []
        self._rows = _Sparse()

    @property
    def columns(self) -> int:
        """Columns so far."""
        return len(self._costs)

    def column(self, cost: float) -> int:
        """One more column; its number."""
        self._costs.append(cost)
        return len(self._costs) - 1

    def row(self, lower: float, upper: float, entries: Iterable[tuple[int, float]]) -> None:
        """One more row over columns that exist."""
        self._lower.append(lower)
        self._upper.append(upper)
        self._rows.add(entries)

    def solve(
        self, start: Floats | None, *, threads: int, nodes: int | None = None, gap: float = 0.0, seconds: float
    ) -> Outcome | None:
        """The best values found; None where there are none.

        start: values to begin with. nodes: branches at most. gap: relative, at which to stop.
        """
        import highspy

        solver = _quiet(threads, seconds)
        solver.setOptionValue("mip_rel_gap", gap)
        solver.setOptionValue("mip_abs_gap", 1e-3)
        if nodes is not None:
            solver.setOptionValue("mip_max_nodes", nodes)
        solver.passModel(self._model())
        if start is not None:
            given = highspy.HighsSolution()
            given.col_value = start.tolist()
            solver.setSolution(given)
        _run(solver)
        information = solver.getInfo()
        if information.primal_solution_status != int(highspy.SolutionStatus.kSolutionStatusFeasible):
            return None
        proved = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return Outcome(np.round(solver.getSolution().col_value), proved, float(information.mip_dual_bound))

    def _model(self) -> highspy.HighsLp:
        import highspy

        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self._costs), len(self._lower)
        model.col_cost_ = np.array(self._costs, float)
        model.col_lower_, model.col_upper_ = np.zeros(model.num_col_), np.ones(model.num_col_)
        model.row_lower_, model.row_upper_ = np.array(self._lower, float), np.array(self._upper, float)
        _, starts, indices, values = self._rows.arrays()
        matrix = highspy.HighsSparseMatrix()
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.num_col_, matrix.num_row_ = model.num_col_, model.num_row_
        matrix.start_ = np.append(starts, len(indices)).astype(np.int32)
        matrix.index_, matrix.value_ = indices, values
        model.a_matrix_ = matrix
        model.integrality_ = [highspy.HighsVarType.kInteger] * model.num_col_
        return model
