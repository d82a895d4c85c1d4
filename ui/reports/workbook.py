"""Tables as files for spreadsheets: an Excel workbook, a CSV file. Nothing in them is ever read as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from inventory.files import write_atomic
from ui.reports.rows import Cell, Table

__all__ = ["SHEET_TITLE", "csv_text", "workbook_bytes", "write_csv", "write_workbook"]

SHEET_TITLE = 31
"""Longest title of a sheet that Excel reads."""
LONGEST_CELL = 32_767
WIDEST, NARROWEST = 60, 8
"""Widths of columns, in half-width characters."""
SAMPLE = 200
"""Rows that the widths of columns are measured on."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings that spreadsheets read as a formula (OWASP, CSV injection)."""


def workbook_bytes(tables: Sequence[Table]) -> bytes:
    """A workbook with a sheet for each table: frozen header, filters, dates as dates."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for table in tables:
        _fill(book.create_sheet(_sheet_title(table.title, [sheet.title for sheet in book.worksheets])), table)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def write_workbook(path: Path, tables: Sequence[Table]) -> None:
    """Write a workbook whole or not at all."""
    write_atomic(path, workbook_bytes(tables))


def _sheet_title(title: str, taken: Sequence[str]) -> str:
    clean = "".join("_" if letter in "[]:*?/\\" else letter for letter in title)[:SHEET_TITLE]
    return clean if clean not in taken else f"{clean[: SHEET_TITLE - 3]} {len(taken)}"


def _fill(sheet: Any, table: Table) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for place, width in enumerate(_widths(table), start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.rows) + 1}"
    bold = Font(bold=True)
    header = []
    for column in table.columns:
        cell = WriteOnlyCell(sheet, value=column)
        cell.font = bold
        header.append(cell)
    sheet.append(header)
    for row in table.rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: Cell) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return value
    if len(value) > LONGEST_CELL:
        value = value[: LONGEST_CELL - 1] + "…"
    if not value.startswith(FORMULA):
        return value or None
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"  # text, whatever it begins with
    return cell


def _widths(table: Table) -> list[int]:
    from rich.cells import cell_len

    widths = []
    for place, column in enumerate(table.columns):
        lengths = [cell_len(str(row[place])) for row in table.rows[:SAMPLE] if row[place] is not None]
        widths.append(max(NARROWEST, min(WIDEST, max([cell_len(column), *lengths]) + 2)))
    return widths


def csv_text(tables: Iterable[tuple[str, Table]]) -> str:
    """Rows of all tables under the columns of the first, a first column with each table's word; an apostrophe stands
    before what a spreadsheet would read as a formula."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    for number, (word, table) in enumerate(tables):
        if number == 0:
            writer.writerow(["", *map(_plain, table.columns)])
        writer.writerows([word, *map(_plain, row)] for row in table.rows)
    return file.getvalue()


def _plain(value: Cell) -> Cell:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def write_csv(path: Path, tables: Iterable[tuple[str, Table]]) -> None:
    """Write a CSV file (UTF-8 with a byte-order mark, which Excel needs to read Chinese) whole or not at all."""
    write_atomic(path, "\ufeff" + csv_text(tables))
