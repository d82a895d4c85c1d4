"""Curves of pools and teams, worked out by hand."""

from __future__ import annotations

import datetime as dt

from inventory.kinds.people import Skill
from migration.curves import pool_curves, team_curves
from tests.migration.small_plan import NOW, estate, plan


def test_a_pool_holds_copies_and_offers_its_steps_less_headroom() -> None:
    curves = {curve.resource: curve for curve in pool_curves(estate(), plan())}
    assert list(curves) == ["vcpu", "memory_gib", "storage_gib"]
    assert {curve.pool for curve in curves.values()} == {"pool-a"}
    assert list(curves["vcpu"].used) == [4, 4, 8, 12, 12]
    assert list(curves["vcpu"].offered) == [17, 17, 17, 17, 35]
    assert list(curves["storage_gib"].used) == [100, 100, 200, 300, 300]
    assert list(curves["storage_gib"].offered) == [900, 900, 900, 900, 1800]


def test_what_runs_have_moved_before_takes_room_from_the_start() -> None:
    known = estate()
    far = known.systems["far"].model_copy(update={"runs_in": "pool:pool-a", "moved": dt.date(2020, 12, 1)})
    vcpu = pool_curves(known.replace(systems={**known.systems, "far": far}), plan())[0]
    assert list(vcpu.used) == [8, 8, 12, 16, 16]


def test_a_team_works_in_the_weeks_of_its_items() -> None:
    (curve,) = team_curves(estate(), plan())
    assert (curve.team, curve.skill, curve.first) == ("team-a", Skill.SYSTEM, NOW)
    assert list(curve.used) == [3, 1, 1, 1]
    assert list(curve.capacity) == [5, 5, 5, 5]


def test_nothing_planned_has_no_curves() -> None:
    empty = plan(items=())
    assert (pool_curves(estate(), empty), team_curves(estate(), empty)) == ((), ())
