"""One attempt of a step, from probing to its end: what is said of it, as events that are yet to be recorded."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from migration.run.calling import Caller
from migration.run.events import (
    Decision,
    DecisionAsked,
    DecisionTaken,
    Phase,
    Probed,
    RunEvent,
    StepEnded,
    StepOutput,
    StepProbed,
    StepStatus,
)
from migration.run.journal import Entry
from migration.run.stepping import Next
from migration.runbook.model import ExecutorKind, OnFailure

__all__ = ["Attempt"]


@dataclass(frozen=True)
class Attempt:
    """An attempt that is on record as begun. ``began``: monotonic time."""

    what: Next
    caller: Caller
    began: float
    rehearse: bool

    def carry_out(self) -> list[Entry]:
        """Do it; its end comes last, or the question that it leaves."""
        if self.rehearse:
            return [self._preview()]
        return self._undo() if self.what.phase is Phase.ROLLBACK else self._do()

    def _preview(self) -> Entry:
        if self.caller.step.executor in (ExecutorKind.APPROVAL, ExecutorKind.MANUAL):
            return self._ended(StepStatus.SKIPPED, code="rehearsed")
        shown = self.caller.preview()
        if shown.text:
            self.caller.output.emit(StepOutput(task="preview", diff=shown.text))
        status = StepStatus.SUCCEEDED if shown.ok else StepStatus.FAILED
        message = "" if shown.ok else shown.text
        return self._ended(status, code=shown.code, message=message, evidence={"changes": shown.changes})

    def _do(self) -> list[Entry]:
        step, what, caller = self.caller.step, self.what, self.caller
        found: list[Entry] = []
        adopted = False
        if step.probe is not None:
            probed = caller.probe()
            found = [self._entry(StepProbed(found=probed.found, message=probed.message))]
            if probed.found is Probed.UNKNOWN:
                if what.unsure:
                    return [*found, *self._question("probe-unknown", {"reason": probed.message})]
                return [*found, *self._failed("probe-unknown", probed.message)]
            adopted = probed.found is Probed.DONE
        elif what.unsure and step.changes:
            return self._question("no-probe", {})
        evidence = {}
        if not adopted:
            acted = caller.act()
            evidence = dict(acted.evidence)
            if not acted.ok:
                return [*found, *self._failed(acted.code, acted.message, evidence)]
        proven = caller.verify()
        evidence |= proven.evidence
        if not proven.ok:
            return [*found, *self._failed(proven.code or "not-verified", proven.message, evidence)]
        lacking = [name for name in step.evidence if name not in evidence]
        if lacking:
            return [*found, *self._failed("evidence-missing", ", ".join(lacking), evidence)]
        ended = self._ended(StepStatus.SUCCEEDED, adopted=adopted, evidence=evidence)
        return [*found, ended]

    def _undo(self) -> list[Entry]:
        """Undo, then see by the probe that the effect is gone.

        Undoing that was broken off is done again: a step half undone is neither done nor undone for its probe, and
        undoing what is undone succeeds (``migration.run.ports``).
        """
        what, caller = self.what, self.caller
        if what.unsure and caller.step.probe is None:
            return self._question("no-probe", {})
        undone = caller.rollback()
        if not undone.ok:
            return self._failed(undone.code, undone.message, dict(undone.evidence))
        found: list[Entry] = []
        if caller.step.probe is not None:
            probed = caller.probe()
            found.append(self._entry(StepProbed(phase=what.phase, found=probed.found, message=probed.message)))
            if probed.found is not Probed.NOT_DONE:
                code = "still-done" if probed.found is Probed.DONE else "probe-unknown"
                return [*found, *self._failed(code, probed.message)]
        return [*found, self._ended(StepStatus.ROLLED_BACK, evidence=dict(undone.evidence))]

    def _entry(self, event: RunEvent) -> Entry:
        return Entry(event, self.caller.item.item, self.caller.step.id, self.what.attempt)

    def _ended(
        self,
        status: StepStatus,
        *,
        adopted: bool = False,
        code: str = "",
        message: str = "",
        evidence: Mapping[str, object] | None = None,
    ) -> Entry:
        seconds = round(time.monotonic() - self.began, 3)
        ended = StepEnded(
            phase=self.what.phase, status=status, adopted=adopted, code=code, message=message,
            evidence=dict(evidence or {}), seconds=seconds,
        )  # fmt: skip
        return self._entry(ended)

    def _failed(self, code: str, message: str, evidence: Mapping[str, object] | None = None) -> list[Entry]:
        """The end of a failed attempt, and what follows: another attempt, undoing, or a question."""
        step, what = self.caller.step, self.what
        status = StepStatus.TIMED_OUT if code == "timed-out" else StepStatus.FAILED
        ended = self._ended(status, code=code, message=message, evidence=evidence)
        blind = step.probe is None and step.changes  # what failed may still have happened: a person looks first
        if what.phase is Phase.FORWARD and what.attempt <= step.retries and not blind:
            return [ended]
        if what.phase is Phase.FORWARD and self.caller.item.on_failure is OnFailure.ROLLBACK:
            return [ended, Entry(DecisionTaken(decision=Decision.ROLLBACK, by=""), self.caller.item.item, step.id)]
        asked = "rollback-failed" if what.phase is Phase.ROLLBACK else "step-failed"
        return [ended, *self._question(asked, {"code": code, "message": message})]

    def _question(self, code: str, data: Mapping[str, object]) -> list[Entry]:
        return [self._entry(DecisionAsked(code=code, data={"step": self.caller.step.id, **data}))]
