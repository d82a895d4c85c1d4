"""What changed between two plans: items, waves, costs, churn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from inventory.base import Struct, field
from migration.plan import Cost, Plan, PlanItem

__all__ = ["Churn", "CostChange", "Difference", "FieldChange", "ItemChange", "WaveChange", "difference"]

COMPARED = ("slot_label", "pool", "state", "start", "end", "window_start", "wave", "bridge", "closes")
"""Fields of an item that a change of plan shows."""


class FieldChange(Struct):
    """One field of an item; None where it has no value."""

    name: str = field("Field of the item", example="slot_label")
    before: str | None = field("Value in the old plan")
    after: str | None = field("Value in the new plan")


class ItemChange(Struct):
    """An item that both plans have, and what differs."""

    item: str = field("Id of the item")
    slots: int = field("Slots by which it moves; negative: earlier")
    fields: tuple[FieldChange, ...] = field("What differs")


class WaveChange(Struct):
    """A wave with other members."""

    wave: str = field("Id of the wave", example="2021-W14/yun-ty")
    came: tuple[str, ...] = field("Items that only the new plan has in it")
    left: tuple[str, ...] = field("Items that only the old plan has in it")


class CostChange(Struct):
    """One figure of the objective in both plans; None where a plan does not state it."""

    rule: str = field("Id of the cost")
    name: str = field("Which figure of that cost")
    unit: str = field("Unit")
    before: int | None = field("Value in the old plan")
    after: int | None = field("Value in the new plan")


class Churn(Struct):
    """Cost S6: what moves against the old plan, without what is done or running."""

    items: int = field("Items in another slot or pool")
    slots: int = field("Slots by which they move, added up")
    pools: int = field("Items in another pool")


class Difference(Struct):
    """All that differs between two plans; every list by id."""

    added: tuple[str, ...] = field("Items that only the new plan has")
    removed: tuple[str, ...] = field("Items that only the old plan has")
    moved: tuple[ItemChange, ...] = field("Items of both plans that differ")
    planned: tuple[str, ...] = field("Items that had no place and have one now")
    unplanned: tuple[str, ...] = field("Items that have no place any more, or are new without one")
    waves: tuple[WaveChange, ...] = field("Waves with other members")
    costs: tuple[CostChange, ...] = field("Costs, in their order")
    churn: Churn = field("Cost S6")

    @property
    def same(self) -> bool:
        """Whether the plans place everything alike; costs follow from that."""
        return not (self.added or self.removed or self.moved or self.planned or self.unplanned)


def difference(
    old: Plan, new: Plan, *, old_costs: Iterable[Cost] | None = None, new_costs: Iterable[Cost] | None = None
) -> Difference:
    """What the new plan changes. Costs are those that the plans state, where no others are given."""
    both = old.by_id.keys() & new.by_id.keys()
    moved = tuple(change for id in sorted(both) if (change := _change(old.by_id[id], new.by_id[id])).fields)
    left_out = {entry.item for entry in old.unplanned}, {entry.item for entry in new.unplanned}
    return Difference(
        added=tuple(sorted(new.by_id.keys() - both)),
        removed=tuple(sorted(old.by_id.keys() - both)),
        moved=moved,
        planned=tuple(sorted((left_out[0] - left_out[1]) & new.by_id.keys())),
        unplanned=tuple(sorted(left_out[1] - left_out[0])),
        waves=_waves(old, new),
        costs=_costs(
            old.objective if old_costs is None else old_costs, new.objective if new_costs is None else new_costs
        ),
        churn=_churn(old, new, both),
    )


def _change(old: PlanItem, new: PlanItem) -> ItemChange:
    pairs = ((name, _shown(getattr(old, name)), _shown(getattr(new, name))) for name in COMPARED)
    found = tuple(FieldChange(name=name, before=one, after=two) for name, one, two in pairs if one != two)
    return ItemChange(item=old.id, slots=new.slot - old.slot, fields=found)


def _shown(value: object) -> str | None:
    return None if value in (None, "") else str(value)


def _waves(old: Plan, new: Plan) -> tuple[WaveChange, ...]:
    before, after = _members(old), _members(new)
    found = []
    for wave in sorted(before.keys() | after.keys()):
        one, two = before.get(wave, frozenset()), after.get(wave, frozenset())
        if one != two:
            found.append(WaveChange(wave=wave, came=tuple(sorted(two - one)), left=tuple(sorted(one - two))))
    return tuple(found)


def _members(plan: Plan) -> Mapping[str, frozenset[str]]:
    return {wave.id: frozenset(item.id for item in wave.items) for wave in plan.waves}


def _costs(old: Iterable[Cost], new: Iterable[Cost]) -> tuple[CostChange, ...]:
    before = {(cost.rule, cost.name): cost for cost in old}
    after = {(cost.rule, cost.name): cost for cost in new}
    return tuple(
        CostChange(
            rule=key[0],
            name=key[1],
            unit=(after.get(key) or before[key]).unit,
            before=before[key].value if key in before else None,
            after=after[key].value if key in after else None,
        )
        for key in dict.fromkeys((*after, *before))
    )


def _churn(old: Plan, new: Plan, both: Iterable[str]) -> Churn:
    pairs = [(old.by_id[id], new.by_id[id]) for id in both if new.by_id[id].movable]
    return Churn(
        items=sum(one.slot != two.slot or one.pool != two.pool for one, two in pairs),
        slots=sum(abs(one.slot - two.slot) for one, two in pairs),
        pools=sum(one.pool != two.pool for one, two in pairs),
    )
