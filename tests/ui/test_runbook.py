"""``qianyun runbook``: make, show, lint, diff, on a small city of all five tracks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from migration.plan import PlanItem
from migration.runbook.read import read_runbook
from tests.migration.small_plan import ITEMS, plan
from tests.ui.commands import Runner
from tests.ui.small_estate import Files, files

__all__ = ["files"]

WAVE = "2021-W02/yun"


def make(runner: Runner, files: Files, *words: object, name: str = "r.yaml") -> Path:
    path = files.folder / name
    ran = runner("runbook", "make", str(files.estate), str(files.plan), *map(str, words), "-o", path)
    assert ran.code == 0, ran
    return path


def asked(runner: Runner, *words: object, code: int = 0) -> dict[str, Any]:
    ran = runner("runbook", *map(str, words), "--json")
    assert ran.code == code, ran
    found: dict[str, Any] = json.loads(ran.out)
    return found


def items_on(plan_items: list[PlanItem], track: str) -> set[str]:
    return {item.id for item in plan_items if item.track == track and item.movable}


def test_a_wave_is_made_and_what_is_lacking_is_listed(runner: Runner, files: Files) -> None:
    records = yaml.safe_load((files.estate / "records.yaml").read_text(encoding="utf-8"))
    idp = next(system for system in records["systems"] if system["id"] == "idp")
    idp["components"][0] |= {"role": "web", "technology": "nginx"}
    (files.estate / "records.yaml").write_text(yaml.safe_dump(records, allow_unicode=True), encoding="utf-8")
    path = files.folder / "r.yaml"
    words = ["make", files.estate, files.plan, "--wave", WAVE, "--stage", "cutover", "-o", path]
    answer = asked(runner, *words)
    runbook = read_runbook(path)
    assert (answer["runbook"], answer["path"], answer["hash"]) == (runbook.name, str(path), runbook.hash)
    assert (answer["items"], answer["steps"]) == (1, len(runbook.items[0].steps))
    assert runbook.estate == plan().estate
    assert len(runbook.plan_hash) == 64
    assert [item.item for item in runbook.items] == ["system/idp/cutover"]
    lacks = {(one["id"], one["path"]) for one in answer["lacks"]}
    assert lacks == {
        ("idp", "app.source.unit"),
        ("idp", "app.target.unit"),
        ("idp", "components.app.target_endpoints.address"),
    }
    assert {one["code"] for one in answer["findings"]} == {"lint-parameter", "lint-no-address"}
    text = runner("runbook", *map(str, words))
    assert "Approval cutover-go: 1 item waits for it" in text.out
    assert f"qianyun runbook lint {path}" in text.err


def test_items_of_any_track(runner: Runner, files: Files) -> None:
    for track in ("cloud", "network", "line", "room"):
        runbook = read_runbook(make(runner, files, "--items", f"track:{track}", name=f"{track}.yaml"))
        assert set(runbook.by_item) == items_on(list(plan().items), track)


def test_texts_for_people_are_in_the_language_of_the_call(runner: Runner, files: Files) -> None:
    words = ("--items", "track:room")
    english = read_runbook(make(runner, files, *words, name="en.yaml"))
    chinese = read_runbook(make(runner, files, *words, "--lang", "zh", name="zh.yaml"))
    assert english.items[0].groups[0].name.isascii()
    assert not chinese.items[0].groups[0].name.isascii()
    assert [step.id for step in english.items[0].steps] == [step.id for step in chinese.items[0].steps]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--wave", WAVE], 2, "--stage"),
        (["--stage", "cutover"], 2, "--wave"),
        ([], 2, "--items"),
        (["--wave", WAVE, "--stage", "cutover", "--items", "track:room"], 2, "--items"),
        (["--items", "track:room", "--name", "a b"], 2, "--name a b"),
        (["--items", "track:rom"], 2, "room"),
        (["--wave", "2021-W02/yn", "--stage", "cutover"], 2, WAVE),
        (["--items", "track:room", "-o", "{estate}/r.yaml"], 2, "-o"),
        (["--items", "track:room", "-o", "{plan}"], 2, "-o"),
        (["--items", "track:room", "--values", "{folder}/none.yaml"], 2, "none.yaml"),
        (["--items", "track:room", "--templates", "{folder}/none"], 2, "none"),
    ],
)
def test_calls_that_are_refused(runner: Runner, files: Files, words: list[str], code: int, said: str) -> None:
    places = {"estate": files.estate, "plan": files.plan, "folder": files.folder}
    filled = [word.format(**places) for word in words]
    before = sorted(files.folder.glob("*.*"))
    ran = runner("runbook", "make", files.estate, files.plan, *filled)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert sorted(files.folder.glob("*.*")) == before


def test_a_file_that_is_there_is_kept_unless_it_is_named(
    runner: Runner, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files.folder)
    words = ["runbook", "make", str(files.estate), str(files.plan), "--items", "track:room", "--name", "rooms"]
    assert runner(*words).code == 0
    Path("rooms.yaml").write_text("edited")
    assert runner(*words).code == 2
    assert Path("rooms.yaml").read_text() == "edited"
    assert runner(*words, "-o", "rooms.yaml").code == 0


def test_records_that_changed_since_the_plan_was_made(runner: Runner, files: Files) -> None:
    stale = [item.model_copy(update={"slice_hash": "0" * 64}) for item in ITEMS]
    files.write(plan(items=stale))
    ran = runner("runbook", "make", files.estate, files.plan, "--wave", WAVE, "--stage", "cutover")
    assert ran.code == 5
    assert "system/idp/cutover" in ran.err


def test_a_faulty_template_or_file_of_values_is_listed(runner: Runner, files: Files) -> None:
    own = files.folder / "own"
    own.mkdir()
    (own / "a.yaml").write_text("format: 1\nid: room-closed\nuse: {track: room, steps: [closed]}\ngrups: []\n")
    words = ["runbook", "make", str(files.estate), str(files.plan), "--items", "track:room"]
    ran = runner(*words, "--templates", own)
    assert ran.code == 2
    assert f"{own / 'a.yaml'}:4: error [unknown-field]" in ran.err
    assert "groups" in ran.err
    values = files.folder / "values.yaml"
    values.write_text("values:\n- sorce: {data: /x}\n")
    ran = runner(*words, "--values", values)
    assert ran.code == 2
    assert f"{values}:2: error [unknown-field]" in ran.err


def test_show(runner: Runner, files: Files) -> None:
    path = make(runner, files, "--wave", WAVE, "--stage", "cutover")
    ran = runner("runbook", "show", path)
    assert "system/idp/cutover" in ran.out
    assert "cutover-go" in ran.out
    one = runner("runbook", "show", path, "--item", "idp")
    assert "acceptance" in one.out
    assert asked(runner, "show", path, "--item", "system:idp")["item"]["object"] == "system:idp"
    whole = asked(runner, "show", path)
    assert whole["hash"] == read_runbook(path).hash
    assert [item["item"] for item in whole["items"]] == ["system/idp/cutover"]
    wrong = runner("runbook", "show", path, "--item", "system/ipd/cutover")
    assert wrong.code == 2
    assert "system/idp/cutover" in wrong.err
    assert "审批" in runner("runbook", "show", path, "--lang", "zh").out


def test_lint(runner: Runner, files: Files) -> None:
    path = make(runner, files, "--items", "track:room")
    assert asked(runner, "lint", path) == {
        "format": 1, "path": str(path), "errors": 0, "warnings": 0, "findings": [],
    }  # fmt: skip
    edited = yaml.safe_load(path.read_text(encoding="utf-8"))
    closed = next(item for item in edited["items"] if item["item"].endswith("/closed"))
    closed["groups"] = [group for group in closed["groups"] if group["id"] != "approve"]
    path.write_text(yaml.safe_dump(edited, allow_unicode=True), encoding="utf-8")
    answer = asked(runner, "lint", path, code=1)
    assert (answer["errors"], [one["code"] for one in answer["findings"]]) == (1, ["lint-return-approval"])
    ran = runner("runbook", "lint", path)
    line = answer["findings"][0]["line"]
    assert f"{path}:{line}: error [lint-return-approval]" in ran.out
    assert path.read_text(encoding="utf-8").splitlines()[line - 1].lstrip(" -").startswith("act:")


def test_lint_of_a_faulty_file(runner: Runner, files: Files) -> None:
    path = make(runner, files, "--items", "track:room")
    path.write_text(path.read_text(encoding="utf-8").replace("executor: manual", "executor: manul"), encoding="utf-8")
    answer = asked(runner, "lint", path, code=2)
    assert {(one["code"], one["nearest"]) for one in answer["findings"]} == {("bad-choice", "manual")}
    ran = runner("runbook", "show", path)
    assert ran.code == 2
    assert "[bad-choice]" in ran.err
    newer = files.folder / "newer.yaml"
    newer.write_text("format: 9\nname: r\nstage: items\nitems: []\n")
    assert runner("runbook", "lint", newer).code == 5


def test_diff(runner: Runner, files: Files) -> None:
    old = make(runner, files, "--items", "track:room", name="old.yaml")
    new = files.folder / "new.yaml"
    new.write_text(old.read_text(encoding="utf-8").replace("timeout_seconds: 86400", "timeout_seconds: 60"), "utf-8")
    assert runner("runbook", "diff", old, old, "--exit-code").code == 0
    assert "same" in runner("runbook", "diff", old, old).out
    assert runner("runbook", "diff", old, new).code == 0
    ran = runner("runbook", "diff", old, new, "--exit-code")
    assert ran.code == 1
    assert "timeout_seconds" in ran.out
    answer = asked(runner, "diff", old, new)
    assert answer["same"] is False
    assert [(part["kind"], part["change"]) for part in answer["parts"]] == [("step", "changed")]
    assert answer["parts"][0]["fields"] == [{"name": "timeout_seconds", "before": 86400, "after": 60}]


def test_the_schema_of_runbooks(runner: Runner) -> None:
    ran = runner("schema", "runbook")
    assert ran.code == 0
    assert "timeout_seconds" in json.loads(ran.out)["$defs"]["Step"]["properties"]
