"""Which guard a platform has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from network.errors import PushRefusedError
from network.platforms import GuardKind
from network.push.guards.comware import DelayGuard
from network.push.guards.frr import TimerGuard
from network.push.guards.vrp import TrialGuard

if TYPE_CHECKING:
    from network.platforms import Platform
    from network.push.guards.base import Guard

__all__ = ["guard_of"]


def guard_of(platform: Platform, device: str) -> Guard:
    """The guard of a platform.

    PushRefusedError ``push-no-guard``: no way is verified by which a device of this platform goes back by itself.
    """
    match platform.guard:
        case GuardKind.COMMIT_TRIAL:
            return TrialGuard(platform, device)
        case GuardKind.COMMIT_DELAY:
            return DelayGuard(platform, device)
        case GuardKind.TIMER:
            return TimerGuard(platform, device)
        case GuardKind.NONE:
            raise PushRefusedError("push-no-guard", device=device, platform=platform.name)
