"""Errors of making an example."""

from __future__ import annotations

from typing import ClassVar

from inventory.errors import InputError

__all__ = ["ExampleError"]


class ExampleError(InputError):
    """The example cannot be made as asked."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "example-not-empty": ("{path} is not empty", "name a new or an empty folder; nothing was written"),
        "example-not-a-folder": ("{path} is not a folder", "name a new or an empty folder"),
        "example-size": ("{systems} systems: an example has {low} to {high}", ""),
        "example-like": ("no example is like '{like}'", "choose one of: {choices}"),
    }
