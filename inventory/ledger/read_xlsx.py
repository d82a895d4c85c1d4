"""Workbooks of Excel 2007 and later (.xlsx): values, merged ranges, hidden parts, and formulas with the results
kept in the file."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError  # only the error class: openpyxl parses

from inventory.ledger.errors import LedgerError
from inventory.ledger.sheets import MEGABYTE, Book, Progress, Sheet, squared

__all__ = ["read_xlsx"]

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What openpyxl and zipfile let through on damaged files."""


def read_xlsx(content: bytes, path: Path, max_unpacked_mb: int, progress: Progress) -> Book:
    """All worksheets. LedgerError for macros, a password, damage, another kind of document, or too much content."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        _look_inside(content, path, max_unpacked_mb)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about decorations that openpyxl drops
            book = load_workbook(io.BytesIO(content))
            if any(_has_formula(sheet) for sheet in book.worksheets):
                results = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            else:
                results = None
            total = len(book.worksheets)
            sheets = []
            for number, sheet in enumerate(book.worksheets):
                progress("read", number, total)
                sheets.append(_sheet(sheet, results))
    except InvalidFileException as error:
        raise LedgerError("ledger-broken", path=str(path), reason="no workbook inside") from error
    except _DAMAGE as error:
        raise LedgerError("ledger-broken", path=str(path), reason=type(error).__name__) from error
    return Book(path.name, "xlsx", tuple(sheets))


def _look_inside(content: bytes, path: Path, max_unpacked_mb: int) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = {info.filename.lower() for info in archive.infolist()}
        unpacked = sum(info.file_size for info in archive.infolist())
        if any(info.flag_bits & 1 for info in archive.infolist()):
            raise LedgerError("ledger-password", path=str(path))
    if any(name.endswith("vbaproject.bin") for name in names):
        raise LedgerError("ledger-macros", path=str(path))
    if "xl/workbook.bin" in names:
        raise LedgerError("ledger-unknown", path=str(path), found="a binary workbook (.xlsb)")
    if not any(name.startswith("xl/") for name in names):
        found = "a text document" if any(name.startswith("word/") for name in names) else "an archive"
        raise LedgerError("ledger-unknown", path=str(path), found=found)
    if unpacked > max_unpacked_mb * MEGABYTE:
        size_mb = round(unpacked / MEGABYTE)
        raise LedgerError("ledger-expands", path=str(path), size_mb=size_mb, max_mb=max_unpacked_mb)


def _has_formula(sheet: Any) -> bool:
    return any(cell.data_type == "f" for cell in sheet._cells.values())  # noqa: SLF001 - iter_rows would create every empty cell


def _sheet(sheet: Any, results: Any) -> Sheet:
    width, cells = 0, sheet._cells  # noqa: SLF001 - the filled cells only; iter_rows walks a million empty ones of a styled sheet
    filled = {place: cell for place, cell in cells.items() if cell.value is not None}
    depth = max((row for row, _ in filled), default=0)
    width = max((column for _, column in filled), default=0)
    rows: list[list[Any]] = [[None] * width for _ in range(depth)]
    formulas = set[tuple[int, int]]()
    for (row, column), cell in filled.items():
        if cell.data_type == "f":
            formulas.add((row - 1, column - 1))
        rows[row - 1][column - 1] = _value(cell)
    uncomputed = _take_results(results[sheet.title], rows, formulas) if formulas else set[tuple[int, int]]()
    return Sheet(
        name=sheet.title,
        rows=squared(rows),
        hidden=sheet.sheet_state != "visible",
        merges=tuple((r.min_row - 1, r.min_col - 1, r.max_row - 1, r.max_col - 1) for r in sheet.merged_cells.ranges),
        formulas=frozenset(formulas - uncomputed),
        uncomputed=frozenset(uncomputed),
        hidden_rows=frozenset(number - 1 for number, info in sheet.row_dimensions.items() if info.hidden),
        hidden_columns=_hidden_columns(sheet),
    )


def _hidden_columns(sheet: Any) -> frozenset[int]:
    spans = (info for info in sheet.column_dimensions.values() if info.hidden)
    return frozenset(column - 1 for info in spans for column in range(info.min or 1, (info.max or info.min or 1) + 1))


def _value(cell: Any) -> Any:
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in cell.number_format:
        return f"{round(value * 100, 6):g}%"
    return value


def _take_results(results: Any, rows: list[list[Any]], formulas: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Put the kept results in the place of the formulas; returns the formulas without one."""
    results.reset_dimensions()
    wanted: dict[int, list[int]] = {}
    for row, column in formulas:
        wanted.setdefault(row, []).append(column)
        rows[row][column] = None
    for number, row in enumerate(results.iter_rows(max_row=max(wanted) + 1)):
        for column in wanted.get(number, ()):
            if column < len(row):
                rows[number][column] = _value(row[column])
    return {(row, column) for row, column in formulas if rows[row][column] is None}
