"""Pieces on contiguous rack units: against all ways there are."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from migration.rooms.racks import Run, Why, fit, free_runs


def possible(heights: list[int], lengths: list[int]) -> bool:
    """Whether some assignment of pieces to runs is within all lengths: every one is tried."""
    for chosen in product(range(len(lengths)), repeat=len(heights)):
        loads = [0] * len(lengths)
        for height, run in zip(heights, chosen, strict=True):
            loads[run] += height
        if all(load <= length for load, length in zip(loads, lengths, strict=True)):
            return True
    return not heights


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(1, 6), max_size=6), st.lists(st.integers(1, 8), min_size=1, max_size=4))
def test_places_are_found_whenever_there_are_some(heights: list[int], lengths: list[int]) -> None:
    pieces = {f"p{number}": height for number, height in enumerate(heights)}
    runs = [Run(f"r{number}", 3, length) for number, length in enumerate(lengths)]
    found = fit(pieces, runs)
    assert (found.places is not None) == possible(heights, lengths)
    if found.places is None:
        assert found.why is not Why.UNKNOWN
        return
    taken = [(rack, unit) for id, (rack, start) in found.places.items() for unit in range(start, start + pieces[id])]
    assert len(taken) == len(set(taken)) == sum(heights)
    free = {(run.rack, unit) for run in runs for unit in range(run.start, run.start + run.length)}
    assert set(taken) <= free


def test_decreasing_order_fails_where_another_way_does_not() -> None:
    pieces = dict(zip("abcdef", [4, 3, 3, 2, 2, 2], strict=True))
    found = fit(pieces, [Run("x", 1, 8), Run("y", 1, 8)])
    assert found.places is not None


def test_why_pieces_do_not_fit() -> None:
    runs = [Run("x", 1, 3), Run("y", 1, 3)]
    assert (fit({"a": 4}, runs).why, fit({"a": 4}, runs).free) == (Why.TALL, 3)
    assert fit({"a": 3, "b": 3, "c": 1}, runs).why is Why.UNITS
    assert fit({"a": 2, "b": 2, "c": 2}, runs).why is Why.RUNS
    assert fit({"a": 1}, []).why is Why.UNITS


def test_preferred_racks_come_first_and_there_the_tightest_run() -> None:
    runs = [Run("x", 1, 2), Run("y", 1, 9), Run("y", 20, 4)]
    assert fit({"a": 2}, runs, ("y",)).places == {"a": ("y", 20)}
    assert fit({"a": 2}, runs).places == {"a": ("x", 1)}


def test_free_units_are_what_is_not_taken() -> None:
    assert free_runs(["x", "y"], 6, {"x": {1, 2, 5}}) == [Run("x", 3, 2), Run("x", 6, 1), Run("y", 1, 6)]
    assert free_runs(["x"], 2, {"x": {1, 2}}) == []
