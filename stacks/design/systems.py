"""Systems: a machine for each component, with its volumes, fixed addresses and names."""

from __future__ import annotations

import math
from collections.abc import Iterable

from inventory.inventory import Inventory
from inventory.kinds.clouds import Pool
from inventory.kinds.systems import Component, NeedsIpv6By, System
from inventory.problems import Problem
from inventory.stack_settings import CloudStacks, StackSettings
from stacks.design.findings import finding
from stacks.design.ground import VERSIONS, Ground, is_inside
from stacks.design.landings import Landing
from stacks.design.model import GroupDesign, MachineDesign, RecordDesign, SystemDesign, VolumeDesign
from stacks.design.naming import group_name
from stacks.design.offers import Offers
from stacks.design.protection import protected_of
from stacks.design.zones import baseline_names, dns_zone_of

__all__ = ["Machines", "fixed_addresses", "needs_ipv6", "system_design"]


def needs_ipv6(system: System) -> bool:
    """Whether machines have to be reached over IPv6 at the cutover or by a date."""
    return system.needs_ipv6 == "at_cutover" or isinstance(system.needs_ipv6, NeedsIpv6By)


def fixed_addresses(ground: Ground, zone: str, part: Component) -> tuple[str, ...]:
    """The first target address of each family that lies in the landing zone."""
    found = []
    for version in VERSIONS:
        prefix = ground.zone(zone, version)
        if prefix is None:
            continue
        ends = (end.address if version == 4 else end.address_v6 for end in part.target_endpoints)
        first = next((address for address in ends if address and is_inside(address, prefix)), None)
        if first is not None:
            found.append(first)
    return tuple(found)


class Machines:
    """Makes machines; what is missing for them is collected in ``problems``."""

    def __init__(
        self, inventory: Inventory, settings: StackSettings, offers: Offers, ground: Ground, landing: Landing
    ) -> None:
        self._inventory, self._settings, self._offers, self._ground = inventory, settings, offers, ground
        self._landing = landing
        self._pool = inventory.pools[landing.pool]
        self.problems: list[Problem] = []

    def all(self) -> tuple[MachineDesign, ...]:
        """A machine for each component that a size of the cloud is large enough for."""
        made = (self._machine(part) for part in self._landing.system.components)
        return tuple(machine for machine in made if machine is not None)

    def _machine(self, part: Component) -> MachineDesign | None:
        system, pool = self._landing.system, self._pool
        flavor, image = self._offers.flavor(pool, part), self._offers.image(pool, part)
        if flavor is None:
            self._missing("stack-no-flavor", part, pool, vcpu=part.vcpu, memory_gib=part.memory_gib)
        if not image:
            technology = part.target_technology or part.technology or "-"
            self._missing("stack-no-image", part, pool, role=part.role.value, technology=technology)
        if flavor is None or not image:
            return None
        row = self._offers.row(pool)
        groups = (group_name(system.id), group_name(system.id, part.id))
        return MachineDesign(
            component=part.id,
            name=f"{system.id}-{part.id}",
            image=image,
            flavor=flavor.name,
            vcpu=flavor.vcpu,
            memory_gib=flavor.memory_gib,
            key=row.key,
            addresses=self._addresses(part),
            groups=(*groups, *baseline_names(self._settings, row, part.role)),
            volumes=_volumes(part, self._offers.volume_type(pool, part)),
        )

    def _addresses(self, part: Component) -> tuple[str, ...]:
        found = fixed_addresses(self._ground, self._landing.zone, part)
        for version in VERSIONS:
            prefix = self._ground.zone(self._landing.zone, version)
            if prefix is None or any((":" in address) == (version == 6) for address in found):
                continue
            ends = [end.address if version == 4 else end.address_v6 for end in part.target_endpoints]
            outside = next((address for address in ends if address), None)
            where = {"component": part.id, "zone": self._landing.zone}
            if outside is not None:
                self._find("stack-address-outside", **where, address=outside, prefix=str(prefix))
            else:
                self._find("stack-no-address", **where, version=version)
        return found

    def _missing(self, code: str, part: Component, pool: Pool, **data: str | float) -> None:
        self._find(code, component=part.id, cloud=pool.cloud, pool=pool.id, **data)

    def _find(self, code: str, **data: str | float) -> None:
        self.problems.append(finding(self._inventory, code, "system", self._landing.system.id, "components", **data))


def _volumes(part: Component, type: str) -> tuple[VolumeDesign, ...]:
    size = math.ceil(part.storage_gib)
    return (VolumeDesign(name="data", size_gib=size, type=type),) if size else ()


def system_design(
    settings: StackSettings,
    offers: Offers,
    pool: Pool,
    landing: Landing,
    machines: tuple[MachineDesign, ...],
    groups: tuple[GroupDesign, ...],
) -> SystemDesign:
    """The design of a system from its parts."""
    system = landing.system
    return SystemDesign(
        id=system.id,
        zone=landing.zone,
        place=offers.place(pool),
        department=system.department,
        grade=system.grade or 0,
        needs_ipv6=needs_ipv6(system),
        machines=machines,
        groups=groups,
        records=tuple(_records(offers.row(pool), pool, system, machines)),
        protected=protected_of(settings, f"system.{system.id}"),
    )


def _records(
    row: CloudStacks, pool: Pool, system: System, machines: tuple[MachineDesign, ...]
) -> Iterable[RecordDesign]:
    """COMPONENT.SYSTEM below the zone's DNS zone, and the names of target endpoints that lie below it."""
    zone = dns_zone_of(row, pool, system.department)
    if not zone:
        return
    of = {machine.component: machine.addresses for machine in machines}
    named: dict[str, list[str]] = {}
    for part in system.components:
        names = [f"{part.id}.{system.id}.{zone}".lower().replace("_", "-")]
        names += [f"{end.name.rstrip('.').lower()}." for end in part.target_endpoints if end.name]
        for name in dict.fromkeys(names):
            if name.endswith(f".{zone}"):
                named.setdefault(name, []).extend(of.get(part.id, ()))
    for name, addresses in named.items():
        four = tuple(dict.fromkeys(address for address in addresses if ":" not in address))
        six = tuple(dict.fromkeys(address for address in addresses if ":" in address))
        if four:
            yield RecordDesign(name=name, type="A", values=four)
        if six:
            yield RecordDesign(name=name, type="AAAA", values=six)
