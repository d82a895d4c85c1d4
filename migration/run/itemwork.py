"""One item in the hands of a worker's thread: fold its events, take the next step, record what came of it, again.

Nothing is done in the world before its attempt is on record, and nothing is done twice: an attempt whose end nobody
recorded is probed, and without a probe a person is asked.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from migration.run import gates
from migration.run.attempts import Attempt
from migration.run.calling import Caller, Output
from migration.run.context import Context
from migration.run.errors import StoreError
from migration.run.events import (
    DecisionAsked,
    DecisionTaken,
    ItemHeld,
    ItemStarted,
    ItemStatus,
    Phase,
    StateChange,
    StepOutput,
    StepStarted,
    StepStatus,
)
from migration.run.fold import ItemState, RunState
from migration.run.index import changes_of, end_item, recount
from migration.run.journal import Control, Entry, append, events_of_item, lock
from migration.run.leases import alive
from migration.run.limits import WINDOW, free_limits, held_by, objects_of, take_limits
from migration.run.schema import Place, items
from migration.run.stepping import Kind, Next, next_of
from migration.runbook.model import Runbook, RunbookItem, Step

__all__ = ["ItemWork"]

LONGEST_BACKOFF = 2.0


_ROW = sa.select(items.c.blockers, items.c.undoing, items.c.worker, items.c.held, items.c.begun).where(
    items.c.run == sa.bindparam("of"), items.c.item == sa.bindparam("one")
)


class Released(Exception):  # noqa: N818 - no failure: the thread is done with the item for now
    """The item was given back, or has ended."""


@dataclass
class ItemWork:
    """Carries one claimed item on until it ends, waits, or belongs to another worker."""

    context: Context
    run: str
    runbook: Runbook
    frozen: RunbookItem
    _folded: RunState = field(default_factory=RunState)
    _begun: Next | None = None
    """An attempt of ours that may be on record and has not acted."""
    _pending: tuple[Next, list[Entry]] | None = None
    """What came of an attempt, not yet on record."""

    def carry_on(self) -> None:
        """Until the item leaves our hands. A store that does not answer is asked again, losing nothing.

        Raises:
            LeaseLostError: this worker no longer counts.
        """
        backoff = 0.1
        while not self.context.leaving.is_set():
            try:
                self._refresh()
                self._advance()
                backoff = 0.1
            except Released:
                return
            except StoreError as error:
                self.context.tell(error)
                self.context.leaving.wait(backoff)
                backoff = min(backoff * 2, LONGEST_BACKOFF)

    def break_off(self, reason: str) -> None:
        """A bug of ours: whatever the item was at, a person decides how it goes on. StoreError."""

        def ask(connection: sa.Connection) -> None:
            lock(connection, self.run)
            alive(connection, self.context.worker)
            free_limits(connection, self.run, self.frozen.item)
            self._ask_in(connection, None, "worker-bug", {"reason": reason})

        self.context.store.attempt(ask)

    @property
    def _state(self) -> ItemState:
        return self._folded.items[self.frozen.item]

    def _refresh(self) -> None:
        self.context.store.look(self._read_on)

    def _read_on(self, connection: sa.Connection) -> None:
        for envelope in events_of_item(connection, self.run, self.frozen.item, self._folded.last):
            self._folded.add(envelope)

    def _advance(self) -> None:
        state = self._state
        if self._pending is not None:
            what, entries = self._pending
            assert what.step is not None
            if state.steps[what.step.id].open:
                self._record_end(entries)
            else:
                self._pending = None
            return
        if self._begun is not None:
            what, self._begun = self._begun, None
            assert what.step is not None
            found = state.steps[what.step.id]
            if found.open and found.attempts == what.attempt:
                self._do(what)
                return
        if state.status.final and not state.undoing:
            raise Released
        self._take(next_of(self.frozen, state, rehearse=self._rehearsing))

    # ---- beginning -----------------------------------------------------------------------------------------------

    def _take(self, what: Next) -> None:
        match what.kind:
            case Kind.DONE:
                self._finish(ItemStatus.ROLLED_BACK if self._state.undoing else ItemStatus.SUCCEEDED)
            case Kind.RETURN:
                self._ask(what.step, "point-of-no-return")
            case _ if what.step is None:
                raise AssertionError(what)
            case Kind.GATE if not self._rehearsing:
                self._gate(what.step)
            case Kind.MANUAL if not self._rehearsing:
                self._manual(what)
            case _:
                self._begin(what)

    @property
    def _rehearsing(self) -> bool:
        return self._folded.started is not None and self._folded.started.rehearse

    def _begin(self, what: Next) -> None:
        """Put the attempt on record, unless something stands against it."""
        step = what.step
        assert step is not None
        site = step.site or self.frozen.site
        if self.context.sites and site not in self.context.sites:
            self._release(site=site)

        def begin(connection: sa.Connection) -> bool:
            control = self._enter(connection, what.phase)
            self._stop_if_canceled(connection, control, what.phase)
            if not control.rehearse:
                self._in_time(connection, control, what)
            objects = objects_of(self.runbook, step, site)
            busy = take_limits(self.context, connection, self.run, self.frozen.item, objects)
            if busy:
                self._give_back(connection, ItemHeld(code="limit", data={"object": busy}), held=held_by(busy))
                return False
            started = StepStarted(phase=what.phase, worker=self.context.worker)
            append(connection, self.run, [*self._taken(), Entry(started, self.frozen.item, step.id, what.attempt)])
            if not any(step.attempts for step in self._state.steps.values()):
                self._update(connection, begun=1)
            return True

        self._begun = what  # until the store has said yes, or the journal shows it
        if not self.context.store.attempt(self._released(begin)):
            raise Released
        self._begun = None
        self._do(what)

    def _taken(self) -> list[Entry]:
        """That the item is ours, unless that is the last that was said of it."""
        worker = self.context.worker
        return [] if self._state.worker == worker else [Entry(ItemStarted(worker=worker), self.frozen.item)]

    def _released(self, work: Callable[[sa.Connection], bool]) -> Callable[[sa.Connection], bool]:
        """``work`` where Released ends the transaction with a commit."""

        def tried(connection: sa.Connection) -> bool:
            try:
                return work(connection)
            except Released:
                return False

        return tried

    def _enter(self, connection: sa.Connection, phase: Phase) -> Control:
        """Lock the run; Released (and the item given back) where it may not go on now."""
        control = lock(connection, self.run)  # first: whoever waits for a run keeps nobody from renewing a lease
        alive(connection, self.context.worker)
        row = connection.execute(_ROW, {"of": self.run, "one": self.frozen.item}).one()
        if row.worker != self.context.worker:
            raise Released  # given back before, by a commit whose answer was lost
        if row.undoing and row.blockers:
            self._update(connection, place=Place.BLOCKED, worker="")
            raise Released
        if row.undoing and phase is Phase.FORWARD:
            self._give_back(connection)
            raise Released
        if control.paused or self.context.stopping.is_set():
            why = ItemHeld(code="paused") if control.paused else ItemHeld(code="stopped")
            self._give_back(connection, why, held=why.code)
            raise Released
        if control.halted and not row.begun and not row.undoing:
            self._give_back(connection)  # the error budget was used up since it was taken
            raise Released
        return control

    def _stop_if_canceled(self, connection: sa.Connection, control: Control, phase: Phase) -> None:
        if control.canceling and phase is Phase.FORWARD:
            self._end(connection, ItemStatus.CANCELED, control)
            raise Released

    def _in_time(self, connection: sa.Connection, control: Control, what: Next) -> None:
        """Released where the step, and those in the window after it, do not fit what is left of the window, or the run
        is too old."""
        step = what.step
        assert step is not None
        if what.phase is Phase.ROLLBACK:
            return  # going back is never held up
        now = self.context.store.now(connection)
        if now - control.started > self.context.settings.run_hours * 3600:
            self._ask_in(connection, step, "run-too-old", {"hours": self.context.settings.run_hours})
            raise Released
        if not step.in_window or self.frozen.window_start is None or self.frozen.window_minutes is None:
            return
        opens = self.frozen.window_start.timestamp()
        left = opens + self.frozen.window_minutes * 60 - now
        if now < opens:
            until = dt.datetime.fromtimestamp(opens, dt.UTC)
            self._give_back(connection, ItemHeld(code="window", until=until), held=WINDOW, until=opens)
            raise Released
        steps = self.frozen.steps[self.frozen.steps.index(step) :]
        needed = sum(later.worst_case_seconds for later in steps if later.in_window)
        if left < needed:
            data = {"left_minutes": max(int(left // 60), 0), "needed_minutes": -(-needed // 60)}
            self._ask_in(connection, step, "window-over", data)
            raise Released

    # ---- doing ---------------------------------------------------------------------------------------------------

    def _do(self, what: Next) -> None:
        """Probe, act, verify, and record the end; ``_advance`` tries again where the store does not answer."""
        step = what.step
        assert step is not None
        began = time.monotonic()
        output = Output(lambda outputs: self._write_output(what, outputs))
        caller = Caller(
            self.run, self.runbook, self.frozen, step, what.attempt, self.context.executors.get(step.executor),
            self.context.launch, self.context.leaving, output, began + step.timeout_seconds,
        )  # fmt: skip
        try:
            entries = Attempt(what, caller, began, self._rehearsing).carry_out()
        finally:
            said = [Entry(event, self.frozen.item, step.id, what.attempt) for event in output.rest()]
        if self.context.leaving.is_set():  # what was broken off says nothing: the probe will
            return
        self._pending = what, [*said, *entries]
        self._record_end(self._pending[1])

    # ---- recording -----------------------------------------------------------------------------------------------

    def _record_end(self, entries: Sequence[Entry]) -> None:
        def record(connection: sa.Connection) -> bool:
            append(connection, self.run, entries)
            alive(connection, self.context.worker)
            free_limits(connection, self.run, self.frozen.item)
            if any(isinstance(entry.event, DecisionAsked) for entry in entries):
                self._update(connection, place=Place.FAILED, worker="")
                recount(connection, self.run, self.runbook)
                return False
            if any(isinstance(entry.event, DecisionTaken) for entry in entries):
                self._update(connection, undoing=1)
            return True

        recorded = self.context.store.attempt(record)
        self._pending = None
        if not recorded:
            raise Released

    def _write_output(self, what: Next, outputs: Sequence[StepOutput]) -> None:
        assert what.step is not None
        entries = [Entry(output, self.frozen.item, what.step.id, what.attempt) for output in outputs]
        try:
            self.context.store.attempt(lambda connection: append(connection, self.run, entries))
        except StoreError as error:
            self.context.tell(error)  # what a step says is not what it does: nothing depends on it

    def _finish(self, status: ItemStatus) -> None:
        def finish(connection: sa.Connection) -> bool:
            control = self._enter(connection, Phase.ROLLBACK if self._state.undoing else Phase.FORWARD)
            ended = status
            if control.rehearse and any(s.status is StepStatus.FAILED for s in self._state.steps.values()):
                ended = ItemStatus.CANCELED
            self._end(connection, ended, control)
            return False

        self.context.store.attempt(self._released(finish))
        raise Released

    def _end(self, connection: sa.Connection, status: ItemStatus, control: Control) -> None:
        changes: tuple[StateChange, ...] = ()
        if not control.rehearse and status is ItemStatus.SUCCEEDED:
            changes = changes_of(self.frozen.sets)
        elif not control.rehearse and status is ItemStatus.ROLLED_BACK and self._state.has_succeeded:
            changes = changes_of(self.frozen.restores)  # it had succeeded, and the estate may know
        end_item(connection, self.run, self.runbook, self.frozen.item, status, control=control, changes=changes)

    # ---- waiting -------------------------------------------------------------------------------------------------

    def _gate(self, step: Step) -> None:
        def look(connection: sa.Connection) -> bool:
            control = self._enter(connection, Phase.FORWARD)
            self._stop_if_canceled(connection, control, Phase.FORWARD)
            self._read_on(connection)  # what was said before the run was locked
            if step.id in self._folded.rejected:
                self._end(connection, ItemStatus.CANCELED, control)
                return False
            passed = gates.look(self.context, connection, self.run, self.runbook, self.frozen.item, step)
            append(connection, self.run, passed.entries)
            if not passed.open:
                self._update(connection, place=Place.GATE, gate=step.id, worker="")
            return passed.open

        if not self.context.store.attempt(self._released(look)):
            raise Released

    def _manual(self, what: Next) -> None:
        """Ask the person who does the step, or undoes it."""
        step = what.step
        assert step is not None
        call = step.rollback if what.phase is Phase.ROLLBACK else step.act
        assert call is not None
        data = {"do": call.do, "role": step.role}

        def ask(connection: sa.Connection) -> bool:
            control = self._enter(connection, what.phase)
            self._stop_if_canceled(connection, control, what.phase)
            self._in_time(connection, control, what)
            self._ask_in(connection, step, "manual", data)
            return False

        self.context.store.attempt(self._released(ask))
        raise Released

    def _ask(self, step: Step | None, code: str, data: Mapping[str, object] | None = None) -> None:
        def ask(connection: sa.Connection) -> bool:
            self._enter(connection, Phase.ROLLBACK if self._state.undoing else Phase.FORWARD)
            self._ask_in(connection, step, code, data or {})
            return False

        self.context.store.attempt(self._released(ask))
        raise Released

    def _ask_in(self, connection: sa.Connection, step: Step | None, code: str, data: Mapping[str, object]) -> None:
        name = step.id if step is not None else ""
        event = DecisionAsked(code=code, data={"step": name, **data})
        append(connection, self.run, [Entry(event, self.frozen.item, name)])
        if code == "manual":
            self._update(connection, place=Place.PERSON, worker="", begun=1)
        else:
            self._update(connection, place=Place.FAILED, worker="")
        recount(connection, self.run, self.runbook)

    def _give_back(
        self, connection: sa.Connection, why: ItemHeld | None = None, *, held: str = "", until: float = 0.0
    ) -> None:
        """The item is ready again, for those who find what holds it gone; why it waits is told once."""
        before = connection.execute(_ROW, {"of": self.run, "one": self.frozen.item}).one().held
        if why is not None and held != before:
            append(connection, self.run, [Entry(why, self.frozen.item)])
        self._update(connection, place=Place.READY, worker="", held=held, not_before=until)

    def _release(self, *, site: str) -> None:
        def release(connection: sa.Connection) -> bool:
            self._enter(connection, Phase.ROLLBACK if self._state.undoing else Phase.FORWARD)
            self._update(connection, place=Place.READY, worker="", site=site)
            return False

        self.context.store.attempt(self._released(release))
        raise Released

    def _update(self, connection: sa.Connection, **values: object) -> None:
        connection.execute(
            sa.update(items).where(items.c.run == self.run, items.c.item == self.frozen.item).values(**values)
        )
