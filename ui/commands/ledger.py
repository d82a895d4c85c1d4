"""``qianyun ledger``: import."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from inventory.ledger import (
    Action,
    Finding,
    ImportPlan,
    ImportReport,
    LedgerMap,
    UnknownHeader,
    Verdict,
    apply_import,
    plan_import,
    read_kept_map,
    read_map,
    read_memory,
)
from ui.commanding import Common, Group, argument, command, common, option
from ui.opening import open_estate
from ui.output import emit, progress, table
from ui.texts import kind_word, text

__all__ = ["group"]

group = Group("ledger")
REFUSED = 1
LISTED = 20
"""So many findings of one code are printed; the JSON answer has all."""


@command(group, "import", example="qianyun ledger import 台账.xlsx --into my-estate --dry-run")
@argument("file", type=Path)
@option("--into", "estate", type=Path, required=True, metavar="ESTATE", key="ledger.option.into")
@option("--map", "map_file", type=Path, metavar="FILE", key="ledger.option.map")
@option("--dry-run", is_flag=True, key="ledger.option.dry-run")
@common(estate=False)
@click.pass_context
def import_(
    context: click.Context, common: Common, file: Path, estate: Path, map_file: Path | None, dry_run: bool
) -> None:
    """Import one ledger; exit code 1 when a row, a cell or a sheet was refused."""
    loaded = open_estate(estate, common)
    given = read_map(map_file) if map_file is not None else LedgerMap()
    with progress(text("ledger.importing")) as report:
        plan = plan_import(
            file,
            loaded.inventory,
            read_memory(estate),
            given.over(read_kept_map(estate)),
            quarantined=loaded.quarantined,
            progress=report,
        )
    done = None if dry_run else apply_import(plan, estate)
    if common.json:
        emit(_answer(plan, estate, done))
    else:
        _print(plan, done)
    if not plan.complete:
        context.exit(REFUSED)


# ---- for programs ---------------------------------------------------------------------------------------------------


def _answer(plan: ImportPlan, estate: Path, done: ImportReport | None) -> dict[str, Any]:
    return {
        "source": plan.source,
        "estate": str(estate),
        "dry_run": done is None,
        "written": list(done.written) if done is not None else [],
        "counts": {
            "rows": {verdict.value: plan.count(verdict) for verdict in Verdict},
            "records": {action.value: _actions(plan, action) for action in Action if action is not Action.NONE},
            "cells_refused": plan.cells_refused,
        },
        "tables": [
            {
                "sheet": each.sheet,
                "kind": each.kind,
                "header_rows": list(each.header_rows),
                "columns": dict(each.columns),
            }
            for each in plan.tables
        ],
        "unknown_headers": [
            {
                "sheet": each.sheet,
                "cell": each.cell,
                "header": each.header,
                "kind": each.kind,
                "nearest": list(each.nearest),
                "filled": each.filled,
            }
            for each in plan.unknown_headers
        ],
        "rows": [
            {
                "sheet": row.sheet,
                "row": row.row,
                "kind": row.kind,
                "id": row.id,
                "verdict": row.verdict.value,
                "action": row.action.value,
            }
            for row in plan.rows
        ],
        "findings": [_finding_answer(found) for found in plan.findings],
    }


def _finding_answer(found: Finding) -> dict[str, Any]:
    return {
        "code": found.code,
        "level": found.level.value,
        "sheet": found.sheet,
        "cell": found.cell,
        "row": found.row or None,
        "kind": found.kind,
        "id": found.id,
        "field": found.field,
        "message": _message(found),
        "nearest": list(found.nearest),
    }


def _actions(plan: ImportPlan, action: Action) -> int:
    return len({(row.kind, row.id) for row in plan.rows if row.action is action})


# ---- for people -----------------------------------------------------------------------------------------------------


def _message(found: Finding) -> str:
    data = {"id": found.id, "field": found.field} | dict(found.data)
    data["kind"] = kind_word(found.kind)
    return text(f"ledger.finding.{found.code}", **data)


def _print(plan: ImportPlan, done: ImportReport | None) -> None:
    _print_tables(plan)
    seen: Counter[tuple[str, str]] = Counter()
    for found in plan.findings:
        seen[found.level.value, found.code] += 1
        if seen[found.level.value, found.code] <= LISTED:
            sys.stdout.write(_line(found) + "\n")
    for (level, code), count in seen.items():
        if count > LISTED:
            word = text(f"ledger.level.{level}")
            sys.stdout.write(text("ledger.more", level=word, code=code, count=count - LISTED) + "\n")
    for header in plan.unknown_headers:
        sys.stdout.write(_header_line(header) + "\n")
    sys.stdout.write(_summary(plan, done) + "\n")


def _print_tables(plan: ImportPlan) -> None:
    counts = Counter((row.sheet, row.kind, row.verdict) for row in plan.rows)
    places = dict.fromkeys((row.sheet, row.kind) for row in plan.rows)
    rows = [
        (sheet or plan.source, kind_word(kind), *(counts[sheet, kind, verdict] for verdict in Verdict))
        for sheet, kind in places
    ]
    if rows:
        names = (text("ledger.column.sheet"), text("ledger.column.kind"))
        columns = (*names, *(text(f"ledger.verdict.{verdict.value}") for verdict in Verdict))
        table(columns, rows, title=plan.source, right=[2, 3, 4])


def _line(found: Finding) -> str:
    place = f"{found.place}: " if found.place else ""
    line = f"{place}{text(f'ledger.level.{found.level.value}')} [{found.code}] {_message(found)}"
    return f"{line} {text('cli.nearest', nearest=', '.join(found.nearest))}" if found.nearest else line


def _header_line(header: UnknownHeader) -> str:
    place = "!".join(part for part in (header.sheet, header.cell) if part)
    nearest = ", ".join(header.nearest) or "-"
    return text("ledger.unknown-header", place=place, header=header.header, filled=header.filled, nearest=nearest)


def _summary(plan: ImportPlan, done: ImportReport | None) -> str:
    lines = [
        text(
            "ledger.summary",
            **{verdict.value: plan.count(verdict) for verdict in Verdict},
            cells=plan.cells_refused,
            **{action.value: _actions(plan, action) for action in Action if action is not Action.NONE},
        )
    ]
    if plan.unknown_headers:
        lines.append(text("ledger.use-map", count=len(plan.unknown_headers)))
    if done is None:
        lines.append(text("ledger.dry-run"))
    elif done.written:
        lines.append(text("ledger.written", files=", ".join(done.written)))
    else:
        taken = plan.count(Verdict.TAKEN) + plan.count(Verdict.GUESSED)
        lines.append(text("ledger.nothing-new" if taken else "ledger.nothing-taken"))
    return "\n".join(lines)
