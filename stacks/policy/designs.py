"""Checks of designs against inventory, settings and plan. Independent of how the designs were made: designs that were
frozen in a runbook, or changed by hand, are checked alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inventory.inventory import nearest_names
from inventory.problems import Problem
from inventory.stack_settings import CloudStacks, is_everybody
from stacks.design.designs import Designs
from stacks.design.findings import finding
from stacks.design.model import Direction, GroupDesign, RuleDesign, StackDesign, SystemDesign, ZoneDesign
from stacks.policy.capacity import check_capacity

__all__ = ["check_designs", "lets_everybody_in"]


def check_designs(designs: Designs, chosen: Iterable[StackDesign]) -> tuple[Problem, ...]:
    """What forbids to make the designs that were chosen, or asks for a second look.

    Codes: ``stack-grade``, ``stack-ungraded``, ``stack-ipv4-only``, ``stack-quota``, ``stack-open``,
    ``stack-unknown-flavor``, ``stack-unknown-image``, ``stack-capacity``.
    """
    listed = tuple(chosen)
    found: list[Problem] = []
    for design in listed:
        if isinstance(design, ZoneDesign):
            found += _zone(designs, design)
        else:
            found += _system(designs, design)
    pools = dict.fromkeys(design.place.pool for design in listed)
    return (*found, *check_capacity(designs, pools))


def _zone(designs: Designs, design: ZoneDesign) -> Iterator[Problem]:
    yield from _quota(designs, design)
    yield from _open(designs, "pool", design.place.pool, design.groups)


def _system(designs: Designs, design: SystemDesign) -> Iterator[Problem]:
    inventory = designs.inventory
    cloud = inventory.clouds.get(design.place.cloud)
    if cloud is not None and design.grade > cloud.certified_grade:
        yield finding(
            inventory, "stack-grade", "system", design.id, "grade", "", cloud=cloud.id, certified=cloud.certified_grade,
            grade=design.grade,
        )  # fmt: skip
    if not design.grade:
        yield finding(inventory, "stack-ungraded", "system", design.id, "grade", "", cloud=design.place.cloud)
    if design.needs_ipv6 and designs.ground.zone(design.zone, 6) is None:
        yield finding(inventory, "stack-ipv4-only", "system", design.id, "needs_ipv6", "", zone=design.zone)
    yield from _open(designs, "system", design.id, design.groups)
    row = designs.settings.of(design.place.cloud)
    if row is not None:
        yield from _offered(designs, design, row)


def _offered(designs: Designs, design: SystemDesign, row: CloudStacks) -> Iterator[Problem]:
    flavors, images = {known.name for known in row.flavors}, {known.image for known in row.images}
    for machine in design.machines:
        where = {"cloud": row.cloud, "component": machine.component}
        if machine.flavor not in flavors:
            yield finding(
                designs.inventory, "stack-unknown-flavor", "system", design.id, "components",
                nearest_names(machine.flavor, flavors), flavor=machine.flavor, **where,
            )  # fmt: skip
        if machine.image not in images:
            yield finding(
                designs.inventory, "stack-unknown-image", "system", design.id, "components",
                nearest_names(machine.image, images), image=machine.image, **where,
            )  # fmt: skip


def _quota(designs: Designs, design: ZoneDesign) -> Iterator[Problem]:
    machines = [
        machine for system in designs.landings.zones.get(design.id, ()) for machine in designs.system(system).machines
    ]
    volumes = [volume for machine in machines for volume in machine.volumes]
    needs = {
        "vcpu": (sum(machine.vcpu for machine in machines), design.quota.vcpu),
        "memory_gib": (sum(machine.memory_gib for machine in machines), design.quota.memory_gib),
        "storage_gib": (sum(volume.size_gib for volume in volumes), design.quota.storage_gib),
        "machines": (len(machines), design.quota.machines),
        "volumes": (len(volumes), design.quota.volumes),
    }
    for what, (needed, quota) in needs.items():
        if needed > quota:
            yield finding(
                designs.inventory, "stack-quota", "pool", design.place.pool, "", "", what=what, zone=design.id,
                needed=needed, quota=quota,
            )  # fmt: skip


def _open(designs: Designs, kind: str, id: str, groups: Iterable[GroupDesign]) -> Iterator[Problem]:
    for group in groups:
        for rule in group.rules:
            if lets_everybody_in(rule) and not rule.public:
                yield finding(designs.inventory, "stack-open", kind, id, "", "", group=group.name, rule=rule.id)


def lets_everybody_in(rule: RuleDesign) -> bool:
    """Whether a rule lets in more than any one network; what machines may reach is another matter."""
    if rule.direction is not Direction.INGRESS or rule.remote_group:
        return False
    return rule.remote_prefix is None or is_everybody(rule.remote_prefix)
