"""What a run does with its items and steps, by a real worker on a real store."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from migration.run import control
from migration.run.errors import RunError, RunVersionError
from migration.run.events import Decision, ItemStatus, RunStatus, StepStatus
from migration.run.journal import read_events
from migration.run.ports import Outcome, StepCall
from migration.run.schema import holds, locks
from migration.runbook.model import Call, ExecutorKind, OnFailure
from tests.migration.run.engine import Bench, asked, make_item, make_step, statuses

SUCCEEDED = StepStatus.SUCCEEDED
A = "system/a/cutover"
B = "system/b/cutover"


def left(bench: Bench) -> int:
    """Rows of locks and holds that are left."""
    with bench.store.read() as connection:
        return sum(connection.execute(sa.select(sa.func.count()).select_from(t)).scalar_one() for t in (locks, holds))


def test_steps_are_probed_done_and_verified_in_order(bench: Bench) -> None:
    state = bench.done(make_item("a"))
    assert state.status is RunStatus.SUCCEEDED
    assert statuses(state, "a") == [SUCCEEDED] * 3
    methods = [method for method, key in bench.executor.calls if key.endswith("/two")]
    assert methods == ["probe", "act", "verify"]
    assert bench.acted() == ["a/one", "a/two", "a/three"]
    assert left(bench) == 0


def test_the_journal_has_no_gaps_and_begins_before_acting(bench: Bench) -> None:
    seen: list[str] = []

    def look(method: str, call: StepCall) -> None:
        if method == "act":
            seen.append(read_events(bench.store, call.run)[-1].event.type)

    bench.executor.before = look
    run = bench.start(make_item("a"), make_item("b"))
    bench.work(run)
    sequences = [envelope.sequence for envelope in read_events(bench.store, run)]
    assert sequences == list(range(1, len(sequences) + 1))
    assert len(seen) == 6
    assert bench.types(run)[0] == "run_started"
    assert bench.types(run)[-1] == "run_ended"


def test_what_is_so_already_is_adopted(bench: Bench) -> None:
    bench.executor.effects[f"{A}/one"] = 1
    state = bench.done(make_item("a"))
    assert state.items[A].steps["one"].adopted
    assert bench.acted() == ["a/two", "a/three"]


def test_an_item_waits_for_those_it_comes_after(bench: Bench) -> None:
    bench.done(make_item("b", after=(A,)), make_item("a"))
    assert bench.acted() == ["a/one", "a/two", "a/three", "b/one", "b/two", "b/three"]


def test_canaries_go_first_and_their_failure_keeps_the_others_out(bench: Bench) -> None:
    bench.executor.failures[f"{B}/two"] = [Outcome(False, "failed", "no")]
    items = (make_item("a"), make_item("b", canary=True, on_failure=OnFailure.ROLLBACK), make_item("c"))
    state = bench.done(*items)
    assert bench.acted() == ["b/one", "b/two"]
    assert [item.status for item in state.items.values()] == [
        ItemStatus.CANCELED,
        ItemStatus.ROLLED_BACK,
        ItemStatus.CANCELED,
    ]
    assert state.status is RunStatus.FAILED


def test_the_error_budget_stops_further_items(bench: Bench) -> None:
    bench.changed = {"threads": 1}
    bench.executor.failures[f"{A}/one"] = [Outcome(False, "failed", "no")]
    items = [make_item(name) for name in "abc"]
    run = bench.start(*items)
    state = bench.work(run)
    assert bench.acted() == ["a/one"]
    assert state.items[B].status is ItemStatus.PENDING
    control.decide(bench.store, run, A, Decision.RETRY, by="tester")
    assert bench.work(run).status is RunStatus.SUCCEEDED

    bench.executor.failures[f"{A}/one"] = [Outcome(False, "failed", "no")]
    bench.executor.effects.clear()
    again = bench.start(*items, error_budget=1)
    assert bench.work(again).items[B].status is ItemStatus.SUCCEEDED


def test_a_failed_step_is_retried_from_where_it_failed(bench: Bench) -> None:
    bench.executor.failures[f"{A}/two"] = [Outcome(False, "failed", "disk is full")]
    run = bench.start(make_item("a"))
    state = bench.work(run)
    assert state.status is RunStatus.FAILED
    assert asked(state, A).data == {"step": "two", "code": "failed", "message": "disk is full"}
    control.decide(bench.store, run, A, Decision.RETRY, by="tester")
    state = bench.work(run)
    assert state.status is RunStatus.SUCCEEDED
    assert bench.acted() == ["a/one", "a/two", "a/two", "a/three"]
    assert state.items[A].steps["two"].attempts == 2


def test_retries_of_a_step_need_nobody(bench: Bench) -> None:
    bench.executor.failures[f"{A}/one"] = [Outcome(False, "failed")] * 2
    assert bench.done(make_item("a", make_step("one", retries=2))).status is RunStatus.SUCCEEDED
    assert bench.acted() == ["a/one"] * 3


def test_a_step_that_is_not_verified_has_failed(bench: Bench) -> None:
    bench.executor.effects[f"{A}/one"] = 2
    state = bench.done(make_item("a"))
    assert state.items[A].steps["one"].code == "not-verified"
    assert bench.acted() == []


def test_a_skipped_step_needs_a_reason_and_is_on_record(bench: Bench) -> None:
    bench.executor.failures[f"{A}/two"] = [Outcome(False, "failed")]
    run = bench.start(make_item("a"))
    bench.work(run)
    with pytest.raises(RunError) as caught:
        control.decide(bench.store, run, A, Decision.SKIP, by="tester")
    assert caught.value.code == "reason-missing"
    control.decide(bench.store, run, A, Decision.SKIP, by="tester", reason="done by hand")
    state = bench.work(run)
    assert statuses(state, "a") == [SUCCEEDED, StepStatus.SKIPPED, SUCCEEDED]
    assert bench.acted() == ["a/one", "a/two", "a/three"]


def test_failure_undoes_in_reverse_order(bench: Bench) -> None:
    bench.executor.failures[f"{A}/three"] = [Outcome(False, "failed")]
    state = bench.done(make_item("a", on_failure=OnFailure.ROLLBACK))
    assert state.items[A].status is ItemStatus.ROLLED_BACK
    assert state.status is RunStatus.FAILED
    assert bench.acted("rollback") == ["a/three", "a/two", "a/one"]
    assert not any(bench.executor.effects.values())
    assert left(bench) == 0


def test_undoing_stops_at_a_point_of_no_return_until_a_person_decides(bench: Bench) -> None:
    bench.executor.failures[f"{A}/three"] = [Outcome(False, "failed")]
    steps = (make_step("one"), make_step("two", point_of_no_return=True), make_step("three"))
    run = bench.start(make_item("a", *steps, on_failure=OnFailure.ROLLBACK))
    state = bench.work(run)
    assert bench.acted("rollback") == ["a/three"]
    assert asked(state, A).code == "point-of-no-return"
    control.decide(bench.store, run, A, Decision.ROLLBACK, by="tester", reason="we go back")
    state = bench.work(run)
    assert bench.acted("rollback") == ["a/three", "a/two", "a/one"]
    assert state.status is RunStatus.CANCELED


def test_an_undone_step_whose_effect_is_still_there_has_failed(bench: Bench) -> None:
    bench.executor.failures[f"{A}/two"] = [Outcome(False, "failed")]

    def stay(method: str, call: StepCall) -> None:
        if method == "probe" and call.step.id == "one" and ("rollback", f"{A}/one") in bench.executor.calls:
            bench.executor.effects[f"{A}/one"] = 1

    bench.executor.before = stay
    state = bench.done(make_item("a", on_failure=OnFailure.ROLLBACK))
    assert state.items[A].steps["one"].code == "still-done"
    assert asked(state, A).code == "rollback-failed"


def test_rolling_back_a_run_begins_with_what_came_last(bench: Bench) -> None:
    restored = {
        "restores": {"system:a": {"runs_in": "room:r"}},
        "sets": {"system:a": {"runs_in": "pool:p", "moved": "{date}"}},
    }
    run = bench.start(make_item("a", **restored), make_item("b", after=(A,)))
    state = bench.work(run)
    today = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date().isoformat()
    assert state.items[A].changes[0].set == {"runs_in": "pool:p", "moved": today}
    undone = control.roll_back(bench.store, run, by="tester", reason="wrong pool", items=(A,))
    assert undone == (A, B)
    state = bench.work(run)
    assert bench.acted("rollback") == ["b/three", "b/two", "b/one", "a/three", "a/two", "a/one"]
    assert state.status is RunStatus.CANCELED
    assert state.items[A].changes[0].set == {"runs_in": "room:r"}
    control.decide(bench.store, run, A, Decision.RETRY, by="tester")
    bench.work(run, until=lambda now: now.items[A].status is ItemStatus.SUCCEEDED)
    assert bench.executor.effects[f"{A}/three"] == 1


def test_a_manual_step_waits_for_the_person_who_does_it(bench: Bench) -> None:
    manual = make_step("one", executor=ExecutorKind.MANUAL, act=Call(do="plug the cable"), role="facility")
    run = bench.start(make_item("a", manual, make_step("two")))
    state = bench.work(run)
    assert state.items[A].status is ItemStatus.WAITING
    assert asked(state, A).data == {"step": "one", "do": "plug the cable", "role": "facility"}
    control.decide(bench.store, run, A, Decision.SKIP, by="tester", reason="done")
    assert bench.work(run).status is RunStatus.SUCCEEDED


def test_a_paused_run_begins_nothing_and_goes_on(bench: Bench) -> None:
    run = bench.start(make_item("a"))

    def pause(method: str, call: StepCall) -> None:
        if method == "act" and call.step.id == "one":
            control.pause(bench.store, run, by="tester")

    bench.executor.before = pause
    state = bench.work(run, until=lambda now: not now.items[A].steps["one"].open and now.paused)
    assert state.status is RunStatus.PAUSED
    assert bench.acted() == ["a/one"]
    bench.executor.before = None
    control.resume(bench.store, run, by="tester")
    assert bench.work(run).status is RunStatus.SUCCEEDED


def test_canceling_lets_the_step_end(bench: Bench) -> None:
    run = bench.start(make_item("a"), make_item("b", after=(A,)))

    def stop(method: str, call: StepCall) -> None:
        if method == "act" and call.step.id == "two":
            control.cancel(bench.store, run, by="tester", reason="storm")

    bench.executor.before = stop
    state = bench.work(run)
    assert statuses(state, "a") == [SUCCEEDED, SUCCEEDED, StepStatus.PENDING]
    assert state.status is RunStatus.CANCELED
    assert left(bench) == 0


def test_two_runs_never_have_one_object(bench: Bench) -> None:
    run = bench.start(make_item("a"))
    with pytest.raises(RunVersionError) as caught:
        bench.start(make_item("a"))
    assert caught.value.data == {"object": "system:a", "run": run}
    assert bench.start(make_item("a"), rehearse=True) == "w14-2"
    bench.work(run)
    bench.start(make_item("a"))


def test_limits_hold(bench: Bench) -> None:
    bench.changed = {"limits": {"room": 2}}
    busy, most, guard = [0], [0], threading.Lock()

    def count(method: str, _: StepCall) -> None:
        if method != "act":
            return
        with guard:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        threading.Event().wait(0.05)
        with guard:
            busy[0] -= 1

    bench.executor.before = count
    items = [make_item(f"s{n}", make_step("one", limits=("room:r",))) for n in range(8)]
    assert bench.done(*items).status is RunStatus.SUCCEEDED
    assert most[0] == 2


def test_steps_of_another_site_are_left_to_its_workers(bench: Bench) -> None:
    run = bench.start(make_item("a", make_step("one"), make_step("two", site="140100")), make_item("b", site="140100"))
    bench.work(run, sites=("140000",), until=lambda now: now.items[A].steps["one"].done)
    assert bench.acted() == ["a/one"]
    state = bench.work(run, sites=("140100",))
    assert state.status is RunStatus.SUCCEEDED


def test_a_step_that_does_not_fit_the_window_is_not_begun(bench: Bench) -> None:
    now = dt.datetime.now(dt.UTC)
    steps = tuple(make_step(id, in_window=True, worst_case_seconds=1800) for id in ("one", "two"))
    late = make_item("a", *steps, window_start=now - dt.timedelta(minutes=30), window_minutes=60)
    early = make_item("b", *steps, window_start=now + dt.timedelta(hours=5), window_minutes=60)
    run = bench.start(late, early, error_budget=5)
    state = bench.work(run, until=lambda found: found.items[B].held is not None and found.items[A].asked is not None)
    assert bench.acted() == []
    assert asked(state, A).code == "window-over"
    assert asked(state, A).data["needed_minutes"] == 60
    held = state.items[B].held
    assert held is not None
    assert held.until == early.window_start


def test_a_rehearsal_previews_everything_and_changes_nothing(bench: Bench) -> None:
    gate = make_step("go", executor=ExecutorKind.APPROVAL)
    item = make_item("a", make_step("one"), gate, make_step("two"), sets={"system:a": {"runs_in": "pool:p"}})
    state = bench.done(item, rehearse=True)
    assert state.status is RunStatus.SUCCEEDED
    assert {method for method, _ in bench.executor.calls} == {"preview"}
    assert not bench.executor.effects
    assert state.items[A].changes == ()


def test_wrong_wishes_are_refused(bench: Bench) -> None:
    run = bench.start(make_item("a"))
    for wish, code in (
        (lambda: control.decide(bench.store, run, "system/x/cutover", Decision.RETRY, by="t"), "item-unknown"),
        (lambda: control.decide(bench.store, run, A, Decision.RETRY, by="t"), "item-not-waiting"),
        (lambda: control.pause(bench.store, "w15-1", by="t"), "run-unknown"),
        (lambda: control.reject(bench.store, run, "go", by="t", reason="r"), "gate-unknown"),
        (lambda: control.find_run(bench.store, "x"), "run-unknown"),
    ):
        with pytest.raises(RunError) as caught:
            wish()
        assert caught.value.code == code
    bench.start(make_item("b"))
    with pytest.raises(RunError) as caught:
        control.find_run(bench.store, "w14")
    assert caught.value.code == "run-ambiguous"
    bench.work(run)
    with pytest.raises(RunError) as caught:
        control.pause(bench.store, run, by="t")
    assert caught.value.code == "run-ended"
