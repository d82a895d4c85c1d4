"""Checks of what the engine says it would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.problems import Origin, Problem, problem
from stacks.design.model import StackDesign, SystemDesign
from stacks.design.protection import is_protected

if TYPE_CHECKING:
    from stacks.engine import StackPreview

__all__ = ["check_preview"]

DELETING = frozenset({"delete", "replace"})


def check_preview(design: StackDesign, preview: StackPreview) -> tuple[Problem, ...]:
    """``stack-protected`` for each resource that would be deleted or replaced though the state or the design protects
    it. The engine would refuse it too, but only after it has done what comes before.
    """
    kind, id = ("system", design.id) if isinstance(design, SystemDesign) else ("pool", design.place.pool)
    return tuple(
        problem(
            "stack-protected", Origin("-"), kind=kind, id=id, stack=design.stack, name=change.name, type=change.type
        )
        for change in preview.changes
        if change.op in DELETING and (change.protect or is_protected(design.protected, change.name))
    )
