"""``qianyun plan show`` and ``plan connections`` on a small plan of all five tracks."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

import openpyxl
import pytest

from migration.plan import Finding
from tests.migration.small_plan import plan
from tests.ui.commands import Runner
from tests.ui.small_estate import Files, files

__all__ = ["files"]


def asked(runner: Runner, *arguments: object) -> dict[str, Any]:
    ran = runner("plan", *(str(argument) for argument in arguments), "--json")
    assert ran.code == 0, ran
    answer: dict[str, Any] = json.loads(ran.out)
    return answer


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [item["id"] for item in found]


def test_the_whole_plan_has_a_row_for_each_track_and_says_what_it_rests_on(runner: Runner, files: Files) -> None:
    ran = runner("plan", "show", files.plan)
    lines = [line.split() for line in ran.out.splitlines()]
    assert ["system", "6", "4", "0", "2021-01-08", "2021-01-29", "1", "0"] in lines
    assert ["network", "4", "2", "0", "2021-01-13", "2021-01-31", "0", "1"] in lines
    assert "2022" in ran.out
    assert "6VPE" in ran.out
    assert "system/far/cutover: H3" in ran.out
    assert "工作线" in runner("plan", "show", files.plan, "--lang", "zh").out


def test_notes_are_printed_even_without_a_text(runner: Runner, files: Files) -> None:
    files.write(plan(notes=[Finding(rule="H7", code="never-worded", data={"count": 3})]))
    assert "never-worded, count 3" in runner("plan", "show", files.plan).out


def test_a_track(runner: Runner, files: Files) -> None:
    found = asked(runner, "show", files.plan, "--track", "line")
    assert (found["track"], ids(found["items"])) == ("line", ["line/l1/cutover", "line/l1/terminated"])
    ran = runner("plan", "show", files.plan, "--track", "line", "--lang", "zh")
    assert ("退租" in ran.out, "专线一" in ran.out) == (True, True)


def test_a_slot_has_the_waves_of_both_tracks_and_other_items(runner: Runner, files: Files) -> None:
    found = asked(runner, "show", files.plan, "--wave", "2021-W03")
    assert [wave["id"] for wave in found["waves"]] == ["2021-W03/yun", "2021-W03/county-410200"]
    assert [wave["track"] for wave in found["waves"]] == ["system", "network"]
    assert set(ids(found["items"])) == {"network/core/verified", "system/old/switch_off"}
    one = asked(runner, "show", files.plan, "--wave", "2021-W03/county-410200")
    assert (ids(one["waves"][0]["items"]), one["items"]) == (["network/acc/routing"], [])
    ran = runner("plan", "show", files.plan, "--wave", "2021-W03", "--estate", files.estate)
    assert ("routing" in ran.out, "county 开封市" in ran.out) == (True, True)


def test_an_item_of_any_track(runner: Runner, files: Files) -> None:
    found = asked(runner, "show", files.plan, "--item", "network/core/routing")
    assert (found["item"]["id"], found["item"]["name"], found["disposition"]) == ("network/core/routing", "CORE", None)
    room = asked(runner, "show", files.plan, "--item", "room:r1")
    assert (room["item"], ids(room["items"])) == (None, ["room/r1/closed"])
    system = asked(runner, "show", files.plan, "--item", "idp")
    assert system["item"]["id"] == "system/idp/cutover"
    assert set(ids(system["items"])) == {"system/idp/bridge", "system/idp/cutover", "system/idp/replicate"}
    assert system["disposition"]["disposition"] == "rehost"
    stays = asked(runner, "show", files.plan, "--item", "law")
    assert (stays["item"], stays["items"], stays["disposition"]["disposition"]) == (None, [], "colocate")
    bridge = runner("plan", "show", files.plan, "--item", "system/idp/bridge").out
    assert ("NAT" in bridge, "2021-03-02" in bridge, "dependency:oa>idp" in bridge) == (True, True, True)
    assert runner("plan", "show", files.plan, "--item", "network/core/nothing").code == 2


def test_a_department(runner: Runner, files: Files) -> None:
    found = asked(runner, "show", files.plan, "--department", "bureau")
    assert (found["department"], len(found["items"])) == ("bureau", 9)
    assert runner("plan", "show", files.plan, "--department", "nobody").code == 2


def test_targets_with_what_misses_them(runner: Runner, files: Files) -> None:
    found = {
        one["target"]: one
        for one in asked(runner, "show", files.plan, "--targets", "--estate", files.estate)["targets"]
    }
    late = found["late"]
    assert (late["outcome"], late["hard"], late["needed"], late["in_time"], late["reached"]) == (
        "missed", True, 3, 1, "2021-01-29",
    )  # fmt: skip
    assert [miss["object"] for miss in late["misses"]] == ["system:oa", "system:hydj"]
    assert late["misses"][0] | {"item": ""} == {
        "object": "system:oa", "name": "系统oa", "item": "", "day": "2021-01-29", "unplanned": False,
    }  # fmt: skip
    ran = runner("plan", "show", files.plan, "--targets", "--estate", files.estate, "--lang", "zh")
    assert "系统oa (oa) 2021-01-29；系统hydj (hydj) 2021-01-22" in ran.out
    assert "系统far (far) 未排入" in ran.out
    refused = runner("plan", "show", files.plan, "--targets")
    assert (refused.code, "--estate" in refused.err) == (2, True)


def test_assumptions(runner: Runner, files: Files) -> None:
    (row,) = asked(runner, "show", files.plan, "--assumptions")["assumptions"]
    assert (row["track"], row["step"]) == ("system", "cutover")


def test_connections_of_a_slot_open_and_close(runner: Runner, files: Files) -> None:
    found = asked(runner, "connections", files.estate, files.plan, "--slot", "2021-W04")
    (opened,) = found["connections"]
    assert (opened["dependency"], opened["opens"], opened["closes"], opened["bridge"]) == (
        "oa>idp", "2021-01-28", "2021-03-02", "nat",
    )  # fmt: skip
    assert [one["dependency"] for one in found["closing"]] == ["oa>idp"]
    assert found["closing"][0]["closes"] == "2021-01-30"
    assert opened["target"] == {
        "object": "system:idp", "name": "系统idp", "component": None, "pool": "pool-a", "addresses": ["10.0.0.1"],
    }  # fmt: skip


def test_connections_of_a_wave_and_of_days(runner: Runner, files: Files) -> None:
    wave = asked(runner, "connections", files.estate, files.plan, "--wave", "2021-W03/yun")
    assert [one["dependency"] for one in wave["connections"]] == ["far>hydj"]
    assert [(one["dependency"], one["family"]) for one in wave["closing"]] == [
        ("hydj>idp", "ipv4"),
        ("hydj>idp", "ipv6"),
    ]
    days = asked(runner, "connections", files.estate, files.plan, "--from", "2021-01-21", "--to", "2021-01-22")
    assert [one["dependency"] for one in days["connections"]] == ["far>hydj"]
    assert [one["dependency"] for one in days["closing"]] == ["old>idp"]
    every = asked(runner, "connections", files.estate, files.plan)
    assert (len(every["connections"]), every["closing"], every["paths"]) == (8, [], [])


@pytest.mark.parametrize("wrong", [["--wave", "x"], ["--slot", "x"], ["--wave", "2021-W03/yun", "--slot", "2021-W03"]])
def test_connections_refuse_what_is_not_there(runner: Runner, files: Files, wrong: list[str]) -> None:
    ran = runner("plan", "connections", files.estate, files.plan, *wrong)
    assert (ran.code, ran.out) == (2, "")


def test_nothing_to_open_is_said(runner: Runner, files: Files) -> None:
    ran = runner("plan", "connections", files.estate, files.plan, "--slot", "2021-W12")
    assert (ran.code, ran.out) == (0, "nothing has to be opened\n")


def test_connections_as_files_for_firewall_requests(runner: Runner, files: Files) -> None:
    sheet, comma = files.folder / "fw.xlsx", files.folder / "fw.csv"
    ran = runner(
        "plan", "connections", files.estate, files.plan, "--slot", "2021-W04", "--xlsx", sheet, "--csv", comma,
        "--lang", "zh",
    )  # fmt: skip
    assert (ran.code, ran.out) == (0, "")
    book = openpyxl.load_workbook(sheet)
    assert book.sheetnames == ["要开通的临时互通", "可以关闭的临时互通"]
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0][:3] == ("开通日期", "关闭日期", "地址族")
    assert str(rows[1][0]) == "2021-01-28 00:00:00"
    text = comma.read_text(encoding="utf-8")
    assert text.startswith("\ufeff")
    read = list(csv.reader(StringIO(text.removeprefix("\ufeff"))))
    assert [row[0] for row in read] == ["", "开通", "关闭"]
    assert [row[3] for row in read[1:]] == ["IPv4", "IPv4"]
