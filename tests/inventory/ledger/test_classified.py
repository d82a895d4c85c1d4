"""Classified rows leave nothing behind but department and count: not in the estate, not in memory, not in messages."""

from __future__ import annotations

import json
from pathlib import Path

from inventory.ledger import Verdict
from inventory.load import load_estate
from tests.inventory.ledger.support import DATA, bring_in, new_estate

SECRETS = ("甲号", "乙号", "丙号", "丁号", "戊号", "己线", "某地", "10.9.9", "地下二层")


def test_nothing_of_a_classified_row_is_written_or_said(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    planned, _ = bring_in(DATA / "classified.xlsx", estate)
    said = [found.message + json.dumps(dict(found.data), ensure_ascii=False) for found in planned.findings]
    written = [path.read_text(encoding="utf-8") for path in estate.rglob("*") if path.is_file()]
    for text in (*said, *written, repr(planned)):
        assert not [secret for secret in SECRETS if secret in text]


def test_counts_of_two_ledgers_add_up_and_importing_again_does_not_double(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    header = "系统名称,部门,是否涉密\n"
    for name, rows in (("a.csv", 2), ("b.csv", 3), ("a.csv", 2)):
        file = tmp_path / name
        file.write_text(header + "某系统,省公安厅,是\n" * rows, encoding="utf-8")
        bring_in(file, estate)
    stub = load_estate(estate, cache=False).inventory.systems["140000-gat-classified-1"]
    assert (stub.count, stub.classified, stub.name) == (5, True, "")


def test_a_system_that_became_classified_is_pointed_out_by_its_id(tmp_path: Path) -> None:
    estate, file = new_estate(tmp_path), tmp_path / "a.csv"
    file.write_text("系统名称,部门,是否涉密\n某系统,省公安厅,否\n", encoding="utf-8")
    bring_in(file, estate)
    file.write_text("系统名称,部门,是否涉密\n某系统,省公安厅,是\n", encoding="utf-8")
    planned, _ = bring_in(file, estate)
    known = [found for found in planned.findings if found.code == "classified-known"]
    assert [found.id for found in known] == ["140000-gat-0001"]
    assert "某系统" not in known[0].message


def test_words_that_only_sound_classified(tmp_path: Path) -> None:
    estate, file = new_estate(tmp_path), tmp_path / "a.csv"
    names = ("非涉密办公系统", "不涉密文件柜", "商业秘密备案系统")
    file.write_text("系统名称,部门\n" + "".join(f"{name},省公安厅\n" for name in names), encoding="utf-8")
    planned, _ = bring_in(file, estate)
    assert [row.verdict for row in planned.rows] == [Verdict.TAKEN] * 3
    assert [change.plain["name"] for change in planned.changes] == list(names)
