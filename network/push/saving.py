"""Whether a device would come back from a restart with what it has now, and seeing to it that it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from network.push.guards import guard_of
from network.push.model import same_config

if TYPE_CHECKING:
    from network.platforms import Platform
    from network.transport import Session

__all__ = ["is_saved", "save"]


def is_saved(session: Session, platform: Platform, running: str) -> bool:
    """Whether the saved configuration says what the running one says; True where the platform cannot tell."""
    if "saved" not in platform.commands:
        return True
    return same_config(platform, session.command(platform.command("saved"), timeout=60), running)


def save(session: Session, platform: Platform, device: str) -> None:
    """Save the running configuration. PushError ``push-not-saved``."""
    guard_of(platform, device).save(session)
