"""Shortest paths by routing metric."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import UnknownObjectError
from inventory.inventory import Inventory
from migration.graph.paths import NetworkPaths
from tests.migration.graph.estates import device, inventory, link, room


def device_path(records: Inventory, start: str, end: str) -> tuple[str, ...]:
    path = NetworkPaths(records).path(start, end)
    return () if path is None else path.devices


def test_each_direction_has_its_own_metric() -> None:
    records = inventory(
        devices=[device("a"), device("b"), device("c")],
        links=[
            link("a", "b", metric_ab=1, metric_ba=100), link("b", "c", metric_ab=1, metric_ba=1),
            link("c", "a", metric_ab=5, metric_ba=50),
        ],
    )  # fmt: skip
    assert device_path(records, "a", "b") == ("a", "b")
    assert device_path(records, "b", "a") == ("b", "c", "a")
    assert device_path(records, "a", "c") == ("a", "b", "c")


def test_of_parallel_links_the_shorter_then_the_smaller_id_carries() -> None:
    records = inventory(
        devices=[device("a"), device("b")],
        links=[
            link("a", "b", "l3", metric_ab=4), link("b", "a", "l2", metric_ba=4, metric_ab=9),
            link("a", "b", "l1", metric_ab=5),
        ],
    )  # fmt: skip
    path = NetworkPaths(records).path("a", "b")
    assert path is not None
    assert (path.links, path.metric) == (("l2",), 4)


def test_no_path_and_no_device() -> None:
    records = inventory(devices=[device("a"), device("b")])
    assert device_path(records, "a", "b") == ()
    assert device_path(records, "a", "a") == ("a",)
    with pytest.raises(UnknownObjectError):
        device_path(records, "a", "x")


def test_objects_meet_the_network_where_they_are_attached() -> None:
    records = inventory(
        devices=[device("a"), device("b"), device("c")],
        links=[link("a", "b"), link("b", "c")],
        departments=[
            {"id": "mzt", "division": "140000", "attached_to": [{"device": "b", "role": "backup"}, {"device": "a"}]}
        ],
        rooms=[room("own"), room("lined", "line:l"), room("direct", "device:c")],
        lines=[{"id": "l", "department": "mzt", "a": "room:lined", "b": "device:b"}],
        clouds=[{"id": "y", "tier": "city", "division": "140000"}],
        pools=[{"id": "p", "cloud": "y", "attachments": [{"device": "c"}]}],
    )
    paths = NetworkPaths(records)
    assert paths.attachments("department:mzt") == ("a", "b")
    assert paths.attachments("room:own") == ("a", "b")
    assert paths.attachments("room:lined") == ("b",)
    assert paths.attachments("room:direct") == paths.attachments("cloud:y") == ("c",)
    best = paths.best("room:own", "pool:p")
    assert best is not None
    assert best.devices == ("b", "c")


WEIGHTED = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 9), st.integers(1, 9)), max_size=12)


@given(WEIGHTED, st.integers(0, 5), st.integers(0, 5))
def test_paths_are_as_short_as_bellman_ford_finds_them(
    found: list[tuple[int, int, int, int]], start: int, end: int
) -> None:
    listed = [
        link(f"d{a}", f"d{b}", f"l{number}", metric_ab=there, metric_ba=back)
        for number, (a, b, there, back) in enumerate(found)
        if a != b
    ]
    records = inventory(devices=[device(f"d{number}") for number in range(6)], links=listed)
    layer: nx.DiGraph[str] = nx.DiGraph()
    layer.add_nodes_from(records.devices)
    for entry in records.links.values():
        for one, other, metric in (
            (entry.a_device, entry.b_device, entry.metric_ab), (entry.b_device, entry.a_device, entry.metric_ba),
        ):  # fmt: skip
            if not layer.has_edge(one, other) or layer[one][other]["weight"] > metric:
                layer.add_edge(one, other, weight=metric)
    path = NetworkPaths(records).path(f"d{start}", f"d{end}")
    if path is None:
        assert not nx.has_path(layer, f"d{start}", f"d{end}")
        return
    assert path.metric == nx.bellman_ford_path_length(layer, f"d{start}", f"d{end}")
    assert nx.path_weight(layer, path.devices, "weight") == path.metric
    assert len(path.links) == len(path.devices) - 1
