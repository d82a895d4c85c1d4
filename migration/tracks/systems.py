"""The system track: one cutover for each system that moves, as a planning problem on indices.

Rules H1 to H4, H6, H8, H10 and H11; costs S1 to S5.

Systems whose cutover is done are in no problem: what they take is off their pools. Those done in the present slot or
later still count for its limits, and what is tied to them by H1 and H2 has only the slots that fit theirs.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from inventory.inventory import Inventory
from inventory.kinds.policy import RiskState
from inventory.kinds.systems import Criticality, Dependency, System, SystemKind
from migration.calendar import ChangeCalendar
from migration.disposition import dispositions
from migration.placement import Placement
from migration.plan import Disposed, Finding, Grid, ItemState, PlanItem, item_id
from migration.planner.problem import Integers, PlanningProblem
from migration.tracks.system_capacity import demands, landed, offers
from migration.tracks.system_deadlines import Deadlines, deadlines
from migration.tracks.system_limits import Bounded, PathOf, bounded
from migration.tracks.system_order import Bond, links_of, orders, tied, traffic, unions

__all__ = ["SystemTrack", "risk_of", "system_track"]

RISK = {Criticality.LOW: 1, Criticality.MEDIUM: 2, Criticality.HIGH: 4, Criticality.CRITICAL: 8}
"""S4: weight of a system's criticality (assumption)."""
GRADE_RISK = 2
"""S4: added from classified-protection grade 3 on (assumption)."""
LEDGER_RISK = {"low": 1, "medium": 2, "high": 4}
"""S4: added for each open entry of the risk ledger, by its grade (assumption); other grades count as medium."""
PLATFORMS = (SystemKind.SHARED_PLATFORM, SystemKind.BASE_DATABASE)
"""Most systems depend on them, so they move first."""

_WEEK = re.compile(r"(\d{4})-W(\d{1,2})")


@dataclass(frozen=True)
class SystemTrack:
    """The track of an inventory. Numbers in ``problem`` are places in ``systems``, ``pools`` and ``clouds``.

    done: items that were done, in the problem or not. bonds: H1 between items of the problem. bounds: its limits in
    words. faults: item -> what is wrong with its pin.
    """

    inventory: Inventory
    calendar: ChangeCalendar
    placement: Placement
    dispositions: Mapping[str, Disposed]
    systems: tuple[str, ...]
    pools: tuple[str, ...]
    clouds: tuple[str, ...]
    problem: PlanningProblem
    done: tuple[PlanItem, ...]
    bonds: tuple[Bond, ...]
    bounds: tuple[Bounded, ...]
    faults: Mapping[int, Finding]
    deadlines: Deadlines


def risk_of(ledger: Mapping[str, int], system: System) -> int:
    """S4: weight of a system: criticality, grade, open entries of the risk ledger."""
    graded = GRADE_RISK if (system.grade or 0) >= 3 else 0
    return RISK[system.criticality] + graded + ledger.get(system.id, 0)


@dataclass(frozen=True)
class _Scope:
    """Which systems are in the problem and what ties them.

    done: moving systems -> day of their cutover. fixed: those of them in the present slot or later -> their slot.
    sets: systems that share a slot, done ones included.
    """

    systems: tuple[str, ...]
    number: Mapping[str, int]
    done: Mapping[str, dt.date]
    fixed: Mapping[str, int]
    moving: frozenset[str]
    links: list[tuple[Dependency, str, str]]
    bonds: list[Bond]
    sets: list[list[str]]


def system_track(inventory: Inventory, calendar: ChangeCalendar, path_of: PathOf) -> SystemTrack:
    """The track as of the calendar's *now*. PolicyError and CalendarError where the estate's policy cannot be read."""
    decided = dispositions(inventory)
    placement = Placement(inventory)
    scope = _scope(inventory, calendar, decided)
    systems, number = scope.systems, scope.number
    eligible = [placement.eligible(id) for id in systems]
    clouds = tuple(sorted({pool.cloud for pool in inventory.pools.values()}))
    ledger = _ledger(inventory)

    def rank(id: str) -> tuple[int, str]:
        return risk_of(ledger, inventory.systems[id]), id

    promised = deadlines(inventory, calendar.grid, scope.moving, frozenset(scope.done), rank)
    permitted, pins, faults = _slots(calendar, scope, promised, eligible)
    bounds = bounded(inventory, calendar, systems, clouds, eligible, path_of, scope.fixed)
    inner = tuple(bond for bond in scope.bonds if bond.client in number and bond.provider in number)
    sets = ([number[id] for id in members if id in number] for members in scope.sets)
    risks = [rank(id)[0] for id in systems]
    problem = PlanningProblem(
        permitted=tuple(permitted),
        order=_rows([(number[bond.provider], number[bond.client]) for bond in inner if not bond.together], 2),
        together=tuple(tuple(members) for members in sets if len(members) > 1),
        limits=tuple(entry.limit for entry in bounds),
        due=tuple(promised.due.get(id, ()) for id in systems),
        traffic=_rows(traffic(scope.links, number), 3),
        risk=np.array(risks, np.int64),
        critical=np.array([inventory.systems[id].criticality is Criticality.CRITICAL for id in systems], np.bool_),
        priority=_priority(inventory, systems, risks, promised),
        pinned_slot=pins,
        **_pools(inventory, calendar.grid, scope, placement, eligible, clouds),
    )
    return SystemTrack(
        inventory=inventory,
        calendar=calendar,
        placement=placement,
        dispositions=decided,
        systems=systems,
        pools=tuple(sorted(inventory.pools)),
        clouds=clouds,
        problem=problem,
        done=tuple(_done_item(inventory, calendar.grid, id, day) for id, day in scope.done.items()),
        bonds=inner,
        bounds=tuple(bounds),
        faults=faults,
        deadlines=promised,
    )


def _scope(inventory: Inventory, calendar: ChangeCalendar, decided: Mapping[str, Disposed]) -> _Scope:
    moving = frozenset(id for id, disposed in decided.items() if disposed.disposition.moves)
    done = {id: day for id in decided if id in moving and (day := _done_on(inventory, inventory.systems[id]))}
    slots = {id: calendar.grid.slot_of(day) for id, day in done.items()}
    links = [link for link in links_of(inventory) if link[1] in moving and link[2] in moving]
    bonds = orders(links)
    systems = tuple(id for id in decided if id in moving and id not in done)
    return _Scope(
        systems=systems,
        number={id: item for item, id in enumerate(systems)},
        done=done,
        fixed={id: slot for id, slot in slots.items() if calendar.first_slot <= slot < calendar.grid.count},
        moving=moving,
        links=links,
        bonds=bonds,
        sets=unions(inventory, bonds, moving, slots),
    )


class _PoolPart(TypedDict):
    slots: int
    choices: tuple[tuple[tuple[int, int], ...], ...]
    demand: Integers
    capacity: Integers
    cloud: tuple[int, ...]
    wave_size: tuple[int, int | None]


def _pools(
    inventory: Inventory,
    grid: Grid,
    scope: _Scope,
    placement: Placement,
    eligible: list[tuple[str, ...]],
    clouds: tuple[str, ...],
) -> _PoolPart:
    """H3, H4, S5 and the size of waves."""
    pools = tuple(sorted(inventory.pools))
    place = {pool: position for position, pool in enumerate(pools)}
    moved = (system for system in inventory.systems.values() if _done_on(inventory, system))
    demand = demands(inventory.systems[id] for id in scope.systems)
    offered = offers(inventory, grid, pools, landed(moved))
    overdrawn: npt.NDArray[np.bool_] = np.any(offered < 0, axis=1)
    wave = inventory.estate.settings.wave_size
    return _PoolPart(
        slots=grid.count,
        choices=tuple(
            # Where more is used than there is, not even what takes nothing of it may land.
            tuple(
                (place[pool], placement.cost(id, pool))
                for pool in own
                if not (overdrawn[place[pool]] & (need == 0)).any()
            )
            for id, own, need in zip(scope.systems, eligible, demand, strict=True)
        ),
        demand=demand,
        capacity=np.maximum(offered, 0),
        cloud=tuple(clouds.index(inventory.pools[pool].cloud) for pool in pools),
        wave_size=(min(wave.min, wave.max), wave.max),
    )


def _rows(rows: Sequence[tuple[int, ...]], width: int) -> Integers:
    return np.array(rows, np.int64).reshape(-1, width)


def _pool(inventory: Inventory, system: str) -> str:
    """Pool that a system runs in; empty when it runs elsewhere."""
    kind, _, place = (inventory.systems[system].runs_in or "").partition(":")
    return place if kind == "pool" and place in inventory.pools else ""


def _done_on(inventory: Inventory, system: System) -> dt.date | None:
    if system.moved is not None:
        return system.moved
    finished = inventory.done.get(item_id(system.id))
    return None if finished is None else dt.datetime.fromisoformat(finished).date()


def _done_item(inventory: Inventory, grid: Grid, id: str, day: dt.date) -> PlanItem:
    slot = grid.slot_of(day)
    label = grid.label(slot)
    pool = _pool(inventory, id) or None
    kind, _, place = (inventory.systems[id].runs_in or "").partition(":")
    cloud = inventory.pools[pool].cloud if pool else place if kind == "cloud" else ""
    return PlanItem(
        id=item_id(id),
        object=f"system:{id}",
        slot=slot,
        slot_label=label,
        pool=pool,
        wave=f"{label}/{cloud}" if cloud else "",
        state=ItemState.DONE,
        department=inventory.systems[id].department,
    )


def _slots(
    calendar: ChangeCalendar, scope: _Scope, promised: Deadlines, eligible: list[tuple[str, ...]]
) -> tuple[list[int], dict[int, int], dict[int, Finding]]:
    """H8, H10, H11: slots permitted to each item, slots pinned, and what is wrong with those that have none."""
    inventory, grid = calendar.inventory, calendar.grid
    ties = tied(scope.bonds, scope.sets, scope.fixed, grid.count)
    permitted: list[int] = []
    pins: dict[int, int] = {}
    faults: dict[int, Finding] = {}
    for item, id in enumerate(scope.systems):
        mask = calendar.permitted(id)
        for target in promised.latest.get(id, ()):
            mask &= _until(calendar, id, target.date, eligible[item])
        if mask and id in ties and not mask & ties[id]:
            faults[item] = Finding(rule="H1", code="done-binds", records=(f"system:{id}",), data={"system": id})
        mask &= ties.get(id, -1)
        decision = inventory.systems[id].decisions.slot
        if decision is not None:
            slot = decided_slot(grid, decision.value)
            if slot is None or not 0 <= slot < grid.count:
                code = "pin-unreadable" if slot is None else "pin-outside"
                faults[item] = Finding(rule="H11", code=code, records=(f"system:{id}",), data={"value": decision.value})
                mask = 0
            else:
                pins[item] = slot
        permitted.append(mask)
    return permitted, pins, faults


def decided_slot(grid: Grid, text: str) -> int | None:
    """Slot of an ISO week (2021-W14) or of a day in it; None when it is neither."""
    week = _WEEK.fullmatch(text.strip())
    try:
        day = dt.date.fromisocalendar(int(week[1]), int(week[2]), 1) if week else dt.date.fromisoformat(text.strip())
    except ValueError:
        return None
    return grid.slot_of(day)


def _until(calendar: ChangeCalendar, system: str, date: dt.date, pools: tuple[str, ...]) -> int:
    """Slots whose first opening ends no later than a day, whatever the pool: that is the day a cutover counts on."""
    last = calendar.grid.slot_of(date)
    if last < 0:
        return 0
    found = [openings[0] for pool in pools if (openings := calendar.openings(system, last, pool))]
    whole = all((opening.end - dt.timedelta(minutes=1)).date() <= date for opening in found)
    return (1 << (last + whole)) - 1


def _ledger(inventory: Inventory) -> dict[str, int]:
    found: dict[str, int] = {}
    for risk in inventory.risks.values():
        kind, _, id = risk.object.partition(":")
        if kind == "system" and risk.state is RiskState.OPEN:
            found[id] = found.get(id, 0) + LEDGER_RISK.get(risk.grade.lower(), LEDGER_RISK["medium"])
    return found


def _priority(inventory: Inventory, systems: tuple[str, ...], risks: list[int], promised: Deadlines) -> Integers:
    """Shared platforms first, then by the nearest deadline, then by low risk; a heuristic for construction, no rule."""
    slots = inventory.estate.grid.count
    found = []
    for id, risk in zip(systems, risks, strict=True):
        platform = inventory.systems[id].kind in PLATFORMS
        nearest = min((slot for slot, _ in promised.due.get(id, ())), default=slots)
        found.append((platform * 2 * slots + slots - max(0, min(nearest, slots))) * 100 + 99 - min(risk, 99))
    return np.array(found, np.int64)
