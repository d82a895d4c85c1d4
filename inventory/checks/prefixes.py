"""Prefixes: which may lie inside which, and which are pairs."""

from __future__ import annotations

import socket
from collections import defaultdict
from typing import NamedTuple, Protocol

from inventory.checks.common import Found, about
from inventory.inventory import Inventory
from inventory.kinds.network import PrefixPurpose

__all__ = ["Use", "check_prefixes", "may_hold"]

_BITS = {socket.AF_INET: 32, socket.AF_INET6: 128}


class _Block(NamedTuple):
    """A prefix as numbers; sorts with each container before what lies in it, equal ones as in the files."""

    first: int
    length: int
    place: int
    last: int
    id: str


def check_prefixes(inventory: Inventory) -> Found:
    """Overlaps within one VPN and one family, and pairs of IPv4 and IPv6."""
    spaces: dict[tuple[str, int], list[_Block]] = defaultdict(list)
    for place, (id, prefix) in enumerate(inventory.prefixes.items()):
        family, block = _block(id, prefix.prefix, place)
        spaces[prefix.vpn or "", family].append(block)
    for blocks in spaces.values():
        yield from _overlaps(inventory, blocks)
    yield from _pairs(inventory)


def _block(id: str, prefix: str, place: int) -> tuple[socket.AddressFamily, _Block]:
    address, _, length = prefix.partition("/")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    first = int.from_bytes(socket.inet_pton(family, address), "big")
    last = first + (1 << (_BITS[family] - int(length))) - 1
    return family, _Block(first, int(length), place, last, id)


def _overlaps(inventory: Inventory, blocks: list[_Block]) -> Found:
    """Prefixes either lie in one another or are apart, so each is compared with the ones that hold it."""
    around: list[_Block] = []
    for block in sorted(blocks):
        while around and around[-1].last < block.first:
            around.pop()
        inner = inventory.prefixes[block.id]
        for holder in reversed(around):
            outer = inventory.prefixes[holder.id]
            if holder.length == block.length or not may_hold(inventory, outer, inner):
                yield about(
                    inventory, "overlapping-prefixes", "prefix", block.id, "prefix",
                    prefix=inner.prefix, other=outer.prefix, other_id=holder.id,
                )  # fmt: skip
                break
        if not (around and around[-1].first == block.first and around[-1].length == block.length):
            around.append(block)


class Use(Protocol):
    """Whose a prefix is and what for: what decides whether it may hold another."""

    @property
    def purpose(self) -> PrefixPurpose: ...
    @property
    def division(self) -> str | None: ...
    @property
    def department(self) -> str | None: ...
    @property
    def site(self) -> str: ...
    @property
    def aggregate(self) -> bool: ...


def may_hold(inventory: Inventory, outer: Use, inner: Use) -> bool:
    """Whether ``inner`` is handed down from ``outer``: to a division below it, to one of its sites, to a purpose.

    Prefixes of unrelated divisions never hold one another.
    """
    if outer.division is not None and inner.division is not None and outer.division != inner.division:
        if outer.division in inventory.lineage(inner.division):
            return True
        return outer.purpose is not inner.purpose and inner.division in inventory.lineage(outer.division)
    if outer.purpose is not inner.purpose:
        return True
    if outer.aggregate or (outer.division is None and inner.division is not None):
        return True
    around, within = _owner(outer), _owner(inner)
    return around != within and within[: len(around)] == around


def _owner(prefix: Use) -> tuple[str, ...]:
    """Division, department, site, from the outside in; a site may be part of another: ROOM/SEGMENT."""
    owner = [prefix.division or ""]
    if prefix.department is not None:
        owner.append(f"department:{prefix.department}")
    return (*owner, *prefix.site.split("/")) if prefix.site else tuple(owner)


def _pairs(inventory: Inventory) -> Found:
    for id, prefix in inventory.prefixes.items():
        other = inventory.prefixes.get(prefix.pair) if prefix.pair is not None else None
        if other is None:
            continue
        if (":" in other.prefix) == (":" in prefix.prefix):
            yield about(inventory, "prefix-pairing", "prefix", id, "pair", other=other.id)
        elif other.pair is not None and other.pair != id:
            yield about(inventory, "pair-of-another", "prefix", id, "pair", other=other.id, third=other.pair)
