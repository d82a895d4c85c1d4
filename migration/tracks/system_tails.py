"""System track: what has a day of its own after a cutover, and what is left of chains whose cutover is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterator, Mapping

from inventory.effort import EffortTable
from inventory.inventory import Inventory, split_ref
from inventory.kinds.systems import NeedsIpv6By
from migration.plan import Disposed, item_id
from migration.steps import Track
from migration.tracks.system_gates import ipv6_needs
from migration.tracks.system_scope import Scope
from migration.work import Need, WorkItem

__all__ = ["ipv6_records", "landed_in", "last_items", "left_over"]


def ipv6_records(
    inventory: Inventory, scope: Scope, table: EffortTable, pools: Mapping[str, str]
) -> Iterator[WorkItem]:
    """``needs_ipv6: {by: DATE}``: the AAAA record follows the cutover and verified devices at both ends.

    pools: where each system lands or has landed; systems that land nowhere wait for their cutover all the same.
    """
    for id in (*scope.done, *scope.systems):
        system = inventory.systems[id]
        if not isinstance(system.needs_ipv6, NeedsIpv6By) or item_id(id, "ipv6_record") in inventory.done:
            continue
        before = () if id in scope.done else (Need((item_id(id),)),)
        yield WorkItem(
            track=Track.SYSTEM,
            step="ipv6_record",
            object=f"system:{id}",
            department=system.department,
            effort=table.of("system", "ipv6_record", "system", id),
            needs=(*before, *ipv6_needs(inventory, id, pools.get(id, ""))),
            not_before=scope.done[id] + dt.timedelta(days=1) if id in scope.done else None,
        )


def left_over(inventory: Inventory, scope: Scope, table: EffortTable) -> Iterator[WorkItem]:
    """Hypercare and decommissioning of systems whose cutover is done."""
    for id, day in scope.done.items():
        before: tuple[Need, ...] = ()
        steps = ("verify",) if scope.decided[id].direct else ("verify", "decommission")
        for step in steps:
            if item_id(id, step) in inventory.done:
                continue
            yield WorkItem(
                track=Track.SYSTEM,
                step=step,
                object=f"system:{id}",
                department=inventory.systems[id].department,
                effort=table.of("system", step, "system", id),
                needs=before,
                not_before=day + dt.timedelta(days=1),
            )
            before = (Need((item_id(id, step),)),)


def last_items(
    inventory: Inventory, decided: Mapping[str, Disposed], moved: Container[str]
) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """Per system the item after which its line is no longer used, and the last item, after which its place is empty;
    None: it stays. Systems that have left already are in neither. moved: systems whose cutover is done."""
    unused: dict[str, str | None] = {}
    gone: dict[str, str | None] = {}
    for id, disposed in decided.items():
        if disposed.disposition.moves:
            if id not in moved:
                unused[id] = item_id(id)
            last = item_id(id, "cutover" if disposed.direct else "decommission")
        elif disposed.disposition.value in ("retire", "repurchase"):
            if item_id(id, "switch_off") not in inventory.done:
                unused[id] = item_id(id, "switch_off")
            last = item_id(id, "remove")
        else:
            gone[id] = unused[id] = None
            continue
        if last not in inventory.done and not (id in moved and last == item_id(id)):
            gone[id] = last
    return unused, gone


def landed_in(inventory: Inventory, system: str) -> str:
    """Pool that a system runs in; empty when it runs elsewhere."""
    kind, place = split_ref(inventory.systems[system].runs_in or "")
    return place if kind == "pool" and place in inventory.pools else ""
