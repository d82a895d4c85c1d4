"""What is wrong with an estate, from the command line: the exit code, the rules or the place, and the rest planned."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from migration.plan import Plan, item_id
from migration.plan_file import read_plan
from tests.migration.planned import unplanned
from tests.ui.commands import Ran, Runner, runner

__all__ = ["runner"]

ESTATE = """\
name: 小城
as_of: 2021-03-01
grid: {count: 30}
settings:
  management_root: core
"""
TERRITORY = """\
divisions:
  - {id: "140000", level: province, code: "140000"}
  - {id: "140100", level: city, code: "140100"}
departments:
  - {id: bureau, division: "140100", attached_to: [{device: core}]}
clouds:
  - {id: yun, tier: city, division: "140100", ipv6_stage: verified, docking: {state: docked}}
pools:
  - id: pool-a
    cloud: yun
    capacity: [{vcpu: 4000, memory_gib: 9000, storage_gib: 90000}]
    attachments: [{device: core}]
devices:
  - {id: core, division: "140100", level: city, role: core, ipv6_stage: assessed, platform: vrp8}
rooms:
  - {id: old, division: "140100", state: full, lease_end: 2022-12-31}
teams:
  - {id: all, skills: {network: 900, system: 900, database: 900, application: 900, security: 900, facility: 900}}
"""
SYSTEM = """\
  - id: {id}
    department: bureau
    last_used: 2021-02-20
    runs_in: room:old
    components: [{{id: app, vcpu: 1, memory_gib: 1, storage_gib: 1}}]
"""


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """Two systems, a device with stages to reach and a room to close; all of it can be planned."""
    folder = tmp_path / "estate"
    folder.mkdir()
    (folder / "estate.yaml").write_text(ESTATE, encoding="utf-8")
    (folder / "territory.yaml").write_text(TERRITORY, encoding="utf-8")
    (folder / "systems.yaml").write_text(systems("a", "b"), encoding="utf-8")
    return folder


def systems(*ids: str) -> str:
    return "systems:\n" + "".join(SYSTEM.format(id=id) for id in ids)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def make(runner: Runner, estate: Path, *bound: str) -> tuple[int, dict[str, Any], Plan]:
    """Exit code, answer and plan of ``plan make``; the plan breaks no rule, which ``plan check`` says too."""
    path = estate.parent / "plan.json"
    ran = runner("plan", "make", estate, "-o", path, "--json", *(bound or ("--effort", "1")))
    answer = json.loads(ran.out)
    assert answer["violations"] == []
    assert runner("plan", "check", estate, path).code == ran.code
    return ran.code, answer, read_plan(path)


def failed(runner: Runner, estate: Path) -> Ran:
    """A ``plan make`` that writes nothing."""
    path = estate.parent / "plan.json"
    ran = runner("plan", "make", estate, "-o", path, "--effort", "1")
    assert not path.exists()
    assert "Traceback" not in ran.err
    return ran


def rules(answer: dict[str, Any], item: str) -> set[str]:
    """Rules of the causes of an item without a place."""
    (entry,) = [entry for entry in answer["unplanned"] if entry["item"] == item]
    assert all(cause["message"] for cause in entry["causes"])
    return {cause["rule"] for cause in entry["causes"]}


def problems(runner: Runner, estate: Path) -> list[dict[str, Any]]:
    """What ``inventory check`` finds."""
    found: list[dict[str, Any]] = json.loads(runner("inventory", "check", estate, "--json").out)["problems"]
    return found


def places(found: Iterable[dict[str, Any]], code: str) -> list[tuple[str, int | None]]:
    return [(problem["file"], problem["line"]) for problem in found if problem["code"] == code]


def test_the_estate_without_a_fault_is_planned_whole(runner: Runner, estate: Path) -> None:
    code, answer, plan = make(runner, estate)
    assert (code, answer["unplanned"]) == (0, [])
    assert {item.track.value for item in plan.items} == {"network", "system", "room"}


def test_a_freeze_over_everything(runner: Runner, estate: Path) -> None:
    (estate / "freeze.yaml").write_text("freezes:\n  - {id: all, start: 2020-01-01, end: 2030-01-01}\n")
    code, answer, plan = make(runner, estate)
    assert code == 3
    assert rules(answer, item_id("a")) == {"H8"}
    assert rules(answer, "network/core/underlay") == {"H8"}
    assert [item.id for item in plan.items] == ["network/core/addressed"]
    assert places(problems(runner, estate), "freeze-everything") == [("freeze.yaml", 2)]


def test_no_capacity(runner: Runner, estate: Path) -> None:
    replace(estate / "territory.yaml", "{vcpu: 4000, memory_gib: 9000, storage_gib: 90000}", "{vcpu: 0}")
    code, answer, plan = make(runner, estate)
    assert code == 3
    assert rules(answer, item_id("a")) == rules(answer, item_id("b")) == {"H4"}
    assert "network/core/verified" in plan.by_id
    assert places(problems(runner, estate), "zero-capacity") == [("territory.yaml", 11)]


def test_a_lease_that_ended_yesterday(runner: Runner, estate: Path) -> None:
    replace(estate / "territory.yaml", "2022-12-31", "2021-02-28")
    code, answer, plan = make(runner, estate)
    assert (code, answer["facts"]) == (0, [])
    (late,) = [cost["value"] for cost in answer["objective"] if cost["name"] == "lateness"]
    assert late == (plan.by_id["room/old/closed"].end - plan.now).days + 1


def test_pins_of_one_group_that_contradict_each_other(runner: Runner, estate: Path) -> None:
    text = systems("a", "b", "c", "d") + "move_groups:\n  - {id: pair, systems: [a, b]}\n"
    for id, week in (("a", 20), ("b", 22)):
        text = text.replace(f"id: {id}\n", f"id: {id}\n    decisions: {{slot: {{value: 2021-W{week}}}}}\n", 1)
    text += "dependencies:\n  - {from: d, to: a, strength: hard, order: provider_first}\n"
    (estate / "systems.yaml").write_text(text, encoding="utf-8")
    code, answer, plan = make(runner, estate)
    assert code == 3
    assert rules(answer, item_id("a")) == rules(answer, item_id("b")) == {"H2", "H11"}
    assert "H1" in rules(answer, item_id("d"))
    assert item_id("c") in plan.by_id


def test_a_calendar_of_another_year(runner: Runner, estate: Path) -> None:
    (estate / "calendars.yaml").write_text("calendars:\n  - id: ours\n    days_off: [2012-05-01, 2012-05-02]\n")
    replace(estate / "estate.yaml", "management_root", "calendar: ours\n  management_root")
    assert make(runner, estate)[0] == 0
    assert places(problems(runner, estate), "calendar-year-outside") == [("calendars.yaml", 3)]


def test_a_calendar_of_a_year_that_is_none(runner: Runner, estate: Path) -> None:
    (estate / "calendars.yaml").write_text("calendars:\n  - id: ours\n    days_off: [20212-05-01]\n")
    code, _, plan = make(runner, estate)
    assert (code, plan.quarantined) == (0, ("calendar:ours",))
    (found,) = [problem for problem in problems(runner, estate) if problem["severity"] == "error"]
    assert (found["file"], found["line"]) == ("calendars.yaml", 3)


def test_a_cycle_of_a_thousand_dependencies(runner: Runner, estate: Path) -> None:
    ring = [f"r{number:04d}" for number in range(1000)]
    text = systems("a", "b", *ring) + "dependencies:\n"
    for one, other in zip(ring, (*ring[1:], ring[0]), strict=True):
        text += f"  - {{from: {one}, to: {other}, strength: hard, order: provider_first}}\n"
    (estate / "systems.yaml").write_text(text, encoding="utf-8")
    code, answer, plan = make(runner, estate, "--time-limit", "10")
    assert code == 3
    assert rules(answer, item_id("r0000")) == {"H2"}
    for id in ("r0000", "r0999"):
        (cause,) = unplanned(plan, item_id(id)).causes
        assert (cause.code, cause.data["cuts"], cause.records) == ("group-too-large", 1, cause.records[:1])
    assert {item.object_id for item in plan.items if item.is_cutover} == {"a", "b"}


def test_an_effort_table_without_a_row(runner: Runner, estate: Path) -> None:
    replace(estate / "estate.yaml", "settings:\n", "settings:\n  shipped_effort: false\n")
    ran = failed(runner, estate)
    assert ran.code == 2
    assert "estate.yaml" in ran.err
    assert "settings.effort" in ran.err


def test_steps_of_less_than_no_days(runner: Runner, estate: Path) -> None:
    replace(
        estate / "estate.yaml", "settings:\n", "settings:\n  effort:\n    - {track: system, step: verify, days: -3}\n"
    )
    ran = failed(runner, estate)
    assert ran.code == 2
    errors = [problem for problem in problems(runner, estate) if problem["severity"] == "error"]
    assert ("estate.yaml", 6) in [(problem["file"], problem["line"]) for problem in errors]


def test_a_window_of_less_than_no_minutes(runner: Runner, estate: Path) -> None:
    window = "windows:\n  - id: nights\n    rule: FREQ=WEEKLY;BYDAY=FR\n    start: 22:00\n    duration_minutes: -60\n"
    (estate / "windows.yaml").write_text(window)
    code, _, plan = make(runner, estate)
    assert (code, plan.quarantined) == (0, ("window:nights",))
    (found,) = [problem for problem in problems(runner, estate) if problem["severity"] == "error"]
    assert (found["file"], found["line"]) == ("windows.yaml", 5)
