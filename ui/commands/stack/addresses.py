"""``stack addresses``."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from inventory.problems import Severity
from migration.calendar import CHINA_TIME
from migration.plan_file import read_plan
from ui.commanding import Common, argument, command, common, option
from ui.commands.inventory import problem_answer
from ui.commands.plan.files import open_estate_of
from ui.commands.stack.registry import group
from ui.output import emit, problem_line, say, table
from ui.texts import text

__all__ = ["addresses"]

FAILED = 1


@command(
    group,
    "addresses",
    example="qianyun stack addresses examples/clouds plan.json\n"
    "qianyun stack addresses examples/clouds plan.json --write",
)
@argument("estate", type=Path)
@argument("plan", type=Path)
@option("--write", is_flag=True, key="stack.option.write")
@common()
@click.pass_context
def addresses(context: click.Context, /, common: Common, *, estate: Path, plan: Path, write: bool) -> None:
    """Prefixes of landing zones and addresses of machines that the estate lacks; exit code 1 where there is no room."""
    from stacks.design.addresses import assign_addresses, write_assigned

    read = read_plan(plan)
    inventory = open_estate_of(read, estate, common)
    found = assign_addresses(inventory, read)
    now = dt.datetime.now(CHINA_TIME).replace(microsecond=0)
    at = now if common.now is None else dt.datetime.combine(common.now, now.timetz())
    written = write_assigned(inventory, found, at) if write and not found.empty else ()
    machines = [
        (system, component, end.address or "", end.address_v6 or "")
        for (system, component), ends in found.endpoints.items()
        for end in ends[:1]
    ]
    if common.json:
        emit(
            {
                "estate": str(estate),
                "plan": str(plan),
                "prefixes": [
                    {"id": one.id, "prefix": one.prefix, "pool": one.site, "department": one.department}
                    for one in found.prefixes
                ],
                "machines": [
                    {"system": system, "component": component, "address": four or None, "address_v6": six or None}
                    for system, component, four, six in machines
                ],
                "findings": [problem_answer(one) for one in found.problems],
                "written": list(written),
            }
        )
    else:
        if found.prefixes:
            columns = [text(f"stack.column.{name}") for name in ("prefix", "pool", "department")]
            table(columns, [(one.prefix, one.site or "", one.department or "") for one in found.prefixes])
        if machines:
            columns = [text(f"stack.column.{name}") for name in ("system", "component", "ipv4", "ipv6")]
            table(columns, machines)
        sys.stdout.writelines(f"{problem_line(one)}\n" for one in found.problems)
        for path in written:
            say("stack.written", path=path)
        if found.empty and not found.problems:
            say("stack.all-addressed")
    context.exit(FAILED if any(one.severity is Severity.ERROR for one in found.problems) else 0)
