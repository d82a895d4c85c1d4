"""Whether the routers of a laboratory have found all ways of IPv4: asked of the kernel's routing tables."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Network, ip_network

from network.errors import LabFailedError
from network.lab.kernel import PATH
from network.lab.processes import to_enter
from network.lab.topology import Node, Topology

__all__ = ["wait_until_converged"]

SECONDS = 120
"""How long routers may take at most."""
_PAUSE = 0.2

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
    tables = "ip -json -4 route show" + "".join(f" && ip -netns {vpn} -json -4 route show" for vpn in router.vpns)
    done = subprocess.run(  # noqa: S603
        to_enter(pid, ["/bin/sh", "-c", tables]), capture_output=True, text=True, check=False, env={"PATH": PATH}
    )
    found = []
    lines = done.stdout.splitlines()
    for number, vpn in enumerate(("", *router.vpns)):
        routes = json.loads(lines[number]) if number < len(lines) and lines[number].strip() else []
        known = {_network(route["dst"]) for route in routes}
        found += [str(network) for network in wanted[router.name, vpn] if not _covered(network, known)]
    return sorted(found)


def _network(text: str) -> IPv4Network:
    return IPv4Network("0.0.0.0/0" if text == "default" else text)


def _covered(network: IPv4Network, known: set[IPv4Network]) -> bool:
    return any(network.supernet(new_prefix=length) in known for length in range(network.prefixlen, -1, -1))
