"""Who is alive: a worker's lease, and taking over what a lost worker had.

On PostgreSQL a worker renews its row by the database's clock. On SQLite, which one machine uses, a worker holds a lock
on a file that the kernel frees when it dies; no clock counts there. Whoever finds a lost worker gives its items back.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from migration.run.events import WorkerLost
from migration.run.guard import kill_marked
from migration.run.journal import Entry, append, lock
from migration.run.schema import Place, holds, items, workers
from migration.run.store import Store

__all__ = ["LeaseLostError", "Registration", "WorkerRow", "alive", "list_workers", "machine_id"]

_STATE = sa.select(workers.c.state).where(workers.c.worker == sa.bindparam("of")).with_for_update(read=True)
_OTHERS = sa.select(workers.c.worker, workers.c.machine, (workers.c.renewed + workers.c.lease).label("until")).where(
    workers.c.worker != sa.bindparam("of"), workers.c.state == "alive"
)

_HELD_BY_LOST = (
    sa.select(holds.c.worker)
    .join(workers, workers.c.worker == holds.c.worker)
    .where(workers.c.state == "lost")
    .limit(1)
)


class LeaseLostError(Exception):
    """This worker's lease has ended: it may record nothing any more, and leaves."""


@dataclass(frozen=True)
class WorkerRow:
    """A worker on record: ``renewed`` in seconds since 1970, for a lost one when that was found; ``state`` alive, left
    or lost."""

    worker: str
    sites: tuple[str, ...]
    machine: str
    pid: int
    started: float
    renewed: float
    state: str


def machine_id() -> str:
    """This boot of this machine, as far as process ids are shared."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{socket.gethostname()}/{boot}/{Path('/proc/self/ns/pid').readlink()}"


def alive(connection: sa.Connection, worker: str) -> None:
    """LeaseLostError where the worker no longer counts as alive; holds off whoever would say so until the commit."""
    if connection.execute(_STATE, {"of": worker}).scalar_one_or_none() != "alive":
        raise LeaseLostError(worker)


def list_workers(store: Store) -> tuple[WorkerRow, ...]:
    """All workers on record, the latest last. StoreError."""
    rows = store.attempt(lambda connection: connection.execute(sa.select(workers).order_by(workers.c.started)).all())
    return tuple(
        WorkerRow(row.worker, tuple(json.loads(row.sites)), row.machine, row.pid, row.started, row.renewed, row.state)
        for row in rows
    )


class Registration:
    """A worker's entry in the store, unique for each start of a process."""

    def __init__(self, store: Store, *, name: str, sites: Sequence[str], lease_seconds: float) -> None:
        self.store = store
        self.worker = f"{name or socket.gethostname()}-{uuid.uuid4().hex[:8]}"
        self.lease = lease_seconds
        self._lock: IO[bytes] | None = None
        if store.file is not None:
            self._lock = _lock_path(store.file, self.worker).open("wb")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

        def register(connection: sa.Connection) -> None:
            now = store.now(connection)
            connection.execute(
                sa.insert(workers).values(
                    worker=self.worker,
                    sites=json.dumps(list(sites)),
                    machine=machine_id(),
                    pid=os.getpid(),
                    started=now,
                    renewed=now,
                    lease=lease_seconds,
                    state="alive",
                )
            )

        store.attempt(register)

    def renew(self) -> None:
        """Say that the worker lives. StoreError: the database does not answer; LeaseLostError: too late."""

        def renewed(connection: sa.Connection) -> int:
            return connection.execute(
                sa.update(workers)
                .where(workers.c.worker == self.worker, workers.c.state == "alive")
                .values(renewed=self.store.now(connection))
            ).rowcount

        if not self.store.attempt(renewed):
            raise LeaseLostError(self.worker)

    def leave(self) -> None:
        """Give everything back and say goodbye. StoreError."""
        self.store.attempt(lambda connection: _give_back(self.store, connection, self.worker, "left", 0.0))
        self.unlock()

    def unlock(self) -> None:
        """Free and remove the lock file."""
        if self._lock is not None and self.store.file is not None:
            self._lock.close()
            _lock_path(self.store.file, self.worker).unlink(missing_ok=True)
            self._lock = None

    def reap(self, settle_seconds: float) -> list[str]:
        """Take lost workers off the record and give their items back, to be taken after ``settle_seconds``; so long
        what they held stays held. StoreError.

        What a lost worker of this machine has left running is killed before.
        """
        self._free_lost(settle_seconds)
        lost = []
        for row in self.store.look(self._suspects):
            if self.store.file is not None and not _is_free(_lock_path(self.store.file, row.worker)):
                continue
            if row.machine == machine_id():
                kill_marked(row.worker)

            def give_back(connection: sa.Connection, worker: str = row.worker) -> bool:
                return _give_back(self.store, connection, worker, "lost", settle_seconds)

            if self.store.attempt(give_back):
                lost.append(row.worker)
            if self.store.file is not None:
                _lock_path(self.store.file, row.worker).unlink(missing_ok=True)
        return lost

    def _free_lost(self, settle_seconds: float) -> None:
        """Free what lost workers held, once their items may be taken again."""
        if not self.store.look(lambda connection: connection.execute(_HELD_BY_LOST).first()):
            return

        def free(connection: sa.Connection) -> None:
            over = self.store.now(connection) - settle_seconds
            gone = sa.select(workers.c.worker).where(workers.c.state == "lost", workers.c.renewed <= over)
            connection.execute(sa.delete(holds).where(holds.c.worker.in_(gone)))

        self.store.attempt(free)

    def _suspects(self, connection: sa.Connection) -> Sequence[sa.Row[Any, Any, Any]]:
        """Others that count as alive; on PostgreSQL only those whose lease has ended."""
        found = connection.execute(_OTHERS, {"of": self.worker}).all()
        if not found or not self.store.shared:
            return found
        now = self.store.now(connection)
        return [row for row in found if row.until < now]


def _lock_path(store: Path, worker: str) -> Path:
    return store.with_name(f"{store.name}.{worker}.lock")


def _is_free(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    return True


def _give_back(store: Store, connection: sa.Connection, worker: str, state: str, settle_seconds: float) -> bool:
    """Whether the worker was alive until now; its items are ready again. What a lost one holds on hosts and other
    objects stays held as long as its items rest: what it has begun there may still be at work.

    Locks in the order of all others: runs, then the worker.
    """
    mine = items.c.worker == worker
    for run in sorted(connection.execute(sa.select(items.c.run).where(mine).distinct()).scalars().all()):
        lock(connection, run)
    late: sa.ColumnElement[bool] = sa.true()
    gone = {"renewed": store.now(connection)} if state == "lost" else {}
    if state == "lost" and store.shared:
        late = workers.c.renewed + workers.c.lease < store.now(connection)
    changed = connection.execute(
        sa.update(workers)
        .where(workers.c.worker == worker, workers.c.state == "alive", late)
        .values(state=state, **gone)
    ).rowcount
    if not changed:
        return False
    had: dict[str, list[str]] = {}
    for row in connection.execute(sa.select(items.c.run, items.c.item).where(mine)):
        had.setdefault(row.run, []).append(row.item)
    if state != "lost":
        connection.execute(sa.delete(holds).where(holds.c.worker == worker))
    connection.execute(
        sa.update(items)
        .where(mine, items.c.place == Place.CLAIMED)
        .values(place=Place.READY, worker="", held="", not_before=store.now(connection) + settle_seconds)
    )
    if state == "lost":
        for run, names in sorted(had.items()):
            append(connection, run, [Entry(WorkerLost(worker=worker, items=tuple(sorted(names))))])
    return True
