"""H11 on small estates, and what only done items break."""

from __future__ import annotations

from typing import Any

import pytest

from migration.check import check_plan
from migration.plan import item_id
from tests.migration.check.builder import (
    LATER,
    MONDAY,
    Draft,
    broken,
    case,
    codes,
    done,
    facts,
)


@pytest.mark.parametrize("pin", ["2021-W02", "2021-01-11", "2021-01-17"])
def test_a_pinned_slot(pin: str) -> None:
    draft = Draft().system("a", decisions={"slot": {"value": pin}}).system("b")
    assert broken(case(draft, {"a": (1, "city-a"), "b": (2, "city-a")})) == ()
    assert broken(case(draft, {"a": (2, "city-a"), "b": (1, "city-a")})) == ("H11",)


def test_swapped_pins() -> None:
    draft = Draft().system("a", decisions={"slot": {"value": "2021-W02"}})
    draft.system("b", decisions={"slot": {"value": "2021-W03"}})
    assert broken(case(draft, {"a": (1, "city-a"), "b": (2, "city-a")})) == ()
    swapped = case(draft, {"a": (2, "city-a"), "b": (1, "city-a")})
    assert broken(swapped) == ("H11",)
    assert len(check_plan(*swapped).violations) == 2


def moved(**fields: Any) -> Draft:
    """System a was moved in slot 0; now is slot 2."""
    return Draft().system("a", moved=MONDAY, runs_in="pool:city-a", **fields).system("b")


def test_done_items_stay() -> None:
    places: dict[str, tuple[int, str | None]] = {"a": (0, "city-a"), "b": (2, "city-a")}
    assert broken(case(moved(), places, now=LATER, fields={"a": done()})) == ()
    unknown = moved().change("system", "a", runs_in=None)
    assert broken(case(unknown, places | {"a": (0, None)}, now=LATER, fields={"a": done()})) == ()
    assert broken(case(moved(), places | {"a": (1, "city-a")}, now=LATER, fields={"a": done()})) == ("H11",)
    assert broken(case(moved(), places | {"a": (0, "city-b")}, now=LATER, fields={"a": done()})) == ("H11",)
    assert broken(case(moved(), places | {"a": (3, "city-b")}, now=LATER)) == (), "done since the plan was made"


def test_finished_items_of_runs_are_done() -> None:
    draft = Draft().system("a", runs_in="pool:city-a")
    draft.done[item_id("a")] = "2021-01-10T18:00:00+00:00"
    assert broken(case(draft, {"a": (1, "city-a")}, now=LATER, fields={"a": done()})) == (), "2021-01-11 in China"
    assert broken(case(draft, {"a": (0, "city-a")}, now=LATER, fields={"a": done()})) == ("H11",)


def test_nothing_is_called_done_that_is_not() -> None:
    draft = Draft().system("a").system("b")
    found = case(draft, {"a": (0, "city-a"), "b": (2, "city-a")}, now=LATER, fields={"a": done()})
    assert codes(found) == {"done-unrecorded"}


def test_what_done_items_break_is_a_fact() -> None:
    draft = moved().needs("a", "b")
    found = case(draft, {"a": (0, "city-a"), "b": (2, "city-a")}, now=LATER, fields={"a": done()})
    assert broken(found) == ()
    assert facts(found) == {("H1", "order-provider-first")}


def test_a_running_client_that_its_provider_can_still_join_is_no_excuse() -> None:
    draft = Draft().system("a").system("b").needs("a", "b")
    running = {"a": {"state": "running"}}
    assert broken(case(draft, {"a": (2, "city-a"), "b": (2, "city-a")}, now=LATER, fields=running)) == ()
    late = case(draft, {"a": (2, "city-a"), "b": (3, "city-a")}, now=LATER, fields=running)
    assert broken(late) == ("H1",)


def test_a_group_of_which_a_member_has_moved() -> None:
    draft = moved().system("c").add("move_group", id="g", systems=["a", "b", "c"])
    rest = case(draft, {"a": (0, "city-a"), "b": (2, "prov"), "c": (2, "prov")}, now=LATER, fields={"a": done()})
    assert broken(rest) == ()
    assert facts(rest) == {("H2", "group-split")}
    split = case(draft, {"a": (0, "city-a"), "b": (2, "prov"), "c": (3, "prov")}, now=LATER, fields={"a": done()})
    assert broken(split) == ("H2",)


def test_done_items_take_room_and_count() -> None:
    part = [{"id": "x", "vcpu": 70}]
    draft = moved(components=part).change(
        "pool", "city-a", capacity=[{"vcpu": 70.5, "memory_gib": 9, "storage_gib": 9}]
    )
    places = {"a": (0, "city-a"), "b": (2, "prov")}
    assert broken(case(draft, places, now=LATER, fields={"a": done()})) == ()
    assert broken(case(draft, places | {"b": (2, "city-a")}, now=LATER, fields={"a": done()})) == ("H4",)
    draft.change("pool", "city-a", capacity=[])
    full = case(draft, places, now=LATER, fields={"a": done()})
    assert (broken(full), facts(full)) == ((), {("H4", "capacity-exceeded")})


def test_a_wrong_place_of_a_done_item_is_a_fact() -> None:
    draft = moved(grade=4)
    found = case(draft, {"a": (0, "city-a"), "b": (2, "prov")}, now=LATER, fields={"a": done()})
    assert (broken(found), facts(found)) == ((), {("H3", "place-grade")})


def test_a_done_wave_that_was_too_large_is_a_fact() -> None:
    draft = moved().system("c", moved=MONDAY, runs_in="pool:city-b")
    draft.settings["wave_size"] = {"max": 1}
    places = {"a": (0, "city-a"), "b": (2, "city-a"), "c": (0, "city-b")}
    found = case(draft, places, now=LATER, fields={"a": done(), "c": done()})
    assert (broken(found), facts(found)) == ((), {("H6", "wave-too-large")})
