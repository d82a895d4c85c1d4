"""What an address plan holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Address, IPv6Interface, IPv6Network

from inventory.kinds.network import PrefixPurpose
from inventory.kinds.territory import Level
from inventory.problems import Problem
from network.addressing.space import Block

__all__ = ["Addresses", "Assignment", "Usage"]


@dataclass(frozen=True, slots=True)
class Assignment:
    """One prefix of the plan and whose it is.

    id: of its prefix record. kept: a record of the estate says it already; pinned: by hand. aggregate: handed down to
    divisions below. site: a room, a pool, a link, or the text of an IPv4 prefix. pair: id of the IPv4 prefix record of
    the same segment. ipv4: the IPv4 network of the same segment, also where no record names it.
    """

    id: str
    block: Block
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

    @property
    def prefix(self) -> IPv6Network:
        """The prefix."""
        return self.block.network


@dataclass(frozen=True, slots=True)
class Usage:
    """How full one prefix is.

    level, division: whose prefix. what: what has places in it: a level, department, site, segment, link, pool,
    interconnection. used, places: of these. reserve: the share of places that the level keeps for growth.
    """

    level: Level
    division: str
    block: Block
    what: str
    used: int
    places: int
    reserve: float

    @property
    def prefix(self) -> IPv6Network:
        """The prefix in which the places are."""
        return self.block.network

    @property
    def left(self) -> int:
        """Places that are free."""
        return self.places - self.used


@dataclass(frozen=True)
class Addresses:
    """The IPv6 addresses of an estate, planned ones and those that are there already.

    prefixes: by purpose, VPN and address. loopbacks: device -> address. interfaces: (device, interface) -> addresses.
    pairs: IPv4 network -> IPv6 network of the same segment, in all VPNs (an IPv4 network that several VPNs use is only
    in ``pairs_of_vpn``: VPN or "" -> the same). findings: what the plan could not do, and what is about to run out.
    usages: how full prefixes are.
    """

    prefixes: tuple[Assignment, ...] = ()
    loopbacks: Mapping[str, IPv6Address] = field(default_factory=dict)
    interfaces: Mapping[tuple[str, str], tuple[IPv6Interface, ...]] = field(default_factory=dict)
    pairs: Mapping[IPv4Network, IPv6Network] = field(default_factory=dict)
    pairs_of_vpn: Mapping[str, Mapping[IPv4Network, IPv6Network]] = field(default_factory=dict)
    findings: tuple[Problem, ...] = ()
    usages: tuple[Usage, ...] = ()
