"""Order of pushes: rule H13."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from migration.graph.paths import NetworkPaths
from network.push.batches import batches_of
from tests.migration.graph.estates import device, inventory, link


def flat(batches: tuple[tuple[str, ...], ...]) -> list[str]:
    return [name for batch in batches for name in batch]


@st.composite
def networks(draw: st.DrawFn) -> Any:
    count = draw(st.integers(2, 14))
    seed = random.Random(draw(st.integers(0, 10_000)))
    devices = [
        device(f"d{n}", redundancy_group=f"g{seed.randrange(4)}" if seed.random() < 0.5 else "") for n in range(count)
    ]
    links = {}
    for n in range(1, count):
        if seed.random() < 0.95:  # some are cut off
            links[n, seed.randrange(n)] = seed.randint(1, 9)
    for _ in range(seed.randrange(count)):
        a, b = seed.sample(range(count), 2)
        links[a, b] = seed.randint(1, 9)
    records = [link(f"d{a}", f"d{b}", metric_ab=cost, metric_ba=seed.randint(1, 9)) for (a, b), cost in links.items()]
    return inventory("d0", devices=devices, links=records)


@given(networks())
def test_no_device_of_a_batch_carries_another_or_backs_it_up(made: Any) -> None:
    paths = NetworkPaths(made)
    batches = batches_of(made, made.devices)
    assert sorted(flat(batches)) == sorted(made.devices)
    for batch in batches:
        groups = [group for name in batch if (group := made.devices[name].redundancy_group)]
        assert len(set(groups)) == len(groups)
        for one in batch:
            way = paths.path(one, "d0")
            on_way = set() if way is None else set(way.devices) - {one}
            assert on_way.isdisjoint(batch)


@given(networks())
def test_what_carries_others_comes_after_them(made: Any) -> None:
    paths = NetworkPaths(made)
    place = {name: number for number, batch in enumerate(batches_of(made, made.devices)) for name in batch}
    for name in made.devices:
        way = paths.path(name, "d0")
        for above in () if way is None else way.devices[1:]:
            assert place[name] < place[above]


def test_without_a_root_each_device_goes_alone() -> None:
    made = inventory(devices=[device("a"), device("b")], links=[link("a", "b")])
    assert batches_of(made, ["b", "a"]) == (("a",), ("b",))
