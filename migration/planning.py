"""From an inventory to a plan: the one place where tracks, planner and checker meet.

What waits for no cutover is scheduled first, then the solver places the cutovers with the work around them in what is
left of the teams, then comes what waits for cutovers.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from inventory.cache import without_collection
from inventory.effort import EffortTable
from inventory.estate import EffortRow
from inventory.inventory import Inventory
from inventory.kinds.territory import AttachmentRole
from migration.aside import aside
from migration.assembly import Assembly
from migration.calendar import ChangeCalendar
from migration.check.verify import CheckResult, check_plan
from migration.consolidation.decisions import decide
from migration.costs import plan_costs
from migration.graph.paths import NetworkPaths
from migration.graph.slices import SliceItem, slice_hash
from migration.graph.upstreams import Upstreams
from migration.outcomes import outcome_entries, with_outcomes
from migration.plan import Finding, LineOutcome, Plan, PlanItem, PlanStatus, Unplanned, item_id
from migration.planner import Objective, Solution, solve
from migration.schedule import Schedule
from migration.steps import STEPS, Track
from migration.teams import Load, TeamBook
from migration.tracks.clouds import Landing
from migration.tracks.system_bridges import unknown_clients
from migration.tracks.system_chain import missing_evidence
from migration.tracks.system_copies import Copies
from migration.tracks.system_gates import Gates
from migration.tracks.system_scope import scope_of
from migration.tracks.system_tails import landed_in
from migration.tracks.systems import SystemTrack, system_track
from migration.unplanned import unplanned_items

__all__ = [
    "Draft",
    "Progress",
    "changed_items",
    "changed_records",
    "draft",
    "make_plan",
    "management_paths",
]

MANY = 20_000
"""Items from which on it pays to check a plan in a process of its own."""
SHOWN = 16
"""Hex digits of a record's hash that a plan keeps, to name what has changed."""

Progress = Callable[[str, int, int], None]
"""Called with a stage (prepare, search, assemble, check), what is done and the total."""


@dataclass(frozen=True)
class Draft:
    """Everything but the cutovers' slots: the schedule of the other tracks, and the cutovers as a problem."""

    schedule: Schedule
    track: SystemTrack
    assembly: Assembly
    outcomes: tuple[LineOutcome, ...] = ()


def draft(inventory: Inventory, now: dt.date | None = None, quarantined: Iterable[tuple[str, str]] = ()) -> Draft:
    """Schedule what waits for no cutover and pose the problem of the cutovers.

    now: default the estate's ``as_of``. quarantined: (kind, id) of records left out because of errors: no line is
    decided about by what rests on them. PolicyError and CalendarError for rules, decisions and windows that cannot be
    read, EstateError for a step without a row in the effort table.
    """
    calendar = ChangeCalendar(inventory, now)
    scope = scope_of(inventory, calendar)
    decisions = decide(inventory, calendar.now, quarantined=frozenset(quarantined), decided=scope.decided)
    outcomes = outcome_entries(decisions)
    inventory = with_outcomes(inventory, outcomes)
    calendar = ChangeCalendar(inventory, now)
    table = EffortTable(inventory)
    book = TeamBook(inventory, calendar)
    schedule = Schedule(inventory, calendar, table, book, Load(book), Upstreams(inventory), scope)
    schedule.before_cutovers(lambda: None)
    track = system_track(
        scope,
        calendar,
        book=book,
        table=table,
        load=schedule.load,
        copies=Copies(inventory, table, NetworkPaths(inventory)),
        gates=Gates({id: place.end for id, place in schedule.placed.items()}, schedule.unplanned),
        path_of=management_paths(inventory, schedule.upstreams),
    )
    return Draft(schedule, track, Assembly(calendar, book), outcomes)


@without_collection()
def make_plan(
    inventory: Inventory,
    *,
    now: dt.date | None = None,
    effort: int | None = None,
    time_limit: float | None = None,
    seed: int = 0,
    declared_hash: str = "",
    quarantined: Iterable[tuple[str, str]] = (),
    against: Plan | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Plan the work of all tracks, check the plan and return it with what the checker found.

    now: default the estate's ``as_of``. effort or time_limit (wall seconds of the search) bound the search. against:
    the plan in force, for S6. A plan without items and with status ``no_solution_in_time`` or ``infeasible`` is none:
    it says why. Errors as those of ``draft``; KeyboardInterrupt goes through.
    """
    report = progress or _silent
    report("prepare", 0, 1)
    quarantined = tuple(quarantined)
    begun = draft(inventory, now, quarantined)
    report("prepare", 1, 1)
    total = round(time_limit) if time_limit is not None else 1

    def searched(seconds: float, _: Objective) -> None:
        report("search", min(total, round(seconds)) if time_limit is not None else 0, total)

    report("search", 0, total)
    solution = solve(
        begun.track.problem,
        effort=effort,
        time_limit=time_limit,
        seed=seed,
        tolerance=inventory.estate.settings.tolerance_percent,
        progress=searched,
    )
    if solution.interrupted:
        raise KeyboardInterrupt
    report("search", total, total)
    report("assemble", 0, 1)
    plan = _plan(begun, solution, seed, declared_hash, quarantined)
    if plan.status is PlanStatus.NO_SOLUTION_IN_TIME:
        return plan
    # The checker needs neither costs nor hashes: of a large plan it runs beside them.
    check: Callable[[], CheckResult] = partial(check_plan, inventory, plan)
    if len(plan.items) > MANY:
        check = aside(check)
    bounds = {"slots": solution.bounds.slots, "waves": solution.bounds.slots, "end": solution.bounds.end}
    bounds |= {"lateness": 0, "shortfall": 0, "traffic": 0, "placement": solution.bounds.placement, "money": 0}
    stored: dict[str, Any] = _slice(inventory, plan)
    if solution.objective is not None:
        stored["objective"] = plan_costs(inventory, plan, bounds, against)
    report("assemble", 1, 1)
    report("check", 0, 1)
    found = check()
    report("check", 1, 1)
    return plan.model_copy(update={**stored, "facts": found.facts, "violations": found.violations})


def _slice(inventory: Inventory, plan: Plan) -> dict[str, Any]:
    """Hash the slices of a plan's items and give each its own; returns the fields of the plan."""
    hashes = slice_hash(inventory, (_slice_item(plan.paths, item) for item in plan.items))
    for item in plan.items:
        object.__setattr__(item, "slice_hash", hashes.items[item.id])  # new items that nobody else has seen yet
    return {"slice_hash": hashes.all, "slices": {name: digest[:SHOWN] for name, digest in hashes.records.items()}}


def changed_items(inventory: Inventory, plan: Plan) -> tuple[str, ...]:
    """Items whose slice has changed since the plan was made, in the plan's order; also those whose objects are gone."""
    return tuple(changed_records(inventory, plan))


def changed_records(inventory: Inventory, plan: Plan) -> dict[str, tuple[str, ...]]:
    """Item whose slice has changed -> the records (KIND:ID) that did, in the plan's order.

    Records are new in the slice or other than they were. None is named where the slice only lost some, or where the
    item's own object, pool or path is gone: that one is named then.
    """
    known = {item.id: found for item in plan.items if _exists(inventory, found := _slice_item(plan.paths, item))}
    hashes = slice_hash(inventory, known.values())
    changed: dict[str, tuple[str, ...]] = {}
    for item in plan.items:
        if not item.slice_hash or hashes.items.get(item.id) == item.slice_hash:
            continue
        covered = hashes.covers.get(item.id, (item.object,))
        changed[item.id] = tuple(
            name for name in covered if plan.slices.get(name) != hashes.records.get(name, "")[:SHOWN]
        )
    return changed


def _slice_item(paths: Mapping[str, tuple[str, ...]], item: PlanItem) -> SliceItem:
    devices = paths.get(item.object_id, ()) if item.track is Track.NETWORK else ()
    return SliceItem(item.id, item.object, item.pool, devices, item.links)


def _exists(inventory: Inventory, item: SliceItem) -> bool:
    kind, _, id = item.object.partition(":")
    return (
        id in inventory.of(kind)
        and (item.pool is None or item.pool in inventory.pools)
        and all(device in inventory.devices for device in item.devices)
        and all(link in inventory.links for link in item.links)
    )


def management_paths(inventory: Inventory, upstreams: Upstreams) -> Callable[[str], tuple[str, ...]]:
    """Department -> devices from its first primary attachment to the management root, both included.

    Only that attachment where the root is not reached; nothing without an attachment or a root.
    """
    known: dict[str, tuple[str, ...]] = {}

    def path(department: str) -> tuple[str, ...]:
        if department not in known:
            attached = inventory.departments[department].attached_to
            primary = [place.device for place in attached if place.role is AttachmentRole.PRIMARY]
            known[department] = ()
            if inventory.estate.settings.management_root is not None and primary:
                known[department] = upstreams.path(primary[0]) or (primary[0],)
        return known[department]

    return path


def _silent(_stage: str, _done: int, _total: int) -> None:
    pass


def _plan(
    begun: Draft, solution: Solution, seed: int, declared_hash: str, quarantined: Iterable[tuple[str, str]]
) -> Plan:
    track, schedule = begun.track, begun.schedule
    inventory, calendar, scope = track.inventory, track.calendar, track.scope
    status = PlanStatus(solution.status.value)
    items, unplanned = _items(begun, solution) if status is not PlanStatus.NO_SOLUTION_IN_TIME else ([], ())
    names = _names(inventory, items, scope.decided)
    notes = tuple(_notes(track, items))
    last = max((item.end for item in items), default=calendar.now)
    paths = {device: path for item in items if (path := schedule.upstreams.path(device := _device(item)))}
    items.sort(key=lambda item: (item.slot, item.wave, item.id))
    if unplanned and status in (PlanStatus.OPTIMAL, PlanStatus.FEASIBLE):
        status = PlanStatus.INFEASIBLE
    return Plan(
        estate=inventory.estate.name,
        as_of=inventory.estate.as_of,
        now=calendar.now,
        declared_hash=declared_hash,
        seed=seed,
        effort=solution.effort,
        status=status,
        grid=calendar.grid,
        items=tuple(items),
        dispositions=tuple(scope.decided.values()),
        outcomes=begun.outcomes,
        unplanned=unplanned,
        out_of_scope=tuple(sorted(_classified(inventory))),
        quarantined=tuple(sorted(f"{kind}:{id}" for kind, id in quarantined)),
        names=names,
        skipped=schedule.skipped,
        paths=paths,
        assumptions=_assumptions(schedule, track),
        provisional=calendar.working_days.provisional(calendar.now, max(calendar.now, last)),
        notes=notes,
    )


def _device(item: PlanItem) -> str:
    return item.object_id if item.track is Track.NETWORK else ""


def _items(begun: Draft, solution: Solution) -> tuple[list[PlanItem], tuple[Unplanned, ...]]:
    """Every item with a place, and every item without."""
    track, schedule, assembly = begun.track, begun.schedule, begun.assembly
    inventory, scope, grid = track.inventory, track.scope, track.calendar.grid
    placed = [
        (number, slot, place)
        for number, (slot, place) in enumerate(zip(solution.slot, solution.pool, strict=True))
        if slot >= 0
    ]
    pools = {track.systems[number]: track.pools[place] for number, _, place in placed}
    slots = {track.systems[number]: slot for number, slot, _ in placed}
    slots |= {id: grid.slot_of(day) for id, day in scope.done.items()}
    closing = assembly.closing(scope, slots)
    items: list[PlanItem] = []
    for number, slot, place in placed:
        items += assembly.chain(track, number, slot, track.pools[place], closing.get(track.systems[number]))
    for item in items:
        schedule.load.add(item.work, item.start, (item.end - item.start).days + 1)
    missing = [*unplanned_items(track, solution)] if solution.slot else []
    missing += list(_with_cutover(track, missing))
    schedule.after_cutovers(
        {item.id: (item.start, item.end) for item in items},
        {entry.item: entry.causes for entry in missing},
        pools | {id: landed_in(inventory, id) for id in scope.done},
        (_landing(track, number, slot, place) for number, slot, place in placed),
        lambda: None,
    )
    items += [assembly.forward(schedule.items[id], found) for id, found in schedule.placed.items()]
    items += assembly.done(scope, closing)
    missing += [Unplanned(item=id, causes=causes) for id, causes in schedule.unplanned.items()]
    return items, tuple(sorted(missing, key=lambda entry: entry.item))


def _landing(track: SystemTrack, number: int, slot: int, place: int) -> Landing:
    system = track.systems[number]
    first = track.calendar.grid.first_day_of(slot) - dt.timedelta(days=track.chains[system].copy_days)
    return Landing(system, track.pools[place], slot, first)


def _with_cutover(track: SystemTrack, missing: Iterable[Unplanned]) -> Iterator[Unplanned]:
    """The steps around the cutovers that have no place."""
    for entry in missing:
        system = entry.item.split("/")[1]
        cause = Finding(rule="H9", code="gate-unplanned", items=(entry.item,), data={"count": 1, "first": entry.item})
        for step in track.chains[system].steps:
            yield Unplanned(item=item_id(system, step.step), causes=(cause,))


def _names(inventory: Inventory, items: Iterable[PlanItem], decided: Mapping[str, object]) -> dict[str, str]:
    objects = {item.object for item in items} | {f"system:{id}" for id in decided}
    objects |= {f"department:{item.department}" for item in items if item.department}
    objects |= {f"department:{inventory.systems[id].department}" for id in decided}
    objects |= {f"{kind}:{id}" for kind in ("cloud", "pool", "division") for id in inventory.of(kind)}
    named = {}
    for name in sorted(objects):
        kind, _, id = name.partition(":")
        record = inventory.of(kind).get(id)
        if record is not None and (shown := getattr(record, "name", "")):
            named[name] = shown
    return named


def _classified(inventory: Inventory) -> Iterator[str]:
    for kind in ("system", "line", "private_network"):
        yield from (f"{kind}:{id}" for id, record in inventory.of(kind).items() if getattr(record, "classified", False))


def _assumptions(schedule: Schedule, track: SystemTrack) -> tuple[EffortRow, ...]:
    """Rows of the effort table behind the items that nobody measured, in the order of the tracks and steps."""
    efforts = [schedule.items[id].effort for id in schedule.placed]
    for chain in track.chains.values():
        efforts += [chain.cutover, *(step.effort for step in chain.steps)]
    rows = {id(row): row for effort in efforts for row in effort.rows if row.source == "assumption"}
    order = {(track.value, step): place for place, (track, step) in enumerate((t, s) for t in Track for s in STEPS[t])}
    return tuple(
        sorted(rows.values(), key=lambda row: (order[row.track, row.step], row.technology, row.criticality or ""))
    )


def _notes(track: SystemTrack, items: Iterable[PlanItem]) -> Iterator[Finding]:
    """What binds nothing because it is not on record."""
    alone = Counter(work.skill for item in items for work in item.work if not work.team)
    for skill, count in sorted(alone.items()):
        yield Finding(rule="H5", code="no-team", data={"skill": skill.value, "count": count})
    if track.copies.unrouted:
        yield Finding(rule="H7", code="path-unknown", data={"count": len(track.copies.unrouted)})
    lapsed = sorted(item.object for item in items if item.is_cutover and item.movable and _lapses(track, item))
    if lapsed:
        yield Finding(rule="H9", code="evidence-lapses", records=tuple(lapsed), data={"count": len(lapsed)})
    unknown = unknown_clients(track.inventory, track.scope.decided)
    if unknown:
        yield Finding(rule="H14", code="address-unknown", data={"count": unknown})


def _lapses(track: SystemTrack, item: PlanItem) -> bool:
    """Whether evidence that is on record now is no longer valid when a system is cut over, and is not made anew."""
    system = track.inventory.systems[item.object_id]
    missing = set(missing_evidence(track.inventory, system, track.calendar.now))
    return bool(set(missing_evidence(track.inventory, system, item.start)) - missing)
