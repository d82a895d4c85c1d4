"""When workers are killed, what a migration's last line says, what counts as a fault; no lab is needed."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from migration.runbook.model import Call, ExecutorKind, Runbook, RunbookItem, Stage, Step, StepGroup
from tools.lab_migrate.migration import Kills, Result
from tools.lab_migrate.runs import Boundary, Crew, RunFailedError, Workers, boundaries_of


def runbook() -> Runbook:
    steps = (
        Step(id="look", executor=ExecutorKind.CHECK),
        Step(id="go", executor=ExecutorKind.APPROVAL),
        Step(id="move", executor=ExecutorKind.ANSIBLE, rollback=Call(do="back")),
        Step(id="switch", executor=ExecutorKind.ANSIBLE, act=Call(do="system_cutover")),
        Step(id="accept", executor=ExecutorKind.MANUAL),
    )
    group = StepGroup(id="all", steps=steps)
    item = RunbookItem(item="system/a/cutover", object="system:a", site="140100", groups=(group,))
    return Runbook(name="r", stage=Stage.CUTOVER, items=(item,))


class Recorded:
    """Stands for the program: keeps what would be run, and gives prepared events."""

    def __init__(self, events: list[dict[str, Any]] | None = None) -> None:
        self.done: list[tuple[str, ...]] = []
        self.prepared = events or []
        self.ended = True

    def run(self, *words: str) -> str:
        self.done.append(words)
        return '{"run": "r-1"}'

    def start(self, *words: str, log: str) -> Any:
        self.done.append((*words, log))
        self.ended = False
        return self

    def poll(self) -> int | None:
        return 0 if self.ended else None

    def end(self, _process: object, how: signal.Signals) -> None:
        self.done.append((how.name,))
        self.ended = True

    def events(self, _run: str, after: int = 0) -> list[dict[str, Any]]:
        return [event for event in self.prepared if event["sequence"] > after]

    def say(self, _text: str) -> None:
        """Nobody reads it."""


def envelope(sequence: int, type: str, step: str = "", **data: Any) -> dict[str, Any]:
    return {"sequence": sequence, "item": "system/a/cutover", "step": step, "event": {"type": type, **data}}


def crew(events: list[dict[str, Any]], deaths: set[Boundary] | None = None) -> tuple[Crew, Recorded]:
    program: Any = Recorded(events)
    workers = Workers(program, "140100", Path("worker.yaml"), deaths or set())
    workers.start()
    program.done.clear()
    return Crew(program, workers, Path("key")), program


def test_boundaries_are_those_of_steps_that_workers_carry_out() -> None:
    assert [str(moment) for moment in boundaries_of(runbook())] == [
        "look:step_started:forward",
        "look:step_ended:forward",
        "move:step_started:forward",
        "move:step_ended:forward",
        "switch:step_started:forward",
        "switch:step_ended:forward",
    ]
    assert [str(moment) for moment in boundaries_of(runbook(), rollback=True)] == [
        "move:step_started:rollback",
        "move:step_ended:rollback",
    ]


def test_the_same_seed_kills_at_the_same_moments() -> None:
    moments = {"cutover": boundaries_of(runbook()), "rollback": boundaries_of(runbook(), rollback=True)}
    drawn = Kills(3, seed=5).of(moments)
    assert drawn == Kills(3, seed=5).of(moments)
    assert sum(map(len, drawn.values())) == 3
    assert Kills(None).of(moments) == {stage: set(found) for stage, found in moments.items()}
    assert Kills(0).of(moments) == {"cutover": set(), "rollback": set()}
    inside = Kills(in_outage=True).of(moments)
    assert {part: [str(moment) for moment in found] for part, found in inside.items()} == {
        "cutover": ["system-cutover:Close:forward"],
        "rollback": ["system-cutover:Close:rollback"],
        "again": ["system-cutover:Promote:forward"],
    }


def test_a_worker_is_killed_once_at_its_moment_and_another_one_started() -> None:
    moment = Boundary("move", "step_started")
    events = [
        envelope(1, "step_started", "move", phase="forward"),
        envelope(2, "step_started", "move", phase="forward"),
        envelope(3, "run_ended", status="succeeded"),
    ]
    found, program = crew(events, {moment})
    assert found.see_through("r-1", "succeeded") == 3
    assert [words[0] for words in program.done] == ["SIGKILL", "worker"]
    assert found.workers.died == [moment]


def test_a_task_is_a_moment_of_the_phase_that_its_step_is_in() -> None:
    events = [
        envelope(1, "step_started", "switch", phase="forward"),
        envelope(2, "step_output", "switch", task="Close", status="changed"),
        envelope(3, "step_ended", "switch", phase="forward", status="succeeded", seconds=1.0),
        envelope(4, "step_started", "switch", phase="rollback"),
        envelope(5, "step_output", "switch", task="Close", status="changed"),
        envelope(6, "run_ended", status="canceled"),
    ]
    found, _ = crew(events, {Boundary("switch", "Close", "rollback")})
    found.see_through("r-1", "canceled", after=3)
    assert found.workers.died == [Boundary("switch", "Close", "rollback")]
    found, _ = crew(events, {Boundary("switch", "Close")})
    found.see_through("r-1", "canceled")
    assert found.workers.died == [Boundary("switch", "Close")]


def test_a_host_that_a_task_leaves_alone_is_no_moment() -> None:
    events = [
        envelope(1, "step_started", "switch", phase="forward"),
        envelope(2, "step_output", "switch", task="Close", status="skipped"),
        envelope(3, "run_ended", status="succeeded"),
    ]
    found, _ = crew(events, {Boundary("switch", "Close")})
    found.see_through("r-1", "succeeded")
    assert found.workers.died == []


def test_gates_are_approved_and_manual_steps_confirmed() -> None:
    events = [
        envelope(1, "approval_asked", "go", gate="cutover-go"),
        envelope(2, "decision_asked", "accept", code="manual", data={}),
        envelope(3, "run_ended", status="succeeded"),
    ]
    found, program = crew(events)
    found.see_through("r-1", "succeeded")
    assert [words[:3] for words in program.done] == [("run", "approve", "r-1"), ("run", "skip", "r-1")]


@pytest.mark.parametrize(
    "events",
    [
        [envelope(1, "run_ended", status="canceled")],
        [envelope(1, "decision_asked", "move", code="step-failed", data={})],
        [],
    ],
)
def test_another_end_than_the_wanted_one_is_a_failure(events: list[dict[str, Any]]) -> None:
    found, _ = crew(events)
    with pytest.raises(RunFailedError):
        found.see_through("r-1", "succeeded")


def test_the_last_line_and_what_is_wrong_with_it() -> None:
    good = Result("postgresql", lost=0, doubled=0, outage_s=3.14, rollback_lost=0, rows=100)
    assert str(good) == "postgresql lost=0 doubled=0 outage_s=3.1 rollback_lost=0"
    assert good.faults(5.0) == []
    bad = Result("mariadb", lost=1, doubled=2, outage_s=5.0, rollback_lost=3, rows=100)
    assert bad.faults(5.0) == [
        "mariadb: lost=1, not 0",
        "mariadb: doubled=2, not 0",
        "mariadb: rollback_lost=3, not 0",
        "mariadb: outage_s=5.000, not under 5",
    ]
