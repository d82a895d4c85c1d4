"""From inventory, decisions and plan to the routing problem."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from inventory.inventory import Inventory
from inventory.kinds.lines import Line, LineState
from inventory.kinds.network import Link
from migration.consolidation.model import Decided, Outcome, Reason
from migration.consolidation.routing.problem import Choice, Floats, LineCase, LinkCase, RoutingProblem
from migration.consolidation.routing.ways import Ways, Wish
from migration.plan import Grid, ItemState, Plan, PlanItem, item_id
from migration.steps import Track

__all__ = ["Horizon", "Posed", "pose", "routed"]

DAYS_A_YEAR = 365.25
DAYS_A_MONTH = DAYS_A_YEAR / 12
ON_SHARED_PATH = (LineState.CUT_OVER, LineState.NOTICE_GIVEN, LineState.TERMINATED)
"""States in which a line's traffic is in the readings of the shared links already."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """Slots of the grid over which money is counted: from the one of *now*, ``first``, ``count`` of them."""

    grid: Grid
    now: dt.date
    first: int
    count: int

    @classmethod
    def of(cls, inventory: Inventory, grid: Grid, now: dt.date) -> Horizon:
        """The horizon that the settings give."""
        months = inventory.estate.settings.consolidation.horizon.months
        return cls(grid, now, grid.slot_of(now), max(1, math.ceil(months * DAYS_A_MONTH / grid.length_days - 1e-9)))

    @property
    def last_day(self) -> dt.date:
        """Last day of the horizon."""
        return self.grid.last_day_of(self.first + self.count - 1)

    @property
    def months(self) -> float:
        """Months of a slot."""
        return self.grid.length_days / DAYS_A_MONTH

    def slot(self, day: dt.date) -> int:
        """Slot that holds a day, counted from the horizon's first."""
        return self.grid.slot_of(day) - self.first

    def from_day(self, day: dt.date) -> int:
        """First slot that has no day before ``day``."""
        return 0 if day <= self.now else self.slot(day - dt.timedelta(days=1)) + 1

    def growth(self, rate: float) -> Floats:
        """Factor by slot: use grows by ``rate`` a year, and every slot has what its year ends with. Use that shrinks
        counts as steady."""
        years = np.floor(np.arange(self.count) * self.grid.length_days / DAYS_A_YEAR) + 1
        grown: Floats = (1 + max(rate, 0.0)) ** years
        return grown


@dataclass(frozen=True, slots=True)
class Posed:
    """A problem, its horizon, and the lines that have no way at all."""

    problem: RoutingProblem
    horizon: Horizon
    unplaced: Mapping[str, Reason]


def routed(inventory: Inventory, decisions: Iterable[Decided]) -> Iterator[tuple[Decided, Line]]:
    """Decisions that ask for a route: lines that move or become a backup and are not cut over yet."""
    for decided in decisions:
        if decided.kind == "line" and decided.outcome in (Outcome.MOVE, Outcome.BACKUP):
            line = inventory.lines[decided.id]
            if line.state not in ON_SHARED_PATH:
                yield decided, line


def pose(inventory: Inventory, decisions: Sequence[Decided], plan: Plan | None, horizon: Horizon) -> Posed:
    """The problem of all lines that have a way."""
    settings = inventory.estate.settings
    kept_free = settings.consolidation.demand.headroom
    rows = {row.name: row for row in settings.consolidation.service_classes}
    ways, places = Ways(inventory, horizon.last_day), _Places()
    cases, unplaced = [], {}
    for decided, line in sorted(routed(inventory, decisions), key=lambda pair: pair[0].id):
        item = plan.by_id.get(item_id(line.id, "cutover", Track.LINE)) if plan is not None else None
        if item is not None and item.state is ItemState.DONE:
            continue
        demand = decided.demand_mbps * horizon.growth(line.growth_per_year)
        stays = decided.outcome is Outcome.BACKUP
        wish = Wish(line, float(demand[-1]) / (1 - kept_free), rows.get(decided.service_class), stays)
        found = ways.of(wish)
        if isinstance(found, Reason):
            unplaced[line.id] = found
            continue
        choices = tuple(
            Choice(
                links=tuple(sorted({places[link] for link in (*way.links, *way.backup_links)})),
                fee=way.fee,
                first=horizon.from_day(way.since),
                hops=len(way.links) + len(way.backup_links),
                way=way,
            )
            for way in found
        )
        cases.append(_line(line, demand, choices, item, horizon, stays=stays, idle_days=settings.idle_days))
    copies = _copies(plan, horizon)
    links = tuple(
        _link(inventory.links[id], kept_free, copies.get(id, np.zeros(horizon.count)), horizon.count) for id in places
    )
    return Posed(RoutingProblem(tuple(cases), links, horizon.count, horizon.months), horizon, unplaced)


class _Places(dict[str, int]):
    """Link -> its number, given in the order in which they are first named."""

    def __missing__(self, link: str) -> int:
        self[link] = len(self)
        return self[link]


def _line(
    line: Line,
    demand: Floats,
    choices: tuple[Choice, ...],
    item: PlanItem | None,
    horizon: Horizon,
    *,
    stays: bool,
    idle_days: int,
) -> LineCase:
    contract = line.contract_end
    return LineCase(
        id=line.id,
        rent=line.fee_yuan_per_month,
        demand=demand,
        choices=choices,
        earliest=max(0, item.slot - horizon.first) if item is not None else 0,
        pinned=item is not None and item.state in (ItemState.PINNED, ItemState.RUNNING),
        tail=math.ceil(max(idle_days, line.notice_days) / horizon.grid.length_days),
        paid_until=0 if contract is None else max(0, min(horizon.count, horizon.slot(contract) + 1)),
        stays=stays,
    )


def _link(link: Link, kept_free: float, copies: Floats, slots: int) -> LinkCase:
    steps, fees = [(link.bandwidth_mbps, link.fee_yuan_per_month)], [0.0]
    offered = [(step.fee_yuan_per_month, -step.bandwidth_mbps) for step in link.upgrades]
    for fee, narrower in sorted(offered):
        if -narrower > steps[-1][0]:
            steps.append((-narrower, fee))
            fees.append(max(0.0, fee - link.fee_yuan_per_month))
    free = np.array([bandwidth * (1 - kept_free) - link.p95_mbps - copies for bandwidth, _ in steps])
    return LinkCase(link.id, np.maximum(free, 0.0).reshape(len(steps), slots), tuple(fees), tuple(steps))


def _copies(plan: Plan | None, horizon: Horizon) -> dict[str, Floats]:
    """Mbit/s of the plan's copies by link and slot."""
    made: dict[str, Floats] = {}
    for item in plan.items if plan is not None else ():
        if not item.links or not item.rate_mbps or item.state is ItemState.DONE:
            continue
        first, last = horizon.slot(item.start), horizon.slot(item.end)
        for link in item.links:
            load = made.setdefault(link, np.zeros(horizon.count))
            load[max(0, first) : max(0, last + 1)] += item.rate_mbps
    return made
