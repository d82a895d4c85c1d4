"""Whether the plan is whole: a disposition for each system, one cutover for each that moves, each item well formed.

Its findings carry the rule id ``plan``: they are no rule of the planning contract, but what every rule takes for
granted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from migration.check.case import Case, Verdict
from migration.plan import Finding, ItemState, PlanItem, Track, item_id

__all__ = ["PLAN", "completeness"]

PLAN = "plan"
"""Rule id of what is wrong with the plan as such."""


def completeness(case: Case) -> Iterator[Verdict]:
    """Every fault of the plan's shape.

    All bind at once, also for what is done: nobody but an editor puts them there.
    """
    if case.plan.grid.length_days != case.inventory.estate.grid.length_days:
        yield _fault("grid", days=case.plan.grid.length_days, estate_days=case.inventory.estate.grid.length_days)
    yield from _dispositions(case)
    for item in case.plan.items:
        yield from _item(case, item)
    yield from _once(case)


def _fault(code: str, item: str = "", record: str = "", **data: str | float | bool | None) -> Verdict:
    items = (item,) if item else ()
    records = (record,) if record else ()
    return Verdict(Finding(rule=PLAN, code=code, items=items, records=records, data=data))


def _dispositions(case: Case) -> Iterator[Verdict]:
    stored = Counter(disposed.system for disposed in case.plan.dispositions)
    for key, times in stored.items():
        system = case.inventory.systems.get(key)
        if system is None or system.classified:
            yield _fault("disposition-unknown", record=f"system:{key}", system=key)
        elif times > 1:
            yield _fault("disposition-twice", record=f"system:{key}", system=key)
    for key, system in case.inventory.systems.items():
        if not system.classified and key not in stored:
            yield _fault("disposition-missing", record=f"system:{key}", system=key)
    for disposed in case.plan.dispositions:
        found = case.inventory.systems.get(disposed.system)
        decision = found.decisions.disposition if found is not None else None
        if decision is not None and decision.value.strip().lower() != disposed.disposition:
            yield _fault(
                "decision-ignored",
                record=f"system:{disposed.system}",
                system=disposed.system,
                decided=decision.value,
                stored=disposed.disposition.value,
            )


def _item(case: Case, item: PlanItem) -> Iterator[Verdict]:
    """Faults of one item: what it stands for, its slot, its pool, its wave."""
    key = item.object_id
    if item.track is not Track.SYSTEM or item.object != f"system:{key}" or item.id != item_id(key, item.step):
        yield _fault("item-malformed", item.id, object=item.object)
        return
    system = case.inventory.systems.get(key)
    if system is None or system.classified:
        yield _fault("item-unknown", item.id, f"system:{key}", system=key)
        return
    if key not in case.moving:
        yield _fault("item-needless", item.id, f"system:{key}", system=key)
        return
    grid = case.plan.grid
    movable = item.state in (ItemState.PLANNED, ItemState.PINNED)
    if movable and not max(0, case.present) <= item.slot < grid.count:
        yield _fault("slot-outside", item.id, slot=case.label(item.slot))
    if item.slot_label != case.label(item.slot):
        yield _fault("slot-label", item.id, stored=item.slot_label, slot=case.label(item.slot))
    if item.pool is None:
        if movable:
            yield _fault("pool-missing", item.id)
        return
    pool = case.inventory.pools.get(item.pool)
    if pool is None:
        yield _fault("pool-unknown", item.id, f"pool:{item.pool}", pool=item.pool)
    elif item.wave != (wave := f"{case.label(item.slot)}/{pool.cloud}"):
        yield _fault("wave", item.id, stored=item.wave, wave=wave)


def _once(case: Case) -> Iterator[Verdict]:
    """One cutover, or one entry among the unplanned, for each system that moves."""
    planned = Counter(item.id for item in case.plan.items)
    unplanned = Counter(left_out.item for left_out in case.plan.unplanned)
    wanted = {item_id(key): key for key in sorted(case.moving)}
    for entry, key in wanted.items():
        if planned[entry] > 1:
            yield _fault("item-twice", entry, f"system:{key}", count=planned[entry])
        if not planned[entry] and not unplanned[entry]:
            yield _fault("item-missing", entry, f"system:{key}", system=key)
        if planned[entry] and unplanned[entry]:
            yield _fault("item-unplanned", entry, f"system:{key}")
    for entry in unplanned:
        if entry not in wanted:
            yield _fault("unplanned-needless", entry)
