"""Plans made on the way: what has been done by then stays, counts, and is not asked for again."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import pytest

from inventory.inventory import Inventory
from migration.plan import ItemState, Plan, item_id
from migration.planning import make_plan
from migration.steps import Track
from tests.migration.check.builder import LATER, Draft
from tests.migration.estates import FIRST, random_estate
from tests.migration.planned import causes, day, decide, planned, slots, span

GRIDS = (1, 3, 5, 7, 7, 10, 14, 31)
DAYS = 98
"""Of the horizon of the random estates."""


def with_grid(inventory: Inventory, length: int, start: dt.date = FIRST, **settings: int) -> Inventory:
    """The estate with slots of another length, and other settings."""
    estate = inventory.estate
    grid = estate.grid.model_copy(update={"length_days": length, "count": DAYS // length, "start": start})
    changed = estate.settings.model_copy(update=settings)
    return inventory.replace(estate=estate.model_copy(update={"grid": grid, "settings": changed}))


def carried_out(inventory: Inventory, plan: Plan, now: dt.date) -> Inventory:
    """The estate after runs have done everything that ends before a day."""
    systems, declared, done = dict(inventory.systems), dict(inventory.declared), dict(inventory.done)
    for item in plan.items:
        if item.movable and item.end < now:
            done[item.id] = f"{item.end.isoformat()}T12:00:00+08:00"
            if item.is_cutover:
                before = systems[item.object_id]
                declared[item.object] = {"runs_in": before.runs_in}
                moved = {"runs_in": f"pool:{item.pool}", "moved": item.start}
                systems[item.object_id] = before.model_copy(update=moved)
    return inventory.replace(systems=systems, declared=declared, done=done)


@pytest.mark.parametrize("seed", range(200, 240))
def test_plans_on_the_way_are_sound_on_any_grid(seed: int) -> None:
    random = Random(seed)
    made = random_estate(seed)
    start = FIRST + dt.timedelta(days=random.choice([0, 0, -3, 2, 10]))
    inventory = with_grid(made.inventory(), random.choice(GRIDS), start, copy_keep_days=random.choice([2, 4, 35]))
    plan = make_plan(inventory, now=made.now, effort=1)
    assert plan.violations == ()
    now = made.now + dt.timedelta(days=random.randint(3, 60))
    later = carried_out(inventory, plan, now)
    again = make_plan(later, now=now, effort=1)
    assert again.violations == ()
    assert {item.id for item in again.items if item.state is ItemState.DONE} >= later.done.keys()
    assert all(item.start >= now for item in again.items if item.movable)
    assert all(entry.causes for entry in again.unplanned)


def test_changes_done_in_this_slot_count_for_its_wave() -> None:
    draft = Draft().change("device", "access", ipv6_stage="routing").change("device", "aggregate", ipv6_stage="service")
    draft.settings["network_changes"] = 1
    draft.done["network/access/service"] = "2021-01-18T09:00:00+08:00"
    plan = planned(draft, now=LATER)
    changes = [item for item in plan.items if item.track is Track.NETWORK and item.changes and item.movable]
    assert sorted(item.slot for item in changes) == [3, 4]  # both of the city; the present slot 2 is full


def test_a_change_done_today_keeps_what_lies_behind_it_from_today() -> None:
    draft = (
        Draft().change("device", "access", ipv6_stage="service").change("device", "aggregate", ipv6_stage="verified")
    )
    draft.done["network/aggregate/security"] = "2021-01-18T09:00:00+08:00"
    assert span(planned(draft, now=LATER), "network/access/security")[0] == day("01-19")


def test_resources_that_came_need_no_second_request() -> None:
    draft = Draft().change("cloud", "yun-prov", access="request_form", lead_time_days=14)
    draft.system("s", decisions=decide("pool:prov", "target") | decide("2021-W04"))
    assert ("H9", "request-lead") in causes(planned(draft, now=LATER))["s"]
    draft.done[item_id("prov", "requested-2021-01-25", Track.CLOUD)] = "2021-01-17T10:00:00+08:00"
    plan = planned(draft, now=LATER)
    assert slots(plan) == {"s": 3}
    assert [item.state for item in plan.items if item.base_step == "requested"] == [ItemState.DONE]


def copied(**fields: Any) -> dict[str, Any]:
    """A system in room-1 with so much to copy that its link carries no second copy beside it."""
    part = {"id": "app", "vcpu": 1, "memory_gib": 1, "storage_gib": 1, "data_gib": 500}
    return {"runs_in": "room:room-1", "components": [part], **fields}


def test_copies_and_work_before_the_grid_share_links_and_teams_too() -> None:
    """Two weeks before the grid begins there is time to prepare cutovers of its first slot."""
    draft = Draft().change("room", "room-1", attached_to=["device:access"])
    for key in ("s", "t"):
        draft.system(key, **copied(decisions=decide("2021-W03")))
    apart = draft.inventory()
    start = apart.estate.grid.model_copy(update={"start": LATER})
    inventory = apart.replace(estate=apart.estate.model_copy(update={"grid": start}))
    assert sorted(rule for found in causes(planned(inventory)).values() for rule, _ in found) == ["H11", "H7"]
    draft.add("team", id="busy", skills={"database": 0.5})
    draft.settings["effort"] = [
        row.model_copy(update={"skills": {"database": 0.5}}) if row.step == "replicate" else row
        for row in draft.settings["effort"]
    ]
    draft.settings["migration_share"] = 1.0
    apart = draft.inventory()
    inventory = apart.replace(estate=apart.estate.model_copy(update={"grid": start}))
    assert sorted(rule for found in causes(planned(inventory)).values() for rule, _ in found) == ["H11", "H5"]


def test_a_finished_copy_loads_no_link_any_more() -> None:
    draft = Draft().change("room", "room-1", attached_to=["device:access"])
    draft.settings["copy_keep_days"] = 21
    for key in ("s", "t"):
        draft.system(key, **copied(decisions=decide("2021-W04")))
    draft.done[item_id("s", "replicate")] = "2021-01-16T10:00:00+08:00"
    assert slots(planned(draft, now=LATER)) == {"s": 3, "t": 3}
