"""Workbooks of Excel 97-2003 (.xls). The format's reader gives results of formulas but does not tell that they are
formulas."""

from __future__ import annotations

import datetime as dt
import io
import struct
from pathlib import Path
from typing import Any

from inventory.ledger.errors import LedgerError
from inventory.ledger.sheets import Book, Sheet, squared

__all__ = ["read_xls"]


def read_xls(content: bytes, path: Path) -> Book:
    """All sheets with merged ranges. LedgerError for a password, macros sheets and damage."""
    import xlrd
    from xlrd.biffh import XLRDError
    from xlrd.compdoc import CompDocError

    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, logfile=io.StringIO())
        sheets = tuple(_sheet(book, sheet) for sheet in book.sheets())
    except XLRDError as error:
        encrypted = "encrypted" in str(error).casefold()
        if encrypted:
            raise LedgerError("ledger-password", path=str(path)) from error
        raise LedgerError("ledger-broken", path=str(path), reason="no workbook inside") from error
    except (  # what the reader lets through on damaged files
        CompDocError,
        struct.error,
        ArithmeticError,
        AssertionError,
        AttributeError,
        EOFError,
        LookupError,
        MemoryError,
        TypeError,
        ValueError,
        RecursionError,
    ) as error:
        raise LedgerError("ledger-broken", path=str(path), reason=type(error).__name__) from error
    return Book(path.name, "xls", sheets, notes=(("xls-formulas", {}),))


def _sheet(book: Any, sheet: Any) -> Sheet:
    rows = [[_value(book, cell) for cell in sheet.row(number)] for number in range(sheet.nrows)]
    merges = tuple((top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells)
    hidden_rows = frozenset(number for number, info in sheet.rowinfo_map.items() if info.hidden)
    hidden_columns = frozenset(number for number, info in sheet.colinfo_map.items() if info.hidden)
    return Sheet(
        name=sheet.name,
        rows=squared(rows),
        hidden=bool(sheet.visibility),
        merges=merges,
        hidden_rows=hidden_rows,
        hidden_columns=hidden_columns,
    )


def _value(book: Any, cell: Any) -> Any:
    import xlrd

    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#ERROR!")
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            moment: dt.datetime = xlrd.xldate_as_datetime(cell.value, book.datemode)
        except (ValueError, OverflowError):
            return cell.value
        return moment.time() if cell.value < 1 else moment
    if cell.ctype == xlrd.XL_CELL_NUMBER and "%" in _format(book, cell):
        return f"{round(cell.value * 100, 6):g}%"
    return cell.value


def _format(book: Any, cell: Any) -> str:
    style = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    return str(style.format_str) if style else ""
