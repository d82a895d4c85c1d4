"""Rounds of improvement: bounds between costs, and compiled loops that do what interpreted ones do."""

from __future__ import annotations

import pytest

from migration.planner.bounds import lower_bounds
from migration.planner.condense import condense
from migration.planner.construct import ListSchedule, prepare
from migration.planner.fast import available
from migration.planner.search import Search
from migration.planner.tables import PLACEMENT, RISK, SHORTFALL, empty_state
from tests.migration.planner.strategies import planted


def started(*, tolerance: int, fast: bool = False) -> Search:
    """A search over a first plan of 200 items."""
    problem, _, _ = planted(200, 8, 4, seed=2)
    units = condense(problem)
    tables = prepare(problem, units)
    state = empty_state(tables)
    ListSchedule(problem, units, tables, state).run(lambda: None)
    return Search(
        tables,
        state,
        fixed=set(),
        bounds=lower_bounds(problem, units, tables),
        tolerance=tolerance,
        seed=1,
        pause=lambda: None,
        fast=fast,
    )


@pytest.mark.parametrize("tolerance", [0, 3, 20])
def test_a_cost_gives_up_no_more_than_the_tolerance_for_the_next(tolerance: int) -> None:
    search = started(tolerance=tolerance)
    first = list(search.final.costs[:PLACEMENT])
    for effort in (1, 2, 4, 8, 16):
        search.round(effort)
        for level in range(RISK):
            most = search.best[level]
            if level != SHORTFALL:
                most += most * tolerance // 100
            assert search.final.costs[level] <= most
    assert list(search.base.costs[:RISK]) < first[:RISK]


@pytest.mark.slow
@pytest.mark.skipif(not available(), reason="the extra `fast` is not installed")
def test_compiled_and_interpreted_rounds_give_the_same_plan() -> None:
    found = []
    for fast in (False, True):
        search = started(tolerance=3, fast=fast)
        for effort in (1, 2, 20):
            search.round(effort)
        found.append(search.final)
    assert found[0] == found[1]
