"""The sheets of the managers' workbook."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from migration.connections import Until
from migration.plan import ItemState, PlanItem
from migration.steps import STEPS, Track
from ui.reports.estate_rows import line_table, room_table, stage_table
from ui.reports.rows import (
    Cell,
    Table,
    assumption_table,
    cost_table,
    department_table,
    made,
    month_table,
    target_table,
    track_table,
    unplanned_table,
    wave_table,
)
from ui.reports.source import Source
from ui.reports.wording import days_text, listed, step_words, track_text, window_text
from ui.texts import text

__all__ = ["plan_sheets"]


def plan_sheets(source: Source) -> list[Table]:
    """Summary, tracks, months, targets, waves, objects of each track with the day of each step, departments,
    connections by slot, IPv6 stages, lines, rooms, unplanned, costs, assumptions; what needs the estate only with it.
    """
    plan = source.plan
    sheets = [_summary(source), track_table(plan), month_table(plan)]
    if source.inventory is not None:
        sheets.append(target_table(source))
    sheets.append(wave_table(source, plan.waves))
    sheets += [_objects(source, track) for track in Track if any(item.track is track for item in plan.items)]
    sheets.append(department_table(source))
    if source.inventory is not None:
        sheets += [_connections(source), stage_table(source), line_table(source)]
        sheets.append(room_table(source))
    return [*sheets, unplanned_table(source), cost_table(plan), assumption_table(plan)]


def _objects(source: Source, track: Track) -> Table:
    """A row for each object of a track: owner, where it lands, and the last day of each step; of steps that an object
    has several times the latest."""
    objects: dict[str, list[PlanItem]] = {}
    for item in source.plan.items:
        if item.track is track:
            objects.setdefault(item.object, []).append(item)
    present = {item.base_step for items in objects.values() for item in items}
    steps = [step for step in STEPS[track] if step in present]
    rows: list[list[Cell]] = []
    for name, items in objects.items():
        days: dict[str, dt.date] = {}
        for item in items:
            days[item.base_step] = max(item.end, days.get(item.base_step, item.end))
        main = next((item for item in items if item.is_cutover), items[0])
        rows.append(
            [
                main.object_id,
                source.name(name),
                source.name(f"department:{main.department}") if main.department else None,
                main.pool,
                window_text(main) if main.is_cutover else None,
                sum(item.state is ItemState.DONE for item in items),
                len(items),
                *(days.get(step) for step in steps),
            ]
        )
    head = ["object", "name", "department", "pool", "window", "done", "items"]
    table = made("items", head, rows, ["done", "items"])
    columns = (*table.columns, *(step_words(track.value, step) for step in steps))
    return Table(f"{table.title} {track_text(track)}", columns, table.rows, table.numbers)


def _connections(source: Source) -> Table:
    """A row for each slot in which connections open or close: how many, how many for good and for written-in
    addresses."""
    grid = source.plan.grid
    slots: dict[int, Counter[str]] = {}
    for connection in source.connections:
        counts = slots.setdefault(grid.slot_of(connection.opens), Counter())
        counts["opens"] += 1
        counts["permanent"] += connection.until is Until.PERMANENT
        counts["written-in"] += connection.written_in
        if connection.closes is not None:
            slots.setdefault(grid.slot_of(connection.closes), Counter())["closes"] += 1
    columns = ["opens", "permanent", "written-in", "closes"]
    rows: list[list[Cell]] = [
        [grid.label(slot), days_text(grid, slot), *(counts[name] for name in columns)]
        for slot, counts in sorted(slots.items())
    ]
    names = ["slot", "days", *(f"count-{name}" for name in columns)]
    return made("connections", names, rows, names[2:])


def _summary(source: Source) -> Table:
    plan = source.plan
    states = Counter(item.state.value for item in plan.items)
    rows: list[tuple[str, Cell]] = [
        (text("report.title"), plan.estate),
        (text("plan.as-of"), plan.as_of),
        (text("plan.now"), plan.now),
        (text("plan.status"), text(f"plan.status.{plan.status.value}")),
        (text("report.card.items"), len(plan.items)),
        (text("report.card.cutovers"), sum(item.is_cutover for item in plan.items)),
        (text("report.card.waves"), len(plan.waves)),
        *((text(f"plan.state.{state}"), count) for state, count in sorted(states.items())),
        (text("report.card.unplanned"), len(plan.unplanned)),
        (text("report.card.violations"), len(plan.violations)),
        (text("plan.provisional-years"), listed(str(year) for year in plan.provisional)),
    ]
    if plan.items:
        rows.insert(4, (text("report.column.last"), max(item.end for item in plan.items)))
        rows.insert(4, (text("report.column.first"), min(item.start for item in plan.items)))
    return made("summary", ["figure", "value"], rows)
