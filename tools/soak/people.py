"""The people of a run: one who watches all its events, and one who decides where the run asks."""

from __future__ import annotations

import threading
import time
from collections import Counter

from migration.run import control
from migration.run.errors import RunError, StoreError
from migration.run.events import Decision, DecisionAsked, Envelope, ItemStatus
from migration.run.fold import ItemState, RunState
from migration.run.journal import follow
from migration.run.store import Store
from migration.runbook.model import Runbook, Step
from tools.soak.deployment import Deployment

__all__ = ["Follower", "Person", "kind_of"]

STILL_SECONDS = 2.5
"""A host needs no longer to begin with a command that has reached it."""


def kind_of(step: Step) -> str:
    """``line`` or ``row``: how a step's effect is counted."""
    return str(step.parameters["kind"])


class Follower(threading.Thread):
    """Follows a run from its first event to its end.

    Attributes:
        seen: sequences in the order in which they came.
        state: folded from them.
        asked: (item, step, code) of every question.
    """

    def __init__(self, store: Store, run: str, runbook: Runbook) -> None:
        super().__init__(daemon=True)
        self.store, self.run_id, self.runbook = store, run, runbook
        self.seen: list[int] = []
        self.state = RunState()
        self.asked: Counter[str] = Counter()
        self.halt = threading.Event()
        self.start()

    def run(self) -> None:
        for envelope in follow(self.store, self.run_id, stop=self.halt):
            self._take(envelope)

    def _take(self, envelope: Envelope) -> None:
        self.seen.append(envelope.sequence)
        self.state.add(envelope)
        if isinstance(envelope.event, DecisionAsked):
            self.asked[envelope.event.code] += 1


class Person(threading.Thread):
    """Decides as a careful administrator would: what cannot be probed is looked for on the host, all else is tried
    again once hosts and database are there."""

    def __init__(self, deployment: Deployment, store: Store) -> None:
        super().__init__(daemon=True)
        self._deployment, self._store = deployment, store
        self.followers: list[Follower] = []
        self.halt = threading.Event()
        self.failures: list[str] = []
        self._first_seen: dict[tuple[str, str], float] = {}
        self.start()

    def run(self) -> None:
        while not self.halt.wait(0.3):
            if self._deployment.cut.is_set() or self._deployment.away.is_set():
                self._first_seen.clear()
                continue
            for follower in tuple(self.followers):
                for item in tuple(follower.state.items.values()):
                    if item.status is ItemStatus.FAILED and item.asked is not None:
                        self._decide(follower, item, item.asked)

    def _decide(self, follower: Follower, item: ItemState, asked: DecisionAsked) -> None:
        key = (follower.run_id, item.item)
        if time.monotonic() - self._first_seen.setdefault(key, time.monotonic()) < STILL_SECONDS:
            return
        name = str(asked.data.get("step", ""))
        step = next((step for step in follower.runbook.by_item[item.item].steps if step.id == name), None)
        decision = Decision.RETRY
        if step is not None and step.probe is None and self._is_done(item.item, step):
            decision = Decision.SKIP
        try:
            control.decide(
                self._store, follower.run_id, item.item, decision, by="person", reason="looked at the host", step=name
            )
        except StoreError:
            return
        except RunError as error:
            if error.code != "item-not-waiting":
                self.failures.append(f"{item.item}: {error}")
        self._first_seen.pop(key, None)

    def _is_done(self, item: str, step: Step) -> bool:
        return self._deployment.target.wait_and_count(kind_of(step), f"{item}.{step.id}") > 0
