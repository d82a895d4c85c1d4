"""What a careless user gives to ``qianyun plan``: the wrong file, the wrong estate, two wishes at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migration.plan import Finding, Unplanned
from migration.plan_file import read_plan
from tests.migration.small_plan import plan
from tests.ui.commands import SAYABLE, Runner
from tests.ui.small_estate import Files, files
from ui.reports.rows import unplanned_groups

__all__ = ["files"]


def refused(runner: Runner, *arguments: object) -> str:
    """What a command says that ends with 2 and prints nothing."""
    ran = runner(*map(str, arguments))
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) <= 2
    return ran.err


@pytest.mark.parametrize("option", ["--html", "--xlsx", "--ics", "--md"])
def test_a_report_does_not_replace_its_plan(runner: Runner, files: Files, option: str) -> None:
    before = files.plan.read_bytes()
    assert option in refused(runner, "plan", "export", files.plan, option, files.plan)
    assert files.plan.read_bytes() == before


def test_two_reports_are_two_files(runner: Runner, files: Files) -> None:
    same = files.folder / "same"
    assert "--html" in refused(runner, "plan", "export", files.plan, "--html", same, "--md", same)
    said = refused(runner, "plan", "connections", files.estate, files.plan, "--csv", same, "--xlsx", same)
    assert "--xlsx" in said
    assert not same.exists()


def test_records_of_the_estate_are_not_replaced(runner: Runner, files: Files) -> None:
    records = files.estate / "records.yaml"
    before = records.read_bytes()
    for arguments in (
        ("plan", "make", files.estate, "-o", records),
        ("plan", "export", files.plan, "--estate", files.estate, "--md", records),
        ("plan", "connections", files.estate, files.plan, "--csv", records),
    ):
        assert "records" in refused(runner, *arguments)
    assert records.read_bytes() == before
    hidden = files.estate / ".qianyun" / "plan.md"
    assert runner("plan", "export", files.plan, "--estate", files.estate, "--md", hidden).code == 0


@pytest.mark.parametrize(
    "words", [["connections", "{estate}", "{plan}"], ["show", "{plan}", "--targets", "--estate", "{estate}"]]
)
def test_an_estate_without_any_object_of_the_plan_is_refused(runner: Runner, files: Files, words: list[str]) -> None:
    said = refused(runner, "plan", *(word.format(estate=SAYABLE, plan=files.plan) for word in words))
    assert str(SAYABLE) in said


def test_objects_that_the_estate_lacks_are_counted(runner: Runner, files: Files) -> None:
    records = files.estate / "records.yaml"
    records.write_text(records.read_text(encoding="utf-8").replace("- id: old\n", "- id: older\n"), encoding="utf-8")
    ran = runner("plan", "connections", files.estate, files.plan)
    assert ran.code == 0
    assert "1 object of the plan is not in this estate, the first is system:old" in ran.err


def test_one_view_at_a_time(runner: Runner, files: Files) -> None:
    assert "--track --unplanned" in refused(runner, "plan", "show", files.plan, "--track", "room", "--unplanned")


@pytest.mark.parametrize("option", ["--department", "--item", "--wave"])
def test_an_empty_name_is_no_name(runner: Runner, files: Files, option: str) -> None:
    assert option in refused(runner, "plan", "show", files.plan, option, "")


def test_days_the_wrong_way_round(runner: Runner, files: Files) -> None:
    span = ["--from", "2021-02-01", "--to", "2021-01-01"]
    assert "2021-02-01" in refused(runner, "plan", "connections", files.estate, files.plan, *span)


def test_churn_against_the_plan_in_force(runner: Runner, tmp_path: Path) -> None:
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    assert runner("plan", "make", SAYABLE, "-o", first, "--effort", "1").code == 0
    rows = json.loads(runner("plan", "make", SAYABLE, "-o", second, "--effort", "1", "--against", first, "--json").out)
    assert [row["value"] for row in rows["objective"] if row["rule"] == "S6"] == [0]
    later = runner(
        "plan", "make", SAYABLE, "-o", second, "--effort", "1", "--against", first, "--now", "2021-06-01", "--json"
    )
    (churn,) = (cost for cost in read_plan(second).objective if cost.rule == "S6")
    assert 0 < churn.value <= len(json.loads(later.out)["objective"]) * len(read_plan(first).items)
    assert "S6" not in runner("plan", "make", SAYABLE, "-o", second, "--effort", "1").out
    assert "does not exist" in refused(runner, "plan", "make", SAYABLE, "-o", second, "--against", tmp_path / "no.json")


def waits(item: str, *awaited: str) -> Unplanned:
    causes = (Finding(rule="H9", code="gate-unplanned", data={"first": one, "count": 1}) for one in awaited)
    return Unplanned(item=item, causes=tuple(causes))


ALONE = Unplanned(item="system/a/cutover", causes=(Finding(rule="H8", code="no-pools"),))
ENTRIES = (
    ALONE,
    waits("system/a/prepare", "system/a/cutover"),
    waits("system/a/verify", "system/a/cutover"),
    waits("system/a/decommission", "system/a/verify"),
    waits("system/b/cutover", "system/a/cutover"),
    waits("line/c/notice", "line/c/terminated", "system/a/cutover"),
    waits("room/r/emptied", "room/r/closed"),
    waits("room/r/closed", "room/r/emptied"),
)


def test_what_waits_for_a_step_of_its_object_stands_below_it() -> None:
    groups = {entry.item: [one.item for one in waiting] for entry, waiting in unplanned_groups(ENTRIES)}
    assert groups["system/a/cutover"] == ["system/a/prepare", "system/a/verify", "system/a/decommission"]
    assert groups["system/b/cutover"] == groups["line/c/notice"] == []
    together = [item for item, waiting in groups.items() for item in (item, *waiting)]
    assert sorted(together) == sorted(entry.item for entry in ENTRIES)


def test_unplanned_steps_are_told_once(runner: Runner, files: Files) -> None:
    files.write(plan(unplanned=ENTRIES[:4]))
    ran = runner("plan", "show", files.plan, "--unplanned")
    assert ran.out.startswith("4 items have no place in this plan:\n")
    assert len(ran.out.splitlines()) == 3
    assert "prepare, hypercare, decommission the source" in ran.out
    assert "准备、割接后保障、旧环境下线" in runner("plan", "show", files.plan, "--unplanned", "--lang", "zh").out
    answer = json.loads(runner("plan", "show", files.plan, "--unplanned", "--json").out)
    assert [entry["item"] for entry in answer["unplanned"]] == [entry.item for entry in ENTRIES[:4]]
