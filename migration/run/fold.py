"""The state of a run as a fold over its events: resuming, screens and audit all read this one.

Folding any prefix of a journal gives a state and never fails; what an unknown order of events cannot mean is left as
it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from migration.run.events import (
    ApprovalAsked,
    ApprovalGiven,
    ApprovalRejected,
    Decision,
    DecisionAsked,
    DecisionTaken,
    Envelope,
    ItemEnded,
    ItemHeld,
    ItemQueued,
    ItemStarted,
    ItemStatus,
    Phase,
    Probed,
    RunCancelAsked,
    RunEnded,
    RunPaused,
    RunResumed,
    RunRollbackAsked,
    RunStarted,
    RunStatus,
    StateChange,
    StepEnded,
    StepOutline,
    StepProbed,
    StepStarted,
    StepStatus,
)

__all__ = ["ItemState", "RunState", "StepState", "fold", "status_of"]


@dataclass
class StepState:
    """A step: ``attempts`` so far; ``open`` while an attempt has begun and not ended; ``phase`` of the last attempt.

    ``unsure``: an attempt before this one has begun and nobody knows how it ended.
    """

    outline: StepOutline
    status: StepStatus = StepStatus.PENDING
    attempts: int = 0
    open: bool = False
    unsure: bool = False
    phase: Phase = Phase.FORWARD
    probed: Probed | None = None
    code: str = ""
    message: str = ""
    adopted: bool = False
    seconds: float = 0.0

    @property
    def done(self) -> bool:
        """Whether what follows may rely on it."""
        return self.status in (StepStatus.SUCCEEDED, StepStatus.SKIPPED)


@dataclass
class ItemState:
    """An item: its steps by id, in order; what it waits for; ``undoing`` while its steps are undone, ``by_person`` when
    a person said so; ``has_succeeded`` until it is undone; ``begun`` once a step has been tried."""

    item: str
    after: tuple[str, ...] = ()
    canary: bool = False
    object: str = ""
    name: str = ""
    site: str = ""
    status: ItemStatus = ItemStatus.PENDING
    steps: dict[str, StepState] = field(default_factory=dict)
    undoing: bool = False
    by_person: bool = False
    worker: str = ""
    held: ItemHeld | None = None
    asked: DecisionAsked | None = None
    gate: str = ""
    changes: tuple[StateChange, ...] = ()
    ended_at: dt.datetime | None = None
    has_succeeded: bool = False
    begun: bool = False


@dataclass
class RunState:
    """A run: ``items`` by id in the order of the runbook; ``approvals`` by gate; ``last`` sequence folded."""

    run: str = ""
    started: RunStarted | None = None
    started_at: dt.datetime | None = None
    items: dict[str, ItemState] = field(default_factory=dict)
    approvals: dict[str, list[ApprovalGiven]] = field(default_factory=dict)
    rejected: dict[str, ApprovalRejected] = field(default_factory=dict)
    paused: bool = False
    canceling: bool = False
    ended: RunStatus | None = None
    last: int = 0

    @property
    def status(self) -> RunStatus:
        """Where the run stands. Failed: nothing of it can go on without a person's decision on a failure."""
        if self.ended is not None:
            return self.ended
        if self.started is None:
            return RunStatus.PLANNED
        failed = sum(item.status is ItemStatus.FAILED for item in self.items.values())
        going = len(self._going()) if failed and not self.paused else 1
        return status_of(self.ended, paused=self.paused, failed=failed, going=going)

    def _going(self) -> list[ItemState]:
        """Items that go on without a decision on a failure, as ``migration.run.index`` keeps it in its rows."""
        assert self.started is not None
        items = self.items.values()
        lost = sum(item.status in (ItemStatus.FAILED, ItemStatus.ROLLED_BACK) for item in items)
        halted = lost > self.started.error_budget
        waits = [item for item in items if not item.status.final and item.status is not ItemStatus.FAILED]
        return [item for item in waits if not self._blocked(item) and (item.begun or item.undoing or not halted)]

    def _blocked(self, item: ItemState) -> bool:
        """Whether others have to come first: those it comes after and the canaries; backward, those that came after."""
        if item.undoing:
            later = (other for other in self.items.values() if item.item in other.after)
            return any(other.undoing and not other.status.final for other in later)
        if item.status is not ItemStatus.PENDING:
            return False
        assert self.started is not None
        before = {name: self.items[name] for name in item.after if name in self.items}
        if not item.canary:
            before |= {other.item: other for other in self.items.values() if other.canary}
        if self.started.rehearse:
            return not all(other.status.final for other in before.values())
        return not all(other.status is ItemStatus.SUCCEEDED for other in before.values())

    def add(self, envelope: Envelope) -> None:
        """Take one more event, in order; events already folded are ignored."""
        if envelope.sequence <= self.last:
            return
        self.last = envelope.sequence
        self.run = envelope.run
        match envelope.event:
            case RunStarted() as event:
                self.started, self.started_at = event, envelope.at
            case RunPaused():
                self.paused = True
            case RunResumed():
                self.paused = False
            case RunCancelAsked():
                self.canceling, self.paused = True, False
            case RunEnded(status=status):
                self.ended = status
            case RunRollbackAsked(items=chosen):
                self.ended, self.canceling, self.paused = None, False, False
                for id in chosen or tuple(self.items):
                    if id in self.items:
                        _undo(self.items[id], by_person=True)
            case ApprovalGiven(gate=gate) as event:
                self.approvals.setdefault(gate, []).append(event)
                self.rejected.pop(gate, None)
            case ApprovalRejected(gate=gate) as event:
                self.rejected[gate] = event
        if envelope.item:
            self._item(envelope)

    def _item(self, envelope: Envelope) -> None:
        item = self.items.setdefault(envelope.item, ItemState(envelope.item))
        match envelope.event:
            case ItemQueued() as event:
                item.object, item.name, item.site = event.object, event.name, event.site
                item.after, item.canary = event.after, event.canary
                item.steps = {outline.id: StepState(outline) for outline in event.steps}
            case ItemStarted(worker=worker):
                item.status, item.worker = ItemStatus.RUNNING, worker
                item.held = None
            case ItemHeld() as event:
                item.held, item.worker = event, ""
                if item.status is not ItemStatus.FAILED:
                    item.status = ItemStatus.WAITING
            case ItemEnded(status=status, changes=changes):
                item.status, item.worker, item.held, item.asked, item.gate = status, "", None, None, ""
                item.changes, item.ended_at, item.undoing = changes, envelope.at, False
                if status is not ItemStatus.CANCELED:
                    item.has_succeeded = status is ItemStatus.SUCCEEDED
            case DecisionAsked() as event:
                item.status = ItemStatus.WAITING if event.code == "manual" else ItemStatus.FAILED
                item.asked, item.worker, item.begun = event, "", True
                for step in item.steps.values():
                    if step.open and event.code in ("no-probe", "probe-unknown"):  # for the person to say how it ended
                        step.open, step.unsure, step.status = False, False, StepStatus.FAILED
            case DecisionTaken() as event:
                self._decided(item, event, envelope.step)
            case ApprovalAsked(gate=gate):
                item.status, item.gate, item.worker = ItemStatus.WAITING, gate, ""
        if envelope.step in item.steps:
            item.begun = item.begun or isinstance(envelope.event, StepStarted)
            _step(item, item.steps[envelope.step], envelope)

    def _decided(self, item: ItemState, taken: DecisionTaken, step: str) -> None:
        decision = taken.decision
        again = decision is Decision.RETRY and item.status.final
        item.asked, item.held = None, None
        self.ended, item.begun = None, True
        if decision is Decision.ROLLBACK:
            _undo(item, by_person=bool(taken.by))
            return
        item.status = ItemStatus.PENDING
        if decision is Decision.RETRY:
            self.rejected.clear()
        if again:  # from its beginning, checks and gates included
            for state in item.steps.values():
                state.status = StepStatus.PENDING
        if decision is Decision.SKIP and step in item.steps:
            skipped = item.steps[step]
            skipped.open = False
            skipped.status = StepStatus.ROLLED_BACK if item.undoing else StepStatus.SKIPPED


def status_of(ended: RunStatus | None, *, paused: bool, failed: int, going: int) -> RunStatus:
    """Where a run stands that has been started: failed where ``failed`` items wait for a decision and no other (0 of
    ``going``) goes on without one."""
    if ended is not None:
        return ended
    if paused:
        return RunStatus.PAUSED
    return RunStatus.FAILED if failed and not going else RunStatus.RUNNING


def fold(events: Iterable[Envelope]) -> RunState:
    """The state after the events, which come in the order of their sequence."""
    state = RunState()
    for envelope in events:
        state.add(envelope)
    return state


def _undo(item: ItemState, *, by_person: bool) -> None:
    item.by_person = by_person
    item.undoing, item.status, item.gate = True, ItemStatus.PENDING, ""
    item.held, item.asked = None, None


def _step(item: ItemState, step: StepState, envelope: Envelope) -> None:
    match envelope.event:
        case StepStarted(phase=phase):
            step.unsure = step.open or step.unsure
            step.status, step.open, step.phase = StepStatus.RUNNING, True, phase
            step.attempts = max(step.attempts, envelope.attempt)
            step.probed, step.code, step.message = None, "", ""
            item.gate, item.held = "", None
        case StepProbed(found=found):
            step.probed = found
        case StepEnded() as ended:
            step.open, step.unsure = False, False
            step.status, step.phase = ended.status, ended.phase
            step.code, step.message, step.adopted, step.seconds = (
                ended.code,
                ended.message,
                ended.adopted,
                ended.seconds,
            )
        case ApprovalAsked():
            step.status = StepStatus.WAITING_APPROVAL
