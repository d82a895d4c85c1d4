"""Gates of a run: what a worker lets pass, with real signatures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from migration.run import control
from migration.run.approvals import make_document, sign
from migration.run.context import Drift
from migration.run.events import ApprovalRefused, Decision, ItemStatus, RunStatus
from migration.run.fold import RunState
from migration.run.journal import read_events
from migration.runbook.model import ExecutorKind, RunbookItem
from tests.migration.run.engine import Bench, asked, make_step
from tests.migration.run.engine import make_item as make_plain
from tests.migration.run.signing import Office

pytestmark = pytest.mark.component("ssh-keygen")
A = "system/a/cutover"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.allow("li", "wang")
    return made


def gated(name: str, **parameters: int) -> RunbookItem:
    gate = make_step(
        "go", executor=ExecutorKind.APPROVAL, probe=None, verify=None, rollback=None, parameters=parameters
    )
    return make_plain(name, make_step("one"), gate, make_step("two"))


def hand_in(bench: Bench, office: Office, run: str, who: str, *, hours: int = 1, other: str = "") -> None:
    runbook = control.runbook_of(bench.store, run)
    now = dt.datetime.now(dt.UTC)
    started = bench.state(run).started
    assert started is not None
    document = make_document(runbook, "go", run=other or run, nonce=started.nonce, principal=who, now=now, hours=hours)
    control.deposit(bench.store, run, "go", document, sign(document, key=office.key(who)))


def at_the_gate(state: RunState) -> bool:
    return all(item.gate == "go" for item in state.items.values())


def refusals(bench: Bench, run: str) -> list[str]:
    found = (envelope.event for envelope in read_events(bench.store, run))
    return [event.code for event in found if isinstance(event, ApprovalRefused)]


def test_one_approval_opens_the_gate_for_all_its_items(bench: Bench, office: Office) -> None:
    run = bench.start(gated("a"), gated("b"))
    bench.work(run, until=at_the_gate)
    assert sorted(bench.acted()) == ["a/one", "b/one"]
    hand_in(bench, office, run, "li")
    state = bench.work(run)
    assert state.status is RunStatus.SUCCEEDED
    assert [given.principal for given in state.approvals["go"]] == ["li"]


def test_two_keys_are_two_people(bench: Bench, office: Office) -> None:
    run = bench.start(gated("a", keys=2))
    hand_in(bench, office, run, "li")
    hand_in(bench, office, run, "li")
    bench.work(run, until=lambda state: at_the_gate(state) and bool(refusals(bench, run)))
    assert bench.acted() == ["a/one"]
    hand_in(bench, office, run, "wang")
    assert bench.work(run).status is RunStatus.SUCCEEDED


def test_an_approval_of_another_run_is_refused_with_a_reason(bench: Bench, office: Office) -> None:
    run = bench.start(gated("a"))
    hand_in(bench, office, run, "li", other="w14-9")
    bench.work(run, until=lambda state: at_the_gate(state) and bool(refusals(bench, run)))
    assert refusals(bench, run) == ["approval-other-run"]
    assert bench.acted() == ["a/one"]


def test_signers_that_were_swapped_close_the_gate_again(bench: Bench, office: Office) -> None:
    run = bench.start(gated("a", keys=2))
    hand_in(bench, office, run, "li")
    bench.work(run, until=lambda state: at_the_gate(state) and "go" in state.approvals)
    office.allow("wang")  # li is no longer among them
    hand_in(bench, office, run, "wang")
    bench.work(run, until=lambda state: len(state.approvals["go"]) == 2 and bool(refusals(bench, run)))
    assert bench.acted() == ["a/one"]
    assert "approval-unknown-key" in refusals(bench, run)


def test_without_signers_nothing_passes(bench: Bench, office: Office) -> None:
    office.signers.unlink()
    run = bench.start(gated("a"))
    hand_in(bench, office, run, "li")
    bench.work(run, until=lambda state: at_the_gate(state) and "no-signers" in refusals(bench, run))
    assert bench.acted() == ["a/one"]


def test_a_rejection_cancels_until_somebody_tries_again(bench: Bench, office: Office) -> None:
    run = bench.start(gated("a"))
    bench.work(run, until=at_the_gate)
    control.reject(bench.store, run, "go", by="wang", reason="not tonight")
    state = bench.state(run)
    assert state.items[A].status is ItemStatus.CANCELED
    control.decide(bench.store, run, A, Decision.RETRY, by="li")
    hand_in(bench, office, run, "li")
    assert bench.work(run).status is RunStatus.SUCCEEDED
    assert bench.acted() == ["a/one", "a/two"]


def test_a_gate_rejected_before_anyone_came_to_it_cancels_who_comes(bench: Bench) -> None:
    run = bench.start(gated("a"))
    control.reject(bench.store, run, "go", by="wang", reason="no")
    assert bench.work(run).items[A].status is ItemStatus.CANCELED
    assert bench.acted() == ["a/one"]


# Between the gate and the window behind it


def windowed(name: str) -> RunbookItem:
    """A gate, something to look at, and a change in a window that opens soon."""
    gate = make_step("go", executor=ExecutorKind.APPROVAL, probe=None, verify=None, rollback=None)
    steps = (gate, make_step("look", changes=False), make_step("switch", in_window=True, worst_case_seconds=1))
    start = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=3)
    return make_plain(name, *steps, make_step("tidy"), window_start=start, window_minutes=5)


def waits_for_its_window(state: RunState) -> bool:
    held = state.items[A].held
    return held is not None and held.code == "window"


def test_an_approval_that_no_longer_holds_when_the_window_opens_is_asked_for_again(
    bench: Bench, office: Office
) -> None:
    run = bench.start(windowed("a"))
    hand_in(bench, office, run, "li")
    bench.work(run, until=waits_for_its_window)
    office.allow("wang")
    bench.work(run, until=lambda state: state.items[A].gate == "go" and bool(refusals(bench, run)))
    assert (refusals(bench, run), bench.acted()) == (["approval-unknown-key"], ["a/look"])
    hand_in(bench, office, run, "wang")
    assert bench.work(run).status is RunStatus.SUCCEEDED
    assert bench.acted() == ["a/look", "a/switch", "a/tidy"]


def test_an_approval_that_runs_out_before_the_window_opens(
    bench: Bench, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = bench.start(windowed("a"))
    hand_in(bench, office, run, "li")
    bench.work(run, until=waits_for_its_window)
    with monkeypatch.context() as patched:
        later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
        patched.setattr("migration.run.gates._now", lambda *_: later)
        bench.work(run, until=lambda state: state.items[A].gate == "go" and bool(refusals(bench, run)))
    assert (refusals(bench, run), bench.acted()) == (["approval-expired"], ["a/look"])


def test_what_has_begun_needs_no_new_approval(bench: Bench, office: Office) -> None:
    gate = make_step("go", executor=ExecutorKind.APPROVAL, probe=None, verify=None, rollback=None)
    run = bench.start(make_plain("a", gate, make_step("one"), make_step("two")))
    hand_in(bench, office, run, "li")
    bench.executor.before = lambda *_: office.allow("wang")
    assert bench.work(run).status is RunStatus.SUCCEEDED


def test_what_has_changed_since_the_start_is_approved_anew(bench: Bench, office: Office) -> None:
    run = bench.start(gated("a"), gated("b"))
    bench.work(run, until=at_the_gate)
    hand_in(bench, office, run, "li")
    first, second = Drift(("system:a",), "d1"), Drift(("system:a", "plan"), "d2")

    def stopped(times: int) -> Callable[[RunState], bool]:
        return lambda state: state.items[A].gate == "go" and len(refusals(bench, run)) == times

    bench.work(run, until=stopped(1), drift=lambda item: first if item.item == A else None)
    assert refusals(bench, run) == ["approval-outdated"]
    assert "a/two" not in bench.acted()
    hand_in(bench, office, run, "li")
    bench.work(run, until=stopped(2), drift=lambda item: second if item.item == A else None)
    assert "a/two" not in bench.acted(), "it has changed once more"
    hand_in(bench, office, run, "li")
    state = bench.work(run, drift=lambda item: second if item.item == A else None)
    assert state.status is RunStatus.SUCCEEDED, "who approved knew of it"
    assert sorted(bench.acted()) == ["a/one", "a/two", "b/one", "b/two"]


def test_what_has_changed_is_asked_about_where_no_gate_is(bench: Bench) -> None:
    run = bench.start(make_plain("a"))
    state = bench.work(run, drift=lambda _: Drift(("system:a",), "d1"))
    assert (asked(state, A).code, bench.acted()) == ("records-changed", [])
    control.decide(bench.store, run, A, Decision.RETRY, by="tester")
    assert bench.work(run, drift=lambda _: None).status is RunStatus.SUCCEEDED
