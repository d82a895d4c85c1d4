"""What every predicate reads: the plan's cutovers matched with the inventory's records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from inventory.inventory import Inventory, end_of
from inventory.kinds.clouds import Pool
from inventory.kinds.systems import Dependency, DependencyOrder, DependencySource, Strength, System
from migration.calendar import CHINA_TIME
from migration.plan import Finding, ItemState, Plan, PlanItem, item_id

__all__ = ["Case", "Cutover", "Predicate", "Verdict", "breach", "read_case"]


@dataclass(frozen=True)
class Cutover:
    """The planned cutover of one system.

    ``pool`` is None where the plan names none, or one that the inventory does not have.
    """

    item: PlanItem
    system: System
    pool: Pool | None

    @property
    def slot(self) -> int:
        """Number of its slot."""
        return self.item.slot

    @property
    def movable(self) -> bool:
        """Whether it is neither done nor running, so that the hard rules bind it."""
        return self.item.state not in (ItemState.DONE, ItemState.RUNNING)


@dataclass(frozen=True)
class Verdict:
    """One breach of a rule. ``fact``: nothing that can still be moved could mend it (planning contract, section 3)."""

    finding: Finding
    fact: bool = False


@dataclass(frozen=True)
class Case:
    """A plan and the inventory it is checked against.

    cutovers: system -> its cutover, in the plan's order, of systems that are to move. moving: systems that the plan's
    dispositions move, planned or not.
    """

    inventory: Inventory
    plan: Plan
    moving: frozenset[str]
    cutovers: Mapping[str, Cutover]

    @cached_property
    def present(self) -> int:
        """The slot that holds the plan's ``now``; what can still be moved is in it or later."""
        return self.plan.grid.slot_of(self.plan.now)

    @cached_property
    def _labels(self) -> dict[int, str]:
        return {}

    def label(self, slot: int) -> str:
        """Name of a slot."""
        if slot not in self._labels:
            self._labels[slot] = self.plan.grid.label(slot)
        return self._labels[slot]

    def done_on(self, system: System) -> dt.date | None:
        """The day in China on which a run did the cutover of a system; None when none did."""
        if system.moved is not None:
            return system.moved
        finished = self.inventory.done.get(item_id(system.id))
        return None if finished is None else dt.datetime.fromisoformat(finished).astimezone(CHINA_TIME).date()

    @cached_property
    def ordered(self) -> tuple[tuple[Dependency, str, str], ...]:
        """(dependency, client, provider) of the dependencies that order two moving systems.

        Hard, marked provider_first or together, and known: observed ones count as soft until confirmed, rejected ones
        not at all.
        """
        return tuple(
            (dependency, client, provider)
            for dependency in self.inventory.dependencies.values()
            if dependency.strength is Strength.HARD
            and dependency.order is not DependencyOrder.NONE
            and dependency.source is not DependencySource.OBSERVED
            and not dependency.rejected
            and (client := end_of(dependency.client).system) != (provider := end_of(dependency.provider).system)
            and client in self.moving
            and provider in self.moving
        )


def read_case(inventory: Inventory, plan: Plan) -> Case:
    """Match a plan with an inventory. Of several cutovers of one system the first in the plan counts."""
    moving = frozenset(
        disposed.system
        for disposed in plan.dispositions
        if disposed.disposition.moves
        and (system := inventory.systems.get(disposed.system)) is not None
        and not system.classified
    )
    cutovers: dict[str, Cutover] = {}
    for item in plan.items:
        key = item.object_id
        if key in moving and key not in cutovers and item.id == item_id(key):
            cutovers[key] = Cutover(item, inventory.systems[key], inventory.pools.get(item.pool or ""))
    return Case(inventory, plan, moving, cutovers)


Predicate = Callable[[Case], Iterator[Verdict]]
"""One rule: yields every breach of it."""


def breach(
    rule: str,
    code: str,
    cutovers: Iterable[Cutover],
    records: Iterable[str],
    *,
    fact: bool = False,
    **data: str | float | bool | None,
) -> Verdict:
    """A verdict that names the items of the cutovers."""
    items = tuple(cutover.item.id for cutover in cutovers)
    return Verdict(Finding(rule=rule, code=code, items=items, records=tuple(records), data=data), fact)
