"""``qianyun plan``: make, check, show, export."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from time import monotonic
from typing import Any

import click

from inventory.errors import InputError
from inventory.inventory import Inventory
from migration.errors import PlanVersionError
from migration.plan import Finding, Plan, PlanItem, PlanStatus, Unplanned, Wave, item_id, read_plan, write_plan
from ui.commanding import Common, Group, argument, command, common, option
from ui.opening import open_estate
from ui.output import emit, progress, say, table
from ui.reports.wording import (
    cause_text,
    causes_text,
    cutover_table,
    days_text,
    departments_in,
    finding_text,
    name_of,
    rules_of,
    summary_lines,
    window_text,
)
from ui.texts import text

__all__ = ["group"]

group = Group("plan")
VIOLATIONS = 1
INCOMPLETE = 3
LISTED = 10


@command(group, "make", example="qianyun plan make examples/shanxi -o plan.json --time-limit 20")
@argument("estate", type=Path)
@option("-o", "--output", type=Path, required=True, metavar="PLAN", key="plan.option.output")
@option("--effort", type=click.IntRange(min=0), metavar="N", key="plan.option.effort")
@option("--time-limit", type=click.FloatRange(min=0, min_open=True), metavar="S", key="plan.option.time-limit")
@option("--seed", type=click.IntRange(min=0), default=0, metavar="N", key="plan.option.seed")
@common()
@click.pass_context
def make(
    context: click.Context,
    common: Common,
    estate: Path,
    output: Path,
    effort: int | None,
    time_limit: float | None,
    seed: int,
) -> None:
    """Plan, check, write; exit code 3 when something is unplanned or nothing was written, 1 with violations."""
    if effort is not None and time_limit is not None:
        raise InputError("bad-argument", argument="--effort", reason=text("plan.one-bound"))
    if time_limit is not None and not math.isfinite(time_limit):
        raise InputError("bad-argument", argument="--time-limit", reason=text("cli.error.above", low=0))
    if output.is_dir():
        raise InputError("bad-argument", argument=str(output), reason=text("plan.is-folder"))
    seconds: dict[str, float] = {}
    plan = _make(estate, common, effort, time_limit, seed, seconds)
    written = bool(plan.items) or not (plan.unplanned or plan.status is PlanStatus.NO_SOLUTION_IN_TIME)
    if written:
        write_plan(output, plan)
    if common.json:
        emit(_made_answer(plan, output if written else None, seconds))
    else:
        _print_made(plan)
    if written:
        say("plan.written", path=output, **seconds)
    else:
        say("plan.not-written", status=text(f"plan.status.{plan.status.value}"))
    if plan.violations:
        context.exit(VIOLATIONS)
    if plan.unplanned or not written:
        context.exit(INCOMPLETE)


def _make(
    estate: Path, common: Common, effort: int | None, time_limit: float | None, seed: int, seconds: dict[str, float]
) -> Plan:
    """The plan; ``seconds`` gets the wall time of each stage."""
    from inventory.hashes import declared_hash
    from migration.planning import make_plan

    began = monotonic()
    loaded = open_estate(estate, common)
    hashed = declared_hash(estate)
    seconds |= {"load": monotonic() - began, "prepare": 0.0, "search": 0.0, "check": 0.0}
    with progress(text("plan.planning")) as report:
        starts: dict[str, float] = {}

        def stage(name: str, done: int, total: int) -> None:
            seconds[name] = monotonic() - starts.setdefault(name, monotonic())
            report(text(f"plan.stage.{name}"), done, total)

        return make_plan(
            loaded.inventory,
            now=common.now,
            effort=effort,
            time_limit=time_limit,
            seed=seed,
            declared_hash=hashed,
            quarantined=loaded.quarantined,
            progress=stage,
        )


def _print_made(plan: Plan) -> None:
    sys.stdout.writelines(f"{line}\n" for line in summary_lines(plan))
    _print_costs(plan)
    _print_unplanned(plan.unplanned, LISTED)
    _print_findings(plan.violations, "plan.violations")
    _print_findings(plan.facts, "plan.facts")


def _made_answer(plan: Plan, path: Path | None, seconds: dict[str, float]) -> dict[str, Any]:
    return {
        "path": None if path is None else str(path),
        "estate": plan.estate,
        "now": str(plan.now),
        "status": plan.status.value,
        "effort": plan.effort,
        "seed": plan.seed,
        "items": len(plan.items),
        "waves": len(plan.waves),
        "slots": len({item.slot for item in plan.items}),
        "objective": [cost.model_dump(mode="json") for cost in plan.objective],
        "unplanned": [_unplanned_answer(entry) for entry in plan.unplanned],
        "violations": [_finding_answer(found, finding_text(found)) for found in plan.violations],
        "facts": [_finding_answer(found, finding_text(found)) for found in plan.facts],
        "seconds": {stage: round(value, 2) for stage, value in seconds.items()},
    }


@command(group, "check", example="qianyun plan check examples/shanxi plan.json")
@argument("estate", type=Path)
@argument("plan", type=Path)
@common()
@click.pass_context
def check(context: click.Context, common: Common, estate: Path, plan: Path) -> None:
    """Exit code 1 with violations, 5 when slices changed, 3 when something is unplanned, else 0."""
    from inventory.hashes import declared_hash
    from migration.check import check_plan
    from migration.planning import changed_items

    read = read_plan(plan)
    inventory = open_estate(estate, common).inventory
    if read.estate != inventory.estate.name:
        say("plan.estate-differs", plan=read.estate, estate=inventory.estate.name)
    found = check_plan(inventory, read)
    changed = changed_items(inventory, read)
    other_files = bool(read.declared_hash) and read.declared_hash != declared_hash(estate)
    if common.json:
        emit({
            "estate": str(estate),
            "plan": str(plan),
            "sound": found.sound,
            "rules": list(found.rules),
            "violations": [_finding_answer(one, finding_text(one)) for one in found.violations],
            "facts": [_finding_answer(one, finding_text(one)) for one in found.facts],
            "unplanned": [_unplanned_answer(entry) for entry in read.unplanned],
            "changed_items": list(changed),
            "declared_changed": other_files,
        })  # fmt: skip
    else:
        _print_findings(found.violations, "plan.violations")
        _print_findings(found.facts, "plan.facts")
        _print_unplanned(read.unplanned, LISTED)
        if found.sound:
            sys.stdout.write(text("plan.sound", items=len(read.items)) + "\n")
    if other_files and not changed:
        say("plan.declared-changed")
    if changed and not found.violations:
        raise PlanVersionError("plan-stale", path=plan, count=len(changed), items=", ".join(changed[:LISTED]))
    context.exit(VIOLATIONS if found.violations else INCOMPLETE if read.unplanned else 0)


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
            emit({"unplanned": [_unplanned_answer(entry) for entry in read.unplanned]})
        else:
            _print_unplanned(read.unplanned, len(read.unplanned))
    elif wave is not None:
        _show_waves(common, read, wave)
    elif common.json:
        emit(read.model_dump(mode="json") | {"waves": [_wave_answer(one) for one in read.waves]})
    else:
        sys.stdout.writelines(f"{line}\n" for line in summary_lines(read))
        _print_costs(read)
        _print_waves(read)
        _print_unplanned(read.unplanned, LISTED)
        _print_findings(read.violations, "plan.violations")


@command(group, "export", example="qianyun plan export plan.json --html plan.html --lang zh")
@argument("plan", type=Path)
@option("--html", type=Path, required=True, metavar="FILE", key="plan.option.html")
@common(estate=False)
def export(common: Common, plan: Path, html: Path) -> None:
    """Write the report in the present language."""
    from inventory.files import write_atomic
    from ui.reports.html import report_page

    write_atomic(html, report_page(read_plan(plan)))
    if common.json:
        emit({"path": str(html)})
    else:
        say("plan.exported", path=html)


def _show_waves(common: Common, plan: Plan, wanted: str) -> None:
    waves = [wave for wave in plan.waves if wanted in (wave.id, wave.slot_label, str(wave.number))]
    if not waves:
        raise InputError("bad-argument", argument=wanted, reason=text("plan.no-wave"))
    if common.json:
        emit(
            {
                "waves": [
                    {**_wave_answer(wave), "items": [_item_answer(plan, item) for item in wave.items]} for wave in waves
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
            "item": None if item is None else _item_answer(plan, item),
            "unplanned": None if left_out is None else _unplanned_answer(left_out),
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


def _print_costs(plan: Plan) -> None:
    rows = [
        (
            cost.rule,
            text(f"plan.cost.{cost.name}"),
            cost.value,
            text(f"plan.unit.{cost.unit}"),
            "" if cost.bound is None else cost.bound,
        )
        for cost in plan.objective
    ]
    if rows:
        names = ["rule", "cost", "value", "unit", "bound"]
        table([text(f"plan.{name}") for name in names], rows, title=text("plan.objective"), right=[2, 4])


def _print_waves(plan: Plan) -> None:
    rows = [
        (
            wave.number,
            wave.id,
            days_text(plan.grid, wave.slot),
            name_of(plan, "cloud", wave.cloud),
            len(wave.items),
            departments_in(wave),
        )
        for wave in plan.waves
    ]
    names = ["number", "wave", "days", "cloud", "count", "departments"]
    table([text(f"plan.{name}") for name in names], rows, title=text("plan.waves"), right=[0, 4, 5])


def _print_unplanned(entries: tuple[Unplanned, ...], most: int) -> None:
    if not entries:
        return
    sys.stdout.write(text("plan.unplanned-count", count=len(entries)) + "\n")
    sys.stdout.writelines(f"  {entry.item}: {causes_text(entry)}\n" for entry in entries[:most])
    if len(entries) > most:
        sys.stdout.write(f"  {text('plan.and-more', count=len(entries) - most)}\n")


def _print_findings(found: tuple[Finding, ...], key: str) -> None:
    if found:
        sys.stdout.write(text(key, count=len(found), rules=rules_of(found)) + "\n")
        sys.stdout.writelines(f"  {one.rule}: {finding_text(one)}\n" for one in found[:LISTED])
        if len(found) > LISTED:
            sys.stdout.write(text("cli.and-more", count=len(found) - LISTED) + "\n")


def _finding_answer(found: Finding, message: str) -> dict[str, Any]:
    return found.model_dump(mode="json") | {"message": message}


def _unplanned_answer(entry: Unplanned) -> dict[str, Any]:
    return {"item": entry.item, "causes": [_finding_answer(cause, cause_text(cause)) for cause in entry.causes]}


def _wave_answer(wave: Wave) -> dict[str, Any]:
    return {
        "id": wave.id,
        "number": wave.number,
        "slot": wave.slot,
        "slot_label": wave.slot_label,
        "cloud": wave.cloud,
        "items": [item.id for item in wave.items],
    }


def _item_answer(plan: Plan, item: PlanItem) -> dict[str, Any]:
    return item.model_dump(mode="json") | {"name": plan.names.get(item.object, "")}
