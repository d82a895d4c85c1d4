"""After a push that did not end well: wait for the guard, read the configuration, and say what it is."""

from __future__ import annotations

import datetime as dt
import difflib
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.errors import QianyunError
from network.config import normalised, parse, to_text
from network.errors import PushError, TransportError
from network.push.guards import GuardState, guard_of
from network.push.journal import Event
from network.push.model import PushStatus, same_config

if TYPE_CHECKING:
    from network.platforms import Platform
    from network.push.guards import Guard
    from network.push.journal import Journal, Unfinished
    from network.push.model import Limits
    from network.transport import Login, Session, Target, Transport

__all__ = ["CLOCK_MARGIN", "Case", "Ending", "await_end", "first_difference", "recover_device"]

CLOCK_MARGIN = 5.0
"""Seconds between putting a deadline on record and the guard's own start, at most."""
UNKNOWN_GUARD = 60.0


@dataclass(frozen=True)
class Case:
    """A device that was left in the middle. ``confirming``: its guard may have been taken away on purpose."""

    push: str
    target: Target
    login: Login
    before: str
    intended: str
    confirming: bool
    deadline: dt.datetime


@dataclass(frozen=True)
class Ending:
    """What became of it. ``code`` and ``detail`` say more where it did not end well."""

    status: PushStatus
    code: str = ""
    detail: str = ""


def await_end(
    case: Case, transport: Transport, limits: Limits, *, cancel: threading.Event, journal: Journal | None = None
) -> Ending:
    """Wait until the guard has fired, compare, and put the end on record.

    UNDONE: the configuration is the former one. DONE: the confirmation had come through; it was saved. ALARM: neither,
    and the guard's time is over. PENDING: nobody could look, or ``cancel`` was set.
    """
    found = _watch(case, transport, limits, cancel)
    ends = {PushStatus.UNDONE: Event.UNDONE, PushStatus.DONE: Event.DONE, PushStatus.ALARM: Event.ALARM}
    if journal is not None and found.status in ends and found.code != "push-not-saved":
        journal.append(
            case.push, case.target.device, ends[found.status], **({"why": found.detail} if found.code else {})
        )
    return found


def recover_device(
    left: Unfinished,
    target: Target,
    login: Login,
    transport: Transport,
    journal: Journal,
    limits: Limits,
    *,
    cancel: threading.Event,
) -> Ending:
    """End a push that a crash or an interrupt has left in the middle. InputError, PushError (journal, lock)."""
    with journal.only(left.device):
        if journal.unfinished_of(left.device) is None:  # another process was faster
            return Ending(PushStatus.UNDONE)
        if not left.touched:
            journal.append(left.push, left.device, Event.FAILED, why="nothing was done yet")
            return Ending(PushStatus.FAILED)
        case = Case(
            push=left.push,
            target=target,
            login=login,
            before=journal.kept(left.push, left.device, "before"),
            intended=journal.kept(left.push, left.device, "intended"),
            confirming=left.confirming,
            deadline=left.deadline or dt.datetime.now(dt.UTC) + dt.timedelta(seconds=UNKNOWN_GUARD),
        )
        return await_end(case, transport, limits, cancel=cancel, journal=journal)


def _watch(case: Case, transport: Transport, limits: Limits, cancel: threading.Event) -> Ending:
    guard = guard_of(case.target.platform, case.target.device)
    until = case.deadline + dt.timedelta(seconds=limits.margin)
    while True:
        seen = _look(case, guard, transport)
        if seen.status is not PushStatus.PENDING or seen.code == "push-not-saved":
            return seen
        now = dt.datetime.now(dt.UTC)
        if now >= until:
            return Ending(PushStatus.ALARM, "push-alarm", seen.detail) if seen.code == "push-alarm" else seen
        left = (case.deadline - now).total_seconds()
        # An armed guard has nothing to show before its time.
        nap = min(max(left - CLOCK_MARGIN, limits.poll), limits.nap) if seen.code == "armed" else limits.poll
        if cancel.wait(nap):
            return Ending(PushStatus.PENDING, "push-canceled", seen.detail)


def _look(case: Case, guard: Guard, transport: Transport) -> Ending:
    """One look; PENDING where the next one may see more, ``push-alarm`` where that would be one if it stayed so."""
    try:
        with transport.open(case.target, case.login) as session:
            state = guard.state(session)
            if state is GuardState.DEAD:
                guard.abort(session)
                state = guard.state(session)
            if state is not GuardState.NONE:
                return Ending(PushStatus.PENDING, "armed", "its guard is armed")
            return _judge(case, guard, session)
    except TransportError as error:
        return Ending(PushStatus.PENDING, "push-lost", error.message)
    except PushError as error:
        return Ending(PushStatus.PENDING, error.code if error.code == "push-not-saved" else "push-lost", error.message)
    except QianyunError as error:  # what it says cannot be read: no configuration, a refused command
        return Ending(PushStatus.PENDING, "push-alarm", error.message)


def _judge(case: Case, guard: Guard, session: Session) -> Ending:
    platform, running = case.target.platform, session.running()
    if same_config(platform, running, case.before):
        return Ending(PushStatus.UNDONE)
    if case.confirming and same_config(platform, running, case.intended):
        guard.save(session)
        return Ending(PushStatus.DONE)
    return Ending(PushStatus.PENDING, "push-alarm", first_difference(platform, case.before, running))


def first_difference(platform: Platform, wanted: str, found: str) -> str:
    """The first lines in which two configurations differ, secrets masked; empty where they say the same."""
    one, other = (
        to_text(platform, normalised(platform, parse(platform, text))).splitlines() for text in (wanted, found)
    )
    marked = [
        platform.masked(line)
        for line in difflib.unified_diff(one, other, lineterm="", n=0)
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    return "; ".join(marked[:3]) + (f" … ({len(marked)})" if len(marked) > 3 else "")
