"""``qianyun plan export``: page, workbook, calendar and summary, in both languages."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import icalendar
import openpyxl
import pytest

from migration.plan import Plan, PlanItem, PlanStatus
from tests.migration.small_plan import NOW, cutover, estate, plan
from tests.ui.commands import Runner
from tests.ui.small_estate import Files, files
from ui.reports.calendar_file import calendar_bytes
from ui.reports.charts import curve_chart
from ui.reports.gantt import gantt_charts
from ui.reports.html import report_page
from ui.reports.markdown import markdown_text
from ui.reports.rows import Table
from ui.reports.sheets import plan_sheets
from ui.reports.source import Source
from ui.reports.workbook import csv_text, workbook_bytes
from ui.texts import LANGUAGES, set_language

__all__ = ["files"]

CHINA = dt.timezone(dt.timedelta(hours=8))


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language("en")


class Page(HTMLParser):
    """What a page asks the network for, and whether its tags are balanced."""

    VOID = frozenset({"meta", "br", "link", "img"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.asked: list[str] = []
        self.scripts = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.asked += [
            value or "" for name, value in attrs if name in ("src", "href", "srcset", "action", "xlink:href")
        ]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def hostile() -> Plan:
    """A plan whose every name would break a page, a sheet or a table that does not escape."""
    base = {"slot": 0, "slot_label": "2021-W01", "start": NOW, "end": NOW, "pool": "p", "department": "d"}
    items = [
        PlanItem.model_validate({"id": f"system/s{n}/cutover", "object": f"system:s{n}", "wave": "2021-W01/c", **base})
        for n in range(60)
    ]
    names = {f"system:s{n}": f"<script>alert({n})</script>&\"'|`" for n in range(59)}
    names |= {"system:s59": "=HYPERLINK(1)", "department:d": "<i>部门" * 20, "cloud:c": "<u>"}
    grid = {"first_day": NOW, "length_days": 7, "count": 9}
    return Plan.model_validate(
        {"estate": "<b>&", "as_of": NOW, "now": NOW, "status": PlanStatus.FEASIBLE, "grid": grid, "items": items,
         "names": names}
    )  # fmt: skip


# Page


def test_the_page_is_whole_and_needs_no_network(language: str) -> None:
    text = report_page(Source(plan(), estate()))
    page = Page(text)
    assert (page.open, page.asked, page.scripts) == ([], [], 0)
    for word in ("url(", "@import", "http:", "https:"):
        assert word not in text
    for item in plan().items:
        if item.wave:
            assert f">{item.object_id}<" in text
    for wave in plan().waves:
        assert f">{wave.id}<" in text
    said = {
        "en": (
            "Phase targets",
            "Capacity of pools",
            "Teams",
            "IPv6 stages by level",
            "Cutovers by city",
            "unreachable",
        ),
        "zh": ("阶段目标", "资源池容量", "团队", "各层级 IPv6 阶段", "系统割接：按市", "无法达成"),
    }
    for word in said[language]:
        assert word in text


def test_the_page_tells_figures_of_the_estate() -> None:
    text = report_page(Source(plan(), estate()))
    assert "4 / 8" in text  # targets met
    assert "系统oa (oa) 2021-01-29" in text
    assert "8 flows have to be opened, 2 of them for good" in text
    assert "peak 12 of 17" in text
    assert "peak 3 of 5" in text
    assert "1 by 2021-01-31" in text  # devices verified
    assert "一号机房" in text


def test_without_an_estate_the_page_has_what_the_plan_says(language: str) -> None:
    text = report_page(Source(plan()))
    assert Page(text).open == []
    assert {"en": "Phase targets", "zh": "阶段目标"}[language] not in text
    assert {"en": "Cutovers by cloud", "zh": "系统割接：按云"}[language] in text


def test_names_are_escaped_on_the_page() -> None:
    page = Page(report_page(Source(hostile())))
    assert (page.open, page.scripts) == ([], 0)


def test_an_empty_plan_has_every_report(language: str) -> None:
    empty = Source(plan(items=(), unplanned=(), dispositions=(), names={}), estate())
    assert Page(report_page(empty)).open == []
    assert {"en": "nothing planned", "zh": "没有排入任何事项"}[language] in markdown_text(empty)
    assert openpyxl.load_workbook(BytesIO(workbook_bytes(plan_sheets(empty)))).sheetnames
    assert events_of(calendar_bytes(empty)) == []


def test_charts_are_well_formed_and_count_every_cutover() -> None:
    source = Source(hostile())
    for chart in ET.fromstring(f"<all>{gantt_charts(source)}</all>").iter("svg"):
        totals = [group for group in chart.iter("g") if group.find("rect[@class='total']") is not None]
        for total in totals:
            assert total.findtext("text") == "60"
            assert len((total.findtext("title") or "").splitlines()) == 1 + 15 + 1


def test_a_curve_is_marked_where_more_is_used_than_there_is() -> None:
    fine = ET.fromstring(curve_chart("<a>", "n", [1, 2, 2], [2, 2, 3], ("x", "y")))
    over = ET.fromstring(curve_chart("a", "n", [1, 3, 2], [2, 2, 3], ("x", "y")))
    assert [path.get("class") for path in fine.iter("path")] == ["area", "limit"]
    assert [path.get("class") for path in over.iter("path")] == ["over", "limit"]
    assert fine.findtext("text") == "<a>"


# Workbook


def test_the_workbook_is_read_back(language: str) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook_bytes(plan_sheets(Source(plan(), estate())))))
    names = {
        "en": ("Summary", "Waves", "Items system", "Departments", "Phase targets", "Unplanned", "Assumptions"),
        "zh": ("概况", "批次", "事项 系统", "部门", "阶段目标", "未排入", "假设值"),
    }[language]
    assert set(names) <= set(book.sheetnames)
    head, *systems = book[names[2]].iter_rows(values_only=True)
    assert [row[0] for row in systems] == ["idp", "old", "hydj", "oa"]
    idp = dict(zip(head, systems[0], strict=True))
    cut, copied = {"en": ("cutover", "first copy"), "zh": ("割接", "数据复制")}[language]
    assert [str(idp[step]) for step in (cut, copied)] == ["2021-01-15 00:00:00", "2021-01-10 00:00:00"]
    assert dict(zip(head, systems[2], strict=True))[copied] is None
    assert book[names[2]].freeze_panes == "A2"
    assert book[names[2]].column_dimensions["C"].width > 8
    targets = list(book[names[4]].iter_rows(values_only=True))
    assert [row[0] for row in targets[1:]] == ["late", "moved", "attached", "none", "six", "all", "lines", "rooms"]
    opening = list(
        book[{"en": "Temporary connections to open", "zh": "要开通的临时互通"}[language]].iter_rows(values_only=True)
    )
    assert opening[1] == ("2021-W02", "2021-01-11 – 01-17", 6, 2, 1, 0)
    assert [row[5] for row in opening[1:]] == [0, 3, 1, 1]
    departments = list(book[names[3]].iter_rows(values_only=True))
    assert departments[1][:4] == ("bureau", "市大数据局", 9, 3)


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r"])
def test_nothing_in_a_spreadsheet_is_a_formula(beginning: str) -> None:
    table = Table("a/b:c" * 20, ("x", "y"), ((f"{beginning}1+1", 2), ("plain", -3.5)))
    sheet = openpyxl.load_workbook(BytesIO(workbook_bytes([table, table]))).worksheets[0]
    assert (sheet["A2"].data_type, sheet["B2"].value, sheet["B3"].value) == ("s", 2, -3.5)
    assert str(sheet["A2"].value).strip().endswith("1+1")
    assert f"'{beginning}1+1" in csv_text([("", table)])
    assert ",-3.5" in csv_text([("", table)])


def test_hostile_names_stay_text_in_the_workbook() -> None:
    book = openpyxl.load_workbook(BytesIO(workbook_bytes(plan_sheets(Source(hostile())))))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert "=HYPERLINK(1)" in [cell.value for cell in cells]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []


# Calendar


def events_of(data: bytes) -> list[Any]:
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


def test_the_calendar_is_read_back(language: str) -> None:
    source = Source(plan(), estate())
    data = calendar_bytes(source)
    assert data == calendar_bytes(source)
    calendar = icalendar.Calendar.from_ical(data)
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    events = events_of(data)
    assert len(events) == len(plan().waves) + 1
    first = events[0]
    assert first["dtstart"].dt == dt.datetime(2021, 1, 15, 22, tzinfo=CHINA)
    assert first["dtend"].dt == dt.datetime(2021, 1, 16, 2, tzinfo=CHINA)
    assert first["dtstamp"].dt == dt.datetime(2021, 1, 4, tzinfo=dt.UTC)
    assert "系统idp (idp)" in str(first["description"])
    assert len({str(event["uid"]) for event in events}) == len(events)
    line = events[-1]
    assert line["dtstart"].dt == dt.datetime(2021, 1, 16, 23, tzinfo=CHINA)
    assert {"en": "Line cutover", "zh": "专线割接"}[language] in str(line["summary"])


def test_an_event_keeps_its_id_when_its_wave_changes() -> None:
    def events(made: Plan) -> dict[str, Any]:
        return {str(event["uid"]): event for event in events_of(calendar_bytes(Source(made)))}

    before = events(plan())
    after = events(plan(items=(*plan().items, cutover("far", "2021-01-14"))))
    assert set(before) == set(after)
    changed = [uid for uid in before if str(before[uid]["description"]) != str(after[uid]["description"])]
    assert [after[uid]["dtstart"].dt.day for uid in changed] == [14]


def test_a_wave_without_windows_lasts_whole_days() -> None:
    (event,) = events_of(calendar_bytes(Source(hostile())))
    assert (event["dtstart"].dt, event["dtend"].dt) == (NOW, NOW + dt.timedelta(days=1))
    assert len(str(event["description"]).splitlines()) == 60


# Summary


def test_the_summary_is_markdown(language: str) -> None:
    text = markdown_text(Source(plan(), estate()))
    assert text.startswith({"en": "# 小城 – Migration plan\n", "zh": "# 小城 – 迁移计划\n"}[language])
    tables = re.findall(r"(?:^\|.*\|\n?)+", text, re.MULTILINE)
    for found in tables:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in found.splitlines()}) == 1
    assert len(tables) == 4
    assert "系统oa (oa) 2021-01-29" in text


def test_marks_in_names_are_no_marks() -> None:
    text = markdown_text(Source(hostile().model_copy(update={"estate": "a|b*c`"})))
    assert text.startswith("# a\\|b\\*c\\`")


# Command


def test_several_files_at_once(runner: Runner, files: Files) -> None:
    paths = {kind: files.folder / f"out.{kind}" for kind in ("html", "xlsx", "ics", "md")}
    options = [part for kind, path in paths.items() for part in (f"--{kind}", path)]
    ran = runner("plan", "export", files.plan, "--estate", files.estate, *options, "--lang", "zh")
    assert (ran.code, ran.out) == (0, "")
    assert all(path.stat().st_size > 100 for path in paths.values())
    assert "阶段目标" in paths["html"].read_text(encoding="utf-8")


def test_no_file_is_refused_and_no_estate_is_said(runner: Runner, files: Files) -> None:
    assert runner("plan", "export", files.plan).code == 2
    ran = runner("plan", "export", files.plan, "--md", files.folder / "a.md")
    assert (ran.code, "--estate" in ran.err) == (0, True)
    assert "--estate" not in runner("plan", "export", files.plan, "--ics", files.folder / "a.ics").err


def test_the_same_plan_gives_the_same_calendar_and_page(runner: Runner, files: Files) -> None:
    def written(name: str) -> tuple[bytes, bytes]:
        paths = files.folder / f"{name}.html", files.folder / f"{name}.ics"
        runner("plan", "export", files.plan, "--estate", files.estate, "--html", paths[0], "--ics", paths[1])
        return _bytes(paths[0]), _bytes(paths[1])

    assert written("one") == written("two")


def _bytes(path: Path) -> bytes:
    return path.read_bytes()
