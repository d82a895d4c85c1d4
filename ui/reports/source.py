"""What a report is made from: the plan and, where it was given, its estate. Each figure is worked out once."""

from __future__ import annotations

from functools import cached_property

from inventory.cache import without_collection
from inventory.inventory import Inventory
from migration.connections import Connection, Until, connections
from migration.plan import Plan, Wave
from migration.promises import Promise, promises
from migration.steps import Track
from ui.texts import value_word

__all__ = ["Source"]


class Source:
    """A plan, and what only its estate can say; without an estate that is left out."""

    def __init__(self, plan: Plan, inventory: Inventory | None = None) -> None:
        self.plan = plan
        self.inventory = inventory

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        """The phase targets, by date."""
        return () if self.inventory is None else promises(self.inventory, self.plan)

    @cached_property
    def connections(self) -> tuple[Connection, ...]:
        """The temporary connections, by the day they open."""
        if self.inventory is None:
            return ()
        with without_collection():
            return connections(self.inventory, self.plan)

    @property
    def permanent(self) -> int:
        """How many of the connections have to stay open for good."""
        return sum(made.until is Until.PERMANENT for made in self.connections)

    def name(self, reference: str) -> str:
        """The name of KIND:ID by the plan, else by the estate, else its id."""
        known = self.plan.names.get(reference)
        if known:
            return known
        kind, _, id = reference.partition(":")
        record = self.inventory.of(kind).get(id) if self.inventory is not None and kind else None
        return getattr(record, "name", "") or id

    def label(self, reference: str) -> str:
        """Name and id of KIND:ID, the id alone where that is the name."""
        id = reference.partition(":")[2]
        name = self.name(reference)
        return id if name == id else f"{name} ({id})"

    def target(self, wave: Wave) -> str:
        """What a wave goes to: the cloud of a system's wave; level and area of a wave of the network."""
        if wave.track is not Track.NETWORK:
            return self.name(f"cloud:{wave.cloud}")
        level, _, area = wave.cloud.partition("-")
        return f"{value_word(level)} {self.name(f'division:{area}')}"
