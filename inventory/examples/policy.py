"""Settings, teams, calendars, windows, freezes, rules, targets and risks."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator

from inventory.estate import CutoverLimit, Estate, LimitPer, Settings, TimeGrid, WaveSize
from inventory.examples.effort import Records, needed_by_place
from inventory.examples.lines import network_levels, network_owners
from inventory.examples.network import make_addressing
from inventory.examples.offers import make_stacks
from inventory.examples.shape import Plain, World
from inventory.examples.tables.hardware import INDUSTRY_CLOUDS
from inventory.examples.tables.policy import DISPOSITIONS, FREEZES, RISKS, ROLES, TARGETS, WINDOWS
from inventory.kinds.people import Skill

__all__ = [
    "calendar_records",
    "freeze_records",
    "make_settings",
    "risk_records",
    "rule_records",
    "target_records",
    "team_records",
    "window_records",
]

NAMES = {"shanxi": "山西省政务云网迁移（示例）", "kaifeng": "开封市政务云网迁移（示例）"}
USED_SHARE = 0.3
"""Share of the slots in which all cutovers of an object would fit at its limit."""
UNUSED_DAYS = 180
SPARE_DAYS = 1.4
BUSY_SHARE = 0.5
NETWORK_SHARE = 0.25
"""A team can do 1.4 times what there is to do in half of the horizon, by the main targets, and the work on the network,
for which the others wait, in a quarter of it; so it cannot do all at any time."""
SMALLEST_TEAM = {
    Skill.NETWORK: 8, Skill.SYSTEM: 10, Skill.DATABASE: 8, Skill.APPLICATION: 10, Skill.SECURITY: 4, Skill.FACILITY: 4,
}  # fmt: skip
"""Person-days a week with which a group of systems can be cut over in one night of a week with holidays."""


def make_settings(world: World) -> Estate:
    """estate.yaml: limits that leave every object several times the slots that its cutovers need."""
    shape = world.shape
    lands = [system for system in world.systems if system.fate not in ("zombie", "shadow", "law")]
    useful = shape.slots * USED_SHARE

    def limit(counts: Counter[str], least: int) -> int:
        return max(least, math.ceil(max(counts.values(), default=0) / useful))

    offices = Counter(system.office.id for system in lands)
    counties = Counter(system.office.place.id for system in lands if system.office.place.level == "county")
    rooms = Counter(system.site.id for system in lands if system.site)
    clouds = Counter({cloud.id: cloud.movers for cloud in world.clouds})
    limits = (
        CutoverLimit(per=LimitPer.DEPARTMENT, max_cutovers=limit(offices, 6)),
        CutoverLimit(per=LimitPer.DIVISION, selector="level:county", max_cutovers=limit(counties, 6)),
        CutoverLimit(per=LimitPer.ROOM, max_cutovers=limit(rooms, 8)),
    )
    root = next((world.cores[place.id] for place in world.places if place.id in world.cores), None)
    return Estate(
        name=NAMES[shape.like],
        as_of=shape.as_of,
        grid=TimeGrid(count=shape.slots),
        settings=Settings(
            management_root=root,
            wave_size=WaveSize(max=limit(clouds, 8)),
            limits=limits,
            calendar="china",
            unused_days=UNUSED_DAYS,
            new_platform_date=dt.date(2019, 1, 1),
            addressing=make_addressing(world),
            stacks=make_stacks(world),
        ),
        note="除行政区划名称与代码外均为虚构 / invented, except the divisions' names and codes",
    )


def calendar_records() -> Iterator[Plain]:
    """China's legal working days."""
    yield {"id": "china", "name": "法定工作日"}


def team_records(world: World, records: Records) -> Iterator[Plain]:
    """A team a province or city, with person-days for all that is to be done there and little to spare."""
    needed = needed_by_place(world, records)
    for place in world.places:
        if place.level == "county" or place.id not in needed:
            continue
        level = "level:province" if place.level == "province" else "level:city,county,township"
        code = place.id[:2] if place.level == "province" else place.id[:4]
        yield {
            "id": f"team-{place.id}",
            "name": f"{place.name}迁移实施组",
            "skills": {
                skill.value: float(max(least, _weekly(skill, needed[place.id][skill], world.shape.slots)))
                for skill, least in SMALLEST_TEAM.items()
            },
            "serves": f"division:{code}* {level}",
        }


def _weekly(skill: Skill, days: float, slots: int) -> int:
    """Person-days a week for so many in all."""
    return math.ceil(days * SPARE_DAYS / slots / (NETWORK_SHARE if skill is Skill.NETWORK else BUSY_SHARE))


def window_records() -> Iterator[Plain]:
    """Weekly windows."""
    yield from (dict(window) for window in WINDOWS)


def freeze_records(world: World) -> Iterator[Plain]:
    """Protection of public events in the horizon."""
    sectors = {system.office.sector for system in world.systems}
    for id, name, start, end, selector in FREEZES[world.shape.like]:
        named = selector.partition(":")[2].split(",")
        if selector and not sectors.intersection(named):
            continue
        record: Plain = {"id": id, "name": name}
        if selector:
            record["selector"] = f"kind:system {selector}"
        yield record | {"start": start, "end": end, "reason": name}


def rule_records(world: World) -> Iterator[Plain]:
    """Disposition rules in the order of the programme, then placement rules."""
    zombie = (world.shape.as_of - dt.timedelta(days=UNUSED_DAYS)).isoformat()
    kinds = {_fate(system.fate, system.duplicate_of) for system in world.systems} | {"default"}
    if any(part.target_technology for system in world.systems for part in system.parts):
        kinds.add("change-of-make")
    for order, (id, name, selector, outcome, reason) in enumerate(DISPOSITIONS, 1):
        if id in kinds:
            record = _rule(id, name, "disposition", order, selector.format(zombie=zombie), outcome)
            yield record | {"reason": reason, "source": "示例规则"}
    sectors = {system.office.sector for system in world.systems}
    industry = {cloud.sector for cloud in world.clouds}
    if any(system.office.place.level != "province" for system in world.systems) and world.shape.provincial:
        selector = "kind:system level:city,county"
        record = _rule("own-city", "市县系统不上省级云", "placement", 1, selector, "kind:pool cloud.tier:provincial")
        yield {**record, "effect": "never", "reason": "市县系统由市级云承载", "source": "示例规则"}
    for order, (sector, word) in enumerate(INDUSTRY_CLOUDS, 2):
        if sector in industry and sector in sectors:
            selector = f"kind:system department.sector:{sector}"
            record = _rule(
                f"industry-{sector.replace('_', '-')}",
                f"{word}系统优先上行业云",
                "placement",
                order,
                selector,
                f"kind:pool cloud.sector:{sector}",
            )
            yield {**record, "effect": "prefer", "reason": "行业云服务本行业", "source": "示例规则"}


def _rule(id: str, name: str, kind: str, order: int, selector: str, outcome: str) -> Plain:
    return {"id": id, "name": name, "kind": kind, "order": order, "selector": selector, "outcome": outcome}


def _fate(fate: str, duplicate_of: str) -> str:
    if fate == "shadow":
        return "shadow-duplicate" if duplicate_of else "shadow-unregistered"
    return {"law": "politics-and-law", "new": "straight-to-cloud"}.get(fate, fate)


def target_records(world: World) -> Iterator[Plain]:
    """Targets of the programme's phases."""
    every = {place.level for place in world.places}
    levels = {
        "rooms_closed": {site.office.place.level for site in world.sites if site.keep == "close"},
        "private_networks_merged": {
            level
            for office in network_owners(world)[: world.shape.private_networks]
            for level in network_levels(office)
        },
    }
    for id, name, metric, selector, value, date, weight in TARGETS[world.shape.like]:
        named = selector.partition("level:")[2].split(" ")[0]
        if not levels.get(metric, every).intersection(named.split(",") if named else every):
            continue
        record: Plain = {"id": id, "name": name, "metric": metric, "selector": selector}
        if value != 1:
            record["value"] = value
        record["date"] = date
        if weight != 1:
            record["weight"] = weight
        yield record | {"owner_role": ROLES["city" if world.shape.like == "kaifeng" else "province"]}


def risk_records(world: World) -> Iterator[Plain]:
    """Entries for some of the systems of which most depends."""
    random, day = world.shape.random("risks"), world.shape.as_of
    for system in world.systems:
        if system.criticality == "critical" and system.lands and random.random() < 0.5:
            name, grade = random.choice(RISKS)
            record: Plain = {"id": f"risk-{system.id}", "name": name, "object": f"system:{system.id}"}
            if grade != "medium":
                record["grade"] = grade
            due = day + dt.timedelta(days=random.randrange(30, 300))
            yield record | {"owner_role": "系统主管单位信息化负责岗位", "due": due.isoformat()}
