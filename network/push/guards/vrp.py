"""Huawei VRP 8: lines go to a candidate, ``commit trial`` puts it into effect for a time, ``commit`` confirms it.

NetEngine 8000 F1A Command Reference, V800R022, ``commit`` and ``abort trial``: trial is there in two-phase validation
only, takes 60 to 65535 s, nothing can be configured while it goes on, and the former configuration comes back when the
time is over. The trial belongs to the session that began it, so that the same session confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from network.errors import PushError
from network.push.guards.base import GuardState
from network.push.guards.common import bounded, saved

if TYPE_CHECKING:
    from network.platforms import Platform
    from network.transport import Session

__all__ = ["TrialGuard"]

ACTIVE = re.compile(r"(?im)trial.*?\b(?:active|running|yes|in progress)\b|remaining|left\b")
"""Said by ``display configuration trial status`` while a trial goes on (the words are unverified on a device)."""
STARTED = re.compile(r"(?i)trial.*\b(?P<seconds>\d+) seconds", re.DOTALL)
"""Said by ``commit trial`` (example of the reference)."""


class TrialGuard:
    """See ``Guard``."""

    acts_at_once = False

    def __init__(self, platform: Platform, device: str) -> None:
        self._platform, self._device = platform, device

    def seconds(self, wished: int) -> int:
        """See ``Guard``."""
        return bounded(self._platform, wished)

    def state(self, session: Session) -> GuardState:
        """See ``Guard``."""
        return GuardState.ARMED if ACTIVE.search(session.command(self._platform.command("armed"))) else GuardState.NONE

    def arm(
        self,
        session: Session,
        seconds: int,  # noqa: ARG002 - the device's own guard
        token: str,  # noqa: ARG002 - the device's own guard
        back: Callable[[], Sequence[str]],  # noqa: ARG002 - the device's own guard
    ) -> None:
        """The candidate alone changes nothing: the trial begins with ``start``."""
        session.enter()

    def start(self, session: Session, seconds: int, token: str) -> None:  # noqa: ARG002
        """See ``Guard``."""
        reply = session.line(self._platform.command("arm", seconds=seconds), timeout=120)
        said = STARTED.search(reply.text)
        if reply.refused or said is None or int(said["seconds"]) != seconds:
            # A commit that did not take the trial may still have taken the candidate: the caller compares.
            raise PushError(
                "push-not-armed", device=self._device, reason=reply.text.strip() or "no answer to commit trial"
            )
        # Asked where the session is: display commands work in all views, and the confirmation belongs into this one.
        if self.state(session) is not GuardState.ARMED:
            raise PushError(
                "push-not-armed", device=self._device, reason="the device shows no trial after commit trial"
            )

    def confirm(self, first: Session, fresh: Session, token: str) -> None:  # noqa: ARG002
        """See ``Guard``: by the session that began the trial, which has not left the view since."""
        reply = first.line(self._platform.command("confirm"), timeout=120)
        if reply.refused:
            raise PushError("push-not-confirmed", device=self._device, reason=reply.text.strip())
        if self.state(fresh) is not GuardState.NONE:
            raise PushError("push-not-confirmed", device=self._device, reason="the trial still goes on after commit")
        self.save(fresh)

    def save(self, session: Session) -> None:
        """See ``Guard``."""
        saved(self._platform, session, self._device)

    def abort(self, session: Session) -> bool:
        """Drop the candidate, and end the trial where one goes on."""
        session.enter()
        session.line(self._platform.command("discard"))
        reply = session.line(self._platform.command("abort"), timeout=120)
        session.leave()
        return not reply.refused
