"""``runbook show``."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from inventory.inventory import nearest_names
from migration.calendar import CHINA_TIME
from migration.runbook.errors import RunbookError
from migration.runbook.model import Runbook, RunbookItem, Step
from migration.runbook.read import read_runbook
from ui.commanding import Common, argument, command, common, option
from ui.commands.runbook.registry import group, listing_faults
from ui.output import emit, table
from ui.texts import text

__all__ = ["show"]


@command(
    group,
    "show",
    example="qianyun runbook show 2024-W31-yun-4102-cutover.yaml\n"
    "qianyun runbook show 2024-W31-yun-4102-cutover.yaml --item 410200-mzj-0001",
)
@argument("runbook", type=Path)
@option("--item", metavar="ITEM", key="runbook.option.item")
@common(estate=False)
def show(common: Common, *, runbook: Path, item: str | None) -> None:
    """The whole runbook, or one item with its steps."""
    with listing_faults():
        read = read_runbook(runbook)
    chosen = None if item is None else _find(read, runbook, item)
    if common.json:
        whole = read.model_dump(mode="json")
        emit({"hash": read.hash} | (whole if chosen is None else {"item": chosen.model_dump(mode="json")}))
    elif chosen is None:
        _print_whole(read)
    else:
        _print_item(chosen)


def _find(runbook: Runbook, path: Path, wanted: str) -> RunbookItem:
    """An item by its id, or by its object with or without the kind where only one item is done to it."""
    if wanted in runbook.by_item:
        return runbook.by_item[wanted]
    found = [item for item in runbook.items if wanted in (item.object, item.object.partition(":")[2])]
    if len(found) == 1:
        return found[0]
    near = ", ".join(item.item for item in found) or nearest_names(wanted, runbook.by_item) or "-"
    raise RunbookError("runbook-item", item=wanted, path=str(path), nearest=near)


def _print_whole(runbook: Runbook) -> None:
    facts = {"items": len(runbook.items), "steps": sum(len(item.steps) for item in runbook.items)}
    stage = text(f"runbook.stage.{runbook.stage.value}")
    words = text("runbook.summary", name=runbook.name, stage=stage, hosts=len(runbook.hosts), **facts)
    budget = text("runbook.budget", count=runbook.error_budget)
    sys.stdout.write(f"{words}\n{budget}\n")
    for gate, waiting in runbook.gates.items():
        sys.stdout.write(text("runbook.gate", gate=gate, count=len(waiting)) + "\n")
    columns = [text(f"runbook.column.{name}") for name in ("item", "name", "site", "window", "steps", "after", "marks")]
    rows = [
        (
            item.item,
            item.name,
            item.site,
            _window(item),
            len(item.steps),
            ", ".join(item.after),
            text("runbook.canary") if item.canary else "",
        )
        for item in runbook.items
    ]
    table(columns, rows, right=[4])


def _window(item: RunbookItem) -> str:
    if item.window_start is None or item.window_minutes is None:
        return ""
    start = item.window_start.astimezone(CHINA_TIME)
    end = start + dt.timedelta(minutes=item.window_minutes)
    return f"{start:%Y-%m-%d %H:%M} – {end:%m-%d %H:%M}"


def _print_item(item: RunbookItem) -> None:
    shown = [
        ("item", item.item),
        ("name", item.name),
        ("template", item.template),
        ("site", item.site),
        ("window", _window(item)),
        ("after", ", ".join(item.after)),
        ("failure", text(f"runbook.failure.{item.on_failure.value}")),
    ]
    sys.stdout.writelines(
        text("runbook.field", name=text(f"runbook.column.{key}"), value=value) + "\n" for key, value in shown if value
    )
    columns = [text(f"runbook.column.{name}") for name in ("step", "name", "by", "does", "hosts", "minutes", "marks")]
    for group_ in item.groups:
        rows = [
            (
                step.id,
                step.name,
                text(f"runbook.executor.{step.executor.value}"),
                " ".join(step.act.argv) or step.act.do,
                ", ".join(step.targets),
                -(-step.worst_case_seconds // 60),
                _marks(step),
            )
            for step in group_.steps
        ]
        table(columns, rows, title=group_.name or group_.id, right=[5])


def _marks(step: Step) -> str:
    """What else is to be known of a step, in short."""
    marks = {
        "in-window": step.in_window,
        "probe": step.probe is not None,
        "verify": step.verify is not None,
        "rollback": step.rollback is not None,
        "no-return": step.point_of_no_return,
        "looks": not step.changes,
    }
    return ", ".join(text(f"runbook.mark.{name}") for name, holds in marks.items() if holds)
