"""Cables and addresses: bridges in the backbone, a veth pair for every port and cable, addresses and routes in every
node."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence

from network.errors import LabFailedError
from network.lab.kernel import PATH
from network.lab.namespaces import inside, namespace_of
from network.lab.topology import BACKBONE, Cable, Node, Port, Segment, Topology, bridge_name, port_name

__all__ = ["configure", "interface_name", "plug_in", "set_interfaces", "set_ports"]


def plug_in(topology: Topology, pids: Mapping[str, int]) -> None:
    """Make the bridges of all segments in the backbone, and plug every node into its own.

    Raises:
        LabFailedError: lab-failed, with what ``ip`` said.
    """
    lines = [*_bridges(topology.segments), *_ports(topology.nodes, pids), *_cables(topology.cables, pids)]
    _batch(BACKBONE, pids[BACKBONE], lines)


def _bridges(segments: Iterable[Segment]) -> Iterator[str]:
    for segment in segments:
        bridge = bridge_name(segment.name)
        yield f"link add name {bridge} type bridge"
        yield f"link set {bridge} up"
        yield from (_address(address, bridge) for address in segment.gateways)


def _ports(nodes: Iterable[Node], pids: Mapping[str, int]) -> Iterator[str]:
    for node in nodes:
        for number, port in enumerate(node.ports):
            name, there = port_name(node.name, number), namespace_of(pids[node.name], port.vpn)
            yield f"link add name {name} type veth peer name {interface_name(port, number)} netns {there}"
            yield f"link set {name} master {bridge_name(port.segment)} up"


def _cables(cables: Iterable[Cable], pids: Mapping[str, int]) -> Iterator[str]:
    for cable in cables:
        # Made where they belong: moving an interface takes the kernel 20 ms, one after the other.
        (a, a_name, a_vpn), (b, b_name, b_vpn) = cable.a, cable.b
        here, there = namespace_of(pids[a], a_vpn), namespace_of(pids[b], b_vpn)
        yield f"link add name {a_name} netns {here} type veth peer name {b_name} netns {there}"


def interface_name(port: Port, number: int) -> str:
    """The name of a node's port, which has a place among the ports."""
    return port.name or f"eth{number}"


def configure(node: Node, pid: int, cables: Iterable[Cable] = ()) -> None:
    """Bring up a node's interfaces with their addresses, and its routes. ``cables``: those
    of the laboratory, of which the node's are taken.

    Raises:
        LabFailedError: lab-failed, with what ``ip`` said.
    """
    ends = [(name, vpn) for cable in cables for owner, name, vpn in (cable.a, cable.b) if owner == node.name]
    lines: dict[str, list[str]] = {"": []}
    for number, port in enumerate(node.ports):
        device = interface_name(port, number)
        mine = lines.setdefault(port.vpn, [])
        mine.append(f"link set {device} up")
        mine += [_address(address, device) for address in port.addresses]
        mine += [f"route add default via {router} dev {device}" for router in port.routers]
    for name, vpn in ends:
        lines.setdefault(vpn, []).append(f"link set {name} up")
    for route in node.routes:
        via = f"via {route.via} " if route.via else ""
        lines[""].append(f"route add {route.to} {via}dev {route.interface}")
    for vpn, some in lines.items():
        if some:
            _batch(node.name, pid, some, vpn)


def set_ports(backbone: int, ports: Sequence[str], state: str) -> None:
    """Pull the cables of ports out of the backbone (``down``), or put them back (``up``)."""
    _batch(BACKBONE, backbone, [f"link set {port} {state}" for port in ports])


def set_interfaces(host: str, pid: int, interfaces: Sequence[tuple[str, str]], state: str) -> None:
    """Pull a host's own ends of cables (interface, VPN instance or ""), or put them back; the other ends notice."""
    for name, vpn in interfaces:
        _batch(host, pid, [f"link set {name} {state}"], vpn)


def _address(address: str, device: str) -> str:
    # Duplicate address detection would keep an IPv6 address from use for a second.
    return f"addr add {address} dev {device}{' nodad' if ':' in address else ''}"


def _batch(host: str, pid: int, lines: Sequence[str], vpn: str = "") -> None:
    try:
        with inside(namespace_of(pid, vpn)):
            done = subprocess.run(
                ["ip", "-batch", "-"],  # noqa: S607 - found by the PATH that is given
                input="\n".join(lines) + "\n",
                capture_output=True,
                text=True,
                check=False,
                env={"PATH": PATH},
            )
    except OSError as error:  # the host has ended
        raise LabFailedError("lab-failed", host=host, command="ip", reason=str(error)) from error
    if done.returncode:
        reason = " ".join(done.stderr.split())
        raise LabFailedError("lab-failed", host=host, command="ip", reason=reason or str(done.returncode))
