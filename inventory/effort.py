"""The effort table: what a step of an object takes, from the estate's own rows and the shipped ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from inventory.errors import EstateError
from inventory.estate import EffortRow
from inventory.inventory import Inventory
from inventory.kinds.people import Skill
from inventory.kinds.systems import Criticality, System, Transfer
from inventory.tables.effort import SHIPPED

__all__ = ["Effort", "EffortTable", "technologies_of"]

SCALED_STEPS = ("prepare", "replicate", "cutover", "verify", "decommission")
"""Steps whose effort adds up to a system's ``effort_days`` where it has one."""


WAITED_STEPS = frozenset({"idle", "observe", "notice", "requested"})
"""Steps whose length contracts, clouds and settings say."""


class Effort(NamedTuple):
    """What one step of one object takes.

    skills: person-days by skill. days: calendar days, at least 1. outage, rollback: minutes. rows: the rows it comes
    from.
    """

    skills: Mapping[Skill, float]
    days: int
    outage: int
    rollback: int
    rows: tuple[EffortRow, ...]


class EffortTable:
    """Rows by track and step; the most particular row that fits counts.

    Particular is a row that names a technology (the more letters that are no wildcard the more), then one that names a
    criticality, then the estate's own before a shipped one, then the first.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self._rows: dict[tuple[str, str], list[tuple[tuple[int, int, int, int], EffortRow]]] = {}
        self._profiles: dict[tuple[str, str], tuple[tuple[str, ...], Criticality | None, float | None]] = {}
        self._known: dict[tuple[str, str, tuple[str, ...], Criticality | None], Effort] = {}
        settings = inventory.estate.settings
        rows = [(1, row) for row in settings.effort] + [(0, row) for row in SHIPPED if settings.shipped_effort]
        for place, (own, row) in enumerate(rows):
            letters = len(row.technology.translate({ord("*"): None, ord("?"): None}))
            rank = (letters + 1 if row.technology else 0, row.criticality is not None, own, -place)
            self._rows.setdefault((row.track, row.step), []).append((rank, row))

    def row(self, track: str, step: str, technology: str = "", criticality: Criticality | None = None) -> EffortRow:
        """The row for one technology. EstateError ``effort-missing`` where none fits."""
        fitting = [
            (rank, row)
            for rank, row in self._rows.get((track, step), ())
            if (not row.technology or fnmatchcase(technology.lower(), row.technology.lower()))
            and row.criticality in (None, criticality)
        ]
        if not fitting:
            raise EstateError(
                "effort-missing",
                path=str(self.inventory.path / "estate.yaml"),
                track=track,
                step=step,
                technology=technology or "*",
                criticality=criticality.value if criticality else "*",
            )
        return max(fitting, key=lambda entry: entry[0])[1]

    def of(self, track: str, step: str, kind: str, id: str) -> Effort:
        """What a step of an object takes; of several technologies the most of each figure.

        A system's own ``effort_days`` replaces the sum over prepare to decommission, in the table's proportions. How
        long notice, lead time, idling and switched-off systems are waited for, contracts, clouds and settings say.
        """
        technologies, criticality, own = self._profile(kind, id)
        if step == "replicate" and self.inventory.systems[id].transfer is Transfer.SHIPPED:
            technologies = ("shipped",)
        found = self._of(track, step, technologies, criticality)
        if own is not None and step in SCALED_STEPS:
            every = (self._of(track, name, technologies, criticality) for name in SCALED_STEPS)
            total = sum(sum(effort.skills.values()) for effort in every)
            scale = own / total if total else 0.0
            return found._replace(skills={skill: days * scale for skill, days in found.skills.items()})
        return found._replace(days=max(1, self._waited(step, kind, id))) if step in WAITED_STEPS else found

    def _profile(self, kind: str, id: str) -> tuple[tuple[str, ...], Criticality | None, float | None]:
        """Technologies, criticality and own effort of an object."""
        key = (kind, id)
        found = self._profiles.get(key)
        if found is None:
            record: Any = self.inventory.of(kind)[id]
            system = record if isinstance(record, System) else None
            found = self._profiles[key] = (
                technologies_of(kind, record),
                system.criticality if system else None,
                system.effort_days if system else None,
            )
        return found

    def _waited(self, step: str, kind: str, id: str) -> int:
        """Days of the steps that others say the length of."""
        settings = self.inventory.estate.settings
        if step == "idle":
            return settings.idle_days
        if step == "observe":
            return settings.switched_off_days
        record: Any = self.inventory.of(kind)[id]
        days: int = record.notice_days if step == "notice" else self.inventory.clouds[record.cloud].lead_time_days
        return days

    def _of(self, track: str, step: str, technologies: tuple[str, ...], criticality: Criticality | None) -> Effort:
        key = (track, step, technologies, criticality)
        found = self._known.get(key)
        if found is None:
            rows = tuple(
                {id(row): row for row in (self.row(track, step, t, criticality) for t in technologies)}.values()
            )
            found = self._known[key] = Effort(
                skills=_most(row.skills for row in rows),
                days=max(1, *(row.days for row in rows)),
                outage=max(row.outage_minutes for row in rows),
                rollback=max(row.rollback_minutes for row in rows),
                rows=rows,
            )
        return found


def technologies_of(kind: str, record: Any) -> tuple[str, ...]:
    """What rows may name: of a system its components' technologies, NOW>AFTERWARDS where they change; the platform of
    a device; the architecture of a pool; the make of a cloud; else the kind. Copies by courier are ``shipped``."""
    if isinstance(record, System):
        names = {
            f"{part.technology}>{part.target_technology}"
            if part.target_technology not in ("", part.technology)
            else part.technology
            for part in record.components
        }
        return tuple(sorted(names)) or ("",)
    if kind == "device":
        return (record.platform,)
    if kind == "pool":
        return (record.technology.value,)
    if kind == "cloud":
        return (record.family.value,)
    return (kind,)


def _most(tables: Iterable[Mapping[Skill, float]]) -> dict[Skill, float]:
    found: dict[Skill, float] = {}
    for table in tables:
        for skill, days in table.items():
            found[skill] = max(days, found.get(skill, 0.0))
    return {skill: found[skill] for skill in Skill if found.get(skill)}
