"""Prefixes: which may lie inside which, and which are pairs."""

from __future__ import annotations

import socket
from collections import defaultdict
from typing import NamedTuple, Protocol

from inventory.checks.common import Found, about
from inventory.inventory import Inventory
from inventory.kinds.network import Prefix, PrefixPurpose

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
        yield from _not_handed_down(inventory, blocks)
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


def _not_handed_down(inventory: Inventory, blocks: list[_Block]) -> Found:
    """Prefixes that hold those of divisions below without being marked as handed down: either the mark lacks, or the
    division itself uses what it has given away."""
    around: list[_Block] = []
    held: dict[str, list[str]] = {}
    for block in sorted(blocks):
        while around and around[-1].last < block.first:
            around.pop()
        inner = inventory.prefixes[block.id]
        for holder in around:
            if _takes_from(inventory, inventory.prefixes[holder.id], inner):
                held.setdefault(holder.id, []).append(block.id)
        around.append(block)
    for id, others in held.items():
        first = inventory.prefixes[others[0]]
        yield about(
            inventory, "prefix-not-handed-down", "prefix", id, "aggregate",
            prefix=inventory.prefixes[id].prefix, count=len(others), other=first.prefix, other_id=first.id,
        )  # fmt: skip


def _takes_from(inventory: Inventory, outer: Prefix, inner: Prefix) -> bool:
    if outer.aggregate or outer.purpose is not inner.purpose or outer.division is None or inner.division is None:
        return False
    if outer.department or outer.site or inner.department or inner.site or outer.division == inner.division:
        return False
    return outer.division in inventory.lineage(inner.division)


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

    Prefixes of unrelated divisions never hold one another, and what a department or a site has is nobody else's.
    """
    if not outer.aggregate and _is_anothers(inventory, outer, inner):
        return False
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


def _is_anothers(inventory: Inventory, outer: Use, inner: Use) -> bool:
    """Whether ``outer`` is a department's or a site's, and ``inner`` is said to be of another one."""
    apart = None not in (outer.division, inner.division) and outer.division != inner.division
    within = inner.site == outer.site or inner.site.startswith(f"{outer.site}/")
    # The networks that divisions below have in a cloud's pool lie in the pool's.
    if outer.site and not within and (inner.site or (apart and outer.purpose is not PrefixPurpose.POOL)):
        return True
    if outer.department is None or (inner.department is None and not apart):
        return False
    return outer.department not in _departments(inventory, inner.department)


def _departments(inventory: Inventory, id: str | None) -> list[str]:
    """A department and those above it; ends at a repetition."""
    found: list[str] = []
    while id is not None and id not in found:
        found.append(id)
        record = inventory.departments.get(id)
        id = record.parent if record is not None else None
    return found


def _owner(prefix: Use) -> tuple[str, ...]:
    """Division, department, site, from the outside in; a site may be part of another: ROOM/SEGMENT.

    Of a pool the site comes first: its departments have landing zones in it.
    """
    department = [] if prefix.department is None else [f"department:{prefix.department}"]
    sites = prefix.site.split("/") if prefix.site else []
    inner = [*sites, *department] if prefix.purpose is PrefixPurpose.POOL else [*department, *sites]
    return (prefix.division or "", *inner)


def _pairs(inventory: Inventory) -> Found:
    for id, prefix in inventory.prefixes.items():
        other = inventory.prefixes.get(prefix.pair) if prefix.pair is not None else None
        if other is None:
            continue
        if (":" in other.prefix) == (":" in prefix.prefix):
            yield about(inventory, "prefix-pairing", "prefix", id, "pair", other=other.id)
        elif other.pair is not None and other.pair != id:
            yield about(inventory, "pair-of-another", "prefix", id, "pair", other=other.id, third=other.pair)
