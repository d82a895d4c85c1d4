"""A filled-in transfer list: its form, how it is read back, and how it differs from the inventory.

The form has a hidden first row with the keys of its columns, a hidden second one with what it is about, and a hidden
first column with the asset of each row: what people see may be in any language. Rows that people add have no key there;
they are known by their serial number or asset number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from inventory.base import Struct, field
from inventory.inventory import Inventory
from inventory.ledger.sheets import Book, Sheet, cell_name, read_book
from migration.rooms.errors import TransferError
from migration.rooms.transfer import Receiver, TransferRow, list_again, numbers, on_record, row_of, serials

__all__ = [
    "COLUMNS",
    "END",
    "FILLED_IN",
    "FIRST_ROW",
    "FORMAT",
    "MARK",
    "Difference",
    "FilledList",
    "FilledRow",
    "FormHead",
    "changed_since",
    "compare_list",
    "read_list",
]

FORMAT = 1
"""Version of the form."""
MARK = "qianyun:transfer"
"""What stands in A1."""
END = "end"
"""What stands in the hidden column below the last asset."""
COLUMNS = (
    "number", "asset_number", "serial_number", "name", "model", "role", "room", "rack", "position", "height_units",
    "condition", "note",
)  # fmt: skip
"""Columns of the form, after the hidden one."""
FILLED_IN = ("condition", "note")
"""Columns that people fill in."""
FIRST_ROW = 7
"""First row of assets, counted from 1."""
COMPARED = ("asset_number", "serial_number", "model", "room", "rack", "position", "height_units")
"""What is held against the inventory."""
PLACE = ("room", "rack", "position")


class FormHead(Struct):
    """What the form is about; hidden on it as JSON."""

    format: int = field("Version of the form", FORMAT, le=FORMAT)
    estate: str = field("Name of the estate")
    giver: str = field("Department that hands over")
    receiver: Receiver = field("Who or where to")
    rooms: tuple[str, ...] = field("Rooms that it covers")
    hash: str = field("Hash of the rows as they were written")


class Difference(Struct):
    """One difference between a list and the inventory.

    code: missing, extra, twice, other-serial, other-number, other-model, other-height, moved. Of what is missing there
    is no cell.
    """

    code: str = field("Kind of difference", example="other-serial")
    asset: str = field("Asset; empty: none on record", "")
    sheet: str = field("Sheet of the list", "")
    cell: str = field("Cell", "")
    listed: str = field("What the list says", "")
    recorded: str = field("What the inventory says", "")


@dataclass(frozen=True)
class FilledRow:
    """One row: its asset (empty in rows that people have added), its place, values and cells by column."""

    asset: str
    at: str
    values: dict[str, str]
    cells: dict[str, str]


@dataclass(frozen=True)
class FilledList:
    """A list as it was read: what it is about, the title of its sheet, its rows."""

    head: FormHead
    sheet: str
    rows: tuple[FilledRow, ...]


def read_list(path: Path, max_file_mb: int) -> FilledList:
    """Read a list that people have filled in.

    Raises TransferError (another workbook, columns moved, merged cells) and FileError (missing, a password, damaged).
    """
    book = _book(path, max_file_mb)
    page = next((sheet for sheet in book.sheets if sheet.rows and _plain(sheet.rows[0][0]) == MARK), None)
    if page is None:
        raise TransferError("transfer-no-form", path=str(path))
    try:
        head = FormHead.model_validate(orjson.loads(_plain(page.rows[1][0]) if len(page.rows) > 1 else ""))
    except (orjson.JSONDecodeError, ValidationError):
        raise TransferError("transfer-damaged", path=str(path), sheet=page.name) from None
    columns = tuple(_plain(value) for value in page.rows[0][1:])
    for place, expected in enumerate(COLUMNS):
        if place >= len(columns) or columns[place] != expected:
            cell = cell_name(0, place + 1)
            raise TransferError("transfer-columns", path=str(path), sheet=page.name, cell=cell, expected=expected)
    last = next((line for line, row in enumerate(page.rows) if _plain(row[0]) == END), None)
    if last is None:
        raise TransferError("transfer-damaged", path=str(path), sheet=page.name)
    for top, left, bottom, right in page.merges:
        if top < last and bottom >= FIRST_ROW - 1:
            cells = f"{cell_name(top, left)}:{cell_name(bottom, right)}"
            raise TransferError("transfer-merged", path=str(path), sheet=page.name, cells=cells)
    return FilledList(head, page.name, tuple(_rows(page, last)))


def _book(path: Path, max_file_mb: int) -> Book:
    book = read_book(path, max_file_mb)
    if book.form != "xlsx":
        raise TransferError("transfer-no-form", path=str(path))
    return book


def _rows(page: Sheet, last: int) -> Iterator[FilledRow]:
    for line in range(FIRST_ROW - 1, last):
        row = page.rows[line]
        values = {column: _plain(row[place]) for place, column in enumerate(COLUMNS, start=1)}
        key = _plain(row[0])
        if key or any(value for column, value in values.items() if column != "number"):
            cells = {column: cell_name(line, place) for place, column in enumerate(COLUMNS, start=1)}
            yield FilledRow(key, cell_name(line, 1), values, cells)


def _plain(value: Any) -> str:
    """As text: full-width letters and digits as usual ones, no blanks around it, 8.0 as 8."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip()


def changed_since(inventory: Inventory, filled: FilledList) -> bool:
    """Whether the inventory has changed since the list was written."""
    head = filled.head
    return list_again(inventory, head.giver, head.receiver, head.rooms).hash != head.hash


def compare_list(inventory: Inventory, filled: FilledList, left_out: Collection[str] = ()) -> tuple[Difference, ...]:
    """Differences, in the order of the list, then what is missing from it.

    Missing: what the giver owns in the rooms of the list. left_out: assets whose records are left out for errors in
    them; nothing is said of these. TransferError for a list of another estate.
    """
    head = filled.head
    if head.giver not in inventory.departments:
        raise TransferError("transfer-other-estate", path=filled.sheet, giver=head.giver)
    by_serial, by_number = serials(inventory), numbers(inventory)
    seen: dict[str, str] = {}
    found = list[Difference]()
    for row in filled.rows:
        if row.asset in left_out:
            continue
        serial, number = row.values["serial_number"], row.values["asset_number"]
        asset = row.asset if row.asset in inventory.assets else by_serial.get(serial) or by_number.get(number) or ""
        if not asset:
            listed = serial or number or row.values["name"]
            found.append(Difference(code="extra", sheet=filled.sheet, cell=row.at, listed=listed))
        elif asset in seen:
            found.append(Difference(code="twice", asset=asset, sheet=filled.sheet, cell=row.at, listed=seen[asset]))
        else:
            seen[asset] = row.at
            found += _changed(row_of(inventory.assets[asset]), row, filled.sheet)
    for record in on_record(inventory, head.giver, head.rooms):
        if record.id not in seen:
            recorded = record.serial_number or record.asset_number or record.name
            found.append(Difference(code="missing", asset=record.id, sheet=filled.sheet, recorded=recorded))
    return tuple(found)


CODES = {"serial_number": "other-serial", "asset_number": "other-number", "model": "other-model"}


def _changed(recorded: TransferRow, row: FilledRow, sheet: str) -> Iterator[Difference]:
    """The first difference of place, and each of the others."""
    moved = False
    for name in COMPARED:
        value = getattr(recorded, name)
        known, listed = _plain(value), row.values[name]
        if known == listed or (name in PLACE and moved):
            continue
        moved = moved or name in PLACE
        code = "moved" if name in PLACE else CODES.get(name, "other-height")
        yield Difference(
            code=code, asset=recorded.asset, sheet=sheet, cell=row.cells[name], listed=listed, recorded=known
        )
