"""Calls of executors: what they get, what becomes of what they say and raise."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from inventory.errors import QianyunError, UnreachableError
from migration.run.events import Probed, StepOutput
from migration.run.ports import Executor, Launcher, Outcome, Preview, Probe, StepCall
from migration.run.workplace import call_folder
from migration.runbook.model import Call, Runbook, RunbookItem, Step

__all__ = ["Caller", "Output"]

FLUSH_SECONDS = 0.2
MOST_KEPT = 200
LONGEST_MESSAGE = 4000


@dataclass
class Output:
    """Collects what a step reports and hands it on in batches, so that a talkative step does not wait for commits."""

    write: Callable[[list[StepOutput]], None]
    _kept: list[StepOutput] = field(default_factory=list)
    _last: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def emit(self, output: StepOutput) -> None:
        """Take one result."""
        short = output.model_copy(
            update={"message": output.message[:LONGEST_MESSAGE], "diff": output.diff[: 4 * LONGEST_MESSAGE]}
        )
        with self._lock:
            self._kept.append(short)
            late = time.monotonic() - self._last > FLUSH_SECONDS or len(self._kept) >= MOST_KEPT
        if late:
            self.flush()

    def flush(self) -> None:
        """Hand on what is there."""
        if taken := self.rest():
            self.write(taken)

    def rest(self) -> list[StepOutput]:
        """What was not handed on yet."""
        with self._lock:
            taken, self._kept = self._kept, []
            self._last = time.monotonic()
        return taken


@dataclass(frozen=True)
class Caller:
    """Calls the executor of one step of an item."""

    run: str
    runbook: Runbook
    item: RunbookItem
    step: Step
    attempt: int
    executor: Executor | None
    launch: Launcher
    cancel: threading.Event
    output: Output
    until: float
    """Monotonic time at which the step's time is over."""

    def preview(self) -> Preview:
        """What acting would do."""
        if self.executor is None:
            return Preview(False, code="no-executor")
        try:
            with self._call(self.step.act) as call:
                return self.executor.preview(call)
        except QianyunError as error:
            return Preview(False, text=_words(error), code=error.code)
        except Exception as error:  # noqa: BLE001 - an executor's bug fails its step, not the worker
            return Preview(False, text=f"{type(error).__name__}: {error}", code="executor-bug")

    def probe(self) -> Probe:
        """Whether the effect is there; unknown without a probe."""
        if self.step.probe is None or self.executor is None:
            return Probe(Probed.UNKNOWN)
        try:
            with self._call(self.step.probe) as call:
                return self.executor.probe(call)
        except QianyunError as error:
            return Probe(Probed.UNKNOWN, _words(error))
        except Exception as error:  # noqa: BLE001 - as above
            return Probe(Probed.UNKNOWN, f"{type(error).__name__}: {error}")

    def act(self) -> Outcome:
        """Do it."""
        return self._outcome(self.step.act, lambda executor, call: executor.act(call))

    def verify(self) -> Outcome:
        """Prove it; true without a verification."""
        return self._outcome(self.step.verify, lambda executor, call: executor.verify(call))

    def rollback(self) -> Outcome:
        """Undo it."""
        return self._outcome(self.step.rollback, lambda executor, call: executor.rollback(call))

    def _outcome(self, what: Call | None, method: Callable[[Executor, StepCall], Outcome]) -> Outcome:
        if what is None:
            return Outcome(True)
        if self.executor is None:
            return Outcome(False, "no-executor")
        try:
            with self._call(what) as call:
                return method(self.executor, call)
        except UnreachableError as error:
            return Outcome(False, "unreachable", _words(error))
        except QianyunError as error:
            return Outcome(False, error.code, _words(error))
        except Exception as error:  # noqa: BLE001 - as above
            return Outcome(False, "executor-bug", f"{type(error).__name__}: {error}")

    @contextmanager
    def _call(self, what: Call) -> Iterator[StepCall]:
        with call_folder() as folder:
            yield StepCall(
                run=self.run,
                item=self.item.item,
                step=self.step,
                call=what,
                attempt=self.attempt,
                parameters={**self.item.parameters, **self.step.parameters, **what.parameters},
                hosts={name: self.runbook.by_host[name] for name in self.step.targets if name in self.runbook.by_host},
                timeout=max(self.until - time.monotonic(), 1.0),
                cancel=self.cancel,
                emit=self.output.emit,
                launch=self.launch,
                folder=folder,
            )


def _words(error: QianyunError) -> str:
    return f"{error.message} ({error.hint})" if error.hint else error.message
