"""What stacks are to hold, from inventory and plan. Imports neither an engine nor a cloud's library."""

from __future__ import annotations

__all__: list[str] = []
