"""The planning problem of the system track: indices and integers, no inventory and no solver.

Items are numbered 0..n-1, slots 0..K-1, pools 0..P-1, clouds 0..C-1. Every cost and amount is an integer, so that
results do not depend on rounding. Rule ids (H1 ... S7) are those of the planning contract.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from migration.planner.errors import InvalidProblem

Integers = npt.NDArray[np.int64]
PER_ITEM = ("risk", "critical", "priority", "lead", "fee")
"""Fields with one number an item that are zero where they are absent."""
RESOURCES = 3
"""vCPU, memory and storage, each in a whole unit that the caller chooses and keeps."""


@dataclass(frozen=True, slots=True)
class SlotLimit:
    """H6: what the cutovers of one slot may add up to, for some items and perhaps one cloud.

    capacity: K amounts, one a slot. members: items that count, None for every item. amounts: what each member counts,
    None for one each. cloud: count a member only where its pool belongs to this cloud.
    """

    capacity: tuple[int, ...]
    members: tuple[int, ...] | None = None
    amounts: tuple[int, ...] | None = None
    cloud: int | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """What cutovers take of a resource in one step of the chain of work around them.

    items: items that take something, each once. amounts: what each takes. periods: K periods of the resource, slot of
    the cutover -> period in which the amount is taken, -1 for none. pool: count an item only where it lands in this
    pool, None wherever it lands.
    """

    items: tuple[int, ...]
    amounts: tuple[int, ...]
    periods: tuple[int, ...]
    pool: int | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """H5, H7: what is offered in each of its own periods, and what may take it. Hard.

    capacity: one amount a period. uses: an item may stand in several; what falls in the same period is added up.
    rule: id of the rule that is broken where more is taken than offered.
    """

    capacity: tuple[int, ...]
    uses: tuple[Use, ...]
    rule: str = "H5"


@dataclass(frozen=True, eq=False)
class PlanningProblem:
    """One cutover a system: in which slot and into which pool.

    slots           K, the number of slots.
    permitted       H8: n bit masks; bit k set means that slot k has a window for the item.
    choices         H3 and S5: per item the pools it may land in, as (pool, cost) pairs.
    demand          H4: n x 3 units of vCPU, memory, storage that the item takes in its pool from its slot on.
    capacity        H4: P x K x 3 units that a pool offers in a slot, less headroom and what is in use. All that has
                    landed up to and including a slot fits the capacity of that slot and of every later one.
    cloud           the cloud of each pool.
    order           H1: E x 2 pairs (provider, client); slot[provider] <= slot[client].
    together        H2: sets of items that share one slot (they may land in different pools).
    limits          H6: see SlotLimit.
    wave_size       H6: (minimum, maximum) cutovers of one wave, which is a slot and a cloud; maximum None for no limit.
                    The maximum is hard. The minimum is not always attainable, so it is a cost: what waves lack of it
                    is minimised right after lateness, and waves that stay short are reported.
    due             S1: per item (slot, weight) pairs; each slot after the due one costs the weight.
    traffic         S3: T x 3 rows (item, item, weight); costs weight times the slots between the two.
    traffic_span    S3: slots between two items beyond this number cost nothing more; None for no such bound.
    risk            S4: n weights. critical: n flags. priority: n numbers, the higher is placed first.
    pinned_slot, pinned_pool    H11: item -> slot, item -> pool.
    resources       H5 and H7: see Resource.
    choice_slots    H8 and H9 of pools: per item, for each entry of its choices, a bit mask of the slots in which it may
                    land in that pool; empty where `permitted` says all.
    lead            H4: n numbers of slots before its own from which an item counts in its pool (the copy starts then);
                    what would be before slot 0 counts from slot 0.
    fee             S7: n costs of each slot between the first permitted slot of an item and its own.
    """

    slots: int
    permitted: tuple[int, ...]
    choices: tuple[tuple[tuple[int, int], ...], ...]
    demand: Integers
    capacity: Integers
    cloud: tuple[int, ...]
    order: Integers = field(default_factory=lambda: np.zeros((0, 2), np.int64))
    together: tuple[tuple[int, ...], ...] = ()
    limits: tuple[SlotLimit, ...] = ()
    wave_size: tuple[int, int | None] = (0, None)
    due: tuple[tuple[tuple[int, int], ...], ...] = ()
    traffic: Integers = field(default_factory=lambda: np.zeros((0, 3), np.int64))
    traffic_span: int | None = None
    risk: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    critical: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    priority: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    pinned_slot: Mapping[int, int] = field(default_factory=dict)
    pinned_pool: Mapping[int, int] = field(default_factory=dict)
    resources: tuple[Resource, ...] = ()
    choice_slots: tuple[tuple[int, ...], ...] = ()
    lead: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    fee: Integers = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        """Copy the arrays read-only, fill in absent per-item fields with zeros and validate the whole."""
        items = len(self.permitted)
        for name, kind in (
            ("demand", np.int64), ("capacity", np.int64), ("order", np.int64), ("traffic", np.int64),
            ("risk", np.int64), ("critical", np.bool_), ("priority", np.int64), ("lead", np.int64), ("fee", np.int64),
        ):  # fmt: skip
            array = np.array(getattr(self, name), dtype=kind)
            if name in PER_ITEM and array.size == 0:
                array = np.zeros(items, kind)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if not self.due:
            object.__setattr__(self, "due", ((),) * items)
        faults = validate(self)
        if faults:
            raise InvalidProblem(faults=faults)

    @property
    def items(self) -> int:
        """Number of items n."""
        return len(self.permitted)

    @property
    def pools(self) -> int:
        """Number of pools P."""
        return len(self.cloud)

    @property
    def clouds(self) -> int:
        """Number of clouds C: one more than the highest cloud number."""
        return max(self.cloud, default=-1) + 1


def validate(problem: PlanningProblem) -> tuple[str, ...]:
    """Every fault of the problem's shape and ranges, empty when there is none."""
    return tuple(_shapes(problem) or _ranges(problem))


def _shapes(problem: PlanningProblem) -> list[str]:
    n, pools, slots = problem.items, problem.pools, problem.slots
    expected: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...] = (
        ("demand", problem.demand.shape, (n, RESOURCES)),
        ("capacity", problem.capacity.shape, (pools, slots, RESOURCES)),
        ("order", problem.order.shape, (len(problem.order), 2)),
        ("traffic", problem.traffic.shape, (len(problem.traffic), 3)),
        *((name, getattr(problem, name).shape, (n,)) for name in PER_ITEM),
        ("choices", (len(problem.choices),), (n,)),
        ("due", (len(problem.due),), (n,)),
        ("choice_slots", (len(problem.choice_slots),), (n if problem.choice_slots else 0,)),
    )
    faults = [f"{name}: shape {found} instead of {wanted}" for name, found, wanted in expected if found != wanted]
    if slots < 1:
        faults.append("slots: fewer than 1")
    for number, limit in enumerate(problem.limits):
        if len(limit.capacity) != slots:
            faults.append(f"limits[{number}].capacity: {len(limit.capacity)} slots instead of {slots}")
        if limit.amounts is not None and (limit.members is None or len(limit.amounts) != len(limit.members)):
            faults.append(f"limits[{number}].amounts: not one for each member")
    for number, resource in enumerate(problem.resources):
        for place, use in enumerate(resource.uses):
            name = f"resources[{number}].uses[{place}]"
            if len(use.amounts) != len(use.items):
                faults.append(f"{name}.amounts: not one for each item")
            if len(use.periods) != slots:
                faults.append(f"{name}.periods: {len(use.periods)} slots instead of {slots}")
    return faults


def _ranges(problem: PlanningProblem) -> list[str]:
    n, pools, slots = problem.items, problem.pools, problem.slots
    low, high = problem.wave_size
    faults = [
        *_numbers("order", problem.order, n),
        *_numbers("traffic", problem.traffic[:, :2], n),
        *_numbers("cloud", problem.cloud, max(1, pools)),
        *_numbers("pinned_slot item", list(problem.pinned_slot), n),
        *_numbers("pinned_slot", list(problem.pinned_slot.values()), slots),
        *_numbers("pinned_pool item", list(problem.pinned_pool), n),
        *_numbers("pinned_pool", list(problem.pinned_pool.values()), pools),
        *_amounts("demand", problem.demand),
        *_amounts("capacity", problem.capacity),
        *_amounts("risk", problem.risk),
        *_amounts("traffic weight", problem.traffic[:, 2]),
        *_amounts("lead", problem.lead),
        *_amounts("fee", problem.fee),
        *(
            fault
            for number, group in enumerate(problem.together)
            for fault in _numbers(f"together[{number}]", group, n)
        ),
        *(fault for number, limit in enumerate(problem.limits) for fault in _limit_ranges(problem, number, limit)),
        *_item_ranges(problem),
        *(
            fault
            for number, resource in enumerate(problem.resources)
            for fault in _resource_ranges(problem, f"resources[{number}]", resource)
        ),
    ]
    if low < 0 or (high is not None and high < max(1, low)):
        faults.append("wave_size: minimum above maximum or below 0")
    if problem.traffic_span is not None and problem.traffic_span < 0:
        faults.append("traffic_span: negative")
    return faults


def _numbers(name: str, numbers: Sequence[int] | Integers, bound: int) -> list[str]:
    found = np.asarray(numbers, np.int64)
    return (
        [f"{name}: number outside 0..{bound - 1}"] if found.size and not 0 <= found.min() <= found.max() < bound else []
    )


def _amounts(name: str, amounts: Sequence[int] | Integers) -> list[str]:
    found = np.asarray(amounts, np.int64)
    return [f"{name}: negative amount"] if found.size and found.min() < 0 else []


def _item_ranges(problem: PlanningProblem) -> list[str]:
    faults = []
    for item, (mask, choices, due) in enumerate(zip(problem.permitted, problem.choices, problem.due, strict=True)):
        if mask < 0 or mask >> problem.slots:
            faults.append(f"permitted[{item}]: slot outside 0..{problem.slots - 1}")
        if any(not 0 <= pool < problem.pools or cost < 0 for pool, cost in choices):
            faults.append(f"choices[{item}]: unknown pool or negative cost")
        elif len({pool for pool, _ in choices}) < len(choices):
            faults.append(f"choices[{item}]: pool named twice")
        if any(weight < 0 for _, weight in due):
            faults.append(f"due[{item}]: negative weight")
    for item, masks in enumerate(problem.choice_slots):
        if len(masks) != len(problem.choices[item]):
            faults.append(f"choice_slots[{item}]: not one for each choice")
        if any(mask < 0 or mask >> problem.slots for mask in masks):
            faults.append(f"choice_slots[{item}]: slot outside 0..{problem.slots - 1}")
    return faults


def _resource_ranges(problem: PlanningProblem, name: str, resource: Resource) -> list[str]:
    faults = _amounts(f"{name}.capacity", resource.capacity)
    for place, use in enumerate(resource.uses):
        own = f"{name}.uses[{place}]"
        faults += _numbers(f"{own}.items", use.items, problem.items)
        faults += _amounts(f"{own}.amounts", use.amounts)
        if len(set(use.items)) < len(use.items):
            faults.append(f"{own}.items: item named twice")
        if not -1 <= min(use.periods) <= max(use.periods) < len(resource.capacity):
            faults.append(f"{own}.periods: number outside -1..{len(resource.capacity) - 1}")
        if use.pool is not None and not 0 <= use.pool < problem.pools:
            faults.append(f"{own}.pool: unknown pool")
    return faults


def _limit_ranges(problem: PlanningProblem, number: int, limit: SlotLimit) -> list[str]:
    members = limit.members or ()
    faults = [
        *_amounts(f"limits[{number}].capacity", limit.capacity),
        *_amounts(f"limits[{number}].amounts", limit.amounts or ()),
        *_numbers(f"limits[{number}].members", members, problem.items),
    ]
    if len(set(members)) < len(members):
        faults.append(f"limits[{number}].members: item named twice")
    if limit.cloud is not None and not 0 <= limit.cloud < problem.clouds:
        faults.append(f"limits[{number}].cloud: unknown cloud")
    return faults
