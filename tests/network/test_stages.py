"""Stages, their evidence, what they wait for, what comes next. Root, aggregate and a second way; access below both."""

from __future__ import annotations

import datetime as dt

from inventory.inventory import Inventory
from migration.graph.upstreams import Upstreams
from network.stages import DeviceStages, Evidence, StageState, Wait, device_stages, next_steps
from tests.migration.check.builder import MONDAY, Draft
from tests.migration.tracks.making import fresh, made


def stages(draft: Draft) -> dict[str, DeviceStages]:
    inventory, _ = made(draft)
    return {row.device: row for row in device_stages(inventory, MONDAY, Upstreams(inventory))}


def dual_homed() -> Draft:
    """The access switch reaches the root over the aggregate, and over a second one that is farther away."""
    draft = fresh()
    draft.add("device", id="second", division="140100", level="city", role="aggregation")
    draft.add("link", id="second-root", a_device="second", b_device="root", bandwidth_mbps=100, metric_ab=15)
    draft.add("link", id="access-second", a_device="access", b_device="second", bandwidth_mbps=100, metric_ab=15)
    for id in ("root", "aggregate", "second", "access"):
        draft.change("device", id, ipv6_stage="underlay")
    return draft


def step(row: DeviceStages, name: str) -> tuple[StageState, tuple[Wait, ...]]:
    found = next(each for each in row.steps if each.step == name)
    return found.state, found.waits


def test_devices_stand_in_the_order_of_the_topology() -> None:
    rows = list(stages(dual_homed()).values())
    assert [(row.device, row.hops) for row in rows][:2] == [("root", 0), ("aggregate", 1)]
    hops = [row.hops for row in rows if row.hops is not None]
    assert hops == sorted(hops)


def test_routing_waits_for_both_ways_and_the_rest_for_any() -> None:
    draft = dual_homed().change("device", "root", ipv6_stage="verified")
    row = stages(draft)["access"]
    assert row.upstreams == ("aggregate", "second")
    assert step(row, "routing") == (
        StageState.WAITING,
        (Wait(("network/aggregate/routing",), False), Wait(("network/second/routing",), False)),
    )
    one = stages(draft.change("device", "aggregate", ipv6_stage="verified"))["access"]
    assert step(one, "routing") == (StageState.WAITING, (Wait(("network/second/routing",), False),))
    both = stages(draft.change("device", "second", ipv6_stage="routing"))["access"]
    assert step(both, "routing") == (StageState.READY, ())
    assert step(both, "service") == (StageState.WAITING, (Wait(("network/access/routing",), True),))
    assert both.next is not None
    assert both.next.step == "routing"


def test_evidence_is_the_run_that_did_it_or_the_record_that_says_it() -> None:
    draft = fresh().change("device", "root", ipv6_stage="addressed")
    inventory, _ = made(draft)
    ended = "2021-01-02T02:00:00+08:00"
    inventory = inventory.replace(done={**inventory.done, "network/root/addressed": ended})
    rows = {row.device: row for row in device_stages(inventory, MONDAY, Upstreams(inventory))}
    first, second = rows["root"].steps[:2]
    assert (first.step, first.state, first.evidence) == ("assessed", StageState.DONE, Evidence.DECLARED)
    assert (second.step, second.evidence, second.at) == ("addressed", Evidence.RUN, ended)


def test_a_stage_that_the_vpns_do_not_need_is_skipped_with_the_reason() -> None:
    draft = fresh().add("vpn", id="v", technology="mpls_l3vpn")
    skipped = next(each for each in stages(draft)["root"].steps if each.step == "underlay")
    assert (skipped.state, skipped.reason) == (StageState.SKIPPED, "vpn-over-ipv4")


def test_new_hardware_stands_where_it_is_due() -> None:
    row = stages(fresh().change("device", "access", ipv6_capability="replace"))["access"]
    assert [each.step for each in row.steps][:3] == ["assessed", "replaced", "addressed"]
    verified = stages(fresh().change("device", "access", ipv6_stage="verified"))["access"]
    assert verified.next is None
    assert {each.state for each in verified.steps} == {StageState.DONE}


def upcoming(inventory: Inventory, now: dt.date = MONDAY) -> dict[str, tuple[str, int | None]]:
    return {each.device: (each.step, each.batch) for each in next_steps(inventory, now, Upstreams(inventory))}


def test_next_is_what_waits_for_nothing_in_batches_that_are_safe() -> None:
    draft = dual_homed().change("device", "root", ipv6_stage="verified")
    found = upcoming(made(draft)[0])
    assert found["aggregate"] == ("routing", 1)
    assert found["second"] == ("routing", 1)
    assert "access" not in found
    draft.change("device", "aggregate", redundancy_group="pair").change("device", "second", redundancy_group="pair")
    found = upcoming(made(draft)[0])
    assert {found["aggregate"][1], found["second"][1]} == {1, 2}
    draft.change("device", "root", ipv6_stage="underlay")
    assert upcoming(made(draft)[0])["root"] == ("routing", 1)


def test_work_that_changes_no_device_has_no_batch() -> None:
    assert upcoming(made(fresh())[0])["root"] == ("assessed", None)
