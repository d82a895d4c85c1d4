"""What the planner makes passes the checker; both read redundant networks alike."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.examples import make_estate
from migration.check import check_plan
from migration.check.paths import Routes, department_paths
from migration.graph.upstreams import Upstreams
from migration.plan import ItemState
from migration.planning import make_plan, management_paths
from tests.migration.check.builder import Draft


@pytest.mark.parametrize(("like", "systems", "seed"), [("kaifeng", 60, 3), ("shanxi", 120, 7)])
def test_a_made_plan_is_sound(like: str, systems: int, seed: int) -> None:
    inventory = make_estate(like, systems, seed)
    plan = make_plan(inventory, effort=1)
    assert plan.items
    assert check_plan(inventory, plan).violations == ()


@pytest.mark.parametrize("weeks", [6, 14])
def test_a_plan_made_on_the_way_is_sound(weeks: int) -> None:
    """What has ended before the present slot is done, and the first cutover of the present slot as well; copies of
    systems that have not moved yet are made anew."""
    inventory = make_estate("kaifeng", 60, 3)
    plan = make_plan(inventory, effort=1)
    cutovers = [item for item in plan.items if item.is_cutover]
    present = cutovers[0].slot + weeks
    now = plan.grid.first_day_of(present)
    past = [item for item in plan.items if item.end < now]
    past += [item for item in cutovers if item.slot == present][:1]
    gone = {item.object for item in past if item.is_cutover}
    past = [item for item in past if item.step != "replicate" or item.object in gone]
    moved = {
        item.object_id: inventory.systems[item.object_id].model_copy(
            update={"runs_in": f"pool:{item.pool}", "moved": item.start}
        )
        for item in past
        if item.is_cutover
    }
    assert moved
    finished = {item.id: f"{item.end.isoformat()}T12:00:00+08:00" for item in past}
    later = inventory.replace(systems=dict(inventory.systems) | moved, done=finished)
    again = make_plan(later, now=now, effort=1)
    assert {item.id for item in again.items if item.state is ItemState.DONE} == set(finished)
    assert check_plan(later, again).violations == ()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=14
    )
)
def test_both_find_the_same_management_paths(links: list[tuple[int, int, int, int]]) -> None:
    """Also where ways are equally short and links parallel."""
    draft = Draft()
    draft.records |= {"link": []}
    names = ["root", "aggregate", "access", "edge", "spare-1", "spare-2"]
    for name in names[4:]:
        draft.add("device", id=name, division="140100", level="city", role="core")
    for number, (one, other, there, back) in enumerate(links):
        if one != other:
            ends = {"a_device": names[one], "b_device": names[other], "metric_ab": there, "metric_ba": back}
            draft.add("link", id=f"l{number}", bandwidth_mbps=1, **ends)
    inventory = draft.inventory()
    upstreams = Upstreams(inventory)
    found, planned = department_paths(inventory), management_paths(inventory, upstreams)
    routes = Routes(inventory, "root")
    assert {device: routes.upstreams(device) for device in names} == {device: upstreams.of(device) for device in names}
    assert found == {department: planned(department) for department in inventory.departments}
