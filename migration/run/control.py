"""What people do with runs: start, pause, decide, approve, undo. Each call returns when it is on record."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from inventory.inventory import nearest_names
from migration.run.errors import RunError
from migration.run.events import (
    ApprovalRejected,
    Decision,
    DecisionTaken,
    ItemStatus,
    RunCancelAsked,
    RunEvent,
    RunPaused,
    RunResumed,
    RunRollbackAsked,
    RunStarted,
    RunStatus,
)
from migration.run.fold import status_of
from migration.run.frozen import frozen_runbook
from migration.run.index import blockers_of, end_item, hold_objects, queue, queued_event, recount
from migration.run.journal import Control, Entry, append, lock, run_state
from migration.run.leases import list_workers
from migration.run.schema import Place, inbox, items, runbooks, runs
from migration.run.store import Store
from migration.runbook.model import ExecutorKind, Runbook

__all__ = [
    "RunSummary",
    "cancel",
    "decide",
    "deposit",
    "find_run",
    "list_runs",
    "list_workers",
    "pause",
    "reject",
    "resume",
    "roll_back",
    "runbook_of",
    "start",
]

BATCH = 500


@dataclass(frozen=True)
class RunSummary:
    """One line of a list of runs. ``ended``: items that have ended, of ``items``."""

    run: str
    status: RunStatus
    started_at: dt.datetime
    by: str
    stage: str
    wave: str
    rehearse: bool
    items: int
    ended: int


def start(store: Store, runbook: Runbook, *, by: str, rehearse: bool = False) -> str:
    """Put a run on record and queue its items; its id, RUNBOOKNAME-N.

    Raises:
        RunError: a runbook without items, or an item without steps (runbook-empty).
        RunVersionError: another run has one of the objects (object-locked).
        StoreError: the store does not answer.
    """
    if not runbook.items or not all(item.steps for item in runbook.items):
        raise RunError("runbook-empty", runbook=runbook.name)

    def begin(connection: sa.Connection) -> str:
        run = _free_id(connection, runbook.name)
        now = store.now(connection)
        connection.execute(
            sa.insert(runs).values(
                run=run,
                stage=runbook.stage,
                wave=runbook.wave,
                by=by,
                rehearse=int(rehearse),
                started=now,
                sequence=0,
            )
        )
        connection.execute(sa.insert(runbooks).values(run=run, body=runbook.model_dump_json()))
        if not rehearse:
            hold_objects(store, connection, run, runbook.items)
        started = RunStarted(
            runbook=runbook.name,
            runbook_hash=runbook.hash,
            plan_hash=runbook.plan_hash,
            stage=runbook.stage,
            wave=runbook.wave,
            rehearse=rehearse,
            by=by,
            items=len(runbook.items),
            error_budget=runbook.error_budget,
            nonce=secrets.token_hex(16),
        )
        append(connection, run, [Entry(started)])
        for first in range(0, len(runbook.items), BATCH):
            append(connection, run, [queued_event(item) for item in runbook.items[first : first + BATCH]])
        queue(connection, run, runbook)
        return run

    return store.attempt(begin)


def _free_id(connection: sa.Connection, name: str) -> str:
    taken = set(connection.execute(sa.select(runs.c.run).where(runs.c.run.startswith(f"{name}-"))).scalars())
    number = 1
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"


def pause(store: Store, run: str, *, by: str) -> None:
    """Start no further step; a run that is paused stays as it is. RunError: no such run, or it has ended."""
    _mark(store, run, RunPaused(by=by), paused=1)


def resume(store: Store, run: str, *, by: str) -> None:
    """Start steps again; a run that is not paused stays as it is. RunError: no such run, or it has ended."""
    _mark(store, run, RunResumed(by=by), paused=0)


def _mark(store: Store, run: str, event: RunEvent, *, paused: int) -> None:
    def mark(connection: sa.Connection) -> None:
        if _open(connection, run).paused == bool(paused):
            return
        append(connection, run, [Entry(event)])
        connection.execute(sa.update(runs).where(runs.c.run == run).values(paused=paused))

    store.attempt(mark)


def cancel(store: Store, run: str, *, by: str, reason: str) -> None:
    """End all items; those that a worker has at hand end after the step they are at. RunError."""

    def mark(connection: sa.Connection) -> None:
        control, runbook = _open(connection, run), frozen_runbook(connection, run)
        append(connection, run, [Entry(RunCancelAsked(by=by, reason=reason))])
        connection.execute(sa.update(runs).where(runs.c.run == run).values(canceling=1, paused=0))
        idle = (items.c.run == run, items.c.place.not_in((Place.CLAIMED, Place.ENDED)), items.c.undoing == 0)
        now = replace(control, paused=False, canceling=True)
        for name in list(connection.execute(sa.select(items.c.item).where(*idle).order_by(items.c.number)).scalars()):
            end_item(connection, run, runbook, name, ItemStatus.CANCELED, control=now)

    store.attempt(mark)


def decide(store: Store, run: str, item: str, decision: Decision, *, by: str, reason: str = "", step: str = "") -> None:
    """Say how an item goes on that waits for a person. ``step``: the one to skip; default the one it waits at.

    Retrying an item that was undone or canceled starts it again.

    Raises:
        RunError: item-unknown, item-not-waiting, reason-missing, step-unknown.
        RunVersionError: meanwhile another run has its object (object-locked).
    """
    if decision is Decision.ROLLBACK:
        roll_back(store, run, by=by, reason=reason, items=(item,))
        return
    if decision in (Decision.SKIP, Decision.CANCEL) and not reason:
        raise RunError("reason-missing", decision=decision.value)
    state = run_state(store, run)
    found = state.items.get(item)
    if found is None:
        raise RunError("item-unknown", item=item, run=run, nearest=nearest_names(item, state.items) or "-")
    chosen = step or (str(found.asked.data.get("step", "")) if found.asked is not None else "")
    if decision is Decision.SKIP and not chosen:
        raise RunError("item-not-waiting", item=item, run=run)
    if decision is Decision.SKIP and chosen not in found.steps:
        raise RunError("step-unknown", step=chosen, item=item, nearest=nearest_names(chosen, found.steps) or "-")

    waits_at = found.asked.data.get("step") if found.asked is not None else None
    gate = chosen in found.steps and found.steps[chosen].outline.executor == ExecutorKind.APPROVAL
    if decision is Decision.SKIP and (gate or chosen != waits_at):
        raise RunError("step-not-waiting", step=chosen, item=item)

    def mark(connection: sa.Connection) -> None:
        control = lock(connection, run)
        _refuse_rehearsal(control, run)
        runbook = frozen_runbook(connection, run)
        row = connection.execute(sa.select(items).where(items.c.run == run, items.c.item == item)).one()
        again = row.place == Place.ENDED and row.result in (ItemStatus.ROLLED_BACK, ItemStatus.CANCELED)
        if row.place not in (Place.FAILED, Place.PERSON) and not (again and decision is Decision.RETRY):
            raise RunError("item-not-waiting", item=item, run=run)
        taken = DecisionTaken(decision=decision, by=by, reason=reason)
        append(connection, run, [Entry(taken, item, chosen if decision is Decision.SKIP else "")])
        if decision is Decision.CANCEL:
            end_item(connection, run, runbook, item, ItemStatus.CANCELED, control=control)
            return
        values = {"place": Place.READY, "result": "", "held": "", "not_before": 0.0, "begun": 1}
        if again:
            hold_objects(store, connection, run, [runbook.by_item[item]])
            connection.execute(sa.update(runs).where(runs.c.run == run).values(ended="", canceling=0))
            before = blockers_of(connection, run, runbook, item)
            values |= {"blockers": before, "place": Place.BLOCKED if before else Place.READY}
        connection.execute(sa.update(items).where(items.c.run == run, items.c.item == item).values(**values))
        recount(connection, run, runbook)

    store.attempt(mark)


def roll_back(store: Store, run: str, *, by: str, reason: str, items: Sequence[str] = ()) -> tuple[str, ...]:
    """Undo items, default all, together with those that came after them; which ones. RunError, RunVersionError."""
    if not reason:
        raise RunError("reason-missing", decision=Decision.ROLLBACK.value)

    def mark(connection: sa.Connection) -> tuple[str, ...]:
        lock(connection, run)
        runbook = frozen_runbook(connection, run)
        for name in items:
            if name not in runbook.by_item:
                nearest = nearest_names(name, runbook.by_item) or "-"
                raise RunError("item-unknown", item=name, run=run, nearest=nearest)
        return _undo(store, connection, run, runbook, _closure(runbook, items), by, reason)

    return store.attempt(mark)


def _closure(runbook: Runbook, chosen: Iterable[str]) -> tuple[str, ...]:
    after, found, todo = runbook.followers, set[str](), list(chosen or runbook.by_item)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += after.get(name, ())
    return tuple(name for name in runbook.by_item if name in found)


def _undo(
    store: Store, connection: sa.Connection, run: str, runbook: Runbook, chosen: Sequence[str], by: str, reason: str
) -> tuple[str, ...]:
    rows = {row.item: row for row in connection.execute(sa.select(items).where(items.c.run == run))}
    control = lock(connection, run)
    _refuse_rehearsal(control, run)
    begun = [name for name in chosen if rows[name].begun and rows[name].result != ItemStatus.ROLLED_BACK]
    if not begun:
        raise RunError("nothing-to-undo", run=run)
    connection.execute(sa.update(runs).where(runs.c.run == run).values(ended="", undone=1, canceling=0, paused=0))
    hold_objects(store, connection, run, [runbook.by_item[name] for name in begun])
    append(connection, run, [Entry(RunRollbackAsked(by=by, reason=reason, items=tuple(begun)))])
    after, undoing = runbook.followers, set(begun)
    for name in begun:
        blockers = len(undoing.intersection(after.get(name, ())))
        place = Place.CLAIMED if rows[name].place == Place.CLAIMED else Place.BLOCKED if blockers else Place.READY
        connection.execute(
            sa.update(items)
            .where(items.c.run == run, items.c.item == name)
            .values(place=place, blockers=blockers, undoing=1, result="", held="", gate="", not_before=0.0)
        )
    undone = replace(control, paused=False, canceling=False, undone=True)
    for name in chosen:
        if not rows[name].begun and rows[name].place != Place.ENDED:
            end_item(connection, run, runbook, name, ItemStatus.CANCELED, control=undone)
    return tuple(begun)


def deposit(store: Store, run: str, gate: str, document: str, signature: str) -> None:
    """Hand in a signed approval; a worker verifies it and puts its verdict on record. RunError."""

    def mark(connection: sa.Connection) -> None:
        _open(connection, run)
        runbook = frozen_runbook(connection, run)
        if gate not in runbook.gates:
            raise RunError("gate-unknown", gate=gate, nearest=nearest_names(gate, runbook.gates) or "-")
        letter = {"run": run, "gate": gate, "document": document, "signature": signature}
        connection.execute(sa.insert(inbox).values(letter))

    store.attempt(mark)


def reject(store: Store, run: str, gate: str, *, by: str, reason: str) -> None:
    """Say no at a gate: the items that wait there, or would, are canceled. RunError."""

    def mark(connection: sa.Connection) -> None:
        control, runbook = _open(connection, run), frozen_runbook(connection, run)
        gates = runbook.gates
        if gate not in gates:
            raise RunError("gate-unknown", gate=gate, nearest=nearest_names(gate, gates) or "-")
        append(connection, run, [Entry(ApprovalRejected(gate=gate, by=by, reason=reason))])
        waiting = (items.c.run == run, items.c.place == Place.GATE, items.c.gate == gate)
        for name in list(connection.execute(sa.select(items.c.item).where(*waiting)).scalars()):
            end_item(connection, run, runbook, name, ItemStatus.CANCELED, control=control)

    store.attempt(mark)


def list_runs(store: Store) -> tuple[RunSummary, ...]:
    """All runs on record, the latest last. StoreError."""
    stopped = sa.and_(runs.c.halted == 1, items.c.begun == 0, items.c.undoing == 0, items.c.place != Place.CLAIMED)
    stands = sa.or_(items.c.place.in_((Place.ENDED, Place.FAILED, Place.BLOCKED)), stopped)

    def look(connection: sa.Connection) -> tuple[RunSummary, ...]:
        counted = {
            row.run: row
            for row in connection.execute(
                sa.select(
                    items.c.run,
                    sa.func.count().label("items"),
                    sa.func.sum(sa.case((items.c.place == Place.ENDED, 1), else_=0)).label("ended"),
                    sa.func.sum(sa.case((items.c.place == Place.FAILED, 1), else_=0)).label("failed"),
                    sa.func.sum(sa.case((stands, 0), else_=1)).label("going"),
                )
                .join(runs, runs.c.run == items.c.run)
                .group_by(items.c.run)
            )
        }
        found = connection.execute(sa.select(runs).order_by(runs.c.started))
        return tuple(_summary(row, counted[row.run]) for row in found)

    return store.attempt(look)


def _summary(row: sa.Row[tuple[object, ...]], counted: sa.Row[tuple[object, ...]]) -> RunSummary:
    ended = RunStatus(row.ended) if row.ended else None
    return RunSummary(
        run=row.run,
        status=status_of(ended, paused=bool(row.paused), failed=counted.failed, going=counted.going),
        started_at=dt.datetime.fromtimestamp(row.started, dt.UTC),
        by=row.by,
        stage=row.stage,
        wave=row.wave,
        rehearse=bool(row.rehearse),
        items=counted.items,
        ended=counted.ended,
    )


def runbook_of(store: Store, run: str) -> Runbook:
    """The frozen runbook of a run. RunError: no such run; RunVersionError: it cannot be read."""
    return store.attempt(lambda connection: frozen_runbook(connection, run))


def find_run(store: Store, named: str) -> str:
    """The run with this id, or the only one whose id begins so. RunError: none or several."""
    known: list[str] = list(store.attempt(lambda connection: connection.execute(sa.select(runs.c.run)).scalars().all()))
    if named in known:
        return named
    found = [run for run in known if run.startswith(named)]
    if len(found) > 1:
        raise RunError("run-ambiguous", run=named, found=", ".join(found[:5]))
    if not found:
        raise RunError("run-unknown", run=named, nearest=nearest_names(named, known) or "-")
    return found[0]


def _open(connection: sa.Connection, run: str) -> Control:
    """Locked, and not ended. RunError."""
    control = lock(connection, run)
    if connection.execute(sa.select(runs.c.ended).where(runs.c.run == run)).scalar_one():
        raise RunError("run-ended", run=run)
    return control


def _refuse_rehearsal(control: Control, run: str) -> None:
    if control.rehearse:
        raise RunError("run-rehearsal", run=run)
