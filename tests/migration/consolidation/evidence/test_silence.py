"""Silent days: what proves them, and all that does not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migration.consolidation.evidence import Flow, LineEvidence, Sample, Silence, read_export, silence_of
from migration.consolidation.evidence.model import midnight
from tests.migration.consolidation.evidence.made import (
    FLOOR,
    LINE,
    MIDNIGHT,
    NOW,
    QUIET,
    STEP,
    counter_rows,
    write_counters,
)

DAY = 288


def _of(samples: list[Sample], flows: tuple[Flow, ...] = (), floor: tuple[float, float] = FLOOR) -> Silence:
    evidence = LineEvidence({"": tuple(samples)}, {}, flows)
    return silence_of(LINE, evidence, floor=floor, longest_seconds=900, needed=30)


def _samples(days: float, octets: object = None, **more: object) -> list[Sample]:
    rows = counter_rows(days, **({} if octets is None else {"octets": octets}), **more)  # type: ignore[arg-type]
    return [
        Sample(dt.datetime.fromisoformat(time).timestamp(), into, out, 64, "f.csv", row)
        for row, (time, into, out) in enumerate(rows, 2)
    ]


def test_whole_quiet_days_count() -> None:
    found = _of(_samples(4))
    assert (found.days, found.since, found.until) == (4, dt.date(2021, 3, 1), dt.date(2021, 3, 4))
    assert found.missing == 26
    assert found.broken is None
    assert found.marked == ()
    assert found.reaches == midnight(dt.date(2021, 3, 5))


def test_a_day_that_goes_on_does_not_count() -> None:
    found = _of(_samples(2.9))
    assert (found.days, found.until) == (2, dt.date(2021, 3, 2))


def test_a_day_begins_at_midnight_in_china() -> None:
    found = _of(_samples(2, start=MIDNIGHT + dt.timedelta(hours=8)))  # midnight of UTC
    assert (found.days, found.since) == (1, dt.date(2021, 3, 2))


def test_at_the_floor_is_idle_and_above_is_not() -> None:
    sixteen = 16 * 1000 // 8 * 300
    assert _of(_samples(2, lambda _: sixteen)).days == 2
    above = _of(_samples(2, lambda step: sixteen + (1500 if step >= DAY else 0)))
    assert (above.days, above.broken_day) == (0, dt.date(2021, 3, 2))
    assert above.broken is not None
    assert above.broken.code == "mean"


def test_a_burst_of_five_minutes_breaks_it_and_names_its_row() -> None:
    found = _of(_samples(4, lambda step: 2_500_000 if step == DAY + 10 else 0))
    assert (found.days, found.broken_day) == (2, dt.date(2021, 3, 2))
    assert found.broken is not None
    assert (found.broken.code, found.broken.file, found.broken.row) == ("peak", "f.csv", DAY + 10 + 3)
    assert found.broken.data["kbps"] == 66.7


def test_what_is_read_less_often_may_have_come_at_once() -> None:
    """15 minutes at 24 kbit/s may have been 72 kbit/s for five."""
    every_third = _samples(2, lambda _: 900_000)[::3]
    found = _of(every_third, floor=(30.0, 64.0))
    assert found.days == 0
    assert found.broken is not None
    assert found.broken.code == "peak"
    assert _of(_samples(2, lambda _: QUIET)[::3]).days == 2


def test_the_busier_direction_counts() -> None:
    samples = [one._replace(octets_in=5, octets_out=one.octets_in * 4) for one in _samples(2)]
    assert _of(samples).days == 0


def test_a_gap() -> None:
    samples = [one for place, one in enumerate(_samples(4)) if not DAY + 5 <= place < DAY + 20]
    found = _of(samples)
    assert (found.days, found.broken_day) == (2, dt.date(2021, 3, 2))
    assert [(one.code, one.row) for one in found.marked] == [("gap", DAY + 22)]
    assert found.marked[0].data["hours"] == pytest.approx(16 / 12, abs=0.01)


def test_a_missed_reading_is_no_gap() -> None:
    samples = [one for place, one in enumerate(_samples(3)) if place != DAY + 5]
    assert _of(samples).days == 3


@pytest.mark.parametrize(("low", "code"), [(0, "reset"), (60_000_000, "backwards")])
def test_a_counter_that_falls(low: int, code: str) -> None:
    samples = _samples(4)
    at = DAY + 50
    drop = samples[at].octets_in - low
    fallen = [
        one if place < at else one._replace(octets_in=one.octets_in - drop, octets_out=max(one.octets_out - drop, 0))
        for place, one in enumerate(samples)
    ]
    found = _of(fallen)
    assert (found.days, found.broken_day) == (2, dt.date(2021, 3, 2))
    assert (found.marked[0].code, found.marked[0].row) == (code, at + 2)


def test_a_wrap_only_where_it_was_told() -> None:
    wrapped = [one._replace(octets_in=one.octets_in % 2**32) for one in _samples(3, first=2**32 - 50_000_000)]
    assert _of(wrapped).days < 3
    assert _of([one._replace(bits=32) for one in wrapped]).days == 3


def test_32_bits_that_may_have_wrapped_twice_prove_nothing() -> None:
    """10 Gbit/s fill 2^32 octets in 3.5 seconds."""
    fast = LINE.model_copy(update={"bandwidth_mbps": 10_000})
    evidence = LineEvidence({"": tuple(one._replace(bits=32) for one in _samples(3))})
    found = silence_of(fast, evidence, floor=FLOOR, longest_seconds=900, needed=30)
    assert found.days == 0
    assert {one.code for one in found.marked} == {"wrap-unclear"}


def test_more_than_the_line_carries() -> None:
    found = _of(_samples(3, lambda step: 10**12 if step == DAY else 0))
    assert [one.code for one in found.marked] == ["too-much"]
    assert found.days == 1


def test_marked_rows_prove_nothing() -> None:
    samples = _samples(3)
    samples[DAY + 7] = samples[DAY + 7]._replace(flaw="duplicate")
    found = _of(samples)
    assert (found.days, found.broken_day) == (1, dt.date(2021, 3, 2))
    assert found.broken is not None
    assert found.broken.code == "duplicate"


def test_files_join_where_they_meet_and_contradictions_are_said() -> None:
    samples = _samples(4)
    again = [one._replace(file="g.csv") for one in samples[DAY : DAY * 2]]
    assert _of(samples + again).days == 4
    again[5] = again[5]._replace(octets_in=again[5].octets_in + 1)
    found = _of(samples + again)
    assert found.days == 2
    assert [one.code for one in found.marked] == ["contradiction"]


def test_two_sides_of_a_line() -> None:
    """One that proves silence does, unless the other shows traffic."""
    good, gappy = tuple(_samples(3)), tuple(_samples(3)[:DAY] + _samples(3)[DAY * 2 :])
    both = LineEvidence({"a": good, "b": gappy})
    assert silence_of(LINE, both, floor=FLOOR, longest_seconds=900, needed=30).days == 3
    loud = tuple(_samples(3, lambda step: 10**7 if step == DAY else 0))
    both = LineEvidence({"a": good, "b": loud})
    assert silence_of(LINE, both, floor=FLOOR, longest_seconds=900, needed=30).days == 1


def test_an_application_in_a_session_log() -> None:
    day = dt.date(2021, 3, 2)
    flows = (Flow(day, day, "tcp", 443, "10.0.0.1", "10.0.0.2", "s.csv", 9),)
    found = _of(_samples(4), flows)
    assert (found.days, found.broken_day) == (2, day)
    assert found.broken is not None
    assert (found.broken.code, found.broken.row) == ("application", 9)
    assert _of(_samples(4), (flows[0]._replace(port=179),)).days == 4
    assert _of(_samples(4), (flows[0]._replace(flaw="unreadable", port=None),)).days == 2


def test_no_evidence_is_no_silence() -> None:
    found = silence_of(LINE, LineEvidence(), floor=FLOOR, longest_seconds=900, needed=30)
    assert (found.days, found.reaches, found.missing) == (0, None, 30)


def test_days_from_today_on_do_not_count() -> None:
    evidence = LineEvidence({"": tuple(_samples(4))})
    found = silence_of(LINE, evidence, floor=FLOOR, longest_seconds=900, needed=30, before=dt.date(2021, 3, 4))
    assert (found.days, found.until) == (3, dt.date(2021, 3, 3))


@given(st.sets(st.integers(0, 5 * DAY), max_size=40), st.sets(st.integers(0, 5 * DAY - 1), max_size=3))
def test_never_more_silence_than_whole_quiet_days(missing: set[int], loud: set[int]) -> None:
    """Whatever is left out or loud: a day with a burst, or with a hole of more than 15 minutes, never counts."""
    samples = _samples(5, lambda step: 5_000_000 if step in loud else 10)
    found = _of([one for place, one in enumerate(samples) if place not in missing])
    if found.days:
        assert found.since is not None
        first = (found.since - MIDNIGHT.date()).days
        for day in range(first, first + found.days):
            places = range(day * DAY, (day + 1) * DAY + 1)
            assert not any(step in loud for step in range(day * DAY, (day + 1) * DAY))
            run = 0
            for place in places:
                run = run + 1 if place in missing else 0
                assert run < 3


def test_rates(tmp_path: Path) -> None:
    rows = ["start,end,in_kbps,out_mbps"]
    for number in range(DAY * 2):
        start = MIDNIGHT + STEP * number
        rows.append(f"{start:%Y-%m-%d %H:%M:%S},{start + STEP:%Y-%m-%d %H:%M:%S},10,0.004")
    path = tmp_path / "rates.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    read = read_export(path, {"zx-1": LINE}, line="zx-1", now=NOW.timestamp())
    evidence = LineEvidence({}, {"": read.lines["zx-1"][""]})  # type: ignore[dict-item]
    assert silence_of(LINE, evidence, floor=FLOOR, longest_seconds=900, needed=2).missing == 0
    assert silence_of(LINE, evidence, floor=(9.9, 64.0), longest_seconds=900, needed=2).days == 0


def test_the_file_and_its_rows(tmp_path: Path) -> None:
    path = write_counters(tmp_path / "c.csv", counter_rows(2))
    read = read_export(path, {"zx-1": LINE}, line="zx-1", now=NOW.timestamp())
    samples = read.lines["zx-1"][""]
    assert len(samples) == 2 * DAY + 1
    assert (samples[0].file, samples[0].row) == ("c.csv", 2)
    assert read.marked == ()
