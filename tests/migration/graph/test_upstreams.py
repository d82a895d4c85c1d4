"""Ways to the management root and upstreams of devices."""

from __future__ import annotations

from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from migration.graph.upstreams import Upstreams
from tests.migration.graph.estates import device, inventory, link


def test_a_way_counts_by_the_metrics_of_its_direction() -> None:
    found = Upstreams(
        inventory(
            root="r",
            devices=[device("r"), device("a"), device("b")],
            links=[link("b", "r", metric_ab=9, metric_ba=1), link("b", "a", metric_ab=2), link("a", "r", metric_ab=3)],
        )
    )
    assert found.path("b") == ("b", "a", "r")
    assert found.of("b") == ("a", "r")
    assert found.of("a") == ("r",)


def test_of_equal_ways_the_smallest_next_hop_counts() -> None:
    found = Upstreams(
        inventory(
            root="r",
            devices=[device(id) for id in ("r", "x", "y", "z", "d")],
            links=[link(up, "r") for up in "zyx"] + [link("d", up) for up in "zyx"],
        )
    )
    assert found.path("d") == ("d", "x", "r")
    assert found.of("d") == ("x", "y")


def test_a_backup_lies_nearer_to_the_root() -> None:
    devices = [device(id) for id in ("r", "a", "b", "c")]
    level = inventory(root="r", devices=devices, links=[link("a", "r"), link("b", "r"), link("a", "b")])
    assert Upstreams(level).of("a") == ("r",)
    lower = inventory(
        root="r", devices=devices, links=[link("a", "r", metric_ab=11), link("b", "r"), link("a", "b"), link("c", "a")]
    )
    assert Upstreams(lower).of("a") == ("r", "b")
    assert Upstreams(lower).of("c") == ("a",)


def test_the_root_and_what_does_not_reach_it_have_no_upstreams() -> None:
    records = inventory(root="r", devices=[device("r"), device("a"), device("alone")], links=[link("a", "r")])
    found = Upstreams(records)
    assert (found.path("r"), found.of("r")) == (("r",), ())
    assert (found.path("alone"), found.of("alone")) == ((), ())
    assert found.paths == {"r": ("r",), "a": ("a", "r")}


def test_without_a_root_nothing_is_reached() -> None:
    for root in (None, "gone"):
        found = Upstreams(inventory(root=root, devices=[device("a"), device("b")], links=[link("a", "b")]))
        assert (found.path("a"), found.of("a"), found.paths) == ((), (), {})


@given(
    st.integers(2, 6).flatmap(
        lambda count: st.tuples(
            st.just(count),
            st.lists(
                st.tuples(
                    st.integers(0, count - 1), st.integers(0, count - 1), st.integers(1, 4), st.integers(1, 4)
                ).filter(lambda ends: ends[0] != ends[1]),
                max_size=12,
            ),
        )
    )
)
def test_against_all_simple_ways(network: tuple[int, list[tuple[int, int, int, int]]]) -> None:
    count, drawn = network
    names = [f"d{number}" for number in range(count)]
    links = [
        link(names[a], names[b], f"l{number}", metric_ab=to, metric_ba=back)
        for number, (a, b, to, back) in enumerate(drawn)
    ]
    metric: dict[tuple[str, str], int] = {}
    for a, b, to, back in drawn:
        for ends, cost in (((a, b), to), ((b, a), back)):
            key = (names[ends[0]], names[ends[1]])
            metric[key] = min(cost, metric.get(key, cost))

    def length(way: tuple[str, ...]) -> float:
        return sum(metric.get(step, float("inf")) for step in pairwise(way))

    def distance(name: str) -> float:
        between = [other for other in names[1:] if other != name]
        ways = [(name, *middle, "d0") for size in range(len(between) + 1) for middle in permutations(between, size)]
        return 0 if name == "d0" else min(length(way) for way in ways)

    found = Upstreams(inventory(root="d0", devices=[device(name) for name in names], links=links))
    far = {name: distance(name) for name in names}
    for name in names[1:]:
        hops = {other: metric[name, other] + far[other] for other in names if (name, other) in metric}
        if far[name] == float("inf"):
            assert found.of(name) == found.path(name) == ()
            continue
        primary = min(other for other, cost in hops.items() if cost == far[name])
        rest = [(cost, other) for other, cost in hops.items() if other != primary and far[other] < far[name]]
        assert found.of(name) == (primary, *([min(rest)[1]] if rest else []))
        assert found.path(name) == (name, *found.path(primary))
        assert length(found.path(name)) == far[name]
