"""Differences of runbooks: empty exactly where two are equal; every change is named, part by part."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migration.runbook.difference import Part, difference
from migration.runbook.model import Host, Runbook, RunbookItem, Stage
from tests.migration.runbook.samples import FIRST, SECOND, change_item, change_step, sound


def said(old: Runbook, new: Runbook) -> list[tuple[str, str, str, list[tuple[str, object, object]]]]:
    return [
        (part.kind, part.id, part.change, [(one.name, one.before, one.after) for one in part.fields])
        for part in difference(old, new).parts
    ]


def items(*names: str) -> Runbook:
    rows = tuple(RunbookItem(item=name, object="room:r", site="x", groups=()) for name in names)
    return Runbook(name="r", stage=Stage.ITEMS, items=rows)


def test_a_runbook_differs_not_from_itself() -> None:
    assert difference(sound(), sound()).same


def test_fields_of_every_part_are_named() -> None:
    old = sound()
    new = change_step(old, SECOND, "move", worst_case_seconds=60, parameters={"a": None})
    new = change_item(new, FIRST, parameters={"grade": 3, "components": [{"name": "app", "port": 81}]})
    new = new.model_copy(
        update={"error_budget": 2, "hosts": (old.hosts[0].model_copy(update={"port": 2222}), *old.hosts[1:])}
    )
    assert said(old, new) == [
        ("runbook", "", "changed", [("error_budget", 0, 2)]),
        ("host", "s1.app.source", "changed", [("port", 22, 2222)]),
        ("item", FIRST, "changed", [("parameters.components.0.port", 80, 81)]),
        ("step", f"{SECOND}#move", "changed", [("parameters", {}, {"a": None}), ("worst_case_seconds", 3600, 60)]),
    ]


def test_what_comes_goes_and_moves() -> None:
    old = sound()
    groups = old.items[1].groups
    turned = (groups[0].model_copy(update={"steps": groups[0].steps[::-1]}), groups[1])
    new = change_item(old, SECOND, groups=turned)
    assert [(part.id, part.change) for part in difference(old, new).parts] == [(f"{SECOND}#go", "moved")]
    away = old.model_copy(update={"hosts": (*old.hosts[1:], Host(name="new"))})
    assert [(part.id, part.change) for part in difference(old, away).parts] == [
        ("s1.app.source", "removed"),
        ("new", "added"),
    ]
    regrouped = (
        groups[0].model_copy(update={"steps": groups[0].steps[:1]}),
        groups[1].model_copy(update={"steps": (groups[0].steps[1], *groups[1].steps)}),
    )
    assert said(old, change_item(old, SECOND, groups=regrouped)) == [
        ("step", f"{SECOND}#go", "changed", [("group", "before", "cutover")])
    ]


def test_only_what_moved_is_said_to_have_moved() -> None:
    moved = difference(items("a", "b", "c", "d"), items("d", "a", "b", "c")).parts
    assert [(part.id, part.change, part.fields[0].before, part.fields[0].after) for part in moved] == [
        ("d", "moved", 4, 1)
    ]


def test_a_value_that_is_null_differs_from_one_that_is_absent() -> None:
    found = difference(
        change_item(sound(), FIRST, parameters={"a": None}), change_item(sound(), FIRST, parameters={})
    ).parts
    assert [part.change for part in found] == ["changed"]


@given(st.permutations("abcdef"), st.permutations("abcdefgh"))
def test_taking_the_differences_off_leaves_the_same_order(old: list[str], new: list[str]) -> None:
    parts: tuple[Part, ...] = difference(items(*old), items(*new)).parts
    touched = {part.id for part in parts}
    assert [name for name in old if name not in touched] == [name for name in new if name not in touched]
    assert (not parts) == (old == new)
