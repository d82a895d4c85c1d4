"""System track, S1 and H10: what targets ask of each system."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from inventory.inventory import Inventory
from inventory.kinds.policy import Metric, Target
from inventory.selectors import parse_selector
from migration.plan import Grid

__all__ = ["Deadlines", "deadlines"]


@dataclass(frozen=True)
class Deadlines:
    """Per system: ``due`` has (slot, weight of each slot after it) pairs, ``latest`` the hard targets (H10)."""

    due: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    latest: Mapping[str, tuple[Target, ...]] = field(default_factory=dict)


def deadlines(
    inventory: Inventory,
    grid: Grid,
    moving: frozenset[str],
    past: frozenset[str],
    risk: Mapping[str, int],
) -> Deadlines:
    """Targets of the metric ``systems_moved``.

    The share counts of the selected systems that move. Where it is below 1, those in ``past`` count first, then the
    ones of lowest ``risk``. A slot of lateness weighs the target's weight for each of its days.
    """
    due: dict[str, list[tuple[int, int]]] = {}
    latest: dict[str, list[Target]] = {}
    for target in inventory.targets.values():
        if target.metric is not Metric.SYSTEMS_MOVED:
            continue
        selected = [
            system for system in parse_selector(target.selector).select(inventory, "system") if system in moving
        ]
        needed = math.ceil(target.value * len(selected) - 1e-9)
        chosen = sorted(selected, key=lambda system: (system not in past, risk[system], system))[:needed]
        for system in chosen:
            if target.hard:
                latest.setdefault(system, []).append(target)
            elif target.weight:
                due.setdefault(system, []).append((grid.slot_of(target.date), target.weight * grid.length_days))
    return Deadlines(
        {system: tuple(sorted(pairs)) for system, pairs in due.items()},
        {system: tuple(targets) for system, targets in latest.items()},
    )
