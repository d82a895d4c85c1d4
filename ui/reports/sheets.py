"""The sheets of the managers' workbook."""

from __future__ import annotations

from collections import Counter

from migration.steps import Track
from ui.reports.estate_rows import connection_table, line_table, room_table, stage_table
from ui.reports.rows import (
    Cell,
    Table,
    assumption_table,
    cost_table,
    department_table,
    item_table,
    made,
    month_table,
    target_table,
    track_table,
    unplanned_table,
    wave_table,
)
from ui.reports.source import Source
from ui.reports.wording import track_text
from ui.texts import text

__all__ = ["plan_sheets"]

EXCEL_ROWS = 1_048_575
"""Rows of a sheet below its header."""


def plan_sheets(source: Source) -> list[Table]:
    """Summary, tracks, months, targets, waves, items of each track, departments, connections, IPv6 stages, lines,
    rooms, unplanned, costs, assumptions; what needs the estate only with it."""
    plan = source.plan
    sheets = [_summary(source), track_table(plan), month_table(plan)]
    if source.inventory is not None:
        sheets.append(target_table(source))
    sheets.append(wave_table(source, plan.waves))
    for track in Track:
        items = [item for item in plan.items if item.track is track]
        if items:
            table = item_table(plan, items[:EXCEL_ROWS])
            sheets.append(Table(f"{table.title} {track_text(track)}", table.columns, table.rows, table.numbers))
    sheets.append(department_table(source))
    if source.inventory is not None:
        sheets += [connection_table(source, source.connections), stage_table(source), line_table(source)]
        sheets.append(room_table(source))
    return [*sheets, unplanned_table(source), cost_table(plan), assumption_table(plan)]


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
        (text("plan.provisional-years"), ", ".join(str(year) for year in plan.provisional)),
    ]
    if plan.items:
        rows.insert(4, (text("report.column.last"), max(item.end for item in plan.items)))
        rows.insert(4, (text("report.column.first"), min(item.start for item in plan.items)))
    return made("summary", ["figure", "value"], rows)
