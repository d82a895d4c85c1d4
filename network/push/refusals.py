"""What is refused before a device is even contacted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from network.config import parse
from network.diff import neutral, refused
from network.errors import PushRefusedError
from network.push.guards import guard_of

if TYPE_CHECKING:
    from network.platforms import Platform
    from network.push.model import Change

__all__ = ["refuse"]

SHOWN = 3


def refuse(change: Change) -> None:
    """Let nothing pass that its guard would not take back, that cuts something off, or that touches IPv4.

    PushRefusedError: ``push-no-guard``, ``push-not-undone``, ``push-disruptive``, ``push-not-neutral``.
    """
    platform, device = change.platform, change.device
    guard_of(platform, device)
    if found := refused(platform, change.patch):
        raise PushRefusedError("push-not-undone", device=device, commands=_shown(platform, found))
    # Taking back an own push ends what that push has begun.
    disruptive = platform.disruptive if change.retrofit else ()
    cutting = [line for line in change.patch.commands if any(re.search(one, line) for one in disruptive)]
    if cutting:
        raise PushRefusedError("push-disruptive", device=device, commands=_shown(platform, cutting))
    if violations := neutral(platform, parse(platform, change.before), change.intended):
        first = platform.masked(violations[0].line)
        raise PushRefusedError("push-not-neutral", device=device, first=first, count=len(violations))


def _shown(platform: Platform, lines: list[str] | tuple[str, ...]) -> str:
    rest = f" … ({len(lines)})" if len(lines) > SHOWN else ""
    return "; ".join(platform.masked(line.strip()) for line in lines[:SHOWN]) + rest
