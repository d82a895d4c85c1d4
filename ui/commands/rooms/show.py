"""``qianyun rooms show``: what still stands in rooms, and what keeps them from closing."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.inventory import Inventory
from ui.commanding import Common, argument, command, common, option
from ui.commands.rooms.registry import LISTED, group, named, open_rooms, reason_answer, reason_text
from ui.output import emit, say, table
from ui.texts import kind_word, text

if TYPE_CHECKING:
    from migration.rooms.model import Lease, Standing, Stands

__all__ = ["show"]

NUMBERS = ("systems", "lines", "assets", "blockers", "missing")


@command(
    group,
    "show",
    example="qianyun rooms show examples/kaifeng --plan plan.json\nqianyun rooms show examples/kaifeng 410200-mzj-jf-1",
)
@argument("estate", type=Path)
@argument("rooms", nargs=-1, metavar="[ROOM]...")
@option("--plan", "plan_file", type=Path, metavar="FILE", key="rooms.option.plan")
@option("--all", "everything", is_flag=True, key="rooms.option.all")
@common()
def show(common: Common, estate: Path, rooms: tuple[str, ...], plan_file: Path | None, everything: bool) -> None:
    """All rooms in a table, or the rooms named with all that stands in them."""
    from migration.rooms.standing import standing

    opened = open_rooms(estate, common, plan_file)
    wanted = [opened.inventory.get("room", room.removeprefix("room:")).id for room in rooms]
    found = {room.room: room for room in standing(
        opened.inventory, opened.plan, opened.now, quarantined=opened.quarantined
    )}  # fmt: skip
    chosen = [found[room] for room in wanted] if wanted else list(found.values())
    if common.json:
        emit({"planned": opened.plan is not None, "rooms": [_answer(room) for room in chosen]})
        return
    if wanted:
        for room in chosen:
            _detail(opened.inventory, room)
    else:
        _overview(opened.inventory, chosen, everything=everything)
    if opened.plan is None:
        say("rooms.without-plan")


# ---- JSON ----


def _answer(room: Standing) -> dict[str, Any]:
    """A room as JSON answers give it (docs/formats.md)."""
    return {
        **room.model_dump(mode="json", exclude={"difference", "stands", "missing", "lease"}),
        "difference": reason_answer(room.difference) if room.difference is not None else None,
        "stands": [_stands_answer(thing) for thing in room.stands],
        "blockers": [_stands_answer(thing) for thing in room.blockers],
        "missing": [{"record": entry.record, **reason_answer(entry.reason)} for entry in room.missing],
        "lease": _lease_answer(room.lease),
    }


def _stands_answer(thing: Stands) -> dict[str, Any]:
    return {
        **thing.model_dump(mode="json", exclude={"reason"}),
        "reason": reason_answer(thing.reason) if thing.reason is not None else None,
    }


def _lease_answer(lease: Lease | None) -> dict[str, Any] | None:
    return None if lease is None else {**lease.model_dump(mode="json"), "message": _lease_text(lease)}


def _lease_text(lease: Lease) -> str:
    data = {
        "ends": lease.ends,
        "free": lease.free or "-",
        "days": lease.extension_days or 0,
        "yuan": _yuan(lease.extension_yuan or 0),
        "idle": lease.idle_days,
        "idle_yuan": _yuan(lease.idle_yuan),
        "per_day": _yuan(lease.yuan_per_day),
    }
    told = text(f"rooms.lease.{lease.code.value}", **data)
    return told if lease.yuan_per_day else text("rooms.no-fee", lease=told)


def _yuan(amount: float) -> str:
    return f"{amount:,.0f}"


# ---- tables ----


def _overview(inventory: Inventory, rooms: list[Standing], *, everything: bool) -> None:
    order = sorted(rooms, key=lambda room: (not room.blockers, room.room))
    listed = order if everything else order[:LISTED]
    columns = ("room", "owner", "intention", "state", *NUMBERS, "lease")
    rows = []
    for room in listed:
        counts = Counter(thing.kind for thing in room.stands)
        rows.append(
            (
                named(inventory, "room", room.room),
                named(inventory, "department", room.department) if room.department else "",
                text(f"rooms.intention.{room.intention.value}"),
                _state(room),
                counts["system"],
                counts["line"],
                counts["asset"],
                len(room.blockers),
                len(room.missing),
                _lease_text(room.lease) if room.lease is not None else "",
            )
        )
    table([text(f"rooms.column.{name}") for name in columns], rows, right=range(4, 9))
    if len(order) > len(listed):
        say("graph.more", count=len(order) - len(listed))
    states = Counter(room.state.value for room in rooms)
    told = text("rooms.list-separator").join(
        f"{text(f'report.room-state.{state}')} {count}" for state, count in sorted(states.items())
    )
    sys.stdout.write(text("rooms.sum", count=len(rooms), states=told) + "\n")


def _state(room: Standing) -> str:
    word = text(f"report.room-state.{room.state.value}")
    if room.difference is None:
        return word
    return text("rooms.state-recorded", state=word, recorded=text(f"report.room-state.{room.recorded.value}"))


def _detail(inventory: Inventory, room: Standing) -> None:
    title = f"{named(inventory, 'room', room.room)}: {text(f'rooms.intention.{room.intention.value}')}, {_state(room)}"
    rows = [
        (
            kind_word(thing.kind),
            thing.id,
            thing.name,
            text("rooms.list-separator").join(thing.parts),
            thing.gone or "",
            thing.after,
            reason_text(thing.reason) if thing.reason is not None else "",
        )
        for thing in room.stands
    ]
    columns = ("kind", "id", "name", "parts", "gone", "after", "why")
    table([text(f"rooms.column.{name}") for name in columns], rows, title=title)
    sys.stdout.writelines(f"{line}\n" for line in _below(room))


def _below(room: Standing) -> Iterator[str]:
    if not room.stands:
        yield text("rooms.nothing-left")
    if room.difference is not None:
        yield reason_text(room.difference)
    for entry in room.missing:
        yield text("rooms.missing", record=entry.record, why=reason_text(entry.reason))
    if room.lease is not None:
        yield _lease_text(room.lease)
        if room.lease.late:
            yield text("rooms.late", records=text("rooms.list-separator").join(room.lease.late))
