"""Shared by the tests of ledgers: the estate to import into, and plans in the form of the expected results."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from inventory.kinds import plural
from inventory.ledger import ImportPlan, ImportReport, LedgerMap, apply_import, plan_import, read_kept_map, read_memory
from inventory.load import load_estate

DATA = Path(__file__).resolve().parents[2] / "data" / "ledgers"


def new_estate(folder: Path) -> Path:
    """A copy of the small estate into which the samples are imported."""
    return Path(shutil.copytree(DATA / "estate", folder / "estate"))


def plan(file: Path, estate: Path, given: LedgerMap | None = None) -> ImportPlan:
    """What an import of a file would do now."""
    loaded = load_estate(estate, cache=False)
    settled = (given or LedgerMap()).over(read_kept_map(estate))
    return plan_import(file, loaded.inventory, read_memory(estate), settled, quarantined=loaded.quarantined)


def bring_in(file: Path, estate: Path, given: LedgerMap | None = None) -> tuple[ImportPlan, ImportReport]:
    """Import a file."""
    planned = plan(file, estate, given)
    return planned, apply_import(planned, estate)


def shape(planned: ImportPlan) -> dict[str, Any]:
    """A plan in the form of the files of expected results."""
    records: dict[str, list[Any]] = {}
    for change in planned.changes:
        records.setdefault(plural(change.kind), []).append(dict(change.plain))
    return {
        "rows": [
            " ".join(
                part for part in (_at(row.sheet, str(row.row)), row.verdict.value, row.action.value, row.id) if part
            )
            for row in planned.rows
        ],
        "findings": [f"{found.place} {found.level.value} {found.code}" for found in planned.findings],
        "unknown": [f"{_at(each.sheet, each.cell)} {each.header}" for each in planned.unknown_headers],
        "records": records,
    }


def _at(sheet: str, cell: str) -> str:
    return f"{sheet}!{cell}" if sheet else cell
