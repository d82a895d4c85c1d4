"""settings.routing: how the network routes and is managed, where device records do not say it.

What a device's running configuration says comes first; these settings fill in what an IPv6 counterpart needs. Every
group says where its figures come from.
"""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from typing import Annotated

from pydantic.functional_validators import AfterValidator
from pydantic_core import PydanticCustomError

from inventory.base import Address, Cidr, SelectorText, Struct, Text, Words, field

__all__ = [
    "AreaRule",
    "GlobalIpv6",
    "HostSettings",
    "Igp",
    "ManagementNetwork",
    "RoutingSettings",
    "Server",
    "ServerSettings",
]


def _ipv4(value: str) -> str:
    if ":" in value:
        raise PydanticCustomError("bad-address", "of the IPv4 family")
    return value


def _ipv6(value: str) -> str:
    if ":" not in value:
        raise PydanticCustomError("bad-address", "of the IPv6 family")
    return value


def _area(value: str) -> str:
    try:
        return str(ipaddress.IPv4Address(int(value) if value.isascii() and value.isdecimal() else value))
    except ipaddress.AddressValueError:
        raise PydanticCustomError("bad-address", "an OSPF area, a number or a dotted quad such as 0.0.0.1") from None


class Igp(StrEnum):
    """Protocol between routers of the backbone."""

    OSPF = "ospf"
    ISIS = "isis"
    NONE = "none"


class GlobalIpv6(StrEnum):
    """How IPv6 outside all VPNs travels."""

    AUTO = "auto"
    SIXPE = "6pe"
    NATIVE = "native"
    NONE = "none"


class AreaRule(Struct):
    """The OSPF area of devices; the first rule that fits counts."""

    area: Annotated[Words, AfterValidator(_area)] = field("OSPF area as number or dotted quad", example="0.0.0.1")
    devices: Annotated[str, SelectorText()] = field("Selector of the devices", example="division:1401* level:county")


class Server(Struct):
    """One server and its addresses; the IPv6 one is what the retrofit adds."""

    ipv4: Annotated[Address, AfterValidator(_ipv4)] | None = field("IPv4 address", None, example="10.248.0.10")
    ipv6: Annotated[Address, AfterValidator(_ipv6)] | None = field("IPv6 address", None, example="3fff:140::53")


class ServerSettings(Struct):
    """Servers that devices use."""

    dns: tuple[Server, ...] = field("Name servers", ())
    ntp: tuple[Server, ...] = field("Time servers", ())
    snmp: tuple[Server, ...] = field("Receivers of SNMP notifications", ())
    syslog: tuple[Server, ...] = field("Log hosts", ())
    aaa: tuple[Server, ...] = field("TACACS or RADIUS servers", ())
    dhcp: tuple[Server, ...] = field("DHCP servers that access routers relay to", ())
    source: Words = field("Where the addresses come from", "assumption")


class ManagementNetwork(Struct):
    """A network from which devices are managed, in both families."""

    ipv4: Annotated[Cidr, AfterValidator(_ipv4)] | None = field("IPv4 prefix", None, example="10.248.0.0/16")
    ipv6: Annotated[Cidr, AfterValidator(_ipv6)] | None = field("IPv6 prefix", None, example="3fff:140:f::/48")
    source: Words = field("Where it comes from", "assumption")


class HostSettings(Struct):
    """What hosts behind access routers are told (RFC 4861, RFC 8415)."""

    router_advertisements: bool = field("Access interfaces advertise their prefix", True)
    managed: bool = field("Flag M: addresses by DHCPv6", False)
    other: bool = field("Flag O: other settings by DHCPv6", False)
    source: Words = field("Where the choice comes from", "assumption")


class RoutingSettings(Struct):
    """Routing, management and services of the network."""

    asn: int | None = field("Autonomous system of the network; absent: no BGP", None, ge=1, le=4294967295)
    igp: Igp = field("Protocol of the backbone", Igp.OSPF)
    ospf_process: int = field("OSPF process", 1, ge=1, le=65535)
    ospfv3_process: int = field("OSPFv3 process", 1, ge=1, le=65535)
    isis_process: int = field("IS-IS process", 1, ge=1, le=65535)
    isis_area: Text = field("IS-IS area address", "49.0001")
    areas: tuple[AreaRule, ...] = field("OSPF areas; devices that no rule names are in 0.0.0.0", ())
    hello_seconds: int | None = field("Interval of hellos; absent: the maker's", None, unit="s", ge=1, le=65535)
    dead_seconds: int | None = field("A neighbour is gone after; absent: the maker's", None, unit="s", ge=2, le=65535)
    keepalive_seconds: int | None = field("BGP keepalive; absent: the maker's", None, unit="s", ge=1, le=21845)
    hold_seconds: int | None = field("BGP hold time; absent: the maker's", None, unit="s", ge=3, le=65535)
    reflectors: Annotated[str, SelectorText()] = field(
        "Selector of the BGP route reflectors; empty: core devices of the highest level", ""
    )
    speakers: Annotated[str, SelectorText()] = field("Selector of the devices that speak BGP; empty: all", "")
    global_ipv6: GlobalIpv6 = field(
        "IPv6 outside VPNs; auto: 6pe where all VPNs are MPLS L3VPNs, else native", GlobalIpv6.AUTO
    )
    servers: ServerSettings = field("Servers", ServerSettings())
    management: tuple[ManagementNetwork, ...] = field("Networks from which devices are managed", ())
    hosts: HostSettings = field("What hosts are told", HostSettings())
    source: Words = field("Where the routing settings come from", "assumption")
