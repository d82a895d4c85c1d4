"""Systems and their components: who owns how many, what they are, how large they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from inventory.examples.shape import Office, Part, Plain, Site, SystemDraft, World, clamp
from inventory.examples.tables.hardware import APPLICATION, DATABASE, OTHER, WEB
from inventory.examples.tables.names import COMMON, GENERIC, PLATFORMS, SECTORS, VERSIONS

__all__ = ["component_records", "make_systems", "system_records"]

FATES = (("zombie", 0.175), ("shadow", 0.06), ("generic", 0.135), ("new", 0.03), ("retained", 0.008))
"""Shares of Shandong's figures: of some 1,200 systems over 260 zombies and shadows, over 150 mail and video systems."""

GRADES = {"critical": (0.0, 0.1, 0.9), "high": (0.0, 0.4, 0.6), "medium": (0.15, 0.65, 0.2), "low": (0.5, 0.5, 0.0)}
OUTAGES = {"critical": 240, "high": 360, "medium": 480, "low": None}
AT_CUTOVER = 0.05
"""Share of the systems that must be dual-stack from their cutover on."""
GRADE_OF_EVIDENCE = 3
EVIDENCE = (("filing", 0.9, 1200), ("assessment", 0.75, 330), ("scan", 0.7, 170))
"""Kind, share of the systems that have it, days that it may be old."""
COPIED_BY_COURIER = 2000
"""GiB from which a copy over the network takes too long."""
RECOVERY = {"critical": (60, 15), "high": (240, 60), "medium": (480, 240), "low": (1440, 1440)}


def make_systems(world: World) -> list[SystemDraft]:
    """All systems, by department, each with a number that counts up within its department."""
    random = world.shape.random("systems")
    systems: list[SystemDraft] = []
    platforms = _platforms(world)
    for office, count in zip(world.offices, _counts(world, random, platforms), strict=True):
        own = platforms.get(office.id, 0)
        names, taken = _names(office, random), set[str]()
        for number in range(count):
            id = f"{office.id}-{number + 1:04d}"
            system = (
                _platform(world, id, office, number, random) if number < own else _ordinary(id, office, names, random)
            )
            system.name = _unique(system.name, taken)
            if system.fate == "shadow" and number > own and random.random() < 0.6:
                system.duplicate_of = f"{office.id}-{random.randrange(own, number) + 1:04d}"
            office.systems.append(len(systems))
            systems.append(system)
    return systems


def _unique(name: str, taken: set[str]) -> str:
    """The name, with a number where the department has a system of that name already."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name}{number}"
    taken.add(found)
    return found


def _platforms(world: World) -> dict[str, int]:
    """How many shared platforms each hub runs: all twelve in a province, fewer in a city and a small estate."""
    size = world.shape.of_province
    top = "province" if world.shape.provincial else "city"
    found = {}
    for office in world.offices:
        if office.hub and office.place.level == top:
            found[office.id] = clamp(size / 25, 1, len(PLATFORMS))
        elif office.hub and office.place.level == "city" and size >= 300:
            found[office.id] = clamp(size / 300, 1, 5)
    return found


def _counts(world: World, random: Random, platforms: dict[str, int]) -> list[int]:
    counts = [platforms.get(office.id, 0) for office in world.offices]
    shares = world.shape.level_shares
    by_level: dict[str, list[int]] = {}
    for index, office in enumerate(world.offices):
        by_level.setdefault(office.place.level, []).append(index)
    rest = world.shape.systems - sum(counts)
    levels = {level: shares[level] for level in by_level if shares[level] > 0}
    whole, given = sum(levels.values()), 0
    for turn, (level, share) in enumerate(levels.items(), 1):
        wanted = rest - given if turn == len(levels) else round(rest * share / whole)
        given += wanted
        members = by_level[level]
        for index in random.choices(members, [world.offices[member].weight for member in members], k=wanted):
            counts[index] += 1
    return counts


def _names(office: Office, random: Random) -> Iterator[str]:
    own, common = list(SECTORS.get(office.sector, ())), list(COMMON)
    random.shuffle(own)
    random.shuffle(common)
    turn = 0
    while True:
        suffix = VERSIONS[turn] if turn < len(VERSIONS) else f"（{turn}）"
        for first, second in zip(own, common, strict=False):
            yield first + suffix
            yield second + suffix
        turn += 1


def _platform(world: World, id: str, office: Office, number: int, random: Random) -> SystemDraft:
    name, kind, _ = PLATFORMS[number]
    place = "省" if office.place.level == "province" else world.place_of[office.place.city].name
    parts = _parts(random, "critical", 3.0, renewed=random.random() < 0.3)
    return SystemDraft(id, place + name, office, kind, "moves", number, "in_service", None, None, 3, "critical", parts)


def _ordinary(id: str, office: Office, names: Iterator[str], random: Random) -> SystemDraft:
    fate = _fate(office, random)
    kind, name = "business", next(names)
    if fate == "generic":
        label, kind = random.choices(GENERIC, (30, 30, 20, 12, 4, 4))[0]
        name = office.name + label
    criticality = random.choices(("low", "medium", "high", "critical"), (30, 45, 20, 5))[0]
    if fate in ("zombie", "shadow"):
        criticality = random.choices(("low", "medium"), (80, 20))[0]
    grade = random.choices((1, 2, 3), GRADES[criticality])[0]
    if grade == 3 and office.place.level == "province" and criticality == "critical" and random.random() < 0.05:
        grade = 4
    domain = random.choices((None, "public_service", "administrative"), (10, 50, 40))[0]
    renewed = fate != "zombie" and random.random() < 0.3
    technology = "domestic" if renewed or fate == "new" else random.choices((None, "x86"), (15, 85))[0]
    lifecycle = random.choice(("planned", "building")) if fate == "new" else "in_service"
    scale = random.lognormvariate(0, 0.6) * {"province": 1.5, "city": 1.0, "county": 0.6}[office.place.level]
    parts = _parts(random, criticality, scale, renewed=renewed)
    return SystemDraft(id, name, office, kind, fate, -1, lifecycle, domain, technology, grade, criticality, parts)


def _fate(office: Office, random: Random) -> str:
    draw = random.random()
    for fate, share in FATES:
        if draw < share:
            return "law" if fate in ("new", "retained") and office.law else fate
        draw -= share
    return "law" if office.law else "moves"


def _parts(random: Random, criticality: str, scale: float, *, renewed: bool) -> list[Part]:
    """Components of a system; sizes are log-normal around common ones."""
    roles: list[tuple[str, tuple[tuple[str, str, int, int], ...]]] = [
        ("application", APPLICATION),
        ("database", DATABASE),
    ]
    if random.random() < 0.45:
        roles.insert(0, ("web", WEB))
    if criticality == "low" and random.random() < 0.4:
        roles = [("application", APPLICATION)]
    found = []
    for role, table in roles:
        technology, after, port, _ = random.choices(table, [row[3] for row in table])[0]
        vcpu = 2 * max(1, round(random.lognormvariate(0.8, 0.6) * scale))
        data = round(random.lognormvariate(4.3, 1.2) * scale) + 1 if role == "database" else 0
        storage = 100 * (1 + round(random.lognormvariate(0, 0.8) * scale)) + 2 * data
        id = {"web": "web", "application": "app", "database": "db"}[role]
        found.append(
            Part(
                id,
                role,
                technology,
                after if renewed else "",
                vcpu,
                vcpu * random.choice((2, 2, 4)),
                storage,
                data,
                port,
            )
        )
    if criticality in ("high", "critical") and random.random() < 0.4:
        technology, role, port = random.choice(OTHER)
        found.append(Part(role, role, technology, "", 4, 8, 200, 50 if role == "file" else 0, port))
    return found


def system_records(world: World) -> Iterator[Plain]:
    """Systems without their components, in the order of ``world.systems``."""
    random, own = world.shape.random("system-facts"), world.shape.random("evidence")
    for system in world.systems:
        record = _record(world, system, random)
        if system.lands and system.platform < 0 and own.random() < AT_CUTOVER:
            record["needs_ipv6"] = "at_cutover"
        if system.lifecycle == "in_service" and system.grade >= GRADE_OF_EVIDENCE:
            evidence = _evidence(world.shape.as_of, own)
            if evidence:
                record["evidence"] = evidence
        yield record


def _record(world: World, system: SystemDraft, random: Random) -> Plain:
    record: Plain = {"id": system.id, "name": system.name, "department": system.office.id}
    running = system.lifecycle == "in_service"
    if not running:
        record["lifecycle"] = system.lifecycle
    if system.kind != "business":
        record["kind"] = system.kind
    if system.domain:
        record["domain"] = system.domain
    record["grade"] = system.grade
    if system.criticality != "medium":
        record["criticality"] = system.criticality
    if running:
        _use(world, system, random, record)
    rto, rpo = RECOVERY[system.criticality]
    record |= {"rto_minutes": rto, "rpo_minutes": rpo}
    outage = OUTAGES[system.criticality]
    if outage is not None:
        record["allowed_outage_minutes"] = outage
    if system.criticality == "critical" and system.lands:
        record["windows"] = ["night-critical"]
    if system.lands and system.domain == "public_service" and random.random() < 0.2:
        record["needs_ipv6"] = {
            "by": world.shape.as_of.replace(year=world.shape.as_of.year + 1, month=12, day=31).isoformat()
        }
    if system.site:
        record["runs_in"] = system.site.reference
    if system.technology:
        record["technology"] = system.technology
    if running and sum(part.data for part in system.parts) > COPIED_BY_COURIER:
        record["transfer"] = "shipped"
    if running:
        record["maintenance_yuan_per_year"] = 1000.0 * clamp(random.lognormvariate(3.4, 0.8), 5, 3000)
    if system.fate == "retained":
        record["decisions"] = {"disposition": _RETAINED | {"date": world.shape.as_of.isoformat()}}
    return record


def _evidence(day: dt.date, random: Random) -> list[Plain]:
    """What a system of grade 3 has on record; assessments hold for a year."""
    found: list[Plain] = []
    for kind, share, oldest in EVIDENCE:
        here, age = random.random() < share, random.randrange(10, oldest)
        if here:
            found.append({"kind": kind, "date": (day - dt.timedelta(days=age)).isoformat()})
            if kind == "assessment":
                found[-1]["valid_until"] = (day + dt.timedelta(days=365 - age)).isoformat()
    return found


_RETAINED = {"value": "retain", "reason": "专用设备配套，暂不具备上云条件", "role": "大数据主管部门"}


def _use(world: World, system: SystemDraft, random: Random, record: Plain) -> None:
    day = world.shape.as_of
    record["users"] = max(3, round(random.lognormvariate(5, 1.5)))
    if system.fate == "shadow":
        if system.duplicate_of:
            record["duplicate_of"] = system.duplicate_of
        record["registered"] = False
    else:
        record["registered"] = True
    if system.fate == "zombie":
        record["last_used"] = (day - dt.timedelta(days=random.randrange(200, 1500))).isoformat()
        record["usage"] = {"log_ins_90d": 0, "source": "登录日志"}
    else:
        record["last_used"] = (day - dt.timedelta(days=random.randrange(0, 20))).isoformat()
        if random.random() < 0.5:
            record["usage"] = {
                "log_ins_90d": max(1, round(record["users"] * random.lognormvariate(1, 1))),
                "source": "登录日志",
            }


def component_records(world: World) -> Iterator[Plain]:
    """Components, each with the id of its system under ``system``."""
    random = world.shape.random("component-facts")
    vpns = {place.id: f"{place.province[:2]}-common" for place in world.places}
    for system in world.systems:
        site: Site | None = system.site
        for part in system.parts:
            record: Plain = {"system": system.id, "id": part.id, "role": part.role, "technology": part.technology}
            if part.target_technology:
                record["target_technology"] = part.target_technology
            if site and site.assets and part.role == "database":
                record["assets"] = [random.choice(site.assets)]
            record |= {"vcpu": float(part.vcpu), "memory_gib": float(part.memory), "storage_gib": float(part.storage)}
            if part.data and system.lifecycle == "in_service":
                record |= {"data_gib": float(part.data), "change_gib_per_day": round(part.data * 0.01 + 0.1, 1)}
            if part.address:
                endpoint: Plain = {"address": part.address}
                if part.name:
                    endpoint["name"] = part.name
                record["endpoints"] = [endpoint | {"port": part.port, "vpn": vpns[system.office.place.id]}]
            yield record
