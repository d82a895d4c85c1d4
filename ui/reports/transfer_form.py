"""Asset transfer lists as workbooks: A4 across, headings on every page, places to sign; nothing is read as a formula.

What is on them in which language is for people; ``migration.rooms.filled`` reads them back by their hidden keys.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from typing import TYPE_CHECKING, Any

from inventory.inventory import Inventory
from migration.rooms.filled import COLUMNS, END, FILLED_IN, FIRST_ROW, MARK, FormHead
from migration.rooms.transfer import TransferList, TransferRow
from ui.reports.workbook import FORMULA, SHEET_TITLE
from ui.texts import text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["fixed_archive", "transfer_workbook"]

WIDTHS = {
    "number": 6, "asset_number": 18, "serial_number": 20, "name": 20, "model": 20, "role": 8, "room": 14, "rack": 8,
    "position": 8, "height_units": 7, "condition": 14, "note": 18,
}  # fmt: skip
"""Widths of columns, in half-width characters; together they fit A4 across."""
HEADING, TO_FILL = "D9E2F3", "FFF2CC"
"""Colours."""
TITLE_ROW, FROM_TO_ROW, ABOUT_ROW, HEAD_ROW = 3, 4, 5, FIRST_ROW - 1
SIGNED_BY = ("giver", "receiver", "supervisor")
SIGNED = ("unit", "person", "date")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that an archive can hold."""
LINE_HEIGHT = 15
"""Points."""
FONT = "SimSun"
CENTRED = ("number", "role", "rack", "position", "height_units")


def transfer_workbook(inventory: Inventory, made: TransferList) -> bytes:
    """The list as bytes of an XLSX file, in the present language; the same list gives the same bytes."""
    from openpyxl import Workbook

    book = Workbook()
    page = book.active
    assert page is not None
    page.title = text("rooms.form.title")[:SHEET_TITLE]
    _hidden(page, inventory, made)
    _head(page, inventory, made)
    for number, row in enumerate(made.rows, start=1):
        _row(page, FIRST_ROW + number - 1, number, row)
    last = FIRST_ROW + len(made.rows)
    _sum(page, last, made)
    _signatures(page, last + 2)
    _print(page, last + 2 + len(SIGNED) + 1)
    packed = io.BytesIO()
    book.save(packed)
    return fixed_archive(packed.getvalue())


def fixed_archive(content: bytes) -> bytes:
    """A workbook without the times of its making in it, so that the same content has the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _hidden(page: Worksheet, inventory: Inventory, made: TransferList) -> None:
    from openpyxl.utils import get_column_letter

    head = FormHead(
        estate=inventory.estate.name, giver=made.giver, receiver=made.receiver, rooms=made.rooms, hash=made.hash
    )
    page["A1"], page["A2"] = MARK, head.model_dump_json()
    for place, column in enumerate(COLUMNS, start=2):
        page.cell(1, place, column)
        page.column_dimensions[get_column_letter(place)].width = WIDTHS[column]
    for line in (1, 2):
        page.row_dimensions[line].hidden = True
    page.column_dimensions["A"].hidden = True


def _head(page: Worksheet, inventory: Inventory, made: TransferList) -> None:
    """Title; from and to; rooms, day and hash; headings."""
    from openpyxl.styles import Alignment, Font, PatternFill

    rooms = text("rooms.list-separator").join(_named(inventory, "room", room) for room in made.rooms)
    wide = len(COLUMNS) + 1
    _across(page, TITLE_ROW, 2, wide, text("rooms.form.title"))
    page.cell(TITLE_ROW, 2).font = Font(name=FONT, bold=True, size=18)
    page.cell(TITLE_ROW, 2).alignment = Alignment(horizontal="center", vertical="center")
    page.row_dimensions[TITLE_ROW].height, page.row_dimensions[FROM_TO_ROW].height = 30, 22
    middle = len(COLUMNS) // 2 + 1
    _across(page, FROM_TO_ROW, 2, middle, text("rooms.form.from", name=_named(inventory, "department", made.giver)))
    _across(page, FROM_TO_ROW, middle + 1, wide, text("rooms.form.to", name=_receiver(inventory, made)))
    _across(page, ABOUT_ROW, 2, middle, text("rooms.form.rooms", names=rooms))
    about = text("rooms.form.about", day=inventory.estate.as_of, hash=made.hash)
    _across(page, ABOUT_ROW, middle + 1, wide, about)
    lines = max(1, -(-_width(rooms) // 80))
    page.row_dimensions[ABOUT_ROW].height = LINE_HEIGHT * min(lines + 1, 6)
    for place, column in enumerate(COLUMNS, start=2):
        cell = page.cell(HEAD_ROW, place)
        _text(cell, text(f"rooms.form.column.{column}"))
        cell.font = Font(name=FONT, bold=True)
        cell.fill = PatternFill("solid", fgColor=TO_FILL if column in FILLED_IN else HEADING)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = _frame()
    page.row_dimensions[HEAD_ROW].height = 2 * LINE_HEIGHT


def _named(inventory: Inventory, kind: str, id: str) -> str:
    record: Any = inventory.of(kind).get(id)
    name = record.name if record is not None else ""
    return f"{name} ({id})" if name else id


def _receiver(inventory: Inventory, made: TransferList) -> str:
    """The department, and the room where they go to one."""
    to = made.receiver
    names = [_named(inventory, "department", to.department)] if to.department else []
    if to.room:
        names.append(_named(inventory, "room", to.room))
    return text("rooms.list-separator").join(names)


def _row(page: Worksheet, line: int, number: int, row: TransferRow) -> None:
    from openpyxl.styles import Alignment

    page.cell(line, 1, row.asset)
    shown = row.model_dump() | {"number": number, "role": text(f"rooms.form.role.{row.role}"), "condition": ""}
    lines = 1
    for place, column in enumerate(COLUMNS, start=2):
        cell, value = page.cell(line, place), shown[column]
        _text(cell, value if isinstance(value, int) else str(value or ""))
        if column not in ("number", "height_units"):
            cell.number_format = "@"  # a spreadsheet rounds long serial numbers otherwise
        placed = "center" if column in CENTRED else None
        cell.alignment = Alignment(horizontal=placed, wrap_text=True, vertical="center")
        cell.border = _frame()
        lines = max(lines, -(-_width(str(value or "")) // (WIDTHS[column] - 1)))
    page.row_dimensions[line].height = LINE_HEIGHT * min(lines, 8) + 3


def _sum(page: Worksheet, line: int, made: TransferList) -> None:
    from openpyxl.styles import Font

    page.cell(line, 1, END)
    units = sum(row.height_units for row in made.rows)
    _across(page, line, 2, len(COLUMNS) + 1, text("rooms.form.sum", count=len(made.rows), units=units))
    page.cell(line, 2).font = Font(name=FONT, bold=True)
    page.row_dimensions[line].height = 20


def _signatures(page: Worksheet, top: int) -> None:
    """Who hands over, who takes over, who looks on: stamp, person and day, left blank."""
    from openpyxl.styles import Alignment

    share = len(COLUMNS) // len(SIGNED_BY)
    for place, side in enumerate(SIGNED_BY):
        first = 2 + place * share
        for offset, what in enumerate(SIGNED):
            line = top + offset
            words = text(f"rooms.form.{side}") if what == "unit" else text(f"rooms.form.{what}")
            _across(page, line, first, first + share - 1, words)
            page.cell(line, first).alignment = Alignment(vertical="top", wrap_text=True)
            page.row_dimensions[line].height = 44 if what == "unit" else 26


def _print(page: Worksheet, last: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_options.horizontalCentered = True
    page.page_margins.left = page.page_margins.right = 0.4
    page.page_margins.top, page.page_margins.bottom, page.page_margins.footer = 0.5, 0.8, 0.4
    page.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    page.print_area = f"B{TITLE_ROW}:{get_column_letter(len(COLUMNS) + 1)}{last}"
    footer = page.oddFooter
    assert footer is not None
    footer.center.text = text("rooms.form.page", page="&P", pages="&N")
    page.freeze_panes = f"B{FIRST_ROW}"


def _across(page: Worksheet, line: int, first: int, last: int, value: str) -> None:
    """A text over several columns of one line, with a frame."""
    from openpyxl.styles import Alignment

    page.merge_cells(start_row=line, end_row=line, start_column=first, end_column=last)
    _text(page.cell(line, first), value)
    page.cell(line, first).alignment = Alignment(vertical="center", wrap_text=True)
    for place in range(first, last + 1):
        page.cell(line, place).border = _frame()


def _frame() -> Any:
    from openpyxl.styles import Border, Side

    thin = Side(style="thin")
    return Border(left=thin, right=thin, top=thin, bottom=thin)


def _text(cell: Any, value: str | int) -> None:
    """A value that is never a formula, whatever it begins with."""
    from openpyxl.styles import Font

    cell.value = value
    cell.font = Font(name=FONT, size=10)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(FORMULA)


def _width(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)
