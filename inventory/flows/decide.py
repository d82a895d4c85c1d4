"""What people say about observed dependencies. The next import keeps it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from inventory.flows.errors import FlowError
from inventory.flows.kept import FILE, read_kept, write_kept
from inventory.inventory import Inventory, nearest_names
from inventory.kinds.systems import (
    Dependency,
    DependencyKind,
    DependencyOrder,
    DependencySource,
    ReachesBy,
    Strength,
)
from inventory.selectors import parse_selector

__all__ = ["confirm", "reject"]


def confirm(
    inventory: Inventory,
    text: str,
    *,
    strength: Strength | None = None,
    order: DependencyOrder | None = None,
    reaches_by: ReachesBy | None = None,
    kind: DependencyKind | None = None,
) -> tuple[Dependency, ...]:
    """Confirm one observed dependency by its id, or all open proposals that a selector selects, and write them.

    What is given replaces what the proposal says; the rest stays. A rejected one that is named by its id is confirmed
    as well. Returns the confirmed records. FlowError ``flows-none-observed``, ``flows-unknown-id``,
    ``flows-nothing-selected``; SelectorError.
    """
    given = {"strength": strength, "order": order, "reaches_by": reaches_by, "kind": kind}
    update: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    update |= {"source": DependencySource.CONFIRMED, "rejected": False}
    return _decide(inventory, text, lambda record: record.model_copy(update=update))


def reject(inventory: Inventory, text: str) -> tuple[Dependency, ...]:
    """Reject, alike: the flow is no dependency, and no later import proposes it again. Returns the rejected records."""
    update = {"source": DependencySource.OBSERVED, "rejected": True}
    return _decide(inventory, text, lambda record: record.model_copy(update=update))


def _decide(inventory: Inventory, text: str, change: Callable[[Dependency], Dependency]) -> tuple[Dependency, ...]:
    estate: Path = inventory.path
    kept = read_kept(estate)
    if not kept:
        raise FlowError("flows-none-observed", path=str(estate))
    changed = {id: change(kept[id]) for id in _chosen(inventory, text, kept)}
    write_kept(estate, (kept | changed).values())  # in the file's order: a decision is one changed line
    return tuple(changed.values())


def _chosen(inventory: Inventory, text: str, kept: dict[str, Dependency]) -> list[str]:
    if text in kept:
        return [text]
    if ">" in text and ":" in text and " " not in text:
        raise FlowError("flows-unknown-id", id=text, nearest=nearest_names(text, kept) or "-")
    selector = parse_selector(text)
    found = [
        id
        for id, record in kept.items()
        if record.source is DependencySource.OBSERVED
        and not record.rejected
        and selector.matches(inventory, "dependency", record)
    ]
    if not found:
        raise FlowError("flows-nothing-selected", selector=text, file=FILE)
    return found
