"""Made devices of three makers with running configurations of 500 to 3,000 lines: estates in small, grown by a seed.

``made_configs()`` gives the IPv4 configuration and the intended one of each; tests of differences go there and back.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import Any

from inventory.estate import Estate
from inventory.inventory import Inventory
from inventory.kinds.network import Device, Ipv6Stage, Link, Vpn, VpnTechnology
from network.addressing import Addresses
from network.config import ConfigTree, parse, to_text
from network.intent import DeviceIntent, Intents
from network.platforms import platform_of
from network.rendering import baseline, intended

__all__ = ["PLATFORMS", "MadeConfig", "MadeEstate", "made_config", "made_configs", "made_estate"]

PLATFORMS = ("huawei_vrp8", "h3c_comware7", "frr")
NAMES = {
    "huawei_vrp8": "GigabitEthernet{slot}/{card}/{port}",
    "h3c_comware7": "Ten-GigabitEthernet{slot}/{card}/{port}",
    "frr": "eth{number}",
}
TECHNOLOGIES = (VpnTechnology.MPLS_L3VPN, VpnTechnology.VRF_LITE, VpnTechnology.SRV6)
PLACES = ("县政务中心", "乡镇政府", "社保局", "档案馆", "应急指挥中心")


@dataclass(frozen=True)
class MadeEstate:
    """``hub``: the device whose configuration is large; the others are its neighbours."""

    inventory: Inventory
    addresses: Addresses
    hub: str = "hub"


@dataclass(frozen=True)
class MadeConfig:
    """One device: the running IPv4 configuration and what it shall be when all stages are done."""

    name: str
    platform: str
    intent: DeviceIntent
    running: ConfigTree
    intended: ConfigTree
    lines: int


@cache
def made_configs() -> tuple[MadeConfig, ...]:
    """36 configurations of 500 to 3,000 lines: 12 of each platform."""
    sizes = (40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150)
    return tuple(made_config(platform, size, seed) for platform in PLATFORMS for seed, size in enumerate(sizes))


def made_config(platform: str, size: int, seed: int) -> MadeConfig:
    """One device with ``size`` interfaces and what belongs to them."""
    made = made_estate(platform, size, seed)
    intent = Intents(made.inventory, made.addresses)[made.hub]
    row = platform_of(platform)
    more = "\n".join(_more(platform, intent, random.Random(seed)))
    text = to_text(row, baseline(intent))
    closing = f"\n{row.ending}\n" if row.ending else "\n"
    running = parse(row, text.removesuffix(closing) + "\n" + more + closing)
    name = f"{platform}-{size}-{seed}"
    whole = to_text(row, running)
    return MadeConfig(
        name, platform, intent, running, intended(intent, Ipv6Stage.VERIFIED, running), len(whole.splitlines())
    )


def made_estate(platform: str, size: int, seed: int) -> MadeEstate:
    """A hub with links, edges and VPNs, its neighbours and the address plan of all."""
    technology = TECHNOLOGIES[seed % 3] if platform != "frr" else VpnTechnology.VRF_LITE
    igp = "isis" if seed % 4 == 3 else "ospf"
    vpns = {id: Vpn(id=id, technology=technology, route_targets=(f"65001:{100 + i}",)) for i, id in enumerate(VPNS)}
    interfaces: list[dict[str, Any]] = []
    links, devices, own = {}, {}, {}
    for number in range(1, size + 1):
        name = NAMES[platform].format(slot=number // 48 + 1, card=0, port=number % 48, number=number)
        if number <= size // 5:
            near, far = f"10.240.{number}.1/30", f"10.240.{number}.2/30"
            id = f"peer-{number}"
            links[id] = Link(
                id=id, a_device="hub", a_interface=name, b_device=id, b_interface="up", bandwidth_mbps=1000,
                metric_ab=number * 5,
            )  # fmt: skip
            devices[id] = _device(id, "frr", f"10.252.1.{number}", [{"name": "up", "addresses": [far]}])
            interfaces.append({"name": name, "addresses": [near], "description": f"to {id}"})
            own[name] = f"3fff:1:{number:x}::1/127"
        elif number % 7:
            vpn = VPNS[number % len(VPNS)] if number % 2 else None
            address = f"10.{16 + number // 200}.{number % 200}.1/24"
            place = f"至{PLACES[number % len(PLACES)]}{number}"
            interfaces.append({"name": name, "addresses": [address], "description": place, "vpn": vpn})
            own[name] = f"3fff:2:{number:x}::1/64"
        else:
            interfaces.append({"name": name, "description": "spare"})
    devices["hub"] = _device("hub", platform, "10.252.0.1", interfaces)
    routing = {
        "asn": 65001,
        "igp": igp,
        "areas": [{"area": "0.0.0.1", "devices": "peer-1*"}],
        "reflectors": "id:hub",
        "management": [{"ipv4": "10.248.0.0/16", "ipv6": "3fff:f::/48"}],
        "servers": {key: [{"ipv4": "10.248.0.10", "ipv6": "3fff:f::10"}] for key in SERVERS},
        "hosts": {"other": True},
    }
    estate = Estate.model_validate({"name": "made", "as_of": "2024-04-01", "settings": {"routing": routing}})
    pairs = {
        IPv4Interface(one["addresses"][0]).network: IPv6Interface(own[one["name"]]).network
        for one in interfaces
        if one["name"] in own
    }
    pairs |= {network: IPv6Network(f"3fff:9:{number:x}::/48") for number, network in enumerate(REMOTE)}
    addresses = Addresses(
        loopbacks={id: IPv6Address(f"3fff::{number:x}") for number, id in enumerate(devices, 1)},
        interfaces={("hub", name): (IPv6Interface(address),) for name, address in own.items()},
        pairs=pairs,
    )
    return MadeEstate(Inventory(estate=estate, devices=devices, links=links, vpns=vpns), addresses)


VPNS = ("gov-common", "gov-internet", "gov-video")
SERVERS = ("dns", "ntp", "snmp", "syslog", "aaa", "dhcp")
REMOTE = tuple(IPv4Network(f"10.{number}.0.0/16") for number in range(100, 140))


def _device(id: str, platform: str, loopback: str, interfaces: list[dict[str, Any]]) -> Device:
    return Device.model_validate(
        {
            "id": id,
            "name": id.upper(),
            "division": "410200",
            "level": "city",
            "role": "core",
            "platform": platform,
            "loopbacks": [loopback],
            "interfaces": interfaces,
        }
    )


def _more(platform: str, intent: DeviceIntent, chance: random.Random) -> Iterator[str]:
    """What grows on devices: access lists, static routes, policies, accounts."""
    own = [one.ipv4[0].network for one in intent.interfaces if one.ipv4 and one.role == "edge" and not one.vpn]
    if platform == "frr":
        yield from _more_frr(own, chance)
        return
    head = {"huawei_vrp8": "acl number {}", "h3c_comware7": "acl advanced {}"}[platform]
    bind = {"huawei_vrp8": "traffic-filter inbound acl {}", "h3c_comware7": "packet-filter {} inbound"}[platform]
    edges = [one for one in intent.interfaces if one.role == "edge"]
    yield "#"
    for number, edge in enumerate(edges[: len(edges) // 3]):
        source = edge.ipv4[0].network
        yield head.format(3000 + number)
        for rule, far in enumerate(chance.sample(REMOTE, 6), 2):
            port = chance.choice(("80", "443", "8080", "1521"))
            places = f"source {_wild(source)} destination {_wild(far)}"
            yield f" rule {rule * 5} permit tcp {places} destination-port eq {port}"
        yield f" rule 100 permit icmp source {_wild(source)}"
        yield " rule 1000 deny ip"
        yield "#"
        yield f"interface {edge.name}"
        yield f" {bind.format(3000 + number)}"
        yield "#"
    for far in REMOTE:
        hop = chance.choice(own).network_address + 2 if own else IPv4Address("10.9.9.9")
        yield f"ip route-static {far.network_address} {far.netmask} {hop} preference 70"
    yield "#"
    for node in range(10, 10 + 10 * 30, 10):
        yield f"route-policy FROM-CITY permit node {node}"
        yield " apply local-preference 200"
        yield "#"
    for number in range(100, 160):
        yield f"vlan {number}"
        yield f" description {PLACES[number % len(PLACES)]}"
        yield "#"


def _more_frr(own: list[IPv4Network], chance: random.Random) -> Iterator[str]:
    yield "!"
    for far in REMOTE:
        hop = chance.choice(own).network_address + 2 if own else IPv4Address("10.9.9.9")
        yield f"ip route {far} {hop}"
    yield "!"
    for name in range(20):
        for rule, far in enumerate(chance.sample(REMOTE, 8), 1):
            yield f"access-list site-{name} seq {rule * 5} permit {far}"
        yield f"ip prefix-list site-{name} seq 5 permit {chance.choice(REMOTE)}"
        yield "!"
    for node in range(10, 10 + 10 * 30, 10):
        yield f"route-map FROM-CITY permit {node}"
        yield " set local-preference 200"
        yield "exit"
        yield "!"


def _wild(network: IPv4Network) -> str:
    return f"{network.network_address} {network.hostmask}"
