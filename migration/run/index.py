"""What follows for other items when one begins, ends or is undone: kept in the rows of ``items``, in the transaction
of the events themselves.

``blockers`` of an item counts what must happen before: forward, the items it comes after and the canaries; backward,
the items that came after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from migration.run.errors import RunVersionError
from migration.run.events import ItemEnded, ItemQueued, ItemStatus, RunEnded, RunStatus, StateChange, StepOutline
from migration.run.journal import Control, Entry, append
from migration.run.schema import Place, items, locks, runs
from migration.run.store import Store
from migration.runbook.model import Runbook, RunbookItem

__all__ = [
    "blockers_of",
    "changes_of",
    "end_item",
    "hold_objects",
    "queue",
    "queued_event",
    "recount",
    "release_objects",
]


_OPEN = (
    sa.select(items.c.item)
    .where(items.c.run == sa.bindparam("of"), items.c.place.in_([place for place in Place if place != Place.ENDED]))
    .limit(1)
)


def queue(connection: sa.Connection, run: str, runbook: Runbook) -> None:
    """Rows of all items, those without anything before them ready."""
    canaries = sum(item.canary for item in runbook.items)
    rows = []
    for number, item in enumerate(runbook.items):
        blockers = len(set(item.after)) + (0 if item.canary else canaries)
        rows.append(
            {
                "run": run,
                "item": item.item,
                "number": number,
                "object": item.object,
                "site": item.steps[0].site or item.site if item.steps else item.site,
                "place": Place.BLOCKED if blockers else Place.READY,
                "blockers": blockers,
                "canary": int(item.canary),
                "priority": item.priority,
            }
        )
    connection.execute(sa.insert(items), rows)


def queued_event(item: RunbookItem) -> Entry:
    """The event that names an item and its steps."""
    outlines = tuple(
        StepOutline(id=step.id, name=step.name, group=group.id, executor=step.executor)
        for group in item.groups
        for step in group.steps
    )
    queued = ItemQueued(
        object=item.object, name=item.name, site=item.site, after=item.after, canary=item.canary, steps=outlines
    )
    return Entry(queued, item.item)


def blockers_of(connection: sa.Connection, run: str, runbook: Runbook, item: str) -> int:
    """How many items that must come before an item have not succeeded yet."""
    frozen = runbook.by_item[item]
    canaries = set() if frozen.canary else {other.item for other in runbook.items if other.canary}
    query = sa.select(items.c.item).where(items.c.run == run, items.c.result == ItemStatus.SUCCEEDED)
    done = set(connection.execute(query).scalars())
    return len(set(frozen.after) - done) + len(canaries - done)


def hold_objects(store: Store, connection: sa.Connection, run: str, chosen: Iterable[RunbookItem]) -> None:
    """Lock the objects of items for a run. RunVersionError: another run has one of them."""
    store.lock_limits(connection)
    wanted = {item.object: item.item for item in chosen}
    taken = connection.execute(
        sa.select(locks).where(locks.c.object.in_(list(wanted)), locks.c.run != run).order_by(locks.c.object)
    ).first()
    if taken is not None:
        raise RunVersionError("object-locked", object=taken.object, run=taken.run)
    held = set(connection.execute(sa.select(locks.c.object).where(locks.c.run == run)).scalars())
    rows = [{"object": name, "run": run, "item": item} for name, item in wanted.items() if name not in held]
    if rows:
        connection.execute(sa.insert(locks), rows)


def release_objects(connection: sa.Connection, run: str, item: str) -> None:
    """Free the object of an item that has ended, unless another item of the run is still at it."""
    object_of = sa.select(items.c.object).where(items.c.run == run, items.c.item == item).scalar_subquery()
    others = sa.select(items.c.item).where(
        items.c.run == run, items.c.object == locks.c.object, items.c.place != Place.ENDED
    )
    connection.execute(sa.delete(locks).where(locks.c.run == run, locks.c.object == object_of, ~others.exists()))


def end_item(
    connection: sa.Connection,
    run: str,
    runbook: Runbook,
    item: str,
    status: ItemStatus,
    *,
    control: Control,
    changes: tuple[StateChange, ...] = (),
) -> None:
    """An item has ended: its event, what it held is free, others may go on or never will, and the run may have ended.

    Ending an item that has ended already changes nothing.
    """
    row = connection.execute(sa.select(items).where(items.c.run == run, items.c.item == item)).one()
    if row.place == Place.ENDED:
        return
    _end(connection, run, [item], status, changes)
    frozen = runbook.by_item[item]
    if row.undoing:
        _unblock(connection, run, frozen.after, undoing=1)
    elif status is ItemStatus.SUCCEEDED or control.rehearse:  # a rehearsal goes through everything
        _unblock(connection, run, runbook.followers.get(item, ()), undoing=0)
        if row.canary:
            _unblock_all(connection, run)
    if status is not ItemStatus.SUCCEEDED and not control.rehearse:
        _cancel_dependents(connection, run, runbook, item, canary=bool(row.canary))
        recount(connection, run, runbook)
    _end_run(connection, run, control)


def changes_of(fields: Mapping[str, Mapping[str, Any]]) -> tuple[StateChange, ...]:
    """Fields of objects that hold from today on, by the day in China."""
    day = dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date().isoformat()
    return tuple(StateChange(object=name, set=_dated(values, day)) for name, values in fields.items())


def _dated(value: Any, day: str) -> Any:
    """Plain data with the day in place of ``{date}``."""
    if isinstance(value, Mapping):
        return {key: _dated(inner, day) for key, inner in value.items()}
    return day if value == "{date}" else value


def recount(connection: sa.Connection, run: str, runbook: Runbook) -> None:
    """Stop, or allow again, the start of further items by the error budget."""
    failed = connection.execute(
        sa.select(sa.func.count())
        .select_from(items)
        .where(
            items.c.run == run,
            sa.or_(items.c.place == Place.FAILED, items.c.result == ItemStatus.ROLLED_BACK),
        )
    ).scalar_one()
    connection.execute(sa.update(runs).where(runs.c.run == run).values(halted=int(failed > runbook.error_budget)))


def _end(
    connection: sa.Connection, run: str, names: Sequence[str], status: ItemStatus, changes: tuple[StateChange, ...] = ()
) -> None:
    connection.execute(
        sa.update(items)
        .where(items.c.run == run, items.c.item.in_(names))
        .values(place=Place.ENDED, result=status, worker="", gate="", held="", blockers=0, undoing=0)
    )
    append(connection, run, [Entry(ItemEnded(status=status, changes=changes), name) for name in names])
    for name in names:
        release_objects(connection, run, name)


def _unblock(connection: sa.Connection, run: str, names: Sequence[str], *, undoing: int) -> None:
    if not names:
        return
    mine = (items.c.run == run, items.c.item.in_(names), items.c.undoing == undoing, items.c.blockers > 0)
    connection.execute(sa.update(items).where(*mine).values(blockers=items.c.blockers - 1))
    _free(connection, run)


def _unblock_all(connection: sa.Connection, run: str) -> None:
    """One canary less to wait for."""
    others = (items.c.run == run, items.c.canary == 0, items.c.place == Place.BLOCKED, items.c.undoing == 0)
    connection.execute(sa.update(items).where(*others).values(blockers=items.c.blockers - 1))
    _free(connection, run)


def _free(connection: sa.Connection, run: str) -> None:
    connection.execute(
        sa.update(items)
        .where(items.c.run == run, items.c.place == Place.BLOCKED, items.c.blockers <= 0)
        .values(place=Place.READY, held="", blockers=0)
    )


def _cancel_dependents(connection: sa.Connection, run: str, runbook: Runbook, item: str, *, canary: bool) -> None:
    """What can never begin any more, because what it comes after has not succeeded, is canceled."""
    after, found, todo = runbook.followers, set[str](), [item]
    while todo:
        for name in after.get(todo.pop(), ()):
            if name not in found:
                found.add(name)
                todo.append(name)
    waiting = sa.select(items.c.item).where(items.c.run == run, items.c.place == Place.BLOCKED, items.c.undoing == 0)
    names = [name for name in connection.execute(waiting.order_by(items.c.number)).scalars() if canary or name in found]
    if names:
        _end(connection, run, names, ItemStatus.CANCELED)


def _end_run(connection: sa.Connection, run: str, control: Control) -> None:
    if connection.execute(_OPEN, {"of": run}).first() is not None:
        return
    results = set(connection.execute(sa.select(items.c.result).where(items.c.run == run).distinct()).scalars())
    if results <= {ItemStatus.SUCCEEDED}:
        status = RunStatus.SUCCEEDED
    elif control.canceling or control.undone:
        status = RunStatus.CANCELED
    else:
        status = RunStatus.FAILED
    connection.execute(sa.update(runs).where(runs.c.run == run).values(ended=status))
    append(connection, run, [Entry(RunEnded(status=status))])
