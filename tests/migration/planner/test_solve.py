"""Plans of the planner against a second writing of the rules and against exhaustive search."""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from migration.planner import Objective, PlanningProblem, Status, solve
from tests.migration.planner.brute import broken, costs, most_placed, plans
from tests.migration.planner.strategies import planted, tiny

relaxed = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@relaxed
@given(tiny(items=9, slots=5, pools=3))
def test_no_plan_breaks_a_rule_and_costs_are_what_they_say(problem: PlanningProblem) -> None:
    solution = solve(problem, effort=3)
    assert broken(problem, solution.slot, solution.pool) == set()
    assert solution.objective is not None
    assert astuple(solution.objective) == costs(problem, solution.slot, solution.pool)
    assert {entry.item for entry in solution.unplaced} == {i for i, slot in enumerate(solution.slot) if slot < 0}
    assert all(entry.rules for entry in solution.unplaced)
    assert (solution.status is Status.INFEASIBLE) == bool(solution.unplaced)


@relaxed
@given(tiny())
def test_a_complete_plan_is_found_whenever_there_is_one(problem: PlanningProblem) -> None:
    solution = solve(problem, effort=3)
    exists = next(plans(problem), None) is not None
    assert exists == (not solution.unplaced)


@relaxed
@given(tiny(items=5))
def test_lateness_and_waves_reach_the_optimum_of_tiny_problems(problem: PlanningProblem) -> None:
    solution = solve(problem, effort=15, tolerance=0)
    if solution.unplaced or solution.objective is None:
        return
    best = min(costs(problem, slot, pool) for slot, pool in plans(problem))
    found = astuple(solution.objective)
    assert found[:3] >= best[:3]
    assert solution.bounds.lateness <= best[0]
    assert solution.bounds.slots <= best[2]
    if solution.status is Status.OPTIMAL:
        assert found == best


@pytest.mark.parametrize("pools", [1, 6])
def test_planted_plans_are_found_again(pools: int) -> None:
    problem, slot, pool = planted(1000, 20, pools, seed=pools)
    assert broken(problem, slot, pool) == set()
    solution = solve(problem, effort=30, tolerance=0)
    assert solution.status is Status.FEASIBLE
    assert broken(problem, solution.slot, solution.pool) == set()
    assert solution.objective is not None
    assert solution.objective.slots <= len(set(slot)) + 2


def test_the_same_effort_gives_the_same_plan() -> None:
    problem, _, _ = planted(300, 10, 4, seed=3)
    timed = solve(problem, time_limit=1.0, seed=5)
    again = solve(problem, effort=timed.effort, seed=5)
    assert (again.slot, again.pool, again.objective) == (timed.slot, timed.pool, timed.objective)


@settings(deadline=None, max_examples=40)
@given(tiny(items=4))
def test_as_many_items_are_placed_as_can_be(problem: PlanningProblem) -> None:
    solution = solve(problem, effort=0)
    if all(entry.proved for entry in solution.unplaced):
        assert problem.items - len(solution.unplaced) == most_placed(problem)


def test_a_limit_too_short_for_a_first_plan_gives_no_plan() -> None:
    problem, _, _ = planted(1000, 20, 6, seed=1)
    solution = solve(problem, time_limit=0.001)
    assert solution.status is Status.NO_SOLUTION_IN_TIME
    assert solution.slot == ()
    assert solution.objective is None


def test_an_interrupt_returns_the_best_plan_so_far() -> None:
    problem, _, _ = planted(300, 10, 4, seed=3)
    rounds = 0

    def stop(_seconds: float, _costs: Objective) -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 2:
            raise KeyboardInterrupt

    solution = solve(problem, effort=1000, progress=stop)
    assert solution.interrupted
    assert solution.status is Status.FEASIBLE
    assert broken(problem, solution.slot, solution.pool) == set()
    assert solution.slot == solve(problem, effort=solution.effort).slot


def test_pins_hold_while_everything_else_is_improved() -> None:
    problem, slot, pool = planted(200, 8, 4, seed=9)
    pinned = range(0, 200, 9)
    fixed = replace(problem, pinned_slot={i: slot[i] for i in pinned}, pinned_pool={i: pool[i] for i in pinned})
    solution = solve(fixed, effort=20)
    assert solution.status is Status.FEASIBLE
    assert broken(fixed, solution.slot, solution.pool) == set()


def test_capacity_that_shrinks_later_binds_from_the_start() -> None:
    capacity = np.array([[[2, 2, 2], [2, 2, 2], [1, 1, 1]]])
    problem = PlanningProblem(
        slots=3,
        permitted=(0b111, 0b111),
        choices=(((0, 0),),) * 2,
        demand=np.ones((2, 3), np.int64),
        capacity=capacity,
        cloud=(0,),
        priority=np.array([0, 5]),
    )
    solution = solve(problem, effort=1)
    assert [(entry.item, entry.rules, entry.proved) for entry in solution.unplaced] == [(0, ("H4",), True)]
    assert solution.slot[1] == 0
