"""What cutovers wait for in the other tracks (H9), and what of these waits for cutovers.

Steps that are no change last two days unless a test says otherwise; slots are weeks from Monday 2021-01-04.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from inventory.estate import EffortRow
from migration.plan import Plan, item_id
from migration.steps import Track
from tests.migration.check.builder import LATER, MONDAY, PLENTY, Draft
from tests.migration.planned import causes, cutovers, day, decide, lasting, planned, slots, span, unplanned

TO_PROV: dict[str, Any] = {"decisions": decide("pool:prov", "target")}


def cloud(id: str, step: str) -> str:
    return item_id(id, step, Track.CLOUD)


def network(device: str, step: str = "verified") -> str:
    return item_id(device, step, Track.NETWORK)


def line(step: str) -> str:
    return item_id("l", step, Track.LINE)


def room(step: str) -> str:
    return item_id("room-1", step, Track.ROOM)


# ---- clouds and pools -----------------------------------------------------------------------------------------------


def test_nothing_lands_in_a_pool_before_it_is_built_and_connected() -> None:
    draft = lasting(Draft().system("s", **TO_PROV), built=5, connected=4)
    draft.change("pool", "prov", capacity=[{**PLENTY, "from": "2021-01-12"}])
    plan = planned(draft)
    assert span(plan, cloud("prov", "built")) == (day("01-07"), day("01-11"))
    assert span(plan, cloud("prov", "connected")) == (day("01-12"), day("01-15"))
    assert slots(plan)["s"] == 2  # capacity alone would do from slot 2 on, connected from the 16th


def test_a_copy_waits_for_the_pool_as_well() -> None:
    parts = [{"id": "app", "vcpu": 1, "memory_gib": 1, "storage_gib": 1, "data_gib": 1}]
    draft = lasting(Draft().system("s", components=parts, **TO_PROV), connected=7)
    draft.change("pool", "prov", attachments=[])  # never connected so far: until the 10th
    plan = planned(draft)
    assert span(plan, cloud("prov", "connected")) == (MONDAY, day("01-10"))
    assert slots(plan)["s"] == 2  # a copy of two days ends before a slot, so slot 1 begins too soon


def test_a_pool_that_grows_is_extended_by_the_day_before() -> None:
    draft = Draft().change("pool", "prov", capacity=[PLENTY, {**PLENTY, "vcpu": 200, "from": "2021-01-20"}])
    draft.system("big", vcpu=150, **TO_PROV)
    plan = planned(draft)
    assert span(plan, cloud("prov", "extended-2021-01-20")) == (day("01-18"), day("01-19"))
    assert slots(plan)["big"] == 3


@pytest.mark.parametrize(("gate", "slot"), [("hard", 3), ("soft", 0)])
def test_docking_is_a_gate_where_the_settings_say_so(gate: str, slot: int) -> None:
    draft = lasting(Draft().system("s", decisions=decide("cloud:yun-city", "target")), docked=15)
    draft.change("cloud", "yun-city", docking={"state": "none"})
    draft.settings["docking"] = {"city": gate}
    plan = planned(draft)
    assert span(plan, cloud("yun-city", "docked")) == (MONDAY, day("01-18"))
    assert slots(plan)["s"] == slot


def test_docking_that_has_no_place_keeps_everything_out() -> None:
    draft = lasting(Draft().system("s", decisions=decide("cloud:yun-city", "target")), docked=400)
    draft.change("cloud", "yun-city", docking={"state": "none"})
    draft.settings["docking"] = {"city": "hard"}
    plan = planned(draft)
    assert [cause.code for cause in unplanned(plan, cloud("yun-city", "docked")).causes] == ["beyond-horizon"]
    assert ("H9", "gate") in causes(plan)["s"]


def test_resources_are_asked_for_once_a_pool_and_slot_in_good_time() -> None:
    draft = Draft().change("cloud", "yun-prov", access="request_form", lead_time_days=10)
    data = [{"id": "app", "vcpu": 1, "memory_gib": 1, "storage_gib": 1, "data_gib": 1}]
    draft.system("s", decisions=TO_PROV["decisions"] | decide("2021-W04"))
    draft.system("t", decisions=TO_PROV["decisions"] | decide("2021-W04"), components=data)
    draft.system("u", decisions=TO_PROV["decisions"] | decide("2021-W06"))
    plan = planned(draft)
    requests = [item for item in plan.items if item.base_step == "requested"]
    assert [(item.id, item.start, item.end, item.records) for item in requests] == [
        (cloud("prov", "requested-2021-01-25"), day("01-13"), day("01-22"), ("system:s", "system:t")),
        (cloud("prov", "requested-2021-02-08"), day("01-29"), day("02-07"), ("system:u",)),
    ]


def test_no_slot_sooner_than_resources_can_be_had() -> None:
    draft = Draft().change("cloud", "yun-prov", access="request_form", lead_time_days=15).system("s", **TO_PROV)
    plan = planned(draft)
    assert slots(plan)["s"] == 3
    draft.records["system"][0]["decisions"] |= decide("2021-W02")
    assert set(causes(planned(draft))["s"]) >= {("H9", "request-lead"), ("H11", "pinned")}


# ---- network --------------------------------------------------------------------------------------------------------


def to_verify(draft: Draft, *devices: str, days: int = 9) -> Draft:
    """Devices of which only the verification is left, of so many days."""
    for device in devices:
        draft.change("device", device, ipv6_stage="security")
    return lasting(draft, verified=days)


@pytest.mark.parametrize(("device", "pool"), [("access", "city-a"), ("root", "prov")])
def test_a_cutover_that_needs_ipv6_waits_for_both_ends(device: str, pool: str) -> None:
    draft = to_verify(Draft(), device)
    draft.system("s", needs_ipv6="at_cutover", decisions=decide(f"pool:{pool}", "target"))
    plan = planned(draft)
    assert span(plan, network(device))[1] == day("01-12")
    assert slots(plan)["s"] == 2


def test_one_verified_device_of_an_end_is_enough() -> None:
    draft = to_verify(Draft(), "access", days=400)
    draft.change("department", "city", attached_to=[{"device": "access"}, {"device": "edge"}])
    assert slots(planned(draft.system("s", needs_ipv6="at_cutover"))) == {"s": 0}


def test_an_aaaa_record_by_a_date_follows_cutover_and_devices() -> None:
    draft = to_verify(Draft(), "access", days=30).system("s", needs_ipv6={"by": "2021-02-01"})
    plan = planned(draft)
    assert slots(plan)["s"] == 0
    assert span(plan, item_id("s", "ipv6_record")) == (day("02-03"), day("02-04"))
    assert {cost.name: cost.value for cost in plan.objective}["lateness"] == 3


# ---- lines ----------------------------------------------------------------------------------------------------------


def leased(outcome: str, **fields: Any) -> Draft:
    """A line that systems use, and one of them, which moves."""
    draft = Draft().system("s")
    decided = decide(outcome, "outcome")
    return draft.add("line", id="l", department="city", systems=["s"], decisions=decided, **fields)


def test_a_system_on_a_line_moves_when_the_new_path_is_ready() -> None:
    plan = planned(lasting(leased("move"), path_ready=8))
    assert span(plan, line("path_ready")) == (MONDAY, day("01-11"))
    assert slots(plan)["s"] == 2


def test_a_line_that_ends_is_idle_after_the_last_cutover() -> None:
    draft = leased("end", notice_days=6)
    draft.settings["idle_days"] = 9
    plan = planned(draft)
    moved = cutovers(plan)[0].end
    assert span(plan, line("idle")) == (moved + dt.timedelta(days=1), moved + dt.timedelta(days=9))
    assert span(plan, line("notice"))[1] == moved + dt.timedelta(days=6)
    assert span(plan, line("terminated"))[0] == moved + dt.timedelta(days=10)


def test_a_line_whose_system_has_no_place_does_not_end() -> None:
    draft = leased("end")
    draft.records["system"][0]["grade"] = 5
    plan = planned(draft)
    assert [cause.items for cause in unplanned(plan, line("idle")).causes] == [(item_id("s"),)]
    assert [cause.items for cause in unplanned(plan, line("terminated")).causes] == [(line("idle"),)]


# ---- systems that do not move, and rooms -----------------------------------------------------------------------------


def closing(*systems: dict[str, Any], **fields: Any) -> Draft:
    """room-1 with systems in it; it is to be closed."""
    draft = Draft().change("room", "room-1", intention="close", **fields)
    draft.settings["switched_off_days"] = 8
    for number, values in enumerate(systems):
        draft.system(f"s{number}", runs_in="room:room-1", **values)
    return draft


def test_a_room_is_emptied_when_the_last_system_is_gone_and_closed_step_by_step() -> None:
    plan = planned(closing({}, {"decisions": decide("retire", "disposition")}))
    gone = max(plan.by_id[item_id("s0", "decommission")].end, plan.by_id[item_id("s1", "remove")].end)
    days = [gone + dt.timedelta(days=number) for number in range(1, 7)]
    assert [span(plan, room(step)) for step in ("emptied", "handed_over", "closed")] == [
        (days[0], days[1]),
        (days[2], days[3]),
        (days[4], days[5]),
    ]


def test_a_retired_system_is_watched_switched_off_before_it_is_removed() -> None:
    plan = planned(closing({"decisions": decide("retire", "disposition")}))
    off = plan.by_id[item_id("s0", "switch_off")]
    assert (off.start, off.window_start is not None, off.pool, off.wave) == (MONDAY, True, None, "")
    assert span(plan, item_id("s0", "observe")) == (day("01-05"), day("01-12"))
    assert span(plan, item_id("s0", "remove")) == (day("01-13"), day("01-14"))


def test_a_bought_system_is_prepared_before_the_old_one_is_switched_off() -> None:
    draft = closing({"decisions": decide("repurchase", "disposition")})
    draft.prepared = False
    plan = planned(draft)
    assert span(plan, item_id("s0", "prepare")) == (MONDAY, day("01-05"))
    assert plan.by_id[item_id("s0", "switch_off")].start == day("01-06")


def test_a_room_with_a_system_that_stays_is_not_closed() -> None:
    plan = planned(closing({}, {"decisions": decide("retain", "disposition")}))
    (cause,) = unplanned(plan, room("emptied")).causes
    assert (cause.rule, cause.code, cause.records) == ("H9", "room-not-empty", ("room:room-1", "system:s1"))
    assert {entry.item for entry in plan.unplanned} == {room(step) for step in ("emptied", "handed_over", "closed")}
    assert slots(plan) == {"s0": 0}


def test_hardware_of_a_system_that_has_moved_holds_its_room_until_it_is_decommissioned() -> None:
    draft = closing({"moved": "2021-01-06"})
    inventory = draft.inventory()
    moved = inventory.systems["s0"].model_copy(update={"runs_in": "pool:prov"})
    inventory = inventory.replace(systems={"s0": moved}, declared={"system:s0": {"runs_in": "room:room-1"}})
    plan = planned(inventory, now=LATER)
    assert span(plan, room("emptied"))[0] == plan.by_id[item_id("s0", "decommission")].end + dt.timedelta(days=1)


# ---- notes, assumptions, provisional years ---------------------------------------------------------------------------


def with_work(draft: Draft, **skills: float) -> Plan:
    """The plan where a cutover takes some skills."""
    rows = draft.settings["effort"]
    own = EffortRow.model_validate({**rows[0].model_dump(), "track": "system", "step": "cutover", "days": 1,
                                    "outage_minutes": 60, "rollback_minutes": 30, "skills": skills})  # fmt: skip
    draft.settings["effort"] = [own, *rows]
    return planned(draft)


def test_work_that_no_team_does_binds_nothing_and_is_noted_once() -> None:
    draft = Draft().system("s").system("t").add("team", id="apps", skills={"application": 5})
    plan = with_work(draft, application=1, database=2)
    assert [(work.team, work.skill.value, work.days) for work in cutovers(plan)[0].work] == [
        ("", "database", 2),
        ("apps", "application", 1),
    ]
    assert [(note.rule, note.code, note.data) for note in plan.notes] == [
        ("H5", "no-team", {"skill": "database", "count": 2})
    ]


def test_the_rows_that_nobody_measured_are_listed_once_in_the_order_of_the_steps() -> None:
    draft = Draft().system("s").system("t")
    measured = {"cutover": "测试记录"}
    draft.settings["effort"] = [
        row.model_copy(update={"source": measured.get(row.step, "assumption")}) for row in draft.settings["effort"]
    ]
    assert [(row.track, row.step) for row in planned(draft).assumptions] == [
        ("system", "verify"),
        ("system", "decommission"),
    ]


def test_years_without_a_notice_of_holidays_are_provisional() -> None:
    inventory = Draft().system("s").inventory()
    assert planned(inventory).provisional == ()
    far = dt.date(2040, 1, 2)
    grid = inventory.estate.grid.model_copy(update={"start": far})
    plan = planned(inventory.replace(estate=inventory.estate.model_copy(update={"grid": grid})), now=far)
    assert plan.provisional == (2040,)
