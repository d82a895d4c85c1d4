"""Fewest links between devices, whatever the metrics."""

from __future__ import annotations

from migration.graph.hops import Hops
from tests.migration.check.builder import Draft


def hops() -> Hops:
    """access - aggregate - root, edge - aggregate, a dear direct link edge - root, and a device of its own."""
    draft = Draft().add("device", id="alone", division="140000", level="province", role="core")
    draft.add("link", id="dear", a_device="edge", b_device="root", bandwidth_mbps=10, metric_ab=1000, metric_ba=1000)
    draft.add("link", id="nowhere", a_device="edge", b_device="unknown", bandwidth_mbps=10)
    return Hops(draft.inventory())


def test_the_fewest_links_of_all_devices_at_both_ends() -> None:
    network = hops()
    assert network.least(["access"], ["root"]) == 2
    assert network.least(["edge"], ["root"]) == 1
    assert network.least(["access", "edge"], ["alone", "root"]) == 1
    assert network.least(["root"], ["root"]) == 0
    assert network.least(["access"], ["alone"]) is None
    assert network.least(["access"], ["unknown"]) is None


def test_what_links_join() -> None:
    network = hops()
    assert network.joined(["access"], ["edge"])
    assert network.joined(["alone", "access"], ["edge"])
    assert not network.joined(["access"], ["alone"])
    assert not network.joined(["access"], ["unknown"])
    assert not network.joined([], ["edge"])
