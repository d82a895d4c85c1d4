"""H3: a system lands only where the 1+N rules, the estate's placement rules and decisions by hand allow."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from inventory.kinds.clouds import Cloud, CloudTier, Intention, Pool
from inventory.kinds.policy import Rule, RuleEffect, RuleKind
from inventory.kinds.systems import System
from inventory.kinds.territory import Department
from inventory.selectors import parse_selector
from migration.check.case import Case, Cutover, Verdict, breach_of

__all__ = ["eligibility"]


def eligibility(case: Case) -> Iterator[Verdict]:
    """Breaches of H3, one a cutover: the first condition that its pool does not meet.

    Without a decision on the target: a target cloud; county and department clouds by exemption only; a division that
    the department belongs to; the sector of an industry cloud, the owner of a department cloud; domain, certified
    grade and architecture; inside the pools of every ``only`` rule that selects the system and outside those of every
    ``never`` rule.
    """
    book = _Book(case)
    for cutover in case.cutovers.values():
        code, record = book.unmet(cutover)
        if code and cutover.pool is not None:
            yield breach_of(
                "H3",
                f"place-{code}",
                [cutover],
                [f"pool:{cutover.pool.id}", *record],
                fact=not cutover.movable,
                system=cutover.system.id,
                pool=cutover.pool.id,
                cloud=cutover.pool.cloud,
            )


class _Book:
    """Placement rules with what they select, looked up once."""

    def __init__(self, case: Case) -> None:
        self.inventory = case.inventory

    @cached_property
    def rules(self) -> dict[str, list[tuple[Rule, frozenset[str]]]]:
        """System -> (rule, pools that its outcome selects), without rules that only prefer."""
        found: dict[str, list[tuple[Rule, frozenset[str]]]] = {}
        for rule in self.inventory.rules.values():
            if rule.kind is not RuleKind.PLACEMENT or rule.effect is RuleEffect.PREFER:
                continue
            pools = frozenset(parse_selector(rule.outcome).select(self.inventory, "pool"))
            for system in parse_selector(rule.selector).select(self.inventory, "system"):
                found.setdefault(system, []).append((rule, pools))
        return found

    def unmet(self, cutover: Cutover) -> tuple[str, tuple[str, ...]]:
        """(condition, records that state it) of the first condition that is not met; ("", ()) when all are."""
        pool, system = cutover.pool, cutover.system
        if pool is None:
            return "", ()
        cloud, department = self.inventory.clouds[pool.cloud], self.inventory.departments[system.department]
        decision = system.decisions.target
        if decision is not None and decision.value.strip() not in (f"pool:{pool.id}", f"cloud:{cloud.id}"):
            return "decision", (f"system:{system.id}",)
        unlawful = _unlawful(system, pool, cloud)
        if unlawful or decision is not None:
            return unlawful, ()
        if cloud.division not in self.inventory.lineage(department.division):
            return "region", (f"department:{department.id}",)
        if foreign := _foreign(system, department, pool, cloud):
            return foreign, ()
        for rule, pools in self.rules.get(system.id, ()):
            if (rule.effect is RuleEffect.ONLY) is (pool.id not in pools):
                return rule.effect.value, (f"rule:{rule.id}",)
        return "", ()


def _unlawful(system: System, pool: Pool, cloud: Cloud) -> str:
    """Which limit of what a pool may lawfully and technically hold is broken; binds decisions by hand as well."""
    if cloud.intention is not Intention.TARGET:
        return "intention"
    if cloud.tier in (CloudTier.COUNTY, CloudTier.DEPARTMENT) and cloud.exemption is None:
        return "exemption"
    if system.grade is not None and system.grade > cloud.certified_grade:
        return "grade"
    return "" if system.technology in (None, pool.technology.value) else "technology"


def _foreign(system: System, department: Department, pool: Pool, cloud: Cloud) -> str:
    """Why a pool is meant for others; a decision by hand may say otherwise."""
    if cloud.tier is CloudTier.DEPARTMENT and cloud.department != department.id:
        return "department"
    if cloud.tier is CloudTier.INDUSTRY and cloud.sector != department.sector:
        return "sector"
    domain = pool.domain or cloud.domain
    return "" if domain is None or system.domain in (None, domain.value) else "domain"
