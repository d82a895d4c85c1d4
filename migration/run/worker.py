"""A worker: takes items that are ready at its sites, carries them on in threads, and keeps its lease.

Any number may run, on any machines that reach the store. A worker that cannot renew its lease ends its children and
itself before others take over what it had.
"""

from __future__ import annotations

import functools
import os
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import sqlalchemy as sa

from migration.run.children import Leash
from migration.run.context import Context, Drift
from migration.run.errors import RunVersionError, StoreError
from migration.run.frozen import frozen_runbook, set_aside
from migration.run.gates import look_again
from migration.run.guard import kill_marked
from migration.run.itemwork import ItemWork
from migration.run.leases import LeaseLostError, Registration, alive
from migration.run.letters import LetterBox
from migration.run.limits import WINDOW, full
from migration.run.policy import require_policy
from migration.run.ports import Executor
from migration.run.schema import Place, items, runs
from migration.run.settings import WorkerSettings
from migration.run.store import Store
from migration.run.workplace import sweep
from migration.runbook.model import ExecutorKind, Runbook, RunbookItem

__all__ = ["FENCED", "Worker"]

FENCED = 4
"""Exit code of a worker that left because its lease had ended: the store did not answer in time."""
FENCE_SHARE = 0.7
"""Share of the lease after which a worker that could not renew it leaves."""
LOOK = 64
"""Items that a worker looks up at a time."""
_FREE = (
    items.c.place == Place.READY,
    sa.or_(
        items.c.not_before <= sa.bindparam("now"),
        # Later than a take-over ever settles: written by a clock that was ahead. Windows are dates.
        sa.and_(items.c.held != WINDOW, items.c.not_before > sa.bindparam("latest")),
    ),
)
_TAKE = (
    sa.update(items)
    .where(items.c.run == sa.bindparam("of"), items.c.item == sa.bindparam("one"), *_FREE)
    .values(place=Place.CLAIMED, worker=sa.bindparam("by"))
)
REAP_SECONDS = 0.5
"""Time between two looks for lost workers: with the time to settle, what a take-over takes beyond the lease."""
GUARD_SHARE = 0.85
"""Share of the lease after which the guard ends a worker that could not even leave by itself."""
RENEWALS = 3
"""Renewals in the time of a lease."""


def _quiet(_: StoreError) -> None:
    return


def _stamp(path: str | Path | None) -> tuple[int, int, int] | None:
    """What changes when a file does; None without one."""
    if path is None:
        return None
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


class Worker:
    """One worker, in this process.

    Args:
        sites: sites whose items it takes; none: all.
        executors: who carries out which kind of step.
        name: shown in lists and events, with something that makes it unique.
        tell: gets each failure of the store that the worker waits out.
        drift: see ``Context``; only for workers of one run.
    """

    def __init__(
        self,
        store: Store,
        *,
        executors: Mapping[ExecutorKind, Executor],
        settings: WorkerSettings,
        sites: Sequence[str] = (),
        name: str = "",
        tell: Callable[[StoreError], None] = _quiet,
        drift: Callable[[RunbookItem], Drift | None] | None = None,
    ) -> None:
        self.store = store
        self.settings = settings
        self.sites = tuple(sites)
        self.tell = tell
        self._drift = drift
        self.leaving = threading.Event()
        self._executors = executors
        self._name = name
        self._runbooks = functools.lru_cache(maxsize=16)(self._read_runbook)
        self._busy: dict[Future[None], tuple[str, str]] = {}
        self._wake = threading.Event()
        self._only: str | None = None
        self._trusted: tuple[object, ...] | None = None
        self._ready: deque[tuple[str, str]] = deque()
        self._looked = 0.0

    def run(self, stop: threading.Event, until_run: str | None = None) -> None:
        """Work until ``stop`` is set, then end the steps that run and leave; set ``leaving`` to drop them at once.

        ``until_run``: take items of that run alone, and return also when it has ended, or only a person's decision
        carries it on (not at gates: there the worker waits).

        Raises:
            StoreError: the store does not answer at the start.
            RunError: the approval policy that the settings name is not there or cannot be used (config-policy).
        """
        require_policy(self.settings)
        sweep()
        self._only = until_run
        lease = self.settings.lease_seconds
        registration = Registration(self.store, name=self._name, sites=self.sites, lease_seconds=lease)
        leash = Leash(registration.worker, silence=lease * GUARD_SHARE if self.store.shared else 0)
        context = Context(
            store=self.store,
            worker=registration.worker,
            sites=self.sites,
            executors=self._executors,
            settings=self.settings,
            launch=leash.launch,
            stopping=stop,
            leaving=self.leaving,
            tell=self.tell,
            drift=self._drift,
        )
        gone = threading.Event()
        beats = threading.Thread(target=self._keep_alive, args=(registration, leash, gone), daemon=True)
        beats.start()
        pool = ThreadPoolExecutor(self.settings.threads, thread_name_prefix="step")
        try:
            self._loop(context, registration, pool, stop, until_run)
            stop.set()
            pool.shutdown(wait=True)
        finally:
            self.leaving.set()
            pool.shutdown(wait=True, cancel_futures=True)
            gone.set()
            beats.join()
            leash.release()
            self._leave(registration)

    def _leave(self, registration: Registration) -> None:
        try:
            registration.leave()
        except StoreError as error:
            self.tell(error)
            registration.unlock()

    # ---- the loop ------------------------------------------------------------------------------------------------

    def _loop(
        self,
        context: Context,
        registration: Registration,
        pool: ThreadPoolExecutor,
        stop: threading.Event,
        until_run: str | None,
    ) -> None:
        reaped, trouble = -1e9, ""
        letters = LetterBox(self.store, context.worker, self.sites, self.settings, self._runbooks)
        while not stop.is_set() and not self.leaving.is_set():
            try:
                if time.monotonic() - reaped > REAP_SECONDS:
                    if registration.reap(self.settings.settle_seconds):
                        sweep()
                    for missed in self._missed(registration.worker):
                        self._begin(context, pool, *missed)
                    reaped = time.monotonic()
                letters.open_all(until_run)
                self._look_again(until_run)
                while len(self._busy) < self.settings.threads and (taken := self._claim(context)):
                    self._begin(context, pool, *taken)
                if until_run is not None and not self._busy and self._is_over(until_run):
                    return
            except StoreError as error:
                self.tell(error)
                stop.wait(1.0)
            except LeaseLostError:
                self._fence(registration.worker)
            except OSError as error:  # this machine's trouble, such as a full disk: it may pass
                if str(error) != trouble:
                    sys.stderr.write(f"qianyun: worker {registration.worker}: {error}\n")
                trouble = str(error)
                stop.wait(1.0)
            self._wake.wait(self.settings.poll_seconds)
            self._wake.clear()

    def _look_again(self, run: str | None) -> None:
        """Where signers or policy were changed, what waits at gates looks again."""
        found = tuple(_stamp(path) for path in (self.settings.signers, self.settings.policy))
        if self._trusted is not None and found != self._trusted:
            look_again(self.store, run)
        self._trusted = found

    def _begin(self, context: Context, pool: ThreadPoolExecutor, run: str, item: str) -> None:
        future = pool.submit(self._carry_on, context, run, item)
        self._busy[future] = run, item
        future.add_done_callback(self._done)

    def _done(self, future: Future[None]) -> None:
        self._busy.pop(future, None)
        self._wake.set()

    def _carry_on(self, context: Context, run: str, item: str) -> None:
        """What is left undone here because the store does not answer comes back by ``_missed``."""
        try:
            try:
                runbook = self._runbooks(run)
            except RunVersionError as error:
                set_aside(self.store, context.worker, run, error)
                return
            work = ItemWork(context, run, runbook, runbook.by_item[item])
            try:
                work.carry_on()
            except LeaseLostError:
                raise
            except Exception as error:  # noqa: BLE001 - a bug of ours must not leave the item in nobody's hands
                traceback.print_exception(error, file=sys.stderr)
                work.break_off(f"{type(error).__name__}: {error}")
        except StoreError as error:
            self.tell(error)
        except LeaseLostError:
            self._fence(context.worker)

    def _missed(self, worker: str) -> list[tuple[str, str]]:
        """Items that are ours on record and in no thread: the answer to a commit was lost, or the store was away."""
        busy = set(self._busy.copy().values())  # before looking: what ends meanwhile is not missed
        query = sa.select(items.c.run, items.c.item).where(items.c.worker == worker, items.c.place == Place.CLAIMED)
        rows = self.store.look(lambda connection: connection.execute(query).all())
        return [(row.run, row.item) for row in rows if (row.run, row.item) not in busy]

    def _claim(self, context: Context) -> tuple[str, str] | None:
        """Take the next item that is ready at our sites: (run, item)."""
        if not self._ready or time.monotonic() - self._looked > self.settings.poll_seconds:
            self._ready = deque(self.store.look(self._look))
            self._looked = time.monotonic()
        while self._ready:
            run, item = self._ready.popleft()

            def take(connection: sa.Connection, run: str = run, item: str = item) -> bool:
                alive(connection, context.worker)
                values = {"of": run, "one": item, "by": context.worker, **self._times(connection)}
                return connection.execute(_TAKE, values).rowcount == 1

            if self.store.attempt(take):
                return run, item
        return None

    def _look(self, connection: sa.Connection) -> list[tuple[str, str]]:
        """The next items that are ready at our sites, in their order; another worker may be quicker."""
        query = (
            sa.select(items.c.run, items.c.item)
            .join(runs, runs.c.run == items.c.run)
            .where(
                *_FREE,
                items.c.held.not_in(full(connection, self.settings.limits)),
                runs.c.paused == 0,
                sa.or_(items.c.begun == 1, runs.c.halted == 0),
            )
            .order_by(items.c.priority, runs.c.started, items.c.number)
            .limit(LOOK)
        )
        if self.sites:
            query = query.where(items.c.site.in_(self.sites))
        if self._only is not None:
            query = query.where(items.c.run == self._only)
        return [(row.run, row.item) for row in connection.execute(query, self._times(connection))]

    def _times(self, connection: sa.Connection) -> dict[str, float]:
        now = self.store.now(connection)
        return {"now": now, "latest": now + self.settings.settle_seconds}

    def _is_over(self, run: str) -> bool:
        going = (Place.READY, Place.CLAIMED, Place.GATE)

        def look(connection: sa.Connection) -> bool:
            ended = connection.execute(sa.select(runs.c.ended, runs.c.halted).where(runs.c.run == run)).one()
            if ended.ended:
                return True
            query = sa.select(sa.func.count()).where(items.c.run == run, items.c.place.in_(going))
            if ended.halted:
                query = query.where(items.c.begun == 1)
            return connection.execute(query).scalar_one() == 0

        return self.store.attempt(look)

    def _read_runbook(self, run: str) -> Runbook:
        return self.store.look(lambda connection: frozen_runbook(connection, run))

    # ---- the lease -----------------------------------------------------------------------------------------------

    def _keep_alive(self, registration: Registration, leash: Leash, gone: threading.Event) -> None:
        """Renew the lease and tell the guard; where that fails for too long, or the guard is gone, leave at once."""
        lease = self.settings.lease_seconds
        renewed = time.clock_gettime(time.CLOCK_BOOTTIME)
        while not gone.wait(lease / RENEWALS if self.store.shared else min(lease / RENEWALS, 1.0)):
            if not leash.held:
                self._fence(registration.worker)
            if not self.store.shared:
                continue  # there the lock on a file says that we live
            try:
                before = time.clock_gettime(time.CLOCK_BOOTTIME)
                registration.renew()
                renewed = before
                leash.beat(before)
            except StoreError as error:
                self.tell(error)
            except LeaseLostError:
                self._fence(registration.worker)
            if time.clock_gettime(time.CLOCK_BOOTTIME) - renewed > lease * FENCE_SHARE:
                self._fence(registration.worker)

    def _fence(self, worker: str) -> None:
        """Others may act for this worker now or soon: end all that it started, and this process, at once."""
        sys.stderr.write(f"qianyun: worker {worker} has lost its lease and leaves\n")
        kill_marked(worker)
        os._exit(FENCED)
