"""A filled workbook as read: found again by its hidden keys, cells as plain text, nothing judged yet."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inventory.ledger.sheets import Book, cell_name, read_book
from inventory.ledger.sheets import Sheet as Page
from stacks.requests.cover import HASH, ID
from stacks.requests.errors import RequestError
from stacks.requests.workbook import COVER, FIRST_ROW, MARK

__all__ = ["FilledCell", "FilledForm", "FilledRow", "FilledSheet", "read_form"]

EXACT = 10**15
"""Spreadsheets keep 15 digits of a number."""


@dataclass(frozen=True)
class FilledCell:
    """A cell: where, its text without blanks around it, and what makes it doubtful."""

    at: str
    text: str
    formula: bool = False
    rounded: bool = False


@dataclass(frozen=True)
class FilledRow:
    """A row by its key; the key is empty where somebody has added the row."""

    key: str
    at: str
    cells: Mapping[str, FilledCell]


@dataclass(frozen=True)
class FilledSheet:
    """A sheet: the title that the operator sees, its columns and rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[FilledRow, ...]


@dataclass(frozen=True)
class FilledForm:
    """A form: which request it answers, and its sheets by key."""

    request: str
    hash: str
    sheets: Mapping[str, FilledSheet]


def read_form(path: Path, max_file_mb: int) -> FilledForm:
    """Read a workbook that ``request_workbook`` has written and somebody has filled in.

    Raises:
        RequestError: ``delivery-no-form``: another workbook, or one whose hidden rows or columns were lost.
        FileError: of ``read_book``, for a file that is not there or no sound workbook.
    """
    book = _open(path, max_file_mb)
    pages = {_key(page): page for page in book.sheets}
    cover = pages.pop(COVER, None)
    if cover is None:
        raise RequestError("delivery-no-form", path=str(path))
    head = {_plain(row[0]): _plain(row[2]) for row in cover.rows[FIRST_ROW - 1 :] if len(row) > 2}
    if not head.get(ID) or not head.get(HASH):
        raise RequestError("delivery-no-form", path=str(path))
    return FilledForm(head[ID], head[HASH], {key: _sheet(page) for key, page in pages.items() if key})


def _open(path: Path, max_file_mb: int) -> Book:
    book = read_book(path, max_file_mb)
    if book.form != "xlsx":
        raise RequestError("delivery-no-form", path=str(path))
    return book


def _key(page: Page) -> str:
    mark = _plain(page.rows[0][0]) if page.rows else ""
    return mark.removeprefix(MARK) if mark.startswith(MARK) else ""


def _sheet(page: Page) -> FilledSheet:
    columns = tuple(_plain(value) for value in page.rows[0][1:])
    rows = []
    for line, values in enumerate(page.rows[FIRST_ROW - 1 :], start=FIRST_ROW - 1):
        if any(_plain(value) for value in values):
            places = enumerate(columns, start=1)
            cells = {column: _cell(page, line, place, values[place]) for place, column in places if column}
            rows.append(FilledRow(_plain(values[0]), cell_name(line, 0), cells))
    return FilledSheet(page.name, columns, tuple(rows))


def _cell(page: Page, line: int, place: int, value: Any) -> FilledCell:
    formula = (line, place) in page.formulas or (line, place) in page.uncomputed
    rounded = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= EXACT
    return FilledCell(cell_name(line, place), _plain(value), formula, rounded)


def _plain(value: Any) -> str:
    """As text: full-width letters and digits as usual ones, no blanks around it, 8.0 as 8."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip()
