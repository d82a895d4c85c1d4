"""``plan diff`` and ``plan rebase``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from migration.errors import PlanVersionError
from migration.explain.difference import Difference, ItemChange, difference
from migration.plan import Cost, Plan
from migration.plan_file import read_plan, write_plan
from ui.commanding import Common, argument, command, common, option
from ui.commands.plan.answers import finding_answer, print_findings
from ui.commands.plan.files import open_estate_of
from ui.commands.plan.registry import LISTED, VIOLATIONS, group
from ui.output import emit, say, table
from ui.reports.wording import finding_text, name_of
from ui.texts import text

__all__ = ["CostRow", "cost_changes", "diff", "print_cost_changes", "rebase"]

CostRow = tuple[str, str, str, int | None, int | None]
"""Rule, name, unit, value before and after of a cost."""


@command(group, "diff", example="qianyun plan diff old.json new.json\nqianyun plan diff old.json new.json --exit-code")
@argument("old", type=Path)
@argument("new", type=Path)
@option("--estate", type=Path, metavar="ESTATE", key="explain.option.costs-of")
@option("--exit-code", "exit_code", is_flag=True, key="explain.option.exit-code")
@common()
@click.pass_context
def diff(context: click.Context, common: Common, old: Path, new: Path, estate: Path | None, exit_code: bool) -> None:
    """Exit code 0; with --exit-code 1 when the plans differ."""
    before, after = read_plan(old), read_plan(new)
    costs: tuple[tuple[Cost, ...] | None, tuple[Cost, ...] | None] = (None, None)
    if estate is not None:
        from migration.costs import plan_costs

        inventory = open_estate_of(after, estate, common)
        costs = plan_costs(inventory, before), plan_costs(inventory, after)
    found = difference(before, after, old_costs=costs[0], new_costs=costs[1])
    if common.json:
        emit({"old": str(old), "new": str(new), "same": found.same} | found.model_dump(mode="json"))
    else:
        _print_difference(after, before, found)
    if exit_code and not found.same:
        context.exit(VIOLATIONS)


def _print_difference(new: Plan, old: Plan, found: Difference) -> None:
    if found.same:
        sys.stdout.write(text("explain.same") + "\n")
    churn = found.churn.model_dump()
    sys.stdout.write(text("explain.churn", added=len(found.added), removed=len(found.removed), **churn) + "\n")
    for key, items in (
        ("explain.added", found.added),
        ("explain.removed", found.removed),
        ("explain.planned", found.planned),
        ("explain.unplanned", found.unplanned),
    ):
        _print_items(new, old, key, items)
    rows = [(change.item, _name(new, old, change.item), _fields(change)) for change in found.moved]
    if rows:
        table([text(f"explain.{name}") for name in ("item", "name", "change")], rows, title=text("explain.moved"))
    waves = [(wave.wave, len(wave.came), len(wave.left)) for wave in found.waves]
    if waves:
        columns = [text(f"explain.{name}") for name in ("wave", "came", "left")]
        table(columns, waves, title=text("explain.waves"), right=[1, 2])
    print_cost_changes([(one.rule, one.name, one.unit, one.before, one.after) for one in found.costs])


def cost_changes(before: Iterable[Cost], after: Iterable[Cost]) -> list[CostRow]:
    """Figures that differ, of the costs that come second."""
    known = {(cost.rule, cost.name): cost.value for cost in before}
    rows = [(cost.rule, cost.name, cost.unit, known.get((cost.rule, cost.name)), cost.value) for cost in after]
    return [row for row in rows if row[3] != row[4]]


def print_cost_changes(changes: list[CostRow]) -> None:
    """(rule, name, unit, before, after) of each cost, where there are any."""
    rows = [
        (
            rule,
            text(f"plan.cost.{name}"),
            "" if before is None else before,
            "" if after is None else after,
            "" if before is None or after is None else f"{after - before:+}",
            text(f"plan.unit.{unit}"),
        )
        for rule, name, unit, before, after in changes
    ]
    if rows:
        names = ("explain.rule", "explain.cost", "explain.before", "explain.after", "explain.change", "explain.unit")
        table([text(name) for name in names], rows, title=text("explain.costs"), right=[2, 3, 4])


def _fields(change: ItemChange) -> str:
    parts = (f"{text('explain.field.' + one.name)}: {one.before or '-'} -> {one.after or '-'}" for one in change.fields)
    return "; ".join(parts)


def _name(new: Plan, old: Plan, item: str) -> str:
    known = new.by_id.get(item) or old.by_id.get(item)
    if known is None:
        return ""
    return new.names.get(known.object, "") or name_of(old, known.kind, known.object_id)


def _print_items(new: Plan, old: Plan, key: str, items: tuple[str, ...]) -> None:
    if items:
        sys.stdout.write(text(key, count=len(items)) + "\n")
        sys.stdout.writelines(f"  {item}  {_name(new, old, item)}\n" for item in items[:LISTED])
        if len(items) > LISTED:
            sys.stdout.write(text("cli.and-more", count=len(items) - LISTED) + "\n")


@command(group, "rebase", example="qianyun plan rebase examples/shanxi plan.json")
@argument("estate", type=Path)
@argument("plan", type=Path)
@option("-o", "--output", type=Path, metavar="PLAN", key="explain.option.rebase-output")
@common()
@click.pass_context
def rebase(context: click.Context, common: Common, estate: Path, plan: Path, output: Path | None) -> None:
    """Exit code 1 with the violations when the plan is not sound on the present estate, 5 when records that its items
    stand on changed; then nothing is written."""
    from inventory.hashes import declared_hash
    from migration.explain.rebase import rebase as rebase_plan

    read = read_plan(plan)
    inventory = open_estate_of(read, estate, common)
    found = rebase_plan(inventory, read, declared_hash=declared_hash(estate), now=common.now)
    path = output or plan
    if found.plan is not None:
        write_plan(path, found.plan)
    if common.json:
        emit(
            {
                "estate": str(estate),
                "plan": str(plan),
                "path": str(path) if found.plan is not None else None,
                "sound": found.check.sound,
                "violations": [finding_answer(one, finding_text(one)) for one in found.check.violations],
                "facts": [finding_answer(one, finding_text(one)) for one in found.check.facts],
                "changed": {item: list(records) for item, records in found.changed.items()},
            }
        )
    else:
        rows = [(item, ", ".join(records)) for item, records in found.changed.items()]
        if rows:
            columns = [text("explain.item"), text("explain.records")]
            table(columns, rows[:LISTED], title=text("explain.changed-records", count=len(rows)))
        print_findings(found.check.violations, "plan.violations")
    if not found.check.sound:
        say("explain.not-rebased")
        context.exit(VIOLATIONS)
    if found.changed:
        items = ", ".join(list(found.changed)[:LISTED])
        raise PlanVersionError("plan-stale", path=plan, count=len(found.changed), items=items)
    say("explain.rebased", path=path)
