"""Each made estate can be planned whole: nothing left out, no rule broken."""

from __future__ import annotations

import pytest

from inventory.examples import make_estate
from migration.planning import make_plan
from migration.steps import Track

SIZES = [
    ("shanxi", 5, 1),
    ("shanxi", 23, 2),
    ("shanxi", 250, 3),
    ("kaifeng", 5, 4),
    ("kaifeng", 60, 5),
    ("kaifeng", 400, 1),
]


@pytest.mark.parametrize(("like", "systems", "seed"), [*SIZES, pytest.param("shanxi", 2000, 6, marks=pytest.mark.slow)])
def test_a_made_estate_plans_whole(like: str, systems: int, seed: int) -> None:
    plan = make_plan(make_estate(like, systems, seed), effort=1)
    assert plan.violations == ()
    assert plan.unplanned == ()
    moving = {disposed.system for disposed in plan.dispositions if disposed.disposition.moves}
    cut_over = {item.object_id for item in plan.items if (item.track, item.step) == (Track.SYSTEM, "cutover")}
    assert cut_over == moving
    assert len(moving) > systems * 0.3
    assert {item.track for item in plan.items} >= set(Track) - ({Track.ROOM} if systems < 20 else set())
