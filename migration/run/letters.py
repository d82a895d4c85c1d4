"""What was handed in as approvals: verified by a worker that can, its verdict put on record.

Every worker sees every letter. One decides only where it serves a site of the items at the gate. Where its own files do
not let it verify at all (no file of signers, no ssh-keygen), it leaves the letter to others at that site for a while.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from migration.run import approvals
from migration.run.errors import RunVersionError
from migration.run.events import ApprovalGiven, ApprovalRefused
from migration.run.frozen import nonce_of
from migration.run.gates import given_at
from migration.run.journal import Entry, append, lock
from migration.run.schema import Place, inbox, items, workers
from migration.run.settings import WorkerSettings
from migration.run.store import Store
from migration.runbook.model import ExecutorKind, Runbook

__all__ = ["LetterBox"]

LEFT_SECONDS = 5.0
"""So long a worker that cannot verify leaves a letter to one that can."""
_LETTERS = sa.select(inbox.c.number, inbox.c.run, inbox.c.gate).order_by(inbox.c.number)


@dataclass
class LetterBox:
    """One worker's view of the letters. ``runbook``: the frozen runbook of a run."""

    store: Store
    worker: str
    sites: Sequence[str]
    settings: WorkerSettings
    runbook: Callable[[str], Runbook]
    _foreign: set[int] = field(default_factory=set)
    """Letters that are for others to open."""
    _seen: dict[int, float] = field(default_factory=dict)
    """Letters that this worker cannot verify, and when it first saw them (monotonic)."""

    def open_all(self, run: str | None = None) -> None:
        """Verify what was handed in since (for one run or all), and let items at the gates look again. StoreError."""
        mine = _LETTERS if run is None else _LETTERS.where(inbox.c.run == run)
        for letter in self.store.look(lambda connection: connection.execute(mine).all()):
            if letter.number in self._foreign:
                continue
            try:
                runbook = self.runbook(letter.run)
            except RunVersionError:  # a worker that takes an item of the run says so
                self._foreign.add(letter.number)
                continue
            if self.sites and _sites_at(runbook, letter.gate).isdisjoint(self.sites):
                self._foreign.add(letter.number)
            else:
                self.store.attempt(partial(self._open, number=letter.number, runbook=runbook))

    def _open(self, connection: sa.Connection, *, number: int, runbook: Runbook) -> None:
        wanted = sa.select(inbox).where(inbox.c.number == number).with_for_update(skip_locked=True)
        letter = connection.execute(wanted).first()
        if letter is None:
            return  # another worker has it
        lock(connection, letter.run)
        verdict = approvals.check(
            letter.document,
            letter.signature,
            run=letter.run,
            nonce=nonce_of(connection, letter.run),
            runbook=runbook,
            gate=letter.gate,
            signers=Path(self.settings.signers),
            policy_path=self.settings.policy,
            given=given_at(connection, letter.run, letter.gate),
            now=dt.datetime.fromtimestamp(self.store.now(connection), dt.UTC),
        )
        if self._leaves(connection, number, verdict, _sites_at(runbook, letter.gate)):
            return
        append(connection, letter.run, [Entry(verdict)])
        connection.execute(sa.delete(inbox).where(inbox.c.number == number))
        if isinstance(verdict, ApprovalGiven):
            waiting = (items.c.run == letter.run, items.c.place == Place.GATE, items.c.gate == letter.gate)
            connection.execute(sa.update(items).where(*waiting).values(place=Place.READY, gate=""))

    def _leaves(
        self, connection: sa.Connection, number: int, verdict: ApprovalGiven | ApprovalRefused, sites: set[str]
    ) -> bool:
        """Whether this worker cannot tell, and another one that may be able to is there and has had no time yet."""
        if isinstance(verdict, ApprovalGiven) or verdict.code not in approvals.UNABLE:
            return False
        if time.monotonic() - self._seen.setdefault(number, time.monotonic()) > LEFT_SECONDS:
            return False
        others = sa.select(workers.c.sites).where(workers.c.state == "alive", workers.c.worker != self.worker)
        found = (set(json.loads(served)) for served in connection.execute(others).scalars())
        return any(not served or served & sites for served in found)


def _sites_at(runbook: Runbook, gate: str) -> set[str]:
    """Sites whose workers lead items through a gate."""
    return {
        step.site or item.site
        for item, step in runbook.steps()
        if step.executor is ExecutorKind.APPROVAL and step.id == gate
    }
