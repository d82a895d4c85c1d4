"""The form as a workbook that the operator fills in and hands back.

Row 1 and column A of every sheet are hidden and hold the keys by which the reader finds rows and columns again, so that
headings may be in any language. Cells to fill in are coloured and unlocked, all others are locked. Nothing of the
request is ever read as a formula.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING

from stacks.requests.cover import NOTES, cover_rows
from stacks.requests.model import Request
from stacks.requests.sheets import Fill, Row, Sheet, Value, prefilled, sheets_of

if TYPE_CHECKING:
    from openpyxl.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["COVER", "FIRST_ROW", "MARK", "Words", "request_workbook"]

Words = Callable[[str], str]
"""The words of the form by key: ``title``, ``cover-KEY``, ``sheet-KEY``, ``column-KEY``, ``value-VALUE`` ..."""

MARK = "qianyun:"
"""What stands before a sheet's key in A1."""
COVER = "cover"
FIRST_ROW = 3
"""First row of data, counted from 1: hidden keys and headings come before it."""
TITLE = 31
"""Longest title of a sheet that spreadsheets read."""
NARROWEST, WIDEST = 8, 48
"""Widths of columns, in half-width characters."""
TO_FILL, HEADING, NOT_HERE = "FFF2CC", "D9E2F3", "EDEDED"
"""Colours."""


def request_workbook(request: Request, words: Words) -> bytes:
    """The form as bytes of an XLSX file."""
    from openpyxl import Workbook
    from openpyxl.workbook.protection import WorkbookProtection

    book = Workbook()
    assert book.active is not None
    _cover(book.active, request, words)
    for sheet in sheets_of(request):
        _fill(book.create_sheet(words(f"sheet-{sheet.key}")[:TITLE]), sheet, request, words)
    book.security = WorkbookProtection(lockStructure=True)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _cover(page: Worksheet, request: Request, words: Words) -> None:
    from openpyxl.styles import Alignment, Font

    page.title = words(f"sheet-{COVER}")[:TITLE]
    page["A1"] = f"{MARK}{COVER}"
    _text(page["B2"], words("title"))
    page["B2"].font = Font(bold=True, size=16)
    line = FIRST_ROW
    for line, (key, value) in enumerate(cover_rows(request), start=FIRST_ROW):
        page.cell(line, 1, key)
        _text(page.cell(line, 2), words(f"cover-{key}"))
        page.cell(line, 2).font = Font(bold=True)
        _text(page.cell(line, 3), value)
        page.cell(line, 3).alignment = Alignment(horizontal="left", wrap_text=True, vertical="top")
    for note, key in enumerate(NOTES, start=line + 2):
        page.merge_cells(start_row=note, end_row=note, start_column=2, end_column=3)
        _text(page.cell(note, 2), words(key))
        page.cell(note, 2).alignment = Alignment(wrap_text=True, vertical="top")
        page.row_dimensions[note].height = 32
    page.column_dimensions["B"].width = 34
    page.column_dimensions["C"].width = 60
    _hide(page)


def _fill(page: Worksheet, sheet: Sheet, request: Request, words: Words) -> None:
    from openpyxl.styles import Alignment, PatternFill

    page["A1"] = f"{MARK}{sheet.key}"
    _head(page, sheet, words)
    for line, row in enumerate(sheet.rows, start=FIRST_ROW):
        page.cell(line, 1, row.key)
        known = prefilled(request, row)
        for place, column in enumerate(sheet.columns, start=2):
            cell = page.cell(line, place)
            if column.fill is None:
                _text(cell, _shown(row, column.key, words))
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            elif column.key in row.fills:
                _open(cell)
                value = known.get(column.key, "")
                if value:
                    _text(cell, words("value-yes") if column.fill is Fill.DONE else value)
            else:
                cell.fill = PatternFill("solid", fgColor=NOT_HERE)
    _choices(page, sheet, words)
    page.freeze_panes = f"C{FIRST_ROW}"
    _hide(page)


def _head(page: Worksheet, sheet: Sheet, words: Words) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for place, column in enumerate(sheet.columns, start=2):
        page.cell(1, place, column.key)
        head = page.cell(2, place)
        _text(head, words(f"column-{column.key}"))
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor=TO_FILL if column.fill else HEADING)
        head.alignment = Alignment(wrap_text=True, vertical="center")
        shown = [words(f"column-{column.key}"), *(str(_shown(row, column.key, words)) for row in sheet.rows)]
        page.column_dimensions[get_column_letter(place)].width = max(
            NARROWEST, min(WIDEST, max(_width(text) for text in shown) + 2)
        )
        if column.fill is not None:
            page.column_dimensions[get_column_letter(place)].width = 40 if column.fill is not Fill.DONE else 12


def _shown(row: Row, column: str, words: Words) -> Value:
    value = row.asked.get(column, "")
    return words(f"value-{value}") if column == "direction" else value


def _open(cell: Cell | MergedCell) -> None:
    """To be filled in, as text: a spreadsheet makes a number of an id of digits otherwise, and rounds it."""
    from openpyxl.styles import PatternFill, Protection

    cell.fill = PatternFill("solid", fgColor=TO_FILL)
    cell.protection = Protection(locked=False)
    cell.number_format = "@"


def _choices(page: Worksheet, sheet: Sheet, words: Words) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for place, column in enumerate(sheet.columns, start=2):
        if column.fill is Fill.DONE:
            choice = DataValidation("list", formula1=f'"{words("value-yes")},{words("value-no")}"', allow_blank=True)
            letter = get_column_letter(place)
            choice.add(f"{letter}{FIRST_ROW}:{letter}{FIRST_ROW + len(sheet.rows) - 1}")
            page.add_data_validation(choice)


def _text(cell: Cell | MergedCell, value: Value) -> None:
    """A value that is never a formula, whatever it begins with."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))


def _hide(page: Worksheet) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    page.row_dimensions[1].hidden = True
    page.column_dimensions["A"].hidden = True
    page.protection.sheet = True
    page.protection.formatColumns = False
    page.protection.formatRows = False
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _width(text: str) -> int:
    return max(sum(2 if unicodedata.east_asian_width(x) in "WF" else 1 for x in line) for line in text.split("\n"))
