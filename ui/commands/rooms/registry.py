"""The group ``qianyun rooms``, how its commands open an estate, and the words they share."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.inventory import Inventory
from migration.plan_file import read_plan
from ui.commanding import Common, Group
from ui.commands.plan.files import guard_outputs
from ui.opening import open_estate
from ui.output import say
from ui.texts import has_text, text

if TYPE_CHECKING:
    from migration.consolidation.model import Reason
    from migration.plan import Plan, Value

__all__ = [
    "LISTED",
    "Opened",
    "group",
    "guard_folder",
    "named",
    "open_rooms",
    "reason_answer",
    "reason_text",
    "words_of",
]

group = Group("rooms")
LISTED = 20
"""Rows of a table without --all; the JSON answer has everything."""


@dataclass(frozen=True)
class Opened:
    """An estate, the records left out of it, the plan where one was named, and the day that counts."""

    inventory: Inventory
    quarantined: frozenset[tuple[str, str]]
    plan: Plan | None
    now: dt.date


def open_rooms(estate: Path, common: Common, plan_file: Path | None) -> Opened:
    """Open an estate and a plan; the day is --now, else the plan's, else the estate's. Errors as ``load_estate`` and
    ``read_plan``."""
    plan = None if plan_file is None else read_plan(plan_file)
    loaded = open_estate(estate, common)
    if plan is not None and plan.estate != loaded.inventory.estate.name:
        say("plan.estate-differs", plan=plan.estate, estate=loaded.inventory.estate.name)
    now = common.now or (plan.now if plan is not None else loaded.inventory.estate.as_of)
    return Opened(loaded.inventory, loaded.quarantined, plan, now)


def guard_folder(folder: Path, names: list[str], estate: Path) -> None:
    """Refuse a folder that is a file or whose files would be read as records of the estate. InputError."""
    guard_outputs({f"--output {name}": folder / name for name in names}, estate=estate)


def reason_text(reason: Reason) -> str:
    """A reason in the present language."""
    return text(f"rooms.reason.{reason.code}", **words_of(reason))


def words_of(reason: Reason) -> dict[str, Value]:
    """The figures of a reason, outcomes and dispositions in words."""
    return {name: _word(name, value) for name, value in reason.data.items()}


def _word(name: str, value: Value) -> Value:
    key = {"disposition": "plan.disposition.", "outcome": "lines.outcome."}.get(name)
    if key is not None and has_text(f"{key}{value}"):
        return text(f"{key}{value}")
    return "-" if value in ("", None) else value


def reason_answer(reason: Reason) -> dict[str, Any]:
    """A reason as JSON answers give it: code, data, message."""
    return {"code": reason.code, "data": reason.data, "message": reason_text(reason)}


def named(inventory: Inventory, kind: str, id: str) -> str:
    """Id and name of a record."""
    record: Any = inventory.of(kind).get(id)
    return " ".join(word for word in (id, record.name if record is not None else "") if word)
