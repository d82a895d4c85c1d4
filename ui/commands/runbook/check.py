"""``runbook lint`` and ``runbook diff``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from inventory.problems import Severity
from migration.runbook.difference import Part, difference
from migration.runbook.lint import lint_runbook
from migration.runbook.read import load_runbook, read_runbook
from ui.commanding import Common, argument, command, common, option
from ui.commands.inventory import problem_answer
from ui.commands.runbook.registry import FAULTY, FOUND, group, listing_faults, print_problems
from ui.output import emit, say, table
from ui.texts import text

__all__ = ["diff", "lint"]

SHOWN = 60


@command(group, "lint", example="qianyun runbook lint 2024-W31-yun-4102-cutover.yaml")
@argument("runbook", type=Path)
@common(estate=False)
@click.pass_context
def lint(context: click.Context, common: Common, *, runbook: Path) -> None:
    """Exit code 2 for faults of the file, 1 for errors of the lint."""
    read, faults = load_runbook(runbook)
    found = faults
    if read is not None and not _wrong(faults):
        from ui.commands.run.checks import flaws_of_file

        found = (*faults, *lint_runbook(read, runbook), *flaws_of_file(read, runbook))
    errors = sum(one.severity is Severity.ERROR for one in found)
    if common.json:
        emit(
            {
                "path": str(runbook),
                "errors": errors,
                "warnings": len(found) - errors,
                "findings": [problem_answer(one) for one in found],
            }
        )
    else:
        print_problems(found)
        say("runbook.linted", errors=errors, warnings=len(found) - errors, path=runbook)
    if errors:
        context.exit(FAULTY if _wrong(faults) else FOUND)


def _wrong(faults: Any) -> bool:
    return any(one.severity is Severity.ERROR for one in faults)


@command(group, "diff", example="qianyun runbook diff old.yaml new.yaml --exit-code")
@argument("old", type=Path)
@argument("new", type=Path)
@option("--exit-code", "exit_code", is_flag=True, key="runbook.option.exit-code")
@common(estate=False)
@click.pass_context
def diff(context: click.Context, common: Common, *, old: Path, new: Path, exit_code: bool) -> None:
    """Exit code 0; with --exit-code 1 when the runbooks differ."""
    with listing_faults():
        found = difference(read_runbook(old), read_runbook(new))
    if common.json:
        emit({"old": str(old), "new": str(new), "same": found.same} | found.model_dump(mode="json"))
    elif found.same:
        sys.stdout.write(text("runbook.same") + "\n")
    else:
        columns = [text(f"runbook.column.{name}") for name in ("kind", "id", "change", "field", "before", "now")]
        table(columns, [row for part in found.parts for row in _rows(part)])
    if exit_code and not found.same:
        context.exit(FOUND)


def _rows(part: Part) -> list[tuple[str, ...]]:
    head = (text(f"runbook.kind.{part.kind}"), part.id, text(f"runbook.change.{part.change}"))
    return [(*head, one.name, _short(one.before), _short(one.after)) for one in part.fields] or [(*head, "", "", "")]


def _short(value: Any) -> str:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"
