"""The plan file: labels, waves, writing and reading."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import InputError, QianyunError
from migration.plan import Cost, Finding, Grid, Plan, PlanItem, PlanStatus, Track, Unplanned, waves_of
from migration.plan_file import read_plan, write_plan

WEEKLY = Grid(first_day=dt.date(2020, 12, 28), length_days=7, count=10)


def item(system: str, slot: int, cloud: str) -> PlanItem:
    label, day = WEEKLY.label(slot), WEEKLY.first_day_of(slot)
    return PlanItem(
        id=f"system/{system}/cutover",
        object=f"system:{system}",
        slot=slot,
        slot_label=label,
        start=day,
        end=day,
        wave=f"{label}/{cloud}",
    )


def plan(*items: PlanItem) -> Plan:
    day = dt.date(2021, 1, 1)
    return Plan(estate="e", as_of=day, now=day, status=PlanStatus.FEASIBLE, grid=WEEKLY, items=items)


@pytest.mark.parametrize(
    ("length", "slot", "label"),
    [(7, 0, "2020-W53"), (7, 1, "2021-W01"), (7, -1, "2020-W52"), (1, 8, "2021-01-05"), (14, 1, "2021-01-11")],
)
def test_slots_are_named_by_iso_week_or_first_day(length: int, slot: int, label: str) -> None:
    assert Grid(first_day=dt.date(2020, 12, 28), length_days=length, count=10).label(slot) == label


@given(st.integers(1, 31), st.integers(-50, 2000))
def test_a_slot_holds_its_days_and_no_others(length: int, slot: int) -> None:
    grid = Grid(first_day=dt.date(2020, 12, 28), length_days=length, count=10)
    first, last = grid.first_day_of(slot), grid.last_day_of(slot)
    assert (last - first).days == length - 1
    assert grid.slot_of(first) == grid.slot_of(last) == slot
    assert grid.slot_of(first - dt.timedelta(days=1)) == slot - 1


def test_waves_are_slot_and_cloud_in_order() -> None:
    waves = waves_of([item("b", 2, "yun-a"), item("c", 1, "yun-b"), item("a", 2, "yun-a"), item("d", 1, "yun-a")])
    assert [(wave.number, wave.id, [one.object_id for one in wave.items]) for wave in waves] == [
        (1, "2021-W01/yun-a", ["d"]),
        (2, "2021-W01/yun-b", ["c"]),
        (3, "2021-W02/yun-a", ["a", "b"]),
    ]


def test_waves_of_devices_follow_those_of_systems_and_count_for_themselves() -> None:
    change = item("a", 1, "x").model_copy(
        update={
            "id": "network/a/routing",
            "track": Track.NETWORK,
            "step": "routing",
            "object": "device:a",
            "wave": "2021-W01/city-140100",
        }
    )
    waiting = change.model_copy(update={"id": "network/a/verified", "step": "verified", "wave": ""})
    waves = waves_of([change, waiting, item("b", 2, "yun")])
    assert [(wave.number, wave.track, wave.id, len(wave.items)) for wave in waves] == [
        (1, Track.SYSTEM, "2021-W02/yun", 1),
        (1, Track.NETWORK, "2021-W01/city-140100", 1),
    ]


def test_steps_of_the_tracks_are_named_without_their_date() -> None:
    day = dt.date(2021, 4, 4)
    made = PlanItem(
        id="cloud/p/extended-2021-04-05",
        track=Track.CLOUD,
        step="extended-2021-04-05",
        object="pool:p",
        slot=13,
        slot_label="2021-W13",
        start=day,
        end=day,
    )
    assert (made.base_step, made.kind, made.object_id, made.changes, made.is_cutover) == (
        "extended",
        "pool",
        "p",
        False,
        False,
    )


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    cause = Finding(rule="H3", code="no-pools", records=("system:乙",), data={"count": 2, "share": 0.5, "ok": True})
    written = plan(item("a", 1, "yun-a")).model_copy(
        update={
            "unplanned": (Unplanned(item="system/b/cutover", causes=(cause,)),),
            "objective": (Cost(rule="S1", name="lateness", value=3, unit="weighted days"),),
            "names": {"system:a": "婚姻登记管理系统"},
        }
    )
    write_plan(tmp_path / "p.json", written)
    assert read_plan(tmp_path / "p.json") == written
    assert "婚姻登记管理系统" in (tmp_path / "p.json").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["p.json"]


def test_a_failed_write_leaves_the_old_plan(tmp_path: Path) -> None:
    (tmp_path / "p.json").mkdir()
    with pytest.raises(InputError) as caught:
        write_plan(tmp_path / "p.json", plan())
    assert caught.value.code == "cannot-write"
    assert [path.name for path in tmp_path.iterdir()] == ["p.json"]


def _text(**changes: object) -> bytes:
    data = json.loads(plan(item("a", 1, "yun-a")).model_dump_json())
    return json.dumps(data | changes).encode()


@pytest.mark.parametrize(
    ("content", "code", "exit_code"),
    [
        (_text()[:200], "plan-broken", 2),
        (b"\x00\xffnot json", "plan-not-a-plan", 2),
        (b"[1, 2]", "plan-not-a-plan", 2),
        (b'{"name": "x"}', "plan-not-a-plan", 2),
        (b"", "plan-not-a-plan", 2),
        (_text(format=2), "plan-format", 5),
        (_text(status="good"), "plan-invalid", 2),
        (_text(surprise=1), "plan-invalid", 2),
    ],
)
def test_what_is_no_plan_is_refused(tmp_path: Path, content: bytes, code: str, exit_code: int) -> None:
    (tmp_path / "p.json").write_bytes(content)
    with pytest.raises(QianyunError) as caught:
        read_plan(tmp_path / "p.json")
    assert (caught.value.code, caught.value.exit_code) == (code, exit_code)
    assert "p.json" in caught.value.message


def test_a_missing_plan_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_plan(tmp_path / "p.json")
    assert caught.value.code == "plan-missing"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("items.0.slot", 10**9),
        ("items.0.id", "a"),
        ("items.0.object", "system:b"),
        ("items.0.window_start", "2021-01-08T22:00:00"),
        ("items.0.start", None),
        ("items.0.end", "2021-02-30"),
        ("items.0.bridge", "rope"),
        ("items.0.work", [{"team": "t", "skill": "magic", "days": 1}]),
        ("items.0.work", [{"team": "t", "skill": "network", "days": -1}]),
        ("grid.length_days", 10**9),
        ("grid.count", 10**9),
    ],
)
def test_a_value_that_no_plan_has_is_refused_on_reading(tmp_path: Path, place: str, value: object) -> None:
    path = tmp_path / "plan.json"
    write_plan(path, plan(item("a", 1, "yun-a")))
    data = json.loads(path.read_text())
    *steps, last = place.split(".")
    inner = data
    for step in steps:
        inner = inner[int(step) if step.isdecimal() else step]
    inner[last] = value
    path.write_text(json.dumps(data))
    with pytest.raises(QianyunError) as caught:
        read_plan(path)
    assert caught.value.code == "plan-invalid"
    assert caught.value.data["field"].startswith(steps[0])


def test_a_folder_is_not_a_plan(tmp_path: Path) -> None:
    with pytest.raises(QianyunError) as caught:
        read_plan(tmp_path)
    assert caught.value.code == "plan-not-a-plan"
