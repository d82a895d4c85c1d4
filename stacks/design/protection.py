"""What is never deleted, by settings.stacks.protected."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable

from inventory.stack_settings import StackSettings

__all__ = ["is_protected", "protected_of"]


def protected_of(settings: StackSettings, stack: str) -> tuple[str, ...]:
    """Patterns of logical names that hold for a stack, in order."""
    found = (row.resource for row in settings.protected if fnmatch.fnmatchcase(stack, row.stack))
    return tuple(dict.fromkeys(found))


def is_protected(patterns: Iterable[str], name: str) -> bool:
    """Whether a resource is protected."""
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
