"""What has come on record since a plan was made: items that runs have done, states already reached, new objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from inventory.inventory import Inventory
from inventory.kinds.clouds import Cloud, DockingState, Pool
from inventory.kinds.lines import InternetExit, Line, PrivateNetwork
from inventory.kinds.network import Device, Ipv6Capability, Ipv6Stage
from inventory.kinds.rooms import Room
from inventory.kinds.systems import Lifecycle, System
from inventory.state import REOPENS
from migration.check.case import TRACK_OF, done_day
from migration.check.tracks import lines, rooms, systems
from migration.check.tracks.network import HARDWARE, STAGES
from migration.plan import Grid, ItemState, Plan, PlanItem, item_id

if TYPE_CHECKING:
    from migration.check.case import Case

__all__ = ["behind", "knowledge", "settled"]


def settled(inventory: Inventory, plan: Plan) -> tuple[Plan, frozenset[str]]:
    """The plan with every item that a run has done as done on its recorded day, and the ids of those that were done on
    another day, or in another pool, than planned.

    Items that the plan itself calls done stay as they are. A cutover stands in the pool where its system runs now; a
    bridge keeps what it bridges. What a later item has opened again (``inventory.state``) is no part of it any more.
    The plan itself where nothing is on record.
    """
    on_record = {item_id(id) for id, system in inventory.systems.items() if system.moved is not None} | set(
        inventory.done
    )
    items, strayed, changed = list[PlanItem](), set[str](), False
    void = {item for id in inventory.done for item in _opened(id) if item not in inventory.done}
    for item in plan.items:
        if item.id in void and item.state is ItemState.DONE:
            changed = True
            continue
        taken = item
        if item.id in on_record and item.state is not ItemState.DONE:
            taken = _taken(inventory, plan.grid, item)
        if taken is not item:
            changed = True
            if taken.end != item.end or taken.pool != item.pool:
                strayed.add(item.id)
        items.append(taken)
    return (plan.model_copy(update={"items": tuple(items)}) if changed else plan), frozenset(strayed)


def _opened(id: str) -> Iterator[str]:
    """Items of the same object that count as never done since an item has ended."""
    begin, _, step = id.rpartition("/")
    return (f"{begin}/{opened}" for opened in REOPENS.get(f"{begin.partition('/')[0]}/{step}", ()))


def _taken(inventory: Inventory, grid: Grid, item: PlanItem) -> PlanItem:
    """The item as done; itself where no run has done it."""
    if TRACK_OF.get(item.kind) is not item.track or item.object_id not in inventory.of(item.kind):
        return item
    day = done_day(inventory, item.object, item.step)
    if day is None:
        return item
    slot, pool, wave = grid.slot_of(day), item.pool, item.wave
    if item.is_cutover:
        kind, _, place = (inventory.systems[item.object_id].runs_in or "").partition(":")
        pool = place if kind == "pool" else pool
        target = inventory.pools.get(pool or "")
        cloud = "" if target is None else target.cloud
        wave = f"{grid.label(slot)}/{cloud}" if cloud else ""
    elif wave:
        wave = f"{grid.label(slot)}/{item.cloud}"
    return item.model_copy(
        update={
            "state": ItemState.DONE,
            "start": day,
            "end": day,
            "slot": slot,
            "slot_label": grid.label(slot),
            "pool": pool,
            "wave": wave,
            "window_start": None,
            "window_minutes": None,
            "work": (),
        }
    )


def behind(case: Case, name: str, step: str) -> str:
    """Why a step of an object (KIND:ID) that the inventory does not ask for is one that it once asked for: the code
    ``item-superfluous`` of a proof that is on record now, ``already-done`` of a state that is reached; else empty."""
    kind, _, id = name.partition(":")
    record = case.inventory.of(kind).get(id)
    base = step.partition("-")[0]
    if isinstance(record, System) and base in systems.EVIDENCE and id in case.moving:
        proven = {proof.value for proof in systems.proven(case, record)}
        if base in proven:
            return "item-superfluous"
    return "already-done" if _reached(case, record, base, item_id(id, step, TRACK_OF[kind]), name) else ""


def _reached(case: Case, record: object, step: str, item: str, name: str) -> bool:
    match record:
        case Device():
            return _stage(record, step)
        case Line() | PrivateNetwork() | InternetExit():
            return lines.outcome_of(case, name, record) in lines.LEAVING and step in lines.REACHED[record.state]
        case Room():
            return record.state in rooms.ENDED or step in rooms.REACHED.get(record.state, ())
        case Cloud():
            docked = record.docking.state is DockingState.DOCKED
            return (step == "docked" and docked) or (step == "dual_stack" and record.ipv6_stage is Ipv6Stage.VERIFIED)
        case Pool():
            return (step == "connected" and bool(record.attachments)) or _landed(case, item)
        case System():
            return _system(case, record, step)
    return False


def _stage(device: Device, step: str) -> bool:
    if step in HARDWARE.values():
        ready = device.ipv6_capability is Ipv6Capability.READY
        return ready or STAGES.index(device.ipv6_stage) >= STAGES.index(Ipv6Stage.ADDRESSED)
    return step in list(Ipv6Stage) and STAGES.index(Ipv6Stage(step)) <= STAGES.index(device.ipv6_stage)


def _landed(case: Case, item: str) -> bool:
    """Whether all systems that a request was made for have moved."""
    request = case.plan.by_id.get(item)
    asked = [] if request is None else [name.removeprefix("system:") for name in request.records]
    found = [case.inventory.systems.get(system) for system in asked]
    return bool(found) and all(system is not None and case.done_on(system) is not None for system in found)


def _system(case: Case, system: System, step: str) -> bool:
    if system.id in case.moving:
        return step in (*systems.EVIDENCE, "prepare", "replicate", "bridge") and case.done_on(system) is not None
    disposed = case.decided.get(system.id)
    removed = disposed is not None and disposed.disposition in rooms.REMOVED
    return removed and system.lifecycle is Lifecycle.CLOSED and step in ("prepare", "switch_off", "observe", "remove")


def knowledge(plan: Plan) -> Callable[[str], bool]:
    """Whether a plan knows an object (KIND:ID): items depend on it, or it is listed. A plan without the hashes of
    records knows every object."""
    if not plan.slices:
        return lambda _: True
    listed = [*(entry.item for entry in plan.unplanned), *(entry.item for entry in plan.skipped)]
    known = {item.object for item in plan.items} | {f"system:{disposed.system}" for disposed in plan.dispositions}
    known |= {entry.record for entry in plan.outcomes}
    rows = {tuple(id.split("/")[:2]) for id in listed}
    return lambda name: name in plan.slices or name in known or _row(name) in rows


def _row(name: str) -> tuple[str, str]:
    kind, _, id = name.partition(":")
    return TRACK_OF[kind].value, id
