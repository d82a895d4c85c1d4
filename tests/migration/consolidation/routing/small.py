"""Small routing problems and their best plan by trying everything."""

from __future__ import annotations

from itertools import product
from random import Random

import numpy as np

from migration.consolidation.routing.problem import Choice, LineCase, LinkCase, RoutingProblem
from migration.consolidation.routing.state import KEPT, State

__all__ = ["best_cost", "best_money", "random_problem"]


def random_problem(seed: int) -> RoutingProblem:
    """Two or three lines with one to three choices over one to three links in three or four slots: room for about half
    of them, steps that widen some links, copies that come and go, pins, agreements that begin later."""
    random = Random(seed)
    slots = random.choice((3, 4))
    links = []
    for number in range(random.randint(1, 3)):
        room = random.choice((0, 4, 8, 12)) - np.array([random.choice((0, 0, 3)) for _ in range(slots)], float)
        steps = sorted(random.sample((3, 6, 10, 20), random.randint(0, 2)))
        fees = [0.0, *sorted(random.choice((0, 200, 900, 3000)) for _ in steps)]
        links.append(LinkCase(f"k{number}", np.maximum([room, *(room + step for step in steps)], 0.0), tuple(fees)))
    return RoutingProblem(
        tuple(_line(random, number, len(links), slots) for number in range(random.randint(2, 3))),
        tuple(links),
        slots,
        random.choice((0.25, 1.0)),
    )


def _line(random: Random, number: int, links: int, slots: int) -> LineCase:
    demand = random.randint(1, 6) * np.where(np.arange(slots) >= 2, random.choice((1.0, 1.5)), 1.0)
    choices = []
    for _ in range(random.randint(1, 3)):
        used = tuple(sorted(random.sample(range(links), random.randint(0, links))))
        first = random.choice((0, 0, 0, 1))
        choices.append(Choice(used, random.choice((50.0, 100.0, 400.0)), first, len(used)))
    return LineCase(
        id=f"l{number}",
        rent=random.choice((80.0, 300.0, 900.0)),
        demand=demand,
        choices=tuple(choices),
        earliest=random.choice((0, 0, 1)),
        pinned=random.random() < 0.1,
        tail=random.choice((0, 1)),
        paid_until=random.choice((0, 0, 2)),
        stays=random.random() < 0.1,
    )


def _plans(problem: RoutingProblem) -> list[State]:
    """Every plan that fits: each line kept, or with each of its choices in each slot."""
    ways: list[list[tuple[int, int]]] = []
    for line in range(len(problem.lines)):
        own = range(int(problem.first_choice[line]), int(problem.first_choice[line + 1]))
        starts = [(choice, slot) for choice in own for slot in range(problem.slots)]
        ways.append([(KEPT, 0), *(start for start in starts if np.isfinite(problem.cost[start]))])
    found = []
    for chosen in product(*ways):
        state = State(problem)
        for line, (choice, slot) in enumerate(chosen):
            if choice != KEPT:
                state.put(line, choice, slot)
        if np.isfinite(state.upgrades).all():
            found.append(state)
    return found


def best_cost(problem: RoutingProblem) -> float:
    """Least cost of all plans, with what counts beside money."""
    return min(state.cost for state in _plans(problem))


def best_money(problem: RoutingProblem, moved: list[bool]) -> float:
    """Least money of all plans that move these lines and no others."""
    return min(
        float(problem.money[state.choice[placed], state.slot[placed]].sum() + state.upgrades.sum())
        for state in _plans(problem)
        for placed in [state.choice != KEPT]
        if placed.tolist() == moved
    )
