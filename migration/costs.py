"""What a plan costs, read from the plan and the inventory alone: the S rules of the planning contract.

The solver counts the same on its own integers while it searches; what a plan file says is counted here, so that the
costs of a plan edited by hand are known at once.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping

from inventory.inventory import Inventory
from inventory.kinds.systems import Criticality, NeedsIpv6By
from migration.placement import Placement
from migration.plan import Cost, Plan, PlanItem, item_id
from migration.promises import promises
from migration.steps import Track
from migration.tracks.lines import contract_ends
from migration.tracks.system_order import binding, links_of
from migration.tracks.system_risk import open_risks, risk_of

__all__ = ["churn", "plan_costs"]

DAYS_OF_YEAR, MONTHS_OF_YEAR = 365, 12


def plan_costs(
    inventory: Inventory, plan: Plan, bounds: Mapping[str, int] | None = None, against: Plan | None = None
) -> tuple[Cost, ...]:
    """Costs in the order in which they count. bounds: name of a cost -> no plan has less. against: for S6, the plan
    that was in force."""
    known = bounds or {}
    cutovers = [item for item in plan.items if item.is_cutover and item.object_id in inventory.systems]
    movable = [item for item in cutovers if item.movable]
    waves = Counter((item.slot, item.wave) for item in movable)
    least = min(inventory.estate.settings.wave_size.min, inventory.estate.settings.wave_size.max)
    found = [
        ("S1", "lateness", _lateness(inventory, plan), "weighted days"),
        ("H6", "shortfall", sum(max(0, least - size) for size in waves.values()), "cutovers"),
        ("S2", "slots", len({item.slot for item in movable}), "slots"),
        ("S2", "waves", len(waves), "waves"),
        ("S2", "end", max((item.slot for item in movable), default=-1), "slot number"),
        ("S3", "traffic", _traffic(inventory, cutovers), "Mbit/s x slots"),
        ("S4", "risk", _risk(inventory, plan, movable), "points"),
        ("S5", "placement", _placement(inventory, movable), "yuan/month"),
        ("S7", "money", _money(inventory, plan), "yuan"),
    ]
    costs = [
        Cost(rule=rule, name=name, value=value, unit=unit, bound=known.get(name)) for rule, name, value, unit in found
    ]
    if against is not None:
        costs.insert(-1, Cost(rule="S6", name="churn", value=churn(plan, against), unit="items", bound=0))
    return tuple(costs)


def churn(plan: Plan, against: Plan) -> int:
    """S6: items of both plans that stand in another slot or land in another pool."""
    before = against.by_id
    return sum(
        (item.slot, item.pool) != (old.slot, old.pool)
        for item in plan.items
        if item.movable and (old := before.get(item.id)) is not None
    )


def _lateness(inventory: Inventory, plan: Plan) -> int:
    """S1: for each soft target the days past its date of the objects that still have to be finished, the first ones
    first, times its weight; days past the end of leases and contracts and past ``needs_ipv6: {by}`` with weight 1."""
    total = 0
    for promise in promises(inventory, plan):
        if promise.target.hard or not promise.target.weight:
            continue
        late = sorted((miss.day - promise.target.date).days for miss in promise.misses if miss.day is not None)
        total += promise.target.weight * sum(late[: max(0, promise.needed - promise.done)])
    for id, room in inventory.rooms.items():
        if room.lease_end is not None:
            total += _days_after(
                plan, (item_id(id, step, Track.ROOM) for step in ("closed", "colocated")), room.lease_end
            )
    for kind in ("line", "internet_exit"):
        for id, end in contract_ends(inventory, kind, plan.now).items():
            total += _days_after(plan, (item_id(id, "terminated", Track.LINE),), end)
    for id, system in inventory.systems.items():
        if isinstance(system.needs_ipv6, NeedsIpv6By):
            total += _days_after(plan, (item_id(id, "ipv6_record"),), system.needs_ipv6.by)
    return total


def _days_after(plan: Plan, items: Iterable[str], date: dt.date) -> int:
    ends = [plan.by_id[item].end for item in items if item in plan.by_id]
    return sum(max(0, (end - date).days) for end in ends)


def _traffic(inventory: Inventory, cutovers: list[PlanItem]) -> int:
    """S3: whole Mbit/s, rounded up and at least 1 a dependency, times the slots between the cutovers of its ends."""
    slot = {item.object_id: item.slot for item in cutovers}
    return sum(
        max(1, math.ceil(dependency.traffic_mbps)) * abs(slot[client] - slot[provider])
        for dependency, client, provider in links_of(inventory)
        if client in slot and provider in slot
    )


def _risk(inventory: Inventory, plan: Plan, movable: list[PlanItem]) -> int:
    """S4: with R the sum of all risk, K the slots, M = max(1, R // K) and load the risk of a slot:
    M * sum(risk * (K - 1 - slot)) + K * sum(load ** 2), and R * M for each critical system in the first slot with a
    cutover that no client waits for, and once more if all critical ones share a slot."""
    ledger = open_risks(inventory)
    slots = plan.grid.count
    risk = {item.object_id: risk_of(ledger, inventory.systems[item.object_id]) for item in movable}
    total = sum(risk.values())
    mean = max(1, total // slots)
    load: Counter[int] = Counter()
    for item in movable:
        load[item.slot] += risk[item.object_id]
    points = mean * sum(risk[item.object_id] * (slots - 1 - item.slot) for item in movable)
    points += slots * sum(amount * amount for amount in load.values())
    critical = [item for item in movable if inventory.systems[item.object_id].criticality is Criticality.CRITICAL]
    if critical:
        moving = {item.object_id for item in movable}
        waited = {
            provider
            for dependency, client, provider in links_of(inventory)
            if binding(dependency) and client in moving and provider in moving
        }
        first = min(load)
        points += total * mean * sum(item.slot == first and item.object_id not in waited for item in critical)
        points += total * mean * (len(critical) > 1 and len({item.slot for item in critical}) == 1)
    return points


def _placement(inventory: Inventory, movable: list[PlanItem]) -> int:
    """S5: yuan a month of the pools chosen, preferences included (``migration.placement``)."""
    placement = Placement(inventory)
    return sum(
        placement.cost(item.object_id, item.pool)
        for item in movable
        if item.pool is not None and item.pool in inventory.pools
    )


def _money(inventory: Inventory, plan: Plan) -> int:
    """S7: fees and maintenance paid longer than if the work that ends them began now: maintenance of systems until
    they are removed, fees of lines, exits and private networks until these end, cost of rooms until they close."""
    total = 0.0
    own = _worked(plan)
    for item in plan.items:
        yearly = _yearly(item, inventory.of(item.kind).get(item.object_id)) if item.movable else 0.0
        if yearly:
            waited = (item.end - plan.now).days + 1 - own[item.object]
            total += yearly / DAYS_OF_YEAR * max(0, waited)
    return round(total)


def _worked(plan: Plan) -> Counter[str]:
    """Days on which something is done about each object; steps beside each other take theirs once."""
    spans = sorted((item.object, item.start, item.end) for item in plan.items if item.movable)
    found: Counter[str] = Counter()
    until: dict[str, dt.date] = {}
    for name, start, end in spans:
        first = max(start, until.get(name, start))
        if end >= first:
            found[name] += (end - first).days + 1
            until[name] = end + dt.timedelta(days=1)
    return found


def _yearly(item: PlanItem, record: object) -> float:
    """What ends with an item, yuan a year."""
    if item.track is Track.SYSTEM and item.step in ("decommission", "remove"):
        return float(getattr(record, "maintenance_yuan_per_year", 0))
    if item.track is Track.LINE and item.step == "terminated":
        return MONTHS_OF_YEAR * float(getattr(record, "fee_yuan_per_month", 0))
    if item.track is Track.ROOM and item.step == "closed":
        return float(getattr(record, "fee_yuan_per_year", 0))
    return 0.0
