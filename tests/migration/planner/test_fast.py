"""The compiled loop does exactly what the interpreted one does."""

from __future__ import annotations

import pytest

from migration.planner.bounds import lower_bounds
from migration.planner.condense import condense
from migration.planner.construct import ListSchedule, prepare
from migration.planner.fast import available
from migration.planner.search import Search
from migration.planner.tables import copy_state, empty_state
from tests.migration.planner.strategies import planted


@pytest.mark.slow
@pytest.mark.skipif(not available(), reason="the extra `fast` is not installed")
def test_compiled_and_interpreted_rounds_give_the_same_plan() -> None:
    problem, _, _ = planted(200, 8, 4, seed=2)
    units = condense(problem)
    tables = prepare(problem, units)
    state = empty_state(tables)
    schedule = ListSchedule(problem, units, tables, state)
    schedule.run(lambda: None)
    found = []
    for fast in (False, True):
        search = Search(
            tables,
            copy_state(state),
            fixed=set(),
            bounds=lower_bounds(problem, units, tables),
            tolerance=3,
            seed=1,
            pause=lambda: None,
            fast=fast,
        )
        for effort in (1, 2, 20):
            search.round(effort)
        found.append(search.final)
    assert found[0] == found[1]
    assert found[0].slot != state.slot
