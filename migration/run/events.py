"""What happens in a run, as events. Each is frozen, stored before it is shown, and never changed afterwards.

The journal of a run is its only record: what an item has done, what is to be resumed after a crash and what a screen
shows are all folded from it (``migration.run.fold``).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from inventory.base import Struct

__all__ = [
    "ApprovalAsked",
    "ApprovalGiven",
    "ApprovalRefused",
    "ApprovalRejected",
    "Decision",
    "DecisionAsked",
    "DecisionTaken",
    "Envelope",
    "ItemEnded",
    "ItemHeld",
    "ItemQueued",
    "ItemStarted",
    "ItemStatus",
    "Phase",
    "Probed",
    "RunCancelAsked",
    "RunEnded",
    "RunEvent",
    "RunPaused",
    "RunResumed",
    "RunRollbackAsked",
    "RunStarted",
    "RunStatus",
    "StateChange",
    "StepEnded",
    "StepOutline",
    "StepOutput",
    "StepProbed",
    "StepStarted",
    "StepStatus",
    "WorkerLost",
]


class StepStatus(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    READY = "ready"
    RUNNING = "running"
    WAITING_APPROVAL = "waiting_approval"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELED = "canceled"
    TIMED_OUT = "timed_out"
    ROLLED_BACK = "rolled_back"


class ItemStatus(StrEnum):
    """Where an item stands. ``failed`` waits for a person; the last three are final."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    FAILED = "failed"
    SUCCEEDED = "succeeded"
    ROLLED_BACK = "rolled_back"
    CANCELED = "canceled"

    @property
    def final(self) -> bool:
        """Whether nothing follows, unless a person rolls it back."""
        return self in (ItemStatus.SUCCEEDED, ItemStatus.ROLLED_BACK, ItemStatus.CANCELED)


class RunStatus(StrEnum):
    """Where a run stands. ``failed`` can go on: a person retries, skips, rolls back or cancels."""

    PLANNED = "planned"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class Phase(StrEnum):
    """Whether a step is done or undone."""

    FORWARD = "forward"
    ROLLBACK = "rollback"


class Probed(StrEnum):
    """What a probe found: the step's effect is there, is not there, or nobody can tell."""

    DONE = "done"
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


class Decision(StrEnum):
    """What a person decides about an item that cannot go on by itself."""

    RETRY = "retry"
    SKIP = "skip"
    ROLLBACK = "rollback"
    CANCEL = "cancel"


class StepOutline(Struct):
    """A step as screens need it."""

    id: str
    name: str = ""
    group: str = ""
    executor: str


class StateChange(Struct):
    """Fields of one object of the inventory that hold from now on."""

    object: str
    set: dict[str, Any]


# ---- the run as a whole ----------------------------------------------------------------------------------------------


class RunStarted(Struct):
    """A frozen runbook was handed over."""

    type: Literal["run_started"] = "run_started"
    runbook: str
    runbook_hash: str
    plan_hash: str = ""
    stage: str
    wave: str = ""
    rehearse: bool = False
    by: str
    items: int
    error_budget: int = 0
    nonce: str = ""
    """Drawn at the start: approvals bind it, so that they count for no run of the same name in another store."""


class RunPaused(Struct):
    """No further step is started; those that run go on to their end. ``code``: why, where no person wanted it."""

    type: Literal["run_paused"] = "run_paused"
    by: str
    code: str = ""
    data: dict[str, Any] = Field(default_factory=dict)


class RunResumed(Struct):
    """Steps are started again."""

    type: Literal["run_resumed"] = "run_resumed"
    by: str


class RunCancelAsked(Struct):
    """Each item stops after the step it is at."""

    type: Literal["run_cancel_asked"] = "run_cancel_asked"
    by: str
    reason: str


class RunRollbackAsked(Struct):
    """Items are undone, the last step first. ``items`` empty: all."""

    type: Literal["run_rollback_asked"] = "run_rollback_asked"
    by: str
    reason: str
    items: tuple[str, ...] = ()


class RunEnded(Struct):
    """All items have ended; what the run had locked is free."""

    type: Literal["run_ended"] = "run_ended"
    status: RunStatus


class WorkerLost(Struct):
    """A worker did not renew its lease: others take over what it had."""

    type: Literal["worker_lost"] = "worker_lost"
    worker: str
    items: tuple[str, ...] = ()


# ---- an item ---------------------------------------------------------------------------------------------------------


class ItemQueued(Struct):
    """An item, the steps it consists of, and what it waits for: items ``after`` which it comes, and the canaries."""

    type: Literal["item_queued"] = "item_queued"
    object: str
    name: str = ""
    site: str
    after: tuple[str, ...] = ()
    canary: bool = False
    steps: tuple[StepOutline, ...]


class ItemStarted(Struct):
    """A worker has taken the item, for the first time or again."""

    type: Literal["item_started"] = "item_started"
    worker: str


class ItemHeld(Struct):
    """The item waits. ``code`` names the text, ``data`` fills it; ``until`` where a time is known."""

    type: Literal["item_held"] = "item_held"
    code: str
    data: dict[str, Any] = Field(default_factory=dict)
    until: AwareDatetime | None = None


class ItemEnded(Struct):
    """The item has ended; ``changes`` go to the estate."""

    type: Literal["item_ended"] = "item_ended"
    status: ItemStatus
    changes: tuple[StateChange, ...] = ()


class DecisionAsked(Struct):
    """The item cannot go on by itself."""

    type: Literal["decision_asked"] = "decision_asked"
    code: str
    data: dict[str, Any] = Field(default_factory=dict)


class DecisionTaken(Struct):
    """A person has decided how the item goes on."""

    type: Literal["decision_taken"] = "decision_taken"
    decision: Decision
    by: str
    reason: str = ""


# ---- a step ----------------------------------------------------------------------------------------------------------


class StepStarted(Struct):
    """Written before anything is done: after a crash it says that the step may have acted."""

    type: Literal["step_started"] = "step_started"
    phase: Phase = Phase.FORWARD
    worker: str


class StepProbed(Struct):
    """What the probe found."""

    type: Literal["step_probed"] = "step_probed"
    phase: Phase = Phase.FORWARD
    found: Probed
    message: str = ""


class StepOutput(Struct):
    """What a step reports while it goes on: the result of one task on one host, or a line."""

    type: Literal["step_output"] = "step_output"
    host: str = ""
    task: str = ""
    status: Literal["ok", "changed", "failed", "unreachable", "skipped", "note"] = "note"
    message: str = ""
    diff: str = ""


class StepEnded(Struct):
    """How the attempt ended. ``adopted``: an earlier attempt had done it, or it was so already."""

    type: Literal["step_ended"] = "step_ended"
    phase: Phase = Phase.FORWARD
    status: StepStatus
    adopted: bool = False
    code: str = ""
    message: str = ""
    evidence: dict[str, Any] = Field(default_factory=dict)
    seconds: float = 0.0


# ---- approvals -------------------------------------------------------------------------------------------------------


class ApprovalAsked(Struct):
    """The item waits at a gate. ``binds``: hash of what is approved."""

    type: Literal["approval_asked"] = "approval_asked"
    gate: str
    binds: str
    roles: tuple[str, ...] = ()
    keys: int = 1


class ApprovalGiven(Struct):
    """A signature that was verified. The signed document and the signature are kept whole."""

    type: Literal["approval_given"] = "approval_given"
    gate: str
    binds: str
    principal: str
    key: str
    role: str
    document: str
    signature: str
    signers_hash: str
    policy_hash: str
    expires: AwareDatetime


class ApprovalRefused(Struct):
    """Something that was handed in as an approval is none. ``code`` says why."""

    type: Literal["approval_refused"] = "approval_refused"
    gate: str
    code: str
    data: dict[str, Any] = Field(default_factory=dict)
    principal: str = ""


class ApprovalRejected(Struct):
    """A person has said no: the items at the gate are canceled."""

    type: Literal["approval_rejected"] = "approval_rejected"
    gate: str
    by: str
    reason: str


RunEvent = Annotated[
    RunStarted
    | RunPaused
    | RunResumed
    | RunCancelAsked
    | RunRollbackAsked
    | RunEnded
    | WorkerLost
    | ItemQueued
    | ItemStarted
    | ItemHeld
    | ItemEnded
    | DecisionAsked
    | DecisionTaken
    | StepStarted
    | StepProbed
    | StepOutput
    | StepEnded
    | ApprovalAsked
    | ApprovalGiven
    | ApprovalRefused
    | ApprovalRejected,
    Field(discriminator="type"),
]


class Envelope(Struct):
    """An event and where it belongs. ``sequence`` counts from 1 within a run, without gaps."""

    run: str
    sequence: int
    at: AwareDatetime
    item: str = ""
    step: str = ""
    attempt: int = 0
    event: RunEvent
