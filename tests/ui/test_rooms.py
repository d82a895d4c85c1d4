"""``qianyun rooms`` and ``qianyun systems``: answers, files, exit codes, bad input, both languages."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from migration.rooms.colocation_model import Colocation
from tests.borders.tree import ROOT
from tests.ui.commands import Runner
from tests.ui.made_rooms import write_rooms


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    return write_rooms(tmp_path / "estate")


def answer(runner: Runner, *arguments: str | Path, code: int = 0) -> dict[str, Any]:
    ran = runner(*arguments, "--json")
    assert ran.code == code, ran
    found: dict[str, Any] = json.loads(ran.out)
    assert found["format"] == 1
    assert found["quarantined"] == 0
    return found


# ---- rooms show ----


def test_show_says_what_stands_there_and_what_keeps_it(runner: Runner, estate: Path) -> None:
    made = answer(runner, "rooms", "show", estate, "gaj-1")
    assert made["planned"] is False
    room = made["rooms"][0]
    assert (room["room"], room["state"], room["recorded"], room["intention"]) == ("gaj-1", "full", "full", "close")
    assert [(thing["kind"], thing["id"], thing["after"]) for thing in room["stands"]] == [
        ("system", "old", "system/old/remove"),
        ("asset", "zc-1", ""),
        ("asset", "zc-2", ""),
    ]
    assert [(thing["id"], thing["reason"]["code"]) for thing in room["blockers"]] == [
        ("zc-1", "to-colocate"),
        ("zc-2", "to-colocate"),
    ]
    assert [entry["code"] for entry in room["missing"]] == ["asset-use-unknown"]
    assert (room["lease"]["code"], room["lease"]["extension_days"], room["lease"]["extension_yuan"]) == (
        "lease-over",
        3,
        300,
    )
    assert "300 yuan" in room["lease"]["message"]


def test_show_with_a_plan_gives_days(runner: Runner, estate: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    assert runner("plan", "make", estate, "-o", plan, "--effort", "1").code in (0, 3)
    room = answer(runner, "rooms", "show", estate, "gaj-1", "--plan", plan)["rooms"][0]
    assert room["stands"][0]["gone"] > "2021-01-04"
    assert room["lease"]["code"] in ("lease-too-early", "lease-open")


@pytest.mark.parametrize(("language", "words"), [("en", "goes to a colocation room"), ("zh", "应搬入托管机房")])
def test_show_in_both_languages(runner: Runner, estate: Path, language: str, words: str) -> None:
    ran = runner("rooms", "show", estate, "room:gaj-1", "--lang", language)
    assert ran.code == 0
    assert words in ran.out
    table = runner("rooms", "show", estate, "--lang", language)
    assert "gaj-1" in table.out
    assert "hub" in table.out


def test_an_unknown_room_is_named_with_the_nearest(runner: Runner, estate: Path) -> None:
    ran = runner("rooms", "show", estate, "gaj-2")
    assert ran.code == 2
    assert "gaj-1" in ran.err


def test_a_lease_that_ends_before_the_line_does(runner: Runner, tmp_path: Path) -> None:
    case, plan = ROOT / "tests" / "data" / "consolidation" / "lease-too-short" / "estate", tmp_path / "plan.json"
    assert runner("plan", "make", case, "-o", plan, "--effort", "1").code in (0, 3)
    rooms = {room["room"]: room for room in answer(runner, "rooms", "show", case, "--plan", plan)["rooms"]}
    early, late = rooms["mzt-1"]["lease"], rooms["mzt-2"]["lease"]
    assert (early["code"], early["late"]) == ("lease-too-early", ["line:short"])
    assert early["extension_days"] > 0
    assert "no fee on record" in early["message"]
    assert (late["code"], late["extension_days"], late["late"]) == ("lease-in-time", 0, [])


def test_reports_say_what_keeps_rooms_and_what_a_longer_lease_costs(
    runner: Runner, estate: Path, tmp_path: Path
) -> None:
    plan, book = tmp_path / "plan.json", tmp_path / "plan.xlsx"
    assert runner("plan", "make", estate, "-o", plan, "--effort", "1").code in (0, 3)
    assert runner("plan", "export", plan, "--estate", estate, "--xlsx", book).code == 0
    sheets = ([*sheet.iter_rows(values_only=True)] for sheet in load_workbook(book).worksheets)
    rows = next(found for found in sheets if "Blockers" in found[0])
    row = dict(zip(rows[0], rows[1], strict=True))
    lease = answer(runner, "rooms", "show", estate, "gaj-1", "--plan", plan)["rooms"][0]["lease"]
    assert (row["Blockers"], row["Longer lease, yuan"]) == (2, round(lease["extension_yuan"]))


# ---- rooms transfer ----


def test_transfer_writes_lists_that_come_back(runner: Runner, estate: Path, tmp_path: Path) -> None:
    lists = tmp_path / "lists"
    made = answer(runner, "rooms", "transfer", estate, "--to", "dsjj", "--output", lists)
    assert made["to"] == "department:dsjj"
    assert [(entry["giver"], entry["assets"], entry["file"]) for entry in made["lists"]] == [
        ("gaj", 2, str(lists / "transfer-gaj.xlsx"))
    ]
    back = answer(runner, "rooms", "transfer", estate, "--check", lists / "transfer-gaj.xlsx")
    assert (back["differences"], back["rows"], back["hash"]) == ([], 2, made["lists"][0]["hash"])


def test_a_difference_has_its_cell_and_ends_with_1(runner: Runner, estate: Path, tmp_path: Path) -> None:
    path = tmp_path / "lists" / "transfer-gaj.xlsx"
    assert runner("rooms", "transfer", estate, "--to", "room:hub", "-o", path.parent).code == 0
    book = load_workbook(path)
    assert book.active is not None
    book.active["D7"] = "SN999"
    book.save(path)
    made = answer(runner, "rooms", "transfer", estate, "--check", path, code=1)
    assert [(entry["code"], entry["asset"], entry["cell"]) for entry in made["differences"]] == [
        ("other-serial", "zc-2", "D7")
    ]
    ran = runner("rooms", "transfer", estate, "--check", path, "--lang", "zh")
    assert (ran.code, "序列号不符" in ran.out, "SN999" in ran.out) == (1, True, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--to", "dsj"], "nearest: dsjj"),
        (["--to", "gaj"], "no assets to hand over"),
        (["--to", "dsjj", "--room", "gaj-9"], "gaj-1"),
        (["--to", "dsjj", "--department", "ga"], "gaj"),
    ],
)
def test_wrong_names(runner: Runner, estate: Path, tmp_path: Path, arguments: list[str], words: str) -> None:
    ran = runner("rooms", "transfer", estate, *arguments, "-o", tmp_path / "lists")
    assert ran.code == 2
    assert words in ran.err
    assert not (tmp_path / "lists").exists()


def test_what_is_needed_is_said(runner: Runner, estate: Path, tmp_path: Path) -> None:
    assert "--to" in runner("rooms", "transfer", estate, "-o", tmp_path / "x").err
    assert "--output" in runner("rooms", "transfer", estate, "--to", "dsjj").err
    assert "--check" in runner("rooms", "transfer", estate, "--to", "dsjj", "--check", tmp_path / "x.xlsx").err


def test_nothing_is_written_among_the_records(runner: Runner, estate: Path) -> None:
    ran = runner("rooms", "transfer", estate, "--to", "dsjj", "-o", estate / "lists")
    assert ran.code == 2
    assert not (estate / "lists").exists()


# ---- rooms colocate ----


def test_colocate_writes_a_list_for_each_window(runner: Runner, estate: Path, tmp_path: Path) -> None:
    moves = tmp_path / "moves"
    made = answer(runner, "rooms", "colocate", estate, "-o", moves)
    assert made["violations"] == []
    assert made["unplaced"] == {}
    assert {(move["asset"], move["room"], move["rack"], move["position"]) for move in made["moves"]} == {
        ("zc-2", "hub", "R01", 1),
        ("zc-1", "hub", "R01", 5),
    }
    assert [Path(path).name for path in made["paths"]] == ["moves-2021-01-04-gaj-1.xlsx", "moves.csv"]
    rows = list(csv.reader((moves / "moves.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row[3] for row in rows[1:]] == ["zc-2", "zc-1"]
    assert load_workbook(moves / "moves-2021-01-04-gaj-1.xlsx").active is not None


def test_what_has_no_place_is_told_and_ends_with_1(runner: Runner, estate: Path) -> None:
    records = estate / "records.yaml"
    text = records.read_text(encoding="utf-8").replace("height_units: 4", "height_units: 50")
    records.write_text(text.replace("racks: 1, rack_units: 42", "racks: 1, rack_units: 60"), encoding="utf-8")
    made = answer(runner, "rooms", "colocate", estate, code=1)
    assert made["unplaced"]["zc-2"]["data"] == {"room": "hub", "need": 50, "free": 42}
    ran = runner("rooms", "colocate", estate, "--lang", "zh")
    assert (ran.code, "最长的空位只有 42 U" in ran.out) == (1, True)


def test_a_placement_that_the_check_refuses_ends_with_1(
    runner: Runner, estate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from migration.rooms import colocation

    place = colocation.colocate

    def broken(*arguments: Any) -> Colocation:
        made = place(*arguments)
        return made.model_copy(update={"moves": tuple(m.model_copy(update={"position": 1}) for m in made.moves)})

    monkeypatch.setattr(colocation, "colocate", broken)
    ran = runner("rooms", "colocate", estate)
    assert ran.code == 1
    assert "unit-taken" in ran.err


def test_no_room_without_racks(runner: Runner, estate: Path) -> None:
    records = estate / "records.yaml"
    text = records.read_text(encoding="utf-8").replace("racks: 2, rack_units: 84, ", "")
    records.write_text(text, encoding="utf-8")
    ran = runner("rooms", "colocate", estate)
    assert ran.code == 2
    assert "hub" in ran.err
    assert "no racks" in ran.err


# ---- systems ----


def test_candidates_with_their_evidence(runner: Runner, estate: Path) -> None:
    made = answer(runner, "systems", "retire-candidates", estate)
    assert (made["looked_at"], made["unknown_use"]) == (2, ["mail"])
    found = made["candidates"][0]
    assert (found["system"], found["kinds"], found["weight"], found["rule"]) == (
        "old", ["zombie"], "strong", "default:zombie"
    )  # fmt: skip
    assert found["evidence"][0]["message"] == "last used on 2019-05-06, 609 days ago"
    assert "登录日志" in runner("systems", "retire-candidates", estate, "--lang", "zh").out


def test_generic_products(runner: Runner, estate: Path) -> None:
    made = answer(runner, "systems", "generic", estate)
    assert made["items"] == [
        {
            "department": "gaj",
            "kind": "mail",
            "systems": ["mail"],
            "data_gib": 40.0,
            "users": 0,
            "product": "",
            "found_by": "",
            "rules": ["default:generic"],
            "missing": ["product"],
            "prepared": None,
            "switched_off": None,
        }
    ]
    assert "统一产品" in runner("systems", "generic", estate, "--lang", "zh").out
