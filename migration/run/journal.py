"""The journal of a run: events with a sequence from 1 without gaps, appended in the transaction that they belong to.

A writer locks the run's row while it takes sequence numbers, so events become visible in their order and a reader that
remembers the last number it saw misses none.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa
from sqlalchemy import exc

from migration.run.errors import RunError, StoreError
from migration.run.events import Envelope, RunEnded, RunEvent
from migration.run.fold import RunState
from migration.run.masking import mask_event
from migration.run.schema import events, runs
from migration.run.store import Store

__all__ = ["Control", "Entry", "append", "events_of_item", "follow", "lock", "read_events", "run_state"]

PAGE = 2000
POLL_SECONDS = 0.2


# Built once: putting a statement together takes longer than its execution.
_LOCK = (
    sa.select(runs.c.paused, runs.c.canceling, runs.c.undone, runs.c.halted, runs.c.started, runs.c.rehearse)
    .where(runs.c.run == sa.bindparam("of"))
    .with_for_update()
)
_BEFORE = (  # not by the sequence in ``runs``: for SQLite both columns would be written without their tables
    sa.select(events.c.body)
    .where(events.c.run == sa.bindparam("of"))
    .order_by(events.c.sequence.desc())
    .limit(1)
    .scalar_subquery()
)
_TAKE = (
    sa.update(runs)
    .where(runs.c.run == sa.bindparam("of"))
    .values(sequence=runs.c.sequence + sa.bindparam("count", type_=sa.Integer))
    .returning(runs.c.sequence, _BEFORE.label("before"))
)
_TAKE_WITH_TIME = _TAKE.returning(sa.func.clock_timestamp(type_=sa.DateTime(timezone=True)).label("now"))
"""Where the database has a clock of its own, which all workers share."""
_INSERT = sa.insert(events)
_counted = events.c.sequence + 0  # not by the primary key, which holds the events of all other items, too
_OF_ITEM = (
    sa.select(events)
    .where(
        events.c.run == sa.bindparam("of"),
        events.c.item.in_((sa.bindparam("one"), "")),
        _counted > sa.bindparam("after"),
        events.c.type != "step_output",
    )
    .order_by(_counted)
)


class Entry(NamedTuple):
    """An event that is to be appended."""

    event: RunEvent
    item: str = ""
    step: str = ""
    attempt: int = 0


@dataclass(frozen=True)
class Control:
    """What holds for the whole run at the moment its row is locked."""

    paused: bool
    canceling: bool
    undone: bool
    halted: bool
    started: float
    rehearse: bool


def lock(connection: sa.Connection, run: str) -> Control:
    """Keep other writers of a run out until the commit, and say what holds for it. RunError: no such run."""
    found = connection.execute(_LOCK, {"of": run}).one_or_none()
    if found is None:
        raise RunError("run-unknown", run=run, nearest="-")
    return Control(
        paused=bool(found.paused),
        canceling=bool(found.canceling),
        undone=bool(found.undone),
        halted=bool(found.halted),
        started=float(found.started),
        rehearse=bool(found.rehearse),
    )


def append(connection: sa.Connection, run: str, entries: Sequence[Entry]) -> list[Envelope]:
    """Append events to a run, in order, at the store's time, never before the last one's; as they are recorded.

    Raises:
        RunError: no such run.
    """
    if not entries:
        return []
    shared = connection.dialect.name == "postgresql"
    took = connection.execute(_TAKE_WITH_TIME if shared else _TAKE, {"of": run, "count": len(entries)}).one_or_none()
    if took is None:
        raise RunError("run-unknown", run=run, nearest="-")
    first = took.sequence - len(entries) + 1
    at = took.now.astimezone(dt.UTC) if shared else dt.datetime.now(dt.UTC)
    if took.before is not None:  # a clock that was set back turns no order around
        at = max(at, dt.datetime.fromisoformat(orjson.loads(took.before)["at"]))
    envelopes = [
        Envelope(
            run=run,
            sequence=first + number,
            at=at,
            item=entry.item,
            step=entry.step,
            attempt=entry.attempt,
            event=mask_event(entry.event),
        )
        for number, entry in enumerate(entries)
    ]
    connection.execute(_INSERT, [_row(envelope) for envelope in envelopes])
    return envelopes


def _row(envelope: Envelope) -> dict[str, Any]:
    body = envelope.model_dump(mode="json", exclude={"run", "sequence", "item"})
    return {
        "run": envelope.run,
        "sequence": envelope.sequence,
        "item": envelope.item,
        "type": envelope.event.type,
        "body": orjson.dumps(body).decode(),
    }


def _envelope(row: Any) -> Envelope:
    body: dict[str, Any] = orjson.loads(row.body)
    return Envelope.model_validate({"run": row.run, "sequence": row.sequence, "item": row.item, **body})


def read_events(store: Store, run: str, after: int = 0, limit: int = 1000) -> list[Envelope]:
    """Events of a run with a sequence above ``after``, in order, at most ``limit``. StoreError."""
    query = (
        sa.select(events).where(events.c.run == run, events.c.sequence > after).order_by(events.c.sequence).limit(limit)
    )
    try:
        with store.read() as connection:
            return [_envelope(row) for row in connection.execute(query)]
    except exc.DBAPIError as error:
        raise store.failure(error) from error


def events_of_item(connection: sa.Connection, run: str, item: str, after: int = 0) -> list[Envelope]:
    """What an item's worker folds: its events and those of the whole run, without the output of steps."""
    found = connection.execute(_OF_ITEM, {"of": run, "one": item, "after": after})
    return [_envelope(row) for row in found]


def follow(
    store: Store,
    run: str,
    *,
    after: int = 0,
    stop: threading.Event | None = None,
    idle: Callable[[], None] | None = None,
) -> Iterator[Envelope]:
    """Events as they come, until the run has ended and all are read, or ``stop`` is set.

    ``idle`` is called whenever nothing new is there. A database that is away for a while is asked again.
    """
    ended = False
    halt = stop or threading.Event()
    while not halt.is_set():
        try:
            found = read_events(store, run, after, PAGE)
        except StoreError:
            found = []
        for envelope in found:
            after = envelope.sequence
            ended = isinstance(envelope.event, RunEnded) or (
                ended and envelope.event.type not in ("decision_taken", "run_rollback_asked")
            )
            yield envelope
        if not found:
            if ended:
                return
            if idle is not None:
                idle()
            halt.wait(POLL_SECONDS)


def run_state(store: Store, run: str) -> RunState:
    """The state of a run now. RunError: no such run."""
    state = RunState()
    while found := read_events(store, run, state.last, PAGE):
        for envelope in found:
            state.add(envelope)
    if state.started is None:
        raise RunError("run-unknown", run=run, nearest="-")
    return state
