"""What brings the former configuration back when nobody confirms the new one, by platform."""

from network.push.guards.base import Guard, GuardState
from network.push.guards.choose import guard_of

__all__ = ["Guard", "GuardState", "guard_of"]
