"""What is in the way of a move, against the second writing of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple
from itertools import product
from random import Random

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migration.planner import PlanningProblem, Resource, SlotLimit, Use, solve
from migration.planner.condense import components
from migration.planner.obstacles import Board, Obstacle
from migration.planner.tables import copy_state
from tests.migration.planner.brute import broken, costs
from tests.migration.planner.strategies import tiny

relaxed = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])


def moved(
    problem: PlanningProblem, slots: tuple[int, ...], pools: tuple[int, ...], item: int, slot: int, pool: int
) -> Iterator[tuple[list[int], list[int]]]:
    """Every plan in which the item's group is in a slot, the item in a pool, and all else as it was."""
    group_of, _ = components(problem)
    group = [member for member in range(problem.items) if group_of[member] == group_of[item]]
    options = [[pool] if member == item else [p for p, _ in problem.choices[member]] for member in group]
    for chosen in product(*options):
        where, into = list(slots), list(pools)
        for member, target in zip(group, chosen, strict=True):
            where[member], into[member] = slot, target
        yield where, into


@relaxed
@given(tiny(items=6, slots=4, pools=3))
def test_an_item_could_go_where_nothing_is_in_the_way(problem: PlanningProblem) -> None:
    solution = solve(problem, effort=0)
    board = Board(problem, solution.slot, solution.pool)
    held = copy_state(board.s)
    group_of, _ = components(problem)
    now = costs(problem, solution.slot, solution.pool)
    for item in range(problem.items):
        for slot in range(problem.slots):
            found = board.obstacles(item, slot)
            assert set(found) == {pool for pool, _ in problem.choices[item]}
            for pool, obstacles in found.items():
                plans = list(moved(problem, solution.slot, solution.pool, item, slot, pool))
                sound = [plan for plan in plans if not broken(problem, *plan)]
                assert bool(sound) == (not obstacles)
                if obstacles:
                    rules = {entry.rule for entry in obstacles}
                    if group_of.count(group_of[item]) == 1:
                        assert broken(problem, *plans[0]) == rules
                    elif len(plans) == 1:
                        assert rules - broken(problem, *plans[0]) <= {"H2"}
                    continue
                change = astuple(board.costs(item, slot, pool))
                assert change in {
                    tuple(new - old for new, old in zip(costs(problem, *plan), now, strict=True)) for plan in sound
                }
    for name in held._fields:
        if name != "saved":
            assert getattr(board.s, name) == getattr(held, name)


@relaxed
@given(tiny(items=5), st.integers(0, 2**32 - 1))
def test_any_plan_can_be_looked_at(problem: PlanningProblem, seed: int) -> None:
    random = Random(seed)
    slots = [random.randrange(-1, problem.slots) for _ in range(problem.items)]
    pools = [random.randrange(problem.pools) if slot >= 0 else -1 for slot in slots]
    board = Board(problem, slots, pools)
    held = copy_state(board.s)
    for item in range(problem.items):
        for slot in range(problem.slots):
            found = board.obstacles(item, slot)
            assert set(found) == {pool for pool, _ in problem.choices[item]}
    assert board.s.free == held.free
    assert board.s.costs == held.costs


def test_obstacles_name_what_is_in_the_way_and_by_how_much() -> None:
    problem = PlanningProblem(
        slots=4,
        permitted=(0b1111, 0b1111, 0b0111),
        choices=(((0, 0),), ((0, 0), (1, 2)), ((0, 0),)),
        demand=np.array([[2, 0, 0], [3, 0, 0], [1, 0, 0]]),
        capacity=np.array([[[4, 9, 9], [4, 9, 9], [6, 9, 9], [6, 9, 9]], [[9, 9, 9]] * 4]),
        cloud=(0, 1),
        order=np.array([[0, 2]]),
        limits=(SlotLimit((1, 1, 1, 1), members=(1, 2)),),
        wave_size=(0, 1),
        choice_slots=((15,), (15, 0b1100), (15,)),
        lead=np.array([0, 1, 0]),
        fee=np.array([0, 5, 0]),
        resources=(
            Resource((3, 3, 3), (Use((0, 1), (2, 2), (-1, 0, 1, 2)),)),
            Resource((1, 1), (Use((1,), (2,), (0, 1, -1, -1), pool=1),), "H7"),
        ),
    )
    board = Board(problem, (1, 3, 2), (0, 0, 0))
    found = board.obstacles(1, 1)
    assert found[0] == (
        Obstacle("H5", "resource", 1, resource=0, needed=2, free=1),
        Obstacle("H4", "capacity", 1, pool=0, dimension=0, needed=3, free=2),
        Obstacle("H6", "wave", 1, pool=0, needed=1, free=0),
    )
    assert found[1] == (
        Obstacle("H5", "resource", 1, resource=0, needed=2, free=1),
        Obstacle("H9", "choice", 1, pool=1),
        Obstacle("H7", "resource", 1, resource=1, pool=1, needed=2, free=1),
    )
    assert board.obstacles(1, 2)[1] == (Obstacle("H6", "limit", 1, limit=0, needed=1, free=0),)
    assert board.obstacles(2, 0)[0] == (Obstacle("H1", "order", 2, 0),)
    assert Obstacle("H8", "calendar", 2) in board.obstacles(2, 3)[0]
    assert board.obstacles(1, 3)[1] == ()
    change = board.costs(1, 3, 1)
    assert (change.placement, change.money, change.slots) == (2, 0, 0)
