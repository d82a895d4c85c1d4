"""The port that guards of all platforms implement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from network.transport import Session

__all__ = ["Guard", "GuardState"]


class GuardState(StrEnum):
    """What a device says of its guard."""

    NONE = "none"
    """None is armed: never was, was confirmed, or has fired."""
    ARMED = "armed"
    FIRING = "firing"
    """The former configuration is just being brought back."""
    DEAD = "dead"
    """It was armed, and what should have fired it is gone (a restart): ``abort`` fires it."""


class Guard(Protocol):
    """A guard on one platform. Stateless: the device holds what there is to know.

    The order of calls: ``state`` (none), ``enter``, ``arm``, the lines, ``start``, ``state`` (armed), ``confirm``.
    Every method may raise errors of the transport.
    """

    acts_at_once: bool
    """Whether lines act at once; otherwise they reach a candidate, and the guard begins with ``start``."""

    def seconds(self, wished: int) -> int:
        """The guard time that the device takes, at least ``wished`` seconds where it can."""
        ...

    def state(self, session: Session) -> GuardState:
        """What the device says, in whatever view the session is."""
        ...

    def arm(self, session: Session, seconds: int, token: str, back: Callable[[], Sequence[str]]) -> None:
        """Arm before the first line, and read back that it is armed; leaves the session in the configuration view.
        ``back`` gives the commands from the intended configuration to the present one, for guards that are ours.

        PushError ``push-not-armed``.
        """
        ...

    def start(self, session: Session, seconds: int, token: str) -> None:
        """After the last line: make a candidate take effect on trial, and read back that it is armed.

        PushError ``push-not-armed``.
        """
        ...

    def confirm(self, first: Session, fresh: Session, token: str) -> None:
        """Take the guard away, read back that it is gone, and save. ``first`` has sent the lines, ``fresh`` tested.

        PushError ``push-not-confirmed`` (the guard may still fire), ``push-not-saved`` (it is gone).
        """
        ...

    def save(self, session: Session) -> None:
        """Save the running configuration. PushError ``push-not-saved``."""
        ...

    def abort(self, session: Session) -> bool:
        """Have the former configuration brought back now; False where the device can only be waited for."""
        ...
