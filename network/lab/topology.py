"""What a laboratory is made of, as plain data: nodes with ports on segments, and the backbone that joins them.

Hosts, routers and whatever else stands in a laboratory are nodes; the base builds them without knowing what they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from network.lab.layer import Entry

__all__ = ["BACKBONE", "Cable", "Node", "Port", "Route", "Segment", "Topology", "bridge_name", "port_name"]

BACKBONE = "backbone"
"""Name of the node that holds the bridges of all segments and routes between them."""


@dataclass(frozen=True)
class Segment:
    """A layer-2 network: one bridge in the backbone.

    Attributes:
        name: unique in the laboratory.
        place: what stands on it, for people: ``room:ID``, ``pool:ID`` or empty.
        gateways: the backbone's own addresses on it, with prefix length.
    """

    name: str
    place: str = ""
    gateways: tuple[str, ...] = ()


@dataclass(frozen=True)
class Port:
    """One interface of a node.

    Attributes:
        segment: name of the segment it is plugged into.
        addresses: with prefix length, both families.
        routers: next hops of the default routes, one a family, without prefix length.
        name: the interface's; empty: ``eth`` and its place among the ports.
        vpn: the VPN instance of the node that it belongs to; empty: none.
    """

    segment: str
    addresses: tuple[str, ...] = ()
    routers: tuple[str, ...] = ()
    name: str = ""
    vpn: str = ""


@dataclass(frozen=True)
class Cable:
    """A cable between two nodes, without a bridge between them: both ends as (node, interface, VPN instance or "")."""

    a: tuple[str, str, str]
    b: tuple[str, str, str]


@dataclass(frozen=True)
class Route:
    """A route of a node out of one of its interfaces: destination, next hop or empty, interface."""

    to: str
    via: str
    interface: str


@dataclass(frozen=True)
class Node:
    """A machine of the laboratory.

    Attributes:
        name: unique; what people and SSH call it.
        kind: what it is for, for people (host, router, dns, client, ops, backbone).
        names: further names of the same machine.
        place: where it stands, as ``KIND:ID``.
        ports: its interfaces, eth0 first.
        vpns: VPN instances, each a network of its own inside the node, called so below /run/netns.
        routes: beside those of its ports.
        access: whether it lets operators in by SSH.
        announced: IPv4 networks that a router tells others of, by VPN instance or "".
        hostname: what it calls itself; empty: as it is called.
        login: the address that they log in at, where it is none of its ports'.
        files: its own files by absolute path, over the machine's.
        sysctls: below /proc/sys -> value.
        services: commands that start its services, in order, once the network is up; each goes into the background
            by itself.
    """

    name: str
    kind: str
    names: tuple[str, ...] = ()
    place: str = ""
    ports: tuple[Port, ...] = ()
    vpns: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    access: bool = True
    announced: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hostname: str = ""
    login: str = ""
    files: Mapping[str, Entry] = field(default_factory=dict)
    sysctls: Mapping[str, str] = field(default_factory=dict)
    services: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Topology:
    """A whole laboratory. One node is called ``BACKBONE``; it has no ports."""

    segments: tuple[Segment, ...]
    nodes: tuple[Node, ...]
    cables: tuple[Cable, ...] = ()


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def bridge_name(segment: str) -> str:
    """Interface of a segment's bridge: Linux allows 15 characters."""
    return f"br{_short(segment)}"


def port_name(node: str, number: int) -> str:
    """The backbone's end of a node's port, by its place among the ports."""
    return f"p{_short(f'{node} {number}')}"
