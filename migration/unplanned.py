"""Why items have no place: from the planner's rule ids and numbers to rules and records of the estate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from migration.plan import Finding, Unplanned, item_id
from migration.planner.solution import GroupCut, Solution, Unplaced
from migration.tracks.systems import SystemTrack

__all__ = ["unplanned_items"]


def unplanned_items(track: SystemTrack, solution: Solution) -> tuple[Unplanned, ...]:
    """Every item without a place with its causes, by id."""
    cuts = {item: cut for cut in solution.cuts for item in cut.members}
    found = [
        Unplanned(item=item_id(track.systems[entry.item]), causes=tuple(_causes(track, entry, cuts.get(entry.item))))
        for entry in solution.unplaced
    ]
    return tuple(sorted(found, key=lambda entry: entry.item))


def _causes(track: SystemTrack, entry: Unplaced, cut: GroupCut | None) -> Iterator[Finding]:
    fault = track.faults.get(entry.item)
    if fault is not None:
        yield fault
        return
    if cut is not None:
        yield _too_large(track, cut)
        return
    # A member of a group that is fine itself is kept out by the members that are not.
    own = entry.item not in entry.because and bool(entry.because) and not {"H1", "H2"} & set(entry.rules)
    if own:
        yield _others(track, entry, "H2", "group-member")
        return
    for rule in entry.rules:
        yield from _BY_RULE[rule](track, entry)


def _others(track: SystemTrack, entry: Unplaced, rule: str, code: str) -> Finding:
    others = [track.systems[item] for item in entry.because if item != entry.item]
    items = tuple(item_id(other) for other in others)
    return Finding(
        rule=rule, code=code, items=items, data={"count": len(others), "first": others[0] if others else "-"}
    )


def _too_large(track: SystemTrack, cut: GroupCut) -> Finding:
    ends = {(track.systems[provider], track.systems[client]) for provider, client in cut.order}
    edges = [f"dependency:{bond.dependency}" for bond in track.bonds if (bond.provider, bond.client) in ends]
    most = track.inventory.estate.settings.wave_size.max
    return Finding(
        rule="H2",
        code="group-too-large",
        items=tuple(item_id(track.systems[item]) for item in cut.members),
        records=tuple(edges),
        data={"count": len(cut.members), "most": most, "cuts": len(cut.order) + len(cut.together), "bound": cut.bound},
    )


def _order(track: SystemTrack, entry: Unplaced) -> Iterator[Finding]:
    yield _others(track, entry, "H1", "provider-late" if "H8" in entry.rules else "provider-unplanned")


def _group(track: SystemTrack, entry: Unplaced) -> Iterator[Finding]:
    yield _others(track, entry, "H2", "group")


def _places(track: SystemTrack, entry: Unplaced) -> Iterator[Finding]:
    """H3: each reason for which pools are ruled out, with these pools."""
    system = track.systems[entry.item]
    reasons = track.placement.ruled_out(system)
    if track.placement.eligible(system):
        yield from _room(track, entry)
        return
    if not reasons:
        yield Finding(rule="H3", code="no-pools", records=(f"system:{system}",))
    for code, count in sorted(Counter(reason.code for reason in reasons.values()).items()):
        records = dict.fromkeys(
            record for reason in reasons.values() if reason.code == code for record in reason.records
        )
        yield Finding(
            rule="H3",
            code=f"out-{code}",
            records=(f"system:{system}", *records),
            data={"system": system, "count": count},
        )


def _room(track: SystemTrack, entry: Unplaced) -> Iterator[Finding]:
    system = track.systems[entry.item]
    vcpu, memory, storage = (
        amount / 1000 if amount % 1000 else amount // 1000 for amount in track.problem.demand[entry.item].tolist()
    )
    yield Finding(
        rule="H4",
        code="no-room" if entry.proved else "no-room-found",
        records=(f"system:{system}", *(f"pool:{track.pools[pool]}" for pool in entry.pools)),
        data={"system": system, "vcpu": vcpu, "memory_gib": memory, "storage_gib": storage, "pools": len(entry.pools)},
    )


def _limits(track: SystemTrack, entry: Unplaced) -> Iterator[Finding]:
    known = [track.bounds[number].source for number in entry.limits if number < len(track.bounds)]
    yield from known
    if len(known) < len(entry.limits) or not entry.limits:
        most = track.inventory.estate.settings.wave_size.max
        yield Finding(rule="H6", code="wave-size", data={"most": most})


def _calendar(track: SystemTrack, entry: Unplaced) -> Iterator[Finding]:
    """H8, or H10 where only a hard target leaves no slot."""
    if "H1" in entry.rules:
        return
    system = track.systems[entry.item]
    targets = track.deadlines.latest.get(system, ())
    if targets and track.calendar.permitted(system) and not track.problem.permitted[entry.item]:
        records = tuple(f"target:{target.id}" for target in targets)
        date = min(target.date for target in targets).isoformat()
        yield Finding(rule="H10", code="too-late", records=(f"system:{system}", *records), data={"date": date})
        return
    windows, freezes = track.calendar.windows(system), track.calendar.freezes(system)
    records = (*(f"window:{window}" for window in windows), *(f"freeze:{freeze}" for freeze in freezes))
    yield Finding(
        rule="H8",
        code="no-window",
        records=(f"system:{system}", *records),
        data={"system": system, "windows": len(windows), "freezes": len(freezes)},
    )


def _pin(track: SystemTrack, entry: Unplaced) -> Iterator[Finding]:
    system = track.systems[entry.item]
    slot = track.problem.pinned_slot.get(entry.item)
    label = track.calendar.grid.label(slot) if slot is not None else "-"
    yield Finding(
        rule="H11", code="pin-impossible", records=(f"system:{system}",), data={"system": system, "slot": label}
    )


_BY_RULE: dict[str, Callable[[SystemTrack, Unplaced], Iterator[Finding]]] = {
    "H1": _order,
    "H2": _group,
    "H3": _places,
    "H4": _room,
    "H6": _limits,
    "H8": _calendar,
    "H11": _pin,
}
