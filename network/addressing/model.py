"""What an address plan holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Address, IPv6Interface, IPv6Network

from inventory.kinds.network import PrefixPurpose
from inventory.problems import Problem

__all__ = ["Addresses", "Assignment"]


@dataclass(frozen=True, slots=True)
class Assignment:
    """One prefix of the plan and whose it is.

    id: of its prefix record. kept: a record of the estate says it already; pinned: by hand. aggregate: handed down to
    divisions below. site: a room, a pool, a link, or the text of an IPv4 prefix. pair: id of the IPv4 prefix record of
    the same segment. ipv4: the IPv4 network of the same segment, also where no record names it.
    """

    id: str
    prefix: IPv6Network
    purpose: PrefixPurpose
    division: str | None = None
    department: str | None = None
    site: str = ""
    vpn: str | None = None
    aggregate: bool = False
    pair: str | None = None
    ipv4: IPv4Network | None = None
    kept: bool = False
    pinned: bool = False


@dataclass(frozen=True)
class Addresses:
    """The IPv6 addresses of an estate, planned ones and those that are there already.

    prefixes: by purpose, VPN and address. loopbacks: device -> address. interfaces: (device, interface) -> addresses.
    pairs: IPv4 network -> IPv6 network of the same segment, in all VPNs (an IPv4 network that several VPNs use is only
    in ``pairs_of_vpn``: VPN or "" -> the same). findings: what the plan could not do, and what is about to run out.
    """

    prefixes: tuple[Assignment, ...] = ()
    loopbacks: Mapping[str, IPv6Address] = field(default_factory=dict)
    interfaces: Mapping[tuple[str, str], tuple[IPv6Interface, ...]] = field(default_factory=dict)
    pairs: Mapping[IPv4Network, IPv6Network] = field(default_factory=dict)
    pairs_of_vpn: Mapping[str, Mapping[IPv4Network, IPv6Network]] = field(default_factory=dict)
    findings: tuple[Problem, ...] = ()
