"""Why items have no place: from the planner's numbers to rules and records of the estate. The one door for causes."""

from __future__ import annotations

from collections.abc import Iterator

from migration.explain.infeasible import Conflicts
from migration.plan import Finding, Unplanned, item_id
from migration.planner.solution import GroupCut, Solution, Unplaced
from migration.tracks.systems import SystemTrack

__all__ = ["unplanned_items"]

EXPLAINED = 400
"""Items whose causes are worked out as a set of which none is superfluous; the others name the planner's rules."""
LARGEST_GROUP = 120
"""Members up to which a move group is looked at as a whole."""


def unplanned_items(track: SystemTrack, solution: Solution) -> tuple[Unplanned, ...]:
    """Every item without a place with its causes, by id."""
    cuts = {item: (_too_large(track, cut),) for cut in solution.cuts for item in cut.members}
    conflicts = Conflicts(track, solution.slot, solution.pool, cuts)
    found, left = [], EXPLAINED
    # Providers before their clients, whose causes they may share.
    for entry in sorted(solution.unplaced, key=lambda one: (conflicts.unit(one.item), one.item)):
        causes: tuple[Finding, ...] = ()
        if track.pools and entry.item in cuts:
            causes = cuts[entry.item]
        elif track.pools and left and len(conflicts.group(entry.item)) <= LARGEST_GROUP:
            left -= 1
            causes = conflicts.of(entry.item)
        found.append(Unplanned(item=item_id(track.systems[entry.item]), causes=causes or tuple(_rules(track, entry))))
    return tuple(sorted(found, key=lambda entry: entry.item))


def _rules(track: SystemTrack, entry: Unplaced) -> Iterator[Finding]:
    """The rules that the planner met, where a place may exist that it did not find, or nobody looked closer."""
    if not track.pools:
        yield Finding(rule="H3", code="no-pools", records=(f"system:{track.systems[entry.item]}",))
        return
    others = tuple(item_id(track.systems[item]) for item in entry.because if item != entry.item)
    for rule in entry.rules:
        items = others if rule in ("H1", "H2") else ()
        yield Finding(rule=rule, code="not-placed", items=items, records=(f"system:{track.systems[entry.item]}",))


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
