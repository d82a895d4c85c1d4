"""Free places in a prefix, as numbers: which are taken, which comes next (RFC 3531)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv6Network
from typing import NamedTuple

from inventory.addressing_settings import Growth

__all__ = ["Block", "Space", "places_of"]

BITS = 128
_SCAN = 1 << 16
"""Places in a row that may be taken before the free ones are looked for between what is taken."""


class Block(NamedTuple):
    """A prefix as numbers: first address and length."""

    first: int
    length: int

    @property
    def last(self) -> int:
        """The last address."""
        return self.first | ((1 << (BITS - self.length)) - 1)

    @property
    def network(self) -> IPv6Network:
        """The same as a network."""
        return IPv6Network(tuple(self))

    def part(self, index: int, length: int) -> Block:
        """The place of number ``index`` among those of ``length`` in it."""
        return Block(self.first | index << (BITS - length), length)

    def holds(self, other: Block) -> bool:
        """Whether the other lies in this one."""
        return self.length <= other.length and self.first == other.first >> (BITS - self.length) << (BITS - self.length)


def places_of(bits: int, growth: Growth) -> Iterator[int]:
    """Numbers of ``bits`` bits in the order of RFC 3531: leftmost (0, 1/2, 1/4, 3/4, ...), or rightmost (0, 1, 2, ...).

    Leftmost leaves the longest run behind each place, so that it can later grow where it is.
    """
    if growth is Growth.RIGHTMOST or bits == 0:
        yield from range(1 << bits)
        return
    for number in range(1 << bits):
        yield int(format(number, f"0{bits}b")[::-1], 2)


class Space:
    """A prefix of which parts are taken. ``taken``: blocks in it, in any order, inside one another as it comes."""

    def __init__(self, block: Block, growth: Growth, taken: Iterable[Block] = ()) -> None:
        self.block = block
        self._growth = growth
        self._first: list[int] = []
        self._last: list[int] = []
        self._orders: dict[tuple[int, int], Iterator[int]] = {}
        for part in sorted(taken):
            if not self._last or part.first > self._last[-1]:
                self._first.append(part.first)
                self._last.append(part.last)

    def is_free(self, block: Block) -> bool:
        """Whether nothing of a block is taken."""
        place = bisect_left(self._last, block.first)
        return place == len(self._first) or self._first[place] > block.last

    def take(self, block: Block) -> None:
        """Take a block; what was taken inside of it becomes part of it."""
        low, high = bisect_left(self._last, block.first), bisect_right(self._first, block.last)
        first, last = block.first, block.last
        if low < high:
            first, last = min(first, self._first[low]), max(last, self._last[high - 1])
        self._first[low:high] = [first]
        self._last[low:high] = [last]

    def next(self, length: int, *, lowest: int = 0, admits: Callable[[Block], bool] | None = None) -> Block | None:
        """Take the next free place of a length; None where there is none.

        lowest: places below this number are for others. admits: a further condition on a place.
        """
        bits = length - self.block.length
        if bits < 0:
            return None
        order = self._orders.setdefault((length, lowest), places_of(bits, self._growth))
        for scanned, number in enumerate(order):
            if number >= lowest:
                found = self.block.part(number, length)
                if self.is_free(found) and (admits is None or admits(found)):
                    self.take(found)
                    return found
            if scanned > _SCAN and not self._has_gap(length, lowest):
                return None
        return None

    def count(self, length: int, *, lowest: int = 0) -> tuple[int, int]:
        """(places of a length from ``lowest`` on, how many of them are taken, be it in part)."""
        shift = BITS - length
        base = self.block.first >> shift
        places = (1 << (length - self.block.length)) - lowest
        used, counted = 0, lowest - 1
        for first, last in zip(self._first, self._last, strict=True):
            begin, end = (first >> shift) - base, (last >> shift) - base
            begin = max(begin, counted + 1)
            if end >= begin:
                used += end - begin + 1
                counted = end
        return places, used

    def _has_gap(self, length: int, lowest: int) -> bool:
        places, used = self.count(length, lowest=lowest)
        return used < places
