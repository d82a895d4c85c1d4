"""What a laboratory is made of, as plain data: nodes with ports on segments, and the backbone that joins them.

Hosts, routers and whatever else stands in a laboratory are nodes; the base builds them without knowing what they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from network.lab.layer import Entry

__all__ = ["BACKBONE", "Node", "Port", "Segment", "Topology", "bridge_name", "port_name"]

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
    """

    segment: str
    addresses: tuple[str, ...]
    routers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Node:
    """A machine of the laboratory.

    Attributes:
        name: unique; what people and SSH call it.
        kind: what it is for, for people (host, dns, client, ops, backbone).
        names: further names of the same machine.
        place: where it stands, as ``KIND:ID``.
        ports: its interfaces, eth0 first.
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
    files: Mapping[str, Entry] = field(default_factory=dict)
    sysctls: Mapping[str, str] = field(default_factory=dict)
    services: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Topology:
    """A whole laboratory. One node is called ``BACKBONE``; it has no ports."""

    segments: tuple[Segment, ...]
    nodes: tuple[Node, ...]


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def bridge_name(segment: str) -> str:
    """Interface of a segment's bridge: Linux allows 15 characters."""
    return f"br{_short(segment)}"


def port_name(node: str, number: int) -> str:
    """The backbone's end of a node's interface ``eth<number>``."""
    return f"p{_short(f'{node} {number}')}"
