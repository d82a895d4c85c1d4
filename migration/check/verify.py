"""Check a whole plan: every predicate, sorted into violations and facts."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from inventory.inventory import Inventory
from migration.check.addresses import addresses
from migration.check.capacity import capacity
from migration.check.case import Case, Predicate, Verdict
from migration.check.completeness import PLAN, completeness
from migration.check.deadlines import deadlines
from migration.check.eligibility import eligibility
from migration.check.form import form
from migration.check.gates import gates
from migration.check.groups import groups
from migration.check.lags import lags
from migration.check.limits import limits, network_changes, wave_size
from migration.check.order import order
from migration.check.pins import pins
from migration.check.reading import read_case
from migration.check.safety import safety
from migration.check.tables.messages import MESSAGES
from migration.check.teams import teams
from migration.check.transfer import transfer
from migration.check.windows import windows
from migration.plan import Finding, Plan

__all__ = ["PREDICATES", "CheckResult", "check_plan", "message", "new_violations"]

PREDICATES: tuple[Predicate, ...] = (
    completeness,
    form,
    order,
    groups,
    eligibility,
    capacity,
    teams,
    limits,
    wave_size,
    network_changes,
    transfer,
    windows,
    gates,
    deadlines,
    pins,
    lags,
    safety,
    addresses,
)
"""The rules in force, in the order in which findings are listed."""


@dataclass(frozen=True)
class CheckResult:
    """What a check found.

    violations: broken rules; a sound plan has none. facts: rules that only done or running items break, or that
    nothing which can still be moved could mend, and what has come on record since the plan was made. notes: what the
    plan itself leaves out, one finding for each unplanned item.
    """

    violations: tuple[Finding, ...]
    facts: tuple[Finding, ...]
    notes: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether no rule is broken."""
        return not self.violations

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the broken rules, each once, in order."""
        return tuple(sorted({finding.rule for finding in self.violations}))


def check_plan(inventory: Inventory, plan: Plan) -> CheckResult:
    """Verify a plan against an inventory; neither the plan's own violations nor its costs are read.

    SelectorError for a limit, freeze, window or rule of the inventory whose selector cannot be read.
    """
    case = read_case(inventory, plan)
    verdicts = [verdict for predicate in PREDICATES for verdict in _ask(predicate, case)]
    return CheckResult(
        violations=tuple(verdict.finding for verdict in verdicts if not verdict.fact),
        facts=tuple(verdict.finding for verdict in verdicts if verdict.fact),
        notes=tuple(_notes(case)),
    )


def new_violations(inventory: Inventory, before: Plan, after: Plan) -> tuple[Finding, ...]:
    """Rules that a changed plan breaks and the plan before did not break in the same way.

    A predicate that finds nothing in the changed plan is not asked about the plan before. Errors as ``check_plan``.
    """
    case, found, old = read_case(inventory, after), list[Finding](), list[Case]()
    for predicate in PREDICATES:
        broken = [verdict.finding for verdict in _ask(predicate, case) if not verdict.fact]
        if broken:
            old = old or [read_case(inventory, before)]
            known = [verdict.finding for verdict in _ask(predicate, old[0]) if not verdict.fact]
            found += [finding for finding in broken if finding not in known]
    return tuple(found)


def _ask(predicate: Predicate, case: Case) -> Iterator[Verdict]:
    """The verdicts of a predicate; rules that the work broke because it was done otherwise than planned are facts."""
    for verdict in predicate(case):
        strayed = case.strayed and verdict.finding.rule != PLAN and not case.strayed.isdisjoint(verdict.finding.items)
        yield dataclasses.replace(verdict, fact=True) if strayed else verdict


def _notes(case: Case) -> list[Finding]:
    return [
        Finding(
            rule=PLAN,
            code="unplanned",
            items=(entry.item,),
            data={"rules": ", ".join(dict.fromkeys(cause.rule for cause in entry.causes)) or "-"},
        )
        for entry in case.plan.unplanned
    ]


def message(finding: Finding) -> str:
    """What a finding of the checker says, in English; KeyError for a code of another origin."""
    return MESSAGES[finding.code].format(items=", ".join(finding.items), **finding.data)
