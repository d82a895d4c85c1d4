"""Routers of an inventory: devices of the platform frr, their cables and ports, FRR inside each of them.

One FRR and one sshd a router, like a device of a maker: its VPN instances are network namespaces inside of it (zebra
``-n``), so that kernels without VRF devices do as well. A sub-interface is a cable of its own beside that of its link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import ip_address, ip_interface

from inventory.inventory import Inventory
from inventory.kinds.network import Device, Interface
from network.errors import LabError
from network.lab.addressing import Lan, Machine
from network.lab.layer import Entry, file
from network.lab.topology import Cable, Node, Port, Route, Segment

__all__ = ["MANAGEMENT", "PLATFORM", "PROGRAMS", "Management", "Routers", "routers_of"]

PLATFORM = "frr"
PROGRAMS = {"vtysh": "frr", "/usr/lib/frr/zebra": "frr", "/usr/lib/frr/frr-reload.py": "frr-pythontools"}
"""Programs that routers need -> their Debian packages."""
MANAGEMENT = "management"
"""Segment of the routers' management ports, with nobody else on it than ``ops``."""
_PORT = "mgmt0"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,14}")
"""What Linux takes as an interface's name, without what a shell would read otherwise."""
_VPN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,34}")
_SYSCTLS = {
    "net/ipv6/conf/all/accept_dad": "0",
    "net/ipv6/conf/default/accept_dad": "0",
    "net/ipv6/conf/all/accept_ra": "0",
    "net/ipv6/conf/default/accept_ra": "0",
    "net/ipv4/ping_group_range": "0 2147483647",
    "net/ipv4/ip_forward": "1",
    "net/ipv6/conf/all/forwarding": "1",
    "net/ipv6/conf/default/forwarding": "1",
    "net/ipv4/conf/all/rp_filter": "0",
    "net/ipv4/conf/default/rp_filter": "0",
    "net/ipv4/conf/all/send_redirects": "0",
    "net/ipv4/conf/default/send_redirects": "0",
    # Flows, not packets, choose between ways of one cost.
    "net/ipv4/fib_multipath_hash_policy": "1",
    "net/ipv6/fib_multipath_hash_policy": "1",
    # A cable that is pulled and put back does not take addresses with it.
    "net/ipv6/conf/all/keep_addr_on_down": "1",
    "net/ipv6/conf/default/keep_addr_on_down": "1",
}
_START = """\
#!/bin/sh
# zebra first: the others ask it for interfaces. mgmtd is there from FRR 10 on.
set -eu
for daemon in zebra mgmtd staticd ospfd ospf6d bgpd; do
    [ -x "/usr/lib/frr/$daemon" ] || continue
    case $daemon in zebra) vpns=--vrfwnetns ;; *) vpns= ;; esac
    /usr/lib/frr/$daemon --daemon --vty_addr 127.0.0.1 --vty_port 0 $vpns >>/run/frr/start.log 2>&1
done
# The status tells only whether it was read to its end; a refused line is named in the log.
vtysh --boot >>/run/frr/start.log 2>&1
"""
_SERVICE = ("/bin/sh", "/etc/qianyun-lab/frr.sh")


def routers_of(inventory: Inventory) -> tuple[Machine, ...]:
    """The routers that can stand in a laboratory, as machines: id and host name, and their addresses without length."""
    found = []
    for device in inventory.devices.values():
        if device.platform != PLATFORM:
            continue
        own = [device.management_address, *device.loopbacks, *_own(device)]
        addresses = tuple(dict.fromkeys(address for address in own if address))
        names = tuple(dict.fromkeys((device.id, device.name))) if _is_host_name(device.name) else (device.id,)
        found.append(Machine(names, f"room:{device.room}" if device.room else f"division:{device.division}", addresses))
    return tuple(found)


def _is_host_name(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text) is not None


def _own(device: Device) -> Iterator[str]:
    return (str(ip_interface(address).ip) for port in device.interfaces for address in port.addresses)


@dataclass(frozen=True)
class Management:
    """The management segment: ``addresses`` of the routers' ports and of ``ops``, with length, by node."""

    segment: Segment
    addresses: Mapping[str, str]


class Routers:
    """The chosen routers of an inventory and how they are joined.

    Raises:
        LabError: lab-interface-name, lab-vpn-name, from each of its attributes.
    """

    def __init__(self, inventory: Inventory, machines: Sequence[Machine]) -> None:
        self._inventory = inventory
        self._machines = tuple(machines)
        self.devices: dict[str, Device] = {m.names[0]: inventory.devices[m.names[0]] for m in machines}

    def vpn_name(self, vpn: str | None) -> str:
        """What a router calls the instance of a VPN; empty for none."""
        if vpn is None:
            return ""
        record = self._inventory.vpns.get(vpn)
        name = record.name if record is not None and record.name.isascii() and " " not in record.name else vpn
        name = name or vpn
        if not _VPN.fullmatch(name):
            raise LabError("lab-vpn-name", vpn=vpn, name=name)
        return name

    @cached_property
    def cables(self) -> tuple[Cable, ...]:
        """A cable for each link between chosen routers, and for each pair of sub-interfaces of one VLAN on it."""
        found = []
        for link in self._inventory.links.values():
            a, b = self.devices.get(link.a_device), self.devices.get(link.b_device)
            if a is None or b is None or not (link.a_interface and link.b_interface):
                continue
            found.append(Cable(self._end(a, link.a_interface), self._end(b, link.b_interface)))
            others = {port.vlan: port for port in _sub_interfaces(b, link.b_interface)}
            found += [
                Cable(self._end(a, port.name), self._end(b, others[port.vlan].name))
                for port in _sub_interfaces(a, link.a_interface)
                if port.vlan in others
            ]
        return tuple(dict.fromkeys(found))

    def _end(self, device: Device, name: str) -> tuple[str, str, str]:
        if not _NAME.fullmatch(name) or name in {"lo", _PORT}:
            raise LabError("lab-interface-name", device=device.id, interface=name)
        port = next((port for port in device.interfaces if port.name == name), None)
        return device.id, name, self.vpn_name(port.vpn if port else None)

    @cached_property
    def lans(self) -> tuple[Lan, ...]:
        """Interfaces towards hosts: those with an address that no link of the inventory names, nor a sub-interface."""
        linked = {(link.a_device, link.a_interface) for link in self._inventory.links.values()}
        linked |= {(link.b_device, link.b_interface) for link in self._inventory.links.values()}
        found = []
        for device in self.devices.values():
            for port in device.interfaces:
                away = (device.id, port.name) in linked or (device.id, port.name.partition(".")[0]) in linked
                if not away and port.addresses and port.name not in {"lo", _PORT}:
                    _, name, vpn = self._end(device, port.name)
                    found.append(Lan(device.id, name, vpn, port.addresses))
        return tuple(found)

    def nodes(self, management: Management, segment_of: Callable[[Lan], str], texts: Mapping[str, str]) -> list[Node]:
        """The routers as nodes. ``texts``: configurations; ``segment_of``: what a LAN's port is plugged into."""
        return [self._node(machine, management, segment_of, texts[machine.names[0]]) for machine in self._machines]

    def _node(self, machine: Machine, management: Management, segment_of: Callable[[Lan], str], text: str) -> Node:
        name, *others = machine.names
        device = self.devices[name]
        login = self.login(device)
        # Where operators log in at an address of the management network, nothing in the configuration knows it.
        extra = () if _stands_on(device, login) else (f"{login}/32",)
        ports = [Port(MANAGEMENT, (management.addresses[name], *extra), name=_PORT)]
        ports += [Port(segment_of(lan), name=lan.interface, vpn=lan.vpn) for lan in self.lans if lan.device == name]
        vpns = {self.vpn_name(port.vpn) for port in device.interfaces if port.vpn}
        return Node(
            name,
            "router",
            tuple(others),
            machine.place,
            tuple(ports),
            vpns=tuple(sorted(vpns)),
            announced=self._announced(device),
            hostname=device.name if _is_host_name(device.name) else "",
            login=login,
            files=_files(text),
            sysctls=_SYSCTLS,
            services=(_SERVICE,),
        )

    def _announced(self, device: Device) -> dict[str, tuple[str, ...]]:
        found = {"": [f"{address}/32" for address in device.loopbacks if ":" not in address]}
        for lan in self.lans:
            if lan.device == device.id:
                networks = (ip_interface(address).network for address in lan.addresses)
                found.setdefault(lan.vpn, []).extend(str(network) for network in networks if network.version == 4)
        return {vpn: tuple(networks) for vpn, networks in found.items()}

    def login(self, device: Device) -> str:
        """The IPv4 address at which operators log in at a device; LabError (lab-no-management)."""
        address = device.management_address
        if not address or ip_address(address).version != 4:
            raise LabError("lab-no-management", device=device.id)
        return address

    def operators(self, ops: Node, management: Management) -> Node:
        """The operators' host with its port on the management segment and the ways to the routers."""
        ways = tuple(
            Route(f"{self.login(device)}/32", management.addresses[name].partition("/")[0], _PORT)
            for name, device in self.devices.items()
        )
        port = Port(MANAGEMENT, (management.addresses[ops.name],), name=_PORT)
        return replace(ops, ports=(*ops.ports, port), routes=ways)


def _sub_interfaces(device: Device, parent: str) -> list[Interface]:
    return [port for port in device.interfaces if port.vlan and port.name.startswith(f"{parent}.")]


def _stands_on(device: Device, address: str) -> bool:
    return address in {*device.loopbacks, *_own(device)}


def _files(text: str) -> dict[str, Entry]:
    kept = {"user": "frr", "group": "frrvty"}
    return {
        "/etc/frr/frr.conf": file(text, 0o660, **kept),
        "/etc/frr/vtysh.conf": file("service integrated-vtysh-config\n", 0o660, **kept),
        "/etc/frr/daemons": file("", 0o640, **kept),
        "/etc/qianyun-lab/frr.sh": file(_START),
    }
