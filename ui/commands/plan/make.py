"""``plan make``."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from time import monotonic
from typing import Any

import click

from inventory.errors import InputError
from migration.plan import Plan, PlanStatus
from migration.plan_file import read_plan, write_plan
from ui.commanding import Common, argument, command, common, option
from ui.commands.plan.answers import (
    finding_answer,
    print_costs,
    print_findings,
    print_unplanned,
    unplanned_answer,
)
from ui.commands.plan.files import guard_outputs
from ui.commands.plan.registry import INCOMPLETE, LISTED, VIOLATIONS, group
from ui.opening import open_estate
from ui.output import emit, progress, say
from ui.reports.wording import finding_text, note_text, summary_lines
from ui.texts import text

__all__ = ["make"]


@command(
    group,
    "make",
    example="qianyun plan make examples/shanxi -o plan.json --time-limit 20\n"
    "qianyun plan make examples/shanxi -o new.json --against plan.json",
)
@argument("estate", type=Path)
@option("-o", "--output", type=Path, required=True, metavar="PLAN", key="plan.option.output")
@option("--effort", type=click.IntRange(min=0), metavar="N", key="plan.option.effort")
@option("--time-limit", type=click.FloatRange(min=0, min_open=True), metavar="S", key="plan.option.time-limit")
@option("--against", type=Path, metavar="PLAN", key="plan.option.against")
@option("--seed", type=click.IntRange(min=0), default=0, metavar="N", key="plan.option.seed")
@common()
@click.pass_context
def make(
    context: click.Context,
    common: Common,
    *,
    estate: Path,
    output: Path,
    effort: int | None,
    time_limit: float | None,
    against: Path | None,
    seed: int,
) -> None:
    """Plan, check, write; exit code 3 when something is unplanned or nothing was written, 1 with violations."""
    if effort is not None and time_limit is not None:
        raise InputError("bad-argument", argument="--effort", reason=text("plan.one-bound"))
    if time_limit is not None and not math.isfinite(time_limit):
        raise InputError("bad-argument", argument="--time-limit", reason=text("cli.error.above", low=0))
    guard_outputs({"--output": output}, estate=estate)
    before = None if against is None else read_plan(against)
    seconds: dict[str, float] = {}
    plan = _make(estate, common, effort, time_limit, seed, before, seconds)
    if before is not None and before.estate != plan.estate:
        say("plan.estate-differs", plan=before.estate, estate=plan.estate)
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
    estate: Path,
    common: Common,
    effort: int | None,
    time_limit: float | None,
    seed: int,
    against: Plan | None,
    seconds: dict[str, float],
) -> Plan:
    """The plan; ``seconds`` gets the wall time of each stage."""
    from inventory.hashes import declared_hash
    from migration.planning import make_plan

    began = monotonic()
    loaded = open_estate(estate, common)
    hashed = declared_hash(estate)
    seconds |= {"load": monotonic() - began, "prepare": 0.0, "search": 0.0, "assemble": 0.0, "check": 0.0}
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
            against=against,
            progress=stage,
        )


def _print_made(plan: Plan) -> None:
    sys.stdout.writelines(f"{line}\n" for line in summary_lines(plan))
    print_costs(plan)
    print_unplanned(plan.unplanned, LISTED)
    print_findings(plan.violations, "plan.violations")
    print_findings(plan.facts, "plan.facts")
    print_findings(plan.notes, "plan.notes", note_text)


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
        "unplanned": [unplanned_answer(entry) for entry in plan.unplanned],
        "violations": [finding_answer(found, finding_text(found)) for found in plan.violations],
        "facts": [finding_answer(found, finding_text(found)) for found in plan.facts],
        "notes": [finding_answer(found, note_text(found)) for found in plan.notes],
        "seconds": {stage: round(value, 2) for stage, value in seconds.items()},
    }
