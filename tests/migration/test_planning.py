"""From an inventory to a plan: each rule of cutovers by a small estate whose chains are short."""

from __future__ import annotations

from typing import Any

import pytest

from migration.plan import ItemState, PlanStatus, item_id
from migration.planner import solve
from migration.planning import changed_items, make_plan
from tests.migration.check.builder import LATER, MONDAY, Draft
from tests.migration.planned import EFFORT, causes, costs, cutovers, day, decide, planned, slots, unplanned


def test_one_system_gets_one_whole_item() -> None:
    draft = Draft().system("s", name="婚姻登记").change("cloud", "yun-city", name="市云")
    plan = planned(draft, declared_hash="abc")
    (item,) = cutovers(plan)
    assert (item.id, item.object, item.department, item.state) == (
        "system/s/cutover",
        "system:s",
        "city",
        ItemState.PLANNED,
    )
    assert item.wave == f"{item.slot_label}/yun-city"
    assert item.window_start is not None
    assert plan.grid.slot_of(item.window_start.date()) == item.slot
    assert item.slice_hash
    assert plan.slice_hash
    assert plan.names == {"cloud:yun-city": "市云", "system:s": "婚姻登记"}
    assert (plan.declared_hash, plan.as_of, plan.now, plan.unplanned) == ("abc", MONDAY, MONDAY, ())


def test_nothing_is_planned_before_now() -> None:
    plan = planned(Draft().system("s").system("t"), now=LATER)
    assert plan.now == LATER
    assert min(slots(plan).values()) >= 2


def test_a_provider_moves_before_or_with_its_client() -> None:
    draft = Draft().limit("department", 1).system("client").system("provider").needs("client", "provider")
    found = slots(planned(draft))
    assert found["provider"] < found["client"]


@pytest.mark.parametrize(
    "fields", [{"source": "observed"}, {"strength": "soft"}, {"order": "none"}, {"rejected": True}]
)
def test_only_known_hard_ordered_dependencies_bind(fields: dict[str, Any]) -> None:
    draft = Draft().system("client", decisions=decide("2021-W01")).system("provider", decisions=decide("2021-W03"))
    assert slots(planned(draft.needs("client", "provider", **fields))) == {"client": 0, "provider": 2}


def test_groups_move_in_one_slot() -> None:
    draft = Draft().limit("department", 3)
    for name in "abcdef":
        draft.system(name)
    draft.needs("a", "b").needs("b", "c").needs("c", "a").needs("d", "e", order="together")
    found = slots(planned(draft.add("move_group", id="g", systems=["e", "f"])))
    assert found["a"] == found["b"] == found["c"] != found["d"] == found["e"] == found["f"]


def test_a_pinned_cutover_stays_in_its_slot() -> None:
    draft = Draft().system("week", decisions=decide("2021-W04")).system("day", decisions=decide("2021-01-20"))
    plan = planned(draft.system("free"))
    assert {item.object_id: (item.slot, item.state) for item in cutovers(plan) if item.object_id != "free"} == {
        "week": (3, ItemState.PINNED),
        "day": (2, ItemState.PINNED),
    }
    assert plan.by_id[item_id("day", "verify")].state is ItemState.PINNED


@pytest.mark.parametrize(
    ("value", "code"),
    [("2021-W40", "pin-outside"), ("soon", "pin-unreadable"), ("2021-W60", "pin-unreadable")],
)
def test_a_pin_that_cannot_be_kept_leaves_out_only_its_system(value: str, code: str) -> None:
    plan = planned(Draft().system("s", decisions=decide(value)).system("t"))
    assert causes(plan) == {"s": [("H11", code)]}
    assert list(slots(plan)) == ["t"]
    assert plan.status is PlanStatus.INFEASIBLE


def test_a_pin_into_the_past_is_impossible() -> None:
    plan = planned(Draft().system("s", decisions=decide("2021-W01")), now=LATER)
    assert causes(plan) == {"s": [("H11", "pinned")]}


def test_what_is_done_stays_and_takes_its_room() -> None:
    done = {"moved": "2021-01-05", "runs_in": "pool:city-a"}
    draft = Draft().system("old", vcpu=95, **done).system("new", vcpu=10)
    draft.add("rule", id="r", kind="placement", effect="only", outcome="id:city-a")
    plan = planned(draft, now=LATER)
    item = plan.by_id[item_id("old")]
    assert (item.state, item.slot, item.pool, item.window_start) == (ItemState.DONE, 0, "city-a", None)
    assert causes(plan) == {"new": [("H4", "pool-full"), ("H3", "out-rule-only")]}


def test_what_was_done_in_this_slot_counts_for_its_limits() -> None:
    draft = Draft().limit("department", 1).system("old", moved="2021-01-18", runs_in="pool:city-a").system("new")
    assert slots(planned(draft, now=LATER))["new"] != 2


def test_the_rest_of_a_group_still_moves_at_once_when_a_member_is_done() -> None:
    draft = Draft().limit("department", 2).system("a", moved="2021-01-05", runs_in="pool:city-a")
    for name in "bcxy":
        draft.system(name)
    draft.needs("a", "b").needs("b", "c").needs("c", "a").needs("x", "b")
    plan = planned(draft, now=LATER)
    assert slots(plan)["b"] == slots(plan)["c"]
    assert {(fact.rule, fact.code) for fact in plan.facts} >= {("H1", "order-provider-first")}


def test_a_state_entry_without_a_pool_is_done_too() -> None:
    draft = Draft().system("s").system("t")
    draft.done[item_id("s")] = "2021-01-06T02:00:00+08:00"
    plan = planned(draft, now=LATER)
    assert plan.by_id[item_id("s")].state is ItemState.DONE
    assert plan.by_id[item_id("s")].wave == ""


@pytest.mark.parametrize("step", ["2021-01-18", "2021-01-20"])
def test_a_pool_that_grows_takes_more_from_then_on(step: str) -> None:
    draft = Draft().add("rule", id="r", kind="placement", effect="only", outcome="id:city-a")
    draft.change(
        "pool",
        "city-a",
        capacity=[
            {"vcpu": 10, "memory_gib": 100, "storage_gib": 100},
            {"from": step, "vcpu": 40, "memory_gib": 100, "storage_gib": 100},
        ],
    )
    draft.system("big", vcpu=30)
    assert slots(planned(draft))["big"] >= (2 if step == "2021-01-18" else 3)


def test_headroom_overcommit_and_use_decide_what_fits() -> None:
    draft = Draft().add("rule", id="r", kind="placement", effect="only", outcome="id:city-a")
    draft.change("pool", "city-a", headroom=0.5, overcommit=2.0, in_use={"vcpu": 40})  # 100 x 2 x 0.5 - 40 = 60
    assert causes(planned(draft.system("s", vcpu=60))) == {}
    assert causes(planned(draft.system("t", vcpu=60.001), effort=0))


def test_systems_without_an_eligible_pool_say_each_reason() -> None:
    draft = Draft().system("s", grade=5).system("client").needs("client", "s")
    found = causes(planned(draft))
    assert found == {"s": [("H3", "out-grade")], "client": [("H1", "provider-unplanned"), ("H3", "out-grade")]}


def test_a_freeze_over_everything_leaves_everything_out() -> None:
    plan = planned(Draft().system("s").add("freeze", id="f", start="2020-01-01", end="2030-01-01"))
    assert causes(plan) == {"s": [("H8", "frozen")]}
    assert unplanned(plan, item_id("s")).causes[0].records == ("freeze:f",)
    assert [item.id for item in plan.items] == [item_id("s", "prepare")]  # done before


def test_a_freeze_of_a_cloud_sends_cutovers_elsewhere_or_later() -> None:
    draft = Draft().system("s").add("freeze", id="f", selector="kind:cloud id:yun-city", start="2021-01-04",
                                    end="2021-01-31")  # fmt: skip
    draft.system("t", decisions={"target": {"value": "cloud:yun-city"}})
    plan = planned(draft)
    assert slots(plan)["t"] >= 4
    assert plan.by_id[item_id("s")].cloud == "yun-prov" or slots(plan)["s"] >= 4


def test_a_hard_target_is_a_last_day() -> None:
    draft = Draft().limit("department", 1).system("a").system("b").system("c")
    draft.add("target", id="t", metric="systems_moved", selector="id:c", date="2021-01-10", hard=True)
    assert slots(planned(draft))["c"] == 0


def test_a_hard_target_before_everything_is_named() -> None:
    draft = Draft().system("a").add("target", id="t", metric="systems_moved", date="2020-12-01", hard=True)
    plan = make_plan(draft.inventory(), effort=EFFORT)
    assert causes(plan) == {"a": [("H10", "deadline")]}
    assert unplanned(plan, item_id("a")).causes[0].records == ("system:a", "target:t")


def test_lateness_counts_days_with_the_targets_weight() -> None:
    draft = Draft().system("s", decisions=decide("2021-W03"))
    draft.add("target", id="t", metric="systems_moved", date="2021-01-10", weight=3)
    draft.add("target", id="u", metric="rooms_closed", date="2021-01-10", weight=100)
    (cutover,) = cutovers(plan := planned(draft))
    assert cutover.start == day("01-18")
    assert costs(plan)["lateness"] == (18 - 10) * 3


def test_a_share_binds_only_as_many_systems_as_it_needs() -> None:
    draft = Draft().limit("department", 1)
    for name in "abcd":
        draft.system(name)
    draft.add("target", id="t", metric="systems_moved", date="2021-01-17", value=0.5)
    assert costs(planned(draft, effort=20))["lateness"] == 0


@pytest.mark.parametrize("per", ["cloud", "department", "division", "room", "device"])
def test_limits_hold(per: str) -> None:
    draft = Draft().limit(per, 2)
    for number in range(5):
        draft.system(f"s{number}", runs_in="room:room-1")
    plan = planned(draft)
    sizes: dict[Any, int] = {}
    for item in cutovers(plan):
        key = (item.slot, item.cloud) if per == "cloud" else item.slot
        sizes[key] = sizes.get(key, 0) + 1
    assert max(sizes.values()) <= 2
    assert len(cutovers(plan)) == 5


def test_a_limit_of_nothing_is_named() -> None:
    plan = planned(Draft().system("s").system("t", department="county").limit("department", 0, "id:city"))
    assert causes(plan) == {"s": [("H6", "limit")]}
    assert unplanned(plan, item_id("s")).causes[0].records == ("department:city",)


def test_classified_and_quarantined_records_are_listed_never_planned() -> None:
    draft = Draft().system("s").add("system", id="city-classified-1", department="city", classified=True, count=3)
    plan = planned(draft, quarantined=[("system", "bad"), ("pool", "worse")])
    assert plan.out_of_scope == ("system:city-classified-1",)
    assert plan.quarantined == ("pool:worse", "system:bad")
    assert [one.system for one in plan.dispositions] == ["s"]


def test_an_estate_where_nothing_moves_has_an_empty_plan() -> None:
    draft = Draft().system("s", lifecycle="closed")
    draft.prepared = False
    plan = planned(draft)
    assert (plan.items, plan.unplanned) == ((), ())


def test_changed_records_make_their_items_stale() -> None:
    draft = Draft().system("s").system("t")
    plan = planned(draft)
    assert changed_items(draft.inventory(), plan) == ()
    draft.records["system"][0]["allowed_outage_minutes"] = 10
    chains = {id: {item_id(id, step) for step in ("prepare", "cutover", "verify", "decommission")} for id in "st"}
    assert set(changed_items(draft.inventory(), plan)) == chains["s"]
    del draft.records["system"][1]
    assert set(changed_items(draft.inventory(), plan)) == chains["s"] | chains["t"]


def test_ctrl_c_goes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: Any, **options: Any) -> Any:
        def stop(*_: Any) -> None:
            raise KeyboardInterrupt

        return solve(*arguments, **(options | {"progress": stop}))

    monkeypatch.setattr("migration.planning.solve", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make_plan(Draft().system("s").system("t").inventory(), effort=50)
