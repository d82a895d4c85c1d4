"""What plans cost, S1 to S7, by examples worked out by hand; plans edited by hand too."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from migration.costs import churn, plan_costs
from migration.plan import ItemState, Plan, item_id
from migration.planning import make_plan
from tests.migration.check.builder import GRID, LATER, Case, Draft, case, step_of
from tests.migration.planned import costs, day, decide, planned


def of(found: Case) -> dict[str, int]:
    """Name of a cost -> its value."""
    inventory, plan = found
    return {cost.name: cost.value for cost in plan_costs(inventory, plan)}


def placed(draft: Draft, **places: int | tuple[int, str]) -> Case:
    """A plan by hand: system -> its slot, in city-a where no pool is named."""
    where = {key: place if isinstance(place, tuple) else (place, "city-a") for key, place in places.items()}
    return case(draft, where)


def with_steps(found: Case, *steps: tuple[str, str, str, str]) -> Case:
    """The same with further items: (KIND:ID, step, first day, last day)."""
    inventory, plan = found
    more = [step_of(inventory, name, step, day(start), end=day(end)) for name, step, start, end in steps]
    return inventory, plan.model_copy(update={"items": (*plan.items, *more)})


# ---- S1 -------------------------------------------------------------------------------------------------------------


def test_lateness_is_days_past_each_soft_target_times_its_weight() -> None:
    draft = Draft().system("a").system("b")
    draft.add("target", id="t", metric="systems_moved", date="2021-01-09", weight=3)
    draft.add("target", id="u", metric="systems_moved", selector="id:b", date="2021-01-17", weight=10)
    draft.add("target", id="hard", metric="systems_moved", date="2021-01-01", hard=True)
    found = of(placed(draft, a=1, b=2))  # on the 11th and the 18th
    assert found["lateness"] == 3 * (2 + 9) + 10 * 1


def test_of_a_share_the_first_ones_count() -> None:
    draft = Draft().system("a").system("b").system("c").system("d")
    draft.add("target", id="t", metric="systems_moved", date="2021-01-10", value=0.5)
    assert of(placed(draft, a=0, b=1, c=2, d=3))["lateness"] == 1  # b, one day late; c and d are spared


def test_leases_and_records_by_a_date_weigh_one_a_day() -> None:
    draft = Draft().system("a", needs_ipv6={"by": day("02-01")}).change("room", "room-1", lease_end=day("01-15"))
    found = with_steps(
        placed(draft, a=0),
        ("room:room-1", "closed", "01-17", "01-19"),
        ("system:a", "ipv6_record", "02-02", "02-03"),
    )
    assert of(found)["lateness"] == 4 + 2


# ---- S2 -------------------------------------------------------------------------------------------------------------


def test_waves_are_slots_and_clouds_and_the_end_is_the_last_slot() -> None:
    draft = Draft().system("a").system("b").system("c").system("d")
    found = of(placed(draft, a=0, b=0, c=(0, "prov"), d=4))
    assert (found["slots"], found["waves"], found["end"]) == (2, 3, 4)


def test_small_waves_fall_short_of_the_size_wished_for() -> None:
    draft = Draft().system("a").system("b").system("c")
    draft.settings["wave_size"] = {"min": 3, "max": 9}
    assert of(placed(draft, a=0, b=0, c=1))["shortfall"] == 1 + 2


def test_what_is_done_is_no_wave_any_more() -> None:
    draft = Draft().system("a").system("b", moved="2021-01-06", runs_in="pool:prov")
    plan = planned(draft, now=LATER)
    assert (costs(plan)["slots"], costs(plan)["waves"]) == (1, 1)


# ---- S3 -------------------------------------------------------------------------------------------------------------


def test_traffic_is_whole_megabits_a_slot_between_the_ends() -> None:
    draft = Draft().system("a").system("b").system("c")
    draft.needs("a", "b", strength="soft", traffic_mbps=2.1).needs("a", "c", order="none")
    draft.needs("b", "c", rejected=True, traffic_mbps=100)
    assert of(placed(draft, a=0, b=2, c=3))["traffic"] == 3 * 2 + 1 * 3
    assert of(placed(draft, a=1, b=1, c=1))["traffic"] == 0


# ---- S4 -------------------------------------------------------------------------------------------------------------


def risky(*slots: int, **fields: Any) -> int:
    """Risk of a medium system and critical ones in slots, 6 slots in all."""
    draft = Draft().system("a")
    for number, _ in enumerate(slots[1:]):
        draft.system(f"b{number}", criticality="critical", **fields)
    if fields:
        draft.add("risk", id="r", object="system:b0", grade="high").add(
            "risk", id="s", object="system:b0", state="closed"
        )
    places = {"a": slots[0]} | {f"b{number}": slot for number, slot in enumerate(slots[1:])}
    return of(placed(draft, **places))["risk"]


def test_low_risk_first_and_levelled() -> None:
    # a 2, b 8: R = 10, K = 6, M = 1; M x (2 x 5 + 8 x 4) + K x (2^2 + 8^2)
    assert risky(0, 1) == 42 + 6 * 68
    # b 8 + 2 for grade 3 + 4 for the open entry: R = 16, M = 2
    assert risky(0, 1, grade=3) == 2 * (2 * 5 + 14 * 4) + 6 * (4 + 196)


def test_critical_systems_not_in_the_first_slot_nor_all_in_one() -> None:
    assert risky(1, 0) == (2 * 4 + 8 * 5) + 6 * 68 + 10
    # R = 18, M = 3: both critical ones in slot 1, a before them
    assert risky(0, 1, 1) == 3 * (2 * 5 + 16 * 4) + 6 * (4 + 256) + 18 * 3


def test_a_critical_provider_that_a_client_waits_for_may_be_first() -> None:
    draft = Draft().system("a").system("b", criticality="critical").needs("a", "b")
    assert of(placed(draft, a=1, b=0))["risk"] == (2 * 4 + 8 * 5) + 6 * 68


# ---- S5 -------------------------------------------------------------------------------------------------------------


def test_placement_is_the_price_of_the_demand_and_what_preference_adds() -> None:
    draft = Draft().system("a", vcpu=4).change("cloud", "yun-prov", prices={"vcpu": 30, "memory_gib": 5})
    draft.add("rule", id="r", kind="placement", effect="prefer", outcome="id:city-b")
    assert of(placed(draft, a=(0, "city-b")))["placement"] == 0
    assert of(placed(draft, a=(0, "city-a")))["placement"] == 10_000
    assert of(placed(draft, a=(0, "prov")))["placement"] == 10_000 + 100 + 4 * 30 + 5


# ---- S6 -------------------------------------------------------------------------------------------------------------


def test_churn_counts_items_in_another_slot_or_pool() -> None:
    draft = Draft().system("a").system("b").system("c")
    before = placed(draft, a=0, b=1, c=2)[1]
    after = placed(draft, a=0, b=(1, "city-b"), c=3)[1]
    # b's cutover; c's cutover, hypercare and decommissioning
    assert (churn(before, before), churn(after, before)) == (0, 1 + 3)
    inventory = draft.inventory()
    assert {cost.name for cost in plan_costs(inventory, after)}.isdisjoint({"churn"})
    named = {cost.name: (cost.rule, cost.value) for cost in plan_costs(inventory, after, against=before)}
    assert named["churn"] == ("S6", 4)


def test_items_of_one_plan_alone_are_no_churn() -> None:
    draft = Draft().system("a").system("b")
    both, one = placed(draft, a=0, b=1)[1], placed(draft, a=0)[1]
    assert churn(both, one) == churn(one, both) == 0


# ---- S7 -------------------------------------------------------------------------------------------------------------


def test_money_is_paid_while_nothing_is_done_about_what_costs_it() -> None:
    """From now, 4 January: cutover on the 11th, hypercare 18th and 19th, removal 20th and 21st; 18 days of which 5 are
    worked."""
    draft = Draft().system("a", maintenance_yuan_per_year=36_500)
    assert of(placed(draft, a=1))["money"] == 100 * (18 - 5)
    assert of(placed(draft, a=2))["money"] == 100 * (25 - 5)


def test_fees_of_lines_and_rooms_count_until_they_end() -> None:
    draft = Draft().change("room", "room-1", fee_yuan_per_year=3_650)
    draft.add("line", id="l", department="city", fee_yuan_per_month=365)
    found = with_steps(
        placed(draft),
        ("room:room-1", "closed", "01-11", "01-13"),
        ("line:l", "idle", "01-06", "01-10"),
        ("line:l", "terminated", "01-20", "01-20"),
    )
    assert of(found)["money"] == 10 * (10 - 3) + 12 * (17 - 6)


def test_steps_beside_each_other_take_their_days_once() -> None:
    draft = Draft().add("line", id="l", department="city", fee_yuan_per_month=365)
    steps = [("line:l", "idle", "01-06", "01-10"), ("line:l", "notice", "01-04", "01-13")]
    assert of(with_steps(placed(draft), *steps, ("line:l", "terminated", "01-20", "01-20")))["money"] == 12 * (17 - 11)


# ---- plans made and edited ------------------------------------------------------------------------------------------


def test_a_made_plan_tells_these_costs() -> None:
    draft = Draft().limit("department", 1).system("a", maintenance_yuan_per_year=1000).system("b").needs("a", "b")
    draft.add("target", id="t", metric="systems_moved", date="2021-01-05", weight=2)
    inventory = draft.inventory()
    plan = make_plan(inventory, effort=2)
    assert {cost.name: cost.value for cost in plan_costs(inventory, plan)} == costs(plan)
    assert [cost.name for cost in plan.objective if cost.bound is not None and cost.bound > cost.value] == []


@pytest.mark.parametrize("slots", [1, 3])
def test_an_edit_by_hand_changes_the_costs_at_once(slots: int) -> None:
    draft = Draft().system("a", decisions=decide("2021-W02"), maintenance_yuan_per_year=36_500).system("b")
    draft.add("target", id="t", metric="systems_moved", date="2021-01-10", weight=2)
    inventory = draft.inventory()
    plan = make_plan(inventory, effort=2)
    before = costs(plan)
    edited = {cost.name: cost.value for cost in plan_costs(inventory, later(plan, "a", slots))}
    assert edited["lateness"] == before["lateness"] + 2 * 7 * slots
    assert edited["end"] == before["end"] + slots
    assert edited["money"] == before["money"] + 700 * slots


def later(plan: Plan, system: str, slots: int) -> Plan:
    """A plan in which everything of a system that is not done stands some slots later."""
    days = dt.timedelta(days=7 * slots)
    items = [
        item.model_copy(
            update={
                "slot": item.slot + slots,
                "slot_label": GRID.label(item.slot + slots),
                "start": item.start + days,
                "end": item.end + days,
            }
        )
        if item.object_id == system and item.state is not ItemState.DONE
        else item
        for item in plan.items
    ]
    assert item_id(system) in {item.id for item in items}
    return plan.model_copy(update={"items": tuple(items)})
