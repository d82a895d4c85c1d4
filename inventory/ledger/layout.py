"""Where the tables of a sheet are: headers in one to three rows (merged or not), titles above, the kind that each
table lists."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from inventory.kinds import plural
from inventory.ledger.columns import Column, is_header, match_header
from inventory.ledger.findings import Finding, Level
from inventory.ledger.mapping import IGNORE, LedgerMap
from inventory.ledger.sheets import Sheet, cell_name
from inventory.ledger.tables.fields import FIELDS, KIND_WORDS
from inventory.ledger.text import fold, is_blank, name_key, shown

__all__ = ["Grid", "Table", "find_tables"]

_LOOK_AT = 40
_HIGHEST_HEADER = 3
_KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "system": (("name",),),
    "line": (("name", "code", "a", "b"),),
    "room": (("name",),),
    "asset": (("name", "asset_number", "serial_number", "position"), ("room",)),
    "device": (("name",), ("role",)),
    "department": (("name",), ("division",)),
    "dependency": (("from",), ("to",)),
    "private_network": (("name",),),
    "internet_exit": (("name", "code", "bandwidth_mbps"),),
}
"""Kind -> groups of columns; a table needs one of each group."""

_DEPARTMENT_ABOVE = re.compile(
    r"(?:填报单位|填报部门|报送单位|单位名称|部门名称|填报单位名称|单位|部门|department|unit)\s*(?:\((?:盖章|公章|签章)\))?\s*[::]\s*(.*)"
)
_CLASSIFIED_SHEET = re.compile(r"(?<!非)(?<!不)涉密|^(classified|secret)\b")


class Grid:
    """A sheet whose merged ranges can be asked about."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.ranges: dict[tuple[int, int], tuple[int, int, int, int]] = {}
        depth = len(sheet.rows)
        for top, left, bottom, right in sheet.merges:
            for row in range(top, min(bottom, depth - 1) + 1):
                for column in range(left, min(right, sheet.width - 1) + 1):
                    self.ranges[row, column] = (top, left, bottom, right)

    def value(self, row: int, column: int) -> Any:
        """The value of a cell, of its merged range where it lies in one."""
        place = self.ranges.get((row, column))
        return self.sheet.rows[row][column] if place is None else self.sheet.rows[place[0]][place[1]]

    def filled(self, row: int) -> list[int]:
        """Columns of a row whose own cells are not blank."""
        return [column for column, value in enumerate(self.sheet.rows[row]) if value is not None and value != ""]


@dataclass(frozen=True)
class Table:
    """One table: rows ``first`` to ``last`` (exclusive) under the header rows ``top`` to ``first``.

    ``refused``: its rows are not read; it is there to list its unknown headers.
    """

    grid: Grid
    kind: str
    columns: tuple[Column, ...]
    top: int
    first: int
    last: int
    department: str = ""
    department_cell: str = ""
    classified: bool = False
    refused: bool = False

    @property
    def sheet(self) -> Sheet:
        """The sheet it is on."""
        return self.grid.sheet

    @cached_property
    def taken(self) -> tuple[Column, ...]:
        """The columns that are taken."""
        return tuple(column for column in self.columns if column.state == "field")

    @cached_property
    def indexes(self) -> Mapping[str, int]:
        """Field -> number of the column that says it."""
        return {column.path: column.index for column in self.taken}

    @cached_property
    def header_keys(self) -> frozenset[str]:
        """The header texts, to know a repeated header row by."""
        return frozenset(name_key(part) for column in self.columns for part in column.header.split("/"))


@dataclass(frozen=True)
class _Block:
    top: int
    height: int
    kind: str
    columns: tuple[Column, ...]
    known: float
    rival: str = ""


def find_tables(sheet: Sheet, book: str, settled: LedgerMap) -> tuple[list[Table], list[Finding]]:
    """The tables of a sheet and what is to be said about them; no table where the sheet is empty, ignored or
    unclear."""
    forced = settled.sheet(sheet.name)
    if forced == IGNORE:
        return [], [Finding("sheet-ignored", Level.NOTE, sheet.name)]
    if sheet.hidden and not forced:
        return [], [Finding("sheet-hidden", Level.NOTE, sheet.name, data={"sheet": sheet.name})]
    if not sheet.rows:
        return [], [Finding("sheet-empty", Level.NOTE, sheet.name)]
    grid = Grid(sheet)
    tables: list[Table] = []
    findings = _hidden_parts(sheet)
    start, least = 0, 1 if forced else 2
    while start < len(sheet.rows):
        hints = _hints(grid, start, book)
        block = _best_block(grid, start, hints, forced, settled, least)
        if block is None:
            break
        last = _next_header(grid, block.top + block.height, block, settled)
        table, said = _table(grid, block, start, last)
        tables.append(table)
        findings += said
        start = last
    if not tables:
        block = _best_block(grid, 0, _hints(grid, 0, book), forced, settled, 1)
        if block is None:
            return [], [*findings, Finding("sheet-no-table", Level.NOTE, sheet.name)]
        table, _said = _table(grid, block, 0, len(sheet.rows))
        findings.append(Finding("sheet-no-table", Level.REFUSED, sheet.name, cell_name(block.top, 0)))
        tables.append(dataclasses.replace(table, refused=True))
    return tables, findings


def _table(grid: Grid, block: _Block, start: int, last: int) -> tuple[Table, list[Finding]]:
    head = _head(grid, start, block.top)
    marked = (grid.sheet.name, *(str(text) for _place, text in head))
    classified = any(_CLASSIFIED_SHEET.search(name_key(text)) for text in marked)
    findings = _refusal(block, grid.sheet, classified)
    columns, said = _once_each(block, grid.sheet)
    name, cell = _department(head)
    table = Table(
        grid,
        block.kind,
        columns,
        block.top,
        block.top + block.height,
        last,
        name,
        cell,
        classified,
        bool(findings),
    )
    return table, findings or said


def _hidden_parts(sheet: Sheet) -> list[Finding]:
    rows = sum(
        row < len(sheet.rows) and any(value is not None for value in sheet.rows[row]) for row in sheet.hidden_rows
    )
    columns = sum(column < sheet.width for column in sheet.hidden_columns)
    told = (("rows-hidden", rows), ("columns-hidden", columns))
    return [Finding(code, Level.NOTE, sheet.name, data={"count": count}) for code, count in told if count]


def _hints(grid: Grid, start: int, book: str) -> dict[str, float]:
    """What the names of file and sheet and the title say about the kind."""
    title = [
        str(grid.sheet.rows[row][column])
        for row in range(start, min(start + 3, len(grid.sheet.rows)))
        for column in grid.filled(row)[:1]
    ]
    texts = [
        (name_key(grid.sheet.name), 2.0),
        *((name_key(text), 1.5) for text in title),
        (name_key(book.rsplit(".", 1)[0]), 1.0),
    ]
    found: dict[str, float] = {}
    for text, weight in texts:
        lengths = {
            kind: max((len(word) for word in words if name_key(word) in text), default=0)
            for kind, words in KIND_WORDS.items()
        }
        longest = max(lengths.values())
        for kind, length in lengths.items():
            if length and length == longest:
                found[kind] = found.get(kind, 0.0) + weight
    return found


def _texts(grid: Grid, top: int, height: int) -> list[tuple[str, ...]]:
    """Header texts of every column, top down, without repetitions."""
    rows: list[list[str]] = []
    for row in range(top, top + height):
        texts = ["" if is_blank(value := grid.value(row, column)) else str(value) for column in range(grid.sheet.width)]
        if row < top + height - 1:
            texts = _spread(texts, grid, row)
        rows.append(texts)
    return [tuple(dict.fromkeys(shown(text) for text in column if text)) for column in zip(*rows, strict=True)]


def _spread(texts: list[str], grid: Grid, row: int) -> list[str]:
    """In files without merged cells a group stands over its first column only."""
    spread = list(texts)
    for column in range(1, len(spread)):
        below = row + 1 < len(grid.sheet.rows) and not is_blank(grid.value(row + 1, column))
        left_below = not is_blank(grid.value(row + 1, column - 1)) if row + 1 < len(grid.sheet.rows) else False
        if not spread[column] and below and left_below and (row, column) not in grid.ranges:
            spread[column] = spread[column - 1]
    return spread


def _best_block(
    grid: Grid, start: int, hints: Mapping[str, float], forced: str, settled: LedgerMap, least: int
) -> _Block | None:
    """The rows among the next ones in which most headers are known; None where that is fewer than ``least``."""
    best: _Block | None = None
    for top in range(start, min(start + _LOOK_AT, len(grid.sheet.rows))):
        if not _headerlike(grid, top):
            continue
        single: _Block | None = None
        for height in range(1, min(_HIGHEST_HEADER, len(grid.sheet.rows) - top) + 1):
            block = _block(grid, top, height, hints, forced, settled)
            if height == 1:
                single = block
            elif single is None or single.known <= 0:
                break
            if block is not None and (best is None or block.known > best.known + 1e-9):
                best = block
    return best if best is not None and best.known >= least else None


def _headerlike(grid: Grid, row: int) -> bool:
    values = [grid.sheet.rows[row][column] for column in grid.filled(row)]
    return bool(values) and all(isinstance(value, str) and len(value) <= 60 for value in values)


def _block(
    grid: Grid, top: int, height: int, hints: Mapping[str, float], forced: str, settled: LedgerMap
) -> _Block | None:
    if not all(_headerlike(grid, row) for row in range(top, top + height)):
        return None
    texts = _texts(grid, top, height)
    scored: list[tuple[float, float, str, tuple[Column, ...]]] = []
    for kind in [forced] if forced else FIELDS:
        if kind not in FIELDS:
            continue
        columns = tuple(match_header(kind, column, index, settled) for index, column in enumerate(texts) if column)
        fields = {column.path: column.field for column in columns if column.field is not None}
        known = len(fields) + 0.1 * sum(column.state in ("ignored", "personal", "mapped-away") for column in columns)
        telling = sum(field.tells for field in fields.values())
        keys = sum(any(path in fields for path in group) for group in _KEYS[kind]) / len(_KEYS[kind])
        scored.append((known + 1.5 * telling + 2 * keys + hints.get(kind, 0.0), known, kind, columns))
    if not scored:
        return None
    scored.sort(key=lambda each: -each[0])
    total, known, kind, columns = scored[0]
    rival = scored[1][2] if len(scored) > 1 and scored[1][0] > total - 0.75 and scored[1][1] >= 2 else ""
    return _Block(top, height, kind, columns, known, rival)


def _next_header(grid: Grid, first: int, block: _Block, settled: LedgerMap) -> int:
    """Where another table begins further down (other headers than this table's), else the end of the sheet."""
    own = {name_key(part) for column in block.columns for part in column.header.split("/")}
    for row in range(first, len(grid.sheet.rows)):
        filled = grid.filled(row)
        if len(filled) < 3 or not _headerlike(grid, row):
            continue
        keys = {name_key(str(grid.sheet.rows[row][column])) for column in filled}
        if len(keys - own) < 2 or sum(map(is_header, keys)) < max(3, 0.5 * len(filled)):
            continue
        found = _block(grid, row, 1, {}, "", settled)
        if found is not None and found.known >= 3 and found.known >= 0.7 * len(filled):
            return row
    return len(grid.sheet.rows)


def _head(grid: Grid, start: int, top: int) -> list[tuple[tuple[int, int], Any]]:
    return [((row, column), grid.sheet.rows[row][column]) for row in range(start, top) for column in grid.filled(row)]


def _department(head: list[tuple[tuple[int, int], Any]]) -> tuple[str, str]:
    """(name, cell) of "填报单位:省民政厅" above the headers."""
    for number, (place, value) in enumerate(head):
        found = _DEPARTMENT_ABOVE.match(fold(str(value)))
        if found is None:
            continue
        name = re.split(r"\s{1,}|填报|日期", found[1].strip())[0]
        if name:
            return name, cell_name(*place)
        if number + 1 < len(head) and head[number + 1][0][0] == place[0]:
            return str(head[number + 1][1]).strip(), cell_name(*head[number + 1][0])
    return "", ""


def _refusal(block: _Block, sheet: Sheet, classified: bool) -> list[Finding]:
    """Why a table cannot be read: it could list two kinds, or nothing says which object a row is."""
    place = cell_name(block.top, 0)
    if block.rival:
        kinds = ", ".join(plural(kind) for kind in (block.kind, block.rival))
        data = {"kinds": kinds, "sheet": sheet.name or "''"}
        return [Finding("sheet-kind-unclear", Level.REFUSED, sheet.name, place, data=data)]
    fields = {column.path for column in block.columns}
    if classified or "classified" in fields:
        return []
    for group in _KEYS[block.kind]:
        if not fields & set(group):
            data = {"fields": ", ".join(group)}
            return [Finding("no-key-column", Level.REFUSED, sheet.name, place, kind=block.kind, data=data)]
    return []


def _once_each(block: _Block, sheet: Sheet) -> tuple[tuple[Column, ...], list[Finding]]:
    """Each field from one column only; findings about columns that are not taken (unknown ones are listed by the
    plan)."""
    columns: list[Column] = []
    findings: list[Finding] = []
    first_by_path: dict[str, Column] = {}
    for column in block.columns:
        place = cell_name(block.top + block.height - 1, column.index)
        if column.state == "field" and column.path in first_by_path:
            other = cell_name(0, first_by_path[column.path].index)[:-1]
            data = {"header": column.header, "field": column.path, "other": other}
            findings.append(Finding("header-twice", Level.REFUSED, sheet.name, place, data=data))
            columns.append(Column(column.index, column.header, "twice"))
            continue
        if column.state in ("personal", "mapped-away"):
            code = "header-personal" if column.state == "personal" else "header-ignored"
            findings.append(Finding(code, Level.NOTE, sheet.name, place, data={"header": column.header}))
        if column.path:
            first_by_path[column.path] = column
        columns.append(column)
    return tuple(columns), findings
