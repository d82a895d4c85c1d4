"""H14: clients with a written-in address still reach a provider that has moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from inventory.inventory import end_of
from inventory.kinds.systems import Dependency
from migration.check.case import Case, Cutover, Verdict, breach
from migration.check.tracks.systems import reached_by_address
from migration.plan import Bridge, Disposition, ItemState, PlanItem

__all__ = ["addresses"]


def addresses(case: Case) -> Iterator[Verdict]:
    """Breaches of H14, one a cutover that is not done: the first of these that is so.

    No bridge is planned for it or done; the bridge ends after the cutover; it does not name every dependency whose
    client has the address written in; it has no method, or keeps the address of a system that is not relocated whole;
    it closes earlier than the days of the settings after the slots of the provider and of these clients.
    """
    for system, dependencies in reached_by_address(case).items():
        name = f"system:{system}"
        cutover = case.cutovers.get(system)
        if cutover is None or cutover.item.state is ItemState.DONE or case.done(name, "bridge") is not None:
            continue
        item = case.items.get((name, "bridge"))
        records = [f"dependency:{dependency.id}" for dependency in dependencies]
        if item is None:
            yield breach("H14", "bridge-missing", [cutover.item], records, fact=not cutover.movable, system=system)
        else:
            yield from _bridge(case, item, cutover, dependencies, records)


def _bridge(
    case: Case, item: PlanItem, cutover: Cutover, dependencies: Sequence[Dependency], records: Sequence[str]
) -> Iterator[Verdict]:
    fact = not item.movable and not cutover.movable
    closes = _closes(case, cutover, dependencies)
    kept = item.bridge is Bridge.KEEP_ADDRESS
    relocated = case.decided[cutover.system.id].disposition is Disposition.RELOCATE
    if item.state is not ItemState.DONE and item.end > cutover.item.end:
        end, start = item.end.isoformat(), cutover.item.start.isoformat()
        yield breach("H14", "bridge-late", [item, cutover.item], records, fact=fact, end=end, start=start)
    elif left_out := sorted(set(records) - set(item.records)):
        yield breach("H14", "bridge-records", [item], left_out, fact=fact, missing=", ".join(left_out))
    elif item.bridge is None or (kept and not relocated):
        method = None if item.bridge is None else item.bridge.value
        yield breach("H14", "bridge-method", [item], records, fact=fact, method=method)
    elif item.closes is None or item.closes < closes:
        told = None if item.closes is None else item.closes.isoformat()
        yield breach("H14", "bridge-closes", [item], records, fact=fact, closes=told, least=closes.isoformat())


def _closes(case: Case, cutover: Cutover, dependencies: Sequence[Dependency]) -> dt.date:
    """The first day on which nobody may need the old address any more; of clients that moved on another day than
    planned nothing is known."""
    slots = [cutover.slot]
    for dependency in dependencies:
        client = case.cutovers.get(end_of(dependency.client).system)
        if client is not None and client.item.id not in case.strayed:
            slots.append(client.slot)
    keep = dt.timedelta(days=case.inventory.estate.settings.bridge_days)
    return case.plan.grid.last_day_of(max(slots)) + keep
