"""One item in the hands of a worker's thread: fold its events, take the next step, record what came of it, again.

Nothing is done in the world before its attempt is on record, and nothing is done twice: an attempt whose end nobody
recorded is probed, and without a probe a person is asked. The end of a step and the begin of the next are one commit.
"""

from __future__ import annotations

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
    Envelope,
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
from migration.run.itemrow import ItemRow, Released
from migration.run.journal import Control, Entry, append, events_of_item
from migration.run.schema import Place
from migration.run.stepping import Kind, Next, next_of
from migration.runbook.model import Runbook, RunbookItem, Step

__all__ = ["ItemWork"]

LONGEST_BACKOFF = 2.0


@dataclass
class ItemWork:
    """Carries one claimed item on until it ends, waits, or belongs to another worker."""

    context: Context
    run: str
    runbook: Runbook
    frozen: RunbookItem
    _folded: RunState = field(default_factory=RunState)
    _fresh: bool = False
    """Whether all that is on record is folded."""
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
                if not self._fresh:
                    self.context.store.look(self._read_on)
                self._fresh = False
                self._advance()
                backoff = 0.1
            except Released:
                return
            except StoreError as error:
                self._folded = RunState()  # it may hold events of a transaction that was never committed
                self.context.tell(error)
                self.context.leaving.wait(backoff)
                backoff = min(backoff * 2, LONGEST_BACKOFF)

    def break_off(self, reason: str) -> None:
        """A bug of ours: whatever the item was at, a person decides how it goes on. StoreError."""

        def ask(connection: sa.Connection) -> None:
            self._row.lock(connection)
            self._row.free_limits(connection)
            self._row.ask(connection, None, "worker-bug", {"reason": reason})

        self.context.store.attempt(ask)

    @property
    def _row(self) -> ItemRow:
        return ItemRow(self.context, self.run, self.runbook, self.frozen)

    @property
    def _state(self) -> ItemState:
        return self._folded.items[self.frozen.item]

    @property
    def _phase(self) -> Phase:
        return Phase.ROLLBACK if self._state.undoing else Phase.FORWARD

    @property
    def _rehearsing(self) -> bool:
        return self._folded.started is not None and self._folded.started.rehearse

    def _read_on(self, connection: sa.Connection) -> None:
        for envelope in events_of_item(connection, self.run, self.frozen.item, self._folded.last):
            self._folded.add(envelope)

    def _attempt(self, work: Callable[[sa.Connection], object]) -> None:
        """``work`` in a transaction; Released ends it with a commit. StoreError."""

        def tried(connection: sa.Connection) -> bool:
            try:
                work(connection)
            except Released:
                return False
            return True

        if not self.context.store.attempt(tried):
            raise Released

    def _open(self, what: Next) -> bool:
        """Whether this very attempt is on record without an end."""
        assert what.step is not None
        found = self._state.steps[what.step.id]
        return found.open and found.attempts == what.attempt

    def _advance(self) -> None:
        if self._pending is not None:
            what, entries = self._pending
            if self._open(what):
                self._record_end(entries)
            else:
                self._pending = None
            return
        if self._begun is not None:
            what, self._begun = self._begun, None
            if self._open(what):
                self._do(what)
                return
        if self._state.status.final and not self._state.undoing:
            raise Released
        self._take(self._next())

    def _next(self) -> Next:
        return next_of(self.frozen, self._state, rehearse=self._rehearsing)

    # ---- beginning -----------------------------------------------------------------------------------------------

    def _take(self, what: Next) -> None:
        match what.kind:
            case Kind.DONE:
                self._attempt(self._finish_in)
            case Kind.RETURN:
                self._ask(what.step, "point-of-no-return")
            case _ if what.step is None:
                raise AssertionError(what)
            case Kind.GATE if not self._rehearsing:
                self._gate(what.step)
            case Kind.MANUAL if not self._rehearsing:
                self._manual(what)
            case _:
                self._attempt(lambda connection: self._begin_in(connection, what))

    def _begin_in(self, connection: sa.Connection, what: Next, control: Control | None = None) -> list[Envelope]:
        """Put the attempt on record, unless something stands against it; ``_advance`` finds it there."""
        row, step = self._row, what.step
        assert step is not None
        row.enter_step(connection, what, control)
        self._ask_again(connection, what)
        if self.context.sites and row.site_of(step) not in self.context.sites:
            row.update(connection, place=Place.READY, worker="", site=row.site_of(step))
            raise Released
        row.hold_limits(connection, step)
        started = StepStarted(phase=what.phase, worker=self.context.worker)
        entries = [*self._taken(), Entry(started, self.frozen.item, step.id, what.attempt)]
        recorded = append(connection, self.run, entries)
        if not any(step.attempts for step in self._state.steps.values()):
            row.update(connection, begun=1)
        self._begun = what
        return recorded

    def _ask_again(self, connection: sa.Connection, what: Next) -> None:
        """Whether a step that was never tried may still be done. What has begun goes on: half done helps nobody."""
        assert what.step is not None
        fresh = self._state.steps[what.step.id].status is StepStatus.PENDING
        if fresh and what.phase is Phase.FORWARD and not self._rehearsing:
            self._row.before_change(connection, what.step)

    def _taken(self) -> list[Entry]:
        """That the item is ours, unless that is the last that was said of it."""
        worker = self.context.worker
        return [] if self._state.worker == worker else [Entry(ItemStarted(worker=worker), self.frozen.item)]

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
        """The end of an attempt and what follows, if nothing stands against it: the next begin, or the item's end."""

        def record(connection: sa.Connection) -> None:
            control = self._row.lock(connection)
            append(connection, self.run, entries)
            self._row.free_limits(connection)
            if any(isinstance(entry.event, DecisionAsked) for entry in entries):
                self._row.leave(connection)
                recount(connection, self.run, self.runbook)
                raise Released
            if any(isinstance(entry.event, DecisionTaken) for entry in entries):
                self._row.update(connection, undoing=1)
            self._begun = None
            self._read_on(connection)
            what = self._next()
            if what.kind is Kind.STEP:
                for envelope in self._begin_in(connection, what, control):
                    self._folded.add(envelope)
            elif what.kind is Kind.DONE:
                self._finish_in(connection, control)

        self._attempt(record)
        self._pending = None
        self._fresh = True

    def _write_output(self, what: Next, outputs: Sequence[StepOutput]) -> None:
        assert what.step is not None
        entries = [Entry(output, self.frozen.item, what.step.id, what.attempt) for output in outputs]
        try:
            self.context.store.attempt(lambda connection: append(connection, self.run, entries))
        except StoreError as error:
            self.context.tell(error)  # what a step says is not what it does: nothing depends on it

    def _finish_in(self, connection: sa.Connection, control: Control | None = None) -> None:
        """The item has ended: always Released."""
        control = self._row.enter(connection, self._phase, control)
        status = ItemStatus.ROLLED_BACK if self._state.undoing else ItemStatus.SUCCEEDED
        if control.rehearse and any(s.status is StepStatus.FAILED for s in self._state.steps.values()):
            status = ItemStatus.CANCELED
        self._end_in(connection, status, control)
        raise Released

    def _end_in(self, connection: sa.Connection, status: ItemStatus, control: Control) -> None:
        changes: tuple[StateChange, ...] = ()
        if not control.rehearse and status is ItemStatus.SUCCEEDED:
            changes = changes_of(self.frozen.sets)
        elif not control.rehearse and status is ItemStatus.ROLLED_BACK and self._state.has_succeeded:
            changes = changes_of(self.frozen.restores)  # it had succeeded, and the estate may know
        end_item(connection, self.run, self.runbook, self.frozen.item, status, control=control, changes=changes)

    # ---- waiting -------------------------------------------------------------------------------------------------

    def _gate(self, step: Step) -> None:
        def look(connection: sa.Connection) -> None:
            control = self._row.enter(connection, Phase.FORWARD)
            self._read_on(connection)  # what was said before the run was locked
            if step.id in self._folded.rejected:
                self._end_in(connection, ItemStatus.CANCELED, control)
                raise Released
            passed = gates.look(self.context, connection, self.run, self.runbook, self.frozen.item, step)
            if passed.unable is not None:
                self._row.leave_to_others(connection, passed.unable)
            append(connection, self.run, passed.entries)
            if not passed.open:
                self._row.update(connection, place=Place.GATE, gate=step.id, worker="")
                raise Released

        self._attempt(look)

    def _manual(self, what: Next) -> None:
        """Ask the person who does the step, or undoes it."""
        step = what.step
        assert step is not None
        call = step.rollback if what.phase is Phase.ROLLBACK else step.act
        assert call is not None
        data = {"do": call.do, "role": step.role}

        def ask(connection: sa.Connection) -> None:
            self._row.enter_step(connection, what)
            self._ask_again(connection, what)
            self._row.ask(connection, step, "manual", data)
            raise Released

        self._attempt(ask)

    def _ask(self, step: Step | None, code: str, data: Mapping[str, object] | None = None) -> None:
        def ask(connection: sa.Connection) -> None:
            self._row.enter(connection, self._phase)
            self._row.ask(connection, step, code, data or {})
            raise Released

        self._attempt(ask)
