"""Divisions (real names and codes, townships invented) and departments (types of offices)."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from inventory.examples.shape import Office, Place, Plain, Shape, World
from inventory.examples.tables.names import TOWNSHIP_FIRST, TOWNSHIP_SECOND

__all__ = ["department_records", "division_records", "make_offices", "make_places"]

TABLES = Path(__file__).parent / "tables"
SHANXI, KAIFENG = "140000", "410200"
ZONE_OF_KAIFENG = "开封市城乡一体化示范区"


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def make_places(shape: Shape) -> list[Place]:
    """Provinces, cities and counties, in the order of their codes; townships are made by ``division_records``."""
    if not shape.provincial:
        return _city_places(shape)
    codes = [row["code"] for row in _rows("divisions.csv") if row["level"] == "province"]
    provinces = [SHANXI, *(code for code in codes if code != SHANXI)][: shape.provinces]
    return [place for code in provinces for place in _province_places(shape, code)]


def _province_places(shape: Shape, province: str) -> list[Place]:
    rows = [row for row in _rows("divisions.csv") if row["code"][:2] == province[:2]]
    places = [Place(province, rows[0]["name"], "province", "", province)]
    cities = [row for row in rows if row["level"] == "city"]
    cities = cities[: shape.cities(len(cities))]
    below = {
        row["code"]: [row_ for row_ in rows if row_["level"] == "county" and row_["code"][:4] == row["code"][:4]]
        for row in cities
    }
    wanted = shape.counties(sum(map(len, below.values())))
    in_turn = [
        listed[turn] for turn in range(max(map(len, below.values()))) for listed in below.values() if turn < len(listed)
    ]
    taken = {row["code"] for row in in_turn[:wanted]}
    for city in cities:
        places.append(Place(city["code"], city["name"], "city", city["code"], province))
        places += [
            Place(row["code"], row["name"], "county", city["code"], province)
            for row in below[city["code"]]
            if row["code"] in taken
        ]
    if wanted == sum(map(len, below.values())):
        zones = [row for row in rows if row["level"] == "zone" and row["code"][:4] + "00" in below]
        places += [
            Place(
                f"{row['code'][:4]}00-zone{row['code'][5]}",
                row["name"],
                "county",
                row["code"][:4] + "00",
                province,
                zone=True,
            )
            for row in zones
        ]
    return places


def _city_places(shape: Shape) -> list[Place]:
    named = {row["code"]: row["name"] for row in _rows("divisions.csv") if row["code"][:4] == KAIFENG[:4]}
    province = KAIFENG[:2] + "0000"
    places = [
        Place(province, "河南省", "province", "", province),
        Place(KAIFENG, named.pop(KAIFENG), "city", KAIFENG, province),
    ]
    counties = [Place(code, name, "county", KAIFENG, province) for code, name in named.items()]
    counties.append(Place(f"{KAIFENG}-zone1", ZONE_OF_KAIFENG, "county", KAIFENG, province, zone=True))
    return places + counties[: shape.counties(len(counties))]


def division_records(world: World) -> Iterator[Plain]:
    """Divisions with their townships; functional zones have no townships here."""
    random, used = world.shape.random("townships"), set[str]()
    for place in world.places:
        if place.zone:
            yield {
                "id": place.id,
                "name": place.name,
                "level": place.level,
                "parent": place.city,
                "functional_zone": True,
            }
            continue
        yield {"id": place.id, "name": place.name, "level": place.level, "code": place.id}
        if place.level != "county":
            continue
        used.clear()
        for number in range(1, world.shape.townships + 1):
            name = random.choice(TOWNSHIP_FIRST) + random.choice(TOWNSHIP_SECOND) + ("镇" if number % 3 else "乡")
            while name in used:
                name = random.choice(TOWNSHIP_FIRST) + name
            used.add(name)
            code = f"{place.id}{number + 99:03d}"
            yield {"id": code, "name": name, "level": "township", "code": code}


def make_offices(world: World) -> list[Office]:
    """The departments of every division, the one that runs the shared platforms first."""
    random = world.shape.random("offices")
    offices: list[Office] = []
    times = Counter(place.name for place in world.places)
    for place in world.places:
        if place.zone and world.shape.provincial:
            continue
        named = [row for row in _rows("departments.csv") if row[place.level]]
        prefix = _prefix(world, place, unique=times[place.name] == 1)
        offices += [
            Office(
                id=f"{place.id}-{row[place.level + '_short']}",
                name=prefix + row[place.level],
                place=place,
                sector=row["sector"],
                law="law" in row["flag"],
                hub="hub" in row["flag"],
                weight=random.lognormvariate(0, 0.7) * (2.0 if "hub" in row["flag"] else 1.0),
            )
            for row in named[: world.shape.offices(place.level)]
        ]
    return offices


def _prefix(world: World, place: Place, *, unique: bool) -> str:
    if place.level == "province" and world.shape.provinces == 1:
        return "省"
    if place.level == "city" and not world.shape.provincial:
        return "市"
    return place.name if unique else world.place_of[place.city].name + place.name


def department_records(world: World) -> Iterator[Plain]:
    """Departments with their attachments to the external network."""
    for office in world.offices:
        record: Plain = {"id": office.id, "name": office.name, "division": office.place.id, "sector": office.sector}
        if office.law:
            record["politics_and_law"] = True
        if office.attached:
            record["attached_to"] = office.attached
        yield record
