"""``plan show``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from inventory.errors import InputError
from inventory.inventory import Inventory
from migration.plan import Plan, PlanItem, Track, Unplanned, item_id
from migration.plan_file import read_plan
from ui.commanding import Common, argument, command, common, option
from ui.commands.plan.answers import (
    item_answer,
    print_costs,
    print_findings,
    print_table,
    print_unplanned,
    print_waves,
    promise_answer,
    unplanned_answer,
    wave_answer,
)
from ui.commands.plan.files import open_estate_of
from ui.commands.plan.registry import LISTED, group
from ui.output import emit, table
from ui.reports.rows import assumption_table, change_table, item_table, target_table, track_table
from ui.reports.source import Source
from ui.reports.wording import (
    cause_text,
    causes_text,
    days_text,
    listed,
    name_of,
    note_text,
    step_text,
    summary_lines,
    track_text,
    window_text,
)
from ui.texts import text

__all__ = ["show"]


@command(
    group,
    "show",
    example="qianyun plan show plan.json\n"
    "qianyun plan show plan.json --wave 2024-W31\n"
    "qianyun plan show plan.json --track network\n"
    "qianyun plan show plan.json --targets --estate examples/kaifeng\n"
    "qianyun plan show plan.json --item 410200-mzj-0001 --estate examples/kaifeng",
)
@argument("plan", type=Path)
@option("--track", type=click.Choice([track.value for track in Track]), key="plan.option.track")
@option("--wave", metavar="WAVE", key="plan.option.wave")
@option("--item", metavar="ITEM", key="plan.option.item")
@option("--department", metavar="DEPARTMENT", key="plan.option.department")
@option("--unplanned", is_flag=True, key="plan.option.unplanned")
@option("--assumptions", is_flag=True, key="plan.option.assumptions")
@option("--targets", is_flag=True, key="plan.option.targets")
@option("--estate", type=Path, metavar="ESTATE", key="plan.option.estate")
@common()
def show(
    common: Common,
    *,
    plan: Path,
    track: str | None,
    wave: str | None,
    item: str | None,
    department: str | None,
    unplanned: bool,
    assumptions: bool,
    targets: bool,
    estate: Path | None,
) -> None:
    """The whole plan by track and wave, or one part of it."""
    views = {"--track": track, "--wave": wave, "--item": item, "--department": department}
    flags = {"--unplanned": unplanned, "--assumptions": assumptions, "--targets": targets}
    asked = [name for name, value in views.items() if value is not None] + [name for name in flags if flags[name]]
    if len(asked) > 1:
        raise InputError("bad-argument", argument=" ".join(asked), reason=text("plan.one-view"))
    read = read_plan(plan)
    if targets and estate is None:
        raise InputError("bad-argument", argument="--targets", reason=text("plan.needs-estate"))
    source = Source(read, open_estate_of(read, estate, common) if estate is not None else None)
    if item is not None:
        _show_item(common, source, item)
    elif targets:
        _show_targets(common, source)
    elif unplanned:
        if common.json:
            emit({"unplanned": [unplanned_answer(entry) for entry in read.unplanned]})
        else:
            print_unplanned(read.unplanned, len(read.unplanned))
    elif assumptions:
        if common.json:
            emit({"assumptions": [row.model_dump(mode="json") for row in read.assumptions]})
        else:
            print_table(assumption_table(read))
    elif wave is not None:
        _show_waves(common, source, wave)
    elif track is not None:
        found = [one for one in read.items if one.track == track]
        _show_items(common, read, found, track_text(Track(track)), "track", {"track": track})
    elif department is not None:
        _show_department(common, read, department)
    elif common.json:
        emit(read.model_dump(mode="json") | {"waves": [wave_answer(one) for one in read.waves]})
    else:
        _print_whole(source)


def _print_whole(source: Source) -> None:
    plan = source.plan
    sys.stdout.writelines(f"{line}\n" for line in summary_lines(plan))
    print_table(track_table(plan))
    print_costs(plan)
    print_waves(source)
    print_unplanned(plan.unplanned, LISTED)
    print_findings(plan.violations, "plan.violations")
    print_findings(plan.facts, "plan.facts")
    print_findings(plan.notes, "plan.notes", note_text)


def _show_targets(common: Common, source: Source) -> None:
    if common.json:
        emit({"targets": [promise_answer(source, promise) for promise in source.promises]})
    else:
        print_table(target_table(source))


def _show_items(
    common: Common, plan: Plan, items: Iterable[PlanItem], title: str, column: str, answer: dict[str, Any]
) -> None:
    """Items that are alike in a column."""
    if common.json:
        emit({**answer, "items": [item_answer(plan, item) for item in items]})
    else:
        print_table(item_table(plan, items, without=[column]), title=title)


def _show_department(common: Common, plan: Plan, wanted: str) -> None:
    department = wanted.removeprefix("department:")
    found = [item for item in plan.items if item.department == department]
    if not department or not found:
        raise InputError("bad-argument", argument=f"--department {wanted}", reason=text("plan.no-department"))
    _show_items(common, plan, found, name_of(plan, "department", department), "department", {"department": department})


def _show_waves(common: Common, source: Source, wanted: str) -> None:
    """A wave by its id; of a slot all waves and its other items."""
    plan = source.plan
    waves = [wave for wave in plan.waves if wanted in (wave.id, wave.slot_label)]
    others = [item for item in plan.items if item.slot_label == wanted and not item.wave]
    if not wanted or not (waves or others):
        raise InputError("bad-argument", argument=f"--wave {wanted}", reason=text("plan.no-wave"))
    if common.json:
        full = [{**wave_answer(wave), "items": [item_answer(plan, item) for item in wave.items]} for wave in waves]
        emit({"waves": full, "items": [item_answer(plan, item) for item in others]})
        return
    for wave in waves:
        title = f"{wave.id}  {source.target(wave)}  {days_text(plan.grid, wave.slot)}"
        print_table(change_table(plan, wave), title=title)
    if others:
        print_table(item_table(plan, others), title=text("plan.others", slot=wanted))


def _wanted(plan: Plan, wanted: str) -> tuple[str, tuple[PlanItem, ...]]:
    """(item id, all items of its object) for an item's id, KIND:ID, or an object's bare id, a system's before others.

    Of an object without further words its cutover is meant, where it has one.
    """
    if wanted.count("/") == 2:
        item = plan.by_id.get(wanted)
        of = () if item is None else tuple(one for one in plan.items if one.object == item.object)
        return wanted, of
    kind, colon, id = wanted.rpartition(":")
    found = [item for item in plan.items if item.object_id == id and (not colon or item.kind == kind)]
    kinds = list(dict.fromkeys(["system", *(item.kind for item in found)]))
    chosen = tuple(item for kind in kinds[:2] for item in found if item.kind == kind)
    first = next((item.kind for item in chosen), "system")
    return item_id(id), tuple(item for item in chosen if item.kind == first)


def _show_item(common: Common, source: Source, wanted: str) -> None:
    plan, inventory = source.plan, source.inventory
    id, items = _wanted(plan, wanted)
    system = id.split("/")[1]
    item = plan.by_id.get(id)
    left_out = next((entry for entry in plan.unplanned if entry.item == id), None)
    of_system = id.startswith("system/") and (not items or items[0].kind == "system")
    disposed = next((one for one in plan.dispositions if one.system == system), None) if of_system else None
    if item is None and left_out is None and disposed is None and not items:
        raise InputError("bad-argument", argument=f"--item {wanted}", reason=text("plan.no-item"))
    pools = _pools(inventory, system) if of_system and inventory is not None and system in inventory.systems else None
    if common.json:
        answer: dict[str, Any] = {
            "item": None if item is None else item_answer(plan, item),
            "items": [item_answer(plan, one) for one in items],
            "unplanned": None if left_out is None else unplanned_answer(left_out),
            "disposition": None if disposed is None else disposed.model_dump(mode="json"),
        }
        if pools is not None:
            names = ("pool", "eligible", "yuan_per_month", "reason")
            answer["pools"] = [dict(zip(names, row, strict=True)) for row in pools]
        emit(answer)
        return
    rows: list[tuple[str, object]] = []
    if item is not None:
        rows = _item_rows(plan, item)
    elif disposed is not None:
        rows = [("field.id", f"system:{system}"), ("field.name", plan.names.get(f"system:{system}", ""))]
    rows += _disposition_rows(plan, system, left_out) if of_system else []
    shown = ((text(f"plan.{key}"), value) for key, value in rows if value not in ("", None))
    sys.stdout.writelines(text("plan.field", name=name, value=value) + "\n" for name, value in shown)
    if len(items) > 1 or item is None:
        print_table(item_table(plan, items, without=["object", "name", "department"]))
    if pools is not None:
        columns = [text("plan.pool"), text("plan.cost-month"), text("plan.why")]
        table(columns, [(pool, cost, reason) for pool, _, cost, reason in pools], right=[1])


def _item_rows(plan: Plan, item: PlanItem) -> list[tuple[str, object]]:
    """(key of the word, value) of what an item says."""
    work = listed(
        f"{one.team or '-'} {text(f'report.skill.{one.skill.value}')} {one.days:g}" for one in item.work if one.days
    )
    minutes = "" if item.outage_minutes is None else f"{item.outage_minutes} + {item.rollback_minutes}"
    return [
        ("field.id", item.id),
        ("field.name", plan.names.get(item.object, "")),
        ("field.step", text("report.by-rule", rule=track_text(item.track), said=step_text(item))),
        ("field.department", name_of(plan, "department", item.department) if item.department else ""),
        ("field.slot", f"{item.slot_label} ({days_text(plan.grid, item.slot)})"),
        ("field.days", f"{item.start}" if item.start == item.end else f"{item.start} – {item.end}"),
        ("field.window", window_text(item)),
        ("field.outage", minutes),
        ("field.wave", item.wave),
        ("pool", item.pool or ""),
        ("field.work", work),
        ("field.links", ", ".join(item.links) + (f" ({item.rate_mbps:g} Mbit/s)" if item.rate_mbps else "")),
        ("field.bridge", "" if item.bridge is None else text(f"connections.bridge.{item.bridge.value}")),
        ("field.closes", item.closes),
        ("field.records", ", ".join(item.records)),
        ("field.state", text(f"plan.state.{item.state.value}")),
        ("field.slice", item.slice_hash),
    ]


def _disposition_rows(plan: Plan, system: str, left_out: Unplanned | None) -> list[tuple[str, object]]:
    """(key of the word, value) of what becomes of a system, and why its cutover has no place."""
    disposed = next((one for one in plan.dispositions if one.system == system), None)
    rows: list[tuple[str, object]] = []
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
    return rows


def _pools(inventory: Inventory, system: str) -> list[tuple[str, bool, int | None, str]]:
    """(pool, eligible, yuan a month, reason) of every pool, the eligible ones first, by cost."""
    from migration.placement import Placement

    placement = Placement(inventory)
    eligible = sorted((placement.cost(system, pool), pool) for pool in placement.eligible(system))
    found: list[tuple[str, bool, int | None, str]] = [
        (pool, True, cost, text("plan.eligible")) for cost, pool in eligible
    ]
    return found + [(pool, False, None, cause_text(why)) for pool, why in placement.ruled_out(system).items()]
