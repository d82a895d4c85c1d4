"""Words of monitoring exports, and ports that are no application."""

from __future__ import annotations

from migration.consolidation.evidence.tables.headers import HEADERS, UNITS
from migration.consolidation.evidence.tables.ports import CONTROL_PORTS

__all__ = ["CONTROL_PORTS", "HEADERS", "UNITS"]
