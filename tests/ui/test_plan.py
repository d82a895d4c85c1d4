"""``qianyun plan``: exit codes, answers, files, and the report."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from migration.plan import Plan
from migration.plan_file import read_plan, write_plan
from tests.ui.commands import SAYABLE, Runner

FREEZE = "freezes:\n  - {id: all, start: 2020-01-01, end: 2030-01-01}\n"
FROZEN = """
divisions: [{id: "140000", name: 山西省, level: province, code: "140000"}]
departments: [{id: d, name: 省厅, division: "140000"}]
devices: [{id: core, division: "140000", level: province, role: core, ipv6_stage: verified}]
clouds: [{id: c, tier: provincial, division: "140000", ipv6_stage: verified}]
pools: [{id: p, cloud: c, capacity: [{vcpu: 9, memory_gib: 9, storage_gib: 9}], attachments: [{device: core}]}]
systems: [{id: s, department: d, last_used: 2021-02-28, registered: true, components: [{id: app, vcpu: 1}]}]
"""
GRADE_5 = (
    "systems:\n  - id: sky\n    name: 天网\n    department: xian-mzj\n    grade: 5\n"
    "    components: [{id: app, vcpu: 1, memory_gib: 1, storage_gib: 1}]\n"
)


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    folder = tmp_path / "estate"
    shutil.copytree(SAYABLE, folder)
    return folder


def make(runner: Runner, estate: Path, *options: str) -> tuple[int, dict[str, Any], Path]:
    """Exit code, JSON answer and plan file of ``plan make``."""
    path = estate.parent / "plan.json"
    ran = runner("plan", "make", estate, "-o", path, "--effort", "1", "--json", *options)
    return ran.code, json.loads(ran.out), path


def test_a_complete_plan_ends_with_0_and_is_written(runner: Runner, estate: Path) -> None:
    code, answer, path = make(runner, estate)
    plan = read_plan(path)
    assert (code, answer["path"], answer["unplanned"], answer["violations"]) == (0, str(path), [], [])
    assert (answer["items"], answer["waves"]) == (len(plan.items), len(plan.waves))
    assert answer["items"] > 0
    assert set(answer["seconds"]) == {"load", "prepare", "search", "assemble", "check"}
    assert plan.declared_hash


def test_the_same_command_writes_the_same_bytes(runner: Runner, estate: Path) -> None:
    first = make(runner, estate)[2].read_bytes()
    assert make(runner, estate)[2].read_bytes() == first


@pytest.mark.parametrize("seconds", ["nan", "inf"])
def test_a_time_limit_is_a_finite_number(runner: Runner, estate: Path, seconds: str) -> None:
    ran = runner("plan", "make", estate, "-o", estate.parent / "plan.json", "--time-limit", seconds)
    assert ran.code == 2
    assert "--time-limit" in ran.err


def test_now_moves_the_plan(runner: Runner, estate: Path) -> None:
    _, answer, path = make(runner, estate, "--now", "2021-06-01")
    assert answer["now"] == "2021-06-01"
    plan = read_plan(path)
    assert plan.items
    assert min(item.start for item in plan.items).isoformat() >= "2021-06-01"


def test_something_unplanned_ends_with_3_and_says_why(runner: Runner, estate: Path) -> None:
    (estate / "sky.yaml").write_text(GRADE_5, encoding="utf-8")
    code, answer, path = make(runner, estate)
    assert code == 3
    assert {entry["item"].split("/")[1] for entry in answer["unplanned"]} == {"sky"}
    (cutover,) = [entry for entry in answer["unplanned"] if entry["item"] == "system/sky/cutover"]
    assert {cause["rule"] for cause in cutover["causes"]} == {"H3"}
    assert all(cause["message"] for cause in cutover["causes"])
    assert runner("plan", "check", estate, path).code == 3
    shown = runner("plan", "show", path, "--unplanned")
    assert (shown.code, "system/sky/cutover: H3" in shown.out) == (0, True)


def test_nothing_is_written_when_nothing_can_be_planned(runner: Runner, tmp_path: Path) -> None:
    folder = tmp_path / "frozen"
    folder.mkdir()
    (folder / "estate.yaml").write_text("name: frozen\nas_of: 2021-03-01\n", encoding="utf-8")
    (folder / "all.yaml").write_text(FREEZE + FROZEN, encoding="utf-8")
    code, answer, path = make(runner, folder)
    assert (code, answer["path"], answer["items"]) == (3, None, 0)
    assert answer["unplanned"]
    assert not path.exists()


def test_effort_and_time_limit_exclude_each_other(runner: Runner, estate: Path) -> None:
    ran = runner("plan", "make", estate, "-o", estate / "p", "--effort", "1", "--time-limit", "1")
    assert (ran.code, ran.out) == (2, "")


def test_a_time_limit_is_repeated_by_the_effort_it_reached(runner: Runner, estate: Path) -> None:
    path = estate.parent / "timed.json"
    ran = runner("plan", "make", estate, "-o", path, "--time-limit", "0.2", "--json")
    again = estate.parent / "again.json"
    runner("plan", "make", estate, "-o", again, "--effort", str(json.loads(ran.out)["effort"]))
    assert again.read_bytes() == path.read_bytes()


def test_check_says_sound_or_names_the_rules(runner: Runner, estate: Path) -> None:
    path = make(runner, estate)[2]
    assert runner("plan", "check", estate, path).code == 0
    plan = read_plan(path)
    first = next(item for item in plan.items if item.is_cutover)
    moved = first.model_copy(update={"pool": "yun-jr-a", "wave": f"{first.slot_label}/yun-jr"})
    items = tuple(moved if item is first else item for item in plan.items)
    write_plan(path, plan.model_copy(update={"items": items}))
    ran = runner("plan", "check", estate, path, "--json")
    answer = json.loads(ran.out)
    assert (ran.code, answer["sound"], "H3" in answer["rules"]) == (1, False, True)
    assert all(found["message"] for found in answer["violations"])


def test_a_changed_slice_makes_a_sound_plan_stale(runner: Runner, estate: Path) -> None:
    path = make(runner, estate)[2]
    system = next(item.object_id for item in read_plan(path).items if item.is_cutover)
    text = (estate / "systems.yaml").read_text(encoding="utf-8")
    changed = re.sub(rf"(id: {system}\n)", r"\1    allowed_outage_minutes: 9000\n", text, count=1)
    assert changed != text
    (estate / "systems.yaml").write_text(changed.replace("allowed_outage_minutes: 240\n", ""), encoding="utf-8")
    ran = runner("plan", "check", estate, path)
    assert (ran.code, f"system/{system}/cutover" in ran.err) == (5, True)


def test_other_files_alone_are_a_warning(runner: Runner, estate: Path) -> None:
    path = make(runner, estate)[2]
    (estate / "more.yaml").write_text("risks:\n  - {id: r, object: 'room:mzt-1'}\n", encoding="utf-8")
    ran = runner("plan", "check", estate, path, "--json")
    assert (ran.code, json.loads(ran.out)["declared_changed"], bool(ran.err)) == (0, True, True)


def test_show_finds_waves_by_id_and_slot(runner: Runner, estate: Path) -> None:
    path = make(runner, estate)[2]
    wave = read_plan(path).waves[0]
    (found,) = json.loads(runner("plan", "show", path, "--wave", wave.id, "--json").out)["waves"]
    assert (found["id"], len(found["items"])) == (wave.id, len(wave.items))
    of_slot = json.loads(runner("plan", "show", path, "--wave", wave.slot_label, "--json").out)["waves"]
    assert wave.id in [found["id"] for found in of_slot]
    assert runner("plan", "show", path, "--wave", "1999-W01").code == 2


def test_show_tells_an_items_pools_and_why_others_are_out(runner: Runner, estate: Path) -> None:
    path = make(runner, estate)[2]
    item = next(item for item in read_plan(path).items if item.is_cutover)
    ran = runner("plan", "show", path, "--item", item.object_id, "--estate", estate, "--json")
    answer = json.loads(ran.out)
    assert answer["item"]["pool"] == item.pool
    assert item.pool in [row["pool"] for row in answer["pools"] if row["eligible"]]
    assert all(row["reason"] for row in answer["pools"] if not row["eligible"])
    assert runner("plan", "show", path, "--item", "nobody").code == 2


def test_show_without_more_is_the_whole_plan(runner: Runner, estate: Path) -> None:
    path = make(runner, estate)[2]
    answer = json.loads(runner("plan", "show", path, "--json").out)
    assert [wave["id"] for wave in answer.pop("waves")] == [wave.id for wave in read_plan(path).waves]
    assert Plan.model_validate(answer) == read_plan(path)
