"""The peer of routing is an oracle too: on small problems it finds what trying everything finds."""

from __future__ import annotations

import pytest

from benchmarks._highs import solve_monolithic
from benchmarks._lines import planted
from migration.consolidation.check import check_routes
from migration.consolidation.routing import route
from tests.migration.consolidation.routing.small import best_cost, random_problem


@pytest.mark.parametrize("seed", range(12))
def test_the_whole_program_has_the_least_cost(seed: int) -> None:
    problem = random_problem(seed)
    found = solve_monolithic(problem, seconds=60, threads=1)
    assert found.state is not None
    assert found.state.cost == pytest.approx(best_cost(problem), abs=2e-3)


def test_a_planted_estate_is_routed_below_what_was_planted() -> None:
    made = planted(40)
    found = route(made.inventory, made.decisions, plan=made.plan, time_limit=30, rounds=60)
    assert found.unplaced == {}
    assert found.bound_yuan is not None
    assert found.bound_yuan <= found.cost_yuan <= made.cost
    assert check_routes(made.inventory, found, plan=made.plan) == ()
