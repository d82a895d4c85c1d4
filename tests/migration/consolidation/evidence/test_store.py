"""Evidence on disk: once, whole, by several writers, and nothing counts that was changed."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
from pathlib import Path

import pytest

from migration.consolidation.evidence import EvidenceStore, Flow, Interval, Kind, Reading, Sample, Silence, silence_of
from tests.migration.consolidation.evidence.made import FLOOR, LINE, MIDNIGHT, NOW, STEP, counter_rows

DAY = 288


def _samples(days: float) -> tuple[Sample, ...]:
    return tuple(
        Sample(dt.datetime.fromisoformat(time).timestamp(), into, out, 64, "f.csv", row)
        for row, (time, into, out) in enumerate(counter_rows(days), 2)
    )


def _silence(store: EvidenceStore) -> Silence:
    return silence_of(LINE, store.load("zx-1"), floor=FLOOR, longest_seconds=900, needed=30)


def _index(estate: Path) -> list[dict[str, object]]:
    text = (estate / "evidence" / "lines" / "index.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_what_is_stored_comes_back(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    samples = {"": _samples(2)}
    made = store.add("zx-1", Kind.COUNTERS, samples, source="f.csv", bits=32, now=NOW)
    assert made.new
    assert store.load("zx-1").samples[""] == tuple(one._replace(bits=32) for one in samples[""])
    start = MIDNIGHT.timestamp()
    rate = Interval(start, start + 300, 1.5, 2.5, 3.25, "r.csv", 7, "unsorted")
    store.add("zx-1", Kind.RATES, {"r1/GE1": (rate,)}, source="r.csv", now=NOW)
    assert store.load("zx-1").rates == {"r1/GE1": (rate,)}
    day = dt.date(2021, 3, 2)
    flows = (
        Flow(day, day, "tcp", 443, "a", "b", "s.csv", 3),
        Flow(day, day, "", None, "", "", "s.csv", 4, "unreadable"),
    )
    store.add("zx-1", Kind.SESSIONS, flows, source="s.csv", now=NOW)
    assert store.load("zx-1").flows == flows
    assert store.lines() == ("zx-1",)
    entry = _index(tmp_path)[0]
    assert (entry["line"], entry["rows"], entry["at"]) == ("zx-1", 2 * DAY + 1, "2021-05-31T16:00:00+00:00")


def test_the_same_file_twice_is_once(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    first = store.add("zx-1", Kind.COUNTERS, {"": _samples(2)}, source="f.csv", now=NOW)
    again = store.add("zx-1", Kind.COUNTERS, {"": _samples(2)}, source="g.csv", now=NOW + STEP)
    assert not again.new
    assert (again.at, again.sha256) == (first.at, first.sha256)
    assert len(_index(tmp_path)) == 1


@pytest.mark.parametrize("how", ["changed", "missing"])
def test_a_file_that_was_touched_is_named_and_does_not_count(tmp_path: Path, how: str) -> None:
    store = EvidenceStore(tmp_path)
    made = store.add("zx-1", Kind.COUNTERS, {"": _samples(3)}, source="f.csv", now=NOW)
    assert _silence(store).days == 3
    path = tmp_path / "evidence" / "lines" / made.path
    if how == "changed":
        path.write_text(path.read_text(encoding="utf-8").replace(",1000,", ",1001,"), encoding="utf-8")
    else:
        path.unlink()
    assert _silence(store).days == 0
    assert store.load("zx-1").dropped == {made.path: how}
    assert [one.state for one in store.files()] == [how]
    assert store.add("zx-1", Kind.COUNTERS, {"": _samples(3)}, source="f.csv", now=NOW).sha256 == made.sha256
    assert _silence(store).days == 3, "handing it in again mends it"
    assert len(_index(tmp_path)) == 1


def test_a_file_that_nobody_stored(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    made = store.add("zx-1", Kind.COUNTERS, {"": _samples(1)}, source="f.csv", now=NOW)
    folder = (tmp_path / "evidence" / "lines" / made.path).parent
    (folder / "counters-more.csv").write_text("row,time,series,in_octets,out_octets,flaw\n", encoding="utf-8")
    assert {one.state for one in store.files("zx-1")} == {"ok", "unlisted"}


def test_a_torn_line_of_the_index_hides_nothing_else(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    store.add("zx-1", Kind.COUNTERS, {"": _samples(2)}, source="f.csv", now=NOW)
    with (tmp_path / "evidence" / "lines" / "index.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"format": 1, "at": "20')
    store.add("zx-1", Kind.COUNTERS, {"": _samples(3)}, source="g.csv", now=NOW)
    assert _silence(store).days == 3
    assert [one.state for one in store.files()].count("damaged") == 1


def _write(estate: Path, number: int) -> None:
    store = EvidenceStore(estate)
    for part in range(10):
        samples = (Sample(float(part), part, part, 64, "f", part + 2), Sample(10.0 + number, 9, 9, 64, "f", 99))
        store.add("zx-1", Kind.COUNTERS, {"": samples[: 1 + part % 2]}, source="f", now=NOW)
        store.add_readings([Reading(f"zx-{number}", "r/1", 100.0 + part, part, part)], now=NOW)


def test_two_writers(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write, args=(tmp_path, number)) for number in (2, 3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    entries = [str(entry["file"]) for entry in _index(tmp_path)]
    assert len(entries) == len(set(entries)) == 5 + 2 * 5
    assert {one.state for one in EvidenceStore(tmp_path).files()} == {"ok", "open"}
    for number in (2, 3):
        file = next((tmp_path / "evidence" / "lines" / f"zx-{number}").glob("*.csv"))
        assert len(file.read_text(encoding="utf-8").splitlines()) == 11


def _readings(first: int, last: int) -> list[Reading]:
    return [
        Reading("zx-1", "r1/GE1", (MIDNIGHT + STEP * step).timestamp(), 1000 * step, 500 * step)
        for step in range(first, last)
    ]


def test_readings_of_devices(tmp_path: Path) -> None:
    """They count from the first reading of the next day on: then their file is closed and has a hash."""
    store = EvidenceStore(tmp_path)
    for reading in _readings(0, 3 * DAY):
        store.add_readings([reading], now=NOW)
    assert _silence(store).days == 2
    assert [one.state for one in store.files("zx-1")] == ["ok", "ok", "open"]
    assert store.add_readings(_readings(3 * DAY, 3 * DAY + 1), now=NOW) == (
        "zx-1/readings-2021-03-03.csv",
        "zx-1/readings-2021-03-04.csv",
    )
    found = _silence(store)
    assert (found.days, found.marked) == (3, ())


def test_a_clock_that_goes_back_between_readings(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    for reading in _readings(0, 100):
        store.add_readings([reading], now=NOW)
    late = _readings(97, 98)[0]._replace(octets_in=10**6, octets_out=10**6)
    store.add_readings([late], now=NOW)
    for reading in _readings(1100, 2 * DAY + 1101):
        store.add_readings([reading], now=NOW)
    assert "clock-back" in {one.code for one in _silence(store).marked}


def test_a_row_that_a_crash_has_torn(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    for reading in _readings(0, 100):
        store.add_readings([reading], now=NOW)
    with (tmp_path / "evidence/lines/zx-1/readings-2021-03-01.csv").open("a", encoding="utf-8") as file:
        file.write("101,2021-03-01T08:")
    for reading in _readings(100, DAY + 1):
        store.add_readings([reading], now=NOW)
    found = _silence(store)
    assert found.days == 0
    assert {one.code for one in found.marked} == {"torn"}
