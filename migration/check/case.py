"""What every predicate reads: the plan's items matched with the inventory's records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from inventory.effort import Effort, EffortTable
from inventory.inventory import Inventory, end_of
from inventory.kinds.clouds import Pool
from inventory.kinds.systems import Dependency, DependencyOrder, DependencySource, Strength, System
from migration.calendar import CHINA_TIME
from migration.plan import Disposed, Finding, ItemState, Plan, PlanItem, Track, item_id

__all__ = ["TRACK_OF", "Case", "Cutover", "Predicate", "Verdict", "breach", "breach_of", "done_day"]

TRACK_OF = {
    "pool": Track.CLOUD,
    "cloud": Track.CLOUD,
    "device": Track.NETWORK,
    "line": Track.LINE,
    "private_network": Track.LINE,
    "internet_exit": Track.LINE,
    "system": Track.SYSTEM,
    "room": Track.ROOM,
}
"""Kind of object -> the track that works on it."""


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

    decided: system -> what the plan says becomes of it. moving: systems that move by it, planned or not. items:
    (object as KIND:ID, step) -> its item, of items whose id says what they are. cutovers: system -> its cutover, in the
    plan's order, of systems that are to move. wanted: object -> the steps still to be done, in their order, as the
    inventory says. strayed: items that runs have done otherwise than the plan says.

    In ``plan`` what runs have done is done, also where the plan as written does not say so yet.
    """

    inventory: Inventory
    plan: Plan
    decided: Mapping[str, Disposed]
    moving: frozenset[str]
    items: Mapping[tuple[str, str], PlanItem]
    cutovers: Mapping[str, Cutover]
    wanted: Mapping[str, Sequence[str]]
    strayed: frozenset[str] = frozenset()
    outcomes: Mapping[str, str] = field(default_factory=dict)

    def wants(self, name: str, step: str) -> bool:
        """Whether a step of an object (KIND:ID) is still to be done."""
        return step in self.wanted.get(name, ())

    def done(self, name: str, step: str) -> dt.date | None:
        """The day in China on which a run finished a step of an object (KIND:ID); None when none did."""
        return done_day(self.inventory, name, step)

    @cached_property
    def _table(self) -> EffortTable:
        return EffortTable(self.inventory)

    @cached_property
    def _efforts(self) -> dict[tuple[str, str], Effort]:
        return {}

    def effort(self, name: str, step: str) -> Effort:
        """What a step of an object (KIND:ID) takes; a date behind the step does not matter."""
        key = (name, step)
        found = self._efforts.get(key)
        if found is None:
            kind, _, id = name.partition(":")
            found = self._efforts[key] = self._table.of(TRACK_OF[kind].value, step.partition("-")[0], kind, id)
        return found

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
        return done_day(self.inventory, f"system:{system.id}", "cutover")

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


def done_day(inventory: Inventory, name: str, step: str) -> dt.date | None:
    """The day in China on which a run finished a step of an object (KIND:ID) on record; None when none did."""
    kind, _, id = name.partition(":")
    if (kind, step) == ("system", "cutover") and (moved := inventory.systems[id].moved) is not None:
        return moved
    finished = inventory.done.get(item_id(id, step, TRACK_OF[kind])) if inventory.done else None
    return None if finished is None else dt.datetime.fromisoformat(finished).astimezone(CHINA_TIME).date()


Predicate = Callable[[Case], Iterator[Verdict]]
"""One rule: yields every breach of it."""


def breach(
    rule: str,
    code: str,
    items: Iterable[PlanItem],
    records: Iterable[str],
    *,
    fact: bool = False,
    **data: str | float | bool | None,
) -> Verdict:
    """A verdict that names items."""
    names = tuple(item.id for item in items)
    return Verdict(Finding(rule=rule, code=code, items=names, records=tuple(records), data=data), fact)


def breach_of(
    rule: str,
    code: str,
    cutovers: Iterable[Cutover],
    records: Iterable[str],
    *,
    fact: bool = False,
    **data: str | float | bool | None,
) -> Verdict:
    """A verdict that names the items of cutovers."""
    return breach(rule, code, [cutover.item for cutover in cutovers], records, fact=fact, **data)
