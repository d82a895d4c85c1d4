"""Every finding and every error of the import can be said in both languages, with the same data."""

from __future__ import annotations

from string import Formatter

import pytest

from inventory.ledger import LedgerError, MapError
from inventory.ledger.columns import match_header, nearest_fields
from inventory.ledger.mapping import LedgerMap
from inventory.ledger.tables.fields import FIELDS
from inventory.ledger.tables.findings import FINDINGS
from ui.texts.en.ledger import TEXTS as ENGLISH
from ui.texts.zh.errors import TEXTS as CHINESE_ERRORS
from ui.texts.zh.ledger import TEXTS as CHINESE


def places(template: str) -> set[str]:
    return {name for _text, name, _form, _conversion in Formatter().parse(template) if name}


@pytest.mark.parametrize("name", sorted(ENGLISH))
def test_text(name: str) -> None:
    assert places(CHINESE[name]) <= places(ENGLISH[name])
    assert any("\u4e00" <= char <= "\u9fff" for char in CHINESE[name])


def test_no_text_without_use() -> None:
    assert set(CHINESE) == set(ENGLISH)
    assert {f"finding.{code}" for code in FINDINGS} <= set(ENGLISH)


@pytest.mark.parametrize("kind", [LedgerError, MapError])
def test_errors(kind: type[LedgerError]) -> None:
    for code, (message, hint) in kind.templates.items():
        assert places(CHINESE_ERRORS[f"{code}.message"]) == places(message)
        assert places(CHINESE_ERRORS[f"{code}.hint"]) == places(hint)


@pytest.mark.parametrize("kind", list(FIELDS))
def test_every_synonym_names_its_field(kind: str) -> None:
    first: dict[str, str] = {}
    for row in FIELDS[kind]:
        for header in (row.path, *row.headers):
            first.setdefault(header, row.path)
    for header, path in first.items():
        column = match_header(kind, (header,), 0, LedgerMap())
        assert column.path == path or column.state in ("ignored", "personal"), header


def test_units_and_marks_around_headers() -> None:
    nothing = LedgerMap()
    for text, path, unit in (
        ("内存（GB）", "components.main.memory_gib", "gb"),
        ("*系统名称：", "name", ""),
        ("２．系统名称", "name", ""),
        ("存储TB", "components.main.storage_gib", "tb"),
        ("年运维费(单位：万元)", "maintenance_yuan_per_year", "万元"),
    ):
        column = match_header("system", (text,), 0, nothing)
        assert (column.path, column.unit) == (path, unit)


def test_a_group_that_means_something_else_is_not_read_as_the_present() -> None:
    for group in ("灾备服务器", "拟申请资源", "备机配置"):
        assert match_header("system", (group, "内存(GB)"), 0, LedgerMap()).state == "unknown"
    assert match_header("system", ("资源配置", "内存(GB)"), 0, LedgerMap()).path == "components.main.memory_gib"


def test_nearest_fields() -> None:
    assert nearest_fields("system", ("系统全名",))[0] == "name"
    assert "grade" in nearest_fields("system", ("等保备案级别",))
