"""What a running configuration says about IPv4, in one form for all makers: what the IPv6 counterpart is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

__all__ = [
    "AccessList",
    "Bgp",
    "Family",
    "IgpInterface",
    "IgpProcess",
    "Running",
    "RunningInterface",
    "RunningVpn",
    "Session",
    "StaticRoute",
    "wildcard_network",
]


@dataclass(frozen=True)
class IgpProcess:
    """One OSPF or IS-IS process. ``id``: as the device names it. ``wide``: IS-IS metrics that multi-topology needs."""

    kind: str
    id: str
    vpn: str = ""
    router_id: IPv4Address | None = None
    networks: tuple[tuple[IPv4Network, str], ...] = ()
    passive: frozenset[str] = frozenset()
    wide: bool = False
    imports: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def area_of(self, address: IPv4Address) -> str | None:
        """The area whose network statement covers an address; the longest one counts."""
        fitting = [(network.prefixlen, area) for network, area in self.networks if address in network]
        return max(fitting)[1] if fitting else None


@dataclass(frozen=True)
class IgpInterface:
    """The IGP on one interface. ``settings``: cost, network type, timers by name, as the device writes the values."""

    process: IgpProcess
    area: str = ""
    passive: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RunningInterface:
    """One interface. ``head``: the line that enters its view; ``texts``: its lines."""

    name: str
    head: str
    vpn: str = ""
    ipv4: tuple[IPv4Interface, ...] = ()
    igp: tuple[IgpInterface, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunningVpn:
    """One VPN instance. ``targets``: (values, direction) of its IPv4 family; ``common``: they stand above families."""

    name: str
    distinguisher: str = ""
    targets: tuple[str, ...] = ()
    common: bool = False
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Session:
    """A BGP peer's session. ``settings``: what follows the peer's address, one text a line."""

    address: IPv4Address
    asn: str
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Family:
    """One address family of BGP. ``peers``: what follows the address, one text a line. ``others``: all other lines."""

    peers: Mapping[IPv4Address, tuple[str, ...]] = field(default_factory=dict)
    networks: tuple[tuple[IPv4Network, str], ...] = ()
    imports: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bgp:
    """BGP: sessions by VPN instance ("" outside), families by (name, VPN instance): ("ipv4", ""), ("vpnv4", "")."""

    asn: str
    sessions: Mapping[str, Mapping[IPv4Address, Session]] = field(default_factory=dict)
    families: Mapping[tuple[str, str], Family] = field(default_factory=dict)


@dataclass(frozen=True)
class StaticRoute:
    """A static route over an address; ``rest``: what follows it."""

    network: IPv4Network
    next_hop: IPv4Address
    vpn: str = ""
    rest: str = ""


@dataclass(frozen=True)
class AccessList:
    """An IPv4 access list. ``key``: number or name as used elsewhere; ``kind``: basic or advanced."""

    key: str
    kind: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Running:
    """A running configuration's IPv4 side. ``texts``: the lines of the top level."""

    hostname: str = ""
    interfaces: Mapping[str, RunningInterface] = field(default_factory=dict)
    processes: tuple[IgpProcess, ...] = ()
    bgp: Bgp | None = None
    vpns: Mapping[str, RunningVpn] = field(default_factory=dict)
    routes: tuple[StaticRoute, ...] = ()
    lists: tuple[AccessList, ...] = ()
    texts: tuple[str, ...] = ()
    views: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def wildcard_network(address: str, wildcard: str) -> IPv4Network | None:
    """The network of an address with a wildcard mask (``0`` is a host); None where the wildcard has holes."""
    mask = int(IPv4Address(0 if wildcard == "0" else wildcard))
    if mask & (mask + 1):
        return None
    return IPv4Network((int(IPv4Address(address)) & ~mask, 32 - mask.bit_length()))
