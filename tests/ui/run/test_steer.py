"""What people say to runs, by the commands, and what the commands say of runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inventory.load import load_estate
from migration.runbook.model import Call, ExecutorKind, OnFailure, Step
from tests.ui.commands import Ran, Runner
from tests.ui.run.small_run import COPIES, City, gate


class Clerk:
    """Types commands of ``qianyun run`` for one store."""

    def __init__(self, runner: Runner, city: City) -> None:
        self.runner, self.city = runner, city

    def __call__(self, *words: str | Path) -> Ran:
        return self.runner("run", *words, "--store", self.city.estate)

    def start(self, *more: str) -> Ran:
        return self("start", self.city.estate, self.city.plan, self.city.runbook, "--yes", *more)

    def work(self) -> Ran:
        return self("watch", "night", "--work")

    def status(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self("status", "night", "--items", "--json").out)
        return answer


@pytest.fixture
def clerk(runner: Runner, city: City) -> Clerk:
    return Clerk(runner, city)


def test_hints_name_the_store_that_was_given(clerk: Clerk, city: City) -> None:
    city.make(city.step("copy"))
    assert clerk.start().code == 0
    ran = clerk("pause", "night-1")
    assert ran.code == 2
    assert f"qianyun run status night-1 --store {city.estate}\n" in ran.err


def test_a_key_that_is_none(clerk: Clerk, city: City, tmp_path: Path) -> None:
    city.make(gate(), city.step("copy"))
    assert clerk.start("--detach").code == 0
    (tmp_path / "notes").write_text("no key at all\n")
    ran = clerk("approve", "night-1", "go", "--key", tmp_path / "notes")
    assert ran.code == 2
    assert "cannot be read as a key: it holds neither a private nor a public key" in ran.err


def test_skipping_lets_the_item_go_on(clerk: Clerk, city: City) -> None:
    city.make(city.step("copy", before="false"), city.step("switch"))
    assert clerk.start().code == 1
    ran = clerk("skip", "night", "idp", "--reason", "copied by hand", "--by", "li")
    assert ran.code == 0
    assert "system/idp/replicate" in ran.err
    assert clerk.work().code == 0
    assert (city.lines("copy-idp"), city.lines("switch-idp")) == (0, 1)
    journal = clerk("events", "night").out
    assert "li has decided: skip (copied by hand)" in journal


def test_what_waits_for_nobody_is_not_skipped(clerk: Clerk, city: City) -> None:
    city.make(city.step("copy", before="false"), city.step("switch"))
    clerk.start()
    assert clerk("retry", "night", "idp").code == 0
    ran = clerk("skip", "night", "idp", "--reason", "twice")
    assert ran.code == 2
    assert "does not wait for a decision" in ran.err


def test_a_manual_step_is_confirmed(clerk: Clerk, city: City) -> None:
    call = Step(id="call", executor=ExecutorKind.MANUAL, act=Call(do="call the department"), role="duty", changes=False)
    city.make(call, city.step("switch"))
    ran = clerk.start()
    assert ran.code == 1
    assert "step call is done by a person (duty): call the department" in ran.out
    assert " retry " not in ran.out, "there is nothing to try again"
    assert clerk("skip", "night", "system:idp", "--reason", "called").code == 0
    assert clerk.work().code == 0
    assert city.lines("switch-idp") == 1


def test_rolling_back_a_run_that_has_succeeded(clerk: Clerk, city: City) -> None:
    undo = f"rm {city.effects}/switch-{{item}}"
    city.make(city.step("copy"), city.step("switch", rollback=undo), items=COPIES)
    assert clerk.start().code == 0
    ran = clerk("rollback", "night", "--item", "idp", "--reason", "slow", "--json")
    assert json.loads(ran.out)["items"] == ["system/idp/replicate"]
    assert clerk.work().code == 1, "not all of it has succeeded"
    assert (city.lines("switch-idp"), city.lines("switch-hydj")) == (0, 1)
    assert clerk.status()["counts"] == {"rolled_back": 1, "succeeded": 1}
    assert clerk("rollback", "night", "--reason", "all of it").code == 0
    clerk.work()
    assert city.lines("switch-hydj") == 0
    again = clerk("rollback", "night", "--reason", "once more")
    assert again.code == 2
    assert "nothing of run night-1 is left to undo" in again.err
    assert clerk("retry", "night", "idp").code == 0, "what was undone may begin again"
    clerk.work()
    assert city.lines("switch-idp") == 1


def test_pause_holds_and_resume_goes_on(clerk: Clerk, city: City) -> None:
    city.make(city.step("copy"))
    assert clerk.start("--detach").code == 0
    ran = clerk("pause", "night", "--by", "wang")
    assert "paused by wang" in ran.err
    shown = clerk("status", "night").out
    assert "night-1: paused" in shown
    assert "qianyun run resume night-1" in shown
    assert clerk("resume", "night").code == 0
    assert clerk.work().code == 0
    assert city.lines("copy-idp") == 1


def test_watching_what_is_paused_says_how_it_goes_on(clerk: Clerk, city: City) -> None:
    city.make(city.step("copy", before="false"))
    clerk.start()
    clerk("pause", "night")
    ran = clerk.work()
    assert "nothing further begins before: qianyun run resume night-1" in ran.err


def test_cancel_ends_what_has_not_begun(clerk: Clerk, city: City) -> None:
    city.make(city.step("copy"))
    clerk.start("--detach")
    assert clerk("cancel", "night", "--reason", "not tonight").code == 0
    assert clerk.status()["status"] == "canceled"
    assert clerk.work().code == 1
    assert city.lines("copy-idp") == 0
    assert clerk.start().code == 0, "its systems are free"


def test_what_is_no_item_or_no_run(clerk: Clerk, city: City) -> None:
    city.make(city.step("copy", before="false"), items=COPIES)
    clerk.start()
    clerk("cancel", "night-1", "--reason", "again")
    clerk.start()
    refused = {
        ("retry", "night-2", "system/idpp/replicate"): "system/idp/replicate",
        ("retry", "night-2", "replicate"): "system/idp/replicate, system/hydj/replicate",
        ("status", "nigth-2"): "night-2",
        ("status", "night"): "night-1, night-2",
        ("approve", "night-2", "go"): "no gate 'go'",
        ("pause", "night-1"): "has ended",
        ("skip", "night-2", "idp", "--reason", "  "): "--reason",
        ("skip", "night-2", "idp", "--reason", "x", "--step", "coppy"): "copy",
        ("rollback", "night-2", "--item", "oa", "--reason", "x"): "no such item",
    }
    for words, said in refused.items():
        ran = clerk(*words)
        assert ran.code == 2, (words, ran)
        assert said in ran.err, words
        assert len(ran.err.splitlines()) <= 2
        assert ran.out == ""


def test_events_behind_a_number_are_lines_of_json(clerk: Clerk, city: City) -> None:
    city.make(city.step("copy"))
    clerk.start()
    every = [json.loads(line) for line in clerk("events", "night", "--json").out.splitlines()]
    assert [event["sequence"] for event in every] == list(range(1, len(every) + 1))
    assert every[0]["event"]["type"] == "run_started"
    assert every[-1]["event"]["type"] == "run_ended"
    behind = clerk("events", "night", "--json", "--after", "3", "--follow").out.splitlines()
    assert [json.loads(line) for line in behind] == every[3:], "following ends when the run has"
    words = clerk("events", "night").out.splitlines()
    assert len(words) == len(every)


def test_status_shows_each_step(clerk: Clerk, city: City) -> None:
    city.make(city.step("copy"), city.step("switch", before="echo gone; false"))
    clerk.start()
    (item,) = clerk.status()["items"]
    assert [(step["step"], step["status"], step["attempts"]) for step in item["steps"]] == [
        ("copy", "succeeded", 1), ("switch", "failed", 1),
    ]  # fmt: skip
    assert item["asked"]["code"] == "step-failed"
    shown = clerk("status", "night", "--items").out
    assert "exit code: the program ended with code 1 gone" in shown


def test_pull_writes_what_the_command_could_not(clerk: Clerk, city: City, runner: Runner) -> None:
    city.make(city.step("copy"), on_failure=OnFailure.ASK)
    state = city.estate / "state"
    state.write_text("in the way")
    ran = clerk.start()
    assert ran.code == 0, "what was done is on record"
    assert "state pull" in ran.err
    state.unlink()
    ran = runner("state", "pull", city.estate)
    assert ran.code == 0
    assert "night-1.yaml: 1 new entry" in ran.out
    assert "system/idp/replicate" in load_estate(city.estate, cache=False).inventory.done
    before = {path: path.read_bytes() for path in state.iterdir()}
    again = runner("state", "pull", city.estate, "night")
    assert (again.code, again.out) == (0, "")
    assert "nothing new" in again.err
    assert {path: path.read_bytes() for path in state.iterdir()} == before


def test_pull_leaves_out_rehearsals_and_other_estates(clerk: Clerk, city: City, runner: Runner) -> None:
    city.make(city.step("copy"))
    clerk.start("--rehearse")
    city.make(city.step("copy"), head={"name": "elsewhere", "estate": "小城"})
    clerk.start()
    settings = city.estate / "estate.yaml"
    settings.write_text(settings.read_text().replace("小城", "大城"))
    for path in (city.estate / "state").iterdir():
        path.unlink()
    assert json.loads(runner("state", "pull", city.estate, "--json").out)["runs"] == []
    assert runner("state", "pull", city.estate, "elsewhere").code == 2
    assert "a rehearsal changes nothing" in runner("state", "pull", city.estate, "night").err


STORES = {
    "postgresql://runs:secret@db/runs": (2, "PGPASSFILE"),
    "postgresql://runs@db/runs?password=secret": (2, "PGPASSFILE"),
    "mysql://db/runs": (2, "mysql"),
    "postgresql://127.0.0.1:1/runs": (4, "does not answer"),
    "nowhere/runs.db": (4, "nowhere/runs.db"),
}


@pytest.mark.parametrize("store", STORES)
def test_stores_that_cannot_be_used(runner: Runner, store: str) -> None:
    ran = runner("run", "list", "--store", store)
    code, said = STORES[store]
    assert ran.code == code, ran
    assert said in ran.err
    assert "secret" not in ran.err + ran.out


def test_where_the_store_is(
    runner: Runner, clerk: Clerk, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city.make(city.step("copy"))
    clerk.start()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QIANYUN_STORE", raising=False)
    ran = runner("run", "list")
    assert ran.code == 2
    assert "QIANYUN_STORE" in ran.err
    monkeypatch.chdir(city.estate)
    assert "night-1" in runner("run", "list").out
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QIANYUN_STORE", f"sqlite:///{city.store}")
    assert "night-1" in runner("run", "list").out
    clerk.start("--detach")
    paused = runner("run", "pause", "night-2").err
    assert "qianyun run resume night-2\n" in paused, "the environment names the store already"
    monkeypatch.setenv("QIANYUN_STORE", str(city.store))
    assert "night-1" in runner("run", "list").out
