"""The precedence network of a plan's items: which item waits for which, and which cutovers share a slot.

It is rebuilt from the inventory, for the items that the plan holds and that can still be moved. Of a gate that one of
several items opens, the arc is from the one that ends first in the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from inventory.inventory import Inventory
from migration.explain.needs import needs_of
from migration.plan import Plan, PlanItem, item_id
from migration.planner.condense import strongly_connected
from migration.tracks.system_order import links_of, orders, unions
from migration.work import Need

__all__ = ["Arc", "Network"]

BEFORE_SLOT = ("filing", "assessment", "cryptography", "scan", "backup_test", "bridge")
"""Steps of a chain that end before the first day of the cutover's slot, besides copy, preparation and request."""


@dataclass(frozen=True, slots=True)
class Arc:
    """``after`` starts more than ``lag`` days after ``before`` has ended.

    slot: it is the first day of the slot of ``after``, a cutover, that ``before`` ends ahead of; for ``after`` behind a
    cutover ``before``, the day after the last of its slot.
    """

    before: str
    after: str
    rule: str = "H9"
    lag: int = 0
    slot: bool = False


class Network:
    """Arcs between movable items of a plan, the cutovers' order and groups; each worked out when it is asked for."""

    def __init__(self, inventory: Inventory, plan: Plan) -> None:
        self.inventory, self.plan = inventory, plan

    @cached_property
    def arcs(self) -> tuple[Arc, ...]:
        """Arcs by days."""
        return tuple(dict.fromkeys(self._arcs()))

    @property
    def order(self) -> tuple[tuple[str, str], ...]:
        """(provider, client) cutovers: the provider's slot is not after the client's (H1)."""
        return self._cutovers[0]

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Sets of two and more cutovers that share one slot (H2)."""
        return self._cutovers[1]

    @cached_property
    def items(self) -> Mapping[str, PlanItem]:
        """Items that can still be moved, by id."""
        return {item.id: item for item in self.plan.items if item.movable}

    @cached_property
    def group_of(self) -> Mapping[str, tuple[str, ...]]:
        """Cutover -> the cutovers that share its slot, itself included."""
        grouped = {member: group for group in self.groups for member in group}
        return {id: grouped.get(id, (id,)) for id, item in self.items.items() if item.is_cutover}

    def _arcs(self) -> Iterator[Arc]:
        for item in self.items.values():
            if item.is_cutover:
                yield from self._chain(item)
        for id, needs in needs_of(self.inventory, self.plan).items():
            if id in self.items:
                yield from self._gates(id, needs)

    def _chain(self, cutover: PlanItem) -> Iterator[Arc]:
        """H9 and H12 around a cutover: the steps that the plan holds, in the order of the system track."""
        system = cutover.object_id
        steps = {step: item_id(system, step) for step in ("prepare", "replicate", "verify", "decommission")}
        here = {step: id for step, id in steps.items() if id in self.items}
        first = here.get("replicate")
        ahead = (item_id(system, step) for step in BEFORE_SLOT)
        yield from (Arc(id, cutover.id, slot=True) for id in ahead if id in self.items)
        if first is not None:
            yield Arc(first, cutover.id, "H12", slot=True)
        if "prepare" in here:
            yield Arc(here["prepare"], first or cutover.id, "H12", slot=first is None)
        if "verify" in here:
            yield Arc(cutover.id, here["verify"], "H12", slot=True)
        if "decommission" in here:
            before = here.get("verify", cutover.id)
            yield Arc(before, here["decommission"], "H12", slot=before == cutover.id)

    def _gates(self, id: str, needs: Iterable[Need]) -> Iterator[Arc]:
        for need in needs:
            known = [self.plan.by_id[other] for other in need.any_of if other in self.plan.by_id]
            if known and all(one.movable for one in known):
                first = min(known, key=lambda one: (one.end, one.id))
                yield Arc(first.id, id, need.rule, need.lag)

    @cached_property
    def _cutovers(self) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, ...], ...]]:
        """H1 and H2 between the cutovers that can still be moved."""
        systems = {item.object_id: id for id, item in self.items.items() if item.is_cutover}
        bonds = orders(link for link in links_of(self.inventory) if link[1] in systems and link[2] in systems)
        sets = unions(self.inventory, bonds, frozenset(systems), {})
        names = list(systems)
        number = {system: place for place, system in enumerate(names)}
        after: list[list[int]] = [[] for _ in names]
        for bond in bonds:
            after[number[bond.provider]].append(number[bond.client])
        for members in sets:
            for one, two in zip(members, (*members[1:], members[0]), strict=True):
                after[number[one]].append(number[two])
        component, count = strongly_connected(after)
        groups: list[list[str]] = [[] for _ in range(count)]
        for name, which in zip(names, component, strict=True):
            groups[which].append(systems[name])
        order = tuple(dict.fromkeys((systems[bond.provider], systems[bond.client]) for bond in bonds))
        return order, tuple(tuple(sorted(group)) for group in groups if len(group) > 1)
