"""CSV files and Excel workbooks in the table convention of ``inventory.dump``: one list of records a file or sheet."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from inventory.base import Struct
from inventory.dump import RowReader
from inventory.errors import FileError
from inventory.kinds import KINDS, PLURALS
from inventory.kinds.systems import Component
from inventory.loaders.raw import RawFile, RawRecord
from inventory.problems import Origin, problem

__all__ = ["column_letter", "decode", "list_name", "read_csv", "read_xlsx"]

COMPONENTS = "components"
_WORDS = sorted([*PLURALS, COMPONENTS], key=len, reverse=True)


def decode(content: bytes) -> tuple[str, str]:
    """(text, encoding): UTF-8 with or without a byte-order mark, UTF-16 with one, else GB18030."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16"), "utf-16"
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("gb18030"), "gb18030"


def list_name(file: str) -> str:
    """The list that a table file holds, by its name ("systems.csv", "systems-2021.csv") or its folder's, or empty."""
    path = PurePosixPath(file)
    for word in _WORDS:
        if re.match(rf"{word}(?![A-Za-z_])", path.stem.lower()):
            return word
    return path.parent.name if path.parent.name in _WORDS else ""


def column_letter(index: int) -> str:
    """Excel's letters of a column, counted from 0: A, B, ... Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _model(name: str) -> type[Struct]:
    return Component if name == COMPONENTS else KINDS[PLURALS[name]]


def read_csv(content: bytes, file: str) -> RawFile:
    """Read a CSV file (comma, semicolon or tab; UTF-8 or GB18030). FileError ``file-syntax`` with the line."""
    raw = RawFile()
    name = list_name(file)
    if not name:
        raw.problems.append(problem("file-ignored", Origin(file)))
        return raw
    try:
        text, encoding = decode(content)
    except UnicodeDecodeError as error:
        raise FileError("file-binary", path=file) from error
    if encoding == "gb18030":
        raw.problems.append(problem("encoding-guessed", Origin(file), encoding=encoding))
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        lines = _numbered(reader)
        _records(raw, name, header, lines, file, "")
    except csv.Error as error:
        raise FileError("file-syntax", path=file, line=reader.line_num, reason=str(error)) from error
    return raw


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return


def _records(
    raw: RawFile, name: str, header: Sequence[str], rows: Iterator[tuple[int, list[str]]], file: str, sheet: str
) -> None:
    blank = [index for index, column in enumerate(header) if not column]
    header = _once(raw, header, file, sheet)
    raw.columns[sheet] = {column: column_letter(index) for index, column in enumerate(header) if column}
    reader, records = RowReader(_model(name), header), raw.lists.setdefault(name, [])
    width = len(header)
    for line, cells in rows:
        if not any(cells):
            continue
        origin = Origin(file, None, sheet, f"A{line}") if sheet else Origin(file, line)
        data = reader.read(cells)
        if blank or len(cells) > width:
            unnamed = (cells[index] for index in blank if index < len(cells))
            beyond = ",".join(cell for cell in (*unnamed, *cells[width:]) if cell)[:60]
            if beyond:
                shown = "…" if "classified" in data else beyond  # no message repeats what a classified record says
                raw.problems.append(
                    problem("bad-value", origin, value=shown, expected="under a header", description="")
                )
        records.append(RawRecord(data, origin))


def _once(raw: RawFile, header: Sequence[str], file: str, sheet: str) -> list[str]:
    """The header with each name once: of two columns of one name the first is read, and the second is a problem."""
    kept: list[str] = []
    for index, column in enumerate(header):
        doubled = bool(column) and column in kept
        if doubled:
            origin = Origin(file, None, sheet, f"{column_letter(index)}1")
            raw.problems.append(problem("duplicate-field", origin, path=column, field=column))
        kept.append("" if doubled else column)
    return kept


def read_xlsx(content: bytes, file: str) -> RawFile:
    """Read every sheet that is named after a kind's plural. FileError ``file-binary`` for what is no workbook."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise FileError("file-binary", path=file) from error
    raw = RawFile()
    for sheet in book.worksheets:
        name = list_name(sheet.title)
        if not name:
            raw.problems.append(problem("file-ignored", Origin(file, None, sheet.title)))
            continue
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        header = [_cell(value).strip() for value in next(rows, ())]
        numbered = ((number, [_cell(value) for value in row]) for number, row in enumerate(rows, 2))
        _records(raw, name, header, numbered, file, sheet.title)
    book.close()
    return raw


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if hasattr(value, "isoformat"):
        text: str = value.isoformat()
        return text.removesuffix("T00:00:00")
    return str(value)
