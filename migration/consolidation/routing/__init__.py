"""Routes of what moves to the shared network: paths, circuits, slots and upgrades at the least cost."""

from __future__ import annotations

from migration.consolidation.routing.solve import Progress, route

__all__ = ["Progress", "route"]
