"""The chain around a cutover: its days, its first copy, evidence, bridges, and what is left when the cutover is done.

Slot 2 begins on Monday 2021-01-18; steps that are no change last two days unless a test says otherwise.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from migration.plan import Bridge, Disposition, ItemState, Plan, item_id
from tests.migration.check.builder import LATER, MONDAY, Draft
from tests.migration.planned import causes, cutovers, day, decide, lasting, planned, slots, span, unplanned

SLOT_2 = "2021-W03"
GIB_MBIT = 8589.934592


def unprepared() -> Draft:
    """An estate whose rooms meet the network, and where nothing is prepared yet."""
    draft = Draft(prepared=False)
    draft.change("room", "room-1", attached_to=["device:access"]).change("room", "room-2", attached_to=["device:edge"])
    return draft


def part(data: float, **fields: Any) -> dict[str, Any]:
    return {"id": "app", "vcpu": 1, "memory_gib": 1, "storage_gib": 1, "data_gib": data, **fields}


def with_data(draft: Draft, key: str, data: float, **fields: Any) -> Draft:
    """A system pinned to slot 2 with data to copy from room-1."""
    values = {"runs_in": "room:room-1", "decisions": decide(SLOT_2), "components": [part(data)]} | fields
    return draft.system(key, **values)


# ---- days -----------------------------------------------------------------------------------------------------------


def test_the_chain_stands_at_fixed_days_around_the_slot() -> None:
    draft = lasting(with_data(unprepared(), "s", 10), prepare=5, replicate=3, verify=4, decommission=6)
    plan = planned(draft)
    assert {item.step: (item.start, item.end) for item in plan.items} == {
        "prepare": (day("01-10"), day("01-14")),
        "replicate": (day("01-15"), day("01-17")),
        "cutover": (day("01-18"), day("01-18")),
        "verify": (day("01-25"), day("01-28")),
        "decommission": (day("01-29"), day("02-03")),
    }
    assert all(item.state is ItemState.PINNED for item in plan.items)
    assert plan.by_id[item_id("s", "verify")].slot == 3


def test_hypercare_waits_for_the_end_of_the_slot_whatever_the_window() -> None:
    draft = Draft().system("s", decisions=decide(SLOT_2), windows=["w"])
    draft.add("window", id="w", rule="FREQ=WEEKLY;BYDAY=FR", start="22:00", duration_minutes=240)
    plan = planned(draft)
    assert plan.by_id[item_id("s")].start == day("01-22")
    assert span(plan, item_id("s", "verify"))[0] == day("01-25")


def test_no_step_of_a_chain_begins_before_now() -> None:
    draft = lasting(unprepared().system("s"), prepare=10)
    plan = planned(draft)
    assert slots(plan)["s"] == 2
    assert span(plan, item_id("s", "prepare")) == (day("01-08"), day("01-17"))


def test_a_pin_that_leaves_too_few_days_is_named() -> None:
    draft = lasting(unprepared().system("s", decisions=decide("2021-W02")), prepare=8)
    assert causes(planned(draft)) == {"s": [("H12", "chain-start"), ("H11", "pinned")]}


def test_without_data_there_is_no_copy_and_without_service_neither_copy_nor_source() -> None:
    draft = unprepared().system("bare").system("new", lifecycle="building", components=[part(10)])
    steps = {key: {item.step for item in planned(draft).items if item.object_id == key} for key in ("bare", "new")}
    assert steps == {"bare": {"prepare", "cutover", "verify", "decommission"}, "new": {"prepare", "cutover", "verify"}}


def test_an_unplanned_cutover_takes_its_chain_along() -> None:
    plan = planned(with_data(unprepared(), "s", 10, grade=5))
    left_out = {entry.item for entry in plan.unplanned}
    assert left_out == {item_id("s", step) for step in ("prepare", "replicate", "cutover", "verify", "decommission")}
    (cause,) = unplanned(plan, item_id("s", "verify")).causes
    assert (cause.rule, cause.code, cause.items) == ("H9", "gate-unplanned", (item_id("s"),))


# ---- first copies (H7) ----------------------------------------------------------------------------------------------


def test_a_copy_takes_the_days_that_its_data_need_on_the_slowest_link() -> None:
    draft = with_data(unprepared(), "s", 900, decisions=decide(SLOT_2) | decide("pool:prov", "target"))
    draft.settings["migration_share"] = 0.2
    draft.change("link", "l2", migration_share=0.1)  # 10 Mbit/s
    copy = planned(draft).by_id[item_id("s", "replicate")]
    days = 9  # 900 GiB x 8589.934592 Mbit / 10 Mbit/s = 773,094 s = 8.95 days
    assert (copy.start, copy.end) == (day("01-17") - dt.timedelta(days=days - 1), day("01-17"))
    assert (copy.pool, copy.links) == ("prov", ("l1", "l2"))
    assert copy.rate_mbps == pytest.approx(900 * GIB_MBIT / (days * 86400))


@pytest.mark.parametrize(("data", "places"), [(450, 2), (451, 1)])
def test_copies_of_one_slot_share_their_links(data: float, places: int) -> None:
    draft = unprepared()
    draft.settings["migration_share"] = 0.2983  # of 100 Mbit/s: just two copies of 450 GiB in three days each
    lasting(draft, replicate=3)
    for key in ("s", "t"):
        with_data(draft, key, data)
    plan = planned(draft)
    assert len(cutovers(plan)) == places
    for found in causes(plan).values():
        assert {rule for rule, _ in found} <= {"H7", "H11"}


def test_couriers_take_no_link_and_their_own_time() -> None:
    draft = lasting(with_data(unprepared(), "s", 90_000, transfer="shipped"), replicate=4)
    plan = planned(draft)
    copy = plan.by_id[item_id("s", "replicate")]
    assert (copy.end - copy.start).days + 1 == 4
    assert (copy.links, copy.rate_mbps) == ((), None)
    assert plan.notes == ()


def test_a_copy_without_a_path_on_record_is_noted() -> None:
    plan = planned(with_data(unprepared(), "s", 10, runs_in=None))
    assert plan.by_id[item_id("s", "replicate")].links == ()
    assert [(note.rule, note.code, note.data["count"]) for note in plan.notes] == [("H7", "path-unknown", 1)]


def test_a_copy_grows_too_old_within_a_slot() -> None:
    draft = with_data(unprepared(), "s", 10, windows=["w"])
    draft.settings["copy_keep_days"] = 3
    draft.add("window", id="w", rule="FREQ=WEEKLY;BYDAY=WE", start="22:00", duration_minutes=240)
    assert slots(planned(draft)) == {"s": 2}
    draft.change("window", "w", rule="FREQ=WEEKLY;BYDAY=TH")
    assert causes(planned(draft)) == {"s": [("H12", "copy-ages"), ("H11", "pinned")]}


# ---- evidence (H9) --------------------------------------------------------------------------------------------------


def graded(grade: int, *held: dict[str, Any]) -> Plan:
    """The plan of a prepared system of a grade with some evidence on record."""
    draft = Draft().system("s", grade=grade, evidence=list(held))
    draft.settings["evidence"] = [
        {"from_grade": 2, "kinds": ["filing"]},
        {"from_grade": 3, "kinds": ["assessment", "scan"]},
    ]
    return planned(lasting(draft, assessment=10))


def evidence(plan: Plan) -> set[str]:
    return {item.step for item in plan.items} - {"prepare", "cutover", "verify", "decommission"}


def test_missing_evidence_becomes_items_before_the_cutover() -> None:
    plan = graded(3)
    assert evidence(plan) == {"filing", "assessment", "scan"}
    first = plan.grid.first_day_of(slots(plan)["s"])
    assert {plan.by_id[item_id("s", step)].end for step in evidence(plan)} == {first - dt.timedelta(days=1)}
    assert slots(plan)["s"] == 2  # ten days of assessment


def test_lower_grades_need_less_and_what_is_on_record_counts() -> None:
    assert evidence(graded(1)) == set()
    assert evidence(graded(2)) == {"filing"}
    assert evidence(graded(3, {"kind": "filing"}, {"kind": "scan", "date": MONDAY})) == {"assessment"}


@pytest.mark.parametrize("held", [{"date": MONDAY + dt.timedelta(days=1)}, {"valid_until": day("01-03")}])
def test_evidence_that_is_not_yet_or_no_longer_valid_does_not_count(held: dict[str, Any]) -> None:
    assert "filing" in evidence(graded(2, {"kind": "filing", **held}))


# ---- bridges (H14) --------------------------------------------------------------------------------------------------


def bridged(**fields: Any) -> Draft:
    """A provider in slot 1 that a client of slot 3 and somebody outside reach by its address."""
    draft = Draft().system("p", decisions=decide("2021-W02")).system("c", decisions=decide("2021-W04"))
    draft.settings["bridge_days"] = 10
    draft.add("dependency", **({"from": "c", "to": "p", "reaches_by": "address", "id": "one"} | fields))
    return draft


def test_a_bridge_is_there_before_the_cutover_and_closes_after_the_last_client() -> None:
    draft = bridged().add("external_object", id="nation")
    draft.add("dependency", **{"from": "external_object:nation", "to": "p"}, reaches_by="address", id="two")
    item = planned(draft).by_id[item_id("p", "bridge")]
    assert item.end == day("01-10")
    assert (item.bridge, item.records) == (Bridge.NAT, ("dependency:one", "dependency:two"))
    assert item.closes == day("01-31") + dt.timedelta(days=10)  # slot 3 ends on the 31st


def test_a_client_that_moves_first_does_not_shorten_the_bridge() -> None:
    draft = bridged()
    draft.records["system"][1]["decisions"] = decide("2021-W01")
    assert planned(draft).by_id[item_id("p", "bridge")].closes == day("01-17") + dt.timedelta(days=10)


def test_a_system_that_is_relocated_whole_keeps_its_address() -> None:
    draft = bridged()
    draft.records["system"][0]["decisions"] = decide("relocate", "disposition")
    assert planned(draft).by_id[item_id("p", "bridge")].bridge is Bridge.KEEP_ADDRESS


@pytest.mark.parametrize("fields", [{"reaches_by": "name"}, {"rejected": True}])
def test_clients_that_need_no_address_need_no_bridge(fields: dict[str, Any]) -> None:
    assert item_id("p", "bridge") not in planned(bridged(**fields)).by_id


def test_retired_clients_need_no_bridge() -> None:
    draft = bridged()
    draft.records["system"][1]["decisions"] = decide("retire", "disposition")
    plan = planned(draft)
    assert item_id("p", "bridge") not in plan.by_id
    assert {one.system: one.disposition for one in plan.dispositions}["c"] is Disposition.RETIRE


def test_unknown_ways_to_an_address_are_noted() -> None:
    plan = planned(bridged(reaches_by="unknown"))
    assert item_id("p", "bridge") not in plan.by_id
    assert [(note.rule, note.code, note.data["count"]) for note in plan.notes] == [("H14", "address-unknown", 1)]


# ---- what is left of done cutovers ----------------------------------------------------------------------------------


def test_hypercare_and_decommissioning_follow_a_done_cutover_from_now_on() -> None:
    draft = lasting(Draft().system("s", moved="2021-01-06", runs_in="pool:prov"), verify=5, decommission=3)
    plan = planned(draft, now=LATER)
    assert span(plan, item_id("s", "verify")) == (day("01-18"), day("01-22"))
    assert span(plan, item_id("s", "decommission")) == (day("01-23"), day("01-25"))


def test_a_system_moved_today_is_watched_from_tomorrow_on() -> None:
    plan = planned(Draft().system("s", moved="2021-01-18", runs_in="pool:prov"), now=LATER)
    assert span(plan, item_id("s", "verify"))[0] == day("01-19")


def test_what_of_a_tail_is_done_is_not_planned_again() -> None:
    draft = Draft().system("s", moved="2021-01-06", runs_in="pool:prov")
    draft.done[item_id("s", "verify")] = "2021-01-15T10:00:00+08:00"
    plan = planned(draft, now=LATER)
    assert plan.by_id[item_id("s", "verify")].state is ItemState.DONE
    assert span(plan, item_id("s", "decommission"))[0] == LATER


# ---- slots that are no weeks ----------------------------------------------------------------------------------------


def test_effort_counts_in_the_week_of_the_window_that_freezes_of_the_pool_leave() -> None:
    """Two weeks a slot; both cutovers can only be in its second week, in which the team has room for one."""
    draft = Draft().add("team", id="t", skills={"system": 0.5})
    draft.settings["effort"] = [
        row.model_copy(update={"skills": {"system": 0.5}}) if (row.track, row.step) == ("system", "cutover") else row
        for row in draft.settings["effort"]
    ]
    first = {"start": MONDAY, "end": day("01-10")}
    draft.add("freeze", id="f", selector="kind:cloud id:yun-city", **first)
    draft.add("window", id="w", selector="id:own", rule="FREQ=DAILY", start="00:00", duration_minutes=600,
              valid_from="2021-01-11", valid_to="2021-01-17")  # fmt: skip
    for key, cloud in (("own", "yun-prov"), ("pool", "yun-city")):
        draft.system(key, decisions=decide("2021-01-04") | decide(f"cloud:{cloud}", "target"))
    inventory = draft.inventory()
    grid = inventory.estate.grid.model_copy(update={"length_days": 14, "count": 3})
    inventory = inventory.replace(estate=inventory.estate.model_copy(update={"grid": grid}))
    (cutover,) = cutovers(planned(inventory))
    assert cutover.start >= day("01-11")
