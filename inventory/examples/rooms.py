"""Server rooms, the absorbed clouds in which systems run now, and the hardware."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from inventory.examples.shape import Office, Plain, Site, World, clamp
from inventory.examples.tables.hardware import FAMILIES, SERVERS, STORAGE, SWITCHES

__all__ = ["absorbed_cloud_records", "asset_records", "make_sites", "room_records"]

RACK_UNITS = 42


def make_sites(world: World) -> list[Site]:
    """Rooms first of the hubs of provinces and cities, then of the departments with most systems; then absorbed clouds.

    Every system of ``world`` gets the site in which it runs, unless it is not built yet.
    """
    random = world.shape.random("sites")
    owners = [office for office in world.offices if office.hub and office.place.level != "county"]
    others = (
        [office for office in world.offices if office.systems and office not in owners]
        if len(world.offices) < 2000
        else []
    )
    if not others:
        own = {office.id for office in owners}
        others = [office for office in world.offices if office.systems and office.id not in own]
    others.sort(key=lambda office: (not office.law, -len(office.systems)))
    owners += others[: max(0, world.shape.rooms - len(owners))]
    sites = [_room(office) for office in owners]
    clouds = _absorbed(world, random, {office.id for office in owners})
    own_site = {site.office.id: site for site in sites}
    cloud_of = {site.office.id: site for site in clouds}
    for office in world.offices:
        for index in office.systems:
            system = world.systems[index]
            if system.lifecycle != "in_service":
                continue
            cloud = cloud_of.get(office.id)
            site = (
                cloud
                if cloud and random.random() < 0.6
                else own_site.get(office.id) or own_site[world_hub(world, office, own_site)]
            )
            system.site = site
            if system.fate == "retained" and site.keep == "close":
                site.keep = "keep"  # what stays keeps its room
            site.systems += 1
            site.parts += len(system.parts)
    return [*sites, *clouds]


def world_hub(world: World, office: Office, rooms: dict[str, Site]) -> str:
    """The hub whose room takes in a department without one: of its division, else of its city."""
    hub = world.hub_of(office.place)
    if hub.id in rooms:
        return hub.id
    return world.hub_of(world.place_of[office.place.city]).id


def _room(office: Office) -> Site:
    return Site(
        f"{office.id}-jf-1",
        f"room:{office.id}-jf-1",
        office,
        "keep" if office.hub else "colocation" if office.law else "close",
    )


def _absorbed(world: World, random: Random, owners: set[str]) -> list[Site]:
    """Platforms of departments and counties from before the rule, which are absorbed."""
    departments = [
        office
        for office in world.offices
        if office.id in owners and not office.hub and not office.law and len(office.systems) > 2
    ]
    counties = [office for office in world.offices if office.hub and office.place.level == "county" and office.systems]
    count = clamp(world.shape.systems / 300, 1, 40)
    chosen = [
        *departments[:: max(1, len(departments) // count)][:count],
        *counties[:: max(1, len(counties) // count)][:count],
    ]
    random.shuffle(chosen)
    return [Site(f"old-{office.id}", f"cloud:old-{office.id}", office, "absorb") for office in chosen]


def absorbed_cloud_records(world: World) -> Iterator[Plain]:
    """The clouds that are absorbed; they have no pools."""
    random = world.shape.random("absorbed")
    for site in world.sites:
        if site.keep != "absorb":
            continue
        office = site.office
        county = office.place.level == "county"
        yield {
            "id": site.id,
            "name": f"{office.place.name if county else office.name}原有云平台",
            "tier": "county" if county else "department",
            "intention": "absorb",
            "division": office.place.id,
            "department": office.id,
            "family": random.choice(FAMILIES),
            "certified_grade": 2,
            "established": dt.date(2016, 5, 1).replace(year=random.randrange(2014, 2019)).isoformat(),
        }


def room_records(world: World) -> Iterator[Plain]:
    """Rooms with as many racks as their hardware needs."""
    random = world.shape.random("rooms")
    for site in world.sites:
        if site.keep == "absorb":
            continue
        place, servers = site.office.place, _servers(site)
        racks = -(-servers // 14) + (2 if site.office.hub else 1)
        record: Plain = {
            "id": site.id,
            "name": f"{site.office.name}机房",
            "department": site.office.id,
            "division": place.id,
        }
        if site.office.hub:
            record["kind"] = "colocation"
        power = 12.0 * racks
        record |= {
            "racks": racks,
            "rack_units": racks * RACK_UNITS,
            "power_kw": power,
            "cooling_kw": round(power * 1.3, 1),
        }
        record["fee_yuan_per_year"] = 1000.0 * round(racks * random.uniform(18, 40))
        if site.keep == "close" and random.random() < 0.3:
            record["lease_end"] = world.shape.as_of.replace(
                year=world.shape.as_of.year + random.choice((1, 2)), month=12, day=31
            ).isoformat()
        if site.keep != "close":
            record["intention"] = site.keep
        if site.office.attached:
            record["attached_to"] = [f"device:{site.office.attached[0]['device']}"]
        yield record


def _servers(site: Site) -> int:
    return max(1, round(site.parts * 0.55))


def asset_records(world: World) -> Iterator[Plain]:
    """Hardware, from the lowest rack unit up."""
    random, number = world.shape.random("assets"), 0
    for site in world.sites:
        if site.keep == "absorb":
            continue
        rack, unit = 1, 1
        kinds = (
            [("server", SERVERS)] * _servers(site)
            + [("storage", STORAGE)] * (1 + site.systems // 8)
            + [("network", SWITCHES)] * 2
        )
        for count, (role, models) in enumerate(kinds, 1):
            model, height, watts = random.choice(models)
            if unit + height > RACK_UNITS or count % 20 == 0:
                rack, unit = rack + 1, 1
            number += 1
            record: Plain = {
                "id": f"{site.id}-zc-{count:04d}",
                "name": f"{model}",
                "room": site.id,
                "rack": f"A{rack:02d}",
                "position": unit,
                "height_units": height,
                "serial_number": f"SN{world.shape.seed % 1000:03d}{number:08d}",
                "asset_number": f"ZC{world.shape.as_of.year}{number:07d}",
                "model": model,
                "power_w": watts,
            }
            if height == 1:
                del record["height_units"]
            if role != "server":
                record["role"] = role
            unit += height
            yield record


def server_ids(site: Site) -> list[str]:
    """Ids of the servers of a site, as ``asset_records`` gives them."""
    return [] if site.keep == "absorb" else [f"{site.id}-zc-{count:04d}" for count in range(1, _servers(site) + 1)]
