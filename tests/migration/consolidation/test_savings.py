"""Last cancel dates and savings of both examples against tables that were worked out by hand.

``tests/data/consolidation/savings-*.csv``: a few dozen records of each example, with the day on which we say that each
ends. The columns behind it were worked out from the examples' CSV files with SQLite's dates, and not by this program:
last_cancel is the end of the running term less the notice, fee_end the end of the first term (terms of 12 months)
that is not before the end, saved = fee x (days left in that month / days of it + whole months up to the 36th).
The sums stand below as awk added the column ``arithmetic``.
"""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.inventory import Inventory
from inventory.load import load_estate
from migration.consolidation.baseline import read_baseline, write_baseline
from migration.consolidation.contracts import Contract, add_months, contract_of, fee_ends, term_of
from migration.consolidation.evidence.errors import EvidenceError
from migration.consolidation.model import Access, Route, Upgrade
from migration.consolidation.savings import Baseline, Stream, baseline_of, savings_of, streams_of
from migration.plan import ItemState, Plan, PlanItem, PlanStatus, item_id
from migration.steps import Track
from tests.borders.tree import ROOT

EXAMPLES = {"kaifeng": dt.date(2024, 4, 1), "shanxi": dt.date(2020, 7, 1)}
SUMS = {"kaifeng": 1579164.26, "shanxi": 1486285.85}
MONTHS = 36


@cache
def _example(name: str) -> Inventory:
    return load_estate(ROOT / "examples" / name).inventory


def _rows(name: str) -> list[dict[str, str]]:
    path = ROOT / "tests" / "data" / "consolidation" / f"savings-{name}.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def _item(row: dict[str, str], step: str, day: str) -> PlanItem:
    date = dt.date.fromisoformat(day)
    return PlanItem(
        id=item_id(row["id"], step, Track.LINE),
        track=Track.LINE,
        step=step,
        object=f"{row['kind']}:{row['id']}",
        slot=0,
        slot_label="",
        start=date,
        end=date,
        state=ItemState.PLANNED,
    )


def _plan(name: str, rows: list[dict[str, str]]) -> Plan:
    from migration.calendar import grid_of

    items = [
        _item(row, step, row[column])
        for row in rows
        for step, column in (("notice", "notice"), ("terminated", "ended"))
    ]
    estate, day = _example(name).estate, EXAMPLES[name]
    return Plan(
        estate=estate.name, as_of=day, now=day, status=PlanStatus.FEASIBLE, grid=grid_of(estate), items=tuple(items)
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_last_cancel_dates(name: str) -> None:
    for row in _rows(name):
        contract = contract_of(_example(name), row["kind"], row["id"])
        assert contract is not None
        term = term_of(contract, EXAMPLES[name])
        found = (str(term.end), str(term.last_cancel), term.missed, term.cost_yuan if term.missed else 0)
        assert found == (row["term"], row["last_cancel"], row["missed"] == "yes", float(row["missed_cost"])), row["id"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_savings_of_each_record_and_their_sum(name: str) -> None:
    rows, day = _rows(name), EXAMPLES[name]
    assert len(rows) >= 24
    chosen = {(row["kind"], row["id"]) for row in rows}
    baseline = baseline_of(_example(name), day)
    baseline = Baseline(
        estate=baseline.estate, day=day, rents=tuple(one for one in baseline.rents if (one.kind, one.id) in chosen)
    )
    streams = {one.what: one for one in streams_of(_example(name), baseline, _plan(name, rows))}
    for row in rows:
        stream = streams[f"{row['kind']}:{row['id']}"]
        assert (stream.department, stream.carrier, stream.level) == (row["department"], row["carrier"], row["level"])
        assert stream.planned is not None
        assert str(stream.planned[1]) == row["fee_end"]
        found = savings_of([stream], day, day, MONTHS)
        assert found.months[-1].planned_total == pytest.approx(float(row["saved"]), abs=0.01), row["id"]
    found = savings_of(list(streams.values()), day, day, MONTHS)
    assert found.months[-1].planned_total == pytest.approx(SUMS[name], abs=0.02)
    for dimension in ("department", "carrier", "level"):
        by_hand: dict[str, float] = {}
        for row in rows:
            by_hand[row[dimension]] = by_hand.get(row[dimension], 0) + float(row["saved"])
        groups = {group.name: group.planned_saved for group in found.groups[dimension]}
        assert groups == pytest.approx(by_hand, abs=0.1)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_baseline_holds_all_fees(name: str) -> None:
    """Of all lines, networks and exits, summed from the files as text."""
    total = 0.0
    for file in ("lines", "private_networks", "internet_exits"):
        text = (ROOT / "examples" / name / f"{file}.csv").read_text(encoding="utf-8")
        total += sum(float(row.get("fee_yuan_per_month") or 0) for row in csv.DictReader(text.splitlines()))
    found = savings_of(
        streams_of(_example(name), baseline_of(_example(name), EXAMPLES[name]), None), EXAMPLES[name], EXAMPLES[name], 2
    )
    assert [month.before for month in found.months] == [total, total]
    assert [month.planned_saved for month in found.months] == [0.0, 0.0]


CONTRACT = Contract("line", "zx", dt.date(2024, 6, 30), 30, 12, 1000.0)


@pytest.mark.parametrize(
    ("today", "warning", "missed"),
    [
        ("2024-02-01", None, False),
        ("2024-03-02", 90, False),
        ("2024-05-01", 30, False),
        ("2024-05-24", 7, False),
        ("2024-05-31", 7, False),
        ("2024-06-01", None, True),
    ],
)
def test_warnings(today: str, warning: int | None, missed: bool) -> None:
    term = term_of(CONTRACT, dt.date.fromisoformat(today))
    assert (term.last_cancel, term.warning, term.missed) == (dt.date(2024, 5, 31), warning, missed)
    assert term.warnings == (dt.date(2024, 3, 2), dt.date(2024, 5, 1), dt.date(2024, 5, 24))
    assert (term.next_end, term.cost_yuan) == (dt.date(2025, 6, 30), 12_000)


def test_contracts_that_went_on_and_those_that_end_by_themselves() -> None:
    went_on = term_of(CONTRACT, dt.date(2026, 1, 1))
    assert (went_on.end, went_on.last_cancel, went_on.missed) == (dt.date(2026, 6, 30), dt.date(2026, 5, 31), False)
    alone = Contract("line", "zx", dt.date(2024, 6, 30), 30, 0, 1000.0)
    term = term_of(alone, dt.date(2024, 6, 15))
    assert (term.missed, term.next_end, term.cost_yuan) == (False, None, 0)
    monthly = Contract("line", "zx", dt.date(2024, 1, 31), 30, 1, 1000.0)
    assert [fee_ends(monthly, dt.date(2024, month, 1)) for month in (2, 4)] == [
        dt.date(2024, 2, 29),
        dt.date(2024, 4, 30),
    ]


def test_a_late_notice_costs_another_term() -> None:
    ended = dt.date(2024, 6, 20)
    assert fee_ends(CONTRACT, ended, dt.date(2024, 5, 31)) == dt.date(2024, 6, 30)
    assert fee_ends(CONTRACT, ended, dt.date(2024, 6, 1)) == dt.date(2025, 6, 30)
    assert fee_ends(CONTRACT, ended) == dt.date(2024, 6, 30)
    assert fee_ends(None, ended) == ended


@given(st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1)), st.integers(1, 36), st.integers(0, 120))
def test_terms_follow_each_other(today: dt.date, renewal: int, notice: int) -> None:
    term = term_of(Contract("line", "zx", dt.date(2021, 1, 31), notice, renewal, 7.0), today)
    assert term.end >= today or term.end == dt.date(2021, 1, 31)
    assert term.next_end is not None
    assert term.next_end > term.end
    assert add_months(term.end, renewal) <= term.next_end  # a shorter month does not shorten later terms
    assert term.missed == (today > term.last_cancel)


def _stream(fee: float, planned: str, actual: str | None) -> Stream:
    first, ever = dt.date(2024, 1, 1), dt.date.max
    ends = dt.date.fromisoformat(planned), dt.date.fromisoformat(actual) if actual else ever
    return Stream(f"line:{fee}", "d", "c", "city", fee, (first, ever), (first, ends[0]), (first, ends[1]))


def test_planned_against_actual() -> None:
    """Planned to end with January, ended in the middle of February: 14 of 29 days."""
    found = savings_of([_stream(2900, "2024-01-31", "2024-02-15")], dt.date(2024, 1, 1), dt.date(2024, 4, 1), 4)
    assert [month.planned_saved for month in found.months] == [0, 2900, 2900, 2900]
    assert [month.actual_saved for month in found.months] == [0, 1400, 2900, None]
    assert [month.actual_total for month in found.months] == [0, 1400, 4300, None]
    group = found.groups["carrier"][0]
    assert (group.planned_saved, group.planned_to_now, group.actual_to_now) == (8700, 5800, 4300)


def test_circuits_and_upgrades_stand_against_it() -> None:
    inventory = _example("kaifeng")
    link = next(iter(inventory.links.values()))
    line = _rows("kaifeng")[0]["id"]
    access = Access(carrier="carrier-b", bandwidth_mbps=100, fee_yuan_per_month=500, end="room:r")
    routes = (Route(line=line, slot=4, links=(link.id,), accesses=(access,), backup_accesses=(access,)),)
    steps = [
        Upgrade(link=link.id, slot=4, bandwidth_mbps=1e4, fee_yuan_per_month=link.fee_yuan_per_month + 300),
        Upgrade(link=link.id, slot=9, bandwidth_mbps=2e4, fee_yuan_per_month=link.fee_yuan_per_month + 700),
    ]
    empty = Baseline(estate="", day=dt.date(2024, 4, 1), rents=())
    streams = streams_of(inventory, empty, _plan("kaifeng", []), routes, steps)
    assert [(one.what, one.fee) for one in streams] == [
        (f"circuit:{line}", 500), (f"circuit:{line}", 500), (f"link:{link.id}", 300), (f"link:{link.id}", 400),
    ]  # fmt: skip
    assert all(one.actual is None for one in streams)
    found = savings_of(streams, dt.date(2024, 4, 1), dt.date(2024, 4, 1), 12)
    assert found.months[-1].planned_saved == -1700
    assert {group.name for group in found.groups["carrier"]} == {"carrier-b", link.carrier or ""}


def test_the_baseline_is_written_once(tmp_path: Path) -> None:
    first = baseline_of(_example("kaifeng"), dt.date(2024, 4, 1))
    assert read_baseline(tmp_path) is None
    assert write_baseline(tmp_path, first)
    assert not write_baseline(tmp_path, first)
    assert read_baseline(tmp_path) == first
    with pytest.raises(EvidenceError) as caught:
        write_baseline(tmp_path, baseline_of(_example("kaifeng"), dt.date(2024, 5, 1)))
    assert (caught.value.code, caught.value.data["day"]) == ("baseline-exists", "2024-04-01")
    assert read_baseline(tmp_path) == first
