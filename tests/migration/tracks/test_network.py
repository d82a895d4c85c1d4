"""Network track: stages of the dual-stack retrofit. Links: access and edge to aggregate, aggregate to root."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from migration.graph.upstreams import Upstreams
from migration.plan import Skipped
from migration.tracks.network import network_items
from migration.work import WorkItem
from tests.migration.check.builder import MONDAY, Draft
from tests.migration.tracks.making import by_id, fresh, gates, made, steps

ALL = ["assessed", "addressed", "underlay", "routing", "service", "security", "verified"]


def network(draft: Draft) -> tuple[tuple[WorkItem, ...], tuple[Skipped, ...]]:
    inventory, table = made(draft)
    return network_items(inventory, MONDAY, table, Upstreams(inventory))


def items(draft: Draft) -> tuple[WorkItem, ...]:
    return network(draft)[0]


def device(**fields: Any) -> Draft:
    return fresh().change("device", "access", **fields)


def test_every_stage_that_is_left_follows_the_one_before() -> None:
    found = items(fresh())
    assert steps(found, "device:root") == ALL
    assert gates(found, "network/root/assessed") == []
    for before, step in pairwise(ALL):
        assert gates(found, f"network/root/{step}") == [(f"network/root/{before}",)]


@pytest.mark.parametrize(("stage", "left"), [("assessed", ALL[1:]), ("routing", ALL[4:]), ("verified", [])])
def test_stages_that_are_reached_are_no_items(stage: str, left: list[str]) -> None:
    assert steps(items(device(ipv6_stage=stage)), "device:access") == left


@pytest.mark.parametrize(
    ("capability", "stage", "expected"),
    [
        ("upgrade", "none", ["assessed", "upgraded", *ALL[1:]]),
        ("replace", "none", ["assessed", "replaced", *ALL[1:]]),
        ("upgrade", "assessed", ["upgraded", *ALL[1:]]),
        ("replace", "addressed", ["replaced", *ALL[2:]]),
        ("replace", "underlay", ALL[3:]),
        ("ready", "none", ALL),
        ("unknown", "none", ALL),
    ],
)
def test_a_device_that_cannot_do_ipv6_is_renewed_first(capability: str, stage: str, expected: list[str]) -> None:
    found = items(device(ipv6_capability=capability, ipv6_stage=stage))
    assert steps(found, "device:access") == expected


def test_renewal_stands_between_assessment_and_addresses() -> None:
    found = items(device(ipv6_capability="upgrade"))
    assert gates(found, "network/access/upgraded") == [("network/access/assessed",)]
    assert gates(found, "network/access/addressed") == [("network/access/upgraded",)]


def test_a_device_is_not_ahead_of_its_upstream() -> None:
    found = items(fresh())
    for step in ALL[2:]:
        assert (f"network/aggregate/{step}",) in gates(found, f"network/access/{step}")
    for step in ALL[:2]:
        assert not any("aggregate" in id for gate in gates(found, f"network/access/{step}") for id in gate)


def two_ways() -> Draft:
    """access reaches the root over aggregate, and as backup over second."""
    draft = fresh().add("device", id="second", division="140100", level="city", role="aggregation")
    draft.add("link", id="l4", a_device="access", b_device="second", metric_ab=11, bandwidth_mbps=9)
    return draft.add("link", id="l5", a_device="second", b_device="root", bandwidth_mbps=9)


def test_routing_waits_for_both_ways_the_rest_for_any_one() -> None:
    found = items(two_ways())
    assert gates(found, "network/access/routing")[1:] == [("network/aggregate/routing",), ("network/second/routing",)]
    for step in ("underlay", "service", "security", "verified"):
        alternatives = (f"network/aggregate/{step}", f"network/second/{step}")
        assert gates(found, f"network/access/{step}")[1:] == [alternatives]


def test_an_upstream_that_is_there_opens_the_gate() -> None:
    found = items(two_ways().change("device", "second", ipv6_stage="service"))
    assert gates(found, "network/access/routing")[1:] == [("network/aggregate/routing",)]
    assert gates(found, "network/access/service")[1:] == []
    alternatives = ("network/aggregate/security", "network/second/security")
    assert gates(found, "network/access/security")[1:] == [alternatives]


def test_what_runs_have_finished_is_left_out_and_not_waited_for() -> None:
    draft = two_ways()
    draft.done |= {f"network/{id}/assessed": "2021-01-02T10:00:00+08:00" for id in ("access", "second")}
    draft.done["network/second/routing"] = "2021-01-02T10:00:00+08:00"
    draft.done["network/second/service"] = "2021-01-02T10:00:00+08:00"
    found = items(draft)
    assert steps(found, "device:access") == ALL[1:]
    assert gates(found, "network/access/addressed") == []
    assert gates(found, "network/access/routing")[1:] == [("network/aggregate/routing",)]
    assert gates(found, "network/access/service")[1:] == []


def vpn(draft: Draft, *ids: str, technology: str = "mpls_l3vpn") -> Draft:
    for id in ids:
        draft.add("vpn", id=id, technology=technology)
    return draft


def in_vpns(draft: Draft, device: str, *ids: str) -> Draft:
    return draft.change("device", device, interfaces=[{"name": f"ge{id}", "vpn": id} for id in ids])


def test_vpns_over_an_ipv4_core_need_no_underlay() -> None:
    draft = in_vpns(vpn(vpn(fresh(), "m"), "s", technology="srv6"), "access", "m")
    found, skipped = network(in_vpns(draft, "edge", "m", "s"))
    assert Skipped(item="network/access/underlay", reason="vpn-over-ipv4") in skipped
    assert [entry.item for entry in skipped] == ["network/access/underlay"]
    assert "underlay" not in steps(found, "device:access")
    assert gates(found, "network/access/routing")[0] == ("network/access/addressed",)
    assert "underlay" in steps(found, "device:edge")


def test_a_device_that_names_no_vpn_has_all_of_the_estate() -> None:
    _, skipped = network(vpn(fresh(), "m", "n"))
    assert len(skipped) == 4
    assert network(vpn(vpn(fresh(), "m"), "s", technology="vlan"))[1] == ()
    assert network(fresh())[1] == ()


def test_an_upstream_that_skips_the_underlay_does_not_hold_it_back() -> None:
    draft = in_vpns(vpn(vpn(fresh(), "m"), "s", technology="srv6"), "aggregate", "m")
    assert gates(items(draft), "network/access/underlay") == [("network/access/addressed",)]


def test_only_a_stage_that_was_still_to_do_is_skipped() -> None:
    _, skipped = network(vpn(fresh(), "m").change("device", "access", ipv6_stage="underlay"))
    assert "network/access/underlay" not in {entry.item for entry in skipped}


def test_a_device_that_skips_the_underlay_is_renewed_before_its_addresses_or_not_at_all() -> None:
    found = items(vpn(device(ipv6_capability="upgrade", ipv6_stage="assessed"), "m"))
    assert steps(found, "device:access") == ["upgraded", "addressed", *ALL[3:]]
    found = items(vpn(device(ipv6_capability="upgrade", ipv6_stage="addressed"), "m"))
    assert steps(found, "device:access") == ALL[3:]


def test_changes_count_by_level_and_city() -> None:
    draft = fresh().add("division", id="zone", level="township", parent="140105", functional_zone=True)
    draft.add("device", id="deep", division="zone", level="township", role="access")
    found = by_id(items(draft))
    assert found["network/deep/routing"].area == "township-140100"
    assert found["network/edge/routing"].area == "county-140100"
    assert found["network/root/routing"].area == "province-140000"
    assert found["network/deep/assessed"].area == found["network/deep/verified"].area == ""
