"""Which machines an inventory's components stand for, on which networks they stand, and where those meet the backbone.

Machines have the names of ``migration.runbook.hosts``. Components at one address are one machine with several names.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_interface, ip_network

from inventory.inventory import Inventory
from inventory.kinds.systems import Endpoint
from migration.runbook.hosts import SIDES, host_name
from network.errors import LabError
from network.lab.topology import Segment

__all__ = ["Lan", "Machine", "Networks", "machines_of", "select"]

Network = IPv4Network | IPv6Network
_DEFAULT_LENGTH = {4: 24, 6: 64}
"""Length of a segment's prefix where the inventory has none around an address."""
_LONGEST = {4: 29, 6: 124}
"""Longer prefixes are links and loopbacks, no segments with hosts."""


@dataclass(frozen=True)
class Machine:
    """One machine of the estate: ``names[0]`` is its own, the others are of further components on it."""

    names: tuple[str, ...]
    place: str
    addresses: tuple[str, ...]
    dns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lan:
    """An interface of a router towards hosts. ``addresses``: with prefix length; ``vpn``: instance or empty."""

    device: str
    interface: str
    vpn: str
    addresses: tuple[str, ...]


def machines_of(inventory: Inventory) -> tuple[Machine, ...]:
    """All machines with an address: sources, and targets by their target_endpoints.

    An address that a component keeps when it moves is its source's at first.

    Raises:
        LabError: lab-address-twice, lab-no-address.
    """
    by_address: dict[str, Machine] = {}
    sources = {address for *_, side, ends in _components(inventory) if side == "source" for address in _addresses(ends)}
    for system, component, side, ends in _components(inventory):
        own = tuple(a for a in _addresses(ends) if side == "source" or a not in sources)
        name = host_name(system, component, side)
        if not own:
            if taken := _addresses(ends):
                raise LabError("lab-no-address", host=name, address=taken[0])
            continue
        names = tuple(dict.fromkeys(end.name.lower().rstrip(".") for end in ends if end.name))
        made = Machine((name,), _place(inventory, system, component, side), own, names)
        _put(by_address, made)
    return tuple(dict.fromkeys(by_address.values()))


def _components(inventory: Inventory) -> Iterator[tuple[str, str, str, tuple[Endpoint, ...]]]:
    for system in inventory.systems.values():
        for part in system.components:
            for side in SIDES:
                yield system.id, part.id, side, part.endpoints if side == "source" else part.target_endpoints


def _addresses(ends: Iterable[Endpoint]) -> tuple[str, ...]:
    known = tuple(ends)
    found = [end.address for end in known if end.address] + [end.address_v6 for end in known if end.address_v6]
    return tuple(dict.fromkeys(str(ip_address(address)) for address in found))


def _place(inventory: Inventory, system: str, component: str, side: str) -> str:
    if side == "target":
        return ""  # the plan decides on the pool; the segment's prefix says which one it is
    record, part = inventory.systems[system], inventory.component(system, component)
    return (part.runs_in if part else None) or record.runs_in or ""


def _put(by_address: dict[str, Machine], made: Machine) -> None:
    """Add a machine, or make it one with those that have one of its addresses."""
    for other in dict.fromkeys(by_address[address] for address in made.addresses if address in by_address):
        if other.place != made.place:
            shared = next(address for address in made.addresses if address in other.addresses)
            raise LabError("lab-address-twice", address=shared, first=other.names[0], second=made.names[0])
        made = Machine(
            tuple(dict.fromkeys(other.names + made.names)),
            made.place,
            tuple(dict.fromkeys(other.addresses + made.addresses)),
            tuple(dict.fromkeys(other.dns + made.dns)),
        )
    by_address |= dict.fromkeys(made.addresses, made)


def select(
    machines: Sequence[Machine], only: Sequence[str], groups: Mapping[str, Sequence[Machine]] = {}
) -> tuple[Machine, ...]:
    """The machines that words select: a name, the beginning of one up to a dot (SYSTEM, SYSTEM.COMPONENT or
    SYSTEM/COMPONENT), a pattern (``*.db.*``), an address or one of ``groups``. Without words, all.

    Raises:
        LabError: lab-only, a word selects nothing.
    """
    if not only:
        return tuple(machines)
    chosen = set()
    for word in only:
        some = groups.get(word)
        if some is None:
            some = [machine for machine in machines if _matches(machine, word.replace("/", "."))]
        found = {machine.names[0] for machine in some}
        if not found:
            known = [*groups, *(name for machine in machines for name in machine.names)]
            nearest = difflib.get_close_matches(word, known, n=3, cutoff=0.3)
            raise LabError("lab-only", only=word, nearest=", ".join(nearest) or "-")
        chosen |= found
    return tuple(machine for machine in machines if machine.names[0] in chosen)


def _matches(machine: Machine, word: str) -> bool:
    names = (name == word or name.startswith(f"{word}.") or fnmatchcase(name, word) for name in machine.names)
    return any(names) or word in machine.addresses


class Networks:
    """The segments that machines stand on.

    Prefixes come from the interfaces of routers (``lans``), else from the inventory where it knows them. Networks of
    one machine are one segment with both families. Where routers stand, the backbone does not.

    Raises:
        LabError: lab-address-twice, routers have a network in two VPNs.
    """

    def __init__(self, inventory: Inventory, machines: Sequence[Machine], lans: Sequence[Lan] = ()) -> None:
        self._lans = tuple(lans)
        self._routers: dict[Network, str] = {}
        first: dict[Network, Lan] = {}
        for lan in lans:
            for address in map(ip_interface, lan.addresses):
                known = first.setdefault(address.network, lan)
                if known.vpn != lan.vpn:
                    raise LabError("lab-address-twice", address=address, first=known.device, second=lan.device)
                self._routers.setdefault(address.network, str(address.ip))
        self._prefixes = [
            (network, record.site)
            for record in inventory.prefixes.values()
            if (network := ip_network(record.prefix)).prefixlen <= _LONGEST[network.version]
        ]
        self._places = {machine.names[0]: machine.place for machine in machines}
        self._machines = tuple(machines)
        self._inventory = inventory

    def network(self, address: str) -> Network:
        """The network of a router's interface around an address, else the longest prefix of the inventory, else /24 or
        /64."""
        alone = ip_network(address)
        around = [network for network in self._routers if network.version == alone.version and alone[0] in network]
        around = around or [
            network for network, _ in self._prefixes if network.version == alone.version and alone[0] in network
        ]
        if around:
            return max(around, key=lambda network: network.prefixlen)
        return alone.supernet(new_prefix=_DEFAULT_LENGTH[alone.version])

    @cached_property
    def _segment_of(self) -> Mapping[Network, str]:
        """Network -> name of its segment: the first network that shares machines with it."""
        leader: dict[Network, Network] = {}

        def find(network: Network) -> Network:
            while leader.setdefault(network, network) != network:
                network = leader[network]
            return network

        of_machines = ([self.network(address) for address in machine.addresses] for machine in self._machines)
        of_routers = ([ip_interface(address).network for address in lan.addresses] for lan in self._lans)
        for networks in (*of_machines, *of_routers):
            first, *others = dict.fromkeys(networks)
            for other in others:
                leader[find(other)] = find(first)
            find(first)
        return {network: str(find(network)) for network in tuple(leader)}

    @cached_property
    def segments(self) -> Mapping[str, Segment]:
        """Segments by name, with the backbone's addresses on them: the first of each network that nobody has.

        Raises:
            LabError: lab-gateway.
        """
        taken = {a for *_, ends in _components(self._inventory) for a in _addresses(ends)}
        found: dict[str, Segment] = {}
        routed = {self._segment_of[network] for network in self._routers}
        for network, name in self._segment_of.items():
            if name in routed:
                found.setdefault(name, Segment(name, self._place(name)))
                continue
            free = next((str(host) for host in network.hosts() if str(host) not in taken), None)
            if free is None:
                raise LabError("lab-gateway", network=network)
            known = found.get(name, Segment(name, self._place(name)))
            found[name] = replace(known, gateways=(*known.gateways, f"{free}/{network.prefixlen}"))
        return found

    def segment(self, machine: Machine) -> Segment:
        """The segment that a machine is plugged into."""
        return self.segments[self._segment_of[self.network(machine.addresses[0])]]

    @property
    def routed(self) -> tuple[Network, ...]:
        """The networks on which routers stand."""
        return tuple(self._routers)

    def lan(self, lan: Lan) -> str:
        """Name of the segment that a router's interface is plugged into."""
        return self._segment_of[ip_interface(lan.addresses[0]).network]

    def behind_routers(self, machine: Machine) -> bool:
        """Whether routers of the inventory, not the backbone, are a machine's way out."""
        segment = self._segment_of[self.network(machine.addresses[0])]
        return any(self._segment_of[network] == segment for network in self._routers)

    def place(self, machine: Machine) -> str:
        """Where a machine stands, as KIND:ID; a target by its segment."""
        return machine.place or self.segment(machine).place

    def with_length(self, machine: Machine) -> tuple[str, ...]:
        """A machine's addresses with the lengths of their prefixes."""
        return tuple(f"{address}/{self.network(address).prefixlen}" for address in machine.addresses)

    def routers(self, machine: Machine) -> tuple[str, ...]:
        """The router's or the backbone's address in the first network of each family that a machine is in. A family
        that no router has there yet has no way out."""
        found: dict[int, str] = {}
        gateways = {ip_interface(gateway).network: gateway for gateway in self.segment(machine).gateways}
        backbone = {network: gateway.partition("/")[0] for network, gateway in gateways.items()}
        for address in machine.addresses:
            network = self.network(address)
            router = self._routers.get(network) or backbone.get(network)
            if router:
                found.setdefault(network.version, router)
        return tuple(found.values())

    def _place(self, name: str) -> str:
        members = (m for m in self._machines if self._segment_of[self.network(m.addresses[0])] == name)
        place = next((machine.place for machine in members if machine.place), "")
        if place:
            return place
        site = next((site for network, site in self._prefixes if str(network) == name), "")
        kinds = (("pool", self._inventory.pools), ("room", self._inventory.rooms), ("cloud", self._inventory.clouds))
        return next((f"{kind}:{site}" for kind, records in kinds if site in records), site)
