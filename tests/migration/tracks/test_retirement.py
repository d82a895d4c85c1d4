"""System track, systems that end."""

from __future__ import annotations

from typing import Any

import pytest

from migration.disposition import dispositions
from migration.tracks.retirement import retirement_items
from migration.work import WorkItem
from tests.migration.check.builder import MONDAY, Draft
from tests.migration.tracks.making import by_id, fresh, gates, made, steps

RETIRED = ["switch_off", "observe", "remove"]


def draft(disposition: str, **fields: Any) -> Draft:
    return fresh().system("s", decisions={"disposition": {"value": disposition}}, **fields)


def items(found: Draft) -> tuple[WorkItem, ...]:
    inventory, table = made(found)
    return retirement_items(inventory, MONDAY, table, dispositions(inventory))


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [
        ("retire", RETIRED),
        ("repurchase", ["prepare", *RETIRED]),
        ("retain", []),
        ("colocate", []),
        ("rehost", []),
    ],
)
def test_steps_by_disposition(disposition: str, expected: list[str]) -> None:
    found = items(draft(disposition))
    assert steps(found, "system:s") == expected
    for before, step in zip(["", *expected], expected, strict=False):
        assert gates(found, f"system/s/{step}") == ([(f"system/s/{before}",)] if before else [])


def test_a_system_stays_switched_off_for_as_long_as_settings_say() -> None:
    found = draft("retire")
    found.settings["switched_off_days"] = 33
    assert by_id(items(found))["system/s/observe"].effort.days == 33


def test_a_closed_system_has_nothing_left() -> None:
    assert items(draft("retire", lifecycle="closed")) == ()


def test_what_runs_have_finished_is_left_out_and_not_waited_for() -> None:
    found = draft("retire")
    found.done["system/s/switch_off"] = "2021-01-02T10:00:00+08:00"
    assert steps(items(found), "system:s") == RETIRED[1:]
    assert gates(items(found), "system/s/observe") == []
    assert by_id(items(found))["system/s/observe"].not_before == MONDAY
