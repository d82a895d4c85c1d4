"""Commands that explain and compare plans: exit codes, answers, both languages."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from migration.plan_file import read_plan, write_plan
from tests.ui.commands import SAYABLE, Ran, Runner


@pytest.fixture
def made(runner: Runner, tmp_path: Path) -> tuple[Path, Path]:
    """An estate that may be changed, and its plan."""
    estate, plan = tmp_path / "estate", tmp_path / "plan.json"
    shutil.copytree(SAYABLE, estate)
    assert runner("plan", "make", estate, "-o", plan, "--effort", "1").code in (0, 3)
    return estate, plan


def answer(ran: Ran, code: int = 0) -> dict[str, Any]:
    assert ran.code == code, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    assert found["format"] == 1
    return found


def later(path: Path) -> tuple[str, str, str]:
    """(system, its slot, the slot after it) of the last cutover."""
    plan = read_plan(path)
    item = max((one for one in plan.items if one.is_cutover and one.movable), key=lambda one: (one.slot, one.id))
    return item.object_id, item.slot_label, plan.grid.label(item.slot + 1)


def test_why_says_what_keeps_a_cutover_out_of_each_earlier_slot(runner: Runner, made: tuple[Path, Path]) -> None:
    estate, path = made
    system, slot, _ = later(path)
    found = answer(runner("plan", "why", estate, path, system, "--json"))
    assert (found["item"], found["slot"]) == (f"system/{system}/cutover", slot)
    plan = read_plan(path)
    labels = [plan.grid.label(number) for number in range(plan.by_id[found["item"]].slot)]
    assert found["earlier"][0]["first"] == labels[0]
    assert found["earlier"][-1]["last"] == labels[-1]
    assert found["binding"] == found["earlier"][-1]["kept_out_by"]
    for span in found["earlier"]:
        for kept in span["kept_out_by"]:
            assert kept["rule"]
            assert kept["message"]
    assert {one["pool"] for one in found["pools"]} | {found["pool"]} == {"yun-ty-a", "yun-sheng-a", "yun-jr-a"} | {
        one["pool"] for one in found["pools"]
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_item_of_a_plan_has_an_answer(runner: Runner, made: tuple[Path, Path], language: str) -> None:
    estate, path = made
    seen = set()
    for item in read_plan(path).items:
        if item.movable and (item.track, item.base_step) not in seen:
            seen.add((item.track, item.base_step))
            ran = runner("plan", "why", estate, path, item.id, "--lang", language)
            assert (ran.code, ran.err) == (0, ""), item.id
            assert item.id in ran.out


def test_why_not_says_what_breaks_or_what_it_costs(runner: Runner, made: tuple[Path, Path]) -> None:
    estate, path = made
    system, slot, after = later(path)
    found = answer(runner("plan", "why-not", estate, path, system, after, "--json"))
    assert (found["from"]["slot"], found["to"]["slot"]) == (slot, after)
    assert found["possible"] is not bool(found["violations"])
    assert f"system/{system}/cutover" in found["moved"]
    pool = "yun-jr-a"
    broken = answer(runner("plan", "why-not", estate, path, system, slot, "--pool", pool, "--json"))
    assert {one["rule"] for one in broken["violations"]} >= {"H3"}
    assert read_plan(path).by_id[f"system/{system}/cutover"].slot_label == slot


def test_why_not_in_words(runner: Runner, made: tuple[Path, Path]) -> None:
    estate, path = made
    system, slot, _ = later(path)
    broken = runner("plan", "why-not", estate, path, system, slot, "--pool", "yun-jr-a")
    assert (broken.code, broken.err) == (0, "")
    assert "H3" in broken.out
    same = runner("plan", "why-not", estate, path, system, slot)
    assert "No rule would be broken." in same.out


@pytest.mark.parametrize("wrong", [["nothing"], ["nothing", "2021-W30"]])
def test_questions_about_nothing_name_what_is_nearest(
    runner: Runner, made: tuple[Path, Path], wrong: list[str]
) -> None:
    command = "why" if len(wrong) == 1 else "why-not"
    ran = runner("plan", command, *made, *wrong)
    assert (ran.code, ran.out) == (2, "")
    assert "'nothing'" in ran.err


def test_deadlines_list_targets_and_the_way_to_each(runner: Runner, made: tuple[Path, Path]) -> None:
    estate, path = made
    found = answer(runner("plan", "deadlines", estate, path, "--json"))
    assert found["targets"]
    for target in found["targets"]:
        one = answer(runner("plan", "deadlines", estate, path, "--target", target["target"], "--json"))
        assert one["critical_path"] == [item["item"] for item in target["critical_path"]]
        slack = [item["slack_days"] for item in one["items"]]
        assert slack == sorted(slack)
    system, _, _ = later(path)
    items = answer(runner("plan", "deadlines", estate, path, "--item", system, "--json"))["items"]
    assert {item["object"] for item in items} == {f"system:{system}"}
    assert len(items) > 1
    assert runner("plan", "deadlines", estate, path, "--target", "never").code == 2


def test_diff_ends_with_1_only_when_asked_to(runner: Runner, made: tuple[Path, Path]) -> None:
    estate, path = made
    system, slot, _ = later(path)
    plan = read_plan(path)
    other = path.with_name("other.json")
    gone = tuple(item for item in plan.items if item.object_id != system)
    write_plan(other, plan.model_copy(update={"items": gone}))
    same = answer(runner("plan", "diff", path, path, "--json"))
    assert (same["same"], same["moved"]) == (True, [])
    assert runner("plan", "diff", path, path, "--exit-code").code == 0
    found = answer(runner("plan", "diff", path, other, "--json", "--exit-code"), 1)
    assert f"system/{system}/cutover" in found["removed"]
    assert any(wave["wave"].startswith(slot) for wave in found["waves"])
    assert runner("plan", "diff", path, other).code == 0
    counted = answer(runner("plan", "diff", path, other, "--estate", estate, "--json"))
    assert any(cost["before"] != cost["after"] for cost in counted["costs"])


def test_rebase_writes_only_sound_plans(runner: Runner, made: tuple[Path, Path]) -> None:
    estate, path = made
    before = path.read_bytes()
    (estate / "notes.yaml").write_text("teams:\n  - {id: extra, serves: 'id:nobody'}\n", encoding="utf-8")
    found = answer(runner("plan", "rebase", estate, path, "--json"))
    assert (found["sound"], found["path"]) == (True, str(path))
    assert path.read_bytes() != before
    (estate / "frozen.yaml").write_text(
        "freezes:\n  - {id: all, start: 2020-01-01, end: 2030-01-01}\n", encoding="utf-8"
    )
    present = path.read_bytes()
    refused = answer(runner("plan", "rebase", estate, path, "--json"), 1)
    assert (refused["sound"], refused["path"], path.read_bytes()) == (False, None, present)
    assert "H8" in {one["rule"] for one in refused["violations"]}
    assert ["freeze:all"] in refused["changed"].values()


def test_causes_say_what_else_would_have_to_change(runner: Runner, made: tuple[Path, Path]) -> None:
    estate, path = made
    freezes = "freezes:\n" + "".join(f"  - {{id: f{n}, start: 2020-01-01, end: 2030-01-01}}\n" for n in (1, 2))
    (estate / "frozen.yaml").write_text(freezes, encoding="utf-8")
    assert runner("plan", "make", estate, "-o", path, "--effort", "1").code == 3
    ran = runner("plan", "make", estate, "-o", path, "--effort", "1", "--json")
    causes = [cause for entry in json.loads(ran.out)["unplanned"] for cause in entry["causes"]]
    frozen = [cause for cause in causes if cause["code"] == "frozen"]
    assert frozen
    assert all("H8 freeze:f" in cause["data"]["also"] for cause in frozen)


def test_check_works_out_the_costs_of_a_plan_edited_by_hand(runner: Runner, made: tuple[Path, Path]) -> None:
    estate, path = made
    plan = read_plan(path)
    stated = {cost.name: cost.value for cost in plan.objective}
    ran = runner("plan", "check", estate, path, "--json")
    same = {cost["name"]: cost["value"] for cost in json.loads(ran.out)["objective"]}
    assert same == {name: stated[name] for name in same}
    first = plan.objective[0]
    other = first.model_copy(update={"value": first.value + 7})
    write_plan(path, plan.model_copy(update={"objective": (other, *plan.objective[1:])}))
    told = runner("plan", "check", estate, path).out
    assert re.search(rf"S1 .* {other.value} +{first.value} +-7 ", told)


def test_check_counts_the_costs_of_a_plan_that_breaks_rules(runner: Runner, made: tuple[Path, Path]) -> None:
    estate, path = made
    plan = read_plan(path)
    late = max((item for item in plan.items if item.is_cutover), key=lambda item: item.slot)
    items = tuple(item.model_copy(update={"slot": item.slot + 1}) if item is late else item for item in plan.items)
    write_plan(path, plan.model_copy(update={"items": items}))
    ran = runner("plan", "check", estate, path, "--json")
    answer = json.loads(ran.out)
    assert (ran.code, bool(answer["violations"])) == (1, True)
    (end,) = (cost for cost in answer["costs"] if cost["name"] == "end")
    assert (end["before"], end["after"]) == (late.slot, late.slot + 1)


ELSEWHERE = """
name: elsewhere
as_of: 2020-06-30
divisions: [{id: "340000", code: "340000", name: 安徽省, level: province}]
departments: [{id: 340000-xyz, name: 公安厅, division: "340000"}]
systems: [{id: 340000-xyz-0001, department: 340000-xyz, runs_in: "room:xyz-1"}]
rooms: [{id: xyz-1, department: 340000-xyz, division: "340000"}]
"""


@pytest.mark.parametrize(
    "words",
    [("check",), ("why", "ITEM"), ("why-not", "ITEM", "SLOT"), ("deadlines",), ("rebase",)],
    ids=lambda words: words[0],
)
def test_a_plan_of_another_estate_is_refused(runner: Runner, made: tuple[Path, Path], words: tuple[str, ...]) -> None:
    estate, path = made
    system, slot, _ = later(path)
    elsewhere = estate.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "estate.yaml").write_text(ELSEWHERE, encoding="utf-8")
    given = [{"ITEM": system, "SLOT": slot}.get(word, word) for word in words]
    before = path.read_bytes()
    ran = runner("plan", given[0], elsewhere, path, *given[1:])
    assert ran.code == 2
    assert "elsewhere" in ran.err
    assert path.read_bytes() == before
