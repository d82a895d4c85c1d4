"""``run start``: what it refuses, all of it at once; what it does; what a rehearsal does not do."""

from __future__ import annotations

import datetime as dt
import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from inventory.load import load_estate
from migration.plan_file import read_plan, write_plan
from migration.run.ports import Outcome, Preview, StepCall
from migration.run.testing import FakeExecutor
from migration.runbook.model import Call, ExecutorKind, Step
from tests.ui.commands import Ran, Runner
from tests.ui.run.small_run import COPIES, CUTOVERS, City, gate, step
from ui import executors
from ui.commands.run import checks

NOW = dt.datetime.now(dt.UTC)


def begin(runner: Runner, city: City, *more: str) -> Ran:
    return runner("run", "start", city.estate, city.plan, city.runbook, "--yes", *more)


def problems(runner: Runner, city: City, *more: str) -> tuple[int, list[dict[str, Any]]]:
    ran = begin(runner, city, "--json", *more)
    answer = json.loads(ran.out)
    assert answer["run"] is None
    assert not city.store.exists(), "a refused start leaves nothing"
    return ran.code, answer["problems"]


def codes(found: list[dict[str, Any]]) -> list[str]:
    return [one["code"] for one in found if one["severity"] == "error"]


# What it does


def test_every_step_is_done_once_and_the_estate_learns_of_it(runner: Runner, city: City) -> None:
    city.make(city.step("copy"), city.step("switch"), items=COPIES)
    ran = begin(runner, city, "--json", "--by", "wang@ops")
    assert ran.code == 0, ran
    answer = json.loads(ran.out)
    assert (answer["run"], answer["status"], answer["by"]) == ("night-1", "succeeded", "wang@ops")
    assert answer["counts"] == {"succeeded": 2}
    assert answer["waiting"] == []
    assert {path.name: len(path.read_text().splitlines()) for path in city.effects.iterdir()} == {
        "copy-idp": 1, "copy-hydj": 1, "switch-idp": 1, "switch-hydj": 1,
    }  # fmt: skip
    inventory = load_estate(city.estate, cache=False).inventory
    assert set(COPIES) <= set(inventory.done)
    assert inventory.systems["idp"].runs_in == "pool:pool-a"
    lines = [line for line in ran.err.splitlines() if "switch" in line]
    assert len(lines) == 2, "one line a step"


def test_in_words_it_says_what_it_will_do_and_what_it_did(runner: Runner, city: City) -> None:
    city.make(gate(role="change-manager"), city.step("switch", point_of_no_return=True))
    ran = begin(runner, city, "--rehearse")
    assert "night: 1 item on 0 machines" in ran.out
    assert "approval go by change-manager: 1 item waits for it" in ran.out
    assert "no way back without a person after step switch" in ran.out
    city.make(city.step("copy"))
    ran = begin(runner, city)
    assert "night-2: succeeded" in ran.out
    assert "run night-2 is on record" in ran.err


def test_what_fails_ends_with_the_commands_that_go_on(runner: Runner, city: City) -> None:
    flag = city.folder / "mended"
    city.make(city.step("copy"), city.step("switch", before=f"test -e {flag}"))
    ran = begin(runner, city, "--json")
    assert ran.code == 1
    answer = json.loads(ran.out)
    assert answer["status"] == "failed"
    (waiting,) = answer["waiting"]
    assert waiting["code"] == "step-failed"
    assert waiting["items"] == ["system/idp/replicate"]
    retry = next(line for line in waiting["commands"] if " retry " in line)
    flag.touch()
    assert runner(*_words(retry)).code == 0
    watched = runner("run", "watch", "night", "--work", "--store", city.estate, "--json")
    assert watched.code == 0, watched
    assert json.loads(watched.out)["status"] == "succeeded"
    assert (city.lines("copy-idp"), city.lines("switch-idp")) == (1, 1)
    assert "system/idp/replicate" in load_estate(city.estate, cache=False).inventory.done


def _words(line: str) -> list[str]:
    return shlex.split(line)[1:]


def test_detached_it_waits_for_workers(runner: Runner, city: City) -> None:
    city.make(city.step("copy"))
    ran = begin(runner, city, "--detach", "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["counts"] == {"pending": 1}
    assert "no worker is there" in ran.err
    assert city.lines("copy-idp") == 0
    ran = runner("worker", "--store", city.estate, "--until", "night")
    assert ran.code == 0, ran
    assert city.lines("copy-idp") == 1


def test_nobody_to_ask(runner: Runner, city: City) -> None:
    city.make(city.step("copy"))
    ran = runner("run", "start", city.estate, city.plan, city.runbook)
    assert ran.code == 2
    assert "--yes" in ran.err
    assert not city.store.exists()


def test_two_runs_on_one_system(runner: Runner, city: City) -> None:
    city.make(city.step("copy"))
    assert begin(runner, city, "--detach").code == 0
    ran = begin(runner, city, "--detach")
    assert ran.code == 5
    assert "system:idp is held by run night-1" in ran.err


# What it refuses


def test_everything_that_is_wrong_is_said_at_once_with_its_line(
    runner: Runner, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(executors.KINDS, ExecutorKind.STACK)
    past = NOW - dt.timedelta(days=2)
    late = city.step("switch", in_window=True, worst_case_seconds=60)
    nobody = Step(id="push", executor=ExecutorKind.STACK, act=Call(do="push"), changes=False)
    missing = step("fill", "echo {nothing}", changes=False)
    city.make(gate(), late, nobody, missing, items=COPIES)
    text = city.runbook.read_text()
    text = text.replace("item: system/hydj/replicate", "item: system/hydjj/replicate")
    window = f"  window_start: '{past.isoformat()}'\n  window_minutes: 60\n"
    city.runbook.write_text(text.replace("  object: system:idp\n", f"  object: system:idp\n{window}"))
    code, found = problems(runner, city)
    assert code == 2
    assert {*codes(found)} == {
        "run-window-over",
        "run-item-unknown",
        "run-no-executor",
        "run-step-flaw",
        "lint-no-window",
    }
    lines = city.runbook.read_text().splitlines()
    for one in found:
        if one["code"].startswith("run-"):
            assert one["file"] == str(city.runbook)
    at = {one["code"]: lines[one["line"] - 1] for one in found}
    assert "window_start" in at["run-window-over"]
    assert "hydjj" in at["run-item-unknown"]
    assert [one["nearest"] for one in found if one["code"] == "run-item-unknown"] == ["system/hydj/replicate"]
    assert {one["message"] for one in found if one["code"] == "run-step-flaw"} == {
        "step fill: the parameter 'nothing' is missing"
    }


def test_a_runbook_that_does_not_parse(runner: Runner, city: City) -> None:
    city.make(city.step("copy"))
    city.runbook.write_text(city.runbook.read_text().replace("executor: command", "executor: comand"))
    ran = begin(runner, city)
    assert ran.code == 2
    assert f"{city.runbook}:" in ran.err
    assert "comand" in ran.err
    assert not city.store.exists()


def test_a_record_that_has_changed_is_named(runner: Runner, city: City) -> None:
    city.make(city.step("copy"), items=COPIES, head={"declared_hash": "0" * 64})
    records = city.estate / "records.yaml"
    records.write_text(records.read_text().replace("10.0.0.2", "10.0.0.99"))
    code, found = problems(runner, city)
    assert code == 5
    assert {*codes(found)} == {"run-records-changed"}
    assert all("system:hydj" in one["message"] for one in found if one["severity"] == "error")


def test_other_declarations_alone_are_a_warning(runner: Runner, city: City) -> None:
    city.make(city.step("copy"), head={"declared_hash": "0" * 64})
    (city.estate / "notes.yaml").write_text("teams:\n- {id: another, name: x}\n")
    ran = begin(runner, city)
    assert ran.code == 0, ran
    assert "warning [run-declared-changed]" in ran.err


def test_another_plan(runner: Runner, city: City) -> None:
    city.make(city.step("copy"))
    write_plan(city.plan, read_plan(city.plan).model_copy(update={"seed": 99}))
    code, found = problems(runner, city)
    assert (code, codes(found)) == (5, ["run-other-plan"])


def test_another_estate(runner: Runner, city: City) -> None:
    city.make(city.step("copy"))
    settings = city.estate / "estate.yaml"
    settings.write_text(settings.read_text().replace("小城", "大城"))
    code, found = problems(runner, city)
    assert code == 2
    assert codes(found) == ["run-other-estate", "run-other-estate"]
    assert [one["file"] for one in found[:2]] == [str(city.plan), str(city.runbook)]


def test_a_cutover_without_the_evidence_of_its_grade(runner: Runner, city: City) -> None:
    records = city.estate / "records.yaml"
    records.write_text(records.read_text().replace("- id: idp\n", "- id: idp\n  grade: 3\n", 1))
    _renew(city)
    city.make(gate(), city.step("copy", in_window=True, worst_case_seconds=60), items=CUTOVERS[:1])
    code, found = problems(runner, city)
    assert code == 1
    assert codes(found) == ["run-evidence-missing"] * 3
    assert {one["file"] for one in found if one["severity"] == "error"} == {"records.yaml"}
    assert begin(runner, city, "--rehearse").code == 0, "looking needs no evidence"


def _renew(city: City) -> None:
    """The plan's slices as the estate is now."""
    from migration.planning import _slice

    inventory = load_estate(city.estate, cache=False).inventory
    made = read_plan(city.plan)
    city.write(made.model_copy(update=_slice(inventory, made)))


def test_a_window_that_no_run_lives_to_see(runner: Runner, city: City) -> None:
    city.make(gate(), city.step("switch", in_window=True, worst_case_seconds=60))
    start = (NOW + dt.timedelta(hours=73)).isoformat()
    text = city.runbook.read_text().replace(
        "  object: system:idp\n", f"  object: system:idp\n  window_start: '{start}'\n  window_minutes: 60\n"
    )
    city.runbook.write_text(text)
    assert codes(problems(runner, city)[1]) == ["run-window-far"]


def test_windows_that_are_as_they_should_be_need_no_place(
    runner: Runner, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.make(gate(), city.step("switch", in_window=True, worst_case_seconds=60))
    start = (NOW + dt.timedelta(hours=1)).isoformat()
    text = city.runbook.read_text().replace(
        "  object: system:idp\n", f"  object: system:idp\n  window_start: '{start}'\n  window_minutes: 60\n"
    )
    city.runbook.write_text(text)
    asked: list[tuple[str | int, ...]] = []
    monkeypatch.setattr(checks, "locate", lambda *words: asked.append(words[-1]))
    assert begin(runner, city, "--detach").code == 0
    assert asked == []


def test_what_is_done_already_is_said(runner: Runner, city: City) -> None:
    city.make(city.step("copy"))
    assert begin(runner, city).code == 0
    ran = begin(runner, city)
    assert ran.code == 0
    assert "warning [run-item-done] system/idp/replicate" in ran.err
    assert city.lines("copy-idp") == 1, "the probe finds it done"


def test_settings_that_cannot_be_read(runner: Runner, city: City, tmp_path: Path) -> None:
    city.make(city.step("copy"))
    (tmp_path / "worker.yaml").write_text("threads: 2\nlease: 3\n")
    ran = begin(runner, city, "--config", str(tmp_path / "worker.yaml"))
    assert ran.code == 2
    assert "worker.yaml:2" in ran.err


# Rehearsing


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeExecutor:
    made = FakeExecutor()
    monkeypatch.setitem(executors.KINDS, ExecutorKind.COMMAND, lambda *_: made)
    return made


def test_a_rehearsal_changes_nothing_and_says_what_would_happen(runner: Runner, city: City, fake: FakeExecutor) -> None:
    city.make(gate(), city.step("copy"), city.step("switch"), items=COPIES)
    fake.effects["system/idp/replicate/copy"] = 1
    ran = begin(runner, city, "--rehearse", "--json")
    assert ran.code == 0, ran
    answer = json.loads(ran.out)
    assert answer["changes"] == 3
    steps = {(one["item"].split("/")[1], one["step"]): one for one in answer["steps"]}
    assert {key: one["changes"] for key, one in steps.items()} == {
        ("idp", "go"): None, ("idp", "copy"): 0, ("idp", "switch"): 1,
        ("hydj", "go"): None, ("hydj", "copy"): 1, ("hydj", "switch"): 1,
    }  # fmt: skip
    assert steps["idp", "switch"]["diff"] == "would do system/idp/replicate/switch"
    assert {method for method, _ in fake.calls} == {"preview"}
    assert not (city.estate / "state").exists()
    assert begin(runner, city, "--rehearse").code == 0, "a rehearsal holds nothing"


def test_a_rehearsal_in_words(runner: Runner, city: City, fake: FakeExecutor) -> None:
    city.make(city.step("copy"), city.step("switch"))
    ran = begin(runner, city, "--rehearse")
    assert "2 steps: 2 changes, 0 that nobody can tell before, 0 failed" in ran.out
    assert "would do" not in ran.out
    assert "would do system/idp/replicate/copy" in begin(runner, city, "--rehearse", "--diff").out
    assert begin(runner, city, "--diff").code == 2
    assert fake.effects == {}


def test_a_preview_that_fails(runner: Runner, city: City, fake: FakeExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    def preview(call: StepCall) -> Preview:
        if call.step.id == "copy":
            return Preview(False, text="no such host", code="unreachable")
        return Preview(True)

    monkeypatch.setattr(fake, "preview", preview)
    city.make(city.step("copy"), city.step("switch"))
    ran = begin(runner, city, "--rehearse")
    assert ran.code == 1
    assert "a machine does not answer: no such host" in ran.out
    assert "1 that nobody can tell before, 1 failed" in ran.out


def test_an_executor_that_is_not_installed(runner: Runner, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object) -> FakeExecutor:
        raise ModuleNotFoundError("No module named 'ansible_runner'", name="ansible_runner")

    monkeypatch.setitem(executors.KINDS, ExecutorKind.COMMAND, absent)
    city.make(city.step("copy"))
    ran = begin(runner, city)
    assert ran.code == 2
    assert "pip install 'qianyun[run]'" in ran.err


def test_a_failure_with_rollback_undoes_by_itself(runner: Runner, city: City, fake: FakeExecutor) -> None:
    fake.failures["system/idp/replicate/switch"] = [Outcome(False, "failed", "broken")]
    undo = city.step("copy", rollback="true")
    city.make(undo, city.step("switch"), on_failure="rollback")
    ran = begin(runner, city)
    assert ran.code == 1
    assert "as the runbook says: roll back" in ran.err
    assert fake.effects["system/idp/replicate/copy"] == 0
