"""What is pushed, how it may end, and what is known of a push that has not ended."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from network.config import normalised, parse, to_text

if TYPE_CHECKING:
    from inventory.errors import QianyunError
    from network.config import ConfigTree
    from network.diff import Patch
    from network.platforms import Platform
    from network.push.state import Probe
    from network.transport import Login, Target

__all__ = ["Change", "Limits", "PushResult", "PushStatus", "config_hash", "same_config"]


class PushStatus(StrEnum):
    """How a push of one device ended."""

    UNCHANGED = "unchanged"
    """The device has it already."""
    DONE = "done"
    """Confirmed, saved, and read back."""
    REFUSED = "refused"
    """Refused before anything was changed."""
    FAILED = "failed"
    """Failed before anything was changed."""
    UNDONE = "undone"
    """It was changed and is as before: read and compared."""
    PENDING = "pending"
    """The guard is left to bring the former configuration back; nobody has looked since."""
    ALARM = "alarm"
    """The device has neither the former nor the intended configuration, or its saved one differs: a person looks."""
    SKIPPED = "skipped"
    """Not begun: the error budget is used up, or a person broke off."""

    @property
    def good(self) -> bool:
        """Whether the device has what was intended."""
        return self in (PushStatus.UNCHANGED, PushStatus.DONE)


@dataclass(frozen=True)
class Change:
    """What one device is to get.

    Attributes:
        push: id of the push that it belongs to.
        before: the running configuration that the preview read, as text.
        intended: what it is to be afterwards.
        patch: commands from ``before`` to ``intended``, from the configuration view.
        label: what it is for, such as the stage; for people.
        probes: what must be as reachable afterwards as before.
        retrofit: whether it adds; False for putting back what the journal has kept.
        undoes: id of the push that is taken back.
    """

    push: str
    target: Target
    login: Login
    before: str
    intended: ConfigTree
    patch: Patch
    label: str = ""
    probes: tuple[Probe, ...] = ()
    retrofit: bool = True
    undoes: str = ""

    @property
    def device(self) -> str:
        """Id of the device."""
        return self.target.device

    @property
    def platform(self) -> Platform:
        """Its platform."""
        return self.target.platform

    @property
    def hash(self) -> str:
        """What a person agrees to: device, configuration before, commands."""
        whole = "\n".join([self.device, config_hash(self.platform, self.before), *self.patch.commands])
        return hashlib.sha256(whole.encode()).hexdigest()


@dataclass(frozen=True)
class Limits:
    """Times of a push, in seconds.

    Attributes:
        guard: until the device goes back by itself; raised to what the platform takes.
        margin: what going back itself may take, beyond the guard.
        settle: longest wait for neighbours and reachability after the lines were sent.
        line: longest wait for the answer to one line.
        poll: between two looks at a device that is awaited.
        nap: the same while its guard is known to be armed, at most.
    """

    guard: int = 300
    margin: float = 60.0
    settle: float = 20.0
    line: float = 30.0
    poll: float = 1.0
    nap: float = 10.0


@dataclass(frozen=True)
class PushResult:
    """How the push of one device ended.

    ``error``: why, where it is not good. ``notes``: what depends on the device and is new.
    """

    device: str
    status: PushStatus
    error: QianyunError | None = None
    lines: int = 0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """Code of the error; empty without one."""
        return "" if self.error is None else self.error.code

    @property
    def message(self) -> str:
        """The error in English; empty without one."""
        return "" if self.error is None else self.error.message


def config_hash(platform: Platform, text: str) -> str:
    """SHA-256 of a configuration as it is compared: order and spelling that mean nothing do not count."""
    return hashlib.sha256(_plain(platform, text).encode()).hexdigest()


def same_config(platform: Platform, one: str, other: str) -> bool:
    """Whether two readings say the same."""
    return one == other or _plain(platform, one) == _plain(platform, other)


def _plain(platform: Platform, text: str) -> str:
    return to_text(platform, normalised(platform, parse(platform, text)))
