"""What a run promises people: nobody else's work is touched, nothing is skipped, forgotten or done unchecked."""

from __future__ import annotations

import pytest

from migration.run import control
from migration.run.errors import RunError, RunVersionError
from migration.run.events import Decision, ItemStatus, RunStatus
from migration.run.ports import Outcome
from migration.runbook.model import Call, ExecutorKind, OnFailure
from tests.migration.run.engine import Bench, asked, make_item, make_step

A = "system/a/cutover"


def test_an_embedded_worker_leaves_other_runs_alone(bench: Bench) -> None:
    real = bench.start(make_item("a"))
    rehearsal = bench.start(make_item("b"), rehearse=True)
    bench.work(rehearsal)
    assert bench.acted() == []
    assert bench.state(real).items[A].status is ItemStatus.PENDING


def test_only_the_step_that_waits_is_skipped_and_never_a_gate(bench: Bench) -> None:
    bench.executor.failures[f"{A}/one"] = [Outcome(False, "failed")]
    gate = make_step("go", executor=ExecutorKind.APPROVAL)
    run = bench.start(make_item("a", make_step("one"), gate, make_step("two")))
    bench.work(run)
    for step in ("go", "two"):
        with pytest.raises(RunError) as caught:
            control.decide(bench.store, run, A, Decision.SKIP, by="t", reason="r", step=step)
        assert caught.value.code == "step-not-waiting"


def test_skipped_steps_that_acted_and_manual_ones_are_undone(bench: Bench) -> None:
    manual = make_step("two", executor=ExecutorKind.MANUAL, act=Call(do="open"), rollback=Call(do="close"))
    run = bench.start(make_item("a", make_step("one"), manual))
    bench.executor.effects[f"{A}/one"] = 2
    bench.work(run)
    control.decide(bench.store, run, A, Decision.SKIP, by="t", reason="looked at")
    bench.work(run)
    control.decide(bench.store, run, A, Decision.SKIP, by="t", reason="opened")
    assert bench.work(run).status is RunStatus.SUCCEEDED
    control.roll_back(bench.store, run, by="t", reason="back")
    state = bench.work(run)
    assert asked(state, A).data == {"step": "two", "do": "close", "role": ""}
    control.decide(bench.store, run, A, Decision.SKIP, by="t", reason="closed")
    bench.executor.effects[f"{A}/one"] = 1
    assert bench.work(run).items[A].status is ItemStatus.ROLLED_BACK
    assert bench.acted("rollback") == ["a/one"]


def test_the_error_budget_counts_items_that_were_only_taken(bench: Bench) -> None:
    bench.changed = {"limits": {"site": 1}, "threads": 4}
    for name in "abcdef":
        bench.executor.failures[f"system/{name}/cutover/one"] = [Outcome(False, "failed")]
    bench.done(*(make_item(name) for name in "abcdef"))
    assert len(bench.acted()) == 1


def test_a_second_try_goes_through_the_checks_again(bench: Bench) -> None:
    bench.executor.failures[f"{A}/two"] = [Outcome(False, "failed")]
    check = make_step("look", probe=None, rollback=None, changes=False)
    run = bench.start(make_item("a", check, make_step("two"), on_failure=OnFailure.ROLLBACK))
    bench.executor.effects[f"{A}/look"] = 0
    bench.work(run)
    bench.executor.effects[f"{A}/look"] = 0
    control.decide(bench.store, run, A, Decision.RETRY, by="t")
    bench.work(run, until=lambda state: state.items[A].status is ItemStatus.SUCCEEDED)
    assert bench.acted().count("a/look") == 2


def test_rehearsals_and_what_never_began_are_not_undone(bench: Bench) -> None:
    rehearsal = bench.start(make_item("a"), rehearse=True)
    bench.work(rehearsal)
    with pytest.raises(RunError) as caught:
        control.roll_back(bench.store, rehearsal, by="t", reason="r")
    assert caught.value.code == "run-rehearsal"
    run = bench.start(make_item("a"))
    with pytest.raises(RunError) as caught:
        control.roll_back(bench.store, run, by="t", reason="r")
    assert caught.value.code == "nothing-to-undo"


def test_an_object_stays_locked_while_another_item_is_at_it(bench: Bench) -> None:
    bench.executor.failures["system/a/cutover/one"] = [Outcome(False, "failed")]
    second = make_item("a").model_copy(update={"item": "system/a/verify"})
    run = bench.start(make_item("a"), second, error_budget=5)
    state = bench.work(run)
    assert state.items["system/a/verify"].status is ItemStatus.SUCCEEDED
    with pytest.raises(RunVersionError):
        bench.start(make_item("a"))


def test_demanded_evidence_must_be_given(bench: Bench) -> None:
    state = bench.done(make_item("a", make_step("one", evidence=("effects",)), make_step("two", evidence=("rows",))))
    assert state.items[A].steps["one"].done
    assert state.items[A].steps["two"].code == "evidence-missing"


def test_others_may_not_read_the_store(bench: Bench) -> None:
    bench.start(make_item("a"))
    for name in ("runs.db", "runs.db-wal"):
        assert (bench.folder / name).stat().st_mode & 0o077 == 0
