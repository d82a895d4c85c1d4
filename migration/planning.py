"""From an inventory to a plan: the one place where tracks, planner and checker meet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from inventory.inventory import Inventory
from inventory.kinds.territory import AttachmentRole
from migration.calendar import ChangeCalendar
from migration.check.verify import check_plan
from migration.graph.paths import NetworkPaths, device_path
from migration.graph.slices import SliceItem, slice_hash
from migration.plan import Cost, ItemState, Plan, PlanItem, PlanStatus, item_id
from migration.planner import Bounds, Objective, Solution, solve
from migration.tracks.systems import SystemTrack, system_track
from migration.unplanned import unplanned_items

__all__ = ["Progress", "changed_items", "make_plan", "management_paths", "with_slices"]

Progress = Callable[[str, int, int], None]
"""Called with a stage (prepare, search, check), what is done and the total."""


def make_plan(
    inventory: Inventory,
    *,
    now: dt.date | None = None,
    effort: int | None = None,
    time_limit: float | None = None,
    seed: int = 0,
    declared_hash: str = "",
    quarantined: Iterable[tuple[str, str]] = (),
    progress: Progress | None = None,
) -> Plan:
    """Plan the cutovers of all systems that move, check the plan and return it with what the checker found.

    now: default the estate's ``as_of``. effort or time_limit (wall seconds of the search) bound the search. A plan
    without items and with status ``no_solution_in_time`` or ``infeasible`` is none: it says why. PolicyError and
    CalendarError for rules, decisions and windows that cannot be read; KeyboardInterrupt goes through.
    """
    report = progress or _silent
    report("prepare", 0, 1)
    calendar = ChangeCalendar(inventory, now)
    track = system_track(inventory, calendar, management_paths(inventory))
    report("prepare", 1, 1)
    total = round(time_limit) if time_limit is not None else 1

    def searched(seconds: float, _: Objective) -> None:
        report("search", min(total, round(seconds)) if time_limit is not None else 0, total)

    searched(0, Objective(0, 0, 0, 0, 0, 0, 0, 0))
    solution = solve(track.problem, effort=effort, time_limit=time_limit, seed=seed, progress=searched)
    if solution.interrupted:
        raise KeyboardInterrupt
    report("search", total, total)
    report("check", 0, 1)
    plan = with_slices(inventory, _plan(track, solution, seed, declared_hash, quarantined))
    found = check_plan(inventory, plan)
    report("check", 1, 1)
    return plan.model_copy(update={"facts": found.facts, "violations": found.violations})


def with_slices(inventory: Inventory, plan: Plan) -> Plan:
    """The plan with the hashes of what its items depend on, computed anew."""
    hashes = slice_hash(inventory, [SliceItem(item.id, item.pool) for item in plan.items])
    items = tuple(item.model_copy(update={"slice_hash": hashes.items[item.id]}) for item in plan.items)
    kept = {name: getattr(plan, name) for name in Plan.model_fields}
    return Plan(**(kept | {"items": items, "slice_hash": hashes.all}))


def changed_items(inventory: Inventory, plan: Plan) -> tuple[str, ...]:
    """Items whose slice has changed since the plan was made, in the plan's order; also those whose objects are gone."""
    known = [
        item
        for item in plan.items
        if item.object_id in inventory.systems and (item.pool is None or item.pool in inventory.pools)
    ]
    hashes = slice_hash(inventory, [SliceItem(item.id, item.pool) for item in known]).items
    return tuple(item.id for item in plan.items if item.slice_hash and hashes.get(item.id) != item.slice_hash)


def management_paths(inventory: Inventory) -> Callable[[str], tuple[str, ...]]:
    """Department -> devices from its first primary attachment to the management root, both included.

    Only that attachment where the root is not reached; nothing without an attachment or a root.
    """
    network = NetworkPaths(inventory)
    known: dict[str, tuple[str, ...]] = {}
    root = inventory.estate.settings.management_root

    def path(department: str) -> tuple[str, ...]:
        if department not in known:
            attached = inventory.departments[department].attached_to
            primary = [place.device for place in attached if place.role is AttachmentRole.PRIMARY]
            reachable = root is not None and root in inventory.devices and bool(primary)
            known[department] = ()
            if root is not None and primary:
                way = device_path(network, primary[0], root) if reachable else ()
                known[department] = way or (primary[0],)
        return known[department]

    return path


def _silent(_stage: str, _done: int, _total: int) -> None:
    pass


def _plan(
    track: SystemTrack, solution: Solution, seed: int, declared_hash: str, quarantined: Iterable[tuple[str, str]]
) -> Plan:
    inventory, calendar = track.inventory, track.calendar
    items = (*track.done, *_items(track, solution))
    return Plan(
        estate=inventory.estate.name,
        as_of=inventory.estate.as_of,
        now=calendar.now,
        declared_hash=declared_hash,
        seed=seed,
        effort=solution.effort,
        status=PlanStatus(solution.status.value),
        grid=calendar.grid,
        objective=_costs(solution.objective, solution.bounds) if solution.objective is not None else (),
        items=tuple(sorted(items, key=lambda item: (item.slot, item.wave, item.id))),
        dispositions=tuple(track.dispositions.values()),
        unplanned=unplanned_items(track, solution),
        out_of_scope=tuple(sorted(_classified(inventory))),
        quarantined=tuple(sorted(f"{kind}:{id}" for kind, id in quarantined)),
        names=_names(track),
    )


def _names(track: SystemTrack) -> dict[str, str]:
    inventory = track.inventory
    systems = {f"system:{id}": inventory.systems[id] for id in track.dispositions}
    owners = sorted({system.department for system in systems.values()})
    named = {name: system.name for name, system in systems.items()}
    named |= {f"department:{id}": inventory.departments[id].name for id in owners}
    named |= {f"cloud:{id}": cloud.name for id, cloud in inventory.clouds.items()}
    named |= {f"pool:{id}": pool.name for id, pool in inventory.pools.items()}
    return {name: shown for name, shown in sorted(named.items()) if shown}


def _classified(inventory: Inventory) -> Iterable[str]:
    yield from (f"system:{id}" for id, system in inventory.systems.items() if system.classified)
    yield from (f"line:{id}" for id, line in inventory.lines.items() if line.classified)
    yield from (f"private_network:{id}" for id, network in inventory.private_networks.items() if network.classified)


def _items(track: SystemTrack, solution: Solution) -> Iterable[PlanItem]:
    grid = track.calendar.grid
    labels: dict[int, str] = {}
    for number, (slot, place) in enumerate(zip(solution.slot, solution.pool, strict=True)):
        system = track.systems[number]
        if slot < 0:
            continue
        label = labels.setdefault(slot, grid.label(slot))
        pool = track.pools[place]
        opening = track.calendar.openings(system, slot, pool)[0]
        yield PlanItem(
            id=item_id(system),
            object=f"system:{system}",
            slot=slot,
            slot_label=label,
            window_start=opening.start,
            window_minutes=opening.minutes,
            pool=pool,
            wave=f"{label}/{track.inventory.pools[pool].cloud}",
            state=ItemState.PINNED if number in track.problem.pinned_slot else ItemState.PLANNED,
            department=track.inventory.systems[system].department,
        )


def _costs(found: Objective, bounds: Bounds) -> tuple[Cost, ...]:
    """The objective in the order in which its parts count."""
    return (
        Cost(rule="S1", name="lateness", value=found.lateness, unit="weighted days", bound=bounds.lateness),
        Cost(rule="H6", name="shortfall", value=found.shortfall, unit="cutovers", bound=0),
        Cost(rule="S2", name="slots", value=found.slots, unit="slots", bound=bounds.slots),
        Cost(rule="S2", name="waves", value=found.waves, unit="waves", bound=bounds.slots),
        Cost(rule="S2", name="end", value=found.end, unit="slot number", bound=bounds.end),
        Cost(rule="S3", name="traffic", value=found.traffic, unit="Mbit/s x slots", bound=0),
        Cost(rule="S4", name="risk", value=found.risk, unit="points"),
        Cost(rule="S5", name="placement", value=found.placement, unit="yuan/month", bound=bounds.placement),
    )
