"""What steps would do beside their changes, as rehearsals have found it: a person who approves has to know of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from migration.run.events import Envelope, RunStarted, StepOutput
from migration.runbook.model import ExecutorKind
from ui.texts import text

if TYPE_CHECKING:
    from migration.run.store import Store
    from migration.runbook.model import Runbook

__all__ = ["KINDS", "Warned", "Warnings", "all_events", "warned", "warnings_before"]

KINDS = ("push-may-reset-bgp",)
"""Tasks of outputs that warn. The message of each is what the text ``events.warning.TASK`` is filled with."""
ACTIVATING = ("ipv6-routing", "ipv6-service", "ipv6-security")
"""Operations that bring a device's routing: what may open sessions anew."""


@dataclass(frozen=True)
class Warned:
    """One warning of one step about one device."""

    item: str
    step: str
    host: str
    code: str
    message: str

    def __str__(self) -> str:
        return text(f"events.warning.{self.code}", host=self.host, message=self.message)

    @property
    def answer(self) -> dict[str, Any]:
        """The same as data."""
        return {"item": self.item, "step": self.step, "host": self.host, "code": self.code, "message": str(self)}


@dataclass(frozen=True)
class Warnings:
    """What a rehearsal of a runbook has warned of, of some items.

    Attributes:
        rehearsal: id of the last rehearsal; empty where there is none on record.
        blind: whether steps are among them of which only a rehearsal can tell, and there was none.
    """

    rehearsal: str
    found: tuple[Warned, ...]
    blind: bool


def warned(events: Iterable[Envelope]) -> Iterator[Warned]:
    """The warnings of a run, each once."""
    seen: dict[Warned, None] = {}
    for envelope in events:
        event = envelope.event
        if isinstance(event, StepOutput) and event.task in KINDS:
            seen[Warned(envelope.item, envelope.step, event.host, event.task, event.message)] = None
    yield from seen


def warnings_before(store: Store, runbook: Runbook, items: Collection[str]) -> Warnings:
    """What the last rehearsal of this very runbook has warned of."""
    from migration.run.control import list_runs

    rehearsal, found = "", tuple[Warned, ...]()
    for summary in reversed(list_runs(store)):
        if summary.rehearse and _hash_of(store, summary.run) == runbook.hash:
            rehearsal = summary.run
            found = tuple(one for one in warned(all_events(store, rehearsal)) if one.item in items)
            break
    steps = (step for item, step in runbook.steps() if item.item in items and step.executor is ExecutorKind.DEVICE)
    blind = not rehearsal and any(step.act.do in ACTIVATING for step in steps)
    return Warnings(rehearsal, found, blind)


def _hash_of(store: Store, run: str) -> str:
    from migration.run.journal import read_events

    first = next((envelope.event for envelope in read_events(store, run, 0, limit=1)), None)
    return first.runbook_hash if isinstance(first, RunStarted) else ""


def all_events(store: Store, run: str) -> Iterator[Envelope]:
    """All events of a run, oldest first."""
    from migration.run.journal import read_events

    after = 0
    while page := read_events(store, run, after):
        yield from page
        after = page[-1].sequence
