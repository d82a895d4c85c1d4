"""Counting what a migration has cost: nothing lost may stay unseen, nothing doubled, no gap."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tools.lab_migrate.accounts import Ack, account, longest_gap, read_log


def acks(*numbers: int) -> tuple[Ack, ...]:
    return tuple(Ack(n, float(n), 1, "ok") for n in numbers)


def test_all_there_once_is_clean() -> None:
    found = account(acks(1, 2, 3), {1: 1, 2: 1, 3: 1}, {2: "aa"}, {2: "aa"})
    assert found.clean
    assert found.acknowledged == 3


def test_an_acknowledged_row_that_is_not_stored_is_lost() -> None:
    found = account(acks(1, 2, 3), {1: 1, 3: 1}, {}, {})
    assert found.lost == (2,)
    assert not found.clean


def test_a_row_stored_twice_is_doubled_whoever_asked() -> None:
    assert account(acks(1, 2), {1: 1, 2: 2}, {}, {}).doubled == (2,)


def test_a_file_that_is_missing_or_altered_is_a_lost_row() -> None:
    stored = {1: 1, 2: 1, 3: 1}
    assert account(acks(1, 2, 3), stored, {2: "bb"}, {2: "aa", 3: "cc"}).lost == (2, 3)


def test_a_row_that_was_read_back_wrongly_is_lost_even_if_it_is_there_later() -> None:
    rows = (Ack(1, 1.0, 1, "ok"), Ack(2, 2.0, 1, "missing"), Ack(3, 3.0, 1, "wrong"))
    assert account(rows, {1: 1, 2: 1, 3: 1}, {}, {}).lost == (2, 3)


def test_only_the_row_under_way_may_be_stored_without_an_answer() -> None:
    assert account(acks(1, 2), {1: 1, 2: 1, 3: 1}, {}, {}).clean
    assert account(acks(1, 2), {1: 1, 2: 1, 4: 1}, {}, {}).unasked == (4,)
    assert account(acks(1, 2), {1: 1, 2: 1, 3: 2}, {}, {}).doubled == (3,)


@given(st.lists(st.integers(1, 60), unique=True), st.sets(st.integers(1, 60)), st.sets(st.integers(1, 60)))
def test_what_is_taken_away_or_put_in_twice_is_found(sent: list[int], gone: set[int], twice: set[int]) -> None:
    sent.sort()
    stored = Counter(sent)
    stored.update(twice & set(sent))
    for n in gone:
        stored.pop(n, None)
    found = account(acks(*sent), stored, {}, {})
    assert set(found.lost) == gone & set(sent)
    assert set(found.doubled) == (twice & set(sent)) - gone
    assert found.unasked == ()


def test_the_longest_gap_is_between_two_acknowledged_writes() -> None:
    rows = tuple(Ack(n, at, 1, "ok") for n, at in enumerate([0.0, 0.1, 3.2, 3.3, 5.0, 5.1], 1))
    gap = longest_gap(rows)
    assert (round(gap.seconds, 6), gap.after) == (3.1, 2)
    assert round(longest_gap(rows, start=3.25).seconds, 6) == 1.7
    assert round(longest_gap(rows, start=4.0, end=4.5).seconds, 6) == 1.7
    assert longest_gap(rows[:1]).seconds == 0


@given(st.lists(st.floats(0.001, 10), min_size=1))
def test_no_gap_is_longer_than_the_longest(steps: list[float]) -> None:
    at = 0.0
    rows = [Ack(1, at, 1, "ok")]
    for n, step in enumerate(steps, 2):
        at += step
        rows.append(Ack(n, at, 1, "ok"))
    assert abs(longest_gap(rows).seconds - max(steps)) < 1e-6


def test_a_cut_off_last_line_is_no_acknowledgement() -> None:
    lines = ['{"n": 1, "at": 1.5, "attempts": 1, "read": "ok"}\n', '{"n": 2, "at"']
    assert read_log(lines) == (Ack(1, 1.5, 1, "ok"),)
