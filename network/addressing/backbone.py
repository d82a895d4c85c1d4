"""Prefixes of links, loopbacks, management networks and interconnections, and the addresses of interfaces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Interface

from inventory.addressing_settings import HostNumbers
from inventory.inventory import Inventory
from inventory.kinds.network import Device, DeviceRole, Interface, Link
from network.addressing.ground import Ground, Wanted
from network.addressing.kept import block_of, scope
from network.addressing.segments import Key, ipv4_of, ipv6_of
from network.addressing.space import BITS, Block
from network.addressing.tree import Tree

__all__ = [
    "End",
    "Links",
    "add_interconnections",
    "add_networks",
    "give_loopbacks",
    "host_number",
    "interface_addresses",
    "loopback_pairs",
    "present_loopbacks",
]

End = tuple[str, str]
"""(device, interface)."""
_HOST_BITS = 64
"""RFC 4291, section 2.5.1: an interface identifier."""


def host_number(address: IPv4Address) -> int:
    """An IPv4 address as the last 64 bits of an IPv6 address, digit for digit: 10.252.0.1 is ::10:252:0:1."""
    number = 0
    for part in str(address).split("."):
        number = number << 16 | int(part, 16)
    return number


class Links:
    """Prefixes of links. ``of``: link -> prefix; ``addresses``: end -> its address; ``pairs``: IPv4 -> IPv6."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.inventory = tree.ground.inventory
        self.of: dict[str, Block] = {}
        self.addresses: dict[End, IPv6Interface] = {}
        self.pairs: dict[Key, Block] = {}
        by_home: dict[str, list[Link]] = {}
        for link in self.inventory.links.values():
            home = tree.home(self._division(link))
            if home is not None:
                by_home.setdefault(home, []).append(link)
        for home, links in by_home.items():
            self._give(home, links)

    def _division(self, link: Link) -> str | None:
        """Of the two ends' divisions the lower one, so that a new county brings the prefixes of its links with it."""
        devices = self.inventory.devices
        ends = [devices[id].division for id in (link.a_device, link.b_device) if id in devices]
        return max(ends, key=lambda id: len(self.inventory.lineage(id)), default=None)

    def _give(self, home: str, links: list[Link]) -> None:
        tree = self.tree
        row = tree.row
        slot = row.slot_length or row.length
        wanted = [
            Wanted(link.id, tree.id("link", link.id), slot, (scope(tree.purpose, tree.vpn, "site", link.id),),
                   fixed=self._present(link), division=self._division(link))
            for link in links
        ]  # fmt: skip
        given = tree.give(home, tree.ground.space(tree.own[home]), wanted, "link")
        for want, link in zip(wanted, links, strict=True):
            if want.name not in given:
                continue
            place, held = given[want.name]
            is_new = held is None and want.fixed is None
            block = Block(place.first, max(place.length, row.length)) if is_new else place
            four = self._ipv4(link)
            tree.add(
                tree.assignment(
                    want.id, block, held, division=want.division, site=link.id, vpn=self._vpn(link),
                    ipv4=four[1] if four is not None else None,
                )
            )  # fmt: skip
            self.of[link.id] = block
            if four is not None:
                self.pairs[four] = block
            self._number(link, block)

    def _interface(self, device: str, name: str) -> Interface | None:
        record = self.inventory.devices.get(device)
        return next((each for each in record.interfaces if each.name == name), None) if record is not None else None

    def _interfaces(self, link: Link) -> Iterator[Interface]:
        for device, name in ((link.a_device, link.a_interface), (link.b_device, link.b_interface)):
            found = self._interface(device, name)
            if found is not None:
                yield found

    def _present(self, link: Link) -> Block | None:
        """What the ends have already."""
        six = (each for interface in self._interfaces(link) for each in ipv6_of(interface))
        return next((block_of(str(each)) for each in six), None)

    def _vpn(self, link: Link) -> str | None:
        return next((each.vpn for each in self._interfaces(link) if each.vpn is not None), self.tree.vpn)

    def _ipv4(self, link: Link) -> Key | None:
        fours = ((each, four) for each in self._interfaces(link) for four in ipv4_of(each))
        return next(((each.vpn or "", four.network) for each, four in fours), None)

    def _number(self, link: Link, block: Block) -> None:
        """End A has the lower address. In a /127 these are its two (RFC 6164), else ::1 and ::2."""
        low = block.first if block.length == BITS - 1 else block.first + 1
        taken = {int(each) for interface in self._interfaces(link) for each in ipv6_of(interface)}
        for number, end in enumerate(((link.a_device, link.a_interface), (link.b_device, link.b_interface))):
            interface = self._interface(*end)
            if interface is None or ipv6_of(interface):
                continue
            choices = [low + number, low + 1 - number]
            free = next((each for each in choices if each not in taken), None)
            if free is not None and block.length < BITS:
                taken.add(free)
                self.addresses[end] = IPv6Interface((free, block.length))


def present_loopbacks(inventory: Inventory) -> dict[str, IPv6Address]:
    """Device -> the IPv6 loopback that it has."""
    firsts = (
        (id, next((text for text in each.loopbacks if ":" in text), None)) for id, each in inventory.devices.items()
    )
    return {id: IPv6Address(text) for id, text in firsts if text is not None}


def loopback_pairs(inventory: Inventory, loopbacks: Mapping[str, IPv6Address]) -> dict[Key, Block]:
    """IPv4 loopback -> IPv6 loopback of the same device."""
    fours = ((_ipv4_loopback(inventory.devices[id]), six) for id, six in loopbacks.items())
    return {("", IPv4Network(four)): Block(int(six), BITS) for four, six in fours if four is not None}


def give_loopbacks(tree: Tree) -> dict[str, IPv6Address]:
    """Device -> address, for devices that have an IPv4 loopback and no IPv6 one."""
    ground = tree.ground
    found: dict[str, IPv6Address] = {}
    taken = {each.block.first for each in ground.kept.within(Block(0, 0)) if each.block.length == BITS}
    counters: dict[str, Iterator[int]] = {}
    networks: dict[str, Block] = {}
    for id, device in ground.inventory.devices.items():
        four, home = _ipv4_loopback(device), tree.home(device.division)
        if home is not None and home not in networks:
            networks[home] = _loopback_network(tree, home)
        if four is None or home is None or any(":" in text for text in device.loopbacks):
            continue
        number = _free_host(ground, networks[home], four, taken, counters.setdefault(home, iter(range(1, 1 << 32))))
        taken.add(number)
        found[id] = IPv6Address(number)
    return found


def _ipv4_loopback(device: Device) -> IPv4Address | None:
    return next((IPv4Address(text) for text in device.loopbacks if ":" not in text), None)


def _loopback_network(tree: Tree, home: str) -> Block:
    own = tree.own[home]
    length = max(own.length, tree.row.slot_length or tree.row.length)
    id = tree.id("loopbacks", home)
    held = tree.ground.kept.claim(id, (scope(tree.purpose, tree.vpn, "division", home),))
    block = held.block if held is not None else own.part(0, length)
    tree.add(tree.assignment(id, block, held, division=home))
    return block


def _free_host(ground: Ground, network: Block, four: IPv4Address, taken: set[int], counter: Iterator[int]) -> int:
    if ground.settings.host_numbers is HostNumbers.IPV4 and BITS - network.length >= _HOST_BITS:
        number = network.first + host_number(four)
        if number not in taken:
            return number
    return next(number for step in counter if (number := network.first + step) not in taken)


def add_networks(tree: Tree) -> None:
    """One management network for each division that has devices: the first place of its part."""
    homes = dict.fromkeys(tree.home(device.division) for device in tree.ground.inventory.devices.values())
    for home in homes:
        if home is None:
            continue
        own = tree.own[home]
        id = tree.id("network", home)
        held = tree.ground.kept.claim(id, (scope(tree.purpose, tree.vpn, "division", home),))
        block = held.block if held is not None else own.part(0, max(own.length, tree.row.length))
        tree.add(tree.assignment(id, block, held, division=home))


def add_interconnections(tree: Tree) -> None:
    """One prefix for each device that is an exit."""
    by_home: dict[str, list[Device]] = {}
    for device in tree.ground.inventory.devices.values():
        home = tree.home(device.division)
        if device.role is DeviceRole.EXIT and home is not None:
            by_home.setdefault(home, []).append(device)
    for home, devices in by_home.items():
        wanted = [
            Wanted(device.id, tree.id("exit", device.id), tree.row.length,
                   (scope(tree.purpose, tree.vpn, "site", device.id),), division=device.division)
            for device in devices
        ]  # fmt: skip
        given = tree.give(home, tree.ground.space(tree.own[home]), wanted, "interconnection")
        for want in wanted:
            if want.name in given:
                block, held = given[want.name]
                tree.add(tree.assignment(want.id, block, held, division=want.division, site=want.name))


def interface_addresses(
    inventory: Inventory,
    numbers: HostNumbers | None,
    links: dict[End, IPv6Interface],
    segment: Callable[[Key], Block | None],
) -> dict[End, tuple[IPv6Interface, ...]]:
    """(device, interface) -> addresses: those that it has, else its end of a link, else one in each of its segments."""
    found: dict[End, tuple[IPv6Interface, ...]] = {}
    hosts = _Hosts(inventory, numbers)
    for id, device in inventory.devices.items():
        for interface in device.interfaces:
            end = (id, interface.name)
            present = ipv6_of(interface)
            if present:
                found[end] = tuple(present)
            elif end in links:
                found[end] = (links[end],)
            else:
                keys = [((interface.vpn or "", four.network), four.ip) for four in ipv4_of(interface)]
                made = [hosts.number(block, four) for key, four in keys if (block := segment(key)) is not None]
                if made:
                    found[end] = tuple(made)
    return found


@dataclass
class _Hosts:
    """Numbers of hosts in segments."""

    inventory: Inventory
    numbers: HostNumbers | None

    def __post_init__(self) -> None:
        every: Iterable[IPv6Interface] = (
            six for device in self.inventory.devices.values() for each in device.interfaces for six in ipv6_of(each)
        )
        self._taken = {int(each) for each in every}

    def number(self, block: Block, four: IPv4Address) -> IPv6Interface:
        number = block.first + host_number(four)
        if self.numbers is not HostNumbers.IPV4 or BITS - block.length < _HOST_BITS or number in self._taken:
            number = next(each for each in range(block.first + 1, block.last + 1) if each not in self._taken)
        self._taken.add(number)
        return IPv6Interface((number, block.length))
