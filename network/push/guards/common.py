"""What the makers' own guards share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from network.errors import PushError

if TYPE_CHECKING:
    from network.platforms import Platform
    from network.transport import Session

__all__ = ["bounded", "saved"]

SAVED = re.compile(r"(?i)success")
"""Said by VRP 8 and Comware 7 when a configuration was saved."""


def bounded(platform: Platform, wished: int) -> int:
    """Guard time in seconds: ``wished``, raised to the platform's unit and into its range."""
    least, most = platform.guard_seconds
    step = platform.guard_step
    return min(max(-(-wished // step) * step, least), most)


def saved(platform: Platform, session: Session, device: str) -> None:
    """Save, and see that the device says so. PushError ``push-not-saved``."""
    said = session.command(platform.command("save"), timeout=180)
    if not SAVED.search(said):
        raise PushError("push-not-saved", device=device, reason=said.strip()[-200:] or "no answer to save")
