"""Landing zones: the project of a department in a pool, with its quota, its network and its baseline groups."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from inventory.inventory import Inventory
from inventory.kinds.clouds import Pool
from inventory.kinds.systems import ComponentRole
from inventory.problems import Problem
from inventory.stack_settings import BaselineRule, CloudStacks, StackSettings
from stacks.design.findings import finding
from stacks.design.ground import VERSIONS, Ground, Version, dynamic_of
from stacks.design.model import (
    Direction,
    GroupDesign,
    MachineDesign,
    NetworkDesign,
    QuotaDesign,
    RuleDesign,
    SubnetDesign,
    SystemDesign,
    ZoneDesign,
)
from stacks.design.naming import rule_id
from stacks.design.offers import Offers
from stacks.design.protection import protected_of

__all__ = ["baseline_groups", "baseline_names", "dns_zone_of", "zone_design"]


def zone_design(
    inventory: Inventory,
    settings: StackSettings,
    offers: Offers,
    ground: Ground,
    zone: str,
    systems: Sequence[SystemDesign],
) -> tuple[ZoneDesign, tuple[Problem, ...]]:
    """The design of a landing zone with ``systems`` in it, and what is missing for it."""
    pool = inventory.pools[zone[: -len(systems[0].department) - 1]]
    row = offers.row(pool)
    subnets = tuple(
        SubnetDesign(
            version=version,
            prefix=str(prefix),
            dns_servers=tuple(server for server in row.dns_servers if (":" in server) == (version == 6)),
            dynamic=dynamic_of(prefix),
        )
        for version in VERSIONS
        if (prefix := ground.zone(zone, version)) is not None
    )
    design = ZoneDesign(
        id=zone,
        place=offers.place(pool),
        project=zone,
        department=systems[0].department,
        grade=max((system.grade for system in systems), default=0),
        quota=_quota([machine for system in systems for machine in system.machines], settings.headroom),
        network=NetworkDesign(name=zone, subnets=subnets, external_network=row.external_network),
        groups=baseline_groups(settings, row),
        domain=row.domain,
        roles=row.roles,
        dns_zone=dns_zone_of(row, pool, systems[0].department),
        dns_mail=row.dns_mail,
        protected=protected_of(settings, f"zone.{zone}"),
    )
    return design, tuple(_lacking(inventory, design, pool, zone))


def _quota(machines: Sequence[MachineDesign], headroom: float) -> QuotaDesign:
    """What the machines take by their flavors and volumes, and the headroom, rounded up."""

    def more(amount: float) -> int:
        return math.ceil(round(amount * (1 + headroom), 6))

    volumes = [volume for machine in machines for volume in machine.volumes]
    return QuotaDesign(
        vcpu=more(sum(machine.vcpu for machine in machines)),
        memory_gib=more(sum(machine.memory_gib for machine in machines)),
        storage_gib=more(sum(volume.size_gib for volume in volumes)),
        machines=more(len(machines)),
        volumes=more(len(volumes)),
    )


def _lacking(inventory: Inventory, design: ZoneDesign, pool: Pool, zone: str) -> Iterable[Problem]:
    if not any(subnet.version == 4 for subnet in design.network.subnets):
        yield finding(inventory, "stack-no-prefix", "pool", pool.id, zone=zone, department=design.department)


def dns_zone_of(row: CloudStacks, pool: Pool, department: str) -> str:
    """DNS zone of a landing zone, below the cloud's: DEPARTMENT.POOL.ZONE with its final dot."""
    return f"{_label(department)}.{_label(pool.id)}.{row.dns_zone}" if row.dns_zone else ""


def _label(id: str) -> str:
    return id.lower().replace(".", "-").replace("_", "-")


# ---- baseline --------------------------------------------------------------------------------------------------------


def baseline_names(settings: StackSettings, row: CloudStacks, role: ComponentRole) -> tuple[str, ...]:
    """Baseline groups that a machine of a component with that role is in."""
    named = [_group(rule) for rule in settings.baseline if rule.role in (None, role)]
    return tuple(dict.fromkeys([*(["dns"] if row.dns_servers else []), *named]))


def baseline_groups(settings: StackSettings, row: CloudStacks) -> tuple[GroupDesign, ...]:
    """One group for each name and role of settings.stacks.baseline, and one for the name servers."""
    rules: dict[str, list[RuleDesign]] = {}
    for server in row.dns_servers:
        for protocol in ("udp", "tcp"):
            length = 128 if ":" in server else 32
            rules.setdefault("dns", []).append(
                _rule(Direction.EGRESS, protocol, (53, 53), f"{server}/{length}", f"settings.stacks.clouds.{row.cloud}")
            )
    for number, rule in enumerate(settings.baseline):
        made = _rule(
            Direction(rule.direction), rule.protocol, rule.ports, rule.prefix, f"settings.stacks.baseline.{number}",
            public=rule.public,
        )  # fmt: skip
        rules.setdefault(_group(rule), []).append(made)
    return tuple(GroupDesign(name=name, rules=_distinct(found)) for name, found in rules.items())


def _group(rule: BaselineRule) -> str:
    return rule.name if rule.role is None else f"{rule.name}-{rule.role.value}"


def _rule(
    direction: Direction,
    protocol: str,
    ports: tuple[int, int] | None,
    prefix: str,
    reason: str,
    *,
    public: bool = False,
) -> RuleDesign:
    version: Version = 6 if ":" in prefix else 4
    if protocol == "icmp" and version == 6:
        protocol = "ipv6-icmp"
    return RuleDesign(
        id=rule_id(direction, version, protocol, ports, prefix),
        direction=direction,
        version=version,
        protocol=protocol,
        ports=ports,
        remote_prefix=prefix,
        reasons=(reason,),
        public=public,
    )


def _distinct(rules: Iterable[RuleDesign]) -> tuple[RuleDesign, ...]:
    found: dict[str, RuleDesign] = {}
    for rule in rules:
        first = found.get(rule.id)
        if first is None:
            found[rule.id] = rule
        else:
            reasons = tuple(dict.fromkeys((*first.reasons, *rule.reasons)))
            found[rule.id] = first.model_copy(update={"reasons": reasons, "public": first.public or rule.public})
    return tuple(found.values())
