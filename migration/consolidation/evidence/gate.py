"""The gate before a line ends: enough days in a row on which it was idle, and evidence that is not too old (H9)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from inventory.inventory import Inventory
from inventory.kinds.lines import Line
from migration.consolidation.evidence.model import Silence, day_of
from migration.consolidation.evidence.silence import silence_of
from migration.consolidation.evidence.store import EvidenceStore
from migration.plan import Value

__all__ = ["Lacking", "lacking", "lacking_of", "silence_of_line"]


@dataclass(frozen=True)
class Lacking:
    """Why a line may not end yet. ``code``: line-no-evidence, line-not-idle or line-evidence-old; ``data`` fills its
    text."""

    code: str
    data: dict[str, Value]


def silence_of_line(inventory: Inventory, estate: Path, line: str, *, before: dt.date | None = None) -> Silence:
    """What the evidence of an estate's folder says of one of its lines, by its settings. ``before``: see
    ``silence_of``."""
    settings, record = inventory.estate.settings, inventory.lines[line]
    return silence_of(
        record,
        EvidenceStore(estate).load(line),
        floor=floor_of(inventory, record),
        longest_seconds=settings.consolidation.evidence.longest_minutes * 60,
        needed=settings.idle_days,
        before=before,
    )


def floor_of(inventory: Inventory, line: Line) -> tuple[float, float]:
    """(mean, 5-minute peak) in kbit/s up to which a line counts as idle."""
    return inventory.estate.settings.consolidation.idle_floor.of(line.idle_floor_kbps)


def lacking(inventory: Inventory, estate: Path, line: str, today: dt.date) -> Lacking | None:
    """What lacks before a line may end; None: nothing does. Evidence of days from ``today`` on does not count."""
    return lacking_of(inventory, silence_of_line(inventory, estate, line, before=today), today)


def lacking_of(inventory: Inventory, found: Silence, today: dt.date) -> Lacking | None:
    """The same of what is known already; ``found`` is of the days before ``today``."""
    line = found.line
    data: dict[str, Value] = {"line": line, "days": found.days, "needed": found.needed, "missing": found.missing}
    if not found.needed:
        return None
    if found.reaches is None:
        return Lacking("line-no-evidence", data)
    data |= {"until": str(found.until or day_of(found.reaches))}
    if found.missing:
        why = "" if found.broken is None else found.broken.code
        place = "" if found.broken is None or not found.broken.file else f"{found.broken.file}:{found.broken.row}"
        return Lacking("line-not-idle", data | {"day": str(found.broken_day or "-"), "why": why, "place": place})
    assert found.until is not None  # enough days in a row have a last one
    most = inventory.estate.settings.consolidation.evidence.fresh_days
    old = (today - found.until).days - 1
    return Lacking("line-evidence-old", data | {"old": old, "most": most}) if old > most else None
