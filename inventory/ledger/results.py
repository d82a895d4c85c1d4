"""What an import would do and what it did: plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from inventory.ledger.findings import Finding, Level
from inventory.ledger.mapping import LedgerMap
from inventory.ledger.memory import Memory

__all__ = ["Action", "Change", "ImportPlan", "ImportReport", "RowResult", "TableResult", "UnknownHeader", "Verdict"]


class Verdict(StrEnum):
    """taken: everything was read; guessed: something was assumed; refused: nothing of the row was taken."""

    TAKEN = "taken"
    GUESSED = "guessed"
    REFUSED = "refused"


class Action(StrEnum):
    """What a row does to the estate."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    NONE = "none"


@dataclass(frozen=True)
class RowResult:
    """One row that lists something. ``row`` counts from 1; ``id`` is empty where the row was refused before it had
    one."""

    sheet: str
    row: int
    kind: str
    verdict: Verdict
    action: Action
    id: str = ""


@dataclass(frozen=True)
class TableResult:
    """One table: its sheet, kind, header rows (from 1) and the fields that its columns were taken as, by header."""

    sheet: str
    kind: str
    header_rows: tuple[int, int]
    columns: Mapping[str, str]


@dataclass(frozen=True)
class UnknownHeader:
    """A header that no field is known for; ``nearest`` best first; ``filled`` cells of the column that say
    something."""

    sheet: str
    cell: str
    header: str
    kind: str
    nearest: tuple[str, ...]
    filled: int


@dataclass(frozen=True)
class Change:
    """One record to write. ``file`` is relative to the estate; ``plain`` the record afterwards (plain data, id
    first).

    ``edits``: field path -> value or ``merge.MISSING``; empty for a new record.
    """

    kind: str
    id: str
    file: str
    new: bool
    plain: Mapping[str, Any]
    edits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportPlan:
    """Everything that an import found and would write. ``memory`` and ``settled`` are what to keep for the next
    one."""

    source: str
    tables: tuple[TableResult, ...]
    rows: tuple[RowResult, ...]
    findings: tuple[Finding, ...]
    unknown_headers: tuple[UnknownHeader, ...]
    changes: tuple[Change, ...]
    memory: Memory
    settled: LedgerMap
    estate: Path = Path()

    def count(self, verdict: Verdict) -> int:
        """Rows with a verdict."""
        return sum(row.verdict is verdict for row in self.rows)

    @property
    def actions(self) -> dict[tuple[str, str], int]:
        """(kind, action) -> rows, for the actions that change something or leave it the same."""
        return dict(Counter((row.kind, row.action.value) for row in self.rows if row.action is not Action.NONE))

    @property
    def cells_refused(self) -> int:
        """Cells that were not taken, of rows that were."""
        refused = {(row.sheet, row.row) for row in self.rows if row.verdict is Verdict.REFUSED}
        at = ((found.sheet, found.row) for found in self.findings if found.level is Level.REFUSED and found.row)
        return sum(place not in refused for place in at)

    @property
    def complete(self) -> bool:
        """Whether nothing was refused: no sheet, row or cell."""
        return not any(found.level is Level.REFUSED for found in self.findings)


@dataclass(frozen=True)
class ImportReport:
    """What was written: files relative to the estate."""

    written: tuple[str, ...]
    new: int
    changed: int
