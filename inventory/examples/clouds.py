"""Target clouds of the 1+N structure and their pools, whose capacity grows in steps just above what may land there."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from inventory.examples.shape import Cloud, Place, Plain, Pool, World, clamp
from inventory.examples.tables.hardware import FAMILIES, INDUSTRY_CLOUDS

__all__ = ["by_form", "cloud_records", "count_demand", "make_clouds", "pool_records"]

STEPS = ((0.0, 0.35), (0.22, 0.7), (0.45, 1.0))
"""Capacity over time: share of the horizon, share of the final capacity."""
SPARE = 1.08
"""Capacity above what may land, less headroom and use."""
HEADROOM = 0.1
IN_USE = (16, 32, 500)
OVERCOMMIT = {"x86": 2.0, "domestic": 1.0}


def make_clouds(world: World) -> list[Cloud]:
    """One provincial cloud, up to five industry clouds and a cloud for each city; for one city only its own."""
    clouds: list[Cloud] = []
    for place in world.places:
        if place.level == "province" and world.shape.provincial:
            clouds.append(_cloud(place, "provincial", "", f"{place.name}政务云", place.id[:2], 4))
            for sector, word in INDUSTRY_CLOUDS[: clamp(world.shape.of_province / 40, 1, 5)]:
                name = f"{place.name}{word}行业云"
                clouds.append(_cloud(place, "industry", sector, name, f"{place.id[:2]}-{sector.replace('_', '-')}", 3))
        elif place.level == "city":
            clouds.append(_cloud(place, "city", "", f"{place.name}政务云", place.id[:4], 3))
    return clouds


def _cloud(place: Place, tier: str, sector: str, name: str, code: str, grade: int) -> Cloud:
    id = f"yun-{code}"
    if tier == "provincial" or place.id == "410200":
        kinds = [("gg", "x86", "public_service"), ("xz", "x86", "administrative"), ("xc", "domestic", None)]
    else:
        kinds = [("x86", "x86", None), ("xc", "domestic", None)]
    pools = [Pool(f"{id}-{short}", technology, domain) for short, technology, domain in kinds]
    return Cloud(id, name, tier, place, sector, grade, pools)


def by_form(number: int) -> bool:
    """Whether a cloud, by its place among the target clouds, gives no interface but a request form."""
    return number % 3 == 2


def count_demand(world: World) -> None:
    """Add each system that may land to every pool that it may land in, so that any placement fits in the end."""
    for system in world.systems:
        if system.fate in ("zombie", "shadow", "law"):
            continue
        vcpu, memory = sum(part.vcpu for part in system.parts), sum(part.memory for part in system.parts)
        storage = sum(part.storage for part in system.parts)
        found = world.targets_of(system)
        for _, pool in found:
            for index, amount in enumerate((vcpu, memory, storage)):
                pool.load[index] += amount
        for cloud in {cloud.id: cloud for cloud, _ in found}.values():
            cloud.movers += 1


def cloud_records(world: World) -> Iterator[Plain]:
    """Target clouds with make, way in, docking and prices."""
    random, day = world.shape.random("clouds"), world.shape.as_of
    for number, cloud in enumerate(world.clouds):
        record: Plain = {"id": cloud.id, "name": cloud.name, "tier": cloud.tier, "division": cloud.place.id}
        if cloud.sector:
            record["sector"] = cloud.sector
        record |= {"operator": f"云服务商{'甲乙丙'[number % 3]}", "family": FAMILIES[number % len(FAMILIES)]}
        if by_form(number):
            record |= {"access": "request_form", "lead_time_days": 10}
        else:
            record["lead_time_days"] = 2
        months = 3 * (1 + number % 6)
        docked = (day.replace(day=1) + dt.timedelta(days=31 * months)).replace(day=1)
        if cloud.tier != "provincial":
            past = number % 3 == 1 and world.shape.provincial
            day_of = (day - dt.timedelta(days=30 * (1 + number % 6))) if past else docked
            record["docking"] = {"state": "docked" if past else "planned", "date": day_of.isoformat()}
        if cloud.grade != 3:
            record["certified_grade"] = cloud.grade
        scale = random.uniform(0.85, 1.2)
        record["prices"] = {
            "vcpu": round(45 * scale, 1),
            "memory_gib": round(22 * scale, 1),
            "storage_gib": round(0.5 * scale, 2),
        }
        record["established"] = dt.date(day.year - 1, 3 + number % 6, 1).isoformat()
        yield record


def pool_records(world: World) -> Iterator[Plain]:
    """Pools with their capacity steps."""
    random, later = world.shape.random("pools"), _built_later(world)
    for cloud in world.clouds:
        for pool in cloud.pools:
            record: Plain = {
                "id": pool.id,
                "name": f"{cloud.name}{_LABELS[pool.id.rsplit('-', 1)[1]]}",
                "cloud": cloud.id,
                "zone": "az1",
            }
            if pool.domain:
                record["domain"] = pool.domain
            if pool.technology != "x86":
                record["technology"] = pool.technology
            record["capacity"] = [
                _step(world, pool, share, part * random.uniform(1.0, 1.1), late=share > 0) for share, part in STEPS
            ]
            if pool.id == later:
                del record["capacity"][0]
            else:
                record["in_use"] = {"vcpu": IN_USE[0], "memory_gib": IN_USE[1], "storage_gib": IN_USE[2]}
            if OVERCOMMIT[pool.technology] != 1:
                record["overcommit"] = OVERCOMMIT[pool.technology]
            if pool.device:
                record["attachments"] = [{"device": pool.device, "bandwidth_mbps": 1000}]
            yield record


def _built_later(world: World) -> str:
    """The pool of a province that is still to be built: the domestic one of its second city; none elsewhere."""
    cities = [cloud for cloud in world.clouds if cloud.tier == "city"]
    return cities[1].pools[-1].id if world.shape.provincial and len(cities) > 1 else ""


_LABELS = {"gg": "公共服务区", "xz": "行政服务区", "xc": "信创区", "x86": "通用区"}


def _step(world: World, pool: Pool, when: float, part: float, *, late: bool) -> Plain:
    usable = [amount * SPARE * part + used for amount, used in zip(pool.load, IN_USE, strict=True)]
    whole = [amount / (1 - HEADROOM) for amount in usable]
    step: Plain = {
        "vcpu": 8 * math.ceil(whole[0] / OVERCOMMIT[pool.technology] / 8 + 1),
        "memory_gib": 16 * math.ceil(whole[1] / 16 + 1),
        "storage_gib": 500 * math.ceil(whole[2] / 500 + 1),
    }
    if late:
        day = world.shape.as_of + dt.timedelta(weeks=round(world.shape.slots * when))
        step["from"] = day.replace(day=1).isoformat()
    return step
