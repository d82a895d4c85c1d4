"""Candidates for retirement: zombies, which nobody uses, and shadows, which nobody registered or which double another.

Every candidate has its evidence and what speaks against it. A record that says nothing is no evidence: a system of
which nobody has read the use is no zombie, and one whose registration nobody has looked up is no shadow, though it adds
to other evidence. ``settings.unused_days`` says for how long nobody must have used it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property

from inventory.base import Struct, field
from inventory.inventory import Inventory, end_of
from inventory.kinds.systems import Criticality, Dependency, DependencySource, Lifecycle, Strength, System, SystemKind
from migration.calendar import CHINA_TIME
from migration.consolidation.model import Reason
from migration.disposition import DECISION, dispositions
from migration.plan import Disposed, Disposition, item_id

__all__ = ["Candidate", "CandidateKind", "Candidates", "Weight", "retirement_candidates"]

PLATFORMS = (SystemKind.SHARED_PLATFORM, SystemKind.BASE_DATABASE)
GOING = (Disposition.RETIRE, Disposition.REPURCHASE)


class CandidateKind(StrEnum):
    """What a candidate is."""

    ZOMBIE = "zombie"
    SHADOW = "shadow"


class Weight(StrEnum):
    """How strong the evidence is after what speaks against it."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"


class Candidate(Struct):
    """A system that might retire.

    evidence codes: last-used, no-log-ins, no-requests, no-flow, unregistered, register-unknown, duplicate. against
    codes: used-recently, log-ins, requests, recent-flow, needed-hard, needed, needed-outside, shared-platform,
    critical, users, original-goes, mutual, kept.
    """

    system: str = field("System", example="140000-mzt-0003")
    name: str = field("Name", "")
    department: str = field("Owner", example="140000-mzt")
    kinds: tuple[CandidateKind, ...] = field("zombie, shadow or both", example=["zombie"])
    weight: Weight = field("How strong the evidence is", example="strong")
    evidence: tuple[Reason, ...] = field("What speaks for it", ())
    against: tuple[Reason, ...] = field("What speaks against it", ())
    disposition: Disposition = field("What becomes of it as things are", example="retire")
    rule: str = field("Rule or decision that says so", "", example="default:zombie")
    switched_off: dt.date | None = field("Day on which a run has switched it off", None)
    removable: dt.date | None = field("First day after its observation", None)


class Candidates(Struct):
    """Candidates, the strongest first; and how many systems in service say nothing of their use."""

    candidates: tuple[Candidate, ...] = field("Candidates", ())
    unknown_use: tuple[str, ...] = field("Systems in service without any reading of their use", ())
    looked_at: int = field("Systems in service that were looked at", 0)


AGAINST_ALL = frozenset(
    {"used-recently", "log-ins", "requests", "recent-flow", "needed-hard", "needed-outside", "kept"}
)
"""What alone makes evidence weak; anything else takes one step from it."""
NOT_ENOUGH = frozenset({"register-unknown"})
"""Evidence that makes no candidate by itself."""
CONTRADICTED = frozenset({"used-recently", "log-ins", "requests"})


def retirement_candidates(inventory: Inventory, now: dt.date) -> Candidates:
    """Look at every system in service. PolicyError for a disposition that does not exist."""
    looking = _Looking(inventory, now)
    found, unknown, count = [], [], 0
    for id, disposed in looking.decided.items():
        system = inventory.systems[id]
        if system.lifecycle is not Lifecycle.IN_SERVICE:
            continue
        count += 1
        if not looking.use_known(system):
            unknown.append(id)
        candidate = looking.candidate(system, disposed)
        if candidate is not None:
            found.append(candidate)
    order = list(Weight)
    found.sort(key=lambda entry: (order.index(entry.weight), entry.kinds[0], entry.system))
    return Candidates(candidates=tuple(found), unknown_use=tuple(unknown), looked_at=count)


class _Looking:
    """Use and dependencies of the systems of an inventory."""

    def __init__(self, inventory: Inventory, now: dt.date) -> None:
        self.inventory, self.now = inventory, now
        self.decided: Mapping[str, Disposed] = dispositions(inventory)
        self.since = now - dt.timedelta(days=inventory.estate.settings.unused_days)

    @cached_property
    def _touching(self) -> Mapping[str, list[Dependency]]:
        """System -> dependencies from it and to it."""
        found: dict[str, list[Dependency]] = {}
        for dependency in self.inventory.dependencies.values():
            if not dependency.rejected:
                for system in {end_of(dependency.client).system, end_of(dependency.provider).system} - {""}:
                    found.setdefault(system, []).append(dependency)
        return found

    def use_known(self, system: System) -> bool:
        """Whether anybody has read its use."""
        usage = system.usage
        read = usage is not None and (usage.log_ins_90d is not None or usage.requests_90d is not None)
        return system.last_used is not None or read or self._last_flow(system.id) is not None

    def candidate(self, system: System, disposed: Disposed) -> Candidate | None:
        """The system as a candidate; None where nothing but silence speaks for it."""
        unused, unnamed = [*self._unused(system)], [*self._unnamed(system)]
        against = [*self._against(system, disposed)]
        codes = {reason.code for reason in against}
        zombie = bool(unused) and not (codes & CONTRADICTED and len(unused) == 1 and unused[0].code == "no-flow")
        shadow = any(reason.code not in NOT_ENOUGH for reason in unnamed)
        if not zombie and not shadow:
            return None
        off = self.inventory.done.get(item_id(system.id, "switch_off"))
        day = None if off is None else dt.datetime.fromisoformat(off).astimezone(CHINA_TIME).date()
        wait = dt.timedelta(days=self.inventory.estate.settings.switched_off_days + 1)
        return Candidate(
            system=system.id,
            name=system.name,
            department=system.department,
            kinds=tuple(kind for kind, holds in zip(CandidateKind, (zombie, shadow), strict=True) if holds),
            weight=_weight(len(unused) + len(unnamed), codes),
            evidence=(*unused, *unnamed),
            against=tuple(against),
            disposition=disposed.disposition,
            rule=disposed.rule,
            switched_off=day,
            removable=None if day is None else day + wait,
        )

    def _unused(self, system: System) -> Iterator[Reason]:
        """Readings of no use."""
        last = system.last_used
        if last is not None and last < self.since:
            yield Reason(code="last-used", data={"date": last.isoformat(), "days": (self.now - last).days})
        usage = system.usage
        if usage is not None:
            if usage.log_ins_90d == 0:
                yield Reason(code="no-log-ins", data={"source": usage.source})
            if usage.requests_90d == 0:
                yield Reason(code="no-requests", data={"source": usage.source})
        flow = self._last_flow(system.id)
        if flow is not None and flow < self.since:
            yield Reason(code="no-flow", data={"date": flow.isoformat()})

    def _unnamed(self, system: System) -> Iterator[Reason]:
        """What makes a shadow of it."""
        if system.registered is False:
            yield Reason(code="unregistered")
        elif system.registered is None and (system.duplicate_of is not None or [*self._unused(system)]):
            yield Reason(code="register-unknown")
        if system.duplicate_of is not None:
            yield Reason(code="duplicate", data={"other": system.duplicate_of})

    def _last_flow(self, system: str) -> dt.date | None:
        """Last day on which a connection to or from it was seen; None where none was ever looked for."""
        days = [found.last_seen for found in self._touching.get(system, ()) if found.last_seen is not None]
        return max(days, default=None)

    def _against(self, system: System, disposed: Disposed) -> Iterator[Reason]:
        """What speaks for keeping it."""
        if system.last_used is not None and system.last_used >= self.since:
            yield Reason(code="used-recently", data={"date": system.last_used.isoformat()})
        usage = system.usage
        if usage is not None:
            if usage.log_ins_90d:
                yield Reason(code="log-ins", data={"count": usage.log_ins_90d})
            if usage.requests_90d:
                yield Reason(code="requests", data={"count": usage.requests_90d})
        flow = self._last_flow(system.id)
        if flow is not None and flow >= self.since:
            yield Reason(code="recent-flow", data={"date": flow.isoformat()})
        yield from self._needed(system.id)
        if system.kind in PLATFORMS:
            yield Reason(code="shared-platform")
        if system.criticality in (Criticality.HIGH, Criticality.CRITICAL):
            yield Reason(code="critical", data={"criticality": system.criticality.value})
        if system.users:
            yield Reason(code="users", data={"users": system.users})
        yield from self._original(system)
        if disposed.rule == DECISION and disposed.disposition not in GOING:
            yield Reason(code="kept", data={"disposition": disposed.disposition.value, "role": disposed.role})

    def _needed(self, id: str) -> Iterator[Reason]:
        """Systems that go on, and objects outside the estate, that need it."""
        hard, soft, outside = set[str](), set[str](), set[str]()
        for dependency in self._touching.get(id, ()):
            client = end_of(dependency.client)
            if end_of(dependency.provider).system != id or client.system == id:
                continue
            if client.external:
                outside.add(client.external)
            elif self._lives(client.system):
                firm = dependency.strength is Strength.HARD and dependency.source is not DependencySource.OBSERVED
                (hard if firm else soft).add(client.system)
        for code, found in (("needed-hard", hard), ("needed", soft - hard), ("needed-outside", outside)):
            if found:
                yield Reason(code=code, data={"count": len(found), "first": min(found)})

    def _lives(self, id: str) -> bool:
        system, disposed = self.inventory.systems.get(id), self.decided.get(id)
        if system is None or disposed is None:
            return system is not None  # a classified one: nobody knows, so it counts
        return system.lifecycle is not Lifecycle.CLOSED and disposed.disposition is not Disposition.RETIRE

    def _original(self, system: System) -> Iterator[Reason]:
        """Whether the system that it doubles goes on without it."""
        other = self.inventory.systems.get(system.duplicate_of or "")
        if system.duplicate_of is None:
            return
        if other is not None and other.duplicate_of == system.id:
            yield Reason(code="mutual", data={"other": system.duplicate_of})
        elif other is None or not self._lives(other.id):
            yield Reason(code="original-goes", data={"other": system.duplicate_of})


def _weight(pieces: int, against: set[str]) -> Weight:
    """Two pieces of evidence are strong, one is medium; what speaks against it takes a step, or all."""
    if against & AGAINST_ALL:
        return Weight.WEAK
    steps = (0 if pieces > 1 else 1) + bool(against)
    return list(Weight)[min(steps, 2)]
