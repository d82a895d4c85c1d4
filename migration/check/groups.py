"""H2: what hangs together moves in one slot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from inventory.kinds.systems import DependencyOrder
from migration.check.case import Case, Verdict, breach_of
from migration.check.reachability import mutually_reachable

__all__ = ["groups"]


def groups(case: Case) -> Iterator[Verdict]:
    """Breaches of H2, one a move group of systems that are to move.

    A move group is what mutually depends by hard, ordered dependencies (``together`` binds both ways), joined with the
    declared groups.
    """
    arcs: list[tuple[str, str]] = []
    for dependency, client, provider in case.ordered:
        arcs.append((client, provider))
        if dependency.order is DependencyOrder.TOGETHER:
            arcs.append((provider, client))
    declared: dict[str, list[str]] = {}
    for key, group in case.inventory.move_groups.items():
        members = [system for system in dict.fromkeys(group.systems) if system in case.moving]
        arcs += pairwise((*members, *members[:1]))
        for member in members:
            declared.setdefault(member, []).append(f"move_group:{key}")
    for members in mutually_reachable(arcs):
        named = dict.fromkeys(record for member in members for record in declared.get(member, ()))
        yield from _split(case, members, tuple(named))


def _split(case: Case, members: Sequence[str], records: Sequence[str]) -> Iterator[Verdict]:
    planned = [case.cutovers[member] for member in members if member in case.cutovers]
    left_out = [member for member in members if member not in case.cutovers]
    slots = sorted({cutover.slot for cutover in planned})
    if not planned or (len(slots) == 1 and not left_out):
        return
    movable = {cutover.slot for cutover in planned if cutover.movable}
    bygone = {cutover.slot for cutover in planned if not cutover.movable and cutover.slot < case.present}
    yield breach_of(
        "H2",
        "group-split",
        planned,
        [*records, *(f"system:{member}" for member in members)],
        # With members moved in the past, what is left must still stay in one slot, but cannot join them.
        fact=not movable or (bool(bygone) and len(set(slots) - bygone) <= 1 and not left_out),
        count=len(members),
        slots=", ".join(case.label(slot) for slot in slots),
        unplanned=len(left_out),
    )
