"""`route`: from decisions to paths, circuits, slots and upgrades."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import monotonic

import numpy as np
from dateutil.relativedelta import relativedelta

from inventory.inventory import Inventory
from migration.calendar import grid_of
from migration.consolidation.model import ConsolidationPlan, Decided, Outcome, Reason, Route, Upgrade
from migration.consolidation.routing.build import Horizon, Posed, pose
from migration.consolidation.routing.problem import RoutingProblem
from migration.consolidation.routing.reduce import reduced
from migration.consolidation.routing.search import Limits, solve
from migration.consolidation.routing.state import KEPT, State, levels_for
from migration.consolidation.routing.ways import Way
from migration.plan import Plan, Value

__all__ = ["Progress", "route"]

Progress = Callable[[float, float, float], None]
"""Called with the wall seconds so far, the cost of the best plan and the bound, both yuan."""


def route(
    inventory: Inventory,
    decisions: Sequence[Decided],
    *,
    plan: Plan | None = None,
    now: dt.date | None = None,
    time_limit: float = 20,
    rounds: int | None = None,
    progress: Progress | None = None,
) -> ConsolidationPlan:
    """Routes of all lines whose outcome is move or backup, at the least rents and upgrades over the horizon.

    plan: a line starts no earlier than its cutover there, pinned and running ones in that very slot; its copies load
    their links. now: default the plan's, else the estate's as_of. time_limit: wall seconds. rounds: neighbourhoods that
    are settled at most; with it, and time enough, the same input gives the same plan on any machine. Lines without a
    place stay, with the reason in ``unplaced``. Ctrl-C gives the best plan so far.
    """
    began = monotonic()
    grid = plan.grid if plan is not None else grid_of(inventory.estate)
    today = now or (plan.now if plan is not None else inventory.estate.as_of)
    posed = pose(inventory, decisions, plan, Horizon.of(inventory, grid, today))
    problem = reduced(posed.problem)

    def tell(cost: float, bound: float) -> None:
        if progress is not None:
            progress(monotonic() - began, cost, bound)

    found = solve(problem, Limits(lambda: began + time_limit - monotonic(), rounds), tell)
    unplaced = dict(posed.unplaced) | dict(_without_room(problem, found.state))
    rents = sum(inventory.lines[line].fee_yuan_per_month for line in unplaced) * problem.months * problem.slots
    return ConsolidationPlan(
        decisions=tuple(_kept(inventory, decided, unplaced, today) for decided in decisions),
        routes=tuple(_routes(posed, problem, found.state)),
        upgrades=tuple(_upgrades(posed, found.state)),
        unplaced=dict(sorted(unplaced.items())),
        cost_yuan=round(found.cost + rents, 2),
        bound_yuan=round(min(found.bound, found.cost) + rents, 2) if np.isfinite(found.bound) else None,
    )


def _kept(inventory: Inventory, decided: Decided, unplaced: Mapping[str, Reason], today: dt.date) -> Decided:
    """The decision; of a line without a place that it stays, with why and a day to look at it again."""
    if decided.kind != "line" or decided.id not in unplaced:
        return decided
    review = today + relativedelta(months=inventory.estate.settings.consolidation.review.months)
    changes = {"outcome": Outcome.KEEP, "by": "no-route", "reason": unplaced[decided.id], "vpn": None}
    return decided.model_copy(update={**changes, "service_class": "", "review": review})


def _routes(posed: Posed, problem: RoutingProblem, state: State) -> Iterator[Route]:
    for number, line in enumerate(problem.lines):
        if state.choice[number] == KEPT:
            continue
        way: Way = problem.choices[int(state.choice[number])].way
        slot = int(state.slot[number])
        yield Route(
            line=line.id,
            slot=posed.horizon.first + slot,
            links=way.links,
            backup_links=way.backup_links,
            accesses=way.accesses,
            backup_accesses=way.backup_accesses,
            postponed=slot - line.earliest,
        )


def _upgrades(posed: Posed, state: State) -> Iterator[Upgrade]:
    """Each slot in which a link goes to a higher step."""
    for number, link in enumerate(posed.problem.links):
        levels = levels_for(link.free, state.load[number])
        if levels is None:
            continue
        for slot in np.flatnonzero(np.diff(levels, prepend=0) > 0).tolist():
            bandwidth, fee = link.steps[int(levels[slot])]
            yield Upgrade(
                link=link.id, slot=posed.horizon.first + slot, bandwidth_mbps=bandwidth, fee_yuan_per_month=fee
            )


def _without_room(problem: RoutingProblem, state: State) -> Iterator[tuple[str, Reason]]:
    """Lines that fit nowhere, with the link that lacks the most for their cheapest choice, at its last step."""
    for number in np.flatnonzero(state.choice == KEPT).tolist():
        line = problem.lines[number]
        choices = range(problem.first_choice[number], problem.first_choice[number + 1])
        possible = [choice for choice in choices if problem.begins[choice] < problem.slots]
        if not possible:
            yield line.id, Reason(code="no-circuit-in-time")
            continue
        links = problem.choices[min(possible, key=lambda choice: float(problem.money[choice].min()))].links
        room = {link: float((problem.links[link].free[-1] - state.load[link])[-1]) for link in links}
        least = min(room, key=room.__getitem__)
        data: dict[str, Value] = {
            "link": problem.links[least].id,
            "mbps": round(float(line.demand[-1]), 3),
            "free": round(max(room[least], 0.0), 3),
        }
        yield line.id, Reason(code="no-capacity", data=data)
