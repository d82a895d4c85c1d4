"""Reports of a real plan, the example city's, against figures counted another way."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from io import BytesIO

import icalendar
import openpyxl
import pytest

from inventory.inventory import Inventory, end_of
from inventory.load import load_estate
from inventory.selectors import parse_selector
from migration.connections import Until
from migration.plan import Plan, item_id
from migration.planning import make_plan
from tests.borders.tree import ROOT
from ui.reports.calendar_file import calendar_bytes
from ui.reports.html import report_page
from ui.reports.markdown import markdown_text
from ui.reports.sheets import plan_sheets
from ui.reports.source import Source
from ui.reports.workbook import workbook_bytes

pytestmark = pytest.mark.slow
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def source() -> Source:
    known = load_estate(ROOT / "examples" / "kaifeng", cache=False).inventory
    return Source(make_plan(known, effort=1), known)


def known(source: Source) -> tuple[Inventory, Plan]:
    assert source.inventory is not None
    return source.inventory, source.plan


def test_a_dependency_has_a_line_on_the_days_between_its_cutovers_and_no_other(source: Source) -> None:
    inventory, plan = known(source)
    moved = {item.object_id: item.start for item in plan.items if item.is_cutover}
    gone = {item.object_id: item.start for item in plan.items if item.step == "switch_off"}
    spans: dict[str, list[tuple[dt.date, dt.date | None]]] = {}
    for made in source.connections:
        if made.until is not Until.BRIDGE and made.family == "ipv4":
            spans.setdefault(made.dependency, []).append((made.opens, made.closes))
    checked: Counter[bool] = Counter()
    for dependency in inventory.dependencies.values():
        ends = end_of(dependency.client), end_of(dependency.provider)
        if dependency.rejected or ends[0].system == ends[1].system:
            continue
        days = [moved[end.system] for end in ends if end.system in moved]
        if not days or (len(days) == 2 and days[0] == days[1]):
            assert dependency.id not in spans
            continue
        first = min(days)
        switched_off = [gone[end.system] for end in ends if end.system in gone]
        second = max(days) if len(days) == 2 else next(iter(switched_off), None)
        if second is not None and second <= first:
            assert dependency.id not in spans
            continue
        assert spans[dependency.id] == [(first - DAY, second + DAY if second else None)]
        checked[second is None] += 1
    assert min(checked[True], checked[False]) > 10


def test_bridges_last_as_long_as_the_plan_says(source: Source) -> None:
    _, plan = known(source)
    bridges = {
        record.removeprefix("dependency:"): item
        for item in plan.items
        if item.step == "bridge"
        for record in item.records
    }
    lasting = [made for made in source.connections if made.until is Until.BRIDGE]
    assert lasting
    for made in lasting:
        assert (made.closes, made.second) == (bridges[made.dependency].closes, bridges[made.dependency].id)
        assert made.written_in
        assert made.target.addresses


def test_targets_count_what_is_finished(source: Source) -> None:
    inventory, plan = known(source)
    assert len(source.promises) == len(inventory.targets)
    for promise in source.promises:
        if promise.target.metric == "systems_moved":
            ends = [
                plan.by_id[item_id(id)].end
                for id in parse_selector(promise.target.selector).select(inventory, "system")
                if item_id(id) in plan.by_id
            ]
            assert promise.done == sum(end <= promise.target.date for end in ends)
            assert promise.selected - len(promise.misses) == promise.done


def test_every_report_is_written(source: Source) -> None:
    _, plan = known(source)
    page = report_page(source)
    assert all(f">{wave.id}<" in page for wave in plan.waves)
    book = openpyxl.load_workbook(BytesIO(workbook_bytes(plan_sheets(source))))
    rows = sum(sheet.max_row - 1 for sheet in book.worksheets if sheet.title.startswith("Items "))
    assert rows == len({(item.track, item.object) for item in plan.items})
    lines = sum(item.id.startswith("line/") and item.step == "cutover" for item in plan.items)
    assert len(icalendar.Calendar.from_ical(calendar_bytes(source)).walk("VEVENT")) == len(plan.waves) + lines
    assert markdown_text(source).count("\n| ") > 20
