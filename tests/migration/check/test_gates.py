"""H7, H9, H12 and H14 where the random scenes do not reach: gates of pools, requests, rooms; facts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from migration.plan import Bridge, Disposed, Disposition, ItemState, PlanItem
from tests.migration.check.builder import (
    MONDAY,
    Case,
    Draft,
    broken,
    case,
    codes,
    facts,
    plan_of,
    step_of,
)

PLACES: dict[str, tuple[int, str | None]] = {"a": (2, "city-a")}


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


def with_steps(draft: Draft, *steps: tuple[str, str, int], places: Any = None, **rest: Any) -> Case:
    """A plan with further steps, each of an object from a day on."""
    inventory = draft.inventory()
    extra = [step_of(inventory, name, step, day(start)) for name, step, start in steps]
    return inventory, plan_of(inventory, PLACES if places is None else places, extra=extra, **rest)


@pytest.mark.parametrize(("gate", "binds"), [("hard", True), ("soft", False)])
def test_docking_is_a_gate_where_the_settings_say_so(gate: str, binds: bool) -> None:
    draft = Draft().system("a").change("cloud", "yun-city", docking={"state": "none"})
    draft.settings["docking"] = {"city": gate}
    assert broken(with_steps(draft, ("cloud:yun-city", "docked", 12))) == ()
    assert broken(with_steps(draft, ("cloud:yun-city", "docked", 13))) == (("H9",) if binds else ())


def test_a_pool_is_connected_before_systems_land() -> None:
    draft = Draft().system("a").change("pool", "city-a", attachments=[])
    assert broken(with_steps(draft, ("pool:city-a", "connected", 12))) == ()
    assert broken(with_steps(draft, ("pool:city-a", "connected", 13))) == ("H9",)
    assert broken(with_steps(draft, ("pool:city-a", "connected", 13), places={"a": (2, "city-b")})) == ()
    assert broken(with_steps(draft)) == ("H9", "plan"), "it is not planned at all"


def form_cloud() -> Draft:
    return Draft().system("a").system("b").change("cloud", "yun-city", access="request_form", lead_time_days=5)


def request(start: int, step: str = "requested-2021-01-18", **fields: Any) -> Case:
    inventory = form_cloud().inventory()
    item = step_of(inventory, "pool:city-a", step, day(start), **({"records": ["system:a", "system:b"]} | fields))
    return inventory, plan_of(inventory, {"a": (2, "city-a"), "b": (2, "city-a")}, extra=[item])


def test_resources_are_requested_for_each_pool_and_slot() -> None:
    assert broken(request(9)) == ()
    assert broken(request(10)) == ("H9",), "it ends on the day of the cutover"
    assert codes(request(9, records=["system:a"])) == {"request-records"}
    assert codes(request(9, end=day(12))) == {"too-short"}
    assert codes(request(9, "requested-2021-01-11")) == {"item-needless", "item-missing", "gate-missing"}
    assert broken(case(form_cloud(), {"a": (2, "prov")}, unplanned=["b"])) == ()


def test_evidence_is_there_before_the_cutover() -> None:
    draft = Draft().system("a", grade=3)
    draft.settings["evidence"] = [{"from_grade": 3, "kinds": ["scan"]}]
    assert broken(with_steps(draft, ("system:a", "scan", 12))) == ()
    assert broken(with_steps(draft, ("system:a", "scan", 13))) == ("H9",)


def test_preparation_comes_before_the_copy() -> None:
    draft = Draft().system("a", components=[{"id": "db", "data_gib": 1}])
    draft.prepared = False
    assert broken(copied(draft, 12, ("system:a", "prepare", 10))) == ()
    assert broken(copied(draft, 12, ("system:a", "prepare", 11))) == ("H9",)


def copied(draft: Draft, start: int, *steps: tuple[str, str, int], days: int = 2, **fields: Any) -> Case:
    """A plan of system a with a copy."""
    inventory, plan = with_steps(draft, *steps)
    end = day(start + days - 1)
    values = {"pool": "city-a", "end": end} | fields
    copy = step_of(inventory, "system:a", "replicate", day(start), **values)
    return inventory, plan.model_copy(update={"items": (*plan.items, copy)})


def mbps(gib: float, days: int) -> float:
    return gib * 8 * 1.073741824 * 1000 / (days * 86400)


def test_the_path_of_a_copy() -> None:
    draft = Draft().system("a", components=[{"id": "db", "data_gib": 50}], runs_in="room:room-2")
    draft.change("room", "room-2", attached_to=["device:edge"])
    rate = mbps(50, 2)
    assert broken(copied(draft, 12, links=["l3"], rate_mbps=rate)) == ()
    assert codes(copied(draft, 12, links=["l2"], rate_mbps=rate)) == {"copy-path"}
    assert codes(copied(draft, 12, links=["l3", "l2"], rate_mbps=rate)) == {"copy-path"}
    assert codes(copied(draft, 12, links=["l9"], rate_mbps=rate)) == {"copy-path"}
    assert codes(copied(draft, 12, links=["l3"], rate_mbps=rate * 1.01)) == {"copy-rate"}
    assert codes(copied(draft, 12, links=["l3"])) == {"copy-rate"}
    assert codes(copied(draft, 12)) == {"copy-path-missing"}
    assert codes(copied(draft, 12, links=["l3"], rate_mbps=rate, pool="city-b")) == {"pool-differs"}
    draft.change("system", "a", transfer="shipped")
    assert broken(copied(draft, 12)) == ()
    assert codes(copied(draft, 12, links=["l3"], rate_mbps=rate)) == {"copy-shipped"}


def test_a_copy_of_an_unknown_place_needs_no_path() -> None:
    draft = Draft().system("a", components=[{"id": "db", "data_gib": 50}], runs_in="room:room-2")
    draft.change("room", "room-2", attached_to=[])
    assert broken(copied(draft, 12)) == ()
    draft.change("room", "room-2", department="county")
    assert codes(copied(draft, 12)) == {"copy-path-missing"}, "then its department's device counts"
    draft.change("link", "l3", b_device="edge", a_device="edge")
    assert broken(copied(draft, 12)) == (), "which is not connected"


@pytest.mark.parametrize(("own", "over"), [(None, True), (0.6, False), (0.4, True)])
def test_copies_share_a_link(own: float | None, over: bool) -> None:
    """Two copies that overlap in a slot, each at 25 Mbit/s of 100."""
    gib = 25 * 2 * 86400 / (8 * 1.073741824 * 1000)
    draft = Draft()
    for name in "ab":
        draft.system(name, components=[{"id": "db", "data_gib": gib}], runs_in="room:room-2")
    draft.change("room", "room-2", attached_to=["device:edge"]).change("link", "l3", migration_share=own)
    draft.settings["migration_share"] = 0.4
    inventory = draft.inventory()
    values = {"links": ["l3"], "rate_mbps": 25.0, "pool": "city-a"}
    first = step_of(inventory, "system:a", "replicate", day(7), **values)
    second = step_of(inventory, "system:b", "replicate", day(11), **values)
    places: dict[str, tuple[int, str | None]] = {"a": (2, "city-a"), "b": (2, "city-a")}
    assert broken((inventory, plan_of(inventory, places, extra=[first, second]))) == (("H7",) if over else ())
    earlier = step_of(inventory, "system:a", "replicate", day(4), **values)
    assert broken((inventory, plan_of(inventory, places, extra=[earlier, second]))) == ()


def room() -> Draft:
    return Draft().system("a", runs_in="room:room-1").change("room", "room-1", intention="close")


ROOM = (("room:room-1", "emptied", 25), ("room:room-1", "handed_over", 27), ("room:room-1", "closed", 29))


def test_a_room_is_emptied_after_its_systems_have_left() -> None:
    assert broken(with_steps(room(), *ROOM)) == (), "decommissioned on days 23 and 24"
    early = (("room:room-1", "emptied", 24), *ROOM[1:])
    assert broken(with_steps(room(), *early)) == ("H9",)
    parts = room().system("b", department="county", components=[{"id": "x", "runs_in": "room:room-1"}])
    stays = with_steps(parts, *ROOM, stay=["b"])
    assert codes(stays) == {"room-not-empty"}
    assert broken(with_steps(parts.change("system", "b", lifecycle="closed"), *ROOM, stay=["b"])) == ()


def test_a_room_is_closed_after_its_lines_have_ended() -> None:
    line = room().add("line", id="w", department="city", a="room:room-1")
    assert codes(with_steps(line, *ROOM)) == {"room-line-stays"}
    line.change("line", "w", decisions={"outcome": {"value": "end"}})
    line.settings["idle_days"] = 1
    ends = (("line:w", "idle", 0), ("line:w", "terminated", 27))
    assert broken(with_steps(line, *ROOM, *ends)) == ()
    assert broken(with_steps(line, *ROOM, ends[0], ("line:w", "terminated", 28))) == ("H9",)
    line.change("line", "w", a=None).change("room", "room-1", attached_to=["line:w"])
    assert broken(with_steps(line, *ROOM, ends[0], ("line:w", "terminated", 28))) == ("H9",)
    line.change("line", "w", state="terminated")
    assert broken(with_steps(line, *ROOM)) == ()


def test_what_a_run_has_moved_is_still_in_the_room_until_it_is_decommissioned() -> None:
    draft = room().change("system", "a", runs_in="pool:city-a", moved=MONDAY)
    inventory = draft.inventory()
    extra = [step_of(inventory, name, step, day(start)) for name, step, start in ROOM]
    later = {"now": day(14), "fields": {"a": {"state": "done", "window_start": None, "window_minutes": None}}}
    early = [item.model_copy(update={"start": day(15), "end": day(16), "slot": 2}) for item in extra[:1]]
    early[0] = early[0].model_copy(update={"slot_label": "2021-W03"})
    places: dict[str, tuple[int, str | None]] = {"a": (0, "city-a")}
    plan = plan_of(inventory, places, extra=[*early, *extra[1:]], **later)  # type: ignore[arg-type]
    assert broken((inventory, plan)) == ()
    declared = inventory.replace(declared={"system:a": {"runs_in": "room:room-1"}})
    assert broken((declared, plan)) == ("H9",)


def test_needs_ipv6_waits_for_both_ends() -> None:
    draft = Draft().system("a", needs_ipv6="at_cutover").change("device", "access", ipv6_stage="security")
    assert broken(with_steps(draft, ("device:access", "verified", 12))) == ()
    assert broken(with_steps(draft, ("device:access", "verified", 13))) == ("H9",)
    attached = [{"device": "access"}, {"device": "root", "role": "backup"}]
    draft.change("department", "city", attached_to=attached)
    assert broken(with_steps(draft, ("device:access", "verified", 13))) == (), "one of the two is verified"
    draft.change("department", "city", attached_to=[]).change("pool", "city-a", attachments=[{"device": "access"}])
    assert broken(with_steps(draft, ("device:access", "verified", 13))) == ("H9",)


def test_dual_stack_of_a_cloud_follows_one_of_its_devices() -> None:
    draft = Draft().change("cloud", "yun-city", ipv6_stage="none").change("device", "aggregate", ipv6_stage="security")
    verified = ("device:aggregate", "verified", 3)
    assert broken(with_steps(draft, verified, ("cloud:yun-city", "dual_stack", 5), places={})) == ()
    assert broken(with_steps(draft, verified, ("cloud:yun-city", "dual_stack", 4), places={})) == ("H9",)


def bridged(disposition: Disposition = Disposition.REHOST, client: str = "b", **fields: Any) -> Case:
    draft = Draft().system("a").system("b").needs(client, "a", reaches_by="address", strength="soft", id="n")
    draft.add("external_object", id="x")
    inventory = draft.inventory()
    values = {"bridge": "nat", "closes": day(34 + 30), "records": ["dependency:n"]} | fields
    bridge = step_of(inventory, "system:a", "bridge", day(12), **values)
    plan = plan_of(inventory, {"a": (2, "city-a"), "b": (4, "city-a")}, extra=[bridge])
    decided = (plan.dispositions[0].model_copy(update={"disposition": disposition}), *plan.dispositions[1:])
    return inventory, plan.model_copy(update={"dispositions": decided})


def test_bridges() -> None:
    assert broken(bridged()) == ()
    assert codes(bridged(closes=day(63))) == {"bridge-closes"}, "the client moves two slots later"
    assert broken(bridged(client="external_object:x", closes=day(20 + 30))) == ()
    assert codes(bridged(records=[])) == {"bridge-records"}
    assert codes(bridged(bridge=Bridge.KEEP_ADDRESS)) == {"bridge-method"}
    assert broken(bridged(Disposition.RELOCATE, bridge=Bridge.KEEP_ADDRESS)) == ()
    assert broken(bridged(bridge=Bridge.CLIENT_CHANGE)) == ()
    inventory, plan = bridged()
    without = plan.model_copy(update={"items": tuple(item for item in plan.items if item.step != "bridge")})
    assert codes((inventory, without)) == {"bridge-missing", "item-missing"}
    gone = (plan.dispositions[0], Disposed(system="b", disposition=Disposition.RETIRE, rule="default:x"))
    assert "item-needless" in codes((inventory, plan.model_copy(update={"dispositions": gone})))


def test_lags_of_settings() -> None:
    draft = Draft().system("a", components=[{"id": "db", "data_gib": 1}])
    draft.settings["copy_keep_days"] = 5
    assert broken(copied(draft, 8)) == ()
    assert codes(copied(draft, 7)) == {"copy-old"}
    assert codes(copied(draft, 12, days=1)) == {"too-short"}


# ---- what nothing can mend any more ----


def test_a_running_item_that_starts_too_soon_is_a_fact() -> None:
    draft = Draft().system("a").change("pool", "city-a", attachments=[])
    connected = ("pool:city-a", "connected", 15)
    running = {"a": {"state": "running"}}
    found = with_steps(draft, connected, now=day(14), fields=running)
    assert (broken(found), facts(found)) == ((), {("H9", "gate-early")})


def test_a_copy_that_is_too_old_since_long_ago_is_a_fact() -> None:
    draft = Draft().system("a", components=[{"id": "db", "data_gib": 1}])
    draft.settings["copy_keep_days"] = 5
    draft.done["system/a/replicate"] = "2021-01-06T10:00:00+08:00"
    inventory = draft.inventory()

    def at(now: dt.date) -> Case:
        copy = step_of(inventory, "system:a", "replicate", day(2), end=day(2), state="done")
        return inventory, plan_of(inventory, {"a": (2, "city-a")}, now=now, extra=[copy])

    assert codes(at(day(7))) == {"copy-old"}, "the cutover could come sooner"
    assert (broken(at(day(14))), facts(at(day(14)))) == ((), {("H12", "copy-old")})


def test_work_of_running_items_that_is_too_much_is_a_fact() -> None:
    draft = Draft().system("a").add("team", id="t", skills={"network": 1})
    effort = [
        row.model_copy(update={"skills": {"network": 3}}) if row.step == "verify" else row
        for row in draft.settings["effort"]
    ]
    draft.settings["effort"] = effort
    inventory = draft.inventory()
    plan = plan_of(inventory, PLACES)

    def with_state(state: ItemState) -> Case:
        def changed(item: PlanItem) -> PlanItem:
            work = [{"team": "t", "skill": "network", "days": 3}]
            values = item.model_dump() | {"state": state, "work": work}
            return PlanItem.model_validate(values) if item.step == "verify" else item

        return inventory, plan.model_copy(update={"items": tuple(map(changed, plan.items))})

    assert broken(with_state(ItemState.PLANNED)) == ("H5",)
    assert (broken(with_state(ItemState.RUNNING)), facts(with_state(ItemState.RUNNING))) == ((), {("H5", "team-full")})
