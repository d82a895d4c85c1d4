"""System track: the steps around a cutover, at fixed days from the first day of its slot.

The copy ends on the day before the slot, preparation on the day before the copy, hypercare starts on the day after the
slot: whatever window of the slot the cutover takes, every lag of H12 holds, and the copy is as fresh and the pool held
as shortly as whole slots allow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from inventory.effort import Effort, EffortTable
from inventory.inventory import Inventory
from inventory.kinds.systems import System
from migration.calendar import CHINA_TIME
from migration.plan import Disposed, Grid

__all__ = ["Chain", "ChainStep", "chain_of", "missing_evidence"]


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One step: ``first`` and ``last`` day, counted from the first day of the cutover's slot."""

    step: str
    first: int
    last: int
    effort: Effort


@dataclass(frozen=True, slots=True)
class Chain:
    """What a system's cutover brings with it.

    copy_days: days of the copy that is still to be made, 0 for none. copied: day on which a run has ended it. steps:
    all but the cutover.
    """

    cutover: Effort
    copy_days: int
    copied: dt.date | None
    steps: tuple[ChainStep, ...]

    def slots_ahead(self, grid: Grid) -> int:
        """Slots before the cutover's from which on the pool is taken (H4): all of them when the copy is done."""
        return grid.count if self.copied is not None else -(-self.copy_days // grid.length_days)

    @property
    def ahead(self) -> int:
        """Days before the slot on which the first step starts."""
        return -min((step.first for step in self.steps), default=0)

    @property
    def minutes(self) -> int:
        """Interruption and time to go back: what the window must hold (H8)."""
        return self.cutover.outage + self.cutover.rollback


def missing_evidence(inventory: Inventory, system: System, now: dt.date) -> tuple[str, ...]:
    """H9: kinds of evidence that the system's grade requires and that are not on record at *now*."""
    required = {
        kind: None
        for rule in inventory.estate.settings.evidence
        if (system.grade or 0) >= rule.from_grade
        for kind in rule.kinds
    }
    held = {
        proof.kind
        for proof in system.evidence
        if (proof.date is None or proof.date <= now) and (proof.valid_until is None or proof.valid_until >= now)
    }
    return tuple(kind.value for kind in required if kind not in held)


def chain_of(
    inventory: Inventory,
    table: EffortTable,
    disposed: Disposed,
    now: dt.date,
    *,
    copy_days: int,
    bridged: bool,
    done: Mapping[str, str],
) -> Chain:
    """The chain of one system that moves. copy_days: how long its first copy lasts, 0 for none. done: items that runs
    have finished."""
    system = inventory.systems[disposed.system]
    length = inventory.estate.grid.length_days

    def effort(step: str) -> Effort:
        return table.of("system", step, "system", system.id)

    steps: list[ChainStep] = []
    copied = None
    if copy_days and (finished := done.get(f"system/{system.id}/replicate")):
        copied, copy_days = dt.datetime.fromisoformat(finished).astimezone(CHINA_TIME).date(), 0

    def ending(step: str, last: int, days: int | None = None) -> None:
        if f"system/{system.id}/{step}" not in done:
            found = effort(step)
            steps.append(ChainStep(step, last + 1 - (days or found.days), last, found))

    for kind in missing_evidence(inventory, system, now):
        ending(kind, -1)
    ending("prepare", -1 - copy_days)
    if copy_days:
        ending("replicate", -1, copy_days)
    if bridged:
        ending("bridge", -1)
    hypercare = effort("verify")
    steps.append(ChainStep("verify", length, length + hypercare.days - 1, hypercare))
    if not disposed.direct:
        ending("decommission", length + hypercare.days + effort("decommission").days - 1)
    return Chain(effort("cutover"), copy_days, copied, tuple(steps))
