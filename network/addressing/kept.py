"""What an estate has of IPv6 already: prefix records and addresses on interfaces. A plan keeps all of it."""

from __future__ import annotations

import socket
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from inventory.addressing_settings import AddressingSettings
from inventory.inventory import Inventory
from inventory.kinds.network import Prefix, PrefixPurpose
from network.addressing.space import BITS, Block

__all__ = ["Held", "Kept", "Scope", "block_of", "scope"]


def block_of(text: str) -> Block:
    """An IPv6 prefix or an address with its length, as the prefix that it lies in."""
    address, _, length = text.partition("/")
    bits = BITS - int(length)
    return Block(int.from_bytes(socket.inet_pton(socket.AF_INET6, address), "big") >> bits << bits, int(length))


Scope = tuple[str, ...]


def scope(purpose: PrefixPurpose, vpn: str | None, owner: str, name: str, *, down: bool = False) -> Scope:
    """What a prefix is for: purpose, VPN where that has its own block, narrowest owner, whether it is handed down."""
    return (purpose.value, vpn or "", owner, name, "down" if down else "")


class Held:
    """One thing that is there already: its block, whose it is, and the record that says it (None: interfaces)."""

    __slots__ = ("block", "department", "division", "handed_down", "record")

    def __init__(self, block: Block, record: Prefix | None, division: str | None, department: str | None) -> None:
        self.block = block
        self.record = record
        self.division = division
        self.department = department
        self.handed_down = record is not None and record.aggregate

    @property
    def is_narrow(self) -> bool:
        """Whether it is of less than a division: of a department, a site or an interface."""
        return self.record is None or bool(self.record.site) or self.department is not None

    @property
    def id(self) -> str | None:
        """The id of the record that says it."""
        return self.record.id if self.record is not None else None


class Kept:
    """All that is held, to look up by record and by place. ``unmatched``: records that are no part of the plan."""

    def __init__(self, inventory: Inventory, settings: AddressingSettings | None = None) -> None:
        self._inventory = inventory
        self._apart = {(row.purpose, row.vpn) for row in settings.blocks} if settings is not None else set()
        held = [*self._records(), *self._interfaces()]
        held.sort(key=lambda each: each.block)
        self._firsts = [each.block.first for each in held]
        self._held = held
        self._lengths = sorted({each.block.length for each in held})
        self._at: dict[Block, list[Held]] = {}
        for each in held:
            self._at.setdefault(each.block, []).append(each)
        self.of_record = {each.record.id: each for each in held if each.record is not None}
        self._by_scope: dict[Scope, list[Held]] = {}
        for each in self.of_record.values():
            assert each.record is not None
            self._by_scope.setdefault(self._scope_of(each.record), []).append(each)
        self._taken: set[str] = set()

    def _records(self) -> Iterator[Held]:
        for record in self._inventory.prefixes.values():
            if ":" in record.prefix:
                yield Held(block_of(record.prefix), record, record.division, record.department)

    def _interfaces(self) -> Iterator[Held]:
        for device in self._inventory.devices.values():
            texts = [text for each in device.interfaces for text in each.addresses if ":" in text]
            texts += [f"{text}/{BITS}" for text in device.loopbacks if ":" in text]
            for text in texts:
                block = block_of(text)
                if not is_link_local(block.first):
                    yield Held(block, None, device.division, device.department)

    def _scope_of(self, record: Prefix) -> Scope:
        if record.site:
            owner = ("site", record.site)
        elif record.department is not None:
            owner = ("department", record.department)
        else:
            owner = ("division", record.division or "")
        vpn = record.vpn if (record.purpose, record.vpn) in self._apart else None
        return scope(record.purpose, vpn, *owner, down=record.aggregate)

    def claim(self, id: str, scopes: Iterable[Scope], longest: int = BITS) -> Held | None:
        """The record that says what an assignment of the plan is: by its id, else the first of its scope.

        longest: records of a scope that are longer, and not handed down, are something else.
        """
        found = self.of_record.get(id)
        if found is not None and id not in self._taken:
            self._taken.add(id)
            return found
        for scope in scopes:
            for each in self._by_scope.get(scope, ()):
                assert each.record is not None
                fits = each.handed_down or each.block.length <= longest
                if fits and each.record.id not in self._taken:
                    self._taken.add(each.record.id)
                    return each
        return None

    @property
    def unmatched(self) -> Iterator[Held]:
        """Records that are no part of the plan; it leaves them as they are."""
        return (each for id, each in self.of_record.items() if id not in self._taken)

    @property
    def any(self) -> bool:
        """Whether there is anything."""
        return bool(self._held)

    def within(self, block: Block) -> list[Held]:
        """What lies in a block, itself included."""
        low, high = bisect_left(self._firsts, block.first), bisect_right(self._firsts, block.last)
        return [each for each in self._held[low:high] if each.block.length >= block.length]

    def around(self, block: Block) -> Iterator[Held]:
        """What a block lies in, itself not included."""
        for length in self._lengths:
            if length >= block.length:
                return
            shift = BITS - length
            yield from self._at.get(Block(block.first >> shift << shift, length), ())


def is_link_local(address: int) -> bool:
    """fe80::/10: on every interface, planned by nobody."""
    return address >> 118 == 0xFE80 >> 6
