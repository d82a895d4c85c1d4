"""A problem found in the estate: where, what, how bad, and what to do.

Messages are English templates in ``inventory/tables/problems.py``, identified by a stable code; ``ui`` translates.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from inventory.tables.problems import PROBLEMS

__all__ = ["Origin", "Problem", "Severity", "problem"]


class Severity(StrEnum):
    """How bad a problem is. An error quarantines its record and what hard-depends on it."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Origin(NamedTuple):
    """Where something was read: a file relative to the estate, and a line (from 1) or a sheet and a cell ("B7")."""

    file: str
    line: int | None = None
    sheet: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        if self.cell is not None:
            return f"{self.file}[{self.sheet}!{self.cell}]" if self.sheet else f"{self.file}[{self.cell}]"
        return f"{self.file}:{self.line}" if self.line is not None else self.file


Value = str | int | float | bool | None


class Problem(BaseModel):
    """One finding. ``path`` is the field inside the record ("components.1.vcpu"); ``data`` fills the message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    severity: Severity
    origin: Origin
    kind: str = ""
    id: str = ""
    path: str = ""
    data: dict[str, Value] = {}
    nearest: str = ""

    @property
    def words(self) -> dict[str, Value]:
        """What fills the templates: the data, and ``kind``, ``id`` and ``nearest`` of the problem itself."""
        schema = "--all" if self.kind in ("", "estate", "state") else self.kind
        return {"kind": self.kind, "schema": schema, "id": self.id, "nearest": self.nearest, **self.data}

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return PROBLEMS[self.code].message.format(**self.words)

    @property
    def hint(self) -> str:
        """What to do, in English; empty where the message says it all."""
        return PROBLEMS[self.code].hint.format(**self.words)


def problem(
    code: str, origin: Origin, *, kind: str = "", id: str = "", path: str = "", nearest: str = "", **data: Value
) -> Problem:
    """A problem with the severity that the table of codes gives; KeyError for an unknown code."""
    severity = Severity(PROBLEMS[code].severity)
    return Problem(code=code, severity=severity, origin=origin, kind=kind, id=id, path=path, nearest=nearest, data=data)
