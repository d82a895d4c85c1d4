"""CSV ledgers: UTF-8 with or without a byte-order mark, UTF-16 with one, GB18030; comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from inventory.errors import FileError
from inventory.ledger.errors import LedgerError
from inventory.ledger.sheets import Book, Sheet, squared
from inventory.loaders.table_file import decode

__all__ = ["read_csv"]

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_LOOK_AT = 30


def read_csv(content: bytes, path: Path) -> Book:
    """The file as one sheet with an empty name. LedgerError for binary content, FileError ``file-syntax`` for
    broken quoting."""
    try:
        text, encoding = decode(content)
    except UnicodeDecodeError as error:
        raise LedgerError(
            "ledger-unknown", path=str(path), found="a binary file, or text in an unknown encoding"
        ) from error
    if _CONTROLS.search(text):
        raise LedgerError("ledger-unknown", path=str(path), found="a binary file")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        rows = squared([list(row) for row in reader])
    except csv.Error as error:
        raise FileError("file-syntax", path=str(path), line=reader.line_num, reason=str(error)) from error
    return Book(path.name, "csv", (Sheet("", rows),), encoding)


def _delimiter(text: str) -> str:
    """The one that makes the most columns in most of the first lines."""
    lines = [line for line in text.split("\n", _LOOK_AT)[:_LOOK_AT] if line.strip()]
    return max(",\t;", key=lambda mark: (sum(mark in line for line in lines), sum(line.count(mark) for line in lines)))
