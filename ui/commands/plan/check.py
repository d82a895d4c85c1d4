"""``plan check``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from migration.errors import PlanVersionError
from migration.plan_file import read_plan
from ui.commanding import Common, argument, command, common
from ui.commands.plan.answers import finding_answer, print_findings, print_unplanned, unplanned_answer
from ui.commands.plan.compare import cost_changes, print_cost_changes
from ui.commands.plan.files import absent_objects, open_estate_of
from ui.commands.plan.registry import INCOMPLETE, LISTED, VIOLATIONS, group
from ui.output import emit, say
from ui.reports.wording import finding_text
from ui.texts import text

__all__ = ["check"]


@command(group, "check", example="qianyun plan check examples/shanxi plan.json")
@argument("estate", type=Path)
@argument("plan", type=Path)
@common()
@click.pass_context
def check(context: click.Context, common: Common, estate: Path, plan: Path) -> None:
    """Exit code 1 with violations, 5 when slices changed, 3 when something is unplanned, else 0."""
    from inventory.hashes import declared_hash
    from migration.check import check_plan
    from migration.costs import plan_costs
    from migration.planning import changed_items

    read = read_plan(plan)
    inventory = open_estate_of(read, estate, common)
    found = check_plan(inventory, read)
    changed = changed_items(inventory, read)
    costs = () if absent_objects(read, inventory) else plan_costs(inventory, read)
    changes = [row for row in cost_changes(read.objective, costs) if row[3] not in (None, row[4])]
    other_files = bool(read.declared_hash) and read.declared_hash != declared_hash(estate)
    if common.json:
        emit({
            "estate": str(estate),
            "plan": str(plan),
            "sound": found.sound,
            "rules": list(found.rules),
            "violations": [finding_answer(one, finding_text(one)) for one in found.violations],
            "facts": [finding_answer(one, finding_text(one)) for one in found.facts],
            "unplanned": [unplanned_answer(entry) for entry in read.unplanned],
            "changed_items": list(changed),
            "declared_changed": other_files,
            "objective": [cost.model_dump(mode="json", exclude={"bound"}) for cost in costs],
            "costs": [dict(zip(("rule", "name", "unit", "before", "after"), row, strict=True)) for row in changes],
        })  # fmt: skip
    else:
        print_findings(found.violations, "plan.violations")
        print_findings(found.facts, "plan.facts")
        print_unplanned(read.unplanned, LISTED)
        if found.sound:
            sys.stdout.write(text("plan.sound", items=len(read.items)) + "\n")
        print_cost_changes(changes)
    if other_files and not changed:
        say("plan.declared-changed")
    if changed and not found.violations:
        raise PlanVersionError("plan-stale", path=plan, count=len(changed), items=", ".join(changed[:LISTED]))
    context.exit(VIOLATIONS if found.violations else INCOMPLETE if read.unplanned else 0)
