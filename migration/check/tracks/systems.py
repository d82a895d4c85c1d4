"""The system track: the chain around each cutover, what retired and replaced systems go through, and what both wait
for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from inventory.estate import DockingGate
from inventory.inventory import end_of
from inventory.kinds.systems import Dependency, EvidenceKind, Lifecycle, NeedsIpv6By, ReachesBy, System
from migration.check.tracks.gate import Gate, Step, after, any_verified
from migration.check.tracks.lines import REPLACED, outcome_of
from migration.plan import Disposed, Disposition, Track

if TYPE_CHECKING:
    from migration.check.case import Case

__all__ = ["EVIDENCE", "TRACK", "gates", "proven", "reached_by_address", "steps"]

TRACK = Track.SYSTEM
EVIDENCE = tuple(kind.value for kind in EvidenceKind)


def steps(case: Case) -> Iterator[tuple[str, Sequence[str]]]:
    """Steps by disposition; none for systems that are closed."""
    bridged = reached_by_address(case)
    for key, disposed in case.decided.items():
        system = case.inventory.systems[key]
        if disposed.disposition.moves:
            left = _moves(case, system, disposed, bridged=key in bridged)
        elif system.lifecycle is Lifecycle.CLOSED:
            continue
        elif disposed.disposition is Disposition.RETIRE:
            left = ["switch_off", "observe", "remove"]
        elif disposed.disposition is Disposition.REPURCHASE:
            left = ["prepare", "switch_off", "observe", "remove"]
        else:
            left = []
        if disposed.disposition not in (Disposition.RETIRE, Disposition.REPURCHASE) and _switched_off(case, key):
            left = ["reactivate", *left]
        if left:
            yield f"system:{key}", left


def _switched_off(case: Case, system: str) -> bool:
    """Whether runs have switched a system off and not removed it."""
    name, closed = f"system:{system}", case.inventory.systems[system].lifecycle is Lifecycle.CLOSED
    return not closed and case.done(name, "switch_off") is not None and case.done(name, "remove") is None


def _moves(case: Case, system: System, disposed: Disposed, *, bridged: bool) -> list[str]:
    found = []
    if case.done_on(system) is None:
        found = [*_missing_evidence(case, system), "prepare"]
        if not disposed.direct and any(part.data_gib > 0 for part in system.components):
            found.append("replicate")
        found += ["bridge", "cutover"] if bridged else ["cutover"]
    found.append("verify")
    if not disposed.direct:
        found.append("decommission")
    if isinstance(system.needs_ipv6, NeedsIpv6By):
        found.append("ipv6_record")
    return found


def _missing_evidence(case: Case, system: System) -> list[str]:
    """Kinds of evidence that the grade requires and that are not on record and valid at *now*."""
    required = {
        kind
        for rule in case.inventory.estate.settings.evidence
        if system.grade is not None and rule.from_grade <= system.grade
        for kind in rule.kinds
    }
    return [kind.value for kind in EvidenceKind if kind in required - proven(case, system)]


def proven(case: Case, system: System) -> set[EvidenceKind]:
    """Kinds of evidence that are on record and valid at *now*."""
    now = case.plan.now
    return {
        proof.kind
        for proof in system.evidence
        if not (proof.date is not None and proof.date > now)
        and not (proof.valid_until is not None and proof.valid_until < now)
    }


def reached_by_address(case: Case) -> Mapping[str, list[Dependency]]:
    """System that moves -> dependencies whose clients have its address written in: objects outside the estate and
    systems that are not retired."""
    found: dict[str, list[Dependency]] = {}
    for dependency in case.inventory.dependencies.values():
        if dependency.reaches_by is not ReachesBy.ADDRESS or dependency.rejected:
            continue
        provider, client = end_of(dependency.provider).system, end_of(dependency.client)
        if provider not in case.moving or client.system == provider:
            continue
        user = case.decided.get(client.system)
        if client.external or (user is not None and user.disposition is not Disposition.RETIRE):
            found.setdefault(provider, []).append(dependency)
    return found


def gates(case: Case) -> Iterator[Gate]:
    """Preparation, evidence and the gates of other tracks before a cutover, or before its copy where there is one."""
    paths: dict[str, list[Step]] = {}
    for key, line in case.inventory.lines.items():
        if outcome_of(case, f"line:{key}", line) in REPLACED:
            for system in line.systems:
                paths.setdefault(system, []).append((f"line:{key}", "path_ready"))
    for name, left in case.wanted.items():
        if not name.startswith("system:"):
            continue
        if "cutover" in left:
            yield from _into(case, name, left, paths.get(name.removeprefix("system:"), []))
        elif "switch_off" in left:
            yield from after(case, (name, "switch_off"), (name, "prepare"))
        if "ipv6_record" in left:
            record = (name, "ipv6_record")
            yield from after(case, record, (name, "cutover"))
            yield from _dual_stack(case, record)


def _into(case: Case, name: str, left: Sequence[str], paths: Sequence[Step]) -> Iterator[Gate]:
    """Gates of one cutover and of its copy."""
    system = case.inventory.systems[name.removeprefix("system:")]
    first = (name, "replicate" if "replicate" in left else "cutover")
    yield from after(case, first, (name, "prepare"), (name, "reactivate"), *paths)
    yield from after(case, (name, "cutover"), *((name, kind) for kind in EVIDENCE if kind in left))
    for moved in {first, (name, "cutover")}:
        if system.needs_ipv6 == "at_cutover":
            yield from _dual_stack(case, moved)
    cutover = case.cutovers.get(system.id)
    if cutover is not None and cutover.pool is not None:
        pool, cloud = cutover.pool, case.inventory.clouds[cutover.pool.cloud]
        day = case.plan.grid.first_day_of(cutover.slot).isoformat()
        before = [(f"pool:{pool.id}", step) for step in ("built", "connected", f"requested-{day}")]
        if case.inventory.estate.settings.docking.get(cloud.tier, DockingGate.SOFT) is DockingGate.HARD:
            before.append((f"cloud:{cloud.id}", "docked"))
        yield from after(case, first, *before)


def _dual_stack(case: Case, step: Step) -> Iterator[Gate]:
    """One device of the department and one of the pool that the system lands in."""
    system = case.inventory.systems[step[0].removeprefix("system:")]
    department = case.inventory.departments[system.department]
    yield from any_verified(case, step, [place.device for place in department.attached_to])
    cutover = case.cutovers.get(system.id)
    if cutover is not None and cutover.pool is not None:
        yield from any_verified(case, step, [place.device for place in cutover.pool.attachments])
