"""What is switched off comes back when people decide so, at any time before it is removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inventory.dump import write_estate_settings, write_yaml
from inventory.inventory import Inventory
from inventory.kinds import KINDS
from inventory.load import load_estate
from migration.check import check_plan
from migration.plan import ItemState, Plan, item_id
from migration.planning import make_plan
from migration.tracks.retirement import reactivation_of
from tests.migration.check.builder import LATER, Draft

OFF = "2021-01-05T10:00:00+08:00"
OBSERVED = "2021-01-12T10:00:00+08:00"


def draft(disposition: str, *done: str) -> Draft:
    found = Draft()
    found.settings["switched_off_days"] = 5
    found.system("s", decisions={"disposition": {"value": disposition, "reason": "still needed", "role": "owner"}})
    found.done |= {item_id("s", step): OFF for step in done}
    return found


def made(found: Draft) -> tuple[Inventory, Plan]:
    """The plan, in which the independent checker finds nothing."""
    inventory = found.inventory()
    plan = make_plan(inventory, now=LATER, effort=1)
    result = check_plan(inventory, plan)
    assert (result.violations, plan.unplanned) == ((), ())
    return inventory, plan


def open_steps(plan: Plan) -> list[str]:
    return [item.step for item in plan.items if item.object == "system:s" and item.state is ItemState.PLANNED]


@pytest.mark.parametrize("done", [("switch_off",), ("switch_off", "observe")])
def test_a_system_that_is_to_stay_is_switched_on_again_at_once(done: tuple[str, ...]) -> None:
    _, plan = made(draft("retain", *done))
    assert open_steps(plan) == ["reactivate"]
    assert plan.by_id["system/s/reactivate"].start == LATER


def test_a_system_that_is_to_move_is_switched_on_before_its_cutover() -> None:
    _, plan = made(draft("rehost", "switch_off"))
    assert set(open_steps(plan)) == {"reactivate", "cutover", "verify", "decommission"}
    assert plan.by_id["system/s/reactivate"].end < plan.by_id["system/s/cutover"].start


@pytest.mark.parametrize("disposition", ["retire", "repurchase"])
def test_without_such_a_decision_it_stays_switched_off(disposition: str) -> None:
    _, plan = made(draft(disposition, "switch_off"))
    assert open_steps(plan) == ["observe", "remove"]


def test_what_was_never_switched_off_or_is_removed_needs_nothing() -> None:
    assert open_steps(made(draft("retain"))[1]) == []
    assert reactivation_of(draft("retain", "switch_off", "observe", "remove").inventory(), "s") == ""


@pytest.mark.parametrize("change", ["left out", "after the cutover"])
def test_the_checker_misses_it_where_it_is_not_planned(change: str) -> None:
    inventory, plan = made(draft("rehost", "switch_off"))
    item = plan.by_id["system/s/reactivate"]
    late = plan.by_id["system/s/cutover"].start
    others = [other for other in plan.items if other.id != item.id]
    moved = item.model_copy(update={"start": late, "end": late, "slot": plan.grid.slot_of(late)})
    items = others if change == "left out" else [*others, moved]
    codes = {
        finding.rule for finding in check_plan(inventory, plan.model_copy(update={"items": tuple(items)})).violations
    }
    assert codes & {"H9", "plan"}


@pytest.mark.parametrize("disposition", ["retain", "rehost"])
def test_the_plan_stays_sound_when_a_run_has_switched_it_on(disposition: str) -> None:
    inventory, plan = made(draft(disposition, "switch_off", "observe"))
    opened = {item_id("s", "switch_off"), item_id("s", "observe")}
    done = {id: at for id, at in inventory.done.items() if id not in opened} | {item_id("s", "reactivate"): BACK}
    later = inventory.replace(done=done)
    assert check_plan(later, plan).violations == ()
    again = make_plan(later, now=LATER, effort=1)
    assert (again.violations, opened & set(again.by_id)) == ((), set())


def test_an_item_that_was_taken_back_without_that_still_breaks_the_plan() -> None:
    inventory, plan = made(draft("retain", "switch_off"))
    assert check_plan(inventory.replace(done={}), plan).violations != ()


# ---- what runs record ----


def folded(tmp_path: Path, *steps: tuple[str, str, bool]) -> Inventory:
    """An estate with a run's state: (step, time, whether it was taken back)."""
    known = draft("retain").inventory()
    write_estate_settings(tmp_path, known.estate)
    write_yaml(tmp_path / "records.yaml", {kind: known.of(kind).values() for kind in KINDS})
    (tmp_path / "state").mkdir()
    rows: list[dict[str, Any]] = [
        {"at": at, "item": item_id("s", step), "object": "system:s", "undone": undone} for step, at, undone in steps
    ]
    lines = "".join(f"  - {row}\n".replace("True", "true").replace("False", "false") for row in rows)
    (tmp_path / "state" / "r.yaml").write_text(f"run: r\nformat: 1\nentries:\n{lines}", encoding="utf-8")
    return load_estate(tmp_path, cache=False).inventory


BACK = "2021-01-13T10:00:00+08:00"
AGAIN = "2021-01-14T10:00:00+08:00"
LAST = "2021-01-15T10:00:00+08:00"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("switch_off", OFF, False), ("observe", OBSERVED, False)], {"switch_off", "observe"}),
        ([("switch_off", OFF, False), ("reactivate", BACK, False)], {"reactivate"}),
        ([("switch_off", OFF, False), ("observe", OBSERVED, False), ("reactivate", BACK, False)], {"reactivate"}),
        ([("switch_off", OFF, False), ("reactivate", BACK, False), ("switch_off", AGAIN, False)], {"switch_off"}),
        ([("switch_off", OFF, False), ("reactivate", BACK, False), ("reactivate", AGAIN, True)], {"switch_off"}),
        ([("switch_off", OFF, False), ("switch_off", BACK, True)], set()),
        (
            [
                ("switch_off", OFF, False),
                ("reactivate", BACK, False),
                ("switch_off", AGAIN, False),
                ("observe", LAST, False),
            ],
            {"switch_off", "observe"},
        ),
    ],
)
def test_switching_on_again_opens_what_has_switched_it_off(
    tmp_path: Path, steps: list[tuple[str, str, bool]], expected: set[str]
) -> None:
    done = folded(tmp_path, *steps).done
    assert {item.rpartition("/")[2] for item in done} == expected
