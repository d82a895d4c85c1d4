"""Runbooks of lines look at the readings before a line ends; exits have none."""

from __future__ import annotations

import pytest

from migration.runbook.build import make_runbook
from migration.runbook.lint import lint_runbook
from migration.runbook.model import ExecutorKind, RunbookItem, Stage
from tests.migration.runbook.examples import example


def _made(kind: str, step: str) -> RunbookItem:
    found = example("kaifeng")
    item = next(
        one for one in found.plan.items if one.kind == kind and one.base_step == step and one.track.value == "line"
    )
    runbook = make_runbook(found.inventory, found.plan, stage=Stage.ITEMS, items=item.id).runbook
    assert not [one for one in lint_runbook(runbook) if one.code in ("lint-parameter", "lint-unfilled")]
    return runbook.items[0]


@pytest.mark.parametrize("step", ["idle", "terminated"])
def test_readings_are_looked_at_before_a_line_ends(step: str) -> None:
    made = _made("line", step)
    place, look = next((place, one) for place, one in enumerate(made.steps) if one.act.do == "line_silent")
    assert look.executor is ExecutorKind.CHECK
    assert look.parameters["line"] == made.object.removeprefix("line:")
    later = [one.id for one in made.steps[place + 1 :]]
    assert later == (["no-traffic", "end-contract"] if step == "terminated" else [])


@pytest.mark.parametrize("step", ["idle", "terminated"])
def test_exits_have_no_readings(step: str) -> None:
    assert all(one.act.do != "line_silent" for one in _made("internet_exit", step).steps)
