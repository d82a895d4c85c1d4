"""The planner's peer solves the same problem: on small ones it proves its optimum, and our planner judges its plans."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from benchmarks._cpsat import Answer, solve_monolithic
from migration.planner import PlanningProblem, Resource, SlotLimit, Use, solve

FIRST = ("lateness", "shortfall", "slots", "waves")
"""The costs that the peer minimises, in their order."""


def small(seed: int) -> PlanningProblem:
    """Four items, four slots, two pools of two clouds: every rule of the problem in some of them."""
    random = np.random.default_rng(seed)
    slots = 4
    growing = np.array([[[5, 9, 9]] * 2 + [[9, 9, 9]] * 2, [[9, 9, 9]] * 4])
    return PlanningProblem(
        slots=slots,
        permitted=tuple(int(mask) for mask in random.integers(3, 1 << slots, 4)),
        choices=(((0, 3), (1, 5)), ((0, 1),), ((1, 2),), ((0, 4), (1, 1))),
        demand=random.integers(1, 5, (4, 3)),
        capacity=growing,
        cloud=(0, 1),
        order=np.array([[0, 2]]),
        together=((1, 3),) if seed % 2 else (),
        limits=(
            SlotLimit(capacity=(2, 3, 3, 3)),
            SlotLimit(capacity=(1, 2, 1, 2), members=(0, 3), amounts=(1, 2), cloud=1),
        ),
        wave_size=(2, 3),
        due=(((1, 5),), ((0, 1), (2, 3)), (), ((2, 2),)),
        pinned_pool={3: 1} if seed % 3 == 0 else {},
        resources=(
            Resource((4, 3, 3, 4), (Use((0, 1, 2), (1, 2, 2), (0, 1, 2, 3)), Use((0, 2), (1, 1), (-1, 0, 1, 2)))),
            Resource((2, 2), (Use((0, 3), (2, 1), (0, 0, 1, 1), pool=1),), "H7"),
        ),
        choice_slots=((15, 13), (15,), (14,), (12, 15)) if seed % 2 else (),
        lead=np.array([1, 0, 0, 2]),
    )


def judged(problem: PlanningProblem, slot: tuple[int, ...], pool: tuple[int, ...]) -> tuple[int, ...] | None:
    """First costs of a whole plan; None when it breaks a rule."""
    pins = replace(problem, pinned_slot=dict(enumerate(slot)), pinned_pool=dict(enumerate(pool)))
    found = solve(pins, effort=0)
    if found.unplaced:
        return None
    assert (found.slot, found.pool) == (slot, pool)
    return tuple(getattr(found.objective, name) for name in FIRST)


def best(problem: PlanningProblem) -> tuple[int, ...] | None:
    """First costs of the best of all plans."""
    pools = [
        [pool for pool, _ in choices if problem.pinned_pool.get(item, pool) == pool]
        for item, choices in enumerate(problem.choices)
    ]
    slots = [[k for k in range(problem.slots) if mask >> k & 1] for mask in problem.permitted]
    plans = (judged(problem, slot, pool) for slot in product(*slots) for pool in product(*pools))
    return min((costs for costs in plans if costs is not None), default=None)


def peer(problem: PlanningProblem) -> Answer:
    return solve_monolithic(problem, time_limit=60, workers=1)


@pytest.mark.parametrize("seed", range(4))
def test_the_peer_finds_the_best_of_all_plans(seed: int) -> None:
    problem = small(seed)
    found, wanted = peer(problem), best(problem)
    if wanted is None:
        assert found.status == "infeasible"
        assert found.slot == ()
    else:
        assert found.status == "optimal"
        assert judged(problem, found.slot, found.pool) == wanted


def test_pins_are_kept() -> None:
    problem = replace(small(1), permitted=(15,) * 4, pinned_slot={2: 3}, pinned_pool={0: 1})
    found = peer(problem)
    assert (found.slot[2], found.pool[0]) == (3, 1)
    assert found.slot[1] == found.slot[3]


def test_a_problem_without_a_plan_is_infeasible() -> None:
    problem = replace(small(0), permitted=(8, 15, 1, 15))
    assert peer(problem).status == "infeasible"
