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
from migration.run.frozen import nonce_of
from migration.run.journal import Entry
from migration.run.schema import Place, events, items
from migration.run.store import Store
from migration.runbook.model import Runbook, Step

__all__ = ["Passed", "given_at", "look", "look_again"]


@dataclass(frozen=True)
class Passed:
    """Whether a gate is open, and the events that say so or ask. ``unable``: approvals are there that another worker
    may be able to verify, and this one is not; code and data of why."""

    open: bool
    entries: tuple[Entry, ...]
    unable: ApprovalRefused | None = None


def look(context: Context, connection: sa.Connection, run: str, runbook: Runbook, item: str, step: Step) -> Passed:
    """Whether an item may pass: all approvals that are needed are there, and hold with the worker's files as they are
    now."""
    settings = context.settings
    nonce = nonce_of(connection, run)
    binds = approvals.binds_of(runbook, step.id, nonce)
    given = given_at(connection, run, step.id)
    try:
        found = approvals.standing(
            given,
            run=run,
            nonce=nonce,
            runbook=runbook,
            gate=step.id,
            signers=Path(settings.signers),
            policy_path=settings.policy,
            now=_now(context.store, connection),
        )
    except ApprovalError as error:
        refused = ApprovalRefused(gate=step.id, code=error.code, data=error.data)
        entries = (Entry(refused), Entry(ApprovalAsked(gate=step.id, binds=binds), item, step.id))
        return Passed(False, entries, unable=refused if given else None)
    if found.missing:
        unable = next((why for why in found.refused if why.code in approvals.UNABLE), None)
        asked = ApprovalAsked(gate=step.id, binds=binds, roles=found.need.roles, keys=found.missing)
        return Passed(False, (*(Entry(why) for why in found.refused), Entry(asked, item, step.id)), unable)
    evidence = {"approved_by": [f"{approval.principal} ({approval.key})" for approval in found.held]}
    ended = StepEnded(status=StepStatus.SUCCEEDED, evidence=evidence)
    return Passed(True, (Entry(ended, item, step.id, 1),))


def look_again(store: Store, run: str | None = None) -> None:
    """Let all items at gates look again: the worker's signers or policy are others now. StoreError."""
    waiting = [items.c.place == Place.GATE, *([] if run is None else [items.c.run == run])]
    again = sa.update(items).where(*waiting).values(place=Place.READY, gate="")
    store.attempt(lambda connection: connection.execute(again))


def given_at(connection: sa.Connection, run: str, gate: str) -> list[ApprovalGiven]:
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
