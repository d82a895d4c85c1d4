"""The guarded push of one device. Fail closed: what is not proven is not confirmed, what is not confirmed goes back.

arm -> read back that it is armed -> send, every answer checked -> read back and compare -> test from a new login ->
confirm and save as one step of the journal. From arming on, whatever goes wrong leaves the device to its guard.
"""

from __future__ import annotations

import datetime as dt
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from inventory.errors import QianyunError, UnreachableError
from network.config import parse, to_text
from network.diff import patch
from network.errors import PushError, PushVersionError, TransportError
from network.push.aftermath import CLOCK_MARGIN, Case, await_end, first_difference
from network.push.guards import GuardState, guard_of
from network.push.journal import Event
from network.push.model import Limits, PushResult, PushStatus, same_config
from network.push.refusals import refuse
from network.push.state import DeviceState, differences, read_state

if TYPE_CHECKING:
    from network.push.journal import Journal
    from network.push.model import Change
    from network.transport import Session, Transport

__all__ = ["Tell", "push_device"]

Tell = Callable[[str, str, int, int], None]
"""(device, event, done, total): what is going on, for progress and for records."""


def push_device(
    change: Change,
    transport: Transport,
    journal: Journal,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    *,
    cancel: threading.Event | None = None,
    tell: Tell | None = None,
) -> PushResult:
    """Push to one device and say how it ended; expected failures are results, not exceptions.

    ``cancel``: nothing is begun any more, and a push in the middle is left to its guard.
    """
    began = time.monotonic()
    push = _Push(change, transport, journal, limits, cancel or threading.Event(), tell or _silent)
    try:
        refuse(change)
        with journal.only(change.device):
            left = journal.unfinished_of(change.device)
            if left is not None:
                raise PushError("push-unfinished", device=change.device, push=left.push)
            journal.refuse_alarmed(change.device)
            result = push.run()
    except QianyunError as error:
        result = push.result(PushStatus.REFUSED, error)
    return PushResult(**{**vars(result), "seconds": time.monotonic() - began})


def _silent(_device: str, _event: str, _done: int, _total: int) -> None:
    pass


SETTLE_SHARE = 0.25
"""Of the guard's time, at most, for neighbours to come back: the rest is for sending and confirming."""


class _Push:
    def __init__(
        self,
        change: Change,
        transport: Transport,
        journal: Journal,
        limits: Limits,
        cancel: threading.Event,
        tell: Tell,
    ) -> None:
        self.change, self.transport, self.journal, self.limits = change, transport, journal, limits
        self.cancel, self.tell = cancel, tell
        self.token = secrets.token_hex(8)
        self.deadline = dt.datetime.now(dt.UTC)
        self.confirming = False
        self.notes: list[str] = []

    def run(self) -> PushResult:
        """The push, with the device locked."""
        self.guard = guard_of(self.change.platform, self.change.device)
        self.seconds = self.guard.seconds(self.limits.guard)
        with ExitStack() as sessions:
            try:
                first = sessions.enter_context(self._open())
                state = self._before(first)
            except (PushVersionError, PushError) as error:
                return self.result(PushStatus.REFUSED, error)
            except QianyunError as error:
                return self.result(PushStatus.FAILED, error)
            if state is None:
                return PushResult(self.change.device, PushStatus.UNCHANGED)
            if self.cancel.is_set():
                return self.result(PushStatus.SKIPPED, PushError("push-not-begun", device=self.change.device))
            self._record(Event.ARMING, deadline=self._deadline())
            try:
                self._send(first)
                fresh = sessions.enter_context(self._open_again())
                self._test(first, fresh, state)
                self._confirm(first, fresh)
            except QianyunError as error:
                return self._left(first, sessions, error)
            except BaseException:
                self._record(Event.LEFT, why="interrupted")
                raise
        self._record(Event.DONE)
        return PushResult(
            self.change.device, PushStatus.DONE, lines=len(self.change.patch.commands), notes=tuple(self.notes)
        )

    # ---- forward -----------------------------------------------------------------------------------------------------

    def _open(self) -> Session:
        return self.transport.open(self.change.target, self.change.login)

    def _open_again(self) -> Session:
        try:
            return self._open()
        except (TransportError, UnreachableError) as error:
            raise PushError("push-no-new-login", device=self.change.device, reason=error.message) from error

    def _before(self, session: Session) -> DeviceState | None:
        """What depends on the device now; None where it has what is intended already.

        PushVersionError ``push-device-changed``; PushError ``push-guard-busy``.
        """
        change = self.change
        running, intended = session.running(), to_text(change.platform, change.intended)
        if not same_config(change.platform, running, change.before):
            found = first_difference(change.platform, change.before, running)
            raise PushVersionError("push-device-changed", device=change.device, difference=found)
        state = self.guard.state(session)
        if state is not GuardState.NONE:
            raise PushError("push-guard-busy", device=change.device, reason=state.value)
        if not change.patch.commands:
            return None
        self.journal.keep(change.push, change.device, "before", running)
        self.journal.keep(change.push, change.device, "intended", intended)
        undoes = {"undoes": change.undoes} if change.undoes else {}
        self._record(Event.BEGUN, label=change.label, hash=change.hash, lines=len(change.patch.commands), **undoes)
        self.running = running
        # Without an IPv6 address of its own a device would wait for each of the others in vain.
        probes = [one for one in change.probes if one.version == 4 or "ipv6 address" in running]
        return read_state(session, change.platform, probes, running)

    def _send(self, session: Session) -> None:
        self.guard.arm(session, self.seconds, self.token, self._back)
        self._record(Event.ARMED)
        lines = self.change.patch.commands
        for number, reply in enumerate(session.lines(lines, timeout=self.limits.line), 1):
            if reply.refused:
                platform = self.change.platform
                shown, answer = platform.masked(reply.line.strip()), platform.masked(reply.text.strip())
                raise PushError(
                    "push-line-refused", device=self.change.device, number=number, line=shown, answer=answer
                )
            self.tell(self.change.device, "line", number, len(lines))
            if self.cancel.is_set():
                raise PushError("push-canceled", device=self.change.device)
        self._record(Event.SENT, **({} if self.guard.acts_at_once else {"deadline": self._deadline()}))
        self.guard.start(session, self.seconds, self.token)

    def _back(self) -> tuple[str, ...]:
        platform = self.change.platform
        return patch(platform, self.change.intended, parse(platform, self.running)).commands

    def _test(self, first: Session, fresh: Session, before: DeviceState) -> None:
        """The configuration as the first login and a new one read it, and what depends on the device."""
        change = self.change
        intended = to_text(change.platform, change.intended)
        for session in (first, fresh):
            found = first_difference(change.platform, intended, session.running())
            if found:
                raise PushError("push-differs", device=change.device, difference=found)
        until = time.monotonic() + min(self.limits.settle, self.seconds * SETTLE_SHARE)
        probes, gained = change.probes, set[str]()
        while True:
            seen = differences(before, read_state(fresh, change.platform, probes, self.running))
            gained |= {str(one) for one in seen if not one.lost}
            probes = tuple(before.reached)  # what is new was asked for once
            # Taking back a stage takes its IPv6 away on purpose.
            worse = [one for one in seen if one.lost and (change.retrofit or one.family == 4)]
            if not worse:
                break
            if time.monotonic() >= until or self.cancel.wait(self.limits.poll):
                raise PushError("push-worse", device=change.device, count=len(worse), first=str(worse[0]))
        self.notes += sorted({*gained, *(str(one) for one in seen if one.lost)})
        self._record(Event.TESTED)

    def _confirm(self, first: Session, fresh: Session) -> None:
        if self.cancel.is_set():
            raise PushError("push-canceled", device=self.change.device)
        self._record(Event.CONFIRMING)
        self.confirming = True
        self.guard.confirm(first, fresh, self.token)

    # ---- back --------------------------------------------------------------------------------------------------------

    def _left(self, first: Session, sessions: ExitStack, error: QianyunError) -> PushResult:
        """The device goes back by itself; wait for it and compare."""
        if error.code == "push-not-saved":  # confirmed: the journal stays open, and the next call saves
            return self.result(PushStatus.ALARM, error)
        self._record(Event.LEFT, why=error.message)
        if not self.confirming and not self.cancel.is_set():
            with suppress(QianyunError):  # a device that does not answer is what the guard is there for
                self.guard.abort(first)
        with suppress(QianyunError):
            sessions.close()
        case = Case(
            push=self.change.push,
            target=self.change.target,
            login=self.change.login,
            before=self.running,
            intended=to_text(self.change.platform, self.change.intended),
            confirming=self.confirming,
            deadline=self.deadline,
        )
        if self.cancel.is_set():
            return self.result(PushStatus.PENDING, error)
        found = await_end(case, self.transport, self.limits, cancel=self.cancel, journal=self.journal)
        if found.status is PushStatus.DONE:
            return PushResult(self.change.device, PushStatus.DONE, lines=len(self.change.patch.commands))
        if found.status is PushStatus.ALARM:
            kept = self.journal.kept_path(self.change.push, self.change.device, "before")
            alarm = PushError("push-alarm", device=self.change.device, difference=found.detail, kept=str(kept))
            return self.result(PushStatus.ALARM, alarm)
        return self.result(found.status, error)

    # ---- records -----------------------------------------------------------------------------------------------------

    def _deadline(self) -> dt.datetime:
        """When a guard that is armed now has fired at the latest."""
        self.deadline = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=self.seconds + CLOCK_MARGIN)
        return self.deadline

    def _record(self, event: Event, **data: object) -> None:
        self.journal.append(self.change.push, self.change.device, event, **data)
        self.tell(self.change.device, event.value, 0, 0)

    def result(self, status: PushStatus, error: QianyunError) -> PushResult:
        """How it ended, and why."""
        return PushResult(self.change.device, status, error, notes=tuple(self.notes))
