"""``plan deadlines`` and ``plan why-not``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.inventory import nearest_names
from migration.errors import PlanItemError
from migration.plan import Plan, PlanItem
from migration.plan_file import read_plan
from ui.commanding import Common, argument, command, common, option
from ui.commands.plan.answers import finding_answer, print_findings
from ui.commands.plan.compare import CostRow, cost_changes, print_cost_changes
from ui.commands.plan.files import open_estate_of
from ui.commands.plan.registry import LISTED, group
from ui.output import emit, table
from ui.reports.wording import days_text, finding_text, name_of
from ui.texts import text

if TYPE_CHECKING:
    from migration.explain.backward import Backward
    from migration.explain.shift import Moved

__all__ = ["deadlines", "why_not"]


@command(
    group,
    "deadlines",
    example="qianyun plan deadlines examples/shanxi plan.json\n"
    "qianyun plan deadlines examples/shanxi plan.json --target systems-2021\n"
    "qianyun plan deadlines examples/shanxi plan.json --item 140000-mzt-0003",
)
@argument("estate", type=Path)
@argument("plan", type=Path)
@option("--target", metavar="TARGET", key="explain.option.target")
@option("--item", metavar="ITEM", key="explain.option.item")
@common()
def deadlines(common: Common, estate: Path, plan: Path, target: str | None, item: str | None) -> None:
    """Targets with their critical paths; or the latest starts towards one target or of one object's items."""
    from migration.explain.backward import Backward
    from migration.explain.shift import find_item
    from migration.promises import promises

    read = read_plan(plan)
    inventory = open_estate_of(read, estate, common)
    if target is not None and target not in inventory.targets:
        raise PlanItemError("no-target", target=target, nearest=nearest_names(target, inventory.targets) or "-")
    chosen = None if item is None else find_item(read, item)
    back = Backward(inventory, read)
    if target is None and chosen is None:
        rows = [_target_answer(back, read, promise) for promise in promises(inventory, read)]
        if common.json:
            emit({"targets": rows})
            return
        for row in rows:
            _print_target(read, row)
        return
    items = [one for id, one in back.network.items.items() if target is None or back.slack(id, target) is not None]
    if chosen is not None:
        whole = item in (chosen.object, chosen.object_id)
        items = [one for one in items if one.id == chosen.id or (whole and one.object == chosen.object)]
    items.sort(key=lambda one: (back.slack(one.id, target), one.start, one.id))
    path = back.critical_path(target) if target is not None else ()
    answers = [_item_answer(back, one, target) for one in items]
    if common.json:
        emit({"target": target, "critical_path": list(path), "items": answers})
    else:
        _print_items(read, answers)


def _target_answer(back: Backward, plan: Plan, promise: Any) -> dict[str, Any]:
    target = promise.target
    path = back.critical_path(target.id)
    return {
        "target": target.id,
        "name": target.name,
        "date": str(target.date),
        "hard": target.hard,
        "outcome": promise.outcome.value,
        "reached": None if promise.reached is None else str(promise.reached),
        "needed": promise.needed,
        "selected": promise.selected,
        "critical_path": [_item_answer(back, plan.by_id[id], target.id) for id in path],
    }


def _item_answer(back: Backward, item: PlanItem, target: str | None) -> dict[str, Any]:
    latest = back.latest_start(item.id, target)
    return {
        "item": item.id,
        "object": item.object,
        "start": str(item.start),
        "end": str(item.end),
        "latest_start": None if latest is None else str(latest),
        "slack_days": back.slack(item.id, target),
        "targets": list(back.targets_of(item.id)),
    }


def _print_target(plan: Plan, row: dict[str, Any]) -> None:
    key = f"explain.outcome.{row['outcome']}"
    line = text(
        "explain.target-line",
        target=row["target"],
        name=row["name"],
        date=row["date"],
        outcome=text(key),
        reached=row["reached"] or "-",
        needed=row["needed"],
        selected=row["selected"],
    )
    sys.stdout.write(line + "\n")
    if row["critical_path"]:
        _print_items(plan, row["critical_path"])


def _print_items(plan: Plan, answers: list[dict[str, Any]]) -> None:
    rows = [
        (
            answer["item"],
            name_of(plan, *answer["object"].split(":", 1)),
            answer["start"],
            answer["latest_start"],
            answer["slack_days"],
        )
        for answer in answers
    ]
    columns = [text(f"explain.{name}") for name in ("item", "name", "start", "latest-start", "slack")]
    table(columns, rows, right=[4])


@command(
    group,
    "why-not",
    example="qianyun plan why-not examples/shanxi plan.json 140000-mzt-0003 2020-W40\n"
    "qianyun plan why-not examples/shanxi plan.json 140000-mzt-0003 2020-W40 --pool yun-ty-a",
)
@argument("estate", type=Path)
@argument("plan", type=Path)
@argument("item")
@argument("slot")
@option("--pool", metavar="POOL", key="explain.option.pool")
@common()
def why_not(common: Common, estate: Path, plan: Path, item: str, slot: str, pool: str | None) -> None:
    """Exit code 0 whatever the answer."""
    from migration.explain.shift import find_item, place_of
    from migration.explain.shift import why_not as ask_why_not

    read = read_plan(plan)
    inventory = open_estate_of(read, estate, common)
    chosen = find_item(read, item)
    inventory.get(chosen.kind, chosen.object_id)
    place = place_of(read.grid, slot)
    found = ask_why_not(inventory, read, chosen, place, pool)
    costs = cost_changes(found.before, found.after)
    if common.json:
        moved = found.plan.by_id[chosen.id]
        emit(
            {
                "item": chosen.id,
                "from": {"slot": chosen.slot_label, "start": str(chosen.start), "pool": chosen.pool},
                "to": {"slot": moved.slot_label, "start": str(moved.start), "pool": moved.pool},
                "moved": list(found.moved),
                "possible": not found.violations,
                "violations": [finding_answer(one, finding_text(one)) for one in found.violations],
                "costs": [dict(zip(("rule", "name", "unit", "before", "after"), row, strict=True)) for row in costs],
            }
        )
        return
    _print_why_not(read, chosen, found, costs)


def _print_why_not(plan: Plan, item: PlanItem, found: Moved, costs: list[CostRow]) -> None:
    moved = found.plan.by_id[item.id]
    sys.stdout.write(
        text(
            "explain.moved-line",
            item=item.id,
            slot=item.slot_label,
            to=moved.slot_label,
            days=days_text(plan.grid, moved.slot),
            start=moved.start,
            pool=moved.pool or "-",
        )
        + "\n"
    )
    others = [id for id in found.moved if id != item.id]
    if others:
        shown = ", ".join(others[:LISTED]) + (" …" if len(others) > LISTED else "")
        sys.stdout.write(text("explain.moved-too", count=len(others), items=shown) + "\n")
    if found.violations:
        print_findings(found.violations, "explain.would-break")
        return
    sys.stdout.write(text("explain.would-be-sound") + "\n")
    print_cost_changes(costs)
    if not costs:
        sys.stdout.write(text("explain.same-costs") + "\n")
