"""``stack deliver``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.load import max_file_mb
from ui.commanding import Common, argument, command, common, option
from ui.commands.stack.forms import form_word, moment
from ui.commands.stack.registry import group
from ui.opening import open_estate
from ui.output import emit, say, table
from ui.texts import error_texts, text

if TYPE_CHECKING:
    from stacks.requests.errors import DeliveryError
    from stacks.requests.records import Taking

__all__ = ["deliver"]


@command(
    group,
    "deliver",
    example="qianyun stack deliver examples/shanxi build/forms/yun-ty.140000-mzt.2021-W14.xlsx --dry-run",
)
@argument("estate", type=Path)
@argument("file", type=Path)
@option("--dry-run", is_flag=True, key="ledger.option.dry-run")
@common()
@click.pass_context
def deliver(context: click.Context, /, common: Common, *, estate: Path, file: Path, dry_run: bool) -> None:
    """Take over a filled form, all of it or nothing."""
    from stacks.requests.checking import check_form
    from stacks.requests.filled import read_form
    from stacks.requests.records import (
        addresses_of_others,
        read_deliveries,
        request_of_form,
        take_over,
        taking_of,
    )

    inventory = open_estate(estate, common).inventory
    form = read_form(file, max_file_mb(estate))
    request = request_of_form(estate, form, file)
    known = read_deliveries(estate)
    at = moment(common)
    checked = check_form(request, form, addresses_of_others(inventory, request, known), at.date())
    taking = taking_of(inventory, known, checked.deliveries, at)
    written = [] if dry_run or not taking.changes else [str(path) for path in take_over(estate, taking)]
    flaws = [_flaw(flaw) for flaw in checked.flaws]
    if common.json:
        answer = {"request": request.id, "hash": request.hash, "stacks": _stacks(taking), "flaws": flaws}
        emit({**answer, "written": written})
    elif flaws:
        sys.stdout.writelines(f"{flaw['message']}\n" for flaw in flaws)
        say("stack.deliver.refused", count=len(flaws))
    else:
        _show(taking, written, dry_run)
    if flaws:
        context.exit(1)


def _flaw(flaw: DeliveryError) -> dict[str, Any]:
    """With the heading that the operator sees in the place of a column's key."""
    data = dict(flaw.data)
    if "column" in data:
        data["column"] = form_word(f"column-{data['column']}")
    message, hint = error_texts(type(flaw)(flaw.code, **data))
    said = f"{message} ({hint})" if hint else message
    return {"code": flaw.code, "sheet": data["sheet"], "cell": data.get("cell"), "message": said}


def _stacks(taking: Taking) -> list[dict[str, Any]]:
    rows = [
        *({"stack": one.stack, "state": "new", "machines": len(one.machines)} for one in taking.new),
        *({"stack": one.stack, "state": "changed", "machines": len(one.machines)} for one in taking.changed),
        *({"stack": one.stack, "state": "same", "machines": len(one.machines)} for one in taking.same),
    ]
    return sorted(rows, key=lambda row: str(row["stack"]))


def _show(taking: Taking, written: list[str], dry_run: bool) -> None:
    columns = [text(f"stack.deliver.column-{column}") for column in ("stack", "state", "machines")]
    rows = [(row["stack"], text(f"stack.deliver.state-{row['state']}"), row["machines"]) for row in _stacks(taking)]
    table(columns, rows, right=(2,))
    if dry_run:
        say("stack.deliver.dry-run")
    elif written:
        say("stack.deliver.wrote", files=", ".join(written))
