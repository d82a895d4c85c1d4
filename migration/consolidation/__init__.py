"""Consolidation: what becomes of dedicated lines, private networks and internet exits, over which paths, when it may
end, and what it saves."""

from __future__ import annotations
