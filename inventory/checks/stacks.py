"""settings.stacks: clouds and pools that there are, offers that machines can be made of, nothing open by a slip."""

from __future__ import annotations

from inventory.checks.common import Found, about, about_estate, first_of
from inventory.inventory import Inventory, nearest_names
from inventory.kinds.clouds import Intention
from inventory.kinds.network import PrefixPurpose
from inventory.kinds.systems import Lifecycle
from inventory.stack_settings import CloudStacks, StackSettings, is_everybody

__all__ = ["check_stacks"]

_BASE = "settings.stacks"


def check_stacks(inventory: Inventory) -> Found:
    """Problems of settings.stacks; without the section none."""
    settings = inventory.estate.settings.stacks
    if settings is None:
        return
    rows = ((row.cloud, str(number)) for number, row in enumerate(settings.clouds))
    for place, _, twice in first_of(rows):
        yield about_estate(inventory, "offer-cloud-twice", f"{_BASE}.clouds.{place}.cloud", value=twice)
    for number, row in enumerate(settings.clouds):
        yield from _cloud(inventory, row, f"{_BASE}.clouds.{number}")
    known = {row.cloud for row in settings.clouds}
    for id, cloud in inventory.clouds.items():
        if cloud.intention is Intention.TARGET and id not in known:
            yield about_estate(inventory, "offer-cloud-missing", f"{_BASE}.clouds", cloud=id)
    yield from _baseline(inventory, settings)
    yield from _zones(inventory, settings)
    yield from _components(inventory, settings)


def _cloud(inventory: Inventory, row: CloudStacks, path: str) -> Found:
    if row.cloud not in inventory.clouds:
        nearest = nearest_names(row.cloud, inventory.clouds)
        yield about_estate(inventory, "dangling-reference", f"{path}.cloud", nearest, target="cloud", value=row.cloud)
    for number, place in enumerate(row.pools):
        pool = inventory.pools.get(place.pool)
        where = f"{path}.pools.{number}.pool"
        if pool is None:
            nearest = nearest_names(place.pool, inventory.pools)
            yield about_estate(inventory, "dangling-reference", where, nearest, target="pool", value=place.pool)
        elif pool.cloud != row.cloud:
            yield about_estate(inventory, "offer-pool-elsewhere", where, value=place.pool, cloud=pool.cloud)
    for name in ("images", "flavors"):
        if not getattr(row, name):
            yield about_estate(inventory, "offer-nothing", f"{path}.{name}", cloud=row.cloud, what=name)
    if row.dns_zone and (not row.dns_zone.endswith(".") or "@" not in row.dns_mail):
        yield about_estate(inventory, "offer-dns", f"{path}.dns_zone", value=row.dns_zone)


def _baseline(inventory: Inventory, settings: StackSettings) -> Found:
    for number, rule in enumerate(settings.baseline):
        path = f"{_BASE}.baseline.{number}"
        if rule.ports is not None and rule.ports[0] > rule.ports[1]:
            low, high = rule.ports
            yield about_estate(inventory, "range-reversed", f"{path}.ports", least=str(low), most=str(high))
        if rule.direction == "ingress" and not rule.public and is_everybody(rule.prefix):
            yield about_estate(inventory, "offer-open", f"{path}.prefix", name=rule.name, prefix=rule.prefix)


def _zones(inventory: Inventory, settings: StackSettings) -> Found:
    """Pools of clouds with a row whose IPv4 prefix is too small for one landing zone."""
    known = {row.cloud for row in settings.clouds}
    for record in inventory.prefixes.values():
        pool = inventory.pools.get(record.site)
        if record.purpose is not PrefixPurpose.POOL or record.department or pool is None or pool.cloud not in known:
            continue
        length = int(record.prefix.partition("/")[2])
        if ":" not in record.prefix and length > settings.zone_length:
            yield about_estate(
                inventory, "offer-zone-length", f"{_BASE}.zone_length", length=settings.zone_length,
                prefix=record.prefix, pool=pool.id,
            )  # fmt: skip


def _components(inventory: Inventory, settings: StackSettings) -> Found:
    """Components that are too large for every size of machine of every cloud."""
    flavors = [flavor for row in settings.clouds for flavor in row.flavors]
    if not flavors:
        return
    fits: dict[tuple[float, float], bool] = {}
    for id, system in inventory.systems.items():
        if system.classified or system.lifecycle is Lifecycle.CLOSED:
            continue
        for number, part in enumerate(system.components):
            need = (part.vcpu, part.memory_gib)
            if need not in fits:
                fits[need] = any(row.vcpu >= need[0] and row.memory_gib >= need[1] for row in flavors)
            if not fits[need]:
                yield about(
                    inventory, "offer-no-flavor", "system", id, f"components.{number}", component=part.id,
                    vcpu=part.vcpu, memory_gib=part.memory_gib,
                )  # fmt: skip
