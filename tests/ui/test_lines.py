"""``qianyun lines``: small estates with what must come out of each, beside them in ``expected.yaml``.

What expected.yaml does not name may be anything. ``decisions``: fields by record. ``steps``: of a plan, by object.
``waves``: of items. ``after``: items and one that must have ended before. ``later``: object, step and a day that it
misses.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from migration.consolidation.tables.rules import EXIT_RULES, LINE_RULES, NETWORK_RULES
from migration.plan import Plan
from migration.plan_file import read_plan
from tests.borders.tree import ROOT
from tests.ui.commands import Runner
from ui.texts import has_text, set_language

ESTATES = ROOT / "tests" / "data" / "consolidation"
NAMES = sorted(path.parent.name for path in ESTATES.glob("*/expected.yaml"))
KAIFENG = ROOT / "examples" / "kaifeng"


def plain(value: Any) -> Any:
    """YAML's days as JSON has them."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = plain(yaml.safe_load((ESTATES / name / "expected.yaml").read_text(encoding="utf-8")))
    return found


def within(wanted: Any, given: Any) -> Any:
    """What is given, cut to what is wanted of it."""
    if isinstance(wanted, dict) and isinstance(given, dict):
        return {key: within(wanted[key], given[key]) for key in wanted if key in given}
    if isinstance(wanted, list) and isinstance(given, list) and len(wanted) == len(given):
        return [within(one, other) for one, other in zip(wanted, given, strict=True)]
    return given


def answer(runner: Runner, *words: str | Path) -> dict[str, Any]:
    ran = runner("lines", *words, "--json")
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def by_line(found: dict[str, Any]) -> dict[str, Any]:
    return {row["line"]: row for row in found["decisions"]}


def test_all_seven_estates_are_here() -> None:
    assert len(NAMES) == 7


@pytest.mark.parametrize("name", NAMES)
def test_what_becomes_of_lines(runner: Runner, name: str) -> None:
    wanted = expected(name)
    found = answer(runner, "plan", ESTATES / name / "estate")
    assert found["quarantined"] == 0
    given = found | {"decisions": by_line(found)}
    assert given["decisions"].keys() == wanted["decisions"].keys()
    for key in ("decisions", "upgrades", "unplaced", "findings", "networks", "classified"):
        if key in wanted:
            assert within(wanted[key], given[key]) == wanted[key]


@pytest.mark.parametrize("name", NAMES)
def test_the_plan_follows(runner: Runner, name: str, tmp_path: Path) -> None:
    wanted, file = expected(name), tmp_path / "plan.json"
    estate = ESTATES / name / "estate"
    assert runner("plan", "make", estate, "-o", file, "--effort", "1").code == 0
    assert runner("plan", "check", estate, file).code == 0
    plan: Plan = read_plan(file)
    for key, steps in wanted.get("steps", {}).items():
        assert {item.step for item in plan.items if item.object == key} == set(steps)
    for item, wave in wanted.get("waves", {}).items():
        assert plan.by_id[item].wave == wave
    for item, before in wanted.get("after", []):
        assert plan.by_id[item].start > plan.by_id[before].end
    for key, step, day in wanted.get("later", []):
        late = next(item for item in plan.items if (item.object, item.step) == (key, step))
        assert late.end > dt.date.fromisoformat(day)


@pytest.mark.parametrize("name", NAMES)
def test_lines_move_when_the_plan_says(runner: Runner, name: str, tmp_path: Path) -> None:
    file, estate = tmp_path / "plan.json", ESTATES / name / "estate"
    assert runner("plan", "make", estate, "-o", file, "--effort", "1").code == 0
    plan = read_plan(file)
    for row in answer(runner, "plan", estate, "--plan", file)["decisions"]:
        item = plan.by_id.get(f"line/{row['line']}/cutover")
        if row["slot"] is not None and row["kind"] == "line" and item is not None:
            assert row["slot"] >= item.slot
    stored = {entry.record: entry.outcome for entry in plan.outcomes}
    assert stored == {
        f"{row['kind']}:{row['line']}": row["decision"] for row in answer(runner, "plan", estate)["decisions"]
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_record_can_be_shown_and_explained(runner: Runner, name: str, language: str) -> None:
    estate = ESTATES / name / "estate"
    for line, wanted in expected(name)["decisions"].items():
        shown = answer(runner, "show", estate, line)
        assert shown["decision"]["decision"] == wanted["decision"]
        assert shown["record"]["id"] == line
        why = answer(runner, "why", estate, line)
        deciding = [row for row in why["looked"] if row["decides"]]
        assert [(row["decision"], row["holds"]) for row in deciding] == [(wanted["decision"], True)]
        assert deciding[0]["text"] == why["reason"] == shown["decision"]["reason"]
        for command in ("show", "why"):
            ran = runner("lines", command, estate, line, "--lang", language)
            assert (ran.code, line in ran.out) == (0, True)


def test_what_finds_no_bandwidth_is_kept_unless_people_decided(runner: Runner, tmp_path: Path) -> None:
    estate = tmp_path / "estate"
    shutil.copytree(ESTATES / "needs-upgrade" / "estate", estate)
    base = (estate / "base.yaml").read_text(encoding="utf-8")
    start = base.index("    upgrades:")
    (estate / "base.yaml").write_text(base[:start] + base[base.index("\n", start) + 1 :], encoding="utf-8")
    found = answer(runner, "plan", estate)
    row = by_line(found)["wide"]
    assert (row["decision"], row["code"], row["by"]) == ("keep", "no-capacity", "no-route")
    assert row["data"] == {"link": "p-c", "mbps": 20, "free": 10}
    assert row["review"] is not None
    assert [each["line"] for each in found["unplaced"]] == ["wide"]
    why = answer(runner, "why", estate, "wide")
    assert (why["decision"], why["by"]) == ("keep", "no-route")
    assert [each["rule"] for each in why["looked"] if each["holds"]] == ["default:moves", "no-route"]
    assert "p-c" in why["reason"]
    lines = (estate / "lines.yaml").read_text(encoding="utf-8")
    decided = lines.replace("9000}", "9000, decisions: {outcome: {value: move, reason: 必须迁}}}")
    (estate / "lines.yaml").write_text(decided, encoding="utf-8")
    found = answer(runner, "plan", estate)
    assert (by_line(found)["wide"]["decision"], found["unplaced"][0]["code"]) == ("move", "no-capacity")


EXITS = """\
internet_exits:
  - {id: unified, division: 140000, bandwidth_mbps: 100, p95_mbps: 40}
  - id: late
    department: mzt
    bandwidth_mbps: 50
    p95_mbps: 20
    contract_end: 2021-03-02
    public_addresses: [203.0.113.7]
    rules: [permit 443]
  - {id: early, department: jyj, bandwidth_mbps: 50, p95_mbps: 25, contract_end: 2021-12-31}
"""


def test_exits_merge_in_the_order_of_their_cutovers(runner: Runner, tmp_path: Path) -> None:
    estate, file = tmp_path / "estate", tmp_path / "plan.json"
    shutil.copytree(ESTATES / "cannot-move" / "estate", estate)
    (estate / "exits.yaml").write_text(EXITS, encoding="utf-8")
    found = answer(runner, "plan", estate)
    # 40 of 70 Mbit/s are used: the exit whose contract ends first fits, the other one lacks 15.
    assert [(row["exit"], row["missing_mbps"]) for row in found["exits"]] == [("late", 0), ("early", 15)]
    assert (found["exits"][0]["addresses"], found["exits"][0]["rules"]) == (["203.0.113.7"], ["permit 443"])
    kept = by_line(found)["early"]
    assert (kept["decision"], kept["code"], kept["data"]["missing"]) == ("keep", "exit-full", 15)
    assert runner("plan", "make", estate, "-o", file, "--effort", "1").code == 0
    planned = {row["exit"]: row for row in answer(runner, "plan", estate, "--plan", file)["exits"]}
    assert planned["late"]["day"] == read_plan(file).by_id["line/late/cutover"].start.isoformat()
    shown = runner("lines", "show", estate, "late")
    assert "203.0.113.7" in shown.out
    assert "early" in runner("lines", "plan", estate).out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_rule_has_words(language: str) -> None:
    set_language(language)
    codes = {rule.code for rules in (LINE_RULES, NETWORK_RULES, EXIT_RULES) for rule in rules}
    keys = [f"lines.{part}.{code}" for part in ("reason", "looked") for code in codes]
    lacking = [key for key in (*keys, "lines.reason.by-hand", "lines.reason.by-rule") if not has_text(key)]
    set_language("en")
    assert lacking == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_exits_are_explained_in_words(runner: Runner, language: str) -> None:
    for id in ("410200-exit", "410200-scjdglj-exit", "internet_exit:410200-ylbzj-exit"):
        ran = runner("lines", "why", KAIFENG, id, "--lang", language)
        assert (ran.code, "default:exit-full" in ran.out) == (0, True)


def test_the_answer_can_be_written_but_not_into_the_estate(runner: Runner, tmp_path: Path) -> None:
    estate = ESTATES / "cannot-move" / "estate"
    file = tmp_path / "lines.json"
    found = answer(runner, "plan", estate, "--write", file)
    written = json.loads(file.read_text(encoding="utf-8"))
    assert written["decisions"] == found["decisions"]
    assert runner("lines", "plan", estate, "--write", estate / "lines.json").code == 2
    assert not (estate / "lines.json").exists()


def test_classified_stubs_are_counted_and_nothing_else(runner: Runner) -> None:
    estate = ESTATES / "mixed-network" / "estate"
    for command in ("show", "why"):
        ran = runner("lines", command, estate, "jyj-0001")
        assert ran.code == 0
        assert "classified stub" in ran.out
        assert answer(runner, command, estate, "jyj-0001")["decision"] is None


def test_an_unknown_line_is_refused_with_the_nearest(runner: Runner) -> None:
    for name in ("partnr", "line:partnr", "room:partner"):
        ran = runner("lines", "show", ESTATES / "cannot-move" / "estate", name)
        assert ran.code == 2
        assert "partner" in ran.err


def test_what_rests_on_an_error_is_held_back(runner: Runner) -> None:
    bad = ROOT / "tests" / "data" / "bad" / "consolidation"
    found = answer(runner, "plan", bad)
    assert found["quarantined"] == 11
    assert found["held"] == [
        {"kind": "internet_exit", "line": "own", "because": "internet_exit:unified"},
        {"kind": "line", "line": "on-broken", "because": "system:broken"},
        {"kind": "line", "line": "over-zero", "because": "link:core-edge"},
    ]
    assert "sound" in by_line(found)
    assert "system:broken" in runner("lines", "why", bad, "on-broken").out


def test_a_city_in_words(runner: Runner) -> None:
    ran = runner("lines", "plan", KAIFENG, "--lang", "zh")
    assert ran.code == 0
    assert "迁入外网" in ran.out
    assert "与决定相抵触" in ran.err
    everything = runner("lines", "plan", KAIFENG, "--all")
    assert everything.out.count("-zx-") >= 300
