"""An item's row in the store: whether the item may go on now, and what is written where it may not.

All within the transaction of the caller, which holds the row of the run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from migration.run import gates
from migration.run.context import Context
from migration.run.events import ApprovalRefused, DecisionAsked, ItemHeld, ItemStatus, Phase
from migration.run.index import end_item, recount
from migration.run.journal import Control, Entry, append, lock
from migration.run.leases import alive
from migration.run.limits import WINDOW, free_limits, held_by, objects_of, take_limits
from migration.run.schema import Place, items
from migration.run.stepping import Next
from migration.runbook.model import Runbook, RunbookItem, Step

__all__ = ["ItemRow", "Released"]

_ROW = sa.select(items.c.blockers, items.c.undoing, items.c.worker, items.c.held, items.c.begun).where(
    items.c.run == sa.bindparam("of"), items.c.item == sa.bindparam("one")
)


class Released(Exception):  # noqa: N818 - no failure: the thread is done with the item for now
    """The item was given back, waits, or has ended; what was written for that is to be committed."""


@dataclass(frozen=True)
class ItemRow:
    """The row of one item of a run."""

    context: Context
    run: str
    runbook: Runbook
    frozen: RunbookItem

    def lock(self, connection: sa.Connection) -> Control:
        """Lock the run for a worker that counts. LeaseLostError: it does not."""
        control = lock(connection, self.run)  # first: whoever waits for a run keeps nobody from renewing a lease
        alive(connection, self.context.worker)
        return control

    def enter(self, connection: sa.Connection, phase: Phase, control: Control | None = None) -> Control:
        """Lock the run, unless that is done; Released (and the item given back) where it may not go on now."""
        control = control or self.lock(connection)
        row = connection.execute(_ROW, {"of": self.run, "one": self.frozen.item}).one()
        if row.worker != self.context.worker:
            raise Released  # given back before, by a commit whose answer was lost
        if row.undoing and row.blockers:
            self.update(connection, place=Place.BLOCKED, worker="")
            raise Released
        if row.undoing and phase is Phase.FORWARD:
            self.give_back(connection)
            raise Released
        if control.paused or self.context.stopping.is_set():
            why = ItemHeld(code="paused") if control.paused else ItemHeld(code="stopped")
            self.give_back(connection, why, held=why.code)
            raise Released
        if control.halted and not row.begun and not row.undoing:
            self.give_back(connection)  # the error budget was used up since it was taken
            raise Released
        if control.canceling and phase is Phase.FORWARD:
            end_item(connection, self.run, self.runbook, self.frozen.item, ItemStatus.CANCELED, control=control)
            raise Released
        return control

    def enter_step(self, connection: sa.Connection, what: Next, control: Control | None = None) -> Control:
        """``enter`` for a step. Released where it, and those in the window after it, do not fit what is left of the
        window, or the run is too old."""
        control = self.enter(connection, what.phase, control)
        if not control.rehearse and what.phase is Phase.FORWARD:  # going back is never held up
            assert what.step is not None
            self._in_time(connection, control, what.step)
        return control

    def _in_time(self, connection: sa.Connection, control: Control, step: Step) -> None:
        now = self.context.store.now(connection)
        if now - control.started > self.context.settings.run_hours * 3600:
            self.ask(connection, step, "run-too-old", {"hours": self.context.settings.run_hours})
            raise Released
        if not step.in_window or self.frozen.window_start is None or self.frozen.window_minutes is None:
            return
        opens = self.frozen.window_start.timestamp()
        left = opens + self.frozen.window_minutes * 60 - now
        if now < opens:
            until = dt.datetime.fromtimestamp(opens, dt.UTC)
            self.give_back(connection, ItemHeld(code="window", until=until), held=WINDOW, until=opens)
            raise Released
        steps = self.frozen.steps[self.frozen.steps.index(step) :]
        needed = sum(later.worst_case_seconds for later in steps if later.in_window)
        if left < needed:
            data = {"left_minutes": max(int(left // 60), 0), "needed_minutes": -(-needed // 60)}
            self.ask(connection, step, "window-over", data)
            raise Released

    def before_change(self, connection: sa.Connection, step: Step) -> None:
        """Released where what a step is about to change is no longer approved, or stands on something else than then.

        Between a gate and the window behind it approvals run out, signers are taken away, and plan and estate change.
        """
        opened = gates.gates_before(self.frozen, step)
        drift = self.context.drift(self.frozen) if self.context.drift is not None and step.changes else None
        if drift is not None and gates.is_news(connection, self.run, self.frozen.item, drift):
            if not opened:
                self.ask(connection, step, "records-changed", {"records": ", ".join(drift.records)})
                raise Released
            stopped = gates.stopped_for(connection, self.run, self.runbook, self.frozen.item, opened[0], drift)
            self._back_to(connection, opened[0], stopped)
        for gate in opened:
            passed = gates.look(self.context, connection, self.run, self.runbook, self.frozen.item, gate)
            if passed.unable is not None:
                self.leave_to_others(connection, passed.unable)
            if not passed.open:
                self._back_to(connection, gate, passed.entries)

    def _back_to(self, connection: sa.Connection, gate: Step, entries: Sequence[Entry]) -> None:
        append(connection, self.run, entries)
        self.update(connection, place=Place.GATE, gate=gate.id, worker="")
        raise Released

    def leave_to_others(self, connection: sa.Connection, why: ApprovalRefused) -> None:
        """Released: a worker that can verify the approvals may take the item in a while, or this one when it can."""
        until = self.context.store.now(connection) + self.context.settings.settle_seconds
        held = ItemHeld(code="unverified", data={"code": why.code, **why.data})
        self.give_back(connection, held, held=held.code, until=until)
        raise Released

    def hold_limits(self, connection: sa.Connection, step: Step) -> None:
        """Count the step among those that use its site, hosts and devices; Released where one is fully used."""
        objects = objects_of(self.runbook, step, self.site_of(step))
        busy = take_limits(self.context, connection, self.run, self.frozen.item, objects)
        if busy:
            self.give_back(connection, ItemHeld(code="limit", data={"object": busy}), held=held_by(busy))
            raise Released

    def site_of(self, step: Step) -> str:
        """The site whose workers do the step."""
        return step.site or self.frozen.site

    def free_limits(self, connection: sa.Connection) -> None:
        """Give back what the item's step held."""
        free_limits(connection, self.run, self.frozen.item)

    def ask(self, connection: sa.Connection, step: Step | None, code: str, data: Mapping[str, object]) -> None:
        """Leave the item to a person."""
        name = step.id if step is not None else ""
        event = DecisionAsked(code=code, data={"step": name, **data})
        append(connection, self.run, [Entry(event, self.frozen.item, name)])
        if code == "manual":
            self.update(connection, place=Place.PERSON, worker="", begun=1)
        else:
            self.leave(connection)
        recount(connection, self.run, self.runbook)

    def leave(self, connection: sa.Connection) -> None:
        """Nobody works at the item until a person has decided."""
        self.update(connection, place=Place.FAILED, worker="")

    def give_back(
        self, connection: sa.Connection, why: ItemHeld | None = None, *, held: str = "", until: float = 0.0
    ) -> None:
        """The item is ready again, for those who find what holds it gone; why it waits is told once."""
        before = connection.execute(_ROW, {"of": self.run, "one": self.frozen.item}).one().held
        if why is not None and held != before:
            append(connection, self.run, [Entry(why, self.frozen.item)])
        self.update(connection, place=Place.READY, worker="", held=held, not_before=until)

    def update(self, connection: sa.Connection, **values: object) -> None:
        """Set columns of the row."""
        connection.execute(
            sa.update(items).where(items.c.run == self.run, items.c.item == self.frozen.item).values(**values)
        )
