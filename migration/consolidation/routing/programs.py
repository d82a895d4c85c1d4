"""The solvers, behind the two things that are asked of them: a linear program that grows, and a small integer program.

GLOP solves the first again from where it stood, SCIP the second with one thread; both are in OR-Tools
(docs/decisions/0009). Both depend on their input and on counted limits alone; wall seconds only cut them short.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from migration.consolidation.routing.problem import Floats

__all__ = ["GrowingProgram", "IntegerProgram", "Outcome"]

Entries = Iterable[tuple[int, float]]


class GrowingProgram:
    """A linear program of columns that are at least 0, solved again from where it stood after rows and columns were
    added."""

    def __init__(self) -> None:
        from ortools.linear_solver import pywraplp

        self._solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        self._objective: Any = self._solver.Objective()
        self._objective.SetMinimization()
        self._infinity: float = self._solver.infinity()
        self._columns: list[Any] = []
        self._rows: list[Any] = []

    @property
    def columns(self) -> int:
        """Columns so far."""
        return len(self._columns)

    @property
    def rows(self) -> int:
        """Rows so far."""
        return len(self._rows)

    def add_rows(self, lower: Sequence[float], upper: Sequence[float], entries: Iterable[Entries]) -> None:
        """Rows with their entries by column."""
        for low, high, mine in zip(lower, upper, entries, strict=True):
            row = self._solver.Constraint(max(low, -self._infinity), min(high, self._infinity))
            for column, value in mine:
                row.SetCoefficient(self._columns[column], value)
            self._rows.append(row)

    def add_columns(self, costs: Sequence[float], entries: Iterable[Entries]) -> None:
        """Columns with their entries by row."""
        for cost, mine in zip(costs, entries, strict=True):
            column = self._solver.NumVar(0.0, self._infinity, "")
            self._objective.SetCoefficient(column, cost)
            for row, value in mine:
                self._rows[row].SetCoefficient(column, value)
            self._columns.append(column)

    def solve(self, seconds: float) -> tuple[float, Floats, Floats] | None:
        """Least cost, values of the columns and duals of the rows (of rows with an upper limit at most 0); None when
        the time ran out."""
        if seconds != float("inf"):
            self._solver.SetTimeLimit(max(10, int(seconds * 1000)))
        if self._solver.Solve() != self._solver.OPTIMAL:
            return None
        values = np.array([column.solution_value() for column in self._columns])
        duals = np.array([row.dual_value() for row in self._rows])
        return float(self._objective.Value()), values, duals


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
        self._entries: list[tuple[list[int], list[float]]] = []

    @property
    def columns(self) -> int:
        """Columns so far."""
        return len(self._costs)

    def column(self, cost: float) -> int:
        """One more column; its number."""
        self._costs.append(cost)
        return len(self._costs) - 1

    def row(self, lower: float, upper: float, entries: Entries) -> None:
        """One more row over columns that exist, each at most once."""
        self._lower.append(lower)
        self._upper.append(upper)
        ordered = sorted(entries)
        self._entries.append(([column for column, _ in ordered], [value for _, value in ordered]))

    def solve(self, start: Floats | None, *, nodes: int | None, gap: float, seconds: float) -> Outcome | None:
        """The best values found; None where there are none.

        start: values to begin with. nodes: branches at most. gap: relative, at which to stop.
        """
        from ortools.math_opt.python import mathopt

        model = self._model()
        hints = []
        if start is not None:
            given = {variable: float(start[variable.id]) for variable in model.variables()}
            hints.append(mathopt.SolutionHint(variable_values=given))
        limits = mathopt.SolveParameters(
            threads=1,
            random_seed=1,
            node_limit=nodes,
            relative_gap_tolerance=gap,
            time_limit=None if seconds == float("inf") else dt.timedelta(seconds=max(0.01, seconds)),
        )
        found = mathopt.solve(
            model,
            mathopt.SolverType.GSCIP,
            params=limits,
            model_params=mathopt.ModelSolveParameters(solution_hints=hints),
        )
        if not found.has_primal_feasible_solution():
            return None
        values = found.variable_values()
        proved = found.termination.reason == mathopt.TerminationReason.OPTIMAL
        told = np.array([values[variable] for variable in model.variables()])
        return Outcome(np.round(told), proved, float(found.best_objective_bound()))

    def _model(self) -> Any:
        """The program as OR-Tools reads it, in whole columns of numbers: a call for each entry would take longer than
        solving it."""
        from ortools.math_opt import model_pb2
        from ortools.math_opt.python import mathopt

        made, columns, rows = model_pb2.ModelProto(), range(self.columns), range(len(self._lower))
        made.variables.ids.extend(columns)
        made.variables.lower_bounds.extend([0.0] * len(columns))
        made.variables.upper_bounds.extend([1.0] * len(columns))
        made.variables.integers.extend([True] * len(columns))
        paid = [column for column in columns if self._costs[column]]
        made.objective.linear_coefficients.ids.extend(paid)
        made.objective.linear_coefficients.values.extend([self._costs[column] for column in paid])
        made.linear_constraints.ids.extend(rows)
        made.linear_constraints.lower_bounds.extend(self._lower)
        made.linear_constraints.upper_bounds.extend(self._upper)
        matrix = made.linear_constraint_matrix
        for row, (own, values) in enumerate(self._entries):
            matrix.row_ids.extend([row] * len(own))
            matrix.column_ids.extend(own)
            matrix.coefficients.extend(values)
        return mathopt.Model.from_model_proto(made)
