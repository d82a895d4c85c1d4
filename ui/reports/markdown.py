"""A plan as a short Markdown text for a ticket or a mail."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ui.reports.rows import Cell, Table, cost_table, target_table, track_table, unplanned_table, wave_table
from ui.reports.source import Source
from ui.reports.wording import finding_text, note_text, summary_lines
from ui.texts import text

__all__ = ["markdown_text"]

NEXT = 8
LISTED = 10
"""Waves to come, and rows of other lists, that a summary names."""
_MARKS = re.compile(r"([\\`*_\[\]<>|#])")


def markdown_text(source: Source) -> str:
    """Figures, tracks, targets, the next waves, what has no place, what the plan rests on."""
    plan = source.plan
    coming = [wave for wave in plan.waves if plan.grid.last_day_of(wave.slot) >= plan.now]
    parts = [
        f"# {_escaped(plan.estate)} – {text('report.title')}",
        _list(summary_lines(plan)),
        _table(track_table(plan)),
    ]
    if source.promises:
        parts.append(_table(target_table(source)))
    if source.inventory is not None:
        count = len(source.connections)
        parts.append(text("report.connections-note", count=count, permanent=source.permanent))
    parts.append(_table(wave_table(source, coming[:NEXT]), text("report.md-next"), len(coming) - NEXT))
    if plan.unplanned:
        table = unplanned_table(source)
        parts.append(_table(table, more=len(table.rows) - LISTED, most=LISTED))
    for title, found in (
        ("report.broken", [text("report.by-rule", rule=one.rule, said=finding_text(one)) for one in plan.violations]),
        ("report.notes", [text("report.by-rule", rule=one.rule, said=note_text(one)) for one in plan.notes]),
    ):
        if found:
            parts.append(f"## {text(title)}\n\n{_list(found[:LISTED])}{_more(len(found) - LISTED)}")
    if plan.objective:
        parts.append(_table(cost_table(plan)))
    return "\n\n".join(parts) + "\n"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"* {_escaped(line)}" for line in lines)


def _more(count: int) -> str:
    return f"\n\n{text('report.more', count=count)}" if count > 0 else ""


def _table(table: Table, title: str = "", more: int = 0, most: int | None = None) -> str:
    rows = table.rows[:most]
    marks = ["--:" if place in table.numbers else "---" for place in range(len(table.columns))]
    lines = [table.columns, marks, *([_cell(cell) for cell in row] for row in rows)]
    body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"## {title or table.title}\n\n{body if rows else text('report.none')}{_more(more)}"


def _cell(value: Cell) -> str:
    return "" if value is None else _escaped(str(value)).replace("\n", " ")


def _escaped(said: str) -> str:
    """Text in which nothing is a mark."""
    return _MARKS.sub(r"\\\1", said)
