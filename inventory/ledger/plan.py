"""From a ledger file and an estate to what an import would change. Nothing is written here."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

from inventory.cache import without_collection
from inventory.inventory import Inventory
from inventory.kinds import KINDS
from inventory.ledger.cells import CellError
from inventory.ledger.columns import nearest_fields
from inventory.ledger.errors import LedgerError
from inventory.ledger.findings import Finding, Level
from inventory.ledger.identity import Ids
from inventory.ledger.layout import Table, find_tables
from inventory.ledger.mapping import LedgerMap
from inventory.ledger.memory import Memory
from inventory.ledger.names import Names
from inventory.ledger.native import native_lists
from inventory.ledger.records import Collector
from inventory.ledger.results import ImportPlan, TableResult, UnknownHeader
from inventory.ledger.rows import Draft, RowReader, department_of_table
from inventory.ledger.sheets import Book, Progress, cell_name, read_book
from inventory.ledger.tables.fields import FIELDS
from inventory.ledger.text import is_blank

__all__ = ["plan_import"]

_TELL_EVERY = 200


@without_collection()
def plan_import(
    file: Path,
    inventory: Inventory,
    memory: Memory,
    settled: LedgerMap,
    *,
    quarantined: frozenset[tuple[str, str]] = frozenset(),
    progress: Progress | None = None,
) -> ImportPlan:
    """Read a ledger against an estate.

    ``memory`` is what earlier imports remembered (``read_memory``), ``settled`` the map (kept map with the given
    one over it), ``quarantined`` the (kind, id) that the estate has but that are not in ``inventory``. Raises
    FileError or LedgerError where the file as a whole cannot be read or has no table; everything else is a finding
    of the plan.
    """
    tell = progress or (lambda _stage, _done, _total: None)
    book = read_book(file, inventory.estate.settings.max_file_mb, tell)
    names = Names(inventory, settled.names)
    ids = Ids(_used(inventory, memory, quarantined), names)
    collector = Collector(book.name, inventory, memory, names, ids, quarantined)
    said = [Finding(code, Level.NOTE, data=data) for code, data in book.notes]
    if book.encoding not in ("", "utf-8"):
        said.append(Finding("encoding-guessed", Level.NOTE, data={"encoding": book.encoding}))
    native = native_lists(file, book)
    tables, found = _tables(book, settled, frozenset(native))
    said += found
    if not tables and not native and not any(finding.level is Level.REFUSED for finding in said):
        raise LedgerError("ledger-no-table", path=str(file))
    for sheet, (kind, records) in native.items():
        for record in records:
            collector.native(sheet, kind, record)
    department = _settled_department(settled, names, said)
    readable = [table for table in tables if not table.refused]
    total = sum(table.last - table.first for table in readable)
    done = 0
    for table in readable:
        _read_table(
            table, names, department_of_table(table, names, department, said), collector, said, (done, total), tell
        )
        done += table.last - table.first
    collector.finish({table.kind for table in readable})
    tell("rows", total, total)
    return ImportPlan(
        source=book.name,
        tables=tuple(map(_result, readable)),
        rows=tuple(sorted(collector.rows, key=lambda row: (row.sheet, row.row))),
        findings=tuple(sorted((*said, *collector.findings), key=_in_order(book))),
        unknown_headers=tuple(header for table in tables for header in _unknown(table)),
        changes=tuple(collector.changes),
        memory=collector.remembered,
        settled=settled,
        estate=inventory.path,
    )


def _used(inventory: Inventory, memory: Memory, quarantined: frozenset[tuple[str, str]]) -> Mapping[str, set[str]]:
    used = {kind: set(inventory.of(kind)) for kind in KINDS}
    for kind, id in (*memory.records, *quarantined):
        used.setdefault(kind, set()).add(id)
    return used


def _tables(book: Book, settled: LedgerMap, native: frozenset[str]) -> tuple[list[Table], list[Finding]]:
    """All tables of the file, those first that others refer to."""
    tables: list[Table] = []
    said: list[Finding] = []
    for sheet in book.sheets:
        if sheet.name in native:
            continue
        found, findings = find_tables(sheet, book.name, settled)
        tables += found
        said += findings
    if any(not table.refused for table in tables) or native:
        # A page of instructions beside the ledger is no failure of the ledger.
        said = [dataclasses.replace(each, level=Level.NOTE) if each.code == "sheet-no-table" else each for each in said]
        nowhere = {each.sheet for each in said if each.code == "sheet-no-table"}
        tables = [table for table in tables if table.sheet.name not in nowhere]
    order = list(FIELDS)
    return sorted(tables, key=lambda table: order.index(table.kind)), said


def _settled_department(settled: LedgerMap, names: Names, said: list[Finding]) -> str:
    if not settled.department:
        return ""
    try:
        return names.resolve(("department",), settled.department).id
    except CellError as error:
        said.append(Finding(error.code, Level.REFUSED, field="department", data=error.data, nearest=error.nearest))
        return ""


def _read_table(
    table: Table,
    names: Names,
    department: str,
    collector: Collector,
    said: list[Finding],
    progress: tuple[int, int],
    tell: Progress,
) -> None:
    """Rows to the collector; rows of one system whose name is merged over them go together."""
    group: list[Draft] = []
    done, total = progress
    for draft in RowReader(table, names, department).drafts(said):
        if draft.row % _TELL_EVERY == 0:
            tell("rows", done + draft.row - table.first, total)
        if draft.continues and table.kind == "system" and group and not group[0].classified and not draft.classified:
            group.append(draft)
            continue
        if group:
            collector.group(group)
        group = [draft]
    if group:
        collector.group(group)


def _result(table: Table) -> TableResult:
    columns = {column.header: column.path for column in table.taken}
    return TableResult(table.sheet.name, table.kind, (table.top + 1, table.first), columns)


def _unknown(table: Table) -> list[UnknownHeader]:
    found = []
    for column in table.columns:
        if column.state != "unknown":
            continue
        rows = range(table.first, table.last)
        filled = sum(not is_blank(table.sheet.rows[row][column.index]) for row in rows)
        place = cell_name(table.first - 1, column.index)
        nearest = nearest_fields(table.kind, column.header.split("/"))
        found.append(UnknownHeader(table.sheet.name, place, column.header, table.kind, nearest, filled))
    return found


def _in_order(book: Book) -> Callable[[Finding], tuple[int, int]]:
    sheets = {sheet.name: number for number, sheet in enumerate(book.sheets)}
    return lambda found: (sheets.get(found.sheet, -1), found.row)
