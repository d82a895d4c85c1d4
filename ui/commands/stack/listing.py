"""``stack list``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migration.calendar import CHINA_TIME
from ui.commanding import Common, command, common
from ui.commands.stack.asked import Asked, Selection, ask_designs, kept_stacks
from ui.commands.stack.registry import group, of_planned
from ui.output import emit, table
from ui.texts import text

if TYPE_CHECKING:
    from stacks.engine import LockInfo, StackInfo

__all__ = ["list_stacks", "lock_answer", "lock_words"]


@command(group, "list", example="qianyun stack list examples/clouds plan.json --cloud yun-1401")
@of_planned
@common()
def list_stacks(common: Common, /, *, estate: Path, plan: Path, **options: Any) -> None:
    """Stacks that the plan asks for and those that there are."""
    from stacks.requests.records import read_deliveries

    selection = Selection(**options)
    asked = ask_designs(common, estate, plan, selection)
    kept = kept_stacks(asked.opened, needed=bool(asked.names))
    narrowed = selection.clouds or selection.waves or selection.systems or selection.stacks
    strays = [] if narrowed else [name for name in kept if name not in asked.designs.names]
    delivered = read_deliveries(estate)
    rows = [_row(asked, name, kept.get(name), name in delivered) for name in (*asked.names, *asked.forms, *strays)]
    if common.json:
        emit({"estate": str(estate), "plan": str(plan), "stacks": rows})
        return
    columns = [text(f"stack.column.{name}") for name in ("stack", "cloud", "way", "state", "resources", "lock")]
    shown = [
        (
            row["stack"],
            row["cloud"],
            text(f"stack.way.{row['way']}") if row["way"] else "",
            text(f"stack.kept.{row['state']}"),
            row["resources"],
            "" if row["lock"] is None else f"{row['lock']['who']} {row['lock']['since']}",
        )
        for row in rows
    ]
    table(columns, shown, right=[4])


def _row(asked: Asked, name: str, info: StackInfo | None, delivered: bool) -> dict[str, Any]:
    design = asked.designs.get(name) if name in asked.designs.names else None
    state = "absent" if info is None or not info.resources else "there"
    if info is not None and info.damaged:
        state = "damaged"
    if name in asked.forms:
        state = "delivered" if delivered else "form"
    return {
        "stack": name,
        "cloud": "" if design is None else design.place.cloud,
        "pool": "" if design is None else design.place.pool,
        "way": "" if design is None else design.place.way.value,
        "planned": design is not None,
        "state": state,
        "resources": 0 if info is None else info.resources,
        "updated": None if info is None or info.updated is None else info.updated.isoformat(),
        "lock": None if info is None else lock_answer(info.lock),
    }


def lock_answer(lock: LockInfo | None) -> dict[str, Any] | None:
    """Who holds a stack since when."""
    if lock is None:
        return None
    return {"who": lock.who, "pid": lock.pid, "since": _since(lock.since), "alive": lock.alive}


def lock_words(lock: LockInfo) -> dict[str, Any]:
    """The same for a text."""
    alive = {True: "alive", False: "gone", None: "elsewhere"}[lock.alive]
    return {"who": lock.who, "pid": lock.pid, "since": _since(lock.since), "alive": text(f"stack.holder.{alive}")}


def _since(at: dt.datetime) -> str:
    return at.astimezone(CHINA_TIME).isoformat(sep=" ", timespec="seconds")
