"""The tables of a plan: columns and rows in words of the present language, for terminal, page, workbook and mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from migration.plan import Plan, PlanItem, Unplanned, Wave
from migration.promises import Outcome, Promise
from migration.steps import Track
from migration.summaries import by_department, by_month, by_track
from ui.reports.source import Source
from ui.reports.wording import (
    causes_text,
    days_text,
    departments_in,
    listed,
    name_of,
    step_text,
    step_words,
    track_text,
    waiting_text,
    window_text,
)
from ui.texts import text, value_word

__all__ = [
    "Cell",
    "Table",
    "assumption_table",
    "change_table",
    "cost_table",
    "department_table",
    "item_table",
    "made",
    "miss_text",
    "month_table",
    "target_table",
    "track_table",
    "unplanned_groups",
    "unplanned_table",
    "wave_table",
]

Cell = str | int | float | dt.date | None
MISSES = 5
"""Objects named that miss a target; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Table:
    """A title, columns and rows; ``numbers``: places of the columns that are aligned to the right."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numbers: tuple[int, ...] = ()


def made(title: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]], numbers: Sequence[str] = ()) -> Table:
    """A table from the names of its title and columns (texts ``report.title.*`` and ``report.column.*``)."""
    return Table(
        title=text(f"report.title.{title}"),
        columns=tuple(text(f"report.column.{name}") for name in columns),
        rows=tuple(tuple(row) for row in rows),
        numbers=tuple(columns.index(name) for name in numbers),
    )


def track_table(plan: Plan) -> Table:
    """A row for each track: items, changes, done, first and last day, unplanned, skipped."""
    rows = [
        (track_text(row.track), row.items, row.changes, row.done, row.first, row.last, row.unplanned, row.skipped)
        for row in by_track(plan)
    ]
    columns = ["track", "items", "changes", "done", "first", "last", "unplanned", "skipped"]
    return made("tracks", columns, rows, ["items", "changes", "done", "unplanned", "skipped"])


def wave_table(source: Source, waves: Iterable[Wave]) -> Table:
    """A row for each wave, of systems and of the network."""
    rows = [
        (
            track_text(wave.track),
            wave.number,
            wave.id,
            days_text(source.plan.grid, wave.slot),
            source.target(wave),
            len(wave.items),
            departments_in(wave) or None,
        )
        for wave in waves
    ]
    columns = ["track", "number", "wave", "days", "target", "items", "departments"]
    return made("waves", columns, rows, ["number", "items", "departments"])


def item_table(plan: Plan, items: Iterable[PlanItem], *, without: Collection[str] = ()) -> Table:
    """A row for each item. without: names of columns that say the same in every row."""
    rows = [
        (
            track_text(item.track),
            step_text(item),
            item.object_id,
            plan.names.get(item.object, ""),
            name_of(plan, "department", item.department),
            item.start,
            item.end,
            window_text(item),
            item.pool,
            item.wave,
            _state(item),
        )
        for item in items
    ]
    columns = ["track", "step", "object", "name", "department", "first", "last", "window", "pool", "wave", "state"]
    kept = [place for place, name in enumerate(columns) if name not in without]
    return made("items", [columns[place] for place in kept], ([row[place] for place in kept] for row in rows))


def change_table(plan: Plan, wave: Wave) -> Table:
    """A row for each cutover or change of a wave."""
    if wave.track is Track.NETWORK:
        devices = [
            (item.object_id, plan.names.get(item.object, ""), step_text(item), window_text(item), _state(item))
            for item in wave.items
        ]
        return made("changes", ["device", "name", "step", "window", "state"], devices)
    systems = [
        (
            item.object_id,
            plan.names.get(item.object, ""),
            name_of(plan, "department", item.department),
            window_text(item),
            item.pool,
            _state(item),
        )
        for item in wave.items
    ]
    return made("changes", ["system", "name", "department", "window", "pool", "state"], systems)


def _state(item: PlanItem) -> str:
    return text(f"plan.state.{item.state.value}")


def cost_table(plan: Plan) -> Table:
    """A row for each cost, in the order in which they count."""
    rows = [
        (cost.rule, text(f"plan.cost.{cost.name}"), cost.value, text(f"plan.unit.{cost.unit}"), cost.bound)
        for cost in plan.objective
    ]
    return made("costs", ["rule", "cost", "value", "unit", "bound"], rows, ["value", "bound"])


COUNTS = ("moved", "switched_off", "line_cutover", "line_ended", "room_closed", "docked", "dual_stack")


def department_table(source: Source) -> Table:
    """A row for each department with items, and what becomes of its objects."""
    rows = [
        (
            row.department,
            source.name(f"department:{row.department}"),
            row.items,
            *(row.counts.get(name) for name in COUNTS[:5]),
            row.first,
            row.last,
        )
        for row in by_department(source.plan)
        if row.department
    ]
    columns = ["department", "name", "items", *COUNTS[:5], "first", "last"]
    return made("departments", columns, rows, ["items", *COUNTS[:5]])


def month_table(plan: Plan) -> Table:
    """A row for each month: what is finished in it."""
    rows = [(month, *(counts.get(name) for name in COUNTS)) for month, counts in by_month(plan).items()]
    return made("months", ["month", *COUNTS], rows, COUNTS)


def target_table(source: Source) -> Table:
    """A row for each phase target, with what misses it."""
    rows = [
        (
            promise.target.id,
            promise.target.name,
            text(f"report.metric.{promise.target.metric.value}"),
            promise.target.date,
            text("report.hard" if promise.target.hard else "report.soft"),
            promise.selected,
            promise.needed,
            promise.done,
            promise.reached,
            text(f"report.outcome.{promise.outcome.value}"),
            misses_text(source, promise),
        )
        for promise in source.promises
    ]
    columns = ["target", "name", "metric", "date", "kind", "selected", "needed", "in-time", "reached", "outcome",
               "missed-by"]  # fmt: skip
    return made("targets", columns, rows, ["selected", "needed", "in-time"])


def misses_text(source: Source, promise: Promise) -> str:
    """What misses a target: the first few with their days, and how many more; empty for a target that is met."""
    if promise.outcome is Outcome.MET:
        return ""
    told = [miss_text(source, promise, place) for place in range(min(MISSES, len(promise.misses)))]
    if len(promise.misses) > MISSES:
        told.append(text("report.more", count=len(promise.misses) - MISSES))
    return text("report.list-separator").join(told)


def miss_text(source: Source, promise: Promise, place: int) -> str:
    """One object that misses a target: its name and id, and its day or why it has none."""
    miss = promise.misses[place]
    if miss.day is not None:
        when = miss.day.isoformat()
    else:
        when = text("report.miss.unplanned" if miss.unplanned else "report.miss.nothing")
    return f"{source.label(miss.object)} {when}"


def unplanned_table(source: Source) -> Table:
    """A row for each item without a place, and with it the steps of its object that only wait for it."""
    rows = []
    for entry, waiting in unplanned_groups(source.plan.unplanned):
        track, id, step = entry.item.split("/", 2)
        name = next((name for kind in _KINDS[track] if (name := source.plan.names.get(f"{kind}:{id}"))), "")
        rows.append(
            (text(f"plan.track.{track}"), id, name, step_words(track, step), causes_text(entry), waiting_text(waiting))
        )
    return made("unplanned", ["track", "object", "name", "step", "causes", "waiting"], rows)


def unplanned_groups(entries: Sequence[Unplanned]) -> list[tuple[Unplanned, list[Unplanned]]]:
    """Items without a place, each with those of its object that have none because they wait for it."""
    known = {entry.item: entry for entry in entries}
    groups: dict[str, list[Unplanned]] = {}
    for entry in entries:
        leader, passed = entry, {entry.item}
        while (before := _waits_for(leader)) in known:
            leader = entry if before in passed else known[before]
            if before in passed:
                break
            passed.add(before)
        groups.setdefault(leader.item, [])
        if leader is not entry:
            groups[leader.item].append(entry)
    return [(known[item], waiting) for item, waiting in groups.items()]


def _waits_for(entry: Unplanned) -> str:
    """The first item of the same object that an item without a place waits for, where nothing else keeps it out."""
    owner = entry.item.rpartition("/")[0]
    awaited = [str(cause.data["first"]) if cause.code == "gate-unplanned" else "" for cause in entry.causes]
    return awaited[0] if awaited and all(item.rpartition("/")[0] == owner for item in awaited) else ""


_KINDS = {
    "cloud": ("cloud", "pool"),
    "network": ("device",),
    "line": ("line", "private_network", "internet_exit"),
    "system": ("system",),
    "room": ("room",),
}
"""Kinds of the objects of each track."""


def assumption_table(plan: Plan) -> Table:
    """A row for each row of the effort table that the plan rests on and nobody measured."""
    rows = [
        (
            text(f"plan.track.{row.track}"),
            step_words(row.track, row.step),
            row.technology,
            "" if row.criticality is None else value_word(row.criticality.value),
            listed(f"{text(f'report.skill.{skill.value}')} {days:g}" for skill, days in row.skills.items()),
            row.days,
            row.outage_minutes,
            row.rollback_minutes,
        )
        for row in plan.assumptions
    ]
    columns = ["track", "step", "technology", "criticality", "effort", "days-long", "outage", "rollback"]
    return made("assumptions", columns, rows, ["days-long", "outage", "rollback"])
