"""What still stands in a room, why, until when; its state; its lease."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest

from inventory.inventory import Inventory
from migration.plan import Finding, Plan, PlanItem, Track, Unplanned, item_id
from migration.rooms.model import Standing
from migration.rooms.standing import standing
from tests.migration.check.builder import MONDAY, Draft, plan_of, step_of
from tests.migration.tracks.making import fresh

DONE = "2021-01-02T10:00:00+08:00"


def draft(**room: Any) -> Draft:
    result = fresh()
    result.records["room"] = [{"id": "r", "division": "140100", "department": "city"} | room]
    return result


def line(found: Draft, outcome: str | None = None, **fields: Any) -> Draft:
    decisions = {} if outcome is None else {"outcome": {"value": outcome}}
    return found.add("line", **({"id": "l", "department": "city", "a": "room:r", "decisions": decisions} | fields))


def seen(found: Draft | Inventory, plan: Plan | None = None, now: dt.date = MONDAY) -> Standing:
    inventory = found.inventory() if isinstance(found, Draft) else found
    return next(room for room in standing(inventory, plan, now) if room.room == "r")


def told(room: Standing) -> dict[str, tuple[str, str]]:
    """KIND:ID -> (item after which it is gone, code of the reason)."""
    return {
        f"{thing.kind}:{thing.id}": (thing.after, thing.reason.code if thing.reason else "") for thing in room.stands
    }


def planned(found: Draft, days: dict[str, dt.date], unplanned: Iterable[str] = ()) -> tuple[Inventory, Plan]:
    """A plan of steps on days (KIND:ID/STEP -> first day, two days each)."""
    inventory = found.inventory()
    extra: list[PlanItem] = []
    for key, day in days.items():
        name, _, step = key.partition("/")
        extra.append(step_of(inventory, name, step, day, end=day + dt.timedelta(days=1)))
    left = tuple(Unplanned(item=item, causes=(Finding(rule="H9", code="room-not-empty"),)) for item in unplanned)
    plan = plan_of(inventory, {}, extra=extra).model_copy(update={"unplanned": left})
    return inventory, plan


# ---- what stands there ----


@pytest.mark.parametrize(
    ("disposition", "after", "reason"),
    [
        ("rehost", "system/s/decommission", ""),
        ("retire", "system/s/remove", ""),
        ("repurchase", "system/s/remove", ""),
        ("retain", "", "retained"),
        ("colocate", "", "colocated"),
    ],
)
def test_a_system_and_after_what_it_is_gone(disposition: str, after: str, reason: str) -> None:
    found = draft().system("s", runs_in="room:r", decisions={"disposition": {"value": disposition}})
    assert told(seen(found)) == {"system:s": (after, reason)}
    assert seen(found).stands[0].parts == ("app",)


def test_only_the_components_in_the_room_are_named() -> None:
    parts = [{"id": "db", "runs_in": "room:r"}, {"id": "web", "runs_in": "room:room-2"}]
    found = draft().system("s", components=parts)
    assert seen(found).stands[0].parts == ("db",)


@pytest.mark.parametrize(
    ("outcome", "fields", "expected"),
    [
        ("move", {}, ("line/l/terminated", "")),
        ("end", {}, ("line/l/terminated", "")),
        (None, {"p95_mbps": 5, "bandwidth_mbps": 10}, ("", "line-kept")),
        ("keep", {}, ("", "line-kept")),
        ("backup", {}, ("", "line-kept")),
        (None, {"classified": True}, ("", "classified")),
    ],
)
def test_a_line_and_after_what_it_is_gone(outcome: str | None, fields: Any, expected: tuple[str, str]) -> None:
    assert told(seen(line(draft(), outcome, **fields))) == {"line:l": expected}


def test_a_line_that_has_ended_is_gone() -> None:
    assert told(seen(line(draft(), "end", state="terminated"))) == {}


def test_hardware_goes_with_the_handover_unless_a_system_on_it_stays() -> None:
    found = draft().add("asset", id="a1", room="r").add("asset", id="a2", room="r")
    keep = {"disposition": {"value": "retain"}}
    found.system("s", runs_in="room:r", components=[{"id": "db", "assets": ["a1"]}], decisions=keep)
    found.system("t", runs_in="room:r", components=[{"id": "web", "assets": ["a2"]}])
    room = seen(found)
    assert told(room)["asset:a1"] == ("", "carries")
    assert told(room)["asset:a2"] == ("room/r/handed_over", "")
    assert {thing.id: thing.parts for thing in room.stands if thing.kind == "asset"} == {
        "a1": ("s/db",),
        "a2": ("t/web",),
    }


def test_equipment_of_politics_and_law_is_colocated() -> None:
    found = draft().change("department", "city", politics_and_law=True).add("asset", id="a", room="r")
    assert told(seen(found))["asset:a"] == ("", "to-colocate")


def test_with_a_plan_days_and_what_has_none() -> None:
    found = draft().system("s", runs_in="room:r", decisions={"disposition": {"value": "retire"}})
    line(found, "end").add("asset", id="a", room="r")
    days = {"system:s/remove": dt.date(2021, 1, 12)}
    inventory, plan = planned(found, days, [item_id("l", "terminated", Track.LINE)])
    room = seen(inventory, plan)
    assert {thing.id: thing.gone for thing in room.stands} == {"s": dt.date(2021, 1, 13), "l": None, "a": None}
    assert told(room)["line:l"] == ("line/l/terminated", "unplanned")
    assert told(room)["asset:a"] == ("room/r/handed_over", "not-in-plan")
    assert [thing.id for thing in room.blockers] == ["l", "a"]


def test_who_keeps_a_line_is_told() -> None:
    ruled, decided = seen(line(draft())), seen(line(draft(), "keep"))
    by = [room.stands[0].reason.data["by"] for room in (ruled, decided) if room.stands[0].reason is not None]
    assert by[0] not in ("decision", "")
    assert by[1] == "decision"
    assert missing(ruled)[0] == ("line:l", "line-undecided")
    assert missing(decided)[0] == ("line:l", "line-or-room")


# ---- decisions of people ----


def missing(room: Standing) -> list[tuple[str, str]]:
    return [(entry.record, entry.reason.code) for entry in room.missing]


def test_decisions_that_are_missing() -> None:
    found = draft(department=None).add("asset", id="a", room="r")
    found.system("s", runs_in="room:r", decisions={"disposition": {"value": "retain"}})
    assert missing(seen(line(found))) == [
        ("room:r", "room-no-owner"),
        ("system:s", "system-or-room"),
        ("line:l", "line-undecided"),
        ("asset:a", "asset-no-owner"),
        ("room:r", "asset-use-unknown"),
    ]


def test_a_room_that_is_kept_waits_for_no_decision() -> None:
    found = draft(intention="keep").system("s", runs_in="room:r", decisions={"disposition": {"value": "retain"}})
    assert missing(seen(line(found))) == []


# ---- state ----


def test_a_room_is_full_until_something_has_left_it() -> None:
    found = draft().system("s", runs_in="room:r").system("t", runs_in="room:r")
    assert seen(found).state == "full"
    found.done[item_id("s")] = DONE
    room = seen(found)
    assert room.state == "emptying"
    assert room.difference is not None
    assert room.difference.code == "state-behind"


def test_what_a_run_has_moved_out_makes_a_room_emptying() -> None:
    inventory = draft().system("s", runs_in="room:r").system("t", runs_in="pool:prov").inventory()
    moved = inventory.replace(declared={"system:t": {"runs_in": "room:r"}})
    assert seen(inventory).state == "full"
    assert seen(moved).state == "emptying"


@pytest.mark.parametrize(
    ("recorded", "done", "content", "expected"),
    [
        ("full", (), "", "empty"),
        ("emptying", (), "asset", "empty"),
        ("empty", ("handed_over",), "asset", "handed_over"),
        ("handed_over", (), "", "handed_over"),
        ("handed_over", ("closed",), "", "closed"),
        ("handed_over", ("closed",), "asset", "handed_over"),
        ("closed", (), "", "closed"),
        ("closed", (), "line", "handed_over"),
        ("closed", (), "system", "full"),
    ],
)
def test_the_state_follows_from_content_and_runs(
    recorded: str, done: tuple[str, ...], content: str, expected: str
) -> None:
    found = draft(state=recorded)
    found.done.update({item_id("r", step, Track.ROOM): DONE for step in done})
    if content == "asset":
        found.add("asset", id="a", room="r", role="network")
    elif content == "line":
        line(found)
    elif content == "system":
        found.system("s", runs_in="room:r")
    room = seen(found)
    assert room.state == expected
    code = room.difference.code if room.difference else ""
    order = ["full", "emptying", "empty", "handed_over", "closed"]
    ahead, behind = order.index(recorded) > order.index(expected), order.index(recorded) < order.index(expected)
    assert code == ("state-ahead" if ahead else "state-behind" if behind else "")


def test_a_record_that_says_too_much_is_told_with_what_stands_there() -> None:
    room = seen(line(draft(state="closed").add("asset", id="a", room="r", role="other")))
    assert room.difference is not None
    assert room.difference.data == {"systems": 0, "lines": 1, "assets": 1}


def test_machines_of_unknown_use_do_not_make_a_room_empty() -> None:
    found = draft().add("asset", id="a", room="r")
    assert seen(found).state == "full"
    found.done["room/r/emptied"] = DONE
    assert seen(found).state == "empty"


@pytest.mark.parametrize(
    ("done", "expected"), [((), "full"), (("handed_over",), "handed_over"), (("colocated",), "colocated")]
)
def test_a_room_taken_over_for_colocation(done: tuple[str, ...], expected: str) -> None:
    found = draft(intention="colocation").add("asset", id="a", room="r")
    found.done.update({item_id("r", step, Track.ROOM): DONE for step in done})
    assert seen(found).state == expected
    assert seen(found).blockers == ()


# ---- lease ----

LEASE = {"lease_end": "2021-01-20", "fee_yuan_per_year": 36500}


def test_a_lease_that_ends_too_early_costs_its_days() -> None:
    found = draft(**LEASE).system("s", runs_in="room:r", decisions={"disposition": {"value": "retire"}})
    found.system("t", runs_in="room:r", decisions={"disposition": {"value": "retire"}})
    days = {
        "system:s/remove": dt.date(2021, 1, 25),
        "system:t/remove": dt.date(2021, 1, 18),
        "room:r/closed": dt.date(2021, 1, 29),
    }
    lease = seen(*planned(found, days)).lease
    assert lease is not None
    assert (lease.code, lease.free) == ("lease-too-early", dt.date(2021, 1, 30))
    assert (lease.extension_days, lease.extension_yuan, lease.yuan_per_day) == (10, 1000, 100)
    assert lease.late == ("system:s",)
    assert lease.idle_days == 0


def test_a_lease_that_outlives_the_room_costs_too() -> None:
    lease = seen(*planned(draft(**LEASE), {"room:r/closed": dt.date(2021, 1, 9)})).lease
    assert lease is not None
    assert (lease.code, lease.extension_days, lease.idle_days, lease.idle_yuan) == ("lease-in-time", 0, 10, 1000)


def test_a_lease_of_a_room_that_the_plan_never_closes_has_no_end() -> None:
    found = draft(**LEASE).system("s", runs_in="room:r", decisions={"disposition": {"value": "retain"}})
    lease = seen(*planned(found, {})).lease
    assert lease is not None
    assert (lease.code, lease.extension_days, lease.extension_yuan) == ("lease-open", None, None)
    assert lease.late == ("system:s",)


@pytest.mark.parametrize(
    ("now", "code", "days"),
    [(dt.date(2021, 1, 20), "lease-no-plan", 0), (dt.date(2021, 1, 25), "lease-over", 5)],
)
def test_without_a_plan_only_the_days_so_far_are_known(now: dt.date, code: str, days: int) -> None:
    lease = seen(draft(**LEASE), now=now).lease
    assert lease is not None
    assert (lease.code, lease.extension_days, lease.extension_yuan) == (code, days, days * 100)


def test_a_closed_room_and_a_kept_one_have_no_trouble_with_their_lease() -> None:
    closed = seen(draft(state="closed", **LEASE), now=dt.date(2021, 3, 1)).lease
    assert closed is not None
    assert closed.code == "lease-in-time"
    assert seen(draft(intention="keep", **LEASE)).lease is None
