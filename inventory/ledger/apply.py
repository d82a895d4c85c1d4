"""Write what an import planned: all files or none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from inventory.errors import FileError
from inventory.files import reason_of, write_together
from inventory.ledger.edit import edited
from inventory.ledger.errors import LedgerError
from inventory.ledger.memory import MAP_FILE, MEMORY_FILE, map_text, memory_text
from inventory.ledger.results import Change, ImportPlan, ImportReport
from inventory.loaders.table_file import decode

__all__ = ["apply_import"]

_HEAD = (
    "# Imported from {source}. Edit freely: importing the ledger again keeps what was changed here,\n"
    "# and comments. Ids must stay; they are how a row is known again.\n"
)


def apply_import(plan: ImportPlan, estate: Path) -> ImportReport:
    """Write a plan into the estate that it was made for.

    New records go to ``ledgers/KIND-SOURCE.yaml``, changed ones stay where they are. Every file is written beside
    its place first and only moved when all are complete. InputError ``cannot-write``, FileError where a file to be
    edited cannot be read.
    """
    texts: dict[str, str] = {}
    for file, changes in _by_file(plan).items():
        texts[file] = _text(estate / file, changes, plan.source)
    memory = memory_text(plan.memory)
    if plan.memory.records and memory != _present(estate / MEMORY_FILE):
        texts[MEMORY_FILE.as_posix()] = memory
    if plan.settled.plain():
        kept = map_text(estate, plan.settled)
        if kept != _present(estate / MAP_FILE):
            texts[MAP_FILE.as_posix()] = kept
    write_together(estate, texts)
    new = sum(change.new for change in plan.changes)
    return ImportReport(tuple(texts), new, len(plan.changes) - new)


def _by_file(plan: ImportPlan) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in plan.changes:
        found.setdefault(change.file, []).append(change)
    return found


def _text(path: Path, changes: list[Change], source: str) -> str:
    edits: dict[tuple[str, str], Mapping[str, Any]] = {}
    new: dict[str, list[Mapping[str, Any]]] = {}
    for change in changes:
        if change.new:
            new.setdefault(change.kind, []).append(change.plain)
        else:
            edits[change.kind, change.id] = change.edits
    present = _present(path)
    if present is None:
        if edits:
            raise LedgerError("ledger-stale", path=str(path))
        return _HEAD.format(source=source) + edited("", {}, new)
    return edited(present, edits, new)


def _present(path: Path) -> str | None:
    try:
        return decode(path.read_bytes())[0]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileError("file-unreadable", path=str(path), reason=reason_of(error)) from error
