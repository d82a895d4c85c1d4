"""Gates of a run: a worker verifies what was handed in as an approval, and again whenever a gate is passed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import orjson
import sqlalchemy as sa

from migration.run import approvals
from migration.run.context import Context
from migration.run.errors import ApprovalError
from migration.run.events import ApprovalAsked, ApprovalGiven, ApprovalRefused, StepEnded, StepStatus
from migration.run.journal import Entry, append, lock
from migration.run.schema import Place, events, inbox, items, runbooks
from migration.run.settings import WorkerSettings
from migration.run.store import Store
from migration.runbook.model import Runbook, Step

__all__ = ["Passed", "look", "look_again", "open_letters"]


@dataclass(frozen=True)
class Passed:
    """Whether a gate is open, and the events that say so or ask."""

    open: bool
    entries: tuple[Entry, ...]


def look(context: Context, connection: sa.Connection, run: str, runbook: Runbook, item: str, step: Step) -> Passed:
    """Whether an item may pass: all approvals that are needed are there, and hold with the worker's files as they are
    now."""
    settings = context.settings
    binds = approvals.binds_of(runbook, step.id)
    try:
        found = approvals.standing(
            _given(connection, run, step.id),
            run=run,
            runbook=runbook,
            gate=step.id,
            signers=Path(settings.signers),
            policy_path=Path(settings.approval_policy),
            now=_now(context.store, connection),
        )
    except ApprovalError as error:
        refused = ApprovalRefused(gate=step.id, code=error.code, data=error.data)
        return Passed(False, (Entry(refused), Entry(ApprovalAsked(gate=step.id, binds=binds), item, step.id)))
    if found.missing:
        asked = ApprovalAsked(gate=step.id, binds=binds, roles=found.need.roles, keys=found.missing)
        return Passed(False, (*(Entry(why) for why in found.refused), Entry(asked, item, step.id)))
    evidence = {"approved_by": [f"{approval.principal} ({approval.key})" for approval in found.held]}
    ended = StepEnded(status=StepStatus.SUCCEEDED, evidence=evidence)
    return Passed(True, (Entry(ended, item, step.id, 1),))


def look_again(store: Store, run: str | None = None) -> None:
    """Let all items at gates look again: the worker's signers or policy are others now. StoreError."""
    waiting = [items.c.place == Place.GATE, *([] if run is None else [items.c.run == run])]
    again = sa.update(items).where(*waiting).values(place=Place.READY, gate="")
    store.attempt(lambda connection: connection.execute(again))


def open_letters(store: Store, settings: WorkerSettings, run: str | None = None) -> int:
    """Verify what was handed in since (for one run or all), put the verdicts on record, and let items look again; how
    many there were.

    Raises:
        StoreError: the store does not answer.
    """

    mine = sa.select(inbox) if run is None else sa.select(inbox).where(inbox.c.run == run)

    def open_one(connection: sa.Connection) -> bool:
        letter = connection.execute(mine.order_by(inbox.c.number).limit(1).with_for_update(skip_locked=True)).first()
        if letter is None:
            return False
        lock(connection, letter.run)
        plain = connection.execute(sa.select(runbooks.c.body).where(runbooks.c.run == letter.run)).scalar_one()
        verdict = approvals.check(
            letter.document,
            letter.signature,
            run=letter.run,
            runbook=Runbook.model_validate_json(plain),
            gate=letter.gate,
            signers=Path(settings.signers),
            policy_path=Path(settings.approval_policy),
            given=_given(connection, letter.run, letter.gate),
            now=_now(store, connection),
        )
        append(connection, letter.run, [Entry(verdict)])
        connection.execute(sa.delete(inbox).where(inbox.c.number == letter.number))
        if isinstance(verdict, ApprovalGiven):
            waiting = (items.c.run == letter.run, items.c.place == Place.GATE, items.c.gate == letter.gate)
            connection.execute(sa.update(items).where(*waiting).values(place=Place.READY, gate=""))
        return True

    opened = 0
    while store.look(lambda connection: connection.execute(mine.limit(1)).first() is not None) and store.attempt(
        open_one
    ):
        opened += 1
    return opened


def _given(connection: sa.Connection, run: str, gate: str) -> list[ApprovalGiven]:
    """Approvals of a gate; those from before a person had the run undone or canceled are used up."""
    ends = (events.c.run == run, events.c.item == "", events.c.type.in_(("run_rollback_asked", "run_cancel_asked")))
    undone = connection.execute(
        sa.select(sa.func.coalesce(sa.func.max(events.c.sequence), 0)).where(*ends)
    ).scalar_one()
    query = (
        sa.select(events.c.body)
        .where(events.c.run == run, events.c.item == "", events.c.type == "approval_given", events.c.sequence > undone)
        .order_by(events.c.sequence)
    )
    found = [ApprovalGiven.model_validate(orjson.loads(body)["event"]) for body in connection.execute(query).scalars()]
    return [approval for approval in found if approval.gate == gate]


def _now(store: Store, connection: sa.Connection) -> dt.datetime:
    return dt.datetime.fromtimestamp(store.now(connection), dt.UTC)
