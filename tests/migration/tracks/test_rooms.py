"""Room track: rooms emptied, handed over, closed or colocated."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.inventory import Inventory
from migration.tracks.rooms import room_items
from migration.work import WorkItem
from tests.migration.check.builder import MONDAY, Draft
from tests.migration.tracks.making import by_id, fresh, gates, made, steps

CLOSED = ["emptied", "handed_over", "closed"]


def draft(**room: Any) -> Draft:
    result = fresh()
    result.records["room"] = [{"id": "r", "division": "140100", "department": "city"} | room]
    return result


def items(found: Draft, **leaves: str | None) -> tuple[WorkItem, ...]:
    inventory, table = made(found)
    return room_items(inventory, MONDAY, table, leaves)


def line(found: Draft, outcome: str, **fields: Any) -> Draft:
    decisions = {"outcome": {"value": outcome}}
    return found.add("line", **({"id": "l", "department": "city", "a": "room:r", "decisions": decisions} | fields))


def faults(found: tuple[WorkItem, ...]) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(item.id, item.fault.rule, item.fault.code, item.fault.records) for item in found if item.fault is not None]


def test_a_room_is_emptied_handed_over_and_closed() -> None:
    found = items(draft())
    assert steps(found, "room:r") == CLOSED
    assert gates(found, "room/r/emptied") == []
    assert gates(found, "room/r/handed_over") == [("room/r/emptied",)]
    assert gates(found, "room/r/closed") == [("room/r/handed_over",)]
    assert by_id(found)["room/r/closed"].department == "city"


@pytest.mark.parametrize(
    ("record", "decision", "expected"),
    [
        ("keep", None, []),
        ("colocation", None, ["handed_over", "colocated"]),
        ("close", "keep", []),
        ("keep", "close", CLOSED),
        ("close", "colocation", ["handed_over", "colocated"]),
        ("keep", "burn", []),
    ],
)
def test_a_decision_counts_before_the_record(record: str, decision: str | None, expected: list[str]) -> None:
    decisions = {} if decision is None else {"intention": {"value": decision}}
    assert steps(items(draft(intention=record, decisions=decisions)), "room:r") == expected


@pytest.mark.parametrize(
    ("state", "left"),
    [
        ("full", CLOSED),
        ("emptying", CLOSED),
        ("empty", CLOSED[1:]),
        ("handed_over", CLOSED[2:]),
        ("closed", []),
        ("colocated", []),
    ],
)
def test_a_state_leaves_steps_behind(state: str, left: list[str]) -> None:
    assert steps(items(draft(state=state)), "room:r") == left


def test_a_room_is_empty_once_the_last_of_its_systems_is_gone() -> None:
    found = draft().system("whole", runs_in="room:r").system("elsewhere", runs_in="room:other")
    parts = [{"id": "db", "runs_in": "room:r"}, {"id": "web", "runs_in": "room:other"}]
    found.system("part", runs_in="room:other", components=parts)
    found.system("hidden", runs_in="room:r", classified=True).system("gone", runs_in="room:r")
    last = {name: f"system/{name}/remove" for name in ("whole", "elsewhere", "part", "hidden")}
    made_items = items(found, **last)
    assert gates(made_items, "room/r/emptied") == [("system/part/remove",), ("system/whole/remove",)]
    assert faults(made_items) == []


def test_what_stays_in_a_room_makes_it_impossible_to_empty() -> None:
    found = draft().system("a", runs_in="room:r").system("b", runs_in="room:r").system("c", runs_in="room:other")
    assert faults(items(found, a=None, b="system/b/remove", c=None)) == [
        ("room/r/emptied", "H9", "room-not-empty", ("room:r", "system:a"))
    ]
    assert faults(items(found.change("room", "r", intention="colocation"), a=None)) == []


def test_a_system_that_has_moved_holds_its_room_until_its_last_item() -> None:
    found = draft().system("a", runs_in="pool:city-a").system("b", runs_in="pool:city-a")
    inventory, table = made(found)
    moved: Inventory = inventory.replace(declared={f"system:{id}": {"runs_in": "room:r"} for id in "ab"})
    found_items = room_items(moved, MONDAY, table, {"a": "system/a/decommission", "b": None})
    assert gates(found_items, "room/r/emptied") == [("system/a/decommission",)]
    assert faults(found_items) == []


def test_a_room_closes_after_its_lines_have_ended() -> None:
    found = line(draft(attached_to=["line:m", "device:access"]), "end")
    line(found, "move", id="m", a="room:other")
    line(found, "keep", id="terminated", state="terminated")
    line(found, "keep", id="far", a="room:other")
    made_items = items(found)
    assert gates(made_items, "room/r/closed") == [
        ("room/r/handed_over",),
        ("line/l/terminated",),
        ("line/m/terminated",),
    ]
    assert faults(made_items) == []


@pytest.mark.parametrize("end", ["a", "b"])
def test_a_line_that_stays_keeps_the_room_from_closing(end: str) -> None:
    found = line(draft(), "keep", **({"a": "device:access"} | {end: "room:r"}))
    assert faults(items(found)) == [("room/r/closed", "H9", "room-line-stays", ("room:r", "line:l"))]
    assert faults(items(found.change("room", "r", intention="colocation"))) == []


def test_what_runs_have_finished_is_left_out_and_not_waited_for() -> None:
    found = draft().system("a", runs_in="room:r")
    found.done |= {"room/r/emptied": "2021-01-02T10:00:00+08:00", "line/l/terminated": "2021-01-02T10:00:00+08:00"}
    made_items = items(line(found, "end"), a=None)
    assert steps(made_items, "room:r") == CLOSED[1:]
    assert gates(made_items, "room/r/handed_over") == []
    assert gates(made_items, "room/r/closed") == [("room/r/handed_over",)]
