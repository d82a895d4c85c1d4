"""Errors of the cloud stacks' side.

QianyunError, InputError, UnreachableError, VersionError (inventory.errors)
└── StackError          a stack that cannot be designed, selected or described as asked (exit 2)
"""

from __future__ import annotations

from typing import ClassVar

from inventory.errors import InputError

__all__ = ["StackError"]


class StackError(InputError):
    """A stack cannot be designed, selected or described as asked."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "stacks-absent": (
            "{path} has no settings.stacks, so nothing can be said of any cloud",
            "add the clouds with their images, flavors and login: docs/stacks.md shows an example",
        ),
        "stack-no-way": (
            "{cloud} is reached by {way}: nothing can be made there by an interface",
            "write the operator's form instead: qianyun stack request",
        ),
        "stack-property": (
            "{kind} has no property '{name}'; the nearest is {nearest}",
            "this is a fault of the program",
        ),
        "stack-property-missing": ("{kind} needs the property '{name}'", "this is a fault of the program"),
    }
