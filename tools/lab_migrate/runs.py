"""A run from start to end: the approver, the people who confirm manual steps, the worker and its sudden deaths."""

from __future__ import annotations

import json
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from migration.run.events import Phase
from migration.runbook.model import ExecutorKind, Runbook
from tools.lab_migrate.program import Program

__all__ = ["APPROVER", "Boundary", "Crew", "RunFailedError", "Workers", "boundaries_of"]

APPROVER = "change-manager"


class RunFailedError(Exception):
    """A run has ended otherwise than it should, or asks for a decision that nobody foresaw."""


@dataclass(frozen=True)
class Boundary:
    """A moment of a run: the journal has just got this event of this step.

    event: step_started, step_ended, or the name of a task that has changed something on a first host. phase: forward
    or rollback.
    """

    step: str
    event: str
    phase: str = "forward"

    def __str__(self) -> str:
        return f"{self.step}:{self.event}:{self.phase}"


def boundaries_of(runbook: Runbook, *, rollback: bool = False) -> tuple[Boundary, ...]:
    """Beginning and end of every step that workers carry out, in order; with ``rollback`` those of undoing it."""
    found = []
    for _, step in runbook.steps():
        if step.executor in (ExecutorKind.APPROVAL, ExecutorKind.MANUAL) or (rollback and step.rollback is None):
            continue
        phase = Phase.ROLLBACK if rollback else Phase.FORWARD
        found += [Boundary(step.id, event, phase.value) for event in ("step_started", "step_ended")]
    # Items of one runbook may have steps of the same name: the first that comes counts.
    return tuple(dict.fromkeys(found))


@dataclass
class Workers:
    """One worker at a time, of one site, or of all where ``site`` is empty. ``deaths``: moments at which it is killed,
    each once."""

    program: Program
    site: str
    config: Path
    deaths: set[Boundary] = field(default_factory=set)
    died: list[Boundary] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None
    _phase: str = Phase.FORWARD.value

    def start(self) -> None:
        """Start a worker, unless there is one."""
        if self._process is not None and self._process.poll() is None:
            return
        sites = ("--site", self.site) if self.site else ()
        words = ("worker", *sites, "--config", str(self.config))
        self._process = self.program.start(*words, log="worker.log")

    def look(self, envelope: dict[str, Any]) -> None:
        """Kill the worker if this is its moment, and start another one."""
        event = envelope["event"]
        # Results of tasks do not say whether a step is done or undone: the event before them did.
        self._phase = event.get("phase", self._phase)
        if event["type"] == "step_output" and event["status"] != "changed":
            return
        moment = Boundary(envelope["step"], event.get("task") or event["type"], self._phase)
        if moment in self.deaths:
            self.deaths.discard(moment)
            self.died.append(moment)
            self.program.say(f"  worker killed at {moment}")
            assert self._process is not None
            self.program.end(self._process, signal.SIGKILL)
            self.start()


@dataclass
class Crew:
    """Everybody who takes part in a run: workers, the approver with ``key``, owners who confirm manual steps."""

    program: Program
    workers: Workers
    key: Path
    _approved: set[tuple[str, str]] = field(default_factory=set)

    def start(self, estate: Path, plan: Path, runbook: Path) -> str:
        """Put a run on record for the worker. Returns its id."""
        said = self.program.run("run", "start", str(estate), str(plan), str(runbook), "--detach", "--yes", "--json")
        self.workers.start()
        return str(json.loads(said)["run"])

    def see_through(self, run: str, wanted: str, after: int = 0) -> int:
        """Follow a run to its end, doing what people have to do. Returns the sequence of its last event.

        Raises:
            RunFailedError: it did not end as ``wanted``, or asks for a decision.
        """
        ended, last = "", after
        for envelope in self.program.events(run, after):
            last, event = envelope["sequence"], envelope["event"]
            self.workers.look(envelope)
            match event["type"]:
                case "approval_asked":
                    self._approve(run, event["gate"])
                case "decision_asked":
                    self._decide(run, envelope)
                case "step_ended":
                    self._say(envelope)
                case "run_ended":
                    ended = event["status"]
        if ended != wanted:
            raise RunFailedError(f"{run} has ended as {ended or 'nothing'}, not as {wanted}")
        return last

    def _approve(self, run: str, gate: str) -> None:
        if (run, gate) in self._approved:  # asked for by several items at once
            return
        self._approved.add((run, gate))
        words = ("run", "approve", run, gate, "--key", str(self.key), "--principal", APPROVER, "--yes")
        self.program.run(*words, "--form", "BG-0001")

    def _decide(self, run: str, envelope: dict[str, Any]) -> None:
        event = envelope["event"]
        if event["code"] != "manual":
            raise RunFailedError(f"{run}, {envelope['item']}, {envelope['step']}: {event['code']} {event['data']}")
        self.program.run("run", "skip", run, envelope["item"], "--reason", "done and looked at")

    def _say(self, envelope: dict[str, Any]) -> None:
        event = envelope["event"]
        undone = "undone, " if event["phase"] == Phase.ROLLBACK else ""
        self.program.say(f"  {envelope['step']}: {undone}{event['status']}, {event['seconds']:.1f} s")
