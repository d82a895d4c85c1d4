"""From an inventory to a laboratory: its machines, and beside them a name server, a client and an operators' host."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network
from itertools import chain, islice

from inventory.inventory import Inventory
from network.errors import LabError
from network.lab.addressing import Machine, Networks, machines_of, select
from network.lab.layer import Entry, file
from network.lab.names import KEY_FILE, server_files
from network.lab.names import SERVICE as NAME_SERVICE
from network.lab.routers import MANAGEMENT, Management, Routers, routers_of
from network.lab.topology import BACKBONE, Node, Port, Segment, Topology

__all__ = ["CLIENT", "DNS", "OPS", "topology_of"]

DNS, CLIENT, OPS = "dns", "client", "ops"
_SERVICE_SEGMENT = "services"
_BENCHMARK = (ip_network("198.18.0.0/15"), ip_network("2001:2::/48"))
"""Set aside for tests between networks (RFC 2544, RFC 5180): estates do not use them."""
_LAST = {DNS: 53, CLIENT: 100, OPS: 10}
_SMALLEST_LAN = 8
_MANAGEMENT_LENGTH = 20
"""Room for some 4,000 routers."""
_EVERY_NODE = {
    # Else an IPv6 service address that is added later could not be used for the first second.
    "net/ipv6/conf/all/accept_dad": "0",
    "net/ipv6/conf/default/accept_dad": "0",
    "net/ipv6/conf/all/accept_ra": "0",
    "net/ipv6/conf/default/accept_ra": "0",
    "net/ipv4/ping_group_range": "0 2147483647",
}
_BEHIND_ROUTERS = {"net/ipv6/conf/all/accept_ra": "1", "net/ipv6/conf/default/accept_ra": "1"}
"""Hosts take addresses and the way out from what routers advertise (RFC 4861)."""
_ROUTING = {
    "net/ipv4/ip_forward": "1",
    "net/ipv6/conf/all/forwarding": "1",
    "net/ipv6/conf/default/forwarding": "1",
    # A service address may live on another segment than the one its prefix belongs to: the backbone answers for it.
    "net/ipv4/conf/all/proxy_arp": "1",
    "net/ipv4/conf/default/proxy_arp": "1",
    "net/ipv6/conf/all/proxy_ndp": "1",
    "net/ipv6/conf/default/proxy_ndp": "1",
    "net/ipv4/conf/all/rp_filter": "0",
    "net/ipv4/conf/default/rp_filter": "0",
    "net/ipv4/conf/all/send_redirects": "0",
    "net/ipv4/conf/default/send_redirects": "0",
    # Answers for a service address come at once, not after a random part of 0.8 s (arp(7)).
    "net/ipv4/neigh/default/proxy_delay": "0",
    "net/ipv6/neigh/default/proxy_delay": "0",
}


@dataclass(frozen=True)
class _Services:
    """The segment of the laboratory's own hosts, and their addresses by name."""

    segment: Segment
    addresses: Mapping[str, tuple[str, str]]


def topology_of(
    inventory: Inventory, only: Sequence[str], tsig_key: str, configurations: Mapping[str, str] = {}
) -> Topology:
    """The laboratory of an inventory, or of the machines and routers that ``only`` selects (``addressing.select``;
    ``network``: all routers, ``hosts``: all machines). ``configurations``: what each router begins with.

    Nothing of access is in it yet: SSH is added when it is built.

    Raises:
        LabError: lab-no-hosts, lab-only, lab-address-twice, lab-no-address, lab-gateway, lab-no-management,
            lab-interface-name, lab-vpn-name.
    """
    of_systems, of_devices = machines_of(inventory), routers_of(inventory)
    if not of_systems and not of_devices:
        raise LabError("lab-no-hosts", estate=inventory.path)
    chosen = select((*of_systems, *of_devices), only, {"hosts": of_systems, "network": of_devices})
    machines = [machine for machine in chosen if machine in of_systems]
    routers = Routers(inventory, [machine for machine in chosen if machine in of_devices])
    networks = Networks(inventory, machines, routers.lans)
    services = _services(networks)
    management = _management(networks, services, routers.devices)
    segments = (*networks.segments.values(), services.segment, *([management.segment] if routers.devices else []))
    nodes = [
        Node(BACKBONE, BACKBONE, sysctls=_EVERY_NODE | _ROUTING),
        *(_service_host(name, services) for name in (DNS, CLIENT, OPS)),
        *routers.nodes(management, networks.lan, configurations),
        *(_machine_host(machine, networks) for machine in (*machines, *_users(routers, networks, machines))),
    ]
    if routers.devices:
        nodes[3] = routers.operators(nodes[3], management)
    extra = {DNS: server_files(_records(machines), tsig_key), OPS: {KEY_FILE: file(tsig_key, 0o600)}}
    common = _common_files(nodes, segments, services)
    finished = (
        replace(node, files={**_own_files(node), **common, **node.files, **extra.get(node.name, {})}) for node in nodes
    )
    return Topology(segments, tuple(finished), routers.cables)


def _used(networks: Networks) -> list[IPv4Network | IPv6Network]:
    of_backbone = (gateway for segment in networks.segments.values() for gateway in segment.gateways)
    return [ip_network(gateway, strict=False) for gateway in of_backbone] + list(networks.routed)


def _services(networks: Networks) -> _Services:
    used = _used(networks)
    nets = [
        next(net for net in block.subnets(new_prefix=length) if not any(_overlap(net, other) for other in used))
        for block, length in zip(_BENCHMARK, (24, 64), strict=True)
    ]
    segment = Segment(_SERVICE_SEGMENT, "", tuple(f"{net[1]}/{net.prefixlen}" for net in nets))
    # The same last figures in both families, for people: 198.18.0.53 and 2001:2::53.
    addresses = {
        name: (f"{nets[0][last]}/{nets[0].prefixlen}", f"{nets[1][int(str(last), 16)]}/{nets[1].prefixlen}")
        for name, last in _LAST.items()
    }
    return _Services(segment, addresses)


def _management(networks: Networks, services: _Services, routers: Iterable[str]) -> Management:
    used = [*_used(networks), *(ip_network(gateway, strict=False) for gateway in services.segment.gateways)]
    own = next(
        net for net in _BENCHMARK[0].subnets(new_prefix=_MANAGEMENT_LENGTH) if not any(_overlap(net, u) for u in used)
    )
    hosts = islice(own.hosts(), _LAST[OPS] - 1, None)
    return Management(
        Segment(MANAGEMENT),
        {name: f"{host}/{own.prefixlen}" for name, host in zip((OPS, *routers), hosts, strict=False)},
    )


def _overlap(one: object, other: object) -> bool:
    return one.version == other.version and one.overlaps(other)  # type: ignore[attr-defined,no-any-return]


def _service_host(name: str, services: _Services) -> Node:
    routers = tuple(gateway.partition("/")[0] for gateway in services.segment.gateways)
    port = Port(_SERVICE_SEGMENT, services.addresses[name], routers)
    return Node(name, name, ports=(port,), sysctls=_EVERY_NODE, services=(NAME_SERVICE,) if name == DNS else ())


def _machine_host(machine: Machine, networks: Networks) -> Node:
    port = Port(networks.segment(machine).name, networks.with_length(machine), networks.routers(machine))
    name, *others = machine.names
    behind = networks.behind_routers(machine)
    sysctls = _EVERY_NODE | (_BEHIND_ROUTERS if behind else {})
    # The operators' host, on the backbone, has no way into the routers' networks.
    return Node(name, "host", tuple(others), networks.place(machine), (port,), sysctls=sysctls, access=not behind)


def _users(routers: Routers, networks: Networks, machines: Sequence[Machine]) -> Iterator[Machine]:
    """A user's machine, DEVICE.INTERFACE, in each LAN of routers in which no machine of a system stands."""
    occupied = {networks.segment(machine).name for machine in machines if networks.behind_routers(machine)}
    for lan in routers.lans:
        name = networks.lan(lan)
        network = next((ip_interface(a).network for a in lan.addresses if ":" not in a), None)
        if name in occupied or network is None or network.num_addresses < _SMALLEST_LAN:
            continue
        occupied.add(name)
        yield Machine((f"{lan.device}.{lan.interface}",), "", (str(network[-2]),))


def _records(machines: Sequence[Machine]) -> dict[str, tuple[str, ...]]:
    """DNS name -> addresses. A name of both sides belongs to the source until somebody moves it."""
    found: dict[str, tuple[str, ...]] = {}
    sides = [[m for m in machines if m.names[0].endswith(".source") is source] for source in (True, False)]
    for side in sides:
        new: dict[str, tuple[str, ...]] = {}
        for machine in side:
            for name in machine.dns:
                new[name] = (*new.get(name, ()), *machine.addresses)
        found = new | found
    return found


def _common_files(nodes: Sequence[Node], segments: Sequence[Segment], services: _Services) -> dict[str, Entry]:
    servers = [address.partition("/")[0] for address in services.addresses[DNS]]
    resolver = [f"nameserver {server}" for server in servers] + ["options timeout:1 attempts:2"]
    return {
        "/etc/hosts": file("\n".join(_host_lines(nodes, segments)) + "\n"),
        "/etc/resolv.conf": file("\n".join(resolver) + "\n"),
        "/etc/nsswitch.conf": file(
            "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\nprotocols: files\n"
        ),
    }


def _host_lines(nodes: Sequence[Node], segments: Sequence[Segment]) -> Iterator[str]:
    yield "127.0.0.1 localhost"
    yield "::1 localhost ip6-localhost ip6-loopback"
    own = chain.from_iterable(segment.gateways for segment in segments)
    yield from (f"{gateway.partition('/')[0]} {BACKBONE}" for gateway in own)
    for node in nodes:
        for port in node.ports:
            yield from (f"{a.partition('/')[0]} {' '.join((node.name, *node.names))}" for a in port.addresses)


def _own_files(node: Node) -> dict[str, Entry]:
    return {"/etc/hostname": file(f"{node.hostname or hostname(node.name)}\n")}


def hostname(name: str) -> str:
    """A node's name as the kernel takes it: 64 characters at most."""
    return name[:63]
