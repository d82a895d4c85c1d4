"""Places in a prefix: the order of RFC 3531, and a comparison with counting one by one."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from inventory.addressing_settings import Growth
from network.addressing.space import Block, Space, places_of

BASE = 0x3FFF << 112


def test_leftmost_order_is_that_of_rfc_3531() -> None:
    assert list(places_of(3, Growth.LEFTMOST)) == [0b000, 0b100, 0b010, 0b110, 0b001, 0b101, 0b011, 0b111]
    assert list(places_of(2, Growth.RIGHTMOST)) == [0, 1, 2, 3]
    assert list(places_of(0, Growth.LEFTMOST)) == [0]


@given(st.integers(1, 16))
def test_leftmost_leaves_room_behind_each_place(count: int) -> None:
    """Of 2^4 places the first n are at least 2^4 / (the power of two above n) apart."""
    order = sorted([place for place, _ in zip(places_of(4, Growth.LEFTMOST), range(count), strict=False)])
    apart = 16 // (1 << (count - 1).bit_length()) if count > 1 else 16
    assert all(after - before >= apart for before, after in pairwise(order))


blocks = st.integers(4, 8).flatmap(
    lambda bits: st.integers(0, (1 << bits) - 1).map(lambda at: Block(BASE | at << (112 - bits), 16 + bits))
)


@given(
    st.lists(blocks, max_size=6), st.lists(st.one_of(blocks, st.integers(4, 8)), max_size=12), st.sampled_from(Growth)
)
def test_a_space_knows_what_is_free(taken: list[Block], steps: list[Block | int], growth: Growth) -> None:
    space = Space(Block(BASE, 16), growth, taken)
    unit = 1 << 104
    used = {cell for each in taken for cell in range(each.first // unit, each.last // unit + 1)}

    def cells(block: Block) -> set[int]:
        return set(range(block.first // unit, block.last // unit + 1))

    for step in steps:
        if isinstance(step, Block):
            assert space.is_free(step) == used.isdisjoint(cells(step))
            space.take(step)
            used |= cells(step)
            continue
        length = 16 + step
        free = [at for at in range(1 << step) if used.isdisjoint(cells(space.block.part(at, length)))]
        assert space.count(length) == (1 << step, (1 << step) - len(free))
        found = space.next(length)
        assert (found is not None) == bool(free)
        if found is not None:
            assert used.isdisjoint(cells(found))
            used |= cells(found)


def test_places_below_the_lowest_are_for_others() -> None:
    space = Space(Block(BASE, 16), Growth.LEFTMOST)
    found = [space.next(20, lowest=10) for _ in range(7)]
    numbers = sorted(each.first >> 108 & 15 for each in found if each is not None)
    assert numbers == [10, 11, 12, 13, 14, 15]
    assert space.count(20, lowest=10) == (6, 6)
    assert space.count(20) == (16, 6)
