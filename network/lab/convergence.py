"""Whether the routers of a laboratory have found all ways of IPv4: asked of the kernel's routing tables."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Network, ip_network
from pathlib import Path

from network.errors import LabFailedError
from network.lab.namespaces import inside, namespace_of
from network.lab.topology import Node, Topology

__all__ = ["wait_until_converged"]

SECONDS = 120
"""How long routers may take at most."""
_PAUSE = 0.1

Place = tuple[str, str]
"""A router, and its VPN instance or empty."""


def wait_until_converged(
    topology: Topology, pids: Mapping[str, int], report: Callable[[int, int], None], seconds: float = SECONDS
) -> None:
    """Wait until every router has ways to the loopbacks and LANs of all routers that it has a way of cables to, in
    each VPN by itself. ``pids``: first processes by node. ``report``: routers that have, routers.

    Raises:
        LabFailedError: lab-not-converged, with a router and what it has no way to.
    """
    routers = [node for node in topology.nodes if node.kind == "router"]
    wanted = _wanted(topology, routers)
    waiting = {router.name: router for router in routers}
    deadline = time.monotonic() + seconds
    while waiting:
        lacking = {name: _lacking(router, pids[name], wanted) for name, router in waiting.items()}
        waiting = {name: router for name, router in waiting.items() if lacking[name]}
        report(len(routers) - len(waiting), len(routers))
        if waiting and time.monotonic() > deadline:
            name = next(iter(waiting))
            raise LabFailedError("lab-not-converged", host=name, missing=", ".join(lacking[name][:3]))
        if waiting:
            time.sleep(_PAUSE)


def _wanted(topology: Topology, routers: Iterable[Node]) -> dict[Place, frozenset[IPv4Network]]:
    """Networks that each router shall have ways to: those announced by the routers joined with it."""
    leader: dict[Place, Place] = {}

    def find(place: Place) -> Place:
        while leader.setdefault(place, place) != place:
            place = leader[place]
        return place

    for cable in topology.cables:
        (a, _, a_vpn), (b, _, b_vpn) = cable.a, cable.b
        leader[find((a, a_vpn))] = find((b, b_vpn))
    together: dict[Place, set[IPv4Network]] = {}
    places = [(node.name, vpn) for node in routers for vpn in ("", *node.vpns)]
    for node in routers:
        for vpn in ("", *node.vpns):
            together.setdefault(find((node.name, vpn)), set()).update(_own(node, vpn))
    mine = {(node.name, vpn): set(_own(node, vpn)) for node in routers for vpn in ("", *node.vpns)}
    return {place: frozenset(together[find(place)] - mine[place]) for place in places}


def _own(node: Node, vpn: str) -> Iterable[IPv4Network]:
    return (ip_network(network) for network in node.announced.get(vpn, ()))  # type: ignore[misc]


def _lacking(router: Node, pid: int, wanted: Mapping[Place, frozenset[IPv4Network]]) -> list[str]:
    found = []
    for vpn in ("", *router.vpns):
        known = _table(namespace_of(pid, vpn))
        found += [str(network) for network in wanted[router.name, vpn] if not _covered(network, known)]
    return sorted(found)


def _table(namespace: str) -> set[IPv4Network]:
    """Destinations of a network's main table, by the kernel's own file: without a process, of which there would be
    hundreds while the routers need the processors themselves."""
    try:
        with inside(namespace):
            rows = Path("/proc/thread-self/net/route").read_text(encoding="ascii").splitlines()[1:]
    except OSError:  # the router has ended
        return set()
    return {_network(columns[1], columns[7]) for columns in map(str.split, rows) if len(columns) > 7}


def _network(destination: str, mask: str) -> IPv4Network:
    """Of the file's hexadecimal numbers, which have the machine's order of bytes."""
    first, bits = (int.from_bytes(int(one, 16).to_bytes(4, sys.byteorder), "big") for one in (destination, mask))
    return IPv4Network((first, bits.bit_count()))


def _covered(network: IPv4Network, known: set[IPv4Network]) -> bool:
    return any(network.supernet(new_prefix=length) in known for length in range(network.prefixlen, -1, -1))
