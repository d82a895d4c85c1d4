"""What was handed over when a run was started, as it lies in the store: its runbook and what makes it this very run."""

from __future__ import annotations

import orjson
import sqlalchemy as sa
from pydantic import ValidationError

from migration.run.errors import RunError, RunVersionError
from migration.run.events import RunPaused, RunStarted
from migration.run.journal import Entry, append, lock
from migration.run.leases import alive
from migration.run.schema import Place, events, items, runbooks, runs
from migration.run.store import Store
from migration.runbook.model import Runbook

__all__ = ["frozen_runbook", "nonce_of", "set_aside"]

_BODY = sa.select(runbooks.c.body).where(runbooks.c.run == sa.bindparam("of"))
_FIRST = sa.select(events.c.body).where(events.c.run == sa.bindparam("of"), events.c.sequence == 1)


def frozen_runbook(connection: sa.Connection, run: str) -> Runbook:
    """The runbook of a run.

    Raises:
        RunError: no such run (run-unknown).
        RunVersionError: a newer program wrote it, or it is damaged (runbook-unreadable).
    """
    plain: str | None = connection.execute(_BODY, {"of": run}).scalar_one_or_none()
    if plain is None:
        raise RunError("run-unknown", run=run, nearest="-")
    try:
        return Runbook.model_validate_json(plain)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        reason = f"{place}: {first['msg']}" if place else str(first["msg"])
        raise RunVersionError("runbook-unreadable", run=run, reason=reason) from error


def nonce_of(connection: sa.Connection, run: str) -> str:
    """What its start has drawn, and no other run of the name has. RunError: no such run."""
    body = connection.execute(_FIRST, {"of": run}).scalar_one_or_none()
    started = None if body is None else orjson.loads(body)["event"]
    if started is None or started["type"] != "run_started":
        raise RunError("run-unknown", run=run, nearest="-")
    return RunStarted.model_validate(started).nonce


def set_aside(store: Store, worker: str, run: str, why: RunVersionError) -> None:
    """Pause a run whose runbook a worker cannot read, and give back what it had of it: one event says so, and the run
    goes on where a worker can read it once a person resumes it.

    Raises:
        StoreError: the store does not answer.
        LeaseLostError: the worker no longer counts.
    """

    def mark(connection: sa.Connection) -> None:
        paused = lock(connection, run).paused
        alive(connection, worker)
        mine = (items.c.run == run, items.c.worker == worker, items.c.place == Place.CLAIMED)
        connection.execute(sa.update(items).where(*mine).values(place=Place.READY, worker=""))
        if not paused:
            append(connection, run, [Entry(RunPaused(by=worker, code=why.code, data=why.data))])
            connection.execute(sa.update(runs).where(runs.c.run == run).values(paused=1))

    store.attempt(mark)
