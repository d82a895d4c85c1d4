"""What makes a plan stale, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.errors import UnknownObjectError
from migration.graph.slices import SliceHashes, SliceItem, slice_hash
from tests.migration.graph.estates import inventory, needs, system

ITEM = SliceItem("system/a/cutover", "system:a", "p")
Records = dict[str, Any]


def records() -> Records:
    part = {"id": "db", "technology": "oracle-11g", "data_gib": 9, "endpoints": [{"address": "10.0.0.1", "port": 1521}]}
    other = {"id": "web", "vcpu": 4, "endpoints": [{"address": "10.0.0.2", "port": 443}]}
    return {
        "departments": [{"id": "mzt", "division": "140000"}],
        "systems": [
            system("a", name="A", grade=2, components=[part], users=5, runs_in="room:r", last_used="2020-01-01"),
            system("b", grade=2, components=[other]),
            system("c", grade=4),
        ],
        "external_objects": [{"id": "out", "addresses": ["10.9.9.9"], "owner": "x"}],
        "dependencies": [
            needs("a", "b", port=443), needs("c", "a"), needs("b", "c"), needs("a", "external_object:out"),
        ],
        "clouds": [{"id": id, "tier": "city", "division": "140000"} for id in ("y", "z")],
        "pools": [
            {"id": "p", "cloud": "y", "capacity": [{"vcpu": 100}], "in_use": {"vcpu": 1}}, {"id": "q", "cloud": "z"},
        ],
        "windows": [
            {"id": "w", "selector": "kind:system grade<3", "rule": "FREQ=WEEKLY", "start": "22:00",
             "duration_minutes": 60},
        ],
        "freezes": [
            {"id": "f", "selector": "kind:system grade<3", "start": "2021-03-01", "end": "2021-03-14"},
            {"id": "g", "selector": "kind:system grade>=4", "start": "2021-03-01", "end": "2021-03-14"},
        ],
        "rules": [{"id": "r", "kind": "placement", "selector": "kind:system -grade>=4", "outcome": "id:p"}],
    }  # fmt: skip


def hashed(changed: Records, item: SliceItem = ITEM) -> SliceHashes:
    return slice_hash(inventory(**changed), [item])


def change(plural: str, place: int, **fields: Any) -> Records:
    found = records()
    found[plural][place] = {**found[plural][place], **fields}
    return found


def add(plural: str, record: dict[str, Any]) -> Records:
    found = records()
    found[plural].append(record)
    return found


NEW_FREEZE = {"id": "n", "start": "2021-05-01", "end": "2021-05-02"}

COVERED: dict[str, Records] = {
    "the system": change("systems", 0, grade=1),
    "its place": change("systems", 0, runs_in="room:other"),
    "its component": change("systems", 0, components=[{"id": "db", "technology": "dm8"}]),
    "a dependency of it": change("dependencies", 0, strength="soft"),
    "a dependency on it": change("dependencies", 1, order="provider_first"),
    "a new dependency": add("dependencies", needs("b", "a")),
    "a rejection": change("dependencies", 1, rejected=True),
    "the other end's endpoints": change(
        "systems", 1, components=[{"id": "web", "endpoints": [{"address": "10.0.0.3", "port": 443}]}]
    ),
    "the addresses of an external object": change("external_objects", 0, addresses=["10.9.9.8"]),
    "the pool": change("pools", 0, capacity=[{"vcpu": 90}]),
    "the cloud": change("clouds", 0, certified_grade=2),
    "an exemption": change("clouds", 0, exemption={"approved_by": "x", "document": "y"}),
    "a window": change("windows", 0, duration_minutes=90),
    "a freeze": change("freezes", 0, end="2021-03-15"),
    "a rule": change("rules", 0, effect="prefer"),
    "a new freeze of the system": add("freezes", {**NEW_FREEZE, "selector": "kind:system id:a"}),
    "a new freeze of the cloud": add("freezes", {**NEW_FREEZE, "selector": "kind:cloud id:y"}),
    "a new freeze of all": add("freezes", {**NEW_FREEZE, "selector": ""}),
    "a freeze that no longer matches": change("freezes", 0, selector="kind:system grade<2"),
    "a freeze that matches now": change("freezes", 1, selector="kind:system grade>=2"),
    "a new move group": records() | {"move_groups": [{"id": "m", "systems": ["a", "c"]}]},
}

NOT_COVERED: dict[str, Records] = {
    "names and notes": change("systems", 0, name="B", note="x"),
    "usage": change("systems", 0, users=9, last_used="2021-01-01", usage={"log_ins_90d": 3}),
    "compliance evidence": change("systems", 0, evidence=[{"kind": "filing", "path": "a.pdf"}]),
    "evidence of a flow": change("dependencies", 0, bytes_seen=9, first_seen="2020-01-01", last_seen="2020-02-01"),
    "the other end's other fields": change(
        "systems",
        1,
        grade=1,
        components=[{"id": "web", "vcpu": 9, "endpoints": [{"address": "10.0.0.2", "port": 443}]}],
    ),
    "others that use the pool": change("pools", 0, in_use={"vcpu": 50}),
    "another pool": change("pools", 1, capacity=[{"vcpu": 1}]),
    "another cloud": change("clouds", 1, certified_grade=2),
    "a contact of an external object": change("external_objects", 0, owner="y", name="z"),
    "a dependency between others": change("dependencies", 2, strength="soft"),
    "a freeze of others": change("freezes", 1, end="2021-04-01"),
    "a new freeze of others": add("freezes", {**NEW_FREEZE, "selector": "kind:system id:c"}),
    "a new system in the same pool": add("systems", system("n", runs_in="pool:p")),
    "the name of the cloud and its operator": change("clouds", 0, name="x", operator="y"),
}


@pytest.mark.parametrize("what", COVERED)
def test_covered(what: str) -> None:
    before, after = hashed(records()), hashed(COVERED[what])
    assert before.all != after.all
    assert before.items != after.items


@pytest.mark.parametrize("what", NOT_COVERED)
def test_not_covered(what: str) -> None:
    assert hashed(records()).items == hashed(NOT_COVERED[what]).items
    assert hashed(records()).all == hashed(NOT_COVERED[what]).all


def test_the_records_name_what_changed() -> None:
    before, after = hashed(records()), hashed(change("windows", 0, duration_minutes=90))
    assert [name for name in before.records if before.records[name] != after.records[name]] == ["window:w"]
    assert set(before.covers[ITEM.id]) == {
        "system:a", "pool:p", "cloud:y", "dependency:a>b:call:443", "dependency:c>a:call",
        "dependency:a>external_object:out:call", "system:b#endpoints", "system:c#endpoints", "external_object:out",
        "window:w", "freeze:f", "rule:r",
    }  # fmt: skip


def test_another_pool_and_another_item_are_other_slices() -> None:
    assert hashed(records()).all != hashed(records(), SliceItem(ITEM.id, "system:a", "q")).all
    made = inventory(**records())
    both = slice_hash(made, [ITEM, SliceItem("system/c/cutover", "system:c")])
    assert both.items[ITEM.id] == hashed(records()).items[ITEM.id]
    assert both.all == slice_hash(made, [SliceItem("system/c/cutover", "system:c"), ITEM]).all != hashed(records()).all
    with pytest.raises(UnknownObjectError):
        slice_hash(made, [SliceItem("system/nope/cutover", "system:nope", "p")])


def test_what_runs_have_written_changes_nothing() -> None:
    moved = inventory(**change("systems", 0, runs_in="pool:p", moved="2021-04-12", lifecycle="closed"))
    declared = {"system:a": {"runs_in": "room:r", "moved": None, "lifecycle": None}}
    assert slice_hash(moved.replace(declared=declared), [ITEM]).all == hashed(records()).all
    docked = inventory(**change("clouds", 0, docking={"state": "docked"})).replace(
        declared={"cloud:y": {"docking": None}}
    )
    assert slice_hash(docked, [ITEM]).all == hashed(records()).all


def test_a_freeze_by_place_still_matches_after_the_move() -> None:
    frozen = add("freezes", {**NEW_FREEZE, "selector": "kind:system runs_in:room:r"})
    moved = {**frozen, "systems": change("systems", 0, runs_in="pool:p")["systems"]}
    after = inventory(**moved).replace(declared={"system:a": {"runs_in": "room:r"}})
    assert slice_hash(after, [ITEM]).all == hashed(frozen).all
