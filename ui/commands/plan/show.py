"""``plan show``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from inventory.errors import InputError
from inventory.inventory import Inventory
from migration.plan import Plan, item_id, read_plan
from ui.commanding import Common, argument, command, common, option
from ui.commands.plan.answers import (
    item_answer,
    print_costs,
    print_findings,
    print_unplanned,
    print_waves,
    unplanned_answer,
    wave_answer,
)
from ui.commands.plan.registry import LISTED, group
from ui.opening import open_estate
from ui.output import emit, table
from ui.reports.wording import cause_text, causes_text, cutover_table, days_text, name_of, summary_lines, window_text
from ui.texts import text

__all__ = ["show"]


@command(
    group,
    "show",
    example="qianyun plan show plan.json\n"
    "qianyun plan show plan.json --wave 2020-W31\n"
    "qianyun plan show plan.json --item 410200-mzj-0001 --estate examples/kaifeng",
)
@argument("plan", type=Path)
@option("--wave", metavar="WAVE", key="plan.option.wave")
@option("--item", metavar="ITEM", key="plan.option.item")
@option("--unplanned", is_flag=True, key="plan.option.unplanned")
@option("--estate", type=Path, metavar="ESTATE", key="plan.option.estate")
@common(estate=False)
def show(common: Common, plan: Path, wave: str | None, item: str | None, unplanned: bool, estate: Path | None) -> None:
    """The whole plan's waves, or one part of it."""
    read = read_plan(plan)
    if item is not None:
        inventory = open_estate(estate, common).inventory if estate is not None else None
        _show_item(common, read, item, inventory)
    elif unplanned:
        if common.json:
            emit({"unplanned": [unplanned_answer(entry) for entry in read.unplanned]})
        else:
            print_unplanned(read.unplanned, len(read.unplanned))
    elif wave is not None:
        _show_waves(common, read, wave)
    elif common.json:
        emit(read.model_dump(mode="json") | {"waves": [wave_answer(one) for one in read.waves]})
    else:
        sys.stdout.writelines(f"{line}\n" for line in summary_lines(read))
        print_costs(read)
        print_waves(read)
        print_unplanned(read.unplanned, LISTED)
        print_findings(read.violations, "plan.violations")


def _show_waves(common: Common, plan: Plan, wanted: str) -> None:
    waves = [wave for wave in plan.waves if wanted in (wave.id, wave.slot_label, str(wave.number))]
    if not waves:
        raise InputError("bad-argument", argument=wanted, reason=text("plan.no-wave"))
    if common.json:
        emit(
            {
                "waves": [
                    {**wave_answer(wave), "items": [item_answer(plan, item) for item in wave.items]} for wave in waves
                ]
            }
        )
        return
    for wave in waves:
        title = f"{wave.id}  {name_of(plan, 'cloud', wave.cloud)}  {days_text(plan.grid, wave.slot)}"
        table(*cutover_table(plan, wave), title=title)


def _show_item(common: Common, plan: Plan, wanted: str, inventory: Inventory | None) -> None:
    id = wanted if wanted.count("/") == 2 else item_id(wanted.removeprefix("system:"))
    system = id.split("/")[1]
    item = plan.by_id.get(id)
    left_out = next((entry for entry in plan.unplanned if entry.item == id), None)
    disposed = next((one for one in plan.dispositions if one.system == system), None)
    if item is None and left_out is None and disposed is None:
        raise InputError("bad-argument", argument=wanted, reason=text("plan.no-item"))
    pools = _pools(inventory, system) if inventory is not None and system in inventory.systems else None
    if common.json:
        answer: dict[str, Any] = {
            "item": None if item is None else item_answer(plan, item),
            "unplanned": None if left_out is None else unplanned_answer(left_out),
            "disposition": None if disposed is None else disposed.model_dump(mode="json"),
        }
        if pools is not None:
            names = ("pool", "eligible", "yuan_per_month", "reason")
            answer["pools"] = [dict(zip(names, row, strict=True)) for row in pools]
        emit(answer)
        return
    rows = [("field.id", id), ("name", plan.names.get(f"system:{system}", ""))]
    if item is not None:
        rows += [
            ("department", name_of(plan, "department", item.department)),
            ("field.slot", f"{item.slot_label} ({days_text(plan.grid, item.slot)})"),
            ("window", window_text(item)),
            ("wave", item.wave),
            ("pool", item.pool or ""),
            ("state", text(f"plan.state.{item.state.value}")),
            ("field.slice", item.slice_hash),
        ]
    if disposed is not None:
        direct = f" ({text('plan.direct')})" if disposed.direct else ""
        rows += [
            ("field.disposition", text(f"plan.disposition.{disposed.disposition.value}") + direct),
            ("field.rule", disposed.rule),
            ("field.reason", disposed.reason),
            ("field.role", disposed.role),
        ]
    if left_out is not None:
        rows.append(("field.causes", causes_text(left_out)))
    sys.stdout.writelines(f"{text('plan.' + key)}: {value}\n" for key, value in rows if value)
    if pools is not None:
        columns = [text("plan.pool"), text("plan.cost-month"), text("plan.why")]
        table(columns, [(pool, cost, reason) for pool, _, cost, reason in pools], right=[1])


def _pools(inventory: Inventory, system: str) -> list[tuple[str, bool, int | None, str]]:
    """(pool, eligible, yuan a month, reason) of every pool, the eligible ones first, by cost."""
    from migration.placement import Placement

    placement = Placement(inventory)
    eligible = sorted((placement.cost(system, pool), pool) for pool in placement.eligible(system))
    found: list[tuple[str, bool, int | None, str]] = [
        (pool, True, cost, text("plan.eligible")) for cost, pool in eligible
    ]
    return found + [(pool, False, None, cause_text(why)) for pool, why in placement.ruled_out(system).items()]
