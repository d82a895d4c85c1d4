"""Errors of the graph.

InputError (inventory.errors)
└── GraphError      a name stands for no object of the graph or for several, or a picture would be too large
"""

from __future__ import annotations

from typing import ClassVar

from inventory.errors import InputError

__all__ = ["GraphError"]


class GraphError(InputError):
    """A name stands for no object of the graph or for several, or a picture would be too large (exit 2)."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "object-not-found": ("this estate has no object '{id}'", "nearest: {nearest}"),
        "object-not-in-graph": ("a {kind} is no object of the graph", "objects are: {kinds}"),
        "ambiguous-object": ("'{id}' is the id of several objects", "name one of: {candidates}"),
        "graph-too-large": (
            "the picture would have {nodes} objects; at most {limit} can be read",
            "choose a part with --around OBJECT --depth N, or export GraphML, JSON or DOT",
        ),
    }
