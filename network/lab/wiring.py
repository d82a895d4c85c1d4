"""Cables and addresses: bridges in the backbone, a veth pair for every port, addresses and routes in every node."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence

from network.errors import LabFailedError
from network.lab.kernel import PATH
from network.lab.topology import BACKBONE, Node, Segment, Topology, bridge_name, port_name

__all__ = ["configure", "plug_in", "set_ports"]


def plug_in(topology: Topology, pids: Mapping[str, int]) -> None:
    """Make the bridges of all segments in the backbone, and plug every node into its own.

    Raises:
        LabFailedError: lab-failed, with what ``ip`` said.
    """
    _batch(BACKBONE, pids[BACKBONE], [*_bridges(topology.segments), *_cables(topology.nodes, pids)])


def _bridges(segments: Iterable[Segment]) -> Iterator[str]:
    for segment in segments:
        bridge = bridge_name(segment.name)
        yield f"link add name {bridge} type bridge"
        yield f"link set {bridge} up"
        yield from (_address(address, bridge) for address in segment.gateways)


def _cables(nodes: Iterable[Node], pids: Mapping[str, int]) -> Iterator[str]:
    for node in nodes:
        for number, port in enumerate(node.ports):
            name = port_name(node.name, number)
            yield f"link add name {name} type veth peer name eth{number} netns {pids[node.name]}"
            yield f"link set {name} master {bridge_name(port.segment)} up"


def configure(node: Node, pid: int) -> None:
    """Give a node its addresses and its default routes."""
    lines = []
    for number, port in enumerate(node.ports):
        device = f"eth{number}"
        lines.append(f"link set {device} up")
        lines += [_address(address, device) for address in port.addresses]
        lines += [f"route add default via {router} dev {device}" for router in port.routers]
    if lines:
        _batch(node.name, pid, lines)


def set_ports(backbone: int, ports: Sequence[str], state: str) -> None:
    """Pull the cables of ports out of the backbone (``down``), or put them back (``up``)."""
    _batch(BACKBONE, backbone, [f"link set {port} {state}" for port in ports])


def _address(address: str, device: str) -> str:
    # Duplicate address detection would keep an IPv6 address from use for a second.
    return f"addr add {address} dev {device}{' nodad' if ':' in address else ''}"


def _batch(host: str, pid: int, lines: Sequence[str]) -> None:
    command = ["nsenter", f"--target={pid}", "--net", "--", "ip", "-batch", "-"]
    done = subprocess.run(  # noqa: S603
        command, input="\n".join(lines) + "\n", capture_output=True, text=True, check=False, env={"PATH": PATH}
    )
    if done.returncode:
        reason = " ".join(done.stderr.split())
        raise LabFailedError("lab-failed", host=host, command="ip", reason=reason or str(done.returncode))
