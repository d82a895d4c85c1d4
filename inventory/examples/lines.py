"""What departments rent: private networks, dedicated lines, internet exits; and the carriers' framework agreements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from inventory.examples.outcomes import exit_outcome, line_outcome, network_outcome
from inventory.examples.shape import Office, Plain, World, clamp
from inventory.examples.tables.hardware import CARRIERS, PRICES

__all__ = [
    "carrier_records",
    "exit_records",
    "line_records",
    "network_levels",
    "network_owners",
    "private_network_records",
]


def carrier_records(world: World) -> Iterator[Plain]:
    """Three carriers with one framework agreement; the third does not reach every county of a province."""
    day = world.shape.as_of
    top = [place.id for place in world.places if place.level == ("province" if world.shape.provincial else "city")]
    cities = [place.id for place in world.places if place.level == "city"]
    for number, (id, name) in enumerate(CARRIERS):
        prices = [
            {
                "bandwidth_mbps": bandwidth,
                "service_class": "standard",
                "fee_yuan_per_month": round(fee * (1 + number * 0.03)),
            }
            for bandwidth, fee in PRICES
        ]
        valid = {"valid_from": f"{day.year}-01-01", "valid_to": f"{day.year + 3}-12-31"}
        yield {"id": id, "name": name, "divisions": top if number < 2 else cities, "prices": prices} | valid


def network_owners(world: World) -> list[Office]:
    """Departments that own private networks: not the hubs, those with most systems first; at least one."""
    owners = [office for office in world.offices if office.systems and not office.hub]
    return sorted(owners, key=lambda office: -len(office.systems)) or [
        office for office in world.offices if office.systems
    ]


def network_levels(office: Office) -> list[str]:
    """Levels that a department's private network reaches: its own and the one below."""
    return {"province": ["province", "city"], "city": ["city", "county"], "county": ["county", "township"]}[
        office.place.level
    ]


def private_network_records(world: World) -> Iterator[Plain]:
    """Private networks, at most one a department as long as there are enough departments."""
    random, owners, outcome = world.shape.random("private-networks"), network_owners(world), network_outcome(world)
    for number in range(world.shape.private_networks):
        office = owners[number % len(owners)]
        record: Plain = {
            "id": _network_id(office, number // len(owners)),
            "name": f"{office.name}业务专网" + (f"{number // len(owners) + 1}" if number >= len(owners) else ""),
            "department": office.id,
            "grade": random.choice((2, 2, 3)),
            "levels": network_levels(office),
        }
        if office.law:
            record["mixed_classification"] = True
        record["fee_yuan_per_month"] = 500 * random.randrange(4, 60)
        yield record | outcome(office)


def _network_id(office: Office, turn: int) -> str:
    return f"{office.id}-zw-{turn + 1:02d}"


def line_records(world: World) -> Iterator[Plain]:
    """Dedicated lines from a department's room (or the department) to the network or an outside party."""
    random, owners, outcome = world.shape.random("lines"), network_owners(world), line_outcome(world)
    rooms = {site.office.id: site.reference for site in world.sites if site.keep != "absorb"}
    networks = world.shape.private_networks
    counts: dict[str, int] = {}
    day = world.shape.as_of
    for number in range(world.shape.lines):
        turn = number % len(owners) if random.random() < 0.6 else random.randrange(len(owners))
        office = owners[turn]
        count = counts[office.id] = counts.get(office.id, 0) + 1
        bandwidth, fee = random.choices(PRICES, (30, 20, 18, 22, 8, 2))[0]
        peak = min(bandwidth * 0.95, bandwidth * random.lognormvariate(-1.4, 0.7))
        record: Plain = {
            "id": f"{office.id}-zx-{count:04d}",
            "name": f"{office.name}专线{count}",
            "department": office.id,
            "a": rooms.get(office.id, f"department:{office.id}"),
            "b": _far_end(world, office, random.random()),
            "carrier": CARRIERS[random.randrange(3)][0],
            "bandwidth_mbps": bandwidth,
            "p95_mbps": round(peak * 0.7, 1),
            "peak_mbps": round(peak, 1),
            "fee_yuan_per_month": 10 * round(fee * random.uniform(1.1, 1.7) / 10),
            "contract_start": (day - dt.timedelta(days=random.randrange(100, 1000))).isoformat(),
            "contract_end": (day + dt.timedelta(days=random.randrange(30, 800))).isoformat(),
            "notice_days": random.choice((30, 30, 60, 90)),
        }
        if turn < networks and random.random() < 0.7:
            record["private_network"] = _network_id(office, 0)
        running = [index for index in office.systems if world.systems[index].lifecycle == "in_service"]
        if running and random.random() < 0.5:
            record["systems"] = sorted(
                {world.systems[random.choice(running)].id for _ in range(clamp(random.random() * 2, 1, 2))}
            )
        yield record | outcome(record, office)


def _far_end(world: World, office: Office, draw: float) -> str:
    if draw < 0.6:
        return f"device:{world.cores[office.place.id]}"
    if draw < 0.85:
        return "external:上级业务部门"
    return "external:协作单位"


def exit_records(world: World) -> Iterator[Plain]:
    """Own internet exits of some departments and the unified one of each province and city."""
    random, outcome = world.shape.random("exits"), exit_outcome(world)
    for place in world.places:
        if place.level == "city" or (place.level == "province" and world.shape.provincial):
            yield {
                "id": f"{place.id}-exit",
                "name": f"{place.name}统一互联网出口",
                "division": place.id,
                "carrier": CARRIERS[0][0],
                "bandwidth_mbps": 10_000,
                "p95_mbps": 2_500,
                "fee_yuan_per_month": 90_000,
            } | outcome(None)
    for office in network_owners(world)[: max(1, world.shape.systems // 20)]:
        bandwidth, fee = PRICES[random.randrange(2, 5)]
        yield {
            "id": f"{office.id}-exit",
            "name": f"{office.name}互联网出口",
            "department": office.id,
            "carrier": CARRIERS[random.randrange(3)][0],
            "bandwidth_mbps": bandwidth,
            "p95_mbps": round(bandwidth * random.uniform(0.1, 0.6), 1),
            "fee_yuan_per_month": fee,
            "contract_end": (world.shape.as_of + dt.timedelta(days=random.randrange(60, 700))).isoformat(),
            "notice_days": 30,
        } | outcome(office)
