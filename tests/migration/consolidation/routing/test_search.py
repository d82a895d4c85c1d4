"""The search against every plan of small problems."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migration.consolidation.routing import search
from migration.consolidation.routing.reduce import reduced
from migration.consolidation.routing.relaxation import priced, relax
from migration.consolidation.routing.search import Found, Limits, Neighbourhoods, solve
from migration.consolidation.routing.state import KEPT, State
from tests.migration.consolidation.routing.small import best_cost, best_money, random_problem

UNLIMITED = Limits(lambda: float("inf"))
seeds = st.integers(0, 10**6)


def solved(seed: int, limits: Limits = UNLIMITED) -> Found:
    return solve(reduced(random_problem(seed)), limits, lambda _cost, _bound: None)


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_no_plan_costs_less(seed: int) -> None:
    problem = random_problem(seed)
    least = best_cost(problem)
    found = solved(seed)
    assert found.state.cost == pytest.approx(least, abs=2e-3)
    assert found.below <= least + 2e-3
    moved = (found.state.choice != KEPT).tolist()
    assert found.bound <= best_money(problem, moved) + 2e-3


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_what_is_left_out_makes_no_difference(seed: int) -> None:
    problem = random_problem(seed)
    smaller = reduced(problem)
    assert best_cost(smaller) == pytest.approx(best_cost(problem), abs=1e-6)
    assert len(smaller.choices) <= len(problem.choices)


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_the_relaxation_is_below_every_plan_and_loads_are_sums(seed: int) -> None:
    problem = random_problem(seed)
    relaxed = relax(problem, left=lambda: float("inf"))
    assert relaxed.bound <= best_cost(problem) + 1e-6
    state = solved(seed).state
    loads = np.zeros_like(state.load)
    for line, choice in enumerate(state.choice.tolist()):
        for link in state.problem.choices[choice].links if choice != KEPT else ():
            loads[link, state.slot[line] :] += state.problem.demand[line, state.slot[line] :]
    assert np.allclose(loads, state.load)


@settings(max_examples=30, deadline=None)
@given(seed=seeds, prices=st.integers(0, 1000))
def test_any_prices_prove_a_bound(seed: int, prices: int) -> None:
    """Lagrange's bound by hand, from the prices of all that a start loads, is below the best plan."""
    problem, random = random_problem(seed), Random(prices)
    paid = np.array([[random.choice((0, 0, 40, 300)) for _ in range(problem.slots)] for _ in problem.links], float)
    reduced_cost = priced(problem, problem.cost, paid)
    for number, choice in enumerate(problem.choices):
        line = problem.line_of[number]
        for slot in range(problem.slots):
            if np.isfinite(problem.cost[number, slot]):
                extra = sum(float(paid[link, slot:] @ problem.demand[line, slot:]) for link in choice.links)
                assert reduced_cost[number, slot] == pytest.approx(problem.cost[number, slot] + extra)


@pytest.mark.parametrize("seed", range(20))
def test_neighbourhoods_alone_give_sound_plans_and_the_same_ones_again(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW_STARTS", 0)
    monkeypatch.setattr(search, "MOST_STARTS", 0)
    least = best_cost(random_problem(seed))
    once, again = (solved(seed, Limits(lambda: float("inf"), rounds=5)) for _ in range(2))
    assert once.state.cost >= least - 2e-3
    assert np.isfinite(once.state.upgrades).all()
    assert once.state.choice.tolist() == again.state.choice.tolist()
    assert once.state.slot.tolist() == again.state.slot.tolist()


def test_ctrl_c_gives_the_best_plan_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(search, "FEW_STARTS", 0)
    monkeypatch.setattr(search, "MOST_STARTS", 0)
    monkeypatch.setattr(Neighbourhoods, "next", interrupted)
    found = [solved(seed) for seed in range(10)]
    assert all(np.isfinite(one.state.cost) for one in found)
    monkeypatch.setattr(search, "relax", interrupted)
    found = [solved(seed) for seed in range(10)]
    assert all(np.isfinite(one.state.cost) and not np.isfinite(one.below) for one in found)
    assert any((one.state.choice != KEPT).any() for one in found)


def test_lines_that_fit_nowhere_are_kept() -> None:
    state = State(random_problem(0))
    assert state.cost == pytest.approx(float(state.problem.keeping.sum()))
