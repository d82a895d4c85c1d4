"""The condensed problem as flat integer tables, and the state of a plan over them.

Every hard capacity is a *counter*: an amount that is still free. Placing an item subtracts, taking it away adds.

* pool counters (H4). What has landed only grows, so a pool's capacity binds in the last slot before it shrinks and in
  the last slot of all: the pool's *checks*, each with three counters, vCPU, memory, storage. An item that lands in
  slot k counts at every check from k less its lead on.
* slot counters (H6), one for each slot of a limit. The maximum size of a wave is such a limit for each cloud.
* period counters (H5, H7), one for each period of a resource that can run short (see `uses`).

The tables are plain lists of integers: indexing them costs least, and compiled loops may take arrays in their place.

S4, the cost of risk: with R the sum of all risk, M = max(1, R // K) and load the risk cut over in a slot,
`M * sum(risk * (K - 1 - slot)) + K * sum(load ** 2)`, low-risk systems first and levelled, the two of one size
when the plan is level; plus R * M for each critical item in the first slot with a cutover (items that clients wait for
by H1 are exempt) and R * M if two or more critical items are all in one slot.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableSequence, Sequence
from copy import copy
from typing import Any, NamedTuple, TypeVar

import numpy as np

from migration.planner.condense import Units
from migration.planner.problem import Integers, PlanningProblem

__all__ = [
    "END",
    "LATENESS",
    "LEVELS",
    "MONEY",
    "PLACEMENT",
    "RISK",
    "SHORTFALL",
    "SLOTS",
    "TRAFFIC",
    "WAVES",
    "State",
    "Tables",
    "build_tables",
    "copy_state",
    "empty_state",
]  # fmt: skip

LATENESS, SHORTFALL, SLOTS, WAVES, END, TRAFFIC, RISK, PLACEMENT, MONEY = range(9)
"""Positions of the costs in `State.costs`, in the order in which they count."""
LEVELS = 9
EARLINESS, LEVELNESS = 9, 10
"""Positions in `State.costs` of the two sums that S4 is made of."""


class Tables(NamedTuple):
    """What does not change during a search. A `*_ptr` list holds, for each index, where its rows begin in the others.

    allowed: one byte for each unit and slot (unit * slots + slot). check_first: for pool * slots + slot the first check
    that counts; the pool's checks end at check_ptr[pool + 1]. unit_limit: counters of the unit's limits at slot 0 and
    amounts. item_limit: the same for limits of one cloud. cloud_limit: counters of limits that count every item.
    use_map: maps of K counters, -1 for none. unit_use, choice_use: where the map of each row of a unit or a choice
    begins. first_use: the first period counter; use_resource: from it on
    the resource of each. mask: masks of K bytes; choice_mask: where the mask of the slots in
    which a choice is open begins. unit_fee: S7 of one slot; unit_fee_base: what of it comes before the first slots.
    """

    slots: int
    units: int
    items: int
    clouds: int
    minimum: int
    span: int
    unit_of: Sequence[int]
    allowed: Sequence[int]
    member_ptr: Sequence[int]
    member: Sequence[int]
    before_ptr: Sequence[int]
    before: Sequence[int]
    after_ptr: Sequence[int]
    after: Sequence[int]
    near_ptr: Sequence[int]
    near: Sequence[int]
    near_weight: Sequence[int]
    due_ptr: Sequence[int]
    due_slot: Sequence[int]
    due_weight: Sequence[int]
    choice_ptr: Sequence[int]
    choice_pool: Sequence[int]
    choice_cost: Sequence[int]
    demand: Sequence[int]
    cloud: Sequence[int]
    check_ptr: Sequence[int]
    check_first: Sequence[int]
    unit_limit_ptr: Sequence[int]
    unit_limit: Sequence[int]
    unit_limit_amount: Sequence[int]
    item_limit_ptr: Sequence[int]
    item_limit: Sequence[int]
    item_limit_amount: Sequence[int]
    item_limit_cloud: Sequence[int]
    cloud_limit_ptr: Sequence[int]
    cloud_limit: Sequence[int]
    unit_risk: Sequence[int]
    unit_critical: Sequence[int]
    unit_exposed: Sequence[int]
    mean_risk: int
    penalty: int
    criticals: int
    first_critical: int
    lead: Sequence[int]
    use_map: Sequence[int]
    unit_use_ptr: Sequence[int]
    unit_use: Sequence[int]
    unit_use_amount: Sequence[int]
    choice_use_ptr: Sequence[int]
    choice_use: Sequence[int]
    choice_use_amount: Sequence[int]
    choice_mask: Sequence[int]
    mask: Sequence[int]
    unit_fee: Sequence[int]
    unit_fee_base: Sequence[int]
    first_use: int
    use_resource: Sequence[int]
    free: Sequence[int]


class State(NamedTuple):
    """A plan, complete or not. slot: of each unit, -1 for none. choice: of each item the row in `Tables.choice_pool`.

    A choice is kept, and its cost counted, while the item is out of the plan; -1 before the first. saved: choices to
    return to. free: what each counter has left. wave_items: cutovers at cloud * slots + slot. slot_*: items, risk,
    critical
    items and critical items that are not exempt, of each slot. costs: the LEVELS, then the two sums of S4.
    """

    slot: MutableSequence[int]
    choice: MutableSequence[int]
    saved: MutableSequence[int]
    free: MutableSequence[int]
    wave_items: MutableSequence[int]
    slot_items: MutableSequence[int]
    slot_risk: MutableSequence[int]
    slot_critical: MutableSequence[int]
    slot_exposed: MutableSequence[int]
    costs: MutableSequence[int]


def empty_state(tables: Tables) -> State:
    """The plan with nothing in it."""
    slots = tables.slots
    costs = [0] * (LEVELS + 2)
    costs[END] = -1
    return State(
        slot=[-1] * tables.units,
        choice=[-1] * tables.items,
        saved=[-1] * tables.items,
        free=list(tables.free),
        wave_items=[0] * (slots * tables.clouds),
        slot_items=[0] * slots,
        slot_risk=[0] * slots,
        slot_critical=[0] * slots,
        slot_exposed=[0] * slots,
        costs=costs,
    )


def copy_state(state: State) -> State:
    """The same plan, to return to."""
    return State(*(copy(values) for values in state))


def build_tables(problem: PlanningProblem, units: Units) -> Tables:
    """Flat tables of the units that are not refused; refused ones keep their number and have no slot allowed."""
    count, n, slots = len(units.members), problem.items, problem.slots
    labels = np.array(units.unit_of, np.int64)
    sizes = problem.demand.tolist()
    member_ptr, member = _rows(
        sorted(group, key=lambda item: (len(units.choices[item]), -sum(sizes[item]))) for group in units.members
    )
    before_ptr, before = _rows([u for u in row if u not in units.refused] for row in units.before)
    after_ptr, after = _rows([u for u in row if u not in units.refused] for row in units.after)
    near_ptr, near, near_weight = _traffic(problem, labels, count)
    choice_ptr, pairs = _rows(units.choices)
    check_ptr, check_first, pool_free = _checks(problem)
    item_limits, unit_limits, cloud_limits, limit_free = _limits(problem, units, len(pool_free))
    item_limit_ptr, item_rows = _rows(item_limits)
    unit_limit_ptr, unit_rows = _rows(unit_limits)
    cloud_limit_ptr, cloud_limit = _rows(cloud_limits)
    due_ptr, due = _rows([pair for item in group for pair in problem.due[item]] for group in units.members)
    return Tables(
        slots=slots,
        units=count,
        items=n,
        clouds=problem.clouds,
        minimum=problem.wave_size[0],
        span=slots if problem.traffic_span is None else problem.traffic_span,
        unit_of=units.unit_of,
        allowed=_allowed(units.allowed, slots),
        member_ptr=member_ptr,
        member=member,
        before_ptr=before_ptr,
        before=before,
        after_ptr=after_ptr,
        after=after,
        near_ptr=near_ptr,
        near=near,
        near_weight=near_weight,
        due_ptr=due_ptr,
        due_slot=[slot for slot, _ in due],
        due_weight=[weight for _, weight in due],
        choice_ptr=choice_ptr,
        choice_pool=[pool for pool, _ in pairs],
        choice_cost=[cost for _, cost in pairs],
        demand=problem.demand.ravel().tolist(),
        cloud=list(problem.cloud),
        check_ptr=check_ptr,
        check_first=check_first,
        unit_limit_ptr=unit_limit_ptr,
        **_columns("unit_limit", ("", "_amount"), unit_rows),
        item_limit_ptr=item_limit_ptr,
        **_columns("item_limit", ("", "_amount", "_cloud"), item_rows),
        cloud_limit_ptr=cloud_limit_ptr,
        cloud_limit=cloud_limit,
        **_risks(problem, labels, count),
        **_uses(units, len(pool_free) + len(limit_free)),
        **_open(units, slots),
        **_fees(problem, labels, count),
        lead=problem.lead.tolist(),
        free=[*pool_free, *limit_free, *units.uses.free],
    )


def _columns(field: str, names: tuple[str, ...], rows: Sequence[tuple[int, ...]]) -> dict[str, Any]:
    """Fields of the tables that hold one column of some rows each."""
    return {f"{field}{name}": [row[place] for row in rows] for place, name in enumerate(names)}


def _allowed(masks: Sequence[int], slots: int) -> bytearray:
    """One byte for each mask and slot."""
    allowed = bytearray(len(masks) * slots)
    for number, mask in enumerate(masks):
        text = format(mask, "b")[::-1]
        allowed[number * slots : number * slots + len(text)] = text.encode().translate(_BITS)
    return allowed


def _uses(units: Units, base: int) -> dict[str, Any]:
    """The rows of resources (see `uses`); `base` is the number of counters before."""
    uses = units.uses
    unit_ptr, unit_rows = _rows(uses.units)
    named = ((item, pool) for item, choices in enumerate(units.choices) for pool, _ in choices)
    choice_ptr, choice_rows = _rows(uses.choices.get(choice, ()) for choice in named)
    return {
        "first_use": base,
        "use_resource": uses.resource,
        "use_map": [counter if counter < 0 else base + counter for counter in uses.maps],
        "unit_use_ptr": unit_ptr,
        "unit_use": [row[0] for row in unit_rows],
        "unit_use_amount": [row[1] for row in unit_rows],
        "choice_use_ptr": choice_ptr,
        "choice_use": [row[0] for row in choice_rows],
        "choice_use_amount": [row[1] for row in choice_rows],
    }


def _open(units: Units, slots: int) -> dict[str, Any]:
    """In which slots each choice is open; choices with the same slots share a mask."""
    place: dict[int, int] = {}
    starts = [slots * place.setdefault(mask, len(place)) for masks in units.open for mask in masks]
    return {"choice_mask": starts, "mask": _allowed(list(place), slots)}


def _fees(problem: PlanningProblem, labels: Integers, count: int) -> dict[str, Any]:
    """S7 of a unit in slot k is unit_fee * k - unit_fee_base."""
    first = np.array([max(0, (mask & -mask).bit_length() - 1) for mask in problem.permitted], np.int64)
    fee, base = np.zeros(count, np.int64), np.zeros(count, np.int64)
    np.add.at(fee, labels, problem.fee)
    np.add.at(base, labels, problem.fee * first)
    return {"unit_fee": fee.tolist(), "unit_fee_base": base.tolist()}


def _risks(problem: PlanningProblem, labels: Integers, count: int) -> dict[str, Any]:
    """The fields of S4 (see the module's text)."""
    exposed = problem.critical.copy()
    if len(problem.order):
        exposed[problem.order[:, 0]] = False
    total = int(problem.risk.sum())
    mean = max(1, total // problem.slots)
    return {
        "unit_risk": np.bincount(labels, problem.risk, count).astype(np.int64).tolist(),
        "unit_critical": np.bincount(labels, problem.critical, count).astype(np.int64).tolist(),
        "unit_exposed": np.bincount(labels, exposed, count).astype(np.int64).tolist(),
        "mean_risk": mean,
        "penalty": total * mean,
        "criticals": int(problem.critical.sum()),
        "first_critical": int(labels[problem.critical.argmax()]) if len(labels) else 0,
    }


Row = TypeVar("Row")
_BITS = bytes.maketrans(b"01", b"\x00\x01")


def _rows(rows: Iterable[Iterable[Row]]) -> tuple[list[int], list[Row]]:
    """Rows of different length one after the other, and where each begins (one more entry than rows)."""
    starts: list[int] = [0]
    flat: list[Row] = []
    for row in rows:
        flat.extend(row)
        starts.append(len(flat))
    return starts, flat


def _traffic(problem: PlanningProblem, labels: Integers, count: int) -> tuple[list[int], list[int], list[int]]:
    """Both directions of the traffic between units, parallel edges added up."""
    ends = labels[problem.traffic[:, :2]]
    apart = ends[:, 0] != ends[:, 1]
    ends, weights = ends[apart], problem.traffic[apart, 2]
    keys = np.concatenate([ends[:, 0] * count + ends[:, 1], ends[:, 1] * count + ends[:, 0]])
    keys, where = np.unique(keys, return_inverse=True)
    summed = np.zeros(len(keys), np.int64)
    np.add.at(summed, where, np.concatenate([weights, weights]))
    starts = np.searchsorted(keys, np.arange(count + 1) * count)
    return starts.tolist(), (keys % max(1, count)).tolist(), summed.tolist()


def _checks(problem: PlanningProblem) -> tuple[list[int], list[int], list[int]]:
    """Checks of every pool: the slots after which some capacity is no more reached (see the module's text)."""
    starts, first, free = [0], [], []
    for pool in range(problem.pools):
        capacity = problem.capacity[pool]
        least = np.minimum.accumulate(capacity[::-1], axis=0)[::-1]
        binds = [
            slot for slot in range(problem.slots) if slot == problem.slots - 1 or (least[slot] < least[slot + 1]).any()
        ]
        first += [starts[-1] + position for position in np.searchsorted(binds, np.arange(problem.slots)).tolist()]
        free += least[binds].ravel().tolist()
        starts.append(starts[-1] + len(binds))
    return starts, first, free


Limits = tuple[list[list[tuple[int, int, int]]], list[list[tuple[int, int]]], list[list[int]], list[int]]


def _limits(problem: PlanningProblem, units: Units, base: int) -> Limits:
    """Limit rows of every item, unit and cloud, and the counters they use; `base` is the number of counters before."""
    item_limits: list[list[tuple[int, int, int]]] = [[] for _ in range(problem.items)]
    unit_totals: list[dict[int, int]] = [{} for _ in units.members]
    cloud_limits: list[list[int]] = [[] for _ in range(problem.clouds)]
    free: list[int] = []
    for limit in problem.limits:
        counter = base + len(free)
        free += limit.capacity
        if limit.cloud is not None and limit.members is None:
            cloud_limits[limit.cloud].append(counter)
            continue
        members = range(problem.items) if limit.members is None else limit.members
        for position, item in enumerate(members):
            amount = 1 if limit.amounts is None else limit.amounts[position]
            if limit.cloud is not None:
                item_limits[item].append((counter, amount, limit.cloud))
            elif amount:
                totals = unit_totals[units.unit_of[item]]
                totals[counter] = totals.get(counter, 0) + amount
    if problem.wave_size[1] is not None:
        for rows in cloud_limits:
            rows.append(base + len(free))
            free += [problem.wave_size[1]] * problem.slots
    return item_limits, [list(totals.items()) for totals in unit_totals], cloud_limits, free
