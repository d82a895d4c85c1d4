"""Pieces of the report's page. Everything that is not markup is escaped here."""

from __future__ import annotations

import datetime as dt
from html import escape

from ui.reports.rows import Cell, Table
from ui.texts import text

__all__ = ["LONGEST", "details", "html_table", "none", "section", "soft", "words"]

LONGEST = 500
"""Rows of a list; a report is read by people, the workbook has all rows."""


def words(name: str, **data: object) -> str:
    """A text of the area ``report``, escaped."""
    return escape(text(f"report.{name}", **data))


def soft(said: str) -> str:
    """A paragraph in small type; ``said`` is escaped already."""
    return f'<p class="soft">{said}</p>'


def none() -> str:
    """What stands where a list is empty."""
    return soft(words("none"))


def section(title: str, note: str, content: str) -> str:
    """A section under a heading; ``title`` is escaped here, ``note`` and ``content`` are markup."""
    told = soft(note) if note else ""
    return f"<section><h2>{escape(title)}</h2>{told}{content}</section>"


def details(summary: str, content: str) -> str:
    """What is folded under a line; ``summary`` is escaped here."""
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"


def html_table(table: Table, most: int = LONGEST, *, tight: bool = False) -> str:
    """A table of at most so many rows, and how many more there are; without rows a word for nothing. ``tight``: cells
    are not broken into lines."""
    if not table.rows:
        return none()
    marks = [' class="number"' if place in table.numbers else "" for place in range(len(table.columns))]

    def cells(tag: str, values: tuple[Cell, ...]) -> str:
        pairs = zip(marks, values, strict=True)
        return "".join(f"<{tag}{mark}>{_shown(value)}</{tag}>" for mark, value in pairs)

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in table.rows[:most])
    more = soft(words("more", count=len(table.rows) - most)) if len(table.rows) > most else ""
    head = cells("th", table.columns)
    kind = "wide tight" if tight else "wide"
    return f'<div class="{kind}"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}'


def _shown(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return f'<span class="day">{value}</span>'
    return f"{value:,}" if isinstance(value, int | float) else escape(str(value))
