"""Equipment in colocation rooms: what goes there, where and when, and what the independent check says of it."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import pytest

from inventory.errors import UnknownObjectError
from inventory.inventory import Inventory
from migration.calendar import grid_of
from migration.plan import Plan
from migration.rooms.colocation import colocate
from migration.rooms.colocation_check import check_colocation
from migration.rooms.colocation_model import Colocation, Move
from migration.rooms.errors import ColocationError
from tests.migration.check.builder import MONDAY, Draft, plan_of, step_of
from tests.migration.tracks.making import fresh

RACKS = {"racks": 2, "rack_units": 20, "power_kw": 2, "cooling_kw": 2}


def draft(**target: Any) -> Draft:
    """A police department of the county with a room of its own, a colocation room of the city."""
    result = fresh()
    result.records["room"] = [
        {"id": "hub", "division": "140100", "department": "city", "kind": "colocation", "intention": "keep"}
        | RACKS
        | target,
        {"id": "cell", "division": "140105", "department": "county"},
    ]
    return result.change("department", "county", politics_and_law=True)


def assets(found: Draft, room: str, *heights: int, **fields: Any) -> Draft:
    for number, height in enumerate(heights):
        found.add(
            "asset", **({"id": f"{room}-{number}", "room": room, "height_units": height, "power_w": 100} | fields)
        )
    return found


def sound(found: Draft | Inventory, plan: Plan | None = None, **kwargs: Any) -> Colocation:
    """The placement, which the independent check accepts."""
    inventory = found.inventory() if isinstance(found, Draft) else found
    made = colocate(inventory, plan, MONDAY, **kwargs)
    assert check_colocation(inventory, made, grid_of(inventory.estate)) == ()
    return made


def places(made: Colocation) -> dict[str, tuple[str, str, int]]:
    return {move.asset: (move.room, move.rack, move.position) for move in made.moves}


def test_equipment_goes_on_contiguous_units_of_a_room_of_the_division_or_above() -> None:
    made = sound(assets(draft(), "cell", 4, 6))
    assert places(made) == {"cell-0": ("hub", "R01", 7), "cell-1": ("hub", "R01", 1)}
    assert {(move.slot, move.day) for move in made.moves} == {(0, MONDAY)}
    assert made.unplaced == {}


@pytest.mark.parametrize(
    ("disposition", "politics", "goes"),
    [
        ("colocate", True, True),
        ("colocate", False, True),
        ("retain", True, True),
        ("rehost", True, False),
        ("retire", True, False),
        ("retain", False, False),
        (None, True, True),
        (None, False, False),
    ],
)
def test_what_is_colocated(disposition: str | None, politics: bool, goes: bool) -> None:
    found = assets(draft(), "cell", 2).change("department", "county", politics_and_law=politics)
    if disposition is not None:
        decisions = {"disposition": {"value": disposition}}
        parts = [{"id": "app", "assets": ["cell-0"]}]
        found.system("s", department="county", decisions=decisions, components=parts, runs_in="room:cell")
    made = sound(found)
    assert [move.asset for move in made.moves] == (["cell-0"] if goes else [])
    if goes and disposition:
        assert made.moves[0].systems == ("s",)


def test_a_room_that_is_taken_over_as_it_is_keeps_its_equipment_unless_it_is_named() -> None:
    found = assets(draft(), "cell", 2).change("room", "cell", intention="colocation")
    made = sound(found)
    assert (made.moves, made.staying) == ((), ("cell",))
    named = sound(found, rooms=["cell"])
    assert ([move.asset for move in named.moves], named.staying) == (["cell-0"], ())


def test_what_is_there_already_keeps_its_units_and_gets_some_where_none_are_on_record() -> None:
    found = assets(draft(), "cell", 5)
    found.add("asset", id="old", room="hub", rack="A01", position=3, height_units=4, department="city")
    found.add("asset", id="loose", room="hub", height_units=2, department="city")
    made = sound(found)
    assert places(made)["loose"] == ("hub", "A01", 1)
    assert places(made)["cell-0"] == ("hub", "R01", 1)
    assert next(move for move in made.moves if move.asset == "loose").window_start is None
    assert made.shared_racks == ()


def test_racks_are_shared_only_where_it_must_be() -> None:
    found = assets(draft(), "cell", 6)
    found.add("asset", id="a", room="hub", rack="A01", position=1, height_units=2, department="city")
    found.add("asset", id="b", room="hub", rack="A02", position=1, height_units=6, department="city")
    made = sound(found)
    assert places(made)["cell-0"] == ("hub", "A01", 3)
    assert made.shared_racks == ("hub/A01",)


def test_two_rooms_do_not_arrive_in_one_slot_and_the_nearest_lease_goes_first() -> None:
    found = assets(draft(), "cell", 2)
    found.add("room", id="court", division="140105", department="county", lease_end="2021-03-01")
    assets(found, "court", 2)
    made = sound(found)
    assert {move.source: move.slot for move in made.moves} == {"court": 0, "cell": 1}


def test_a_freeze_and_windows_postpone_a_move() -> None:
    found = assets(draft(), "cell", 2)
    found.add("freeze", id="f", start="2021-01-04", end="2021-01-12")
    found.add("window", id="w", selector="kind:room", rule="FREQ=WEEKLY;BYDAY=FR", start="22:00", duration_minutes=360)
    made = sound(found)
    assert (made.moves[0].day, made.moves[0].slot) == (dt.date(2021, 1, 15), 1)
    assert made.moves[0].window_minutes == 360


def test_a_room_waits_until_the_plan_empties_it() -> None:
    found = assets(draft(), "cell", 2)
    inventory = found.inventory()
    plan = plan_of(inventory, {}, extra=[step_of(inventory, "room:cell", "emptied", dt.date(2021, 1, 20))])
    assert sound(inventory, plan).moves[0].day == dt.date(2021, 1, 20)


def test_equipment_comes_when_what_leaves_has_left() -> None:
    found = assets(draft(racks=1, rack_units=10), "cell", 8)
    parts = [{"id": "app", "assets": ["old"]}]
    found.system("s", components=parts, runs_in="room:hub", decisions={"disposition": {"value": "retire"}})
    found.add("asset", id="old", room="hub", rack="A01", position=1, height_units=5, department="city", power_w=300)
    inventory = found.inventory()
    assert colocate(inventory, None, MONDAY).unplaced["cell-0"].code == "too-tall"
    removed = step_of(inventory, "system:s", "remove", dt.date(2021, 1, 13), end=dt.date(2021, 1, 14))
    made = sound(inventory, plan_of(inventory, {}, extra=[removed]))
    assert [(move.asset, move.slot) for move in made.moves] == [("cell-0", 2)]
    assert [(entry.asset, entry.slot, entry.systems) for entry in made.departures] == [("old", 2, ("s",))]
    assert [(level.slot, level.arrives, level.leaves, level.units, level.power_kw) for level in made.levels] == [
        (0, 0, 0, 5, 0.3),
        (2, 1, 1, 8, 0.1),
    ]


@pytest.mark.parametrize(
    ("target", "heights", "code"),
    [
        ({}, (11,), "too-tall"),
        ({}, (9, 9, 2), "too-tall"),
        ({}, (10, 10, 1), "too-few-units"),
        ({"power_kw": 0.15}, (1, 1), "too-little-power"),
        ({"cooling_kw": 0.15}, (1, 1), "too-little-cooling"),
        ({"division": "140000"}, (1,), ""),
    ],
)
def test_what_does_not_fit_is_told_with_the_figures(
    target: dict[str, Any], heights: tuple[int, ...], code: str
) -> None:
    made = sound(assets(draft(**target), "cell", *heights))
    assert len(made.unplaced) == (1 if code else 0)
    assert len(made.moves) == len(heights) - len(made.unplaced)
    for reason in made.unplaced.values():
        assert reason.code == code


def test_a_room_elsewhere_is_out_of_reach() -> None:
    found = assets(draft(), "cell", 1).add("division", id="150000", level="province", code="150000")
    made = sound(found.change("room", "hub", division="150000"))
    assert made.unplaced["cell-0"].code == "no-room-in-reach"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"racks": 0}, "colocation-no-racks"),
        ({"rack_units": 21}, "colocation-uneven"),
        ({"power_kw": 0}, "colocation-no-power"),
        ({"kind": "department"}, "colocation-no-room"),
    ],
)
def test_rooms_that_can_take_nothing_in_are_an_error_where_there_is_no_other(fields: dict[str, Any], code: str) -> None:
    found = assets(draft(**fields), "cell", 1)
    with pytest.raises(ColocationError) as error:
        colocate(found.inventory(), None, MONDAY)
    assert error.value.code == code
    assert str(error.value)


def test_a_room_without_racks_is_left_out_where_there_is_another() -> None:
    found = assets(draft(), "cell", 1)
    found.add("room", id="bare", division="140105", kind="colocation", intention="keep")
    made = sound(found)
    assert made.unusable["bare"].code == "no-racks"
    assert made.moves[0].room == "hub"


def test_unknown_rooms_are_named() -> None:
    with pytest.raises(UnknownObjectError):
        colocate(draft().inventory(), None, MONDAY, rooms=["nowhere"])


def test_power_that_is_not_on_record_is_told() -> None:
    assert sound(assets(draft(), "cell", 1, power_w=0)).unknown_power == ("cell-0",)


@pytest.mark.parametrize("seed", range(25))
def test_every_placement_holds(seed: int) -> None:
    """Random rooms: each piece is placed once or has a reason, and the independent check finds nothing."""
    random = Random(seed)
    racks = random.randint(1, 4)
    found = draft(racks=racks, rack_units=12 * racks, power_kw=random.choice([1, 3]), cooling_kw=random.choice([2, 4]))
    for number in range(random.randint(0, 3)):
        fields = {"rack": f"A0{number % racks}", "position": 1 + 4 * (number // racks), "height_units": 3}
        found.add("asset", id=f"in-{number}", room="hub", department="city", power_w=200, **fields)
    for room in range(random.randint(1, 3)):
        found.add("room", id=f"src-{room}", division="140105", department="county")
        heights = [random.randint(1, 7) for _ in range(random.randint(1, 8))]
        assets(found, f"src-{room}", *heights, power_w=random.choice([0, 90, 400]))
    made = sound(found)
    wanted = {row["id"] for row in found.records["asset"] if row["room"].startswith("src")}
    assert {move.asset for move in made.moves} | set(made.unplaced) == wanted


# ---- the check is no copy of the placement ----


def broken(**changes: Any) -> list[str]:
    found = assets(draft(), "cell", 4, 6)
    found.add("room", id="court", division="140105", department="county")
    found.add("asset", id="old", room="hub", rack="R02", position=1, height_units=4, department="city", power_w=100)
    found.add("freeze", id="f", start="2021-01-06", end="2021-01-07")
    inventory = found.inventory()
    made = colocate(inventory, None, MONDAY)
    first: Move = made.moves[0]
    altered = made.model_copy(update={"moves": (first.model_copy(update=changes), *made.moves[1:])})
    return [finding.code for finding in check_colocation(inventory, altered, grid_of(inventory.estate))]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"position": 8}, "unit-taken"),
        ({"rack": "R02"}, "unit-taken"),
        ({"position": 9}, "beyond-rack"),
        ({"rack": "R07"}, "too-many-racks"),
        ({"power_w": 1900}, "too-little-cooling"),
        ({"asset": "cell-0"}, "placed-twice"),
        ({"asset": "nothing"}, "not-on-record"),
        ({"source": "court"}, "two-rooms-at-once"),
        ({"slot": 3}, "other-slot"),
        ({"day": dt.date(2021, 1, 6)}, "in-freeze"),
    ],
)
def test_the_check_finds_what_is_wrong(changes: dict[str, Any], code: str | None) -> None:
    found = broken(**changes)
    assert found == [] if code is None else code in found
