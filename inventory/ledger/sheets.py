"""A ledger file as sheets of plain values, whatever its format; every way of being unreadable is one LedgerError."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inventory.errors import FileError
from inventory.files import reason_of
from inventory.ledger.errors import LedgerError

__all__ = ["Book", "Progress", "Sheet", "cell_name", "read_book"]

Progress = Callable[[str, int, int], None]
"""Called with a stage (read, rows), what is done and the total."""

MEGABYTE = 1_000_000
UNPACKED_FACTOR = 20
"""A workbook may unpack to so many times the size that a file may have; more is no ledger but a trap."""


@dataclass(frozen=True)
class Sheet:
    """One sheet. ``rows`` are of equal width; cells count from 0, row 0 is the sheet's first.

    ``merges``: (first row, first column, last row, last column), values only in the first cell. ``formulas``: cells
    whose value is the result kept in the file; ``uncomputed``: formulas without one. ``share_cells`` were formatted
    as per cent and are texts ("35%").
    """

    name: str
    rows: tuple[tuple[Any, ...], ...]
    hidden: bool = False
    merges: tuple[tuple[int, int, int, int], ...] = ()
    formulas: frozenset[tuple[int, int]] = frozenset()
    uncomputed: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    @property
    def width(self) -> int:
        """Columns."""
        return len(self.rows[0]) if self.rows else 0


@dataclass(frozen=True)
class Book:
    """A ledger file: its name without folders, its format (xlsx, xls, csv), its sheets, the encoding of a CSV
    file."""

    name: str
    form: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    notes: tuple[tuple[str, Mapping[str, Any]], ...] = field(default=())


def cell_name(row: int, column: int) -> str:
    """ "B7" of (6, 1)."""
    letters, index = "", column + 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def squared(rows: list[list[Any]]) -> tuple[tuple[Any, ...], ...]:
    """Rows of equal width, without the empty ones and columns at the end."""
    while rows and all(value is None or value == "" for value in rows[-1]):
        rows.pop()
    width = max((index + 1 for row in rows for index, value in enumerate(row) if value not in (None, "")), default=0)
    return tuple(tuple(row[:width]) + (None,) * (width - len(row)) for row in rows)


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (_OLE, "ole"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"{\\rtf", "an RTF document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)


def _content(path: Path, max_file_mb: int) -> bytes:
    try:
        if path.is_dir():
            raise LedgerError("ledger-is-folder", path=str(path))
        if not path.exists():
            raise FileError("file-missing", path=str(path))
        if not path.is_file():
            raise LedgerError("ledger-unknown", path=str(path), found="no regular file")
        size = path.stat().st_size
        if size > max_file_mb * MEGABYTE:
            raise FileError("file-too-large", path=str(path), size_mb=round(size / MEGABYTE), max_mb=max_file_mb)
        content = path.read_bytes()
    except OSError as error:
        raise FileError("file-unreadable", path=str(path), reason=reason_of(error)) from error
    if not content.strip():
        raise LedgerError("ledger-empty", path=str(path))
    return content


def _form(content: bytes, path: Path) -> str:
    """zip, ole, csv; LedgerError for what is none of them."""
    found = next((form for magic, form in _MAGIC if content.startswith(magic)), "")
    if found in ("zip", "ole"):
        return found
    if found:
        raise LedgerError("ledger-unknown", path=str(path), found=found)
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<head", b"<meta")):
        raise LedgerError("ledger-ending", path=str(path), found="a web page or XML text")
    return "csv"


def read_book(path: Path, max_file_mb: int, progress: Progress | None = None) -> Book:
    """Read a ledger by its content; the ending of the name must agree.

    Raises FileError or LedgerError: missing, unreadable, a folder, empty, too large, another format than its name
    says, macros, a password, damaged.
    """
    from inventory.ledger.read_csv import read_csv
    from inventory.ledger.read_xls import read_xls
    from inventory.ledger.read_xlsx import read_xlsx

    content = _content(path, max_file_mb)
    form, ending = _form(content, path), path.suffix.lower()
    tell = progress or (lambda _stage, _done, _total: None)
    if ending == ".xlsm":
        raise LedgerError("ledger-macros", path=str(path))
    if form == "ole" and "EncryptedPackage".encode("utf-16-le") in content:
        raise LedgerError("ledger-password", path=str(path))
    if form == "zip":
        return _agreeing(read_xlsx(content, path, max_file_mb * UNPACKED_FACTOR, tell), ending, path)
    if form == "ole":
        return _agreeing(read_xls(content, path), ending, path)
    if ending in (".xlsx", ".xls"):
        raise LedgerError("ledger-ending", path=str(path), found="text" if _is_text(content) else "no workbook")
    if ending not in (".csv", ".txt", ".tsv", ""):
        raise LedgerError("ledger-unknown", path=str(path), found=f"a {ending} file")
    return read_csv(content, path)


def _is_text(content: bytes) -> bool:
    return b"\0" not in content[:4096]


def _agreeing(book: Book, ending: str, path: Path) -> Book:
    if ending != f".{book.form}":
        raise LedgerError("ledger-ending", path=str(path), found=f"an .{book.form} workbook")
    return book
