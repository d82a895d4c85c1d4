"""Being a worker and a watcher at once: a run's steps are done in this process, and each is told as it ends.

The worker has a thread of its own, so that Ctrl-C reaches the watcher: the worker then takes nothing more, lets its
steps end where they can be recorded, and leaves the run as it is on record.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Self

from inventory.errors import QianyunError
from migration.run.events import ApprovalAsked, Envelope, ItemEnded, StepEnded, StepOutput, StepStatus
from migration.run.fold import RunState
from ui.commands.run.registry import again
from ui.commands.run.wording import event_line
from ui.output import Report, fail, progress, say
from ui.texts import error_texts, text

if TYPE_CHECKING:
    from migration.run.context import Drift
    from migration.run.errors import StoreError
    from migration.run.ports import Executor
    from migration.run.settings import WorkerSettings
    from migration.run.store import Store
    from migration.runbook.model import ExecutorKind, RunbookItem

__all__ = ["INTERRUPTED", "QUIET", "Grumbler", "Stopping", "carry_out", "estate_of", "tell", "tell_failures"]

QUIET = frozenset({"item_queued", "item_started", "step_started", "step_probed", "step_output", "approval_asked"})
"""Events that are not told as they come; failed tasks of a step are."""
INTERRUPTED = 130
PATIENCE_SECONDS = 10.0
COUNT_SECONDS = 0.5
"""Between two counts of the steps that have ended: runs may have tens of thousands."""

Tell = Callable[[Envelope], None]


def tell_failures(envelope: Envelope) -> None:
    """A line for a preview that failed: the rest of a rehearsal is told at its end."""
    if isinstance(envelope.event, StepEnded) and envelope.event.status is StepStatus.FAILED:
        tell(envelope)


def tell(envelope: Envelope) -> None:
    """A line for an event that people want to see at once."""
    event = envelope.event
    loud = isinstance(event, StepOutput) and event.status in ("failed", "unreachable")
    if event.type not in QUIET or loud:
        sys.stderr.write(event_line(envelope) + "\n")


def estate_of(store: Store) -> Path | None:
    """The estate in whose folder the store lies."""
    if store.file is None or store.file.parent.name != ".qianyun":
        return None
    folder = store.file.parent.parent
    return folder if (folder / "estate.yaml").is_file() else None


class Stopping:
    """SIGINT and SIGTERM while the block lasts: the first sets ``stop``, the second ``drop`` (what is at hand is broken
    off, to be probed later), a third ends the program. Main thread only."""

    def __init__(self, stop: threading.Event, drop: threading.Event | None = None) -> None:
        self.stop, self.drop = stop, drop
        self.asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._take) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked and (self.drop is None or self.drop.is_set()):
            os._exit(INTERRUPTED)  # what the worker had started ends with it: nothing outlives its lease
        if self.asked and self.drop is not None:
            self.drop.set()
        self.asked = True
        self.stop.set()


class Grumbler:
    """Says now and then that the store does not answer, while a worker waits for it."""

    def __init__(self) -> None:
        self._said = -PATIENCE_SECONDS

    def __call__(self, error: StoreError) -> None:
        if time.monotonic() - self._said > PATIENCE_SECONDS:
            self._said = time.monotonic()
            say("run.store-away", reason=error_texts(error)[0])


class _Watcher:
    """Takes the events of a run in order: tells them, counts steps, writes the state of items that end."""

    def __init__(self, store: Store, run: str, estate: Path | None, show: Tell, after: int) -> None:
        self.store, self.run, self.estate, self.show, self.after = store, run, estate, show, after
        self.state = RunState()
        self.gates: set[str] = set()
        self.counted, self.counted_at = 0, 0.0

    def take(self, envelope: Envelope) -> None:
        """One more event."""
        self.state.add(envelope)
        event = envelope.event
        news = envelope.sequence > self.after
        if news:
            self.show(envelope)
        if news and isinstance(event, ApprovalAsked) and event.gate not in self.gates:
            self.gates.add(event.gate)
            say("run.gate-asks", gate=event.gate, approve=again(self.store, "approve", self.run, event.gate))
        if isinstance(event, ItemEnded):
            self.write([envelope])

    def write(self, envelopes: Sequence[Envelope]) -> None:
        """Changes of ended items to the estate; what cannot be written now ``state pull`` writes later."""
        from migration.run.outcomes import entries_of, write_state

        started = self.state.started
        if self.estate is None or started is None or started.rehearse:
            return
        try:
            if entries := entries_of(envelopes):
                write_state(self.estate, self.run, entries)
        except QianyunError as error:
            fail(error)
            say("run.state-later", pull=again(self.store, "pull", str(self.estate), self.run, group="state"))

    def count(self, report: Report) -> None:
        """Report how many of the steps have ended, now and then."""
        if self.counted == self.state.last or time.monotonic() - self.counted_at < COUNT_SECONDS:
            return
        self.counted, self.counted_at = self.state.last, time.monotonic()
        steps = [step for item in self.state.items.values() for step in item.steps.values()]
        report(text("run.steps"), sum(1 for step in steps if step.status not in _OPEN), len(steps))


_OPEN = (StepStatus.PENDING, StepStatus.READY, StepStatus.RUNNING, StepStatus.WAITING_APPROVAL)


def carry_out(
    store: Store,
    run: str,
    *,
    executors: Mapping[ExecutorKind, Executor],
    settings: WorkerSettings,
    estate: Path | None,
    show: Tell,
    after: int = 0,
    drift: Callable[[RunbookItem], Drift | None] | None = None,
) -> tuple[RunState, bool]:
    """Work on a run until it has ended or only a person can go on; returns its state, and whether it was interrupted.

    estate: its folder, for the state of items that end. show: gets each event behind sequence ``after``. drift: see
    ``Worker``.
    Errors of the worker as ``Worker.run``.
    """
    from migration.run.journal import follow, read_events
    from migration.run.worker import Worker

    stop, done = threading.Event(), threading.Event()
    failures: list[BaseException] = []
    worker = Worker(store, executors=executors, settings=settings, tell=Grumbler(), drift=drift)

    def work() -> None:
        try:
            worker.run(stop, until_run=run)
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits for this one
            failures.append(error)
        finally:
            done.set()

    watcher = _Watcher(store, run, estate, show, after)
    thread = threading.Thread(target=work, name="worker")
    with Stopping(stop, worker.leaving) as stopping, progress(run) as report:
        thread.start()
        told = False

        def idle() -> None:
            nonlocal told
            watcher.count(report)
            if stopping.asked and not told:
                told = True
                say("run.stopping")

        for envelope in follow(store, run, stop=done, idle=idle):
            watcher.take(envelope)
            watcher.count(report)
        thread.join()
        while rest := read_events(store, run, watcher.state.last):
            for envelope in rest:
                watcher.take(envelope)
    if failures:
        raise failures[0]
    return watcher.state, stopping.asked
