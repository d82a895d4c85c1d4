"""The one error of the bed: what went wrong, and what to do."""

from __future__ import annotations

__all__ = ["BedError"]


class BedError(Exception):
    """The bed cannot do what was asked. ``str()`` is one message for a person: what, why, what to do."""
