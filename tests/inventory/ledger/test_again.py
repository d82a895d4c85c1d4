"""Importing again: ids stay, changes arrive, hand edits and comments stay, what is gone is said."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from inventory.ledger import Action, LedgerMap, Level, Verdict, read_map, read_memory
from inventory.load import load_estate
from tests.inventory.ledger.support import DATA, bring_in, new_estate, plan

HEADER = "系统名称,部门,等保等级,用户数,服务器配置,备注\n"
FIRST = "甲系统,省民政厅,二级,100,8核/16G/200G,说明一\n乙系统,省民政厅,三级,50,4核/8G/100G,\n"


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    return new_estate(tmp_path)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "台账.csv"


def write(ledger: Path, rows: str) -> Path:
    ledger.write_text(HEADER + rows, encoding="utf-8")
    return ledger


def own_file(estate: Path) -> Path:
    return estate / "ledgers" / "systems-taizhang.yaml"


def test_a_changed_row_updates_its_record_under_the_same_id(estate: Path, ledger: Path) -> None:
    bring_in(write(ledger, FIRST), estate)
    planned, report = bring_in(write(ledger, FIRST.replace("二级,100", "三级,120")), estate)
    assert [(row.id, row.action) for row in planned.rows] == [
        ("140000-mzt-0001", Action.CHANGED),
        ("140000-mzt-0002", Action.SAME),
    ]
    assert (report.new, report.changed) == (0, 1)
    system = load_estate(estate, cache=False).inventory.systems["140000-mzt-0001"]
    assert (system.grade, system.users) == (3, 120)
    assert system.components[0].vcpu == 8


def test_hand_edits_and_comments_stay(estate: Path, ledger: Path) -> None:
    bring_in(write(ledger, FIRST), estate)
    text = own_file(estate).read_text(encoding="utf-8")
    text = text.replace("users: 100", "users: 777  # counted in June")
    text = text.replace("  - id: 140000-mzt-0002", "  # the second one\n  - id: 140000-mzt-0002")
    own_file(estate).write_text(text, encoding="utf-8")
    planned, _ = bring_in(write(ledger, FIRST.replace("二级,100", "三级,120")), estate)
    kept = [found for found in planned.findings if found.level is Level.KEPT]
    assert [(found.field, found.data["current"], found.data["ledger"]) for found in kept] == [("users", "777", "120")]
    after = own_file(estate).read_text(encoding="utf-8")
    assert "users: 777" in after
    assert "# counted in June" in after
    assert "  # the second one\n  - id: 140000-mzt-0002" in after
    assert load_estate(estate, cache=False).inventory.systems["140000-mzt-0001"].grade == 3


def test_a_hand_edit_is_kept_import_after_import_until_the_ledger_agrees(estate: Path, ledger: Path) -> None:
    bring_in(write(ledger, FIRST), estate)
    own_file(estate).write_text(
        own_file(estate).read_text(encoding="utf-8").replace("users: 100", "users: 777"), "utf-8"
    )
    for users in ("120", "130"):
        planned, _ = bring_in(write(ledger, FIRST.replace("二级,100", f"二级,{users}")), estate)
        assert any(found.code == "kept-field" for found in planned.findings)
    bring_in(write(ledger, FIRST.replace("二级,100", "二级,777")), estate)
    planned, _ = bring_in(write(ledger, FIRST.replace("二级,100", "二级,800")), estate)
    assert planned.rows[0].action is Action.CHANGED
    assert load_estate(estate, cache=False).inventory.systems["140000-mzt-0001"].users == 800


def test_an_emptied_cell_empties_the_field_and_an_unreadable_one_does_not(estate: Path, ledger: Path) -> None:
    bring_in(write(ledger, FIRST), estate)
    bring_in(write(ledger, FIRST.replace("二级,100,8核/16G/200G,说明一", "二级,很多,8核/16G/200G,")), estate)
    system = load_estate(estate, cache=False).inventory.systems["140000-mzt-0001"]
    assert system.note == ""
    assert system.users == 100


def test_a_column_that_is_gone_says_nothing(estate: Path, ledger: Path) -> None:
    bring_in(write(ledger, FIRST), estate)
    ledger.write_text("系统名称,部门\n甲系统,省民政厅\n乙系统,省民政厅\n", encoding="utf-8")
    planned, _ = bring_in(ledger, estate)
    assert [row.action for row in planned.rows] == [Action.SAME, Action.SAME]
    assert planned.memory.records["system", "140000-mzt-0001"].last["users"] == 100


def test_parts_split_by_hand_are_not_put_together_again(estate: Path, ledger: Path) -> None:
    bring_in(write(ledger, FIRST), estate)
    text = own_file(estate).read_text(encoding="utf-8")
    one = "- {id: main, vcpu: 8, memory_gib: 16, storage_gib: 200}"
    assert one in text
    two = "- {id: web, vcpu: 2}\n      - {id: db, vcpu: 6}"
    own_file(estate).write_text(text.replace(one, two), encoding="utf-8")
    bring_in(write(ledger, FIRST.replace("8核/16G", "16核/32G")), estate)
    system = load_estate(estate, cache=False).inventory.systems["140000-mzt-0001"]
    assert [(part.id, part.vcpu) for part in system.components] == [("web", 2), ("db", 6)]


def test_new_rows_are_added_and_lost_ones_are_said(estate: Path, ledger: Path) -> None:
    bring_in(write(ledger, FIRST), estate)
    lines = FIRST.splitlines(keepends=True)
    planned, report = bring_in(write(ledger, lines[0] + "丙系统,省公安厅,二级,1,,\n"), estate)
    assert [found.id for found in planned.findings if found.code == "gone-from-ledger"] == ["140000-mzt-0002"]
    assert report.new == 1
    systems = load_estate(estate, cache=False).inventory.systems
    assert set(systems) == {"140000-mzt-0001", "140000-mzt-0002", "140000-gat-0001"}


def test_ids_are_never_used_again(estate: Path, ledger: Path) -> None:
    bring_in(write(ledger, FIRST), estate)
    own = own_file(estate).read_text(encoding="utf-8")
    own_file(estate).write_text(own[: own.index("  - id: 140000-mzt-0002")], encoding="utf-8")
    planned, _ = bring_in(write(ledger, FIRST + "丁系统,省民政厅,二级,1,,\n"), estate)
    assert [(row.id, row.verdict) for row in planned.rows] == [
        ("140000-mzt-0001", Verdict.TAKEN),
        ("140000-mzt-0002", Verdict.REFUSED),
        ("140000-mzt-0003", Verdict.TAKEN),
    ]
    assert "kept-deleted" in [found.code for found in planned.findings]


def test_a_record_declared_by_hand_is_known_by_name_and_only_completed(estate: Path, ledger: Path) -> None:
    by_hand = estate / "own.yaml"
    by_hand.write_text(
        "systems:\n  - id: hand-1\n    name: 甲系统  # ours\n    department: 140000-mzt\n    grade: 4\n",
        encoding="utf-8",
    )
    planned, _ = bring_in(write(ledger, FIRST), estate)
    assert planned.rows[0].id == "hand-1"
    system = load_estate(estate, cache=False).inventory.systems["hand-1"]
    assert (system.grade, system.users) == (4, 100)
    assert "# ours" in by_hand.read_text(encoding="utf-8")


def test_a_record_in_a_table_file_is_not_edited(estate: Path, ledger: Path) -> None:
    (estate / "systems.csv").write_text("id,name,department\nhand-1,甲系统,140000-mzt\n", encoding="utf-8")
    planned, _ = bring_in(write(ledger, FIRST), estate)
    assert planned.rows[0].verdict is Verdict.REFUSED
    assert "known-elsewhere" in [found.code for found in planned.findings]
    assert (estate / "systems.csv").read_text(encoding="utf-8") == "id,name,department\nhand-1,甲系统,140000-mzt\n"


def test_dry_run_is_the_same_plan_and_leaves_no_trace(estate: Path, ledger: Path) -> None:
    before = sorted(estate.rglob("*"))
    plan(write(ledger, FIRST), estate)
    assert sorted(estate.rglob("*")) == before


def test_a_map_settles_headers_and_names_and_is_kept(estate: Path, tmp_path: Path) -> None:
    file = tmp_path / "map.yaml"
    file.write_text(
        "headers: {系统全名: name, 归口: department, 系统名字: ignore, 承建厂家: ignore, 系统级别: criticality}\n"
        "names: {民政: 140000-mzt}\nsheets: {汇总: systems}\n",
        encoding="utf-8",
    )
    planned, report = bring_in(DATA / "unsettled.xlsx", estate, read_map(file))
    assert planned.unknown_headers == ()
    assert [(row.id, row.verdict) for row in planned.rows] == [("140000-mzt-0001", Verdict.TAKEN)]
    assert ".qianyun/ledgers/map.yaml" in report.written
    assert load_estate(estate, cache=False).inventory.systems["140000-mzt-0001"].criticality == "high"
    again, _ = bring_in(DATA / "unsettled.xlsx", estate)
    assert again.rows[0].action is Action.SAME


def test_the_kept_map_keeps_its_comments(estate: Path) -> None:
    kept = estate / ".qianyun" / "ledgers" / "map.yaml"
    kept.parent.mkdir(parents=True)
    kept.write_text("headers:\n  承建厂家: ignore  # not ours\n", encoding="utf-8")
    bring_in(DATA / "english.xlsx", estate, LedgerMap(headers={"Vendor": {"": "ignore"}}))
    text = kept.read_text(encoding="utf-8")
    assert "# not ours" in text
    assert yaml.safe_load(text)["headers"] == {"承建厂家": "ignore", "Vendor": "ignore"}


def test_memory_is_what_was_written(estate: Path, ledger: Path) -> None:
    planned, _ = bring_in(write(ledger, FIRST), estate)
    assert read_memory(estate).records == planned.memory.records
