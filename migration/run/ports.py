"""What the run asks of those who act: the port ``Executor``, implemented by playbooks, network and stacks.

A step that changes the world is probed (is it already so?), acted and verified; its attempt is on record before it
acts. After a crash the probe decides whether it acts again; a step without a probe waits for a person.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from migration.run.events import Probed, StepOutput
from migration.runbook.model import Call, Host, Step

__all__ = ["Executor", "Finished", "Flaw", "Launcher", "Outcome", "Preview", "Probe", "StepCall"]


@dataclass(frozen=True)
class Finished:
    """A child process that has ended: its code (None: it was ended at the deadline or by a cancel) and its output."""

    code: int | None
    stdout: str
    stderr: str


class Launcher(Protocol):
    """Starts child processes that never outlive the worker's lease. Executors start none in any other way."""

    def __call__(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        cancel: threading.Event,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        stdin: str = "",
        on_line: Callable[[str], None] | None = None,
    ) -> Finished:
        """Run to the end, to ``timeout`` seconds, or to ``cancel``. ``environment``: all that the child gets, beside
        the worker's mark. ``on_line`` gets each line of stdout as it comes.

        Raises:
            FileNotFoundError, PermissionError: the program cannot be started.
        """
        ...


@dataclass(frozen=True)
class StepCall:
    """One call of a step, all that an executor may know.

    Attributes:
        run, item, attempt: where it belongs; ``attempt`` counts from 1.
        step: the frozen step; ``call`` is the one of its calls that is asked for.
        parameters: of item, step and call, the last over the first.
        hosts: the step's targets, by name.
        timeout: seconds that are left for it.
        cancel: set when a person cancels or the step's time is over; the executor stops as soon as it safely can.
        emit: takes results while the step goes on; secrets are masked there.
        launch: starts child processes.
        folder: an empty private folder (0700) for this call, removed afterwards.
    """

    run: str
    item: str
    step: Step
    call: Call
    attempt: int
    parameters: Mapping[str, Any]
    hosts: Mapping[str, Host]
    timeout: float
    cancel: threading.Event
    emit: Callable[[StepOutput], None]
    launch: Launcher
    folder: Path


@dataclass(frozen=True)
class Flaw:
    """Why a step can never work, found without contacting anything. ``code`` names the text, ``data`` fills it."""

    code: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Probe:
    """What a probe found."""

    found: Probed
    message: str = ""


@dataclass(frozen=True)
class Outcome:
    """How acting, verifying or undoing ended.

    ``code`` is stable, for texts: unreachable, timed-out, failed, host-key, no-hosts, ...; empty when ``ok``.
    ``evidence``: names and values that the record keeps, such as row counts and checksums.
    """

    ok: bool
    code: str = ""
    message: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Preview:
    """What acting would do. ``changes``: things that would change, None where nobody can tell before."""

    ok: bool
    changes: int | None = None
    text: str = ""
    code: str = ""


class Executor(Protocol):
    """Acts for one kind of step. Blocking; called from many threads at once.

    Raises:
        QianyunError: an expected failure, which counts as a failed call with the error's code and message.
    """

    def inspect(self, step: Step, shared: Mapping[str, Any]) -> tuple[Flaw, ...]:
        """What is wrong with a step before anything is contacted: unknown names, missing parameters, bad syntax.

        ``shared``: parameters of its item, which all steps of the item have.
        """
        ...

    def preview(self, call: StepCall) -> Preview:
        """What ``act`` would do, by the same path, changing nothing."""
        ...

    def probe(self, call: StepCall) -> Probe:
        """Whether the step's effect is there, changing nothing."""
        ...

    def act(self, call: StepCall) -> Outcome:
        """Do it."""
        ...

    def verify(self, call: StepCall) -> Outcome:
        """Prove that it is done rightly, changing nothing."""
        ...

    def rollback(self, call: StepCall) -> Outcome:
        """Undo it; undoing what was never done succeeds."""
        ...
