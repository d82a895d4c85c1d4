"""What an item does next, decided from its folded events alone: the same after a crash as without one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from migration.run.events import Phase, StepStatus
from migration.run.fold import ItemState, StepState
from migration.runbook.model import ExecutorKind, RunbookItem, Step

__all__ = ["Kind", "Next", "next_of"]


class Kind(Enum):
    """What is to be done now."""

    STEP = auto()  # act, or undo, a step
    GATE = auto()  # see whether it is approved
    MANUAL = auto()  # wait for a person who does it
    RETURN = auto()  # undoing has come to a point of no return
    DONE = auto()  # nothing is left


@dataclass(frozen=True)
class Next:
    """``unsure``: an attempt has begun before and nobody knows how it ended."""

    kind: Kind
    phase: Phase = Phase.FORWARD
    step: Step | None = None
    unsure: bool = False
    attempt: int = 1


def next_of(frozen: RunbookItem, state: ItemState, *, rehearse: bool = False) -> Next:
    """The next thing that an item does; a rehearsal goes on after failed previews."""
    return _backward(frozen, state) if state.undoing else _forward(frozen, state, rehearse)


def _forward(frozen: RunbookItem, state: ItemState, rehearse: bool) -> Next:
    for step in frozen.steps:
        found = state.steps[step.id]
        if found.done or (rehearse and found.status is StepStatus.FAILED):
            continue
        kind = {ExecutorKind.APPROVAL: Kind.GATE, ExecutorKind.MANUAL: Kind.MANUAL}.get(step.executor, Kind.STEP)
        return Next(kind, Phase.FORWARD, step, _unsure(found, Phase.FORWARD), found.attempts + 1)
    return Next(Kind.DONE)


def _backward(frozen: RunbookItem, state: ItemState) -> Next:
    """The last step that has begun and is not undone yet; steps that leave nothing behind are passed over.

    A step that was skipped may have acted before, and one that a person has done is undone by a person. A point of no
    return counts as passed once it has begun.
    """
    for step in reversed(frozen.steps):
        found = state.steps[step.id]
        manual = step.executor is ExecutorKind.MANUAL
        touched = found.attempts > 0 or (manual and found.status is StepStatus.SKIPPED)
        if not touched or found.status in (StepStatus.ROLLED_BACK, StepStatus.PENDING):
            continue
        if step.point_of_no_return and found.phase is Phase.FORWARD and not state.by_person:
            return Next(Kind.RETURN, Phase.ROLLBACK, step)
        if step.rollback is not None:
            kind = Kind.MANUAL if manual else Kind.STEP
            return Next(kind, Phase.ROLLBACK, step, _unsure(found, Phase.ROLLBACK), found.attempts + 1)
    return Next(Kind.DONE, Phase.ROLLBACK)


def _unsure(found: StepState, phase: Phase) -> bool:
    return found.unsure or (found.open and found.phase is phase)
