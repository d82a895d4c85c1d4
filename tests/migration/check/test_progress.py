"""A plan survives what its own runs write and what comes on record after it; what is done to the plan still shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import pytest

from inventory.examples import make_estate
from inventory.inventory import Inventory
from inventory.kinds import plural
from inventory.kinds.clouds import Docking, DockingState
from inventory.kinds.lines import LineState
from inventory.kinds.network import Ipv6Capability, Ipv6Stage
from inventory.kinds.rooms import RoomState
from inventory.kinds.systems import Evidence, EvidenceKind, Lifecycle
from migration.check import check_plan, message
from migration.plan import Disposition, ItemState, Plan, PlanItem, Skipped, Track
from migration.planning import make_plan
from tests.migration.check.builder import LATER, MONDAY, Case, Draft, broken, case, codes, facts, step_of

LINE_STATES = {
    "path_ready": LineState.PATH_READY,
    "parallel_run": LineState.PARALLEL_RUN,
    "cutover": LineState.CUT_OVER,
    "notice": LineState.NOTICE_GIVEN,
    "terminated": LineState.TERMINATED,
}
ROOM_STATES = {
    "emptied": RoomState.EMPTY,
    "handed_over": RoomState.HANDED_OVER,
    "closed": RoomState.CLOSED,
    "colocated": RoomState.COLOCATED,
}


@cache
def made() -> Case:
    """An estate whose plan has items of every track, requests and bridges, and nothing on record yet."""
    inventory = make_estate("shanxi", 120, 7)
    plan = make_plan(inventory, effort=1)
    assert {item.track for item in plan.items} == set(Track)
    assert {"requested", "bridge", "replicate", "remove"} <= {item.base_step for item in plan.items}
    assert plan.skipped
    return inventory, plan


def written(item: PlanItem, day: dt.date) -> dict[str, Any]:
    """What a run of one item changes in the record of its object."""
    match item.track, item.base_step:
        case Track.NETWORK, "upgraded" | "replaced":
            return {"ipv6_capability": Ipv6Capability.READY}
        case Track.NETWORK, step:
            return {"ipv6_stage": Ipv6Stage(step)}
        case Track.LINE, step if step in LINE_STATES:
            return {"state": LINE_STATES[step]}
        case Track.ROOM, step:
            return {"state": ROOM_STATES[step]}
        case Track.CLOUD, "docked":
            return {"docking": Docking(state=DockingState.DOCKED, date=day)}
        case Track.CLOUD, "dual_stack":
            return {"ipv6_stage": Ipv6Stage.VERIFIED}
        case Track.SYSTEM, "cutover":
            return {"runs_in": f"pool:{item.pool}", "moved": day, "lifecycle": Lifecycle.IN_SERVICE}
        case Track.SYSTEM, "remove":
            return {"lifecycle": Lifecycle.CLOSED}
    return {}


def recorded(inventory: Inventory, items: Iterable[PlanItem], shift: int = 0) -> Inventory:
    """The estate after runs did the items, each on its last day or ``shift`` days later."""
    done, declared, records = dict(inventory.done), dict(inventory.declared), dict[str, dict[str, Any]]()
    for item in sorted(items, key=lambda item: item.end):
        day = item.end + dt.timedelta(days=shift)
        done[item.id] = f"{day.isoformat()}T01:30:00+08:00"
        changed = records.setdefault(plural(item.kind), dict(inventory.of(item.kind)))
        before = changed[item.object_id]
        update = written(item, day)
        changed[item.object_id] = before.model_copy(update=update)
        known = declared.get(item.object, {})
        declared[item.object] = {name: getattr(before, name) for name in update} | dict(known)
    return inventory.replace(done=done, declared=declared, **records)


def sound(inventory: Inventory, plan: Plan) -> None:
    found = check_plan(inventory, plan)
    assert [message(finding) for finding in found.violations] == []
    assert all(message(finding) for finding in found.facts)


# ---- what runs write ----


@pytest.mark.parametrize("shift", [0, 1, 9, -1, -8])
@pytest.mark.parametrize("weeks", [1, 5, 12, 30, 500])
def test_a_plan_survives_its_own_runs(weeks: int, shift: int) -> None:
    """On their days, later or earlier; items of several days count on the day on which they ended."""
    inventory, plan = made()
    last = plan.now + dt.timedelta(weeks=weeks)
    items = [item for item in plan.items if item.end <= last]
    assert any((item.end - item.start).days for item in items)
    after = recorded(inventory, items, shift)
    sound(after, plan)
    if not shift:
        assert check_plan(after, plan).facts == check_plan(inventory, plan).facts


@pytest.mark.parametrize("track", list(Track))
def test_runs_of_one_track_come_before_all_others(track: Track) -> None:
    inventory, plan = made()
    sound(recorded(inventory, [item for item in plan.items if item.track is track]), plan)


def test_every_single_item_may_be_on_record() -> None:
    """Alone, as for work that was done out of turn; one of each step."""
    inventory, plan = made()
    for item in {(item.track, item.kind, item.base_step): item for item in plan.items}.values():
        sound(recorded(inventory, [item]), plan)


def test_what_is_left_of_a_plan_on_its_way_is_still_checked() -> None:
    """A copy that runs after its cutover, and an item that was dropped, show also when the rest has begun."""
    inventory, plan = made()
    last = plan.now + dt.timedelta(weeks=8)
    after = recorded(inventory, [item for item in plan.items if item.end <= last])
    copy = next(item for item in plan.items if item.step == "replicate" and item.start > last)
    late = dt.timedelta(days=200)
    moved = copy.model_copy(update={"start": copy.start + late, "end": copy.end + late})
    wrong = plan.model_copy(update={"items": tuple(moved if item is copy else item for item in plan.items)})
    assert "gate-early" in codes((after, wrong))
    less = plan.model_copy(update={"items": tuple(item for item in plan.items if item is not copy)})
    assert {"item-missing"} <= codes((after, less))


def test_a_stored_done_item_stands_on_its_recorded_day() -> None:
    draft = Draft().system("a", moved=MONDAY, runs_in="pool:city-a")
    fields = {"a": {"state": ItemState.DONE, "window_start": None, "window_minutes": None}}
    assert codes(case(draft, {"a": (1, "city-a")}, now=LATER, fields=fields)) == {"done-changed"}
    assert codes(case(draft, {"a": (1, "city-a")}, now=LATER)) == set()


def test_a_bridge_that_a_run_has_done_keeps_what_it_bridges() -> None:
    inventory, plan = made()
    bridge = next(item for item in plan.items if item.base_step == "bridge")
    sound(recorded(inventory, [bridge]), plan)


# ---- states that are reached without a record of the item ----


def device_plan(stage: str, skip: bool) -> Case:
    draft = Draft().add("vpn", id="v", technology="mpls_l3vpn").change("device", "edge", ipv6_stage="addressed")
    inventory = draft.inventory()
    steps, start, items = ["routing", "service", "security", "verified"], MONDAY, list[PlanItem]()
    for step in steps:
        items.append(step_of(inventory, "device:edge", step, start, wave=""))
        start = items[-1].end + dt.timedelta(days=1)
    _, plan = case(draft, {}, extra=items)
    if skip:
        plan = plan.model_copy(update={"skipped": (Skipped(item="network/edge/underlay", reason="vpn-over-ipv4"),)})
    return draft.change("device", "edge", ipv6_stage=stage).inventory(), plan


def test_a_stage_that_is_reached_is_a_fact_and_a_skipped_one_needs_no_more_words() -> None:
    found = device_plan("service", skip=True)
    assert not {"item-needless", "skipped-needless", "gate-missing"} & codes(found)
    told = [finding.items for finding in check_plan(*found).facts if finding.code == "already-done"]
    assert told == [("network/edge/routing",), ("network/edge/service",)]


@pytest.mark.parametrize(
    ("kind", "key", "fields", "now", "step"),
    [
        ("cloud", "yun-city", {"docking": {"state": "planned"}}, {"docking": {"state": "docked"}}, "docked"),
        ("cloud", "yun-city", {"ipv6_stage": "security"}, {"ipv6_stage": "verified"}, "dual_stack"),
        ("pool", "prov", {"attachments": []}, {"attachments": [{"device": "root"}]}, "connected"),
        ("room", "room-1", {"intention": "close", "state": "handed_over"}, {"state": "closed"}, "closed"),
    ],
)
def test_a_state_that_is_reached_is_a_fact(
    kind: str, key: str, fields: Mapping[str, Any], now: Mapping[str, Any], step: str
) -> None:
    draft = Draft().change(kind, key, **fields)
    item = step_of(draft.inventory(), f"{kind}:{key}", step, MONDAY)
    inventory, plan = case(draft, {}, extra=[item])
    assert broken((inventory, plan)) == ()
    after = draft.change(kind, key, **now).inventory(), plan
    assert (broken(after), facts(after)) == ((), {("plan", "already-done")})


def test_evidence_that_came_on_record_is_a_fact() -> None:
    """A proof that was never asked for is needless all the same."""
    rules = [{"from_grade": 2, "kinds": ["filing"]}]
    draft = Draft().system("a", grade=2)
    draft.settings["evidence"] = rules
    filing = step_of(draft.inventory(), "system:a", "filing", MONDAY)
    inventory, plan = case(draft, {"a": (1, "city-a")}, extra=[filing])
    assert broken((inventory, plan)) == ()
    proof = Evidence(kind=EvidenceKind.FILING, date=MONDAY)
    proven = inventory.systems["a"].model_copy(update={"evidence": (proof,)})
    after = inventory.replace(systems={"a": proven}), plan
    assert (broken(after), facts(after)) == ((), {("plan", "item-superfluous")})
    scan = step_of(inventory, "system:a", "scan", MONDAY)
    assert codes(case(draft, {"a": (1, "city-a")}, extra=[filing, scan])) == {"item-needless"}


# ---- objects that are new ----


def test_objects_that_the_plan_does_not_know_are_facts() -> None:
    inventory, plan = made()
    device = next(device for device in inventory.devices.values() if device.ipv6_stage is Ipv6Stage.NONE)
    line = next(line for line in inventory.lines.values() if line.decisions.outcome is not None)
    system = next(iter(system for system in inventory.systems.values() if not system.classified))
    after = inventory.replace(
        devices=dict(inventory.devices) | {"new": device.model_copy(update={"id": "new"})},
        lines=dict(inventory.lines) | {"new": line.model_copy(update={"id": "new", "systems": (), "a": None})},
        systems=dict(inventory.systems) | {"new": system.model_copy(update={"id": "new", "runs_in": None})},
    )
    found = check_plan(after, plan)
    assert {finding.code for finding in found.violations} == set()
    new = [finding.records for finding in found.facts if finding.code == "not-in-plan"]
    assert sorted(new) == [("device:new",), ("line:new",), ("system:new",)]
    by_hand = plan.model_copy(update={"slices": {}})
    assert {"disposition-missing", "item-missing"} <= codes((after, by_hand))


def test_items_dropped_from_a_known_object_are_missing() -> None:
    inventory, plan = made()
    name = next(item.object for item in plan.items if item.track is Track.NETWORK)
    less = plan.model_copy(update={"items": tuple(item for item in plan.items if item.object != name)})
    assert "item-missing" in codes((inventory, less))
    system = plan.dispositions[0].system
    less = plan.model_copy(update={"dispositions": plan.dispositions[1:]})
    assert f"system:{system}" in plan.slices
    assert "disposition-missing" in codes((inventory, less))


# ---- lines in use ----


@pytest.mark.parametrize("lifecycle", ["in_service", "closed"])
@pytest.mark.parametrize("stays", [True, False])
def test_a_line_that_a_system_keeps_using_cannot_end(stays: bool, lifecycle: str) -> None:
    draft = Draft().system("a", lifecycle=lifecycle)
    draft.add("line", id="w", department="city", systems=["a"], decisions={"outcome": {"value": "end"}}, notice_days=1)
    inventory = draft.inventory()
    start, items = MONDAY + dt.timedelta(days=7), list[PlanItem]()
    for step in ("idle", "notice", "terminated"):
        items.append(step_of(inventory, "line:w", step, start))
        start += dt.timedelta(days=60)
    places: dict[str, tuple[int, str | None]] = {} if stays else {"a": (0, "city-a")}
    found = case(draft, places, stay=["a"] if stays else [], extra=items)
    told = [finding for finding in check_plan(*found).violations if finding.code == "line-in-use"]
    if stays and lifecycle == "in_service":
        assert [finding.records for finding in told] == [("line:w", "system:a")]
        assert told[0].items == tuple(item.id for item in items)
    else:
        assert told == []


def test_a_line_waits_for_a_system_that_has_no_place() -> None:
    draft = (
        Draft()
        .system("a")
        .add("line", id="w", department="city", systems=["a"], decisions={"outcome": {"value": "end"}})
    )
    inventory = draft.inventory()
    idle = step_of(inventory, "line:w", "idle", MONDAY)
    assert "gate-missing" in codes(case(draft, {}, unplanned=["a"], extra=[idle]))
    retired = case(draft, {}, unplanned=["a"], extra=[idle])[1]
    plan = retired.model_copy(
        update={
            "dispositions": tuple(
                disposed.model_copy(update={"disposition": Disposition.RETIRE}) for disposed in retired.dispositions
            )
        }
    )
    assert "gate-missing" in codes((inventory, plan))
