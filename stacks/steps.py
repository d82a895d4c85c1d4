"""What a run's step does to the stack of a landing zone or of a system, whatever process it is in."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from inventory.base import Struct, Text, field
from inventory.errors import QianyunError
from migration.run.events import Probed
from stacks.design.model import StackDesign, SystemDesign, ZoneDesign
from stacks.errors import EngineError, StackBoundError, StackWorkError
from stacks.journal import Action, Event
from stacks.operations import Desk, system_outputs, zone_outputs
from stacks.policy import check_preview

if TYPE_CHECKING:
    from stacks.engine import Cancel, LockInfo, Progress, ResourceChange, StackPreview

__all__ = ["OPERATIONS", "StepAnswer", "StepRequest", "carry_out"]

OPERATIONS: Mapping[str, type[ZoneDesign | SystemDesign]] = {"zone": ZoneDesign, "system": SystemDesign}
"""What steps of runbooks may ask of stacks, and the design that each needs."""
LOCKED = "stack-locked"
WAIT_SECONDS = 1.0
Found = TypeVar("Found")
Say = Callable[[Mapping[str, str]], None]
"""Takes fields of ``migration.run.events.StepOutput``."""


class StepRequest(Struct):
    """One call of a step.

    ``step``: mark of run, item and step, the same in every attempt. ``seconds``: time that is left.
    """

    call: Literal["preview", "probe", "act", "verify", "rollback"] = field("Call")
    design: StackDesign = field("Design")
    step: Text = field("Mark of the step")
    who: Text = field("Run and worker, for the record")
    seconds: float = field("Time that is left", unit="s")


class StepAnswer(Struct):
    """How a call ended; which fields count depends on the call (``migration.run.ports``)."""

    ok: bool = field("Whether it ended well", True)
    code: Text = field("Why not, for programs", "")
    message: Text = field("Why not, for people", "")
    found: Probed | None = field("Of a probe", None)
    changes: int | None = field("Of a preview: resources that would change", None)
    text: Text = field("Of a preview: what would change", "")
    evidence: dict[str, Any] = field("What the record keeps", {})


def carry_out(request: StepRequest, desk: Desk, say: Say, cancel: Cancel) -> StepAnswer:
    """Do what is asked. Errors of the engine, the cloud and the journal."""
    return _Step(request, desk, say, cancel).answer()


class _Step:
    """One call."""

    def __init__(self, request: StepRequest, desk: Desk, say: Say, cancel: Cancel) -> None:
        self.request, self.desk, self.say, self.cancel = request, desk, say, cancel
        self.design = request.design
        self.stack = request.design.stack
        self.until = time.monotonic() + request.seconds

    def answer(self) -> StepAnswer:
        """By the kind of call."""
        match self.request.call:
            case "preview":
                return self._preview()
            case "probe":
                return self._probe()
            case "act":
                return self._act()
            case "verify":
                return self._verify()
            case "rollback":
                return self._rollback()

    # ---- looking ----

    def _preview(self) -> StepAnswer:
        found = self.desk.preview(self.design)
        self._refuse(found)
        lines = [_line(change) for change in found.changes]
        return StepAnswer(changes=len(lines), text="\n".join(lines))

    def _probe(self) -> StepAnswer:
        """Undone is not done, though others may have had it before; what a crash has left is ended first."""
        if self.desk.journal.is_undone(self.stack, self.request.step):
            return StepAnswer(found=Probed.NOT_DONE)
        self._settle()
        if self.desk.state(self.stack) is None:
            return StepAnswer(found=Probed.NOT_DONE)
        changes = _changing(self.desk.preview(self.design))
        return StepAnswer(found=Probed.NOT_DONE if changes else Probed.DONE, message=", ".join(changes[:5]))

    def _verify(self) -> StepAnswer:
        changes = _changing(self.desk.preview(self.design))
        if changes:
            raise StackWorkError("stack-differs", stack=self.stack, changes=", ".join(changes[:5]))
        state = self.desk.state(self.stack)
        outputs = {} if state is None else dict(state.outputs)
        lacking = self._lacking(outputs)
        if lacking:
            raise StackWorkError("stack-outputs", stack=self.stack, lacking=", ".join(lacking))
        present = () if state is None else tuple(one.urn for one in state.resources)
        made = self.desk.journal.made_by(self.stack, self.request.step, present) or ()
        return StepAnswer(evidence={"stack": self.stack, "outputs": outputs, "made": sorted(made)})

    def _lacking(self, outputs: Mapping[str, Any]) -> list[str]:
        """What should be known by now and is not."""
        if isinstance(self.design, ZoneDesign):
            return [] if zone_outputs(self.desk.state(self.stack)) is not None else ["project_id, network_id, subnets"]
        found = system_outputs(outputs)
        made = {} if found is None else found.machines
        return [
            f"{machine.component}: {address}"
            for machine in self.design.machines
            for address in machine.addresses or ("-",)
            if machine.component not in made or address not in (*made[machine.component].addresses, "-")
        ]

    # ---- acting ----

    def _act(self) -> StepAnswer:
        self._settle()
        with tempfile.TemporaryDirectory(prefix="plan-") as folder:
            plan_file = Path(folder) / "plan.json"
            found = self._when_unlocked(lambda: self.desk.preview(self.design, plan_file=plan_file, tell=self._tell))
            self._refuse(found)
            self._when_unlocked(
                lambda: self.desk.up(
                    self.design, agreed=found.hash, plan_file=plan_file, tell=self._tell, cancel=self.cancel
                )
            )
        return StepAnswer(evidence={"stack": self.stack, "changed": len(_changing(found))})

    def _refuse(self, found: StackPreview) -> None:
        """StackWorkError ``stack-refused``: the checks before an apply forbid it."""
        reasons = "; ".join(one.message for one in check_preview(self.design, found))
        if reasons:
            raise StackWorkError("stack-refused", stack=self.stack, reasons=reasons)

    def _rollback(self) -> StepAnswer:
        """Destroys what came with this step and nothing else; a landing zone that others stand in is left."""
        self._settle()
        state = self.desk.state(self.stack)
        present = [] if state is None else [one.urn for one in state.resources]
        made = self.desk.journal.made_by(self.stack, self.request.step, present) or frozenset()
        kept = self._systems_inside() if made else []
        if made and not kept:
            only = None if made == set(present) else made
            self._when_unlocked(
                lambda: self.desk.destroy(self.stack, only=only, undo=True, tell=self._tell, cancel=self.cancel)
            )
        else:
            with self.desk.on_record(Action.UNDO, self.stack):
                pass
        return StepAnswer(evidence={"stack": self.stack, "destroyed": [] if kept else sorted(made), "kept_for": kept})

    def _systems_inside(self) -> list[str]:
        """Stacks of systems that stand in this landing zone."""
        if not isinstance(self.design, ZoneDesign):
            return []
        return self.desk.inside(self.design.id)

    # ---- what others, or a crash, have left ----

    def _settle(self) -> None:
        """End what a killed engine has left of this stack. What another holds is awaited."""
        self._when_unlocked(self._recover_left)

    def _recover_left(self) -> None:
        lock = self.desk.engine.lock(self.stack)
        if lock is not None and not self._is_stale(lock):
            raise StackBoundError("stack-locked", stack=self.stack, who=lock.who, pid=lock.pid, since=lock.since)
        if lock is not None or self._is_broken():
            done = self.desk.recover(self.stack, self.design.place)
            words = f"adopted {len(done.adopted)}, dropped {len(done.dropped)}"
            self.say({"task": "recover", "host": self.stack, "message": words})

    def _is_broken(self) -> bool:
        """Whether a killed engine has left something in the middle, or its file of the state cut in half."""
        try:
            state = self.desk.state(self.stack)
        except EngineError as error:
            if error.code != "state-damaged":
                raise
            return True
        return state is not None and bool(state.pending)

    def _is_stale(self, lock: LockInfo) -> bool:
        """Whether nobody is there any more: it was an attempt of this step, which the run holds to be ended, or a
        process of this machine that is gone."""
        own = [one for one in self.desk.journal.entries(self.stack) if one.action is not Action.UNLOCK]
        if own and own[-1].event is Event.BEGIN and own[-1].step == self.request.step:
            return True
        return lock.alive is False

    def _when_unlocked(self, work: Callable[[], Found]) -> Found:
        """``work``, as soon as nobody else has the stack: another system's step may be making the same landing zone."""
        told = False
        while True:
            try:
                return work()
            except QianyunError as error:
                if error.code != LOCKED or time.monotonic() > self.until or self.cancel.asked:
                    raise
                if not told:
                    self.say({"task": "waiting", "host": self.stack, "message": error.message})
                told = True
            time.sleep(WAIT_SECONDS)

    def _tell(self, event: Progress) -> None:
        if event.kind in ("done", "failed") and event.name:
            status = "failed" if event.kind == "failed" else "changed"
            self.say(
                {"host": self.stack, "task": f"{event.op} {event.name}", "message": event.message, "status": status}
            )


def _changing(preview: StackPreview) -> list[str]:
    return [f"{change.op} {change.name}" for change in preview.changes]


def _line(change: ResourceChange) -> str:
    return f"{change.op} {change.type.rpartition(':')[2]} {change.name}"
