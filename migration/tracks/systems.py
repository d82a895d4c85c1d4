"""The system track: one cutover for each system that moves, with its chain of steps, as a planning problem on indices.

Rules H1 to H12; costs S1 to S5 and S7.

Systems whose cutover is done are in no problem: what they take is off their pools. Those done in the present slot or
later still count for its limits, and what is tied to them by H1 and H2 has only the slots that fit theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from inventory.effort import EffortTable
from inventory.inventory import Inventory
from inventory.kinds.systems import Criticality, SystemKind
from migration.calendar import ChangeCalendar
from migration.placement import Placement
from migration.plan import Disposed, Finding, Grid
from migration.planner.problem import Integers, PlanningProblem
from migration.teams import Load, TeamBook
from migration.tracks.system_capacity import demands, landed, offers
from migration.tracks.system_chain import Chain, chain_of
from migration.tracks.system_copies import Copies, link_resources
from migration.tracks.system_deadlines import Deadlines, deadlines
from migration.tracks.system_gates import Gates
from migration.tracks.system_limits import Bounded, PathOf, bounded
from migration.tracks.system_order import Bond, tied, traffic
from migration.tracks.system_risk import open_risks, risk_of
from migration.tracks.system_scope import Scope
from migration.tracks.system_slots import Slots, decided_slot, done_on
from migration.tracks.system_teams import team_resources

__all__ = ["SystemTrack", "system_track"]

PLATFORMS = (SystemKind.SHARED_PLATFORM, SystemKind.BASE_DATABASE)
"""Most systems depend on them, so they move first."""
DAYS_OF_YEAR = 365


@dataclass(frozen=True)
class SystemTrack:
    """The track of an inventory. Numbers in ``problem`` are places in ``systems``, ``pools`` and ``clouds``.

    bonds: H1 between items of the problem. bounds: its limits in words; sources: its resources in words. faults: item
    -> what is wrong with its pin. slots: what leaves each system which slots.
    """

    inventory: Inventory
    calendar: ChangeCalendar
    placement: Placement
    scope: Scope
    pools: tuple[str, ...]
    clouds: tuple[str, ...]
    chains: Mapping[str, Chain]
    copies: Copies
    slots: Slots
    problem: PlanningProblem
    bonds: tuple[Bond, ...]
    bounds: tuple[Bounded, ...]
    sources: tuple[Finding, ...]
    faults: Mapping[int, Finding]
    deadlines: Deadlines

    @property
    def systems(self) -> tuple[str, ...]:
        """The systems of the problem."""
        return self.scope.systems

    @property
    def dispositions(self) -> Mapping[str, Disposed]:
        """What becomes of each system."""
        return self.scope.decided


def system_track(
    scope: Scope,
    calendar: ChangeCalendar,
    *,
    table: EffortTable,
    book: TeamBook,
    load: Load,
    copies: Copies,
    gates: Gates,
    path_of: PathOf,
) -> SystemTrack:
    """The track as of the calendar's *now*. load: what the other tracks take of the teams. gates: when their items end.

    PolicyError and CalendarError where the estate's policy cannot be read.
    """
    inventory = calendar.inventory
    placement = Placement(inventory)
    systems, number = scope.systems, scope.number
    eligible = [placement.eligible(id) for id in systems]
    clouds = tuple(sorted({pool.cloud for pool in inventory.pools.values()}))
    ledger = open_risks(inventory)
    risk = {id: risk_of(ledger, inventory.systems[id]) for id in scope.moving}
    promised = deadlines(inventory, calendar.grid, scope.moving, frozenset(scope.done), risk)
    chains = _chains(scope, calendar, table, copies, eligible)
    slots = Slots(calendar, chains, gates, promised, tied(scope.bonds, scope.sets, scope.fixed, calendar.grid.count))
    permitted, pins, faults = _slots(slots, scope)
    bounds = bounded(inventory, systems, clouds, path_of, scope.fixed)
    running = [-(-chains[id].copy_days // calendar.grid.length_days) for id in systems]
    links, link_words = link_resources(inventory, copies, systems, eligible, running)
    teams, team_words = team_resources(calendar, book, load, systems, chains, eligible)
    inner = tuple(bond for bond in scope.bonds if {bond.client, bond.provider} <= number.keys())
    problem = PlanningProblem(
        permitted=tuple(permitted),
        order=_rows([(number[bond.provider], number[bond.client]) for bond in inner if not bond.together], 2),
        together=_together(scope),
        limits=tuple(entry.limit for entry in bounds),
        resources=(*teams, *links),
        lead=np.array([chains[id].slots_ahead(calendar.grid) for id in systems], np.int64),
        pinned_slot=pins,
        **_pools(inventory, calendar.grid, scope, placement, eligible, clouds, slots),
        **_costs(inventory, scope, promised, [risk[id] for id in systems]),
    )
    return SystemTrack(
        inventory=inventory,
        calendar=calendar,
        placement=placement,
        scope=scope,
        pools=tuple(sorted(inventory.pools)),
        clouds=clouds,
        chains=chains,
        copies=copies,
        slots=slots,
        problem=problem,
        bonds=inner,
        bounds=tuple(bounds),
        sources=(*team_words, *link_words),
        faults=faults,
        deadlines=promised,
    )


def _chains(
    scope: Scope, calendar: ChangeCalendar, table: EffortTable, copies: Copies, eligible: Sequence[Sequence[str]]
) -> dict[str, Chain]:
    inventory = calendar.inventory
    found = {}
    for id, pools in zip(scope.systems, eligible, strict=True):
        disposed = scope.decided[id]
        found[id] = chain_of(
            inventory,
            table,
            disposed,
            calendar.now,
            copy_days=copies.days(id, pools, direct=disposed.direct),
            bridged=id in scope.bridges,
            done=inventory.done,
        )
    return found


class _PoolPart(TypedDict):
    slots: int
    choices: tuple[tuple[tuple[int, int], ...], ...]
    choice_slots: tuple[tuple[int, ...], ...]
    demand: Integers
    capacity: Integers
    cloud: tuple[int, ...]
    wave_size: tuple[int, int | None]


def _pools(
    inventory: Inventory,
    grid: Grid,
    scope: Scope,
    placement: Placement,
    eligible: list[tuple[str, ...]],
    clouds: tuple[str, ...],
    slots: Slots,
) -> _PoolPart:
    """H3, H4, S5, what pools wait for and the size of waves."""
    pools = tuple(sorted(inventory.pools))
    place = {pool: position for position, pool in enumerate(pools)}
    # What still stands in a pool of the estate holds its room there until it is decommissioned; here for good, which
    # keeps plans sound and costs at most some choice.
    known = inventory.systems.items()
    standing = (system for id, system in known if id in scope.number or done_on(inventory, system))
    demand = demands(inventory.systems[id] for id in scope.systems)
    offered = offers(inventory, grid, pools, landed(standing))
    overdrawn: npt.NDArray[np.bool_] = np.any(offered < 0, axis=1)
    wave = inventory.estate.settings.wave_size
    kept = [
        # Where more is used than there is, not even what takes nothing of it may land.
        [pool for pool in own if not (overdrawn[place[pool]] & (need == 0)).any()]
        for own, need in zip(eligible, demand, strict=True)
    ]
    return _PoolPart(
        slots=grid.count,
        choices=tuple(
            tuple((place[pool], placement.cost(id, pool)) for pool in own)
            for id, own in zip(scope.systems, kept, strict=True)
        ),
        choice_slots=tuple(
            tuple(slots.entering(id, pool) for pool in own) for id, own in zip(scope.systems, kept, strict=True)
        ),
        demand=demand,
        capacity=np.maximum(offered, 0),
        cloud=tuple(clouds.index(inventory.pools[pool].cloud) for pool in pools),
        wave_size=(min(wave.min, wave.max), wave.max),
    )


def _together(scope: Scope) -> tuple[tuple[int, ...], ...]:
    """H2: sets of items that share a slot."""
    sets = (tuple(scope.number[id] for id in members if id in scope.number) for members in scope.sets)
    return tuple(members for members in sets if len(members) > 1)


class _CostPart(TypedDict):
    due: tuple[tuple[tuple[int, int], ...], ...]
    fee: Integers
    traffic: Integers
    risk: Integers
    critical: npt.NDArray[np.bool_]
    priority: Integers


def _costs(inventory: Inventory, scope: Scope, promised: Deadlines, risks: list[int]) -> _CostPart:
    """S1, S3, S4 and S7."""
    systems = [inventory.systems[id] for id in scope.systems]
    length = inventory.estate.grid.length_days
    fees = [round(system.maintenance_yuan_per_year * length / DAYS_OF_YEAR) for system in systems]
    return _CostPart(
        due=tuple(promised.due.get(id, ()) for id in scope.systems),
        fee=np.array(fees, np.int64),
        traffic=_rows(traffic(scope.links, scope.number), 3),
        risk=np.array(risks, np.int64),
        critical=np.array([system.criticality is Criticality.CRITICAL for system in systems], np.bool_),
        priority=_priority(inventory, scope.systems, risks, promised),
    )


def _rows(rows: Sequence[tuple[int, ...]], width: int) -> Integers:
    return np.array(rows, np.int64).reshape(-1, width)


def _slots(slots: Slots, scope: Scope) -> tuple[list[int], dict[int, int], dict[int, Finding]]:
    """H8 to H12: slots permitted to each item, slots pinned, and what is wrong with those that have none."""
    inventory, grid = slots.inventory, slots.grid
    permitted: list[int] = []
    pins: dict[int, int] = {}
    faults: dict[int, Finding] = {}
    for item, id in enumerate(scope.systems):
        mask = slots.permitted(id)
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


def _priority(inventory: Inventory, systems: tuple[str, ...], risks: list[int], promised: Deadlines) -> Integers:
    """Shared platforms first, then by the nearest deadline, then by low risk; a heuristic for construction, no rule."""
    slots = inventory.estate.grid.count
    found = []
    for id, risk in zip(systems, risks, strict=True):
        platform = inventory.systems[id].kind in PLATFORMS
        nearest = min((slot for slot, _ in promised.due.get(id, ())), default=slots)
        found.append((platform * 2 * slots + slots - max(0, min(nearest, slots))) * 100 + 99 - min(risk, 99))
    return np.array(found, np.int64)
