"""What the import says: one finding a file, sheet, row or cell, identified by a code of ``tables.findings``."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from inventory.ledger.tables.findings import FINDINGS

__all__ = ["Finding", "Level"]


class Level(StrEnum):
    """note: nothing to do; guessed: something was assumed; kept: a hand edit stays; refused: a cell, row or sheet
    was not taken."""

    NOTE = "note"
    GUESSED = "guessed"
    KEPT = "kept"
    REFUSED = "refused"


@dataclasses.dataclass(frozen=True)
class Finding:
    """``cell`` is "B7" ("7" for a whole row, empty for a sheet); ``kind``, ``id`` and ``field`` say what it is
    about, where known."""

    code: str
    level: Level
    sheet: str = ""
    cell: str = ""
    row: int = 0
    kind: str = ""
    id: str = ""
    field: str = ""
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    nearest: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """English."""
        return FINDINGS[self.code].format(**{"kind": self.kind, "id": self.id, "field": self.field} | dict(self.data))

    @property
    def place(self) -> str:
        """ "Sheet1!B7"; only the cell in files without sheets."""
        return "!".join(part for part in (self.sheet, self.cell) if part)
