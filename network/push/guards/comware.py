"""H3C Comware 7: ``configuration commit delay`` before the first line, ``configuration commit`` afterwards.

H3C S6800 Fundamentals Configuration Guide, Release 26xx, Configuration file management: without a manual commit within
the time the device goes back to the settings before the delay command. The maker says that this may fail for commands
without a valid undo: such commands are refused beforehand, and afterwards the configuration is compared.
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

__all__ = ["DelayGuard"]

DELAYED = re.compile(r"(?m)^\s*configuration commit delay\b")


class DelayGuard:
    """See ``Guard``."""

    acts_at_once = True

    def __init__(self, platform: Platform, device: str) -> None:
        self._platform, self._device = platform, device

    def seconds(self, wished: int) -> int:
        """See ``Guard``: whole units of the platform, minutes."""
        return bounded(self._platform, wished)

    def state(self, session: Session) -> GuardState:
        """See ``Guard``."""
        said = session.command(self._platform.command("armed"))
        return GuardState.ARMED if DELAYED.search(said) else GuardState.NONE

    def arm(
        self,
        session: Session,
        seconds: int,
        token: str,  # noqa: ARG002 - the device's own guard
        back: Callable[[], Sequence[str]],  # noqa: ARG002 - the device's own guard
    ) -> None:
        """See ``Guard``."""
        session.enter()
        reply = session.line(self._platform.command("arm", minutes=seconds // self._platform.guard_step))
        if reply.refused:
            raise PushError("push-not-armed", device=self._device, reason=reply.text.strip())
        if self.state(session) is not GuardState.ARMED:  # display commands work in all views
            raise PushError("push-not-armed", device=self._device, reason="the device shows no delay after the command")

    def start(self, session: Session, seconds: int, token: str) -> None:  # noqa: ARG002
        """Lines act at once: only the view is left."""
        session.leave()

    def confirm(self, first: Session, fresh: Session, token: str) -> None:  # noqa: ARG002
        """See ``Guard``: from the new login."""
        fresh.enter()
        reply = fresh.line(self._platform.command("confirm"))
        fresh.leave()
        if reply.refused:
            raise PushError("push-not-confirmed", device=self._device, reason=reply.text.strip())
        if self.state(fresh) is not GuardState.NONE:
            raise PushError(
                "push-not-confirmed", device=self._device, reason="the delay still stands after configuration commit"
            )
        self.save(fresh)

    def save(self, session: Session) -> None:
        """See ``Guard``."""
        saved(self._platform, session, self._device)

    def abort(self, session: Session) -> bool:  # noqa: ARG002
        """The device goes back when its time is over; there is no earlier way that the maker describes."""
        return False
