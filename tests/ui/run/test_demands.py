"""A runbook asks for no less than estate and plan demand, and has the hashes by which that can be told."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from migration.plan_file import read_plan
from migration.runbook.model import Call, ExecutorKind, Step
from tests.ui.commands import Runner
from tests.ui.run.small_run import COPIES, CUTOVERS, City, gate
from tests.ui.run.test_start import _renew, begin, codes, problems


def edit(city: City, *pairs: tuple[str, str]) -> None:
    text = city.runbook.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    city.runbook.write_text(text)


def line_of(city: City, found: list[dict[str, Any]], code: str) -> str:
    (one,) = (one for one in found if one["code"] == code)
    assert one["file"] == str(city.runbook)
    return city.runbook.read_text().splitlines()[int(one["line"]) - 1]


@pytest.mark.parametrize("name", ["plan_hash", "declared_hash", "slice_hash"])
def test_a_runbook_without_a_hash(runner: Runner, city: City, name: str) -> None:
    city.make(city.step("copy"))
    lines = [line for line in city.runbook.read_text().splitlines() if name not in line]
    city.runbook.write_text("\n".join(lines) + "\n")
    code, found = problems(runner, city)
    assert (code, codes(found)) == (2, ["run-hash-missing"])
    assert name in found[0]["message"]
    if name == "slice_hash":
        assert "system/idp/replicate" in line_of(city, found, "run-hash-missing")


def graded(city: City, grade: int) -> None:
    records = city.estate / "records.yaml"
    records.write_text(records.read_text().replace("- id: idp\n", f"- id: idp\n  grade: {grade}\n", 1))
    _renew(city)


@pytest.mark.parametrize(("written", "known", "refused"), [(2, 3, True), (3, 3, False), (4, 3, False), (1, 0, True)])
def test_a_grade_below_the_record_s(runner: Runner, city: City, written: int, known: int, refused: bool) -> None:
    """Where the record has no grade the policy's rules for all grades hold; a runbook that names one evades them."""
    if known:
        graded(city, known)
    city.make(gate(parameters={"grade": written}), city.step("copy"))
    ran = begin(runner, city, "--json", "--detach")
    if not refused:
        assert ran.code == 0, ran
        return
    found = json.loads(ran.out)["problems"]
    assert (ran.code, codes(found)) == (2, ["run-grade-less"])
    assert f"grade: {written}" in line_of(city, found, "run-grade-less")


def test_another_level_of_administration(runner: Runner, city: City) -> None:
    city.make(gate(parameters={"level": "village"}), city.step("copy"))
    code, found = problems(runner, city)
    assert (code, codes(found)) == (2, ["run-level-other"])
    assert "level: village" in line_of(city, found, "run-level-other")


def test_a_stage_that_is_not_the_item_s(runner: Runner, city: City) -> None:
    city.make(
        gate(), city.step("copy", in_window=True, worst_case_seconds=60), items=CUTOVERS[:1], head={"stage": "prepare"}
    )
    code, found = problems(runner, city)
    assert (code, codes(found)) == (2, ["run-stage-other"])
    assert "system/idp/cutover" in line_of(city, found, "run-stage-other")


def test_a_cutover_without_an_approval_whatever_stage_its_runbook_names(runner: Runner, city: City) -> None:
    late = city.step("switch", in_window=True, worst_case_seconds=60)
    city.make(city.step("copy"), gate(), late, items=CUTOVERS[:1])
    code, found = problems(runner, city)
    assert (code, codes(found)) == (2, ["run-no-approval"])
    assert "id: copy" in line_of(city, found, "run-no-approval")


def test_a_window_to_which_no_step_is_bound(runner: Runner, city: City) -> None:
    city.make(gate(), city.step("copy"), items=CUTOVERS[:1])
    code, found = problems(runner, city)
    assert (code, codes(found)) == (2, ["run-no-window"])
    assert "system/idp/cutover" in line_of(city, found, "run-no-window")


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_window_outside_of_the_plan_s(runner: Runner, city: City, hours: int) -> None:
    city.make(gate(), city.step("copy", in_window=True, worst_case_seconds=60), items=CUTOVERS[:1])
    planned = read_plan(city.plan).by_id[CUTOVERS[0]].window_start
    assert planned is not None
    text = city.runbook.read_text()
    written = next(line for line in text.splitlines() if "window_start" in line)
    moved = (planned + dt.timedelta(hours=hours)).isoformat()
    edit(city, (written, f"  window_start: '{moved}'"))
    code, found = problems(runner, city)
    assert (code, codes(found)) == (2, ["run-window-other"])
    assert moved in line_of(city, found, "run-window-other")


def test_the_lint_finds_what_executors_find(runner: Runner, city: City) -> None:
    look = Step(id="look", executor=ExecutorKind.CHECK, act=Call(do="tpc"), changes=False)
    role = Step(id="move", executor=ExecutorKind.ANSIBLE, act=Call(do="system_cutovr"), changes=False)
    city.make(look, role)
    ran = runner("runbook", "lint", city.runbook)
    assert ran.code == 1
    assert "there is no check 'tpc'" in ran.out + ran.err
    assert "system_cutovr" in ran.out + ran.err


def test_a_policy_that_is_named_and_not_there(runner: Runner, city: City, tmp_path: Path) -> None:
    city.make(gate(), city.step("copy"))
    (tmp_path / "worker.yaml").write_text("approval_policy: nowhere.yaml\n")
    ran = begin(runner, city, "--config", str(tmp_path / "worker.yaml"))
    assert ran.code == 2
    assert "nowhere.yaml" in ran.err
    assert not city.store.exists()
    assert begin(runner, city, "--detach").code == 0
    ran = runner("worker", "--store", city.estate, "--config", str(tmp_path / "worker.yaml"))
    assert ran.code == 2
    assert "nowhere.yaml" in ran.err


def test_without_a_policy_it_says_what_that_means(runner: Runner, city: City) -> None:
    city.make(gate(), city.step("copy"))
    ran = begin(runner, city, "--detach")
    assert "no approval policy is set up: anyone in /etc/qianyun/allowed_signers may approve" in ran.err
    city.make(city.step("copy"), items=COPIES[1:])
    assert "no approval policy" not in begin(runner, city, "--detach").err, "nobody is asked"
