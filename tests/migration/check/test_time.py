"""H6, H8 and H10 on small estates."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from migration.calendar import CHINA_TIME
from tests.migration.check.builder import (
    GRID,
    Draft,
    broken,
    case,
    codes,
)


@pytest.mark.parametrize(
    ("per", "selector", "binds"),
    [
        ("cloud", "", True),
        ("cloud", "id:yun-prov", False),
        ("department", "", True),
        ("department", "id:county", False),
        ("division", "id:140100", True),
        ("division", "id:140000", True),
        ("division", "id:140105", False),
        ("room", "", True),
        ("room", "id:room-2", False),
        ("device", "id:access", True),
        ("device", "id:aggregate", True),
        ("device", "id:root", True),
        ("device", "id:edge", False),
    ],
)
def test_limits_of_a_slot(per: str, selector: str, binds: bool) -> None:
    draft = Draft().limit(per, 2, selector)
    for name in "abc":
        draft.system(name, runs_in="room:room-1")
    spread = {"a": (1, "city-a"), "b": (1, "city-b"), "c": (2, "city-a")}
    assert broken(case(draft, spread)) == ()
    assert broken(case(draft, spread | {"c": (1, "city-a")})) == (("H6",) if binds else ())


def test_a_division_counts_what_lies_below_it() -> None:
    draft = Draft().limit("division", 1, "id:140100").system("a").system("b", department="county")
    assert broken(case(draft, {"a": (1, "city-a"), "b": (1, "prov")})) == ("H6",)
    draft = Draft().limit("division", 1, "id:140105").system("a").system("b", department="county")
    assert broken(case(draft, {"a": (1, "city-a"), "b": (1, "prov")})) == ()


def test_a_room_counts_each_system_once_with_its_parts() -> None:
    parts = [{"id": "x", "runs_in": "room:room-2"}, {"id": "y", "runs_in": "room:room-2"}]
    draft = Draft().limit("room", 1, "id:room-2").system("a", runs_in="room:room-1", components=parts)
    assert broken(case(draft, {"a": (1, "city-a")})) == ()
    assert broken(case(draft.limit("room", 0, "id:room-1"), {"a": (1, "city-a")})) == (), "its parts stand elsewhere"
    draft.system("b", runs_in="room:room-2")
    assert broken(case(draft, {"a": (1, "city-a"), "b": (1, "city-a")})) == ("H6",)


def test_the_path_follows_the_metric_towards_the_root() -> None:
    draft = Draft().limit("device", 0, "id:aggregate").system("a")
    assert broken(case(draft, {"a": (1, "city-a")})) == ("H6",)
    draft.add("link", id="direct", a_device="access", b_device="root", bandwidth_mbps=1, metric_ab=19, metric_ba=999)
    assert broken(case(draft, {"a": (1, "city-a")})) == ()
    draft.change("link", "direct", metric_ab=21, metric_ba=1)
    assert broken(case(draft, {"a": (1, "city-a")})) == ("H6",)


def test_only_the_primary_attachment_counts() -> None:
    backup_first = [{"device": "edge", "role": "backup"}, {"device": "access", "role": "primary"}]
    draft = Draft().limit("device", 0, "id:edge").system("a").change("department", "city", attached_to=backup_first)
    assert broken(case(draft, {"a": (1, "city-a")})) == ()
    draft = Draft().limit("device", 0, "id:access").system("a").change("department", "city", attached_to=backup_first)
    assert broken(case(draft, {"a": (1, "city-a")})) == ("H6",)


def test_the_largest_wave() -> None:
    draft = Draft().system("a").system("b").system("c")
    draft.settings["wave_size"] = {"min": 2, "max": 2}
    assert broken(case(draft, {"a": (1, "city-a"), "b": (1, "city-b"), "c": (1, "prov")})) == ()
    assert broken(case(draft, {"a": (1, "city-a"), "b": (1, "city-b"), "c": (1, "city-b")})) == ("H6",)


def at(slot: int, day: int, hour: int, minutes: int) -> dict[str, Any]:
    start = dt.datetime.combine(GRID.first_day_of(slot) + dt.timedelta(days=day), dt.time(hour), CHINA_TIME)
    return {"window_start": start, "window_minutes": minutes}


def fridays(**fields: Any) -> dict[str, Any]:
    values = {"id": "fri", "selector": "kind:system", "rule": "FREQ=WEEKLY;BYDAY=FR", "start": "22:00"}
    return values | {"duration_minutes": 480} | fields


@pytest.mark.parametrize(
    ("window", "code"),
    [
        (at(1, 4, 22, 480), ""),
        ({"window_start": at(1, 4, 22, 480)["window_start"].astimezone(dt.UTC)}, ""),
        (at(1, 3, 22, 480), "window-unknown"),
        (at(1, 4, 21, 480), "window-unknown"),
        (at(1, 4, 22, 479), "window-unknown"),
        (at(2, 4, 22, 480), "window-elsewhere"),
        ({"window_start": None, "window_minutes": None}, "window-missing"),
    ],
)
def test_the_window_of_a_cutover(window: dict[str, Any], code: str) -> None:
    draft = Draft().system("a").add("window", **fridays())
    found = case(draft, {"a": (1, "city-a")}, fields={"a": {"window_minutes": 480} | window})
    assert broken(found) == (("H8",) if code else ())
    assert codes(found) == ({code} if code else set())


def test_own_windows_replace_selected_ones_and_validity_ends() -> None:
    own = fridays(id="own", selector="kind:system id:nobody", rule="FREQ=WEEKLY;BYDAY=SA")
    draft = Draft().system("a", windows=["own"]).add("window", **fridays()).add("window", **own)
    assert broken(case(draft, {"a": (1, "city-a")}, fields={"a": at(1, 5, 22, 480)})) == ()
    assert broken(case(draft, {"a": (1, "city-a")}, fields={"a": at(1, 4, 22, 480)})) == ("H8",)
    draft.change("window", "own", valid_to=GRID.first_day_of(1))
    assert broken(case(draft, {"a": (1, "city-a")}, fields={"a": at(1, 5, 22, 480)})) == ("H8",)


def test_a_rule_every_second_week_counts_from_its_first_day() -> None:
    every_second = fridays(rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=FR")
    draft = Draft().system("a").add("window", **every_second)
    assert broken(case(draft, {"a": (2, "city-a")}, fields={"a": at(2, 4, 22, 480)})) == ()
    assert broken(case(draft, {"a": (1, "city-a")}, fields={"a": at(1, 4, 22, 480)})) == ("H8",)
    draft.change("window", "fri", valid_from=GRID.first_day_of(1))
    assert broken(case(draft, {"a": (1, "city-a")}, fields={"a": at(1, 4, 22, 480)})) == ()


def test_without_windows_a_cutover_takes_a_whole_day() -> None:
    draft = Draft().system("a")
    assert broken(case(draft, {"a": (1, "city-a")}, fields={"a": at(1, 6, 0, 1440)})) == ()
    assert broken(case(draft, {"a": (1, "city-a")}, fields={"a": at(1, 6, 1, 1440)})) == ("H8",)


@pytest.mark.parametrize(
    ("selector", "first", "last", "frozen"),
    [
        ("", 4, 4, True),
        ("", 5, 9, True),  # the window crosses midnight
        ("", 6, 9, False),
        ("", 0, 3, False),
        ("kind:system id:a", 4, 4, True),
        ("kind:system id:b", 4, 4, False),
        ("kind:pool id:city-a", 4, 4, True),
        ("kind:cloud id:yun-city", 4, 4, True),
        ("kind:cloud id:yun-prov", 4, 4, False),
        ("within:140000", 4, 4, True),
    ],
)
def test_a_freeze(selector: str, first: int, last: int, frozen: bool) -> None:
    monday = GRID.first_day_of(1)
    days = {"start": monday + dt.timedelta(days=first), "end": monday + dt.timedelta(days=last)}
    draft = Draft().system("a").add("window", **fridays()).add("freeze", id="f", selector=selector, **days)
    found = case(draft, {"a": (1, "city-a")}, fields={"a": at(1, 4, 22, 480)})
    assert broken(found) == (("H8",) if frozen else ())


def test_a_window_before_now_is_gone() -> None:
    draft = Draft().system("a")
    wednesday = GRID.first_day_of(1) + dt.timedelta(days=2)
    early = case(draft, {"a": (1, "city-a")}, now=wednesday)
    assert codes(early) == {"window-past"}
    assert broken(case(draft, {"a": (1, "city-a")}, now=wednesday, fields={"a": at(1, 2, 0, 1440)})) == ()


def promised(**fields: Any) -> Draft:
    values = {"id": "t", "metric": "systems_moved", "selector": "", "date": GRID.last_day_of(1), "hard": True}
    draft = Draft().add("target", **(values | fields))
    for name in "abcd":
        draft.system(name)
    return draft


def test_a_hard_deadline() -> None:
    early = dict.fromkeys("abcd", (1, "city-a"))
    assert broken(case(promised(), early)) == ()
    assert broken(case(promised(), early | {"d": (2, "city-a")})) == ("H10",)
    assert broken(case(promised(hard=False), early | {"d": (2, "city-a")})) == ()
    assert broken(case(promised(value=0.75), early | {"d": (2, "city-a")})) == ()
    assert broken(case(promised(value=0.76), early | {"d": (2, "city-a")})) == ("H10",)
    assert broken(case(promised(selector="kind:system id:a,b,c"), early | {"d": (2, "city-a")})) == ()
    assert broken(case(promised(metric="systems_retired"), early | {"d": (2, "city-a")})) == ()


def test_what_has_no_place_is_not_late() -> None:
    assert broken(case(promised(), dict.fromkeys("abc", (1, "city-a")), unplanned=["d"])) == ()
