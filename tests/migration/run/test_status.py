"""A list of runs, made from the rows of the store, and the fold of a run's events say the same of where it stands."""

from __future__ import annotations

import threading
import time

import pytest

from migration.run import control
from migration.run.events import Decision, RunStatus
from migration.run.fold import RunState, fold
from migration.run.journal import read_events
from migration.run.ports import Outcome, StepCall
from tests.migration.run.engine import Bench, make_item, make_step

A, B = "system/a/cutover", "system/b/cutover"


def status(bench: Bench, run: str) -> RunStatus:
    """Where both say that a run stands."""
    (listed,) = (found.status for found in control.list_runs(bench.store) if found.run == run)
    folded = fold(read_events(bench.store, run, limit=100_000)).status
    assert listed is folded
    return folded


def fail(bench: Bench, item: str, step: str = "one", times: int = 1) -> None:
    bench.executor.failures[f"{item}/{step}"] = [Outcome(False, "failed")] * times


def test_what_comes_after_a_failed_item_does_not_go_on(bench: Bench) -> None:
    fail(bench, A)
    run = bench.start(make_item("a"), make_item("b", after=(A,)), error_budget=9)
    assert status(bench, run) is RunStatus.RUNNING
    bench.work(run)
    assert status(bench, run) is RunStatus.FAILED
    control.decide(bench.store, run, A, Decision.RETRY, by="tester")
    assert status(bench, run) is RunStatus.RUNNING
    bench.work(run)
    assert status(bench, run) is RunStatus.SUCCEEDED


def test_what_waits_for_a_canary_does_not_go_on(bench: Bench) -> None:
    fail(bench, A)
    run = bench.start(make_item("a", canary=True), make_item("b"), error_budget=9)
    bench.work(run)
    assert status(bench, run) is RunStatus.FAILED


def test_what_the_error_budget_stops_does_not_go_on(bench: Bench) -> None:
    fail(bench, A)
    bench.changed = {"threads": 1}
    run = bench.start(make_item("a"), make_item("b"))
    bench.work(run)
    assert status(bench, run) is RunStatus.FAILED
    assert bench.acted() == ["a/one"]


def test_what_is_only_held_goes_on(bench: Bench) -> None:
    fail(bench, A)
    bench.changed = {"threads": 1}
    run = bench.start(make_item("a"), make_item("b"), error_budget=9)
    reached = threading.Event()

    def stay(called: str, call: StepCall) -> None:
        if (called, call.item) == ("act", B):
            reached.set()
            time.sleep(0.3)  # until the worker is told to stop

    bench.executor.before = stay
    held = bench.work(run, until=lambda _: reached.is_set()).items[B].held
    assert held is not None
    assert held.code == "stopped"
    assert status(bench, run) is RunStatus.RUNNING, "the next worker goes on with it"
    control.pause(bench.store, run, by="tester")
    assert status(bench, run) is RunStatus.PAUSED


@pytest.mark.parametrize("broken", ["one", "two", "three"])
def test_they_agree_after_every_event_of_a_run_that_fails_and_is_undone(bench: Bench, broken: str) -> None:
    """Watched from the rows while a worker is at it, each time nothing has happened between the two looks."""
    fail(bench, A, broken)
    run = bench.start(make_item("a"), make_item("b", after=(A,)), make_item("c", make_step("x")), error_budget=1)
    seen = set[RunStatus]()

    def compare(state: RunState) -> bool:
        (listed,) = (found.status for found in control.list_runs(bench.store) if found.run == run)
        again = fold(read_events(bench.store, run, limit=100_000))
        if again.last == state.last:
            assert listed is state.status
            seen.add(listed)
        return False

    bench.work(run, until=compare)
    assert status(bench, run) is RunStatus.FAILED
    control.roll_back(bench.store, run, by="tester", reason="test", items=(A,))
    assert status(bench, run) is RunStatus.RUNNING
    bench.work(run, until=compare)
    assert status(bench, run) is RunStatus.CANCELED
    assert seen
