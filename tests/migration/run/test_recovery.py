"""What becomes of an attempt whose end nobody recorded, and of a store that does not answer for a while."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from migration.run import control, guard
from migration.run.children import Leash
from migration.run.errors import StoreError
from migration.run.events import Decision, ItemStatus, Phase, Probed, RunStatus, StepStatus
from migration.run.leases import Registration
from migration.run.ports import Outcome, Probe, StepCall
from migration.run.schema import runs
from migration.runbook.model import OnFailure
from tests.migration.run.engine import Bench, asked, make_item, make_step

A = "system/a/cutover"


class Crash(BaseException):
    """The worker's thread ends here, as if the process had been killed."""


def crash(bench: Bench, run: str, step: str, *, method: str, effect: bool) -> None:
    """A worker that dies in a call of a step, before or after the step had its effect."""

    def die(called: str, call: StepCall) -> None:
        if called == method and call.step.id == step:
            if effect:
                bench.executor.effects[f"{A}/{step}"] = 1
            raise Crash

    bench.executor.before = die
    bench.work(run, until=lambda state: state.items[A].steps[step].open)
    bench.executor.before = None
    bench.executor.calls.clear()
    assert bench.state(run).items[A].steps[step].open


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("effect", [True, False])
def test_an_attempt_without_an_end_is_probed(bench: Bench, effect: bool) -> None:
    run = bench.start(make_item("a"))
    crash(bench, run, "two", method="act", effect=effect)
    state = bench.work(run)
    assert state.status is RunStatus.SUCCEEDED
    assert bench.acted() == (["a/three"] if effect else ["a/two", "a/three"])
    assert state.items[A].steps["two"].adopted is effect
    assert bench.executor.effects[f"{A}/two"] == 1


def test_an_attempt_that_cannot_be_probed_is_never_run_again_blindly(bench: Bench) -> None:
    blind = make_step("two", probe=None, verify=None, reasons={"probe": "a letter was sent", "verify": "a letter"})
    run = bench.start(make_item("a", make_step("one"), blind, make_step("three")))
    crash(bench, run, "two", method="act", effect=True)
    state = bench.work(run)
    assert bench.acted() == []
    assert asked(state, A).code == "no-probe"
    control.decide(bench.store, run, A, Decision.SKIP, by="tester", reason="the letter has arrived")
    assert bench.work(run).status is RunStatus.SUCCEEDED
    assert bench.acted() == ["a/three"]


def test_a_person_may_have_it_run_again(bench: Bench) -> None:
    run = bench.start(make_item("a", make_step("one", probe=None, reasons={"probe": "none"})))
    crash(bench, run, "one", method="act", effect=False)
    bench.work(run)
    control.decide(bench.store, run, A, Decision.RETRY, by="tester")
    assert bench.work(run).status is RunStatus.SUCCEEDED
    assert bench.acted() == ["a/one"]


def test_a_probe_that_cannot_tell_asks(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    run = bench.start(make_item("a"))
    crash(bench, run, "one", method="act", effect=False)
    monkeypatch.setattr(bench.executor, "probe", lambda _: Probe(Probed.UNKNOWN, "no route"))
    state = bench.work(run)
    assert bench.acted() == []
    assert (asked(state, A).code, asked(state, A).data["reason"]) == ("probe-unknown", "no route")


def test_a_second_crash_while_probing_changes_nothing(bench: Bench) -> None:
    run = bench.start(make_item("a"))
    crash(bench, run, "two", method="act", effect=True)
    crash(bench, run, "two", method="probe", effect=True)
    state = bench.work(run)
    assert state.status is RunStatus.SUCCEEDED
    assert bench.executor.effects[f"{A}/two"] == 1
    assert bench.acted() == ["a/three"]


@pytest.mark.parametrize("effect", [True, False])
def test_undoing_goes_on_after_a_crash(bench: Bench, effect: bool) -> None:
    bench.executor.failures[f"{A}/three"] = [Outcome(False, "failed")]
    run = bench.start(make_item("a", on_failure=OnFailure.ROLLBACK))
    bench.executor.before = lambda called, call: _die_undoing(bench, called, call, effect)
    bench.work(run, until=lambda state: state.items[A].steps["two"].phase is Phase.ROLLBACK)
    bench.executor.before = None
    state = bench.work(run)
    assert state.items[A].status is ItemStatus.ROLLED_BACK
    assert not any(bench.executor.effects.values())
    assert [step.status for step in state.items[A].steps.values()] == [StepStatus.ROLLED_BACK] * 3


def _die_undoing(bench: Bench, called: str, call: StepCall, effect: bool) -> None:
    if called == "rollback" and call.step.id == "two":
        if not effect:
            bench.executor.effects[f"{A}/two"] = 0
        raise Crash


def test_an_executor_that_raises_fails_its_step_only(bench: Bench) -> None:
    def burst(called: str, call: StepCall) -> None:
        if called == "act" and call.step.id == "two":
            raise ZeroDivisionError("bug")

    bench.executor.before = burst
    state = bench.done(make_item("a"), make_item("b"), error_budget=5)
    assert state.items[A].steps["two"].code == "executor-bug"
    assert state.status is RunStatus.FAILED


def test_a_store_that_does_not_answer_for_a_while_loses_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    run = bench.start(make_item("a"), make_item("b"))
    away, told = threading.Event(), list[str]()
    whole = bench.store.attempt

    def attempt(work):  # type: ignore[no-untyped-def]
        if away.is_set():
            raise StoreError("store-unreachable", store="x", reason="away")
        return whole(work)

    def leave(called: str, call: StepCall) -> None:
        if called == "act" and call.step.id == "two":
            away.set()
            threading.Timer(0.6, away.clear).start()

    monkeypatch.setattr(bench.store, "attempt", attempt)
    bench.executor.before = leave
    state = bench.work(run, tell=lambda error: told.append(error.code))
    assert state.status is RunStatus.SUCCEEDED
    assert told
    assert set(told) == {"store-unreachable"}
    assert all(count == 1 for count in bench.executor.effects.values())
    assert sorted(bench.acted()) == sorted(f"{name}/{step}" for name in "ab" for step in ("one", "two", "three"))


def test_a_dead_workers_items_are_taken_over_at_once(bench: Bench) -> None:
    program = (
        "import sys,time\n"
        "from migration.run.store import Store\n"
        "from migration.run.leases import Registration\n"
        "r = Registration(Store.open(sys.argv[1]), name='x', sites=(), lease_seconds=1)\n"
        "print(r.worker, flush=True)\n"
        "time.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program, bench.url], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    name = child.stdout.readline().strip()
    mine = Registration(bench.store, name="me", sites=(), lease_seconds=1)
    time.sleep(1.5)
    assert mine.reap(0) == []  # slow is not dead
    child.kill()
    child.wait()
    child.stdout.close()
    assert mine.reap(0) == [name]
    assert mine.reap(0) == []
    mine.leave()


def test_children_end_with_their_worker() -> None:
    program = (
        "import sys,threading\n"
        "from migration.run.children import Leash\n"
        "leash = Leash('chaos-1', silence=0)\n"
        "leash.launch(['sh', '-c', 'setsid sleep 300 & sleep 300'], timeout=300, cancel=threading.Event(),"
        " environment={'PATH': '/usr/bin:/bin'})\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program])
    _wait(lambda: len(guard.marked("chaos-1")) >= 3)
    child.kill()
    child.wait()
    _wait(lambda: not guard.marked("chaos-1"))


def test_silence_ends_the_worker_and_its_children() -> None:
    program = (
        "import os,sys,threading,signal\n"
        "from migration.run.children import Leash\n"
        "leash = Leash('chaos-2', silence=0.5)\n"
        "threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGSTOP)).start()\n"
        "leash.launch(['sleep', '300'], timeout=300, cancel=threading.Event(), environment={'PATH': '/usr/bin:/bin'})\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program])
    assert child.wait(20) == -9
    _wait(lambda: not guard.marked("chaos-2"))


@pytest.mark.component("accounts")
def test_children_that_run_as_another_user_end_with_a_worker_that_is_not_root(tmp_path: Path) -> None:
    """What a setuid program is started with cannot be read by its caller, but its session can."""
    other = tmp_path / "other-sleep"
    shutil.copy("/bin/sleep", other)
    other.chmod(0o4755)
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents[:-2]:
        parent.chmod(parent.stat().st_mode | 0o011)
    if os.statvfs(other).f_flag & os.ST_NOSUID or not Path("/usr/bin/python3").exists():
        pytest.skip("no program may change the user here, or none runs for another user")
    program = (
        "import os,sys,threading\n"
        "from migration.run.children import Leash\n"
        "sys.executable = '/usr/bin/python3'\n"  # of the guard, which needs no more; ours may be root's own
        "os.setgroups([]); os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)\n"
        "leash = Leash('chaos-3', silence=0)\n"
        f"leash.launch([{str(other)!r}, '300'], timeout=300, cancel=threading.Event(), environment={{}})\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program])

    def there() -> bool:
        return subprocess.run(["pgrep", "-f", f"^{other} 300"], capture_output=True, check=False).returncode == 0

    _wait(there)
    time.sleep(0.3)  # until the guard has heard of it
    child.kill()
    child.wait()
    _wait(lambda: not there())


def test_a_beat_counts_from_the_renewal_not_from_its_reading() -> None:
    """A lease that was renewed long ago is over, however late the guard comes to hear of it."""
    sleeper = subprocess.Popen(["/bin/sleep", "300"], env={guard.MARK: "late-2"})
    guards = subprocess.Popen(
        [sys.executable, "-I", "-S", str(guard.__file__), "late-2", str(sleeper.pid), "2"], stdin=subprocess.PIPE
    )
    assert guards.stdin is not None
    began = time.monotonic()
    with suppress(BrokenPipeError):
        while sleeper.poll() is None and time.monotonic() - began < 10:
            guards.stdin.write(f"beat {time.clock_gettime(time.CLOCK_BOOTTIME) - 60}\n".encode())
            guards.stdin.flush()
            time.sleep(0.2)
    ended = sleeper.poll()
    sleeper.kill()
    with suppress(BrokenPipeError):
        guards.stdin.close()
    guards.wait(10)
    assert ended == -9, "old renewals do not keep it alive"


def test_a_launched_child_gets_nothing_but_what_it_is_given() -> None:
    os.environ["QIANYUN_TEST_SECRET"] = "hidden"
    leash = Leash("clean-1", silence=0)
    try:
        lines: list[str] = []
        ended = leash.launch(
            ["/usr/bin/env"], timeout=10, cancel=threading.Event(), environment={"A": "1"}, on_line=lines.append
        )
        assert sorted(lines) == ["A=1", f"{guard.MARK}=clean-1"]
        assert ended.code == 0
        began = time.monotonic()
        late = leash.launch(["/bin/sleep", "60"], timeout=0.2, cancel=threading.Event())
        assert late.code is None
        assert time.monotonic() - began < 10
    finally:
        leash.release()
        del os.environ["QIANYUN_TEST_SECRET"]


def _wait(met, seconds: float = 20) -> None:  # type: ignore[no-untyped-def]
    until = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_undoing_that_was_broken_off_is_done_again(bench: Bench) -> None:
    """Half undone is not done for the probe, and must not pass for undone."""
    bench.executor.failures[f"{A}/three"] = [Outcome(False, "failed")]
    run = bench.start(make_item("a", on_failure=OnFailure.ROLLBACK))
    bench.executor.before = lambda called, call: _die_undoing(bench, called, call, False)
    bench.work(run, until=lambda state: state.items[A].steps["two"].phase is Phase.ROLLBACK)
    bench.executor.before = None
    bench.executor.calls.clear()
    bench.work(run)
    assert bench.acted("rollback") == ["a/two", "a/one"]


def test_a_probe_that_cannot_tell_after_undoing_is_no_proof(bench: Bench) -> None:
    bench.executor.failures[f"{A}/two"] = [Outcome(False, "failed")]

    def hide(called: str, call: StepCall) -> None:
        if called == "probe" and ("rollback", f"{A}/{call.step.id}") in bench.executor.calls:
            raise ConnectionError("no route")

    bench.executor.before = hide
    state = bench.done(make_item("a", on_failure=OnFailure.ROLLBACK))
    assert state.items[A].status is ItemStatus.FAILED
    assert asked(state, A).data["code"] == "probe-unknown"


def test_a_doubt_survives_other_questions(bench: Bench) -> None:
    run = bench.start(make_item("a", make_step("one", probe=None, reasons={"probe": "none"})))
    crash(bench, run, "one", method="act", effect=True)
    bench.changed = {"run_hours": 1}
    with bench.store.write() as connection:
        connection.execute(sa.update(runs).values(started=0.0))
    assert asked(bench.work(run), A).code == "run-too-old"
    bench.changed = {"run_hours": 10_000_000}
    control.decide(bench.store, run, A, Decision.RETRY, by="tester")
    assert asked(bench.work(run), A).code == "no-probe"
    assert bench.acted() == []
