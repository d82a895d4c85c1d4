"""The government external network: devices of four levels, links at 1000/1000/100 Mbit/s, VPNs, prefixes, addresses.

Addresses: 10.240.0.0/12 links, loopbacks and management; 10.128.0.0/10 pools; below 10.128.0.0 users and systems, one
block of equal size a division. All are private. IPv6 is planned from the settings' allocations.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field

from inventory.addressing_settings import AddressingSettings
from inventory.examples.shape import Office, Place, Plain, World
from inventory.examples.tables.addressing import (
    ALLOCATED,
    ALLOCATION_LENGTH,
    BLOCK_LENGTH,
    BLOCKS,
    FIRST_FOR_USERS,
    LEVELS,
    NIBBLES,
)
from inventory.examples.tables.hardware import CARRIERS, PRICES, ROUTERS

__all__ = ["Network", "make_addressing", "make_network", "number_systems", "prefix_records", "vpn_records"]

INFRASTRUCTURE = int(ipaddress.ip_address("10.240.0.0"))
MANAGEMENT = int(ipaddress.ip_address("10.248.0.0"))
LOOPBACKS = int(ipaddress.ip_address("10.252.0.0"))
POOLS = int(ipaddress.ip_address("10.128.0.0"))
USERS = int(ipaddress.ip_address("10.0.0.0"))
OFFICES_OF_AN_ACCESS_SWITCH = 24
VPNS = (("common", "公用网络区", "public"), ("internet", "互联网接入区", "internet"), ("video", "视频专区", "video"))
"""VPNs of a province: end of the id, name, domain."""


def _address(number: int) -> str:
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@dataclass
class Network:
    """Devices by id and links, while they are being made."""

    devices: dict[str, Plain] = field(default_factory=dict)
    links: list[Plain] = field(default_factory=list)

    def device(
        self, id: str, place: Place, level: str, role: str, hardware: str, *, division: str = "", group: str = ""
    ) -> str:
        """Add a device with loopback and management address."""
        number = len(self.devices) + 1
        platform, model, software = ROUTERS[hardware]
        record: Plain = {"id": id, "name": id.upper(), "division": division or place.id, "level": level, "role": role}
        record |= {
            "platform": platform,
            "model": model,
            "software": software,
            "management_address": _address(MANAGEMENT + number),
        }
        record["credential"] = "agent:netops"
        if platform.startswith("h3c"):
            record["encoding"] = "gb18030"
        if group:
            record["redundancy_group"] = group
        record |= {"loopbacks": [_address(LOOPBACKS + number)], "interfaces": []}
        record["ipv6_capability"] = (
            "replace" if level == "township" and number % 9 == 0 else "upgrade" if number % 5 == 0 else "ready"
        )
        if level == "province":
            record["ipv6_stage"] = "addressed"
        self.devices[id] = record
        return id

    def link(self, a: str, b: str, bandwidth: int, *, metric: int = 10, carrier: int = 0, use: float = 0.3) -> None:
        """Add a link with an interface and an address at each end; ``use`` is the share at the 95th percentile."""
        base = INFRASTRUCTURE + 4 * len(self.links)
        names = []
        for offset, id in ((1, a), (2, b)):
            interfaces = self.devices[id]["interfaces"]
            name = f"GigabitEthernet0/0/{len(interfaces)}"
            interfaces.append(
                {
                    "name": name,
                    "addresses": [f"{_address(base + offset)}/30"],
                    "description": f"to {b if id == a else a}",
                }
            )
            names.append(name)
        record: Plain = {
            "id": f"link-{a}--{b}",
            "a_device": a,
            "a_interface": names[0],
            "b_device": b,
            "b_interface": names[1],
        }
        if metric != 10:
            record |= {"metric_ab": metric, "metric_ba": metric}
        p95 = round(bandwidth * use, 1)
        record |= {"bandwidth_mbps": bandwidth, "p95_mbps": p95, "peak_mbps": round(p95 * 1.4, 1)}
        if carrier:
            fees = dict(PRICES)
            record |= {"carrier": CARRIERS[carrier - 1][0], "fee_yuan_per_month": fees.get(bandwidth, 0)}
        self.links.append(record)

    def uplink(self, edge: str, device: str, bandwidth: int) -> None:
        """Connect a department's own router, of which no ledger says the interfaces, to the device of its level."""
        interfaces = self.devices[device]["interfaces"]
        name = f"GigabitEthernet0/0/{len(interfaces)}"
        interfaces.append({"name": name, "description": f"to {edge}"})
        self.links.append(
            {"id": f"link-{edge}--{device}", "a_device": edge, "b_device": device, "b_interface": name}
            | {
                "bandwidth_mbps": bandwidth,
                "p95_mbps": round(bandwidth * 0.2, 1),
                "peak_mbps": round(bandwidth * 0.3, 1),
            }
        )


def make_network(world: World) -> Network:
    """Core, aggregation and access of all levels; fills attachments of departments and pools and ``world.cores``."""
    random, network = world.shape.random("network"), Network()
    for place in world.places:
        if place.level == "province" and world.shape.provincial:
            _core(network, world, place, "province")
            previous = next(iter(world.cores.values()))
            if previous != world.cores[place.id]:
                network.link(previous, world.cores[place.id], 1000, metric=100)
    for place in world.places:
        if place.level == "city":
            _core(network, world, place, "city")
            if world.shape.provincial:
                for number in (1, 2):
                    metric = 10 if number == 1 else 20
                    network.link(
                        f"{place.id}-core-{number}", f"{place.province}-core-{number}", 1000,
                        metric=metric, carrier=number, use=random.uniform(0.1, 0.6),
                    )  # fmt: skip
    for place in world.places:
        if place.level == "county" and not (place.zone and world.shape.provincial):
            _county(network, world, place, random.random(), random.uniform(0.05, 0.6))
    _attach_offices(network, world)
    _customer_edges(network, world)
    for cloud in world.clouds:
        gateway = network.device(f"{cloud.id}-gw-1", cloud.place, cloud.place.level, "aggregation", "core")
        network.link(gateway, world.cores[cloud.place.id], 1000, use=0.2)
        for pool in cloud.pools:
            pool.device = gateway
    return network


def _core(network: Network, world: World, place: Place, level: str) -> None:
    first, second = (
        network.device(f"{place.id}-core-{number}", place, level, "core", "core", group=f"{place.id}-core")
        for number in (1, 2)
    )
    network.link(first, second, 1000, metric=5, use=0.1)
    firewall = network.device(f"{place.id}-fw-1", place, level, "firewall", "firewall")
    network.link(firewall, first, 1000, use=0.3)
    network.link(network.device(f"{place.id}-exit-1", place, level, "exit", "exit"), firewall, 1000, use=0.3)
    world.cores[place.id] = first


def _county(network: Network, world: World, place: Place, draw: float, use: float) -> None:
    core = network.device(f"{place.id}-agg-1", place, "county", "aggregation", "county")
    world.cores[place.id] = core
    network.link(core, f"{place.city}-core-1", 1000, carrier=1 + len(network.links) % 3, use=use)
    if draw < 0.6:  # a second carrier
        network.link(core, f"{place.city}-core-2", 1000, metric=30, carrier=1 + len(network.links) % 3, use=use / 4)
    before = core
    for number in range(1, world.shape.townships + 1):
        if place.zone:
            break
        code = f"{place.id}{number + 99:03d}"
        township = network.device(f"{code}-acc-1", place, "township", "access", "township", division=code)
        # every tenth township is reached only through another
        network.link(
            township,
            before if number % 10 == 0 else core,
            100,
            carrier=1 + number % 3,
            use=0.05 + (number * 7 % 10) / 20,
        )
        before = township


def _attach_offices(network: Network, world: World) -> None:
    by_place: dict[str, list[Office]] = {}
    for office in world.offices:
        by_place.setdefault(office.place.id, []).append(office)
    for id, offices in by_place.items():
        place = world.place_of[id]
        core = world.cores[id]
        if place.level == "county":
            for office in offices:
                office.attached = [{"device": core}]
            continue
        switches = []
        for number in range(1, 2 + len(offices) // OFFICES_OF_AN_ACCESS_SWITCH):
            switch = network.device(f"{id}-acc-{number}", place, place.level, "access", "access")
            network.link(switch, core, 1000, use=0.2)
            network.link(switch, f"{id}-core-2", 1000, metric=20, use=0.02)
            switches.append(switch)
        for index, office in enumerate(offices):
            office.attached = [{"device": switches[index % len(switches)]}]
            if index % 4 == 0 and len(switches) > 1:
                office.attached.append({"device": switches[(index + 1) % len(switches)], "role": "backup"})


def _customer_edges(network: Network, world: World) -> None:
    """The router of each department that has a room to be closed."""
    for site in world.sites:
        if site.keep != "close":
            continue
        office, number = site.office, len(network.devices) + 1
        platform, model, software = ROUTERS["edge"]
        id = f"{office.id}-ce-1"
        network.devices[id] = {
            "id": id,
            "name": id.upper(),
            "division": office.place.id,
            "level": office.place.level,
            "department": office.id,
            "room": site.id,
            "role": "customer_edge",
            "platform": platform,
            "model": model,
            "software": software,
            "management_address": _address(MANAGEMENT + number),
            "ipv6_capability": ("ready", "upgrade", "replace")[number % 3],
        }
        network.uplink(id, office.attached[0]["device"], 100)


def _blocks(world: World) -> tuple[int, dict[str, int]]:
    """(bits of a division's block, division -> first address of its block)."""
    counts: dict[str, int] = {}
    for system in world.systems:
        counts[system.office.place.id] = counts.get(system.office.place.id, 0) + len(system.parts)
    bits = max(8, (max(counts.values()) + 10).bit_length())
    order: dict[str, int] = {}
    blocks = {}
    for place in world.places:
        number = order.get(place.province, 0)  # a province has VPNs of its own, so blocks repeat from one to the next
        order[place.province] = number + 1
        blocks[place.id] = USERS + (number << bits)
    return bits, blocks


def number_systems(world: World) -> None:
    """Give components of running systems addresses in their department's division, unique in the VPN."""
    _, blocks = _blocks(world)
    following = {id: first + 10 for id, first in blocks.items()}
    for number, system in enumerate(world.systems):
        if system.lifecycle != "in_service":
            continue
        place = system.office.place.id
        for part in system.parts:
            part.address = _address(following[place])
            following[place] += 1
            if part is system.parts[0] and number % 5 and system.fate != "shadow":
                office, counter = system.id.rsplit("-", 1)
                part.name = f"s{counter}.{office.rsplit('-', 1)[1]}.{place}.cegn"


def vpn_records(world: World) -> Iterator[Plain]:
    """Three VPNs a province: common services, the internet area, video."""
    for place in world.places:
        if place.level != "province":
            continue
        code = place.id[:2]
        for number, (short, name, domain) in enumerate(
            VPNS,
            1,
        ):
            yield {
                "id": f"{code}-{short}",
                "name": f"{place.name}{name}",
                "domain": domain,
                "route_targets": [f"65{int(code):03d}:{number}00"],
                "service_class": "AF41" if short == "video" else "AF21",
                "members": f"kind:department division:{code}*",
            }


def make_addressing(world: World) -> AddressingSettings:
    """The rules of the address plan; of a single province each VPN has a block for its users."""
    provinces = [place.id[:2] for place in world.places if place.level == "province"]
    allocations = [
        {"prefix": f"3fff:{code}0::/{ALLOCATION_LENGTH}", "division": f"{code}0000", "source": ALLOCATED}
        for code in provinces
    ]
    own = [f"{code}-{short}" for code in provinces for short, _, _ in VPNS] if len(provinces) == 1 else [None]
    users = [
        {"purpose": "users", "block": FIRST_FOR_USERS + number, "vpn": vpn, "length": 64, "source": "RFC 4291"}
        for number, vpn in enumerate(own)
    ]
    return AddressingSettings.model_validate(
        {"allocations": allocations, "block_length": BLOCK_LENGTH, "blocks": [*BLOCKS, *users], "levels": LEVELS,
         "source": NIBBLES}
    )  # fmt: skip


def prefix_records(world: World) -> Iterator[Plain]:
    """IPv4: infrastructure, one prefix a division, one a pool. Their IPv6 pairs are for the address plan to give."""
    yield {"id": "infrastructure", "prefix": "10.240.0.0/12", "purpose": "infrastructure"}
    bits, blocks = _blocks(world)
    for place in world.places:
        yield {
            "id": f"{place.id}-v4",
            "prefix": f"{_address(blocks[place.id])}/{32 - bits}",
            "purpose": "users",
            "division": place.id,
            "vpn": f"{place.province[:2]}-common",
        }
    turn: dict[str, int] = {}
    for cloud in world.clouds:
        vpn = f"{cloud.place.province[:2]}-common"
        for pool in cloud.pools:
            first = POOLS + (turn.get(vpn, 0) << 16)
            turn[vpn] = turn.get(vpn, 0) + 1
            yield {
                "id": pool.id,
                "prefix": f"{_address(first)}/16",
                "purpose": "pool",
                "division": cloud.place.id,
                "site": pool.id,
                "vpn": vpn,
            }
