"""Runs of hand-made runbooks by a real worker in this process, with the fake executor."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from migration.run import control
from migration.run.events import DecisionAsked, RunStatus, StepStatus
from migration.run.fold import RunState
from migration.run.journal import read_events, run_state
from migration.run.settings import WorkerSettings
from migration.run.store import Store
from migration.run.testing import FakeExecutor
from migration.run.worker import Worker
from migration.runbook.model import Call, ExecutorKind, OnFailure, Runbook, RunbookItem, Stage, Step, StepGroup

LONGEST = 60.0
"""Seconds after which a run that does not end counts as hanging."""


def make_step(id: str, **changed: Any) -> Step:
    """A step that can be probed, verified and undone."""
    call = Call(argv=("true",))
    whole = {"act": call, "probe": call, "verify": call, "rollback": call, "executor": ExecutorKind.COMMAND}
    return Step(**{"id": id, **whole, **changed})


def make_item(name: str, *steps: Step, **changed: Any) -> RunbookItem:
    """The cutover of a system, with steps one, two and three unless others are given."""
    chosen = steps or tuple(make_step(id) for id in ("one", "two", "three"))
    fields = {"item": f"system/{name}/cutover", "object": f"system:{name}", "site": "140000"}
    return RunbookItem(**{**fields, "groups": (StepGroup(id="all", steps=chosen),), **changed})


def make_runbook(*items: RunbookItem, **changed: Any) -> Runbook:
    return Runbook(**{"name": "w14", "stage": Stage.CUTOVER, "items": items, **changed})


@dataclass
class Bench:
    """A store, an executor and workers for one test."""

    url: str
    folder: Path
    executor: FakeExecutor = field(default_factory=FakeExecutor)
    changed: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store = Store.open(self.url)

    @property
    def settings(self) -> WorkerSettings:
        base = {
            "signers": str(self.folder / "allowed_signers"),
            "settle_seconds": 0,
            "poll_seconds": 0.02,
            "threads": 4,
        }
        return WorkerSettings(**{**base, **self.changed})

    def start(self, *items: RunbookItem, rehearse: bool = False, **changed: Any) -> str:
        return control.start(self.store, make_runbook(*items, **changed), by="tester", rehearse=rehearse)

    def work(self, run: str, *, until: Callable[[RunState], bool] | None = None, **options: Any) -> RunState:
        """A worker until it has nothing to do any more for the run, or ``until`` says so."""
        worker = Worker(self.store, executors={ExecutorKind.COMMAND: self.executor}, settings=self.settings, **options)
        stop, done = threading.Event(), threading.Event()

        def watch() -> None:
            while not done.wait(0.02):
                if until is not None and until(run_state(self.store, run)):
                    stop.set()

        watcher = threading.Thread(target=watch)
        timer = threading.Timer(LONGEST, stop.set)
        watcher.start()
        timer.start()
        try:
            worker.run(stop, until_run=run)
            assert timer.is_alive(), "the run hangs"
        finally:
            done.set()
            timer.cancel()
            watcher.join()
        return self.state(run)

    def state(self, run: str) -> RunState:
        return run_state(self.store, run)

    def done(self, *items: RunbookItem, **changed: Any) -> RunState:
        return self.work(self.start(*items, **changed))

    def types(self, run: str) -> list[str]:
        return [envelope.event.type for envelope in read_events(self.store, run, limit=100_000)]

    def acted(self, method: str = "act") -> list[str]:
        """What was done, in order, as NAME/STEP."""
        keys = [key for called, key in self.executor.calls if called == method]
        return [key.removeprefix("system/").replace("/cutover/", "/") for key in keys]


def asked(state: RunState, item: str) -> DecisionAsked:
    """What an item asks."""
    found = state.items[item].asked
    assert found is not None
    return found


def statuses(state: RunState, item: str) -> list[StepStatus]:
    """Of the steps of an item, in order."""
    return [step.status for step in state.items[f"system/{item}/cutover"].steps.values()]


__all__ = ["Bench", "OnFailure", "RunStatus", "asked", "make_item", "make_runbook", "make_step", "statuses"]
