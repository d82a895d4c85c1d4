"""From days and pools to the items of a plan."""

from __future__ import annotations

import datetime as dt

from migration.plan import ItemState, item_id
from migration.steps import CHANGES, Track
from tests.migration.check.builder import LATER, Draft
from tests.migration.estates import random_estate
from tests.migration.planned import cutovers, day, decide, planned


def test_slots_labels_and_waves_follow_the_first_day() -> None:
    for seed in range(6):
        made = random_estate(seed)
        plan = planned(made.inventory(), now=made.now, effort=1)
        for item in plan.items:
            assert item.slot == plan.grid.slot_of(item.start)
            assert item.slot_label == plan.grid.label(item.slot)
            changed = (item.track, item.base_step) in CHANGES
            in_wave = item.is_cutover or (item.track is Track.NETWORK and changed)
            # Cutovers that are done stand in the wave of their day; done changes of devices are in none.
            assert item.wave.startswith(f"{item.slot_label}/") == (item.is_cutover or (in_wave and item.movable))
            if item.movable:
                assert (item.window_start is not None) == changed == (item.outage_minutes is not None)


def test_items_stand_by_slot_wave_and_id() -> None:
    made = random_estate(3)
    plan = planned(made.inventory(), now=made.now, effort=1)
    assert list(plan.items) == sorted(plan.items, key=lambda item: (item.slot, item.wave, item.id))
    assert len({item.id for item in plan.items}) == len(plan.items)
    assert [entry.item for entry in plan.unplanned] == sorted(entry.item for entry in plan.unplanned)


def test_a_cutover_takes_the_first_window_of_its_slot_that_is_long_enough() -> None:
    draft = Draft().system("s", decisions=decide("2021-W02"), windows=["short", "long"])
    for id, weekday, minutes in (("short", "TU", 60), ("long", "TH", 90)):
        draft.add("window", id=id, rule=f"FREQ=WEEKLY;BYDAY={weekday}", start="22:00", duration_minutes=minutes)
    (cutover,) = cutovers(planned(draft))
    assert cutover.window_start == dt.datetime(2021, 1, 14, 22, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    assert (cutover.window_minutes, cutover.outage_minutes, cutover.rollback_minutes) == (90, 60, 30)


def test_what_runs_have_finished_stands_on_its_day_in_china_without_work() -> None:
    draft = Draft().add("team", id="t", skills={"network": 5})
    draft.done["network/access/verified"] = "2021-01-05T20:00:00+00:00"  # the 6th in China
    draft.done["network/gone/verified"] = draft.done["network/access/nonsense"] = "2021-01-05T20:00:00+00:00"
    plan = planned(draft, now=LATER)
    (item,) = plan.items
    assert (item.id, item.state, item.start, item.end) == (
        "network/access/verified",
        ItemState.DONE,
        day("01-06"),
        day("01-06"),
    )
    assert item.work == ()


def test_a_done_cutover_names_the_pool_it_landed_in() -> None:
    draft = Draft().system("s", moved="2021-01-06", runs_in="pool:prov").system("t", moved="2021-01-07")
    plan = planned(draft, now=LATER)
    assert (plan.by_id[item_id("s")].pool, plan.by_id[item_id("s")].wave) == ("prov", "2021-W01/yun-prov")
    assert (plan.by_id[item_id("t")].pool, plan.by_id[item_id("t")].wave) == (None, "")
