"""Gates of a run: a worker verifies what was handed in as an approval, and again whenever a gate is passed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import orjson
import sqlalchemy as sa

from migration.run import approvals
from migration.run.context import Context, Drift
from migration.run.errors import ApprovalError
from migration.run.events import ApprovalAsked, ApprovalGiven, ApprovalRefused, StepEnded, StepStatus
from migration.run.frozen import nonce_of
from migration.run.journal import Entry
from migration.run.schema import Place, events, items
from migration.run.store import Store
from migration.runbook.model import ExecutorKind, Runbook, RunbookItem, Step

__all__ = ["Passed", "gates_before", "given_at", "is_news", "look", "look_again", "stopped_for"]

_STOPPED = sa.select(events.c.body).where(
    events.c.run == sa.bindparam("of"), events.c.item == sa.bindparam("one"), events.c.type == "approval_refused"
)
"""Refusals that concern one item: only what ``stopped_for`` puts on record."""


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
    given = given_at(connection, run, step.id, item)
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


def gates_before(frozen: RunbookItem, step: Step) -> tuple[Step, ...]:
    """The gates behind which a step is the first to change anything."""
    if not step.changes:
        return ()
    found: list[Step] = []
    for before in reversed(frozen.steps[: frozen.steps.index(step)]):
        if before.executor is ExecutorKind.APPROVAL:
            found.append(before)
        elif before.changes:
            break
    return tuple(found)


def is_news(connection: sa.Connection, run: str, item: str, drift: Drift) -> bool:
    """Whether the item has not been stopped for this very change before: who approves afterwards knows of it."""
    bodies = connection.execute(_STOPPED, {"of": run, "one": item}).scalars()
    return all(orjson.loads(body)["event"]["data"].get("digest") != drift.digest for body in bodies)


def stopped_for(
    connection: sa.Connection, run: str, runbook: Runbook, item: str, gate: Step, drift: Drift
) -> tuple[Entry, ...]:
    """What is put on record where an item goes back to a gate because of what has changed since."""
    data = {"records": ", ".join(drift.records), "digest": drift.digest}
    refused = ApprovalRefused(gate=gate.id, code="approval-outdated", data=data)
    asked = ApprovalAsked(gate=gate.id, binds=approvals.binds_of(runbook, gate.id, nonce_of(connection, run)))
    return (Entry(refused, item, gate.id), Entry(asked, item, gate.id))


def given_at(connection: sa.Connection, run: str, gate: str, item: str = "") -> list[ApprovalGiven]:
    """Approvals of a gate. Those from before a person had the run undone or canceled are used up, and so are those from
    before something changed on which the item (none named: any) stands."""
    asked = ("run_rollback_asked", "run_cancel_asked")
    ends = sa.and_(events.c.item == "", events.c.type.in_(asked))
    stops = sa.and_(events.c.item != "" if not item else events.c.item == item, events.c.type == "approval_refused")
    undone = connection.execute(
        sa.select(sa.func.coalesce(sa.func.max(events.c.sequence), 0)).where(events.c.run == run, sa.or_(ends, stops))
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
