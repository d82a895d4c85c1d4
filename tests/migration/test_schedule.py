"""When the other tracks' items happen: whose turn it is, hard targets, and what waits for cutovers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from migration.plan import item_id
from migration.steps import Track
from tests.migration.check.builder import Draft
from tests.migration.planned import day, decide, lasting, planned, span, unplanned


def network(device: str, step: str = "verified") -> str:
    return item_id(device, step, Track.NETWORK)


def retired(draft: Draft, *keys: str) -> Draft:
    """Systems to be switched off."""
    for key in keys:
        draft.system(key, decisions=decide("retire", "disposition"))
    return draft


def one_at_a_time(*steps: str, **fields: Any) -> Draft:
    """A team that does one of these steps a week."""
    draft = Draft().add("team", id="t", skills={"network": 1})
    draft.settings["effort"] = [
        row.model_copy(update={"skills": {"network": 1.0}, **fields}) if row.step in steps else row
        for row in draft.settings["effort"]
    ]
    return draft


def behind(draft: Draft, **stages: str) -> Draft:
    """Devices that have reached just these stages."""
    for device, stage in stages.items():
        draft.change("device", device, ipv6_stage=stage)
    return draft


def test_what_is_due_sooner_has_its_turn_sooner() -> None:
    draft = behind(one_at_a_time("verified"), access="security", edge="security")
    assert span(planned(draft), network("access"))[0] < span(planned(draft), network("edge"))[0]
    draft.add("target", id="t", metric="devices_dual_stack", selector="id:edge", date="2021-02-01")
    assert span(planned(draft), network("edge"))[0] < span(planned(draft), network("access"))[0]


def test_due_days_are_carried_back_over_what_goes_before() -> None:
    """What is wanted of edge is the last step alone; its first one has its turn sooner for that."""
    draft = behind(one_at_a_time("security"), access="service", edge="service")
    assert span(planned(draft), network("access", "security"))[0] == day("01-04")
    draft.add("target", id="t", metric="devices_dual_stack", selector="id:edge", date="2021-02-01")
    plan = planned(draft)
    assert span(plan, network("edge", "security"))[0] == day("01-04")
    assert span(plan, network("access", "security"))[0] == day("01-11")


def test_an_upstream_is_as_urgent_as_what_waits_for_it() -> None:
    draft = behind(one_at_a_time("routing"), access="underlay", aggregate="underlay", edge="underlay", root="underlay")
    draft.add("target", id="t", metric="devices_dual_stack", selector="id:edge", date="2021-02-01")
    plan = planned(draft)
    starts = {name: span(plan, network(name, "routing"))[0] for name in ("root", "aggregate", "edge", "access")}
    assert list(starts.values()) == [day("01-04") + dt.timedelta(days=7 * week) for week in range(4)]


def test_a_lease_makes_a_room_urgent() -> None:
    draft = one_at_a_time("handed_over")
    draft.settings["effort"] = [
        row.model_copy(update={"skills": {"facility": 1.0}}) if row.step == "handed_over" else row
        for row in draft.settings["effort"]
    ]
    draft.change("team", "t", skills={"facility": 1})
    for key in ("room-1", "room-2"):
        draft.change("room", key, intention="close")
    draft.change("room", "room-2", lease_end="2021-02-10")
    plan = planned(draft)
    assert plan.by_id["room/room-2/closed"].end < plan.by_id["room/room-1/closed"].end


def test_a_hard_target_of_another_track_is_a_last_day() -> None:
    draft = lasting(behind(Draft(), edge="security"), verified=8)
    draft.add("target", id="t", metric="devices_dual_stack", selector="id:edge", date="2021-01-11", hard=True)
    assert span(planned(draft), network("edge"))[1] == day("01-11")
    draft.change("target", "t", date="2021-01-10")
    (cause,) = unplanned(planned(draft), network("edge")).causes
    assert (cause.rule, cause.code, cause.records) == ("H10", "target-missed", ("target:t",))


def test_a_hard_share_binds_no_more_than_it_needs() -> None:
    draft = behind(one_at_a_time("verified"), access="security", edge="security")
    draft.add(
        "target",
        id="t",
        metric="devices_dual_stack",
        selector="id:access,edge",
        date="2021-01-06",
        hard=True,
        value=0.5,
    )
    plan = planned(draft)
    assert plan.unplanned == ()
    assert max(span(plan, network(name))[1] for name in ("access", "edge")) > day("01-06")


def test_what_others_take_of_a_team_is_not_there_for_cutovers() -> None:
    draft = retired(Draft().add("team", id="t", skills={"system": 1}), "off").system("s")
    draft.settings["effort"] = [
        row.model_copy(update={"skills": {"system": 1.0}}) if row.step in ("cutover", "switch_off") else row
        for row in draft.settings["effort"]
    ]
    plan = planned(draft)
    assert plan.by_id[item_id("off", "switch_off")].slot == 0
    assert plan.by_id[item_id("s")].slot == 1


def test_only_what_waits_for_a_cutover_is_put_off_until_it_has_its_place() -> None:
    """Idling waits for the cutover; the path of another line does not."""
    draft = Draft().system("s", decisions=decide("2021-W03"))
    draft.settings["idle_days"] = 5
    draft.add("line", id="ends", department="city", systems=["s"], decisions=decide("end", "outcome"))
    draft.add("line", id="moves", department="city", decisions=decide("move", "outcome"))
    plan = planned(draft)
    assert span(plan, "line/ends/idle")[0] == day("01-19")
    assert span(plan, "line/moves/path_ready")[0] == day("01-04")
    assert plan.by_id["line/moves/terminated"].start == plan.by_id["line/moves/idle"].end + dt.timedelta(days=1)
