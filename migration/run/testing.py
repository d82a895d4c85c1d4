"""A fake executor for tests of runbooks and runs: effects in memory, failures as scripted."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from migration.run.events import Probed, StepOutput
from migration.run.ports import Flaw, Outcome, Preview, Probe, StepCall
from migration.runbook.model import Step

__all__ = ["FakeExecutor"]


@dataclass
class FakeExecutor:
    """Counts effects per item and step, as a target would.

    Attributes:
        effects: KEY -> how often it acted, less how often it was undone; KEY is ITEM/STEP.
        calls: (method, KEY), in order.
        failures: KEY -> outcomes that the next calls of ``act`` end with, instead of acting.
        before: called at the beginning of each call with (method, call); may wait or raise.
        flaws: step id -> what ``inspect`` finds.
    """

    effects: dict[str, int] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    failures: dict[str, list[Outcome]] = field(default_factory=dict)
    before: Callable[[str, StepCall], None] | None = None
    flaws: dict[str, tuple[Flaw, ...]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def inspect(self, step: Step, shared: Mapping[str, Any]) -> tuple[Flaw, ...]:  # noqa: ARG002 - the port's
        """What ``flaws`` says."""
        return self.flaws.get(step.id, ())

    def preview(self, call: StepCall) -> Preview:
        """One change where there is no effect yet."""
        key = self._called("preview", call)
        return Preview(True, 0 if self.effects.get(key) else 1, f"would do {key}")

    def probe(self, call: StepCall) -> Probe:
        """By the effect."""
        key = self._called("probe", call)
        return Probe(Probed.DONE if self.effects.get(key) else Probed.NOT_DONE)

    def act(self, call: StepCall) -> Outcome:
        """One effect more, unless a failure is scripted."""
        key = self._called("act", call)
        if scripted := self.failures.get(key):
            return scripted.pop(0)
        with self._lock:
            self.effects[key] = self.effects.get(key, 0) + 1
        call.emit(StepOutput(task="fake", status="changed", message=key))
        return Outcome(True, evidence={"effects": self.effects[key]})

    def verify(self, call: StepCall) -> Outcome:
        """One effect, exactly."""
        key = self._called("verify", call)
        return Outcome(self.effects.get(key) == 1, "", f"{self.effects.get(key)} effects")

    def rollback(self, call: StepCall) -> Outcome:
        """No effect."""
        key = self._called("rollback", call)
        with self._lock:
            self.effects[key] = 0
        return Outcome(True)

    def _called(self, method: str, call: StepCall) -> str:
        key = f"{call.item}/{call.step.id}"
        with self._lock:
            self.calls.append((method, key))
        if self.before is not None:
            self.before(method, call)
        return key
