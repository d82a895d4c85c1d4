"""The example city behind its ledgers, and files whose bytes depend on their contents only."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlwt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from inventory.examples import Sketch

STAMP = dt.datetime(2024, 4, 1, tzinfo=dt.UTC)
"""Stands in the files in place of the time of writing."""

Plain = dict[str, Any]
Row = Sequence[Any]


class City:
    """Records of the city by kind, and the names by which ledgers refer to them."""

    def __init__(self, sketch: Sketch) -> None:
        listed = ("system", "room", "asset", "line", "device", "link", "dependency")
        self.of = {kind: list(sketch.records(kind)) for kind in listed}
        named = ("department", "room", "cloud", "device", "carrier", "private_network", "division", "system")
        self.names = {f"{kind}:{record['id']}": record["name"] for kind in named for record in sketch.records(kind)}
        outside = sketch.records("external_object")
        self.outside = {f"external_object:{record['id']}": record["addresses"][0] for record in outside}
        self.division = {record["id"]: record["division"] for record in sketch.records("department")}
        self.parts: dict[str, dict[str, Plain]] = {}
        for part in sketch.records("component"):
            self.parts.setdefault(part["system"], {})[part["id"]] = part

    def name(self, kind: str, id: str | None) -> str:
        """The name of what a reference means; empty for none."""
        return "" if id is None else self.names[f"{kind}:{id}"]

    def end(self, reference: str) -> str:
        """The end of a line in words."""
        return "外部:" + reference.partition(":")[2] if reference.startswith("external:") else self.names[reference]


def new_book(name: str, title: str, width: int) -> tuple[Workbook, Worksheet]:
    """A workbook with one sheet; a title that is not empty is merged over ``width`` columns."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = name
    if title:
        sheet.append([title])
        sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=width)
        sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=16), Alignment(horizontal="center")
    return book, sheet


def save_book(book: Workbook, path: Path) -> None:
    """Write a workbook (.xlsx) with ``STAMP`` in place of every time."""
    raw = io.BytesIO()
    book.save(raw)
    stamp = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(raw) as made, zipfile.ZipFile(path, "w") as fixed:
        for name in made.namelist():
            content = made.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, content)
            day = (STAMP.year, STAMP.month, STAMP.day, 0, 0, 0)
            fixed.writestr(zipfile.ZipInfo(name, day), content, zipfile.ZIP_DEFLATED)


def save_old_book(path: Path, name: str, rows: Sequence[Row]) -> None:
    """Write an old workbook (.xls) of one sheet whose first row is a title over all columns."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(name)
    for place, row in enumerate(rows):
        for column, value in enumerate(row):
            if value not in (None, ""):
                sheet.write(place, column, value)
    sheet.merge(0, 0, 0, len(rows[1]) - 1)
    book.save(str(path))


def save_csv(path: Path, rows: Iterable[Row], encoding: str) -> None:
    """Write a CSV file as spreadsheets on Windows do."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows(rows)
