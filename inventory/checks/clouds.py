"""The 1+N rules: one provincial cloud as the hub, N industry and city clouds docked to it, all others absorbed."""

from __future__ import annotations

from collections.abc import Hashable

from inventory.checks.common import Found, about
from inventory.inventory import Inventory
from inventory.kinds.clouds import Cloud, CloudTier, DockingState, Intention
from inventory.kinds.territory import Level

__all__ = ["check_clouds"]

_UNDER_RULES = (CloudTier.COUNTY, CloudTier.DEPARTMENT)
_LEVEL_OF_TIER = {CloudTier.PROVINCIAL: Level.PROVINCE, CloudTier.CITY: Level.CITY}
_MISPLACED = {
    CloudTier.PROVINCIAL: "provincial-cloud-division",
    CloudTier.CITY: "city-cloud-division",
}
_SECOND = {
    CloudTier.PROVINCIAL: "second-provincial-cloud",
    CloudTier.INDUSTRY: "second-industry-cloud",
    CloudTier.CITY: "second-city-cloud",
}


def check_clouds(inventory: Inventory) -> Found:
    """The 1+N rules for each cloud. Clouds that are to be absorbed are sources and bound by new-platform only."""
    for id, cloud in inventory.clouds.items():
        if cloud.intention is Intention.TARGET:
            yield from _place(inventory, id, cloud)
            yield from _docking(inventory, id, cloud)
        if cloud.tier in _UNDER_RULES and not _exempt(cloud):
            yield from _forbidden(inventory, id, cloud)
    yield from _second(inventory)
    yield from _grades(inventory)


def _place(inventory: Inventory, id: str, cloud: Cloud) -> Found:
    """A provincial cloud belongs to a province, a city cloud to a city, an industry cloud to a sector."""
    if cloud.tier is CloudTier.INDUSTRY and not cloud.sector:
        yield about(inventory, "industry-cloud-sector", "cloud", id, "sector")
    wanted = _LEVEL_OF_TIER.get(cloud.tier)
    division = inventory.divisions.get(cloud.division)
    if wanted is not None and division is not None and division.level is not wanted:
        code = _MISPLACED[cloud.tier]
        yield about(inventory, code, "cloud", id, "division", division=cloud.division, level=division.level.value)
    if cloud.tier is CloudTier.DEPARTMENT and cloud.department is None:
        yield about(inventory, "department-cloud-owner", "cloud", id, "department")


def _docking(inventory: Inventory, id: str, cloud: Cloud) -> Found:
    docking = cloud.docking
    if cloud.tier is not CloudTier.PROVINCIAL and docking.state is not DockingState.DOCKED and docking.date is None:
        yield about(inventory, "cloud-not-docked", "cloud", id, "docking")


def _exempt(cloud: Cloud) -> bool:
    """An exemption names who granted it and the document."""
    exemption = cloud.exemption
    return exemption is not None and bool(exemption.approved_by.strip()) and bool(exemption.document.strip())


def _forbidden(inventory: Inventory, id: str, cloud: Cloud) -> Found:
    tier = cloud.tier.value
    if cloud.intention is Intention.TARGET:
        yield about(inventory, "county-cloud-target", "cloud", id, "intention", tier=tier)
    rule_date = inventory.estate.settings.new_platform_date
    if rule_date is None:
        return
    for name in ("established", "extended"):
        date = getattr(cloud, name)
        if date is not None and date >= rule_date:
            yield about(
                inventory, "new-platform", "cloud", id, name,
                tier=tier, field=name, date=date.isoformat(), rule_date=rule_date.isoformat(),
            )  # fmt: skip


def _second(inventory: Inventory) -> Found:
    """One provincial cloud a province, one industry cloud a sector, one city cloud a city; each per domain."""
    seen: dict[Hashable, list[tuple[str, Cloud]]] = {}
    for id, cloud in inventory.clouds.items():
        if cloud.intention is not Intention.TARGET or cloud.tier not in _SECOND:
            continue
        industry = cloud.tier is CloudTier.INDUSTRY
        if industry and not cloud.sector:
            continue
        area = inventory.lineage(cloud.division)[-1] if industry else cloud.division
        others = seen.setdefault((cloud.tier, area, cloud.sector if industry else ""), [])
        other = next((name for name, one in others if _same_domain(one, cloud)), None)
        if other is not None:
            path = "sector" if industry else "division"
            yield about(
                inventory, _SECOND[cloud.tier], "cloud", id, path,
                other=other, division=cloud.division, sector=cloud.sector,
            )  # fmt: skip
        others.append((id, cloud))


def _same_domain(one: Cloud, other: Cloud) -> bool:
    return one.domain is None or other.domain is None or one.domain is other.domain


def _grades(inventory: Inventory) -> Found:
    """Systems whose grade no target cloud is certified for."""
    targets = [cloud.certified_grade for cloud in inventory.clouds.values() if cloud.intention is Intention.TARGET]
    if not targets:
        return
    highest = max(targets)
    for id, system in inventory.systems.items():
        if system.grade is not None and system.grade > highest and not system.classified:
            yield about(inventory, "grade-too-high", "system", id, "grade", grade=system.grade, highest=highest)
