"""IPv4-IPv6 pairing: for each IPv4 prefix and subnet the IPv6 prefix of the same segment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface

from inventory.inventory import Inventory
from inventory.kinds.network import Device, Interface, Prefix, PrefixPurpose
from network.addressing.ground import Ground, Wanted
from network.addressing.kept import Held, block_of, is_link_local
from network.addressing.space import Block
from network.addressing.tree import Tree
from network.addressing.users import Place, Pools, Users

__all__ = ["Key", "Pairing", "Segment", "Subnets", "ipv4_of", "ipv6_of"]

Key = tuple[str, IPv4Network]
"""(VPN or "", IPv4 network)."""


def ipv4_of(interface: Interface) -> list[IPv4Interface]:
    """An interface's IPv4 addresses."""
    return [IPv4Interface(text) for text in interface.addresses if ":" not in text]


def ipv6_of(interface: Interface) -> list[IPv6Interface]:
    """An interface's IPv6 addresses but link-local ones."""
    found = [IPv6Interface(text) for text in interface.addresses if ":" in text]
    return [each for each in found if not is_link_local(int(each))]


@dataclass
class Segment:
    """One subnet that devices have an interface in. ``block``: what an interface in it has of IPv6 already."""

    device: Device
    block: Block | None = None


class Subnets:
    """The IPv4 subnets of all interfaces that are no end of a link: the first device of each, and its IPv6 if any."""

    def __init__(self, inventory: Inventory) -> None:
        self.ends = {
            end
            for link in inventory.links.values()
            for end in ((link.a_device, link.a_interface), (link.b_device, link.b_interface))
        }
        self.of: dict[Key, Segment] = {}
        for id, device in inventory.devices.items():
            for interface in device.interfaces:
                if (id, interface.name) in self.ends:
                    continue
                six = ipv6_of(interface)
                block = block_of(str(six[0])) if six else None
                for number, four in enumerate(each for each in ipv4_of(interface) if each.network.prefixlen < 31):
                    segment = self.of.setdefault((interface.vpn or "", four.network), Segment(device))
                    if segment.block is None and number == 0:
                        segment.block = block


class Pairing:
    """Pairs IPv4 prefixes and subnets.

    of: (VPN, IPv4 network) -> block of the same segment. records: block -> id of the IPv4 prefix record that it is the
    pair of. users, pools: VPN -> where its departments, sites and pools have their prefixes.
    """

    def __init__(
        self, ground: Ground, subnets: Subnets, users: Callable[[str | None], Users | None],
        pools: Callable[[str | None], Pools | None],
    ) -> None:  # fmt: skip
        self.of: dict[Key, Block] = {}
        self.records: dict[Block, str] = {}
        self._ground = ground
        self._subnets = subnets
        self._users = users
        self._pools = pools
        self._places: dict[Key, Place] = {}
        self._lengths: dict[str, list[int]] = {}
        self._waiting: dict[Key, tuple[Place, str | None]] = {}
        self._pair_records()
        for key, segment in subnets.of.items():
            if key not in self.of and key not in self._waiting:
                place = self._covering(key) or self._of_device(key[0], segment.device)
                if place is not None:
                    self._waiting[key] = (place, None)
        self._give_segments()

    def _pair_records(self) -> None:
        """Wider prefixes before those that lie in them."""
        inventory = self._ground.inventory
        explicit = dict(_explicit(inventory))
        records = [each for each in inventory.prefixes.values() if ":" not in each.prefix]
        records.sort(key=lambda each: int(each.prefix.partition("/")[2]))
        found = [
            (each, self._of_record(each), self._ground.kept.of_record.get(explicit.get(each.id, "")))
            for each in records
        ]
        whole_of: dict[Block, str] = {}
        for record, (place, _), named in found:  # what is the whole of its owner by record stays it
            if named is not None and place is not None and named.block == place.block:
                whole_of.setdefault(place.block, record.id)
        for record, (place, whole), named in found:
            key = (record.vpn or "", IPv4Network(record.prefix))
            stays = place is not None and whole_of.get(place.block) == record.id
            if place is not None and named is not None and named.id == self._segment_id(place, key):
                self._waiting[key] = (self._covering(key) or place, record.id)
            elif named is not None and not stays:
                self._settle(key, Place(named.block, None, ""), record)
            elif place is None:
                continue
            elif stays or (whole and key not in self._subnets.of and place.block not in whole_of):
                whole_of[place.block] = record.id
                self._settle(key, place, record)
            else:
                self._waiting[key] = (self._covering(key) or place, record.id)

    @staticmethod
    def _segment_id(place: Place, key: Key) -> str | None:
        return _segment_id(place.tree, key) if place.tree is not None else None

    def _settle(self, key: Key, place: Place, record: Prefix) -> None:
        self.of[key] = place.block
        self.records[place.block] = record.id
        self._places[key] = place
        lengths = self._lengths.setdefault(key[0], [])
        if key[1].prefixlen not in lengths:
            lengths.append(key[1].prefixlen)

    # ---- owners -------------------------------------------------------------------------------------------------

    def _of_record(self, record: Prefix) -> tuple[Place | None, bool]:
        """(where an IPv4 prefix belongs, whether it is the whole of that rather than one segment in it)."""
        if record.purpose is PrefixPurpose.POOL:
            pools = self._pools(record.vpn)
            place = pools.places.get(record.site) if pools is not None else None
            return place, True
        users = self._users(record.vpn)
        if record.purpose is not PrefixPurpose.USERS or users is None:
            return None, False
        room = self._ground.inventory.rooms.get(record.site)
        place, whole = users.place(record.division, record.department, record.site)
        if room is not None and place is not None and place.department is None and record.department is None:
            place, whole = users.place(room.division, room.department, room.id)
        return place, whole

    def _of_device(self, vpn: str, device: Device) -> Place | None:
        users = self._users(vpn or None)
        return users.place(device.division, device.department, device.room or "")[0] if users is not None else None

    def _covering(self, key: Key) -> Place | None:
        """The place of the narrowest IPv4 prefix on record around a network, if segments can be given out there."""
        vpn, network = key
        for length in reversed(self._lengths.get(vpn, ())):
            if length < network.prefixlen:
                place = self._places.get((vpn, network.supernet(new_prefix=length)))
                if place is not None:
                    return place if place.tree is not None else None
        return None

    # ---- segments -----------------------------------------------------------------------------------------------

    def _give_segments(self) -> None:
        by_place: dict[Block, list[tuple[Key, Place, str | None]]] = {}
        for key, (place, record) in self._waiting.items():
            users = self._users(key[0] or None)
            narrow = users.segments_of(place) if users is not None else place
            by_place.setdefault(narrow.block, []).append((key, narrow, record))
        for listed in by_place.values():
            place = listed[0][1]
            assert place.tree is not None
            lengths = self._users(listed[0][0][0] or None)
            length = lengths.tree.row.length if lengths is not None else place.tree.row.length
            if length <= place.block.length:  # the place is one segment by itself
                for key, _, record in listed[:1]:
                    self._settle_segment(key, place.block, record)
                continue
            wanted = [self._wanted(key, each, length) for key, each, _ in listed]
            given = place.tree.give(place.home, place.tree.ground.space(place.block), wanted, "segment")
            for want, (key, each, record) in zip(wanted, listed, strict=True):
                if want.name in given:
                    block, held = given[want.name]
                    self._settle_segment(key, block, record)
                    self._add(want, block, held, key, each)

    def _wanted(self, key: Key, place: Place, length: int) -> Wanted:
        assert place.tree is not None
        segment = self._subnets.of.get(key)
        return Wanted(
            str(key), _segment_id(place.tree, key), length, fixed=segment.block if segment is not None else None,
            division=place.division or place.home, department=place.department,
        )  # fmt: skip

    def _settle_segment(self, key: Key, block: Block, record: str | None) -> None:
        self.of[key] = block
        if record is not None:
            self.records.setdefault(block, record)

    @staticmethod
    def _add(want: Wanted, block: Block, held: Held | None, key: Key, place: Place) -> None:
        assert place.tree is not None
        site = f"{place.site}/{key[1]}" if place.site else str(key[1])
        made = place.tree.assignment(
            want.id,
            block,
            held,
            division=want.division,
            department=place.department,
            site=site,
            vpn=key[0] or None,
            ipv4=key[1],
        )
        place.tree.add(made)


def _segment_id(tree: Tree, key: Key) -> str:
    return tree.id("segment", str(key[1]), key[0] or None)


def _explicit(inventory: Inventory) -> Iterator[tuple[str, str]]:
    """(id of an IPv4 record, id of its pair), whichever of the two says so."""
    for id, record in inventory.prefixes.items():
        other = inventory.prefixes.get(record.pair or "")
        if other is not None and (":" in other.prefix) != (":" in record.prefix):
            yield (other.id, id) if ":" in record.prefix else (id, other.id)
