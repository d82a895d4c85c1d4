"""Where each system may land (H3), why every other pool is ruled out, and what a pool costs (S5).

The 1+N rules: targets are provincial, industry and city clouds; a county or department cloud only with an exemption. A
system may land in the cloud of any division that its department belongs to (its county, city, province); an industry
cloud serves the departments of its sector, a department cloud its own department. Domain, certified grade and processor
architecture must fit. The estate's placement rules narrow this further (``only``, ``never``) or price it (``prefer``).

A decision by hand replaces region, sector, domain and placement rules, but neither intention, exemption, grade nor
architecture: those say what a pool can lawfully and technically hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from inventory.inventory import Inventory, nearest_names, split_ref
from inventory.kinds.clouds import Cloud, CloudTier, Intention, Pool
from inventory.kinds.policy import Rule, RuleEffect, RuleKind
from inventory.kinds.systems import System
from inventory.selectors import parse_selector
from migration.disposition import estate_rules
from migration.errors import PolicyError
from migration.plan import Finding

__all__ = ["NOT_NEAREST_YUAN", "NOT_PREFERRED_YUAN", "Demand", "Placement", "demand_of"]

NOT_PREFERRED_YUAN = 10_000
"""Added to a month in a pool for each ``prefer`` rule that selects the system and not the pool (assumption)."""
NOT_NEAREST_YUAN = 100
"""The same for each level of administration between the department's division and the cloud's (assumption)."""


class Demand(NamedTuple):
    """What a system takes in a pool: the sum over its components."""

    vcpu: float
    memory_gib: float
    storage_gib: float


class _Profile(NamedTuple):
    """All that eligibility depends on; systems of one profile share it.

    reach: the department's division and those above it, as far as they have a cloud. sector, owner: the department's
    sector and the department itself where a cloud is meant for it, else empty.
    """

    reach: tuple[str, ...]
    sector: str
    owner: str
    domain: str | None
    grade: int | None
    technology: str | None
    rules: tuple[str, ...]
    target: str | None


class _Reason(NamedTuple):
    """Why a pool is ruled out: code of the text, what fills it, and the records that say so besides the pool."""

    code: str
    data: Mapping[str, str | int | None] = {}
    records: tuple[str, ...] = ()


def demand_of(system: System) -> Demand:
    """The sum of a system's components."""
    return Demand(
        sum(part.vcpu for part in system.components),
        sum(part.memory_gib for part in system.components),
        sum(part.storage_gib for part in system.components),
    )


class Placement:
    """Eligibility of every pool for every system. PolicyError for a target decision that names nothing."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self._judged: dict[_Profile, Mapping[str, _Reason | None]] = {}

    def eligible(self, system: str) -> tuple[str, ...]:
        """Pools that the system may land in, by id."""
        return tuple(pool for pool, reason in self._judge(system).items() if reason is None)

    def ruled_out(self, system: str) -> Mapping[str, Finding]:
        """Pool -> the first rule that it breaks for this system, by id of the pool."""
        own = self._own(system)
        return {
            pool: Finding(
                rule="H3",
                code=reason.code,
                records=(f"pool:{pool}", *reason.records),
                data={"pool": pool, **reason.data, **own.get(reason.code, {})},
            )
            for pool, reason in self._judge(system).items()
            if reason is not None
        }

    def every_reason(self, system: str, pool: str) -> tuple[Finding, ...]:
        """Every rule that keeps a system out of a pool: each would, were there no other.

        A decision by hand stands in place of region, sector, domain and placement rules; for the pools that it leaves
        out these are given beside it.
        """
        profile = self._profile(system)
        record = self.inventory.pools[pool]
        own = self._own(system)
        cloud = self.inventory.clouds[record.cloud]
        return tuple(
            Finding(
                rule="H3",
                code=reason.code,
                records=(f"pool:{pool}", *reason.records),
                data={"pool": pool, **reason.data, **own.get(reason.code, {})},
            )
            for reason in self._reasons(profile, record, cloud, self._chosen(system, profile.target))
        )

    def _own(self, system: str) -> dict[str, dict[str, str]]:
        """What a system has where a cloud serves others."""
        department = self.inventory.departments[self.inventory.systems[system].department]
        return {"region": {"division": department.division}, "sector": {"sector": department.sector}}

    def cost(self, system: str, pool: str) -> int:
        """S5: whole yuan a month of the system's demand at the cloud's prices, and what preference adds."""
        record = self.inventory.systems[system]
        cloud = self.inventory.clouds[self.inventory.pools[pool].cloud]
        vcpu, memory, storage = demand_of(record)
        prices = cloud.prices
        price = vcpu * prices.vcpu + memory * prices.memory_gib + storage * prices.storage_gib
        preferred = (self._preferred[rule] for rule in self._rules_of.get(system, ()) if rule in self._preferred)
        missed = sum(pool not in pools for pools in preferred)
        lineage = self._lineage(self.inventory.departments[record.department].division)
        away = lineage.index(cloud.division) if cloud.division in lineage else len(lineage)
        return round(price) + NOT_PREFERRED_YUAN * missed + NOT_NEAREST_YUAN * away

    def _profile(self, system: str) -> _Profile:
        record = self.inventory.systems[system]
        department = self.inventory.departments[record.department]
        decision = record.decisions.target
        return _Profile(
            self._reach(department.division),
            department.sector if department.sector in self._sectors else "",
            department.id if department.id in self._owners else "",
            record.domain,
            record.grade,
            record.technology,
            self._rules_of.get(system, ()),
            decision.value if decision is not None else None,
        )

    def _judge(self, system: str) -> Mapping[str, _Reason | None]:
        profile = self._profile(system)
        found = self._judged.get(profile)
        if found is None:
            chosen = self._chosen(system, profile.target)
            found = {
                id: next(self._reasons(profile, pool, self.inventory.clouds[pool.cloud], chosen), None)
                for id, pool in sorted(self.inventory.pools.items())
            }
            self._judged[profile] = found
        return found

    def _chosen(self, system: str, target: str | None) -> frozenset[str] | None:
        """Pools that a decision by hand leaves; None without a decision."""
        if target is None:
            return None
        kind, id = split_ref(target.strip())
        if kind == "pool" and id in self.inventory.pools:
            return frozenset({id})
        if kind == "cloud" and id in self.inventory.clouds:
            return frozenset(self.inventory.pools_of.get(id, ()))
        known = [f"pool:{pool}" for pool in self.inventory.pools] + [
            f"cloud:{cloud}" for cloud in self.inventory.clouds
        ]
        nearest = nearest_names(target, known) or "-"
        raise PolicyError("unknown-place", record=f"system:{system}", value=target, nearest=nearest)

    def _reasons(self, profile: _Profile, pool: Pool, cloud: Cloud, chosen: frozenset[str] | None) -> Iterator[_Reason]:
        """The rules that keep systems of a profile out of a pool."""
        if chosen is not None and pool.id not in chosen:
            yield _Reason("decision", {"target": profile.target or ""})
        if cloud.intention is not Intention.TARGET:
            yield _Reason("intention")
        if cloud.tier in (CloudTier.COUNTY, CloudTier.DEPARTMENT) and cloud.exemption is None:
            yield _Reason("exemption", {"tier": cloud.tier.value})
        if profile.grade is not None and profile.grade > cloud.certified_grade:
            yield _Reason("grade", {"grade": profile.grade, "certified": cloud.certified_grade})
        if profile.technology not in (None, pool.technology.value):
            yield _Reason("technology", {"needed": profile.technology, "offered": pool.technology.value})
        if chosen is None or pool.id not in chosen:
            yield from self._regional(profile, pool, cloud)
            yield from self._ruled(profile, pool)

    def _regional(self, profile: _Profile, pool: Pool, cloud: Cloud) -> Iterator[_Reason]:
        if cloud.tier is CloudTier.DEPARTMENT and cloud.department != profile.owner:
            yield _Reason("department", {"owner": cloud.department or ""})
        if cloud.division not in profile.reach:
            yield _Reason("region", {"serves": cloud.division})
        if cloud.tier is CloudTier.INDUSTRY and cloud.sector != profile.sector:
            yield _Reason("sector", {"serves": cloud.sector})
        domain = pool.domain or cloud.domain
        if domain is not None and profile.domain not in (None, domain.value):
            yield _Reason("domain", {"needed": profile.domain, "offered": domain.value})

    def _ruled(self, profile: _Profile, pool: Pool) -> Iterator[_Reason]:
        for id in profile.rules:
            rule = self.inventory.rules[id]
            if rule.effect is RuleEffect.PREFER:
                continue
            if (pool.id in self._selected[id]) != (rule.effect is RuleEffect.ONLY):
                yield _Reason(f"rule-{rule.effect.value}", {"rule": id, "reason": rule.reason}, (f"rule:{id}",))

    def _lineage(self, division: str) -> tuple[str, ...]:
        if division not in self._lineages:
            self._lineages[division] = self.inventory.lineage(division)
        return self._lineages[division]

    @cached_property
    def _lineages(self) -> dict[str, tuple[str, ...]]:
        return {}

    def _reach(self, division: str) -> tuple[str, ...]:
        return tuple(above for above in self._lineage(division) if above in self._served)

    @cached_property
    def _served(self) -> frozenset[str]:
        """Divisions that have a cloud."""
        return frozenset(cloud.division for cloud in self.inventory.clouds.values())

    @cached_property
    def _sectors(self) -> frozenset[str]:
        """Sectors that have a cloud."""
        return frozenset(cloud.sector for cloud in self.inventory.clouds.values())

    @cached_property
    def _owners(self) -> frozenset[str]:
        """Departments that own a cloud."""
        return frozenset(cloud.department for cloud in self.inventory.clouds.values() if cloud.department)

    @cached_property
    def _rules(self) -> tuple[Rule, ...]:
        return estate_rules(self.inventory, RuleKind.PLACEMENT)

    @cached_property
    def _selected(self) -> Mapping[str, frozenset[str]]:
        """Placement rule -> pools that its outcome selects."""
        return {rule.id: frozenset(parse_selector(rule.outcome).select(self.inventory, "pool")) for rule in self._rules}

    @cached_property
    def _preferred(self) -> Mapping[str, frozenset[str]]:
        return {rule.id: self._selected[rule.id] for rule in self._rules if rule.effect is RuleEffect.PREFER}

    @cached_property
    def _rules_of(self) -> Mapping[str, tuple[str, ...]]:
        """System -> placement rules that select it, in their order."""
        found: dict[str, list[str]] = {}
        for rule in self._rules:
            for system in parse_selector(rule.selector).select(self.inventory, "system"):
                found.setdefault(system, []).append(rule.id)
        return {system: tuple(rules) for system, rules in found.items()}
