"""Each planted defect of a sound runbook is found, where it was planted, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inventory.tables.problems import PROBLEMS
from migration.runbook.lint import lint_runbook
from migration.runbook.model import Call, ExecutorKind, Host, Runbook, Stage, Step, StepGroup
from migration.runbook.read import write_runbook
from tests.migration.runbook.samples import FIRST, OPENS, SECOND, change_item, change_step, sound

Change = Callable[[Runbook], Runbook]


def step(id: str, /, item: str = SECOND, **fields: Any) -> Change:
    return lambda runbook: change_step(runbook, item, id, **fields)


def item(id: str, /, **fields: Any) -> Change:
    return lambda runbook: change_item(runbook, id, **fields)


def hosts(**fields: Any) -> Change:
    return lambda runbook: runbook.model_copy(
        update={"hosts": (*runbook.hosts[:3], runbook.hosts[3].model_copy(update=fields))}
    )


def more(*steps: Step, at_end: bool = True) -> Change:
    """A group more in the second item."""

    def change(runbook: Runbook) -> Runbook:
        groups = runbook.by_item[SECOND].groups
        own = (StepGroup(id="more", steps=steps),)
        return change_item(runbook, SECOND, groups=(*groups, *own) if at_end else (*own, *groups))

    return change


EARLY = Step(id="early", executor=ExecutorKind.MANUAL, act=Call(do="x"), reasons={"rollback": "x"})

PLANTED: dict[str, tuple[Change, list[tuple[str, str, str]]]] = {
    "probe": (step("move", probe=None), [("lint-no-probe", SECOND, "groups.1.steps.0")]),
    "verify": (step("move", verify=None), [("lint-no-verify", SECOND, "groups.1.steps.0")]),
    "rollback": (step("move", rollback=None), [("lint-no-rollback", SECOND, "groups.1.steps.0")]),
    "manual rollback": (step("wipe", reasons={}), [("lint-no-rollback", SECOND, "groups.1.steps.1")]),
    "reason": (step("move", reasons={"probes": "x"}), [("lint-reason", SECOND, "groups.1.steps.0.reasons.probes")]),
    "no call": (step("move", act=Call()), [("lint-no-call", SECOND, "groups.1.steps.0.act")]),
    "command": (
        step("look", executor=ExecutorKind.COMMAND, act=Call(do="uptime")),
        [("lint-no-call", SECOND, "groups.0.steps.0.act")],
    ),
    "parameter": (
        item(SECOND, parameters={"grade": 3, "components": [{"port": 1}, {"port": None}]}),
        [("lint-parameter", SECOND, "parameters.components.1.port")],
    ),
    "parameter of a call": (
        step("move", verify=Call(do="system_cutover/verify", parameters={"a": {"b": None}})),
        [("lint-parameter", SECOND, "groups.1.steps.0.verify.parameters.a.b")],
    ),
    "unfilled": (
        step("wipe", act=Call(do="Wipe {name}.")),
        [("lint-unfilled", SECOND, "groups.1.steps.1.act.do")],
    ),
    "object": (step("move", limits=("r1",)), [("lint-object", SECOND, "groups.1.steps.0.limits.0")]),
    "set object": (item(SECOND, sets={"s2": {}}), [("lint-object", SECOND, "sets.s2")]),
    "targets": (
        step("move", targets=()),
        [
            ("lint-unused-host", "", "hosts.2"),
            ("lint-unused-host", "", "hosts.3"),
            ("lint-no-target", SECOND, "groups.1.steps.0"),
        ],
    ),
    "address": (hosts(address=""), [("lint-no-address", SECOND, "groups.1.steps.0.targets.1")]),
    "approval": (
        more(EARLY, at_end=False),
        [("lint-no-approval", SECOND, "groups.0.steps.0")],
    ),
    "return without approval": (
        more(EARLY.model_copy(update={"point_of_no_return": True}), at_end=False),
        [
            ("lint-return-approval", SECOND, "groups.0.steps.0"),
            ("lint-return", SECOND, "groups.2.steps.0.rollback"),
        ],
    ),
    "no window": (
        item(SECOND, window_start=None, window_minutes=None),
        [("lint-no-window", SECOND, "groups.1.steps.0.in_window")],
    ),
    "short window": (item(SECOND, window_minutes=59), [("lint-window-short", SECOND, "window_minutes")]),
    "evidence of people": (step("wipe", evidence=("a",)), [("lint-evidence", SECOND, "groups.1.steps.1.evidence")]),
    "no evidence": (step("move", evidence=()), [("lint-no-evidence", SECOND, "")]),
    "rollback of no return": (
        step("wipe", rollback=Call(do="x")),
        [("lint-return", SECOND, "groups.1.steps.1.rollback")],
    ),
    "empty": (
        item(FIRST, groups=()),
        [
            ("lint-unused-host", "", "hosts.0"),
            ("lint-unused-host", "", "hosts.1"),
            ("lint-empty", FIRST, ""),
        ],
    ),
    "unknown": (item(SECOND, after=("system/s3/cutover",)), [("lint-after-unknown", SECOND, "after")]),
    "loop": (
        item(FIRST, after=(SECOND,), canary=False),
        [("lint-after-loop", FIRST, "after"), ("lint-after-loop", SECOND, "after")],
    ),
    "window order": (
        item(FIRST, window_start=OPENS + dt.timedelta(minutes=120)),
        [("lint-window-order", SECOND, "after")],
    ),
}


def found(runbook: Runbook) -> list[tuple[str, str, str]]:
    return [(one.code, one.id, one.path) for one in lint_runbook(runbook)]


def test_a_sound_runbook_has_no_finding() -> None:
    assert found(sound()) == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_defect_is_found(name: str) -> None:
    change, expected = PLANTED[name]
    assert found(change(sound())) == expected


def test_every_finding_is_planted_in_this_file() -> None:
    planted = {code for _, expected in PLANTED.values() for code, _, _ in expected}
    planted |= {"lint-canary-waits", "lint-unreachable", "lint-gone", "lint-grade-approval"}
    assert planted == {code for code in PROBLEMS if code.startswith("lint-")}


def test_a_canary_that_waits_is_out_of_reach_and_so_is_what_waits_for_it() -> None:
    runbook = change_item(sound(), FIRST, canary=False)
    runbook = change_item(runbook, SECOND, canary=True)
    assert found(runbook) == [("lint-canary-waits", SECOND, "after")]
    third = runbook.items[1].model_copy(update={"item": "system/s3/cutover", "after": (SECOND,), "canary": False})
    longer = runbook.model_copy(update={"items": (*runbook.items, third)})
    assert found(longer)[-1] == ("lint-unreachable", "system/s3/cutover", "after")


def test_what_a_decommission_has_taken_away_is_not_acted_on_later() -> None:
    gone = step("move", act=Call(do="decommission"))(sound())
    again = Step(
        id="again", executor=ExecutorKind.COMMAND, act=Call(argv=("x",)), targets=("s2.app.source",), changes=False
    )
    assert found(more(again)(gone)) == [("lint-gone", SECOND, "groups.2.steps.0.targets.0")]
    target = again.model_copy(update={"targets": ("s2.app.target",)})
    assert found(more(target)(gone)) == []


def test_grade_three_asks_for_an_approval_wherever_it_is_changed() -> None:
    runbook = sound().model_copy(update={"stage": Stage.ITEMS})
    bare = StepGroup(id="b", steps=(sound().items[1].steps[2].model_copy(update={"in_window": False}),))
    assert found(change_item(runbook, SECOND, groups=(bare,))) == [("lint-grade-approval", SECOND, "groups.0.steps.0")]
    lower = change_item(runbook, SECOND, groups=(bare,), parameters={"grade": 2})
    assert found(lower) == []
    ahead = change_item(runbook, SECOND, groups=(bare,), item="system/s2/replicate")
    assert found(ahead) == []


def test_steps_with_reasons_need_no_calls() -> None:
    calls = ("probe", "verify", "rollback")
    excused = step("move", probe=None, verify=None, rollback=None, reasons=dict.fromkeys(calls, "x"))
    assert found(excused(sound())) == []


def test_findings_stand_at_their_line(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    runbook = step("wipe", evidence=("a",))(hosts(address="")(sound()))
    write_runbook(path, runbook)
    lines = path.read_text().splitlines()
    places = [(one.code, lines[(one.origin.line or 0) - 1].strip()) for one in lint_runbook(runbook, path)]
    assert places == [("lint-no-address", "- s2.app.target"), ("lint-evidence", "evidence:")]


def test_a_host_nobody_uses_is_said() -> None:
    runbook = sound()
    spare = runbook.model_copy(update={"hosts": (*runbook.hosts, Host(name="spare", address="10.0.9.9"))})
    assert found(spare) == [("lint-unused-host", "", "hosts.4")]
