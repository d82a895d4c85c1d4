"""The typed intent of one device."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network

from pydantic import BaseModel, ConfigDict, Field

from inventory.kinds.network import DeviceRole, VpnTechnology
from inventory.kinds.territory import Level
from inventory.routing_settings import Igp
from network.intent.pairs import PairTable

__all__ = [
    "BgpIntent",
    "BgpIpv6",
    "BgpPeer",
    "DeviceIntent",
    "HostIntent",
    "IgpIntent",
    "InterfaceIntent",
    "InterfaceRole",
    "Loopback",
    "ServerPair",
    "ServicesIntent",
    "VpnIntent",
    "VpnIpv6",
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class InterfaceRole(StrEnum):
    """What an interface is for."""

    BACKBONE = "backbone"
    """To another router of the estate."""
    EDGE = "edge"
    """To hosts or a customer: RA, DHCPv6 and access lists belong here."""
    MANAGEMENT = "management"
    """Holds the management address; the retrofit leaves it alone."""
    UNUSED = "unused"
    """Without an address."""


class Loopback(_Part):
    """The loopback that gives the router id and the BGP source."""

    ipv4: IPv4Address | None = None
    ipv6: IPv6Address | None = None


class InterfaceIntent(_Part):
    """One interface. ``vpn``: name of the VPN instance, empty outside. ``metric``, ``area``: of backbone interfaces."""

    name: str
    description: str = ""
    role: InterfaceRole
    ipv4: tuple[IPv4Interface, ...] = ()
    ipv6: tuple[IPv6Interface, ...] = ()
    vpn: str = ""
    vlan: int | None = None
    peer_device: str = ""
    peer_interface: str = ""
    metric: int = 10
    area: str = "0.0.0.0"  # noqa: S104 - an OSPF area, no address to listen on


class IgpIntent(_Part):
    """The protocol of the backbone. ``ipv6``: whether it carries IPv6 (not where every VPN is a 6VPE one)."""

    protocol: Igp
    process: int = 1
    ipv6_process: int = 1
    ipv6: bool = True
    isis_entity: str = Field("", description="IS-IS network entity title, from the router id")
    hello_seconds: int | None = None
    dead_seconds: int | None = None


class BgpIpv6(StrEnum):
    """How BGP carries IPv6 outside VPNs."""

    SIXPE = "6pe"
    """RFC 4798: over the IPv4 sessions, labelled."""
    NATIVE = "native"
    """Sessions between IPv6 loopbacks."""
    NONE = "none"


class BgpPeer(_Part):
    """One internal peer."""

    device: str
    name: str
    asn: int
    ipv4: IPv4Address | None = None
    ipv6: IPv6Address | None = None
    client: bool = Field(False, description="A client of this device, which is its route reflector")


class BgpIntent(_Part):
    """BGP of the device. ``networks_*``: what it originates outside VPNs. ``vpn``: it carries L3VPN routes."""

    asn: int
    peers: tuple[BgpPeer, ...] = ()
    ipv6: BgpIpv6 = BgpIpv6.NATIVE
    networks_ipv4: tuple[IPv4Network, ...] = ()
    networks_ipv6: tuple[IPv6Network, ...] = ()
    vpn: bool = False
    reflector: bool = False
    keepalive_seconds: int | None = None
    hold_seconds: int | None = None


class VpnIpv6(StrEnum):
    """How IPv6 of one VPN travels."""

    SIXVPE = "6vpe"
    """RFC 4659: VPN-IPv6 over the MPLS core; the core itself needs no IPv6."""
    SRV6 = "srv6"
    """VPN-IPv6 over an IPv6 core (RFC 9252)."""
    NATIVE = "native"
    """The VPN's own IGP and addresses, hop by hop (VRF lite, VLAN)."""


class VpnIntent(_Part):
    """One VPN on the device. ``number`` is unique in the estate: it makes process numbers and route distinguishers."""

    id: str
    name: str
    number: int
    technology: VpnTechnology
    ipv6: VpnIpv6
    route_distinguisher: str
    route_targets: tuple[str, ...] = ()
    networks_ipv4: tuple[IPv4Network, ...] = ()
    networks_ipv6: tuple[IPv6Network, ...] = ()


class ServerPair(_Part):
    """One server in both families."""

    ipv4: IPv4Address | None = None
    ipv6: IPv6Address | None = None


class ServicesIntent(_Part):
    """Servers that the device uses."""

    dns: tuple[ServerPair, ...] = ()
    ntp: tuple[ServerPair, ...] = ()
    snmp: tuple[ServerPair, ...] = ()
    syslog: tuple[ServerPair, ...] = ()
    aaa: tuple[ServerPair, ...] = ()
    dhcp: tuple[ServerPair, ...] = ()


class HostIntent(_Part):
    """What hosts at edge interfaces are told."""

    router_advertisements: bool = True
    managed: bool = False
    other: bool = False


class DeviceIntent(_Part):
    """Everything that configurations of the device are rendered from. ``pairs`` is shared by all devices."""

    device: str
    name: str
    platform: str
    level: Level
    role: DeviceRole
    router_id: IPv4Address | None = None
    management_address: str = ""
    loopback: Loopback = Loopback()
    interfaces: tuple[InterfaceIntent, ...] = ()
    igp: IgpIntent
    bgp: BgpIntent | None = None
    vpns: tuple[VpnIntent, ...] = ()
    services: ServicesIntent = ServicesIntent()
    hosts: HostIntent = HostIntent()
    management_ipv4: tuple[IPv4Network, ...] = ()
    management_ipv6: tuple[IPv6Network, ...] = ()
    pairs: PairTable = Field(default_factory=PairTable, repr=False)

    def vpn(self, name: str) -> VpnIntent | None:
        """The VPN of an instance's name, as configured or as in the inventory; None where the inventory has none."""
        return next((one for one in self.vpns if name in (one.name, one.id)), None)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that the intent says, pairs included; equal digests render equally."""
        text = self.model_dump_json(exclude={"pairs"})
        return hashlib.sha256(f"{text}\n{self.pairs.digest}".encode()).hexdigest()
