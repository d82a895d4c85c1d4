"""Several paths: every answer against all simple paths of small networks."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import UnknownObjectError
from inventory.inventory import Inventory
from migration.graph.disjoint import ManyPaths
from migration.graph.paths import NetworkPath
from tests.migration.graph.estates import device, inventory, link

CARRIERS = ("carrier-a", "carrier-b", "carrier-c")


def network(seed: int, *, owned: bool = False) -> Inventory:
    """Four to six devices with up to eleven links, some parallel; owned: some links belong to no carrier."""
    random = Random(seed)
    devices = [f"d{number}" for number in range(random.randint(4, 6))]
    links = []
    for number in range(random.randint(4, 11)):
        one, other = random.sample(devices, 2)
        metrics = {"metric_ab": random.randint(1, 9), "metric_ba": random.randint(1, 9)}
        carrier = None if owned and random.random() < 0.2 else random.choice(CARRIERS)
        links.append(link(one, other, f"l{number}", **metrics, carrier=carrier))
    return inventory(
        devices=[device(name) for name in devices], links=links, carriers=[{"id": name} for name in CARRIERS]
    )


def everything(records: Inventory, start: str, end: str) -> list[tuple[int, tuple[str, ...]]]:
    """Metric and links of all loop-free paths, the shortest first."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(records.devices)
    for id, record in records.links.items():
        graph.add_edge(record.a_device, record.b_device, id, metric=record.metric_ab)
        graph.add_edge(record.b_device, record.a_device, id, metric=record.metric_ba)
    found = []
    ways: Any = nx.all_simple_edge_paths(graph, start, end)
    for way in ways:
        metric = sum(graph.edges[step]["metric"] for step in way)
        found.append((metric, tuple(str(step[2]) for step in way)))
    return sorted(found)


def sound(records: Inventory, path: NetworkPath, start: str, end: str) -> None:
    """The path exists, has no loop and the metric that it tells."""
    assert (path.devices[0], path.devices[-1]) == (start, end)
    assert len(set(path.devices)) == len(path.devices) == len(path.links) + 1
    metric = 0
    for place, name in enumerate(path.links):
        record = records.links[name]
        one, other = path.devices[place : place + 2]
        assert {one, other} == {record.a_device, record.b_device}
        metric += record.metric_ab if one == record.a_device else record.metric_ba
    assert metric == path.metric


@given(seed=st.integers(0, 10**6), most=st.integers(1, 12))
def test_the_shortest_paths_are_the_shortest_of_all(seed: int, most: int) -> None:
    records = network(seed, owned=True)
    found = ManyPaths(records).shortest("d0", "d1", most)
    for path in found:
        sound(records, path, "d0", "d1")
    assert len({path.links for path in found}) == len(found)
    assert [path.metric for path in found] == [metric for metric, _ in everything(records, "d0", "d1")[:most]]


@given(seed=st.integers(0, 10**6), without=st.sets(st.sampled_from(CARRIERS)))
def test_paths_without_carriers_are_those_of_the_network_without_their_links(seed: int, without: set[str]) -> None:
    records = network(seed, owned=True)
    fewer = records.replace(links={id: one for id, one in records.links.items() if one.carrier not in without})
    found = ManyPaths(records).shortest("d0", "d2", 4, without=frozenset(without))
    assert [path.metric for path in found] == [metric for metric, _ in everything(fewer, "d0", "d2")[:4]]


@given(seed=st.integers(0, 10**6))
def test_the_first_pair_without_a_common_link_has_the_least_sum(seed: int) -> None:
    records = network(seed)
    every = everything(records, "d0", "d1")
    sums = [one + other for (one, way), (other, back) in product(every, every) if not set(way) & set(back)]
    pairs = ManyPaths(records).pairs("d0", "d1", 5)
    for pair in pairs:
        sound(records, pair.primary, "d0", "d1")
        sound(records, pair.backup, "d0", "d1")
        assert not set(pair.primary.links) & set(pair.backup.links)
    assert [pair.metric for pair in pairs] == sorted(pair.metric for pair in pairs)
    assert [pair.metric for pair in pairs[:1]] == sorted(sums)[:1]


@given(seed=st.integers(0, 10**6), owned=st.booleans())
def test_a_backup_over_another_carrier_has_no_carrier_of_the_primary(seed: int, owned: bool) -> None:
    records = network(seed, owned=owned)
    paths = ManyPaths(records)
    pairs = paths.pairs("d0", "d1", 5, other_carrier=True)
    for pair in pairs:
        sound(records, pair.primary, "d0", "d1")
        sound(records, pair.backup, "d0", "d1")
        assert not set(pair.primary.links) & set(pair.backup.links)
        assert not paths.carriers(pair.primary.links) & paths.carriers(pair.backup.links)
    every = everything(records, "d0", "d1")
    sums = [
        one + other
        for (one, way), (other, back) in product(every, every)
        if not set(way) & set(back) and not paths.carriers(way) & paths.carriers(back)
    ]
    if owned:
        assert len(pairs) <= len(sums)
    else:
        assert [pair.metric for pair in pairs[:1]] == sorted(sums)[:1]


def test_a_device_reaches_itself_over_no_link() -> None:
    paths = ManyPaths(inventory(devices=[device("a")]))
    assert paths.shortest("a", "a", 3) == (NetworkPath(("a",), (), 0),)
    assert [(pair.primary.links, pair.backup.links) for pair in paths.pairs("a", "a", 3)] == [((), ())]
    assert paths.pairs("a", "a", 3, other_carrier=True) == paths.pairs("a", "a", 3)
    with pytest.raises(UnknownObjectError):
        paths.shortest("a", "x", 1)
