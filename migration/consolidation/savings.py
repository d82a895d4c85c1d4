"""What is saved: fees as they were, as the plan has them, and as they are; by month, department, carrier and level.

The baseline is what was rented on its day, and would be paid if nothing changed. Fees end with the term of a contract
(``migration.consolidation.contracts``). New costs, circuits and upgrades of links, stand against them: planned from the
slot of their route, actual from the day on which the path was ready. A month counts by its days.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from inventory.base import Struct, field
from inventory.inventory import Inventory
from inventory.kinds.lines import Line, LineState
from migration.calendar import grid_of
from migration.consolidation.contracts import add_months, contract_of, fee_ends
from migration.consolidation.model import Access, Route, Upgrade
from migration.plan import Grid, Plan, item_id
from migration.steps import Track

__all__ = [
    "KINDS",
    "Baseline",
    "Group",
    "Month",
    "Rent",
    "Savings",
    "Stream",
    "baseline_of",
    "savings_of",
    "streams_of",
]

KINDS = ("line", "private_network", "internet_exit")
DIMENSIONS = ("department", "carrier", "level")
READY = (LineState.PATH_READY, LineState.PARALLEL_RUN, LineState.CUT_OVER, LineState.NOTICE_GIVEN, LineState.TERMINATED)


class Rent(Struct):
    """What one record costs on the day of the baseline."""

    kind: str = field("Kind of the record", example="line")
    id: str = field("Record", example="140000-mzt-zx-0001")
    department: str = field("Department that pays", "")
    carrier: str = field("Carrier", "")
    level: str = field("Administrative level of the department", "")
    fee_yuan_per_month: float = field("Fee", unit="yuan/month", ge=0)


class Baseline(Struct):
    """All rents of a day."""

    format: int = field("Version of the format", 1, le=1)
    estate: str = field("Name of the estate")
    day: dt.date = field("Day from which on savings count")
    rents: tuple[Rent, ...] = field("What was rented")


@dataclass(frozen=True)
class Stream:
    """A monthly fee. ``before``, ``planned``, ``actual``: first and last day on which it is paid in the baseline, the
    plan and in fact; None: never; an open end is the end of time. ``what``: KIND:ID."""

    what: str
    department: str
    carrier: str
    level: str
    fee: float
    before: tuple[dt.date, dt.date] | None
    planned: tuple[dt.date, dt.date] | None
    actual: tuple[dt.date, dt.date] | None


@dataclass(frozen=True)
class Month:
    """Yuan in a month (``2021-04``). ``actual``: None for months that are not over. ``planned_total`` and
    ``actual_total``: saved up to its end."""

    month: str
    before: float
    planned: float
    actual: float | None
    planned_total: float
    actual_total: float | None

    @property
    def planned_saved(self) -> float:
        """What the plan saves in it."""
        return round(self.before - self.planned, 2)

    @property
    def actual_saved(self) -> float | None:
        """What was saved in it."""
        return None if self.actual is None else round(self.before - self.actual, 2)


@dataclass(frozen=True)
class Group:
    """Yuan of one department, carrier or level: over the whole time as planned, and up to now as planned and in
    fact."""

    name: str
    before: float
    planned_saved: float
    planned_to_now: float
    actual_to_now: float


@dataclass(frozen=True)
class Savings:
    """All of it. ``groups``: department, carrier, level -> its groups by name."""

    months: tuple[Month, ...]
    groups: Mapping[str, tuple[Group, ...]]
    streams: tuple[Stream, ...]


def baseline_of(inventory: Inventory, day: dt.date) -> Baseline:
    """What is rented on a day: everything that has not ended. Classified stubs have no fees on record."""
    rents = []
    for kind in KINDS:
        for id, record in inventory.of(kind).items():
            one = _rent(inventory, kind, id, record)
            if one.fee_yuan_per_month and getattr(record, "state", None) is not LineState.TERMINATED:
                rents.append(one)
    return Baseline(estate=inventory.estate.name, day=day, rents=tuple(rents))


def _rent(inventory: Inventory, kind: str, id: str, record: object) -> Rent:
    department = getattr(record, "department", None) or ""
    owner = inventory.departments.get(department)
    division = inventory.divisions.get(owner.division if owner is not None else getattr(record, "division", None) or "")
    return Rent(
        kind=kind,
        id=id,
        department=department,
        carrier=getattr(record, "carrier", None) or "",
        level="" if division is None else division.level.value,
        fee_yuan_per_month=getattr(record, "fee_yuan_per_month", 0.0),
    )


def streams_of(
    inventory: Inventory,
    baseline: Baseline,
    plan: Plan | None,
    routes: Iterable[Route] = (),
    upgrades: Iterable[Upgrade] = (),
) -> tuple[Stream, ...]:
    """All fees with their spans. ``plan``: when lines end; ``routes`` and ``upgrades``: what is rented instead."""
    grid = plan.grid if plan is not None else grid_of(inventory.estate)
    chosen = tuple(routes)
    streams = [_old(inventory, baseline, plan, rent) for rent in baseline.rents]
    for route in chosen:
        streams += _circuits(inventory, route, grid)
    return (*streams, *_upgraded(inventory, chosen, tuple(upgrades), grid))


def _old(inventory: Inventory, baseline: Baseline, plan: Plan | None, rent: Rent) -> Stream:
    contract = contract_of(inventory, rent.kind, rent.id)
    done = {step: _done(inventory, rent.id, step) for step in ("notice", "terminated")}
    ended, notice = done["terminated"], done["notice"]
    record = inventory.of(rent.kind).get(rent.id)
    if ended is None and (record is None or getattr(record, "state", None) is LineState.TERMINATED):
        ended = inventory.estate.as_of  # nobody wrote down when
    actual = None if ended is None else fee_ends(contract, ended, notice)
    planned = actual
    if plan is not None and ended is None:
        items = {step: plan.by_id.get(item_id(rent.id, step, Track.LINE)) for step in ("notice", "terminated")}
        end, told = items["terminated"], items["notice"]
        if end is not None:
            planned = fee_ends(contract, end.end, told.start if told is not None else notice)
    return Stream(
        f"{rent.kind}:{rent.id}",
        rent.department,
        rent.carrier,
        rent.level,
        rent.fee_yuan_per_month,
        (baseline.day, dt.date.max),
        (baseline.day, planned or dt.date.max),
        (baseline.day, actual or dt.date.max),
    )


def _done(inventory: Inventory, id: str, step: str) -> dt.date | None:
    moment = inventory.done.get(item_id(id, step, Track.LINE))
    return None if moment is None else dt.date.fromisoformat(moment[:10])


def _ready(inventory: Inventory, line: str) -> dt.date | None:
    """When the circuits of a line's new path are paid from: the day on which it was ready."""
    done = next((day for step in ("path_ready", "cutover") if (day := _done(inventory, line, step)) is not None), None)
    record = inventory.lines.get(line)
    if done is None and isinstance(record, Line) and record.state in READY:
        return inventory.estate.as_of  # nobody wrote down when
    return done


def _open(first: dt.date | None) -> tuple[dt.date, dt.date] | None:
    return None if first is None else (first, dt.date.max)


def _circuits(inventory: Inventory, route: Route, grid: Grid) -> Iterator[Stream]:
    line = inventory.lines.get(route.line)
    if line is None:
        return
    rent = _rent(inventory, "line", route.line, line)
    circuits: Sequence[Access] = (*route.accesses, *route.backup_accesses)
    for access in circuits:
        planned, ready = _open(grid.first_day_of(route.slot)), _open(_ready(inventory, route.line))
        what, fee = f"circuit:{route.line}", access.fee_yuan_per_month
        yield Stream(what, rent.department, access.carrier, rent.level, fee, None, planned, ready)


def _upgraded(
    inventory: Inventory, routes: Sequence[Route], upgrades: Sequence[Upgrade], grid: Grid
) -> Iterator[Stream]:
    """What an upgrade costs beyond what the link cost before; it is paid from the first path over it on."""
    fees: dict[str, float] = {}
    for upgrade in sorted(upgrades, key=lambda one: (one.link, one.slot)):
        link = inventory.links.get(upgrade.link)
        if link is None:
            continue
        before = fees.get(upgrade.link, link.fee_yuan_per_month)
        fees[upgrade.link] = upgrade.fee_yuan_per_month
        over = [
            day
            for route in routes
            if upgrade.link in (*route.links, *route.backup_links) and route.slot >= upgrade.slot
            if (day := _ready(inventory, route.line)) is not None
        ]
        device = inventory.devices.get(link.a_device)
        yield Stream(
            f"link:{upgrade.link}",
            "",
            link.carrier or "",
            "" if device is None else device.level.value,
            upgrade.fee_yuan_per_month - before,
            None,
            _open(grid.first_day_of(upgrade.slot)),
            _open(min(over, default=None)),
        )


def savings_of(streams: Sequence[Stream], first: dt.date, now: dt.date, months: int) -> Savings:
    """Sums from the month of ``first`` on; ``now``: months before its own are over. In yuan, rounded to 0.01."""
    spans = [_month(add_months(first.replace(day=1), number)) for number in range(months)]
    sums: list[Month] = []
    planned_total = actual_total = 0.0
    for begin, end in spans:
        before, planned, actual = (
            sum(_paid(one.fee, span, begin, end) for one in streams if (span := getattr(one, name)) is not None)
            for name in ("before", "planned", "actual")
        )
        over = end < now
        planned_total += before - planned
        actual_total += before - actual
        sums.append(
            Month(
                f"{begin:%Y-%m}",
                round(before, 2),
                round(planned, 2),
                round(actual, 2) if over else None,
                round(planned_total, 2),
                round(actual_total, 2) if over else None,
            )
        )
    return Savings(tuple(sums), _groups(streams, spans, now), tuple(streams))


def _groups(
    streams: Sequence[Stream], spans: Sequence[tuple[dt.date, dt.date]], now: dt.date
) -> dict[str, tuple[Group, ...]]:
    found: dict[str, dict[str, Group]] = {name: {} for name in DIMENSIONS}
    for one in streams:
        totals: dict[str, float] = defaultdict(float)
        for begin, end in spans:
            before, planned, actual = (
                0.0 if span is None else _paid(one.fee, span, begin, end)
                for span in (one.before, one.planned, one.actual)
            )
            totals["before"] += before
            totals["planned_saved"] += before - planned
            if end < now:
                totals["planned_to_now"] += before - planned
                totals["actual_to_now"] += before - actual
        for dimension, groups in found.items():
            name = getattr(one, dimension)
            group = groups.get(name, Group(name, 0.0, 0.0, 0.0, 0.0))
            groups[name] = replace(group, **{key: getattr(group, key) + value for key, value in totals.items()})
    return {
        dimension: tuple(
            Group(
                one.name,
                *(round(value, 2) for value in (one.before, one.planned_saved, one.planned_to_now, one.actual_to_now)),
            )
            for one in sorted(groups.values(), key=lambda one: (-one.planned_saved, one.name))
        )
        for dimension, groups in found.items()
    }


def _month(day: dt.date) -> tuple[dt.date, dt.date]:
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _paid(fee: float, span: tuple[dt.date, dt.date], begin: dt.date, end: dt.date) -> float:
    """Yuan of a monthly fee in a month, by days, both ends included."""
    days = (min(span[1], end) - max(span[0], begin)).days + 1
    return fee * max(days, 0) / ((end - begin).days + 1)
