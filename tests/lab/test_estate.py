"""The lab's estate: free of problems, planned whole, its windows open on the day of the run."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from inventory.load import load_estate
from migration.planning import make_plan
from tools.lab_migrate.estate import EXAMPLE, dated_copy, systems_of

CHINA = ZoneInfo("Asia/Shanghai")


def test_the_example_has_no_problem() -> None:
    assert load_estate(EXAMPLE, cache=False).problems == ()


# Days in and after long holidays, in a year whose holidays are not published yet, and a common one.
@pytest.mark.parametrize("today", ["2026-02-24", "2026-10-03", "2026-10-08", "2026-10-13", "2031-01-01", "2026-11-22"])
def test_windows_are_open_and_all_is_planned_for_the_day_of_the_run(tmp_path: Path, today: str) -> None:
    day = dt.date.fromisoformat(today)
    loaded = load_estate(dated_copy(tmp_path / "estate", day), cache=False)
    assert loaded.problems == ()
    plan = make_plan(loaded.inventory, effort=1)
    assert plan.unplanned == ()
    assert plan.violations == ()
    assert len(plan.waves) == 2
    last_moment = dt.datetime.combine(day, dt.time(23, 59), CHINA) + dt.timedelta(hours=2)
    for wave in plan.waves:
        (item,) = wave.items
        assert item.window_start is not None
        assert item.window_minutes is not None
        assert item.window_start <= dt.datetime.combine(day, dt.time(), CHINA)
        assert last_moment + dt.timedelta(minutes=60) < item.window_start + dt.timedelta(minutes=item.window_minutes)
        before = [
            plan.by_id[f"system/{item.object_id}/{step}"].end
            for step in ("prepare", "replicate", "verify", "decommission")
        ]
        assert max(before) <= day


def test_systems_are_read_from_the_inventory() -> None:
    systems = systems_of(load_estate(EXAMPLE, cache=False).inventory)
    assert set(systems) == {"postgresql", "mariadb"}
    one = systems["postgresql"]
    assert one.url == "http://yuyue.mzj.ty.sx.cegn:8080"
    assert one.database.source == "140100-mzj-0001.db.source"
    assert one.database.target_address == "10.128.1.12"
