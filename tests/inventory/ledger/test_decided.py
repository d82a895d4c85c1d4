"""Ledgers that say what was decided about a line, and what evidence a system has."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from inventory.kinds.systems import EvidenceKind
from inventory.ledger import Verdict
from inventory.load import load_estate
from tests.inventory.ledger.support import bring_in, new_estate, plan

LINES = "线路名称,租用单位,A端,Z端,带宽,处置方式,处置理由,决定单位,决定日期\n"
SYSTEMS = "系统名称,部门,等保等级,等保备案日期,等保测评日期,漏洞扫描日期\n"


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    return new_estate(tmp_path)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("said", "outcome"),
    [("迁移", "move"), ("退租", "end"), ("割接到内网", "internal_network"), ("备用", "backup"), ("保留", "keep")],
)
def test_a_line_and_what_was_decided_about_it(estate: Path, tmp_path: Path, said: str, outcome: str) -> None:
    row = f"专线一,省民政厅,外部:甲,外部:乙,10M,{said},带宽足够,省大数据局,2021/2/3\n"
    bring_in(write(tmp_path, "专线.csv", LINES + row), estate)
    (line,) = load_estate(estate, cache=False).inventory.lines.values()
    assert line.decisions.outcome is not None
    decided = line.decisions.outcome
    found = (decided.value, decided.reason, decided.role, decided.date)
    assert found == (outcome, "带宽足够", "省大数据局", dt.date(2021, 2, 3))


def test_a_line_about_which_nothing_is_decided(estate: Path, tmp_path: Path) -> None:
    bring_in(write(tmp_path, "专线.csv", LINES + "专线一,省民政厅,外部:甲,外部:乙,10M,,,,\n"), estate)
    (line,) = load_estate(estate, cache=False).inventory.lines.values()
    assert line.decisions.outcome is None


def test_a_reason_without_an_outcome_is_refused(estate: Path, tmp_path: Path) -> None:
    found = plan(write(tmp_path, "专线.csv", LINES + "专线一,省民政厅,外部:甲,外部:乙,10M,再议,带宽足够,,\n"), estate)
    assert [row.verdict for row in found.rows] == [Verdict.REFUSED]


def test_dates_of_evidence(estate: Path, tmp_path: Path) -> None:
    rows = "甲系统,省民政厅,三级,2020-05-01,2020年11月2日,\n乙系统,省民政厅,三级,,,\n"
    ledger = write(tmp_path, "台账.csv", SYSTEMS + rows)
    bring_in(ledger, estate)
    systems = {system.name: system for system in load_estate(estate, cache=False).inventory.systems.values()}
    assert [(item.kind, item.date) for item in systems["甲系统"].evidence] == [
        (EvidenceKind.FILING, dt.date(2020, 5, 1)),
        (EvidenceKind.ASSESSMENT, dt.date(2020, 11, 2)),
    ]
    assert systems["乙系统"].evidence == ()


def test_evidence_that_is_renewed_arrives_with_the_next_ledger(estate: Path, tmp_path: Path) -> None:
    bring_in(write(tmp_path, "台账.csv", SYSTEMS + "甲系统,省民政厅,三级,2020-05-01,2020-11-02,\n"), estate)
    bring_in(write(tmp_path, "台账.csv", SYSTEMS + "甲系统,省民政厅,三级,2020-05-01,2021-11-02,2021-12-01\n"), estate)
    (system,) = load_estate(estate, cache=False).inventory.systems.values()
    assert [(item.kind.value, str(item.date)) for item in system.evidence] == [
        ("filing", "2020-05-01"),
        ("assessment", "2021-11-02"),
        ("scan", "2021-12-01"),
    ]
