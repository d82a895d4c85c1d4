"""The system track: one cutover for each system that moves, with its chain of steps, as a planning problem on indices.

Rules H1 to H12; costs S1 to S5 and S7.

Systems whose cutover is done are in no problem: what they take is off their pools. Those done in the present slot or
later still count for its limits, and what is tied to them by H1 and H2 has only the slots that fit theirs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from inventory.effort import EffortTable
from inventory.inventory import Inventory
from inventory.kinds.policy import RiskState
from inventory.kinds.systems import Criticality, Dependency, System, SystemKind
from migration.calendar import ChangeCalendar
from migration.disposition import dispositions
from migration.placement import Placement
from migration.plan import Disposed, Finding, Grid
from migration.planner.problem import Integers, PlanningProblem
from migration.teams import Load, TeamBook
from migration.tracks.system_bridges import bridged
from migration.tracks.system_capacity import demands, landed, offers
from migration.tracks.system_chain import Chain, chain_of
from migration.tracks.system_copies import Copies, link_resources
from migration.tracks.system_deadlines import Deadlines, deadlines
from migration.tracks.system_gates import Gates, lines_of
from migration.tracks.system_limits import Bounded, PathOf, bounded
from migration.tracks.system_order import Bond, links_of, orders, tied, traffic, unions
from migration.tracks.system_slots import Slots, decided_slot, done_on
from migration.tracks.system_teams import team_resources

__all__ = ["Scope", "SystemTrack", "open_risks", "risk_of", "scope_of", "system_track"]

RISK = {Criticality.LOW: 1, Criticality.MEDIUM: 2, Criticality.HIGH: 4, Criticality.CRITICAL: 8}
"""S4: weight of a system's criticality (assumption)."""
GRADE_RISK = 2
"""S4: added from classified-protection grade 3 on (assumption)."""
LEDGER_RISK = {"low": 1, "medium": 2, "high": 4}
"""S4: added for each open entry of the risk ledger, by its grade (assumption); other grades count as medium."""
PLATFORMS = (SystemKind.SHARED_PLATFORM, SystemKind.BASE_DATABASE)
"""Most systems depend on them, so they move first."""
DAYS_OF_YEAR = 365


@dataclass(frozen=True)
class Scope:
    """Which systems move, and what ties them.

    decided: what becomes of each system. systems: those in the problem; number: their places in it. done: moving
    systems -> day of their cutover. fixed: those of them in the present slot or later -> their slot. sets: systems that
    share a slot, done ones included. bridges: system -> dependencies with its address written in.
    """

    decided: Mapping[str, Disposed]
    systems: tuple[str, ...]
    number: Mapping[str, int]
    done: Mapping[str, dt.date]
    fixed: Mapping[str, int]
    moving: frozenset[str]
    links: list[tuple[Dependency, str, str]]
    bonds: list[Bond]
    sets: list[list[str]]
    bridges: Mapping[str, tuple[str, ...]]


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


def risk_of(ledger: Mapping[str, int], system: System) -> int:
    """S4: weight of a system: criticality, grade, open entries of the risk ledger."""
    graded = GRADE_RISK if (system.grade or 0) >= 3 else 0
    return RISK[system.criticality] + graded + ledger.get(system.id, 0)


def scope_of(inventory: Inventory, calendar: ChangeCalendar) -> Scope:
    """Which systems move as of the calendar's *now*. PolicyError for a disposition that does not exist."""
    decided = dispositions(inventory)
    moving = frozenset(id for id, disposed in decided.items() if disposed.disposition.moves)
    done = {id: day for id in decided if id in moving and (day := done_on(inventory, inventory.systems[id]))}
    slots = {id: calendar.grid.slot_of(day) for id, day in done.items()}
    links = [link for link in links_of(inventory) if link[1] in moving and link[2] in moving]
    bonds = orders(links)
    systems = tuple(id for id in decided if id in moving and id not in done)
    return Scope(
        decided=decided,
        systems=systems,
        number={id: item for item, id in enumerate(systems)},
        done=done,
        fixed={id: slot for id, slot in slots.items() if calendar.first_slot <= slot < calendar.grid.count},
        moving=moving,
        links=links,
        bonds=bonds,
        sets=unions(inventory, bonds, moving, slots),
        bridges=bridged(inventory, decided),
    )


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
    """The track as of the calendar's *now*.

    load: what the other tracks take of the teams. gates: when their items end. PolicyError and CalendarError where the
    estate's policy cannot be read.
    """
    inventory = calendar.inventory
    placement = Placement(inventory)
    systems, number = scope.systems, scope.number
    eligible = [placement.eligible(id) for id in systems]
    clouds = tuple(sorted({pool.cloud for pool in inventory.pools.values()}))
    pools = tuple(sorted(inventory.pools))
    place = {pool: position for position, pool in enumerate(pools)}
    ledger = open_risks(inventory)

    def rank(id: str) -> tuple[int, str]:
        return risk_of(ledger, inventory.systems[id]), id

    promised = deadlines(inventory, calendar.grid, scope.moving, frozenset(scope.done), rank)
    chains = _chains(scope, calendar, table, copies, eligible)
    ties = tied(scope.bonds, scope.sets, scope.fixed, calendar.grid.count)
    slots = Slots(calendar, chains, gates, lines_of(inventory), promised, ties)
    permitted, pins, faults = _slots(slots, scope)
    bounds = bounded(inventory, systems, clouds, path_of, scope.fixed)
    length = calendar.grid.length_days
    leads = [-(-chains[id].copy_days // length) for id in systems]
    links, link_words = link_resources(inventory, copies, systems, eligible, leads, place)
    teams, team_words = team_resources(calendar, book, load, systems, chains)
    inner = tuple(bond for bond in scope.bonds if bond.client in number and bond.provider in number)
    sets = ([number[id] for id in members if id in number] for members in scope.sets)
    risks = [rank(id)[0] for id in systems]
    problem = PlanningProblem(
        permitted=tuple(permitted),
        order=_rows([(number[bond.provider], number[bond.client]) for bond in inner if not bond.together], 2),
        together=tuple(tuple(members) for members in sets if len(members) > 1),
        limits=tuple(entry.limit for entry in bounds),
        resources=(*teams, *links),
        lead=np.array(leads, np.int64),
        due=tuple(promised.due.get(id, ()) for id in systems),
        fee=np.array(
            [round(inventory.systems[id].maintenance_yuan_per_year * length / DAYS_OF_YEAR) for id in systems], np.int64
        ),
        traffic=_rows(traffic(scope.links, number), 3),
        risk=np.array(risks, np.int64),
        critical=np.array([inventory.systems[id].criticality is Criticality.CRITICAL for id in systems], np.bool_),
        priority=_priority(inventory, systems, risks, promised),
        pinned_slot=pins,
        **_pools(inventory, calendar.grid, scope, placement, eligible, clouds, slots),
    )
    return SystemTrack(
        inventory=inventory,
        calendar=calendar,
        placement=placement,
        scope=scope,
        pools=pools,
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
    moved = (system for system in inventory.systems.values() if done_on(inventory, system))
    demand = demands(inventory.systems[id] for id in scope.systems)
    offered = offers(inventory, grid, pools, landed(moved))
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


def open_risks(inventory: Inventory) -> dict[str, int]:
    """System -> what the open entries of the risk ledger add to its weight (S4)."""
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
