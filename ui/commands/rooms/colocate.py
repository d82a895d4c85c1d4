"""``qianyun rooms colocate``: where equipment goes that is colocated, and when."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.files import write_together
from ui.commanding import Common, argument, command, common, option
from ui.commands.rooms.registry import (
    LISTED,
    Opened,
    group,
    guard_folder,
    named,
    open_rooms,
    reason_answer,
    reason_text,
)
from ui.output import emit, say, table
from ui.texts import text

if TYPE_CHECKING:
    from migration.plan import Finding
    from migration.rooms.colocation_model import Colocation, Move
    from ui.reports.rows import Table

__all__ = ["colocate"]

FAILED = 1
MOVES = ("day", "source", "asset", "serial", "owner", "height", "power", "room", "rack", "position", "systems")
LEVELS = ("room", "slot", "arrives", "leaves", "units", "power-kw", "cooling-kw")


@command(
    group,
    "colocate",
    example="qianyun rooms colocate examples/kaifeng --plan plan.json --room 410200-gaj-jf-1\n"
    "qianyun rooms colocate my-estate --plan plan.json --output moves --lang zh",
)
@argument("estate", type=Path)
@option("--plan", "plan_file", type=Path, metavar="FILE", key="rooms.option.plan")
@option("--room", "rooms", multiple=True, metavar="ROOM", key="rooms.option.move-room")
@option("-o", "--output", type=Path, metavar="FOLDER", key="rooms.option.moves")
@option("--all", "everything", is_flag=True, key="rooms.option.all")
@common()
@click.pass_context
def colocate(
    context: click.Context, common: Common, estate: Path, plan_file: Path | None, rooms: tuple[str, ...],
    output: Path | None, everything: bool,
) -> None:  # fmt: skip
    """Place equipment in colocation rooms; exit code 1 where some of it has no place."""
    from migration.calendar import grid_of
    from migration.rooms.colocation import colocate as place
    from migration.rooms.colocation_check import check_colocation

    opened = open_rooms(estate, common, plan_file)
    made = place(opened.inventory, opened.plan, opened.now, [room.removeprefix("room:") for room in rooms])
    findings = check_colocation(opened.inventory, made, grid_of(opened.inventory.estate))
    written = _write(opened, made, estate, output) if output is not None else []
    if common.json:
        emit(_answer(made, findings, written))
    else:
        _show(opened, made, everything=everything)
        for path in written:
            say("rooms.written", path=path)
    for finding in findings:
        say("rooms.violation", code=finding.code, records=text("rooms.list-separator").join(finding.records))
    if made.unplaced or findings:
        context.exit(FAILED)


def _answer(made: Colocation, findings: Iterable[Finding], written: list[str]) -> dict[str, Any]:
    """The placement as JSON answers give it (docs/formats.md)."""
    return {
        **made.model_dump(mode="json", exclude={"unplaced", "unusable"}),
        "unplaced": {asset: reason_answer(reason) for asset, reason in made.unplaced.items()},
        "unusable": {room: reason_answer(reason) for room, reason in made.unusable.items()},
        "violations": [finding.model_dump(mode="json") for finding in findings],
        "paths": written,
    }


def _show(opened: Opened, made: Colocation, *, everything: bool) -> None:
    listed = made.moves if everything else made.moves[:LISTED]
    if listed:
        table(_titles(MOVES), [_row(opened, move) for move in listed], title=text("rooms.moves"), right=[5, 6, 9])
        if len(made.moves) > len(listed):
            say("graph.more", count=len(made.moves) - len(listed))
    rows = [
        (
            named(opened.inventory, "room", level.room),
            level.slot_label,
            level.arrives,
            level.leaves,
            f"{level.units} / {level.units_total}",
            f"{level.power_kw:g} / {level.power_limit_kw:g}",
            f"{level.power_kw:g} / {level.cooling_limit_kw:g}",
        )
        for level in made.levels
    ]
    shown = rows if everything else rows[:LISTED]
    table(_titles(LEVELS), shown, title=text("rooms.levels"), right=range(2, 7))
    if len(rows) > len(shown):
        say("graph.more", count=len(rows) - len(shown))
    if made.unplaced:
        table(
            _titles(("asset", "why")),
            [(asset, reason_text(reason)) for asset, reason in sorted(made.unplaced.items())],
            title=text("rooms.unplaced"),
        )
    _say(made)


def _say(made: Colocation) -> None:
    for room, reason in made.unusable.items():
        say("rooms.unusable", room=room, why=reason_text(reason))
    if made.staying:
        say("rooms.staying", count=len(made.staying), first=made.staying[0])
    if made.shared_racks:
        say("rooms.shared-racks", count=len(made.shared_racks), first=made.shared_racks[0])
    if made.unknown_power:
        say("rooms.unknown-power", count=len(made.unknown_power), first=made.unknown_power[0])
    if not made.moves and not made.unplaced:
        say("rooms.nothing-to-move")


def _titles(names: Iterable[str]) -> list[str]:
    return [text(f"rooms.column.{name}") for name in names]


def _row(opened: Opened, move: Move) -> tuple[Any, ...]:
    asset = opened.inventory.assets[move.asset]
    return (
        move.day.isoformat(),
        move.source,
        move.asset,
        asset.serial_number,
        move.department,
        move.height_units,
        move.power_w,
        move.room,
        move.rack,
        move.position,
        text("rooms.list-separator").join(move.systems),
    )


# ---- files ----


def _write(opened: Opened, made: Colocation, estate: Path, folder: Path) -> list[str]:
    """A workbook for each window and room that is emptied in it, and all moves as CSV."""
    from ui.reports.transfer_form import fixed_archive
    from ui.reports.workbook import csv_text, workbook_bytes

    groups: dict[tuple[str, str], list[Move]] = {}
    for move in made.moves:
        groups.setdefault((move.day.isoformat(), move.source), []).append(move)
    contents: dict[str, str | bytes] = {
        f"moves-{day}-{source}.xlsx": fixed_archive(workbook_bytes([_table(opened, moves)]))
        for (day, source), moves in groups.items()
    }
    contents["moves.csv"] = "\ufeff" + csv_text([("", _table(opened, list(made.moves)))])
    guard_folder(folder, list(contents), estate)
    write_together(folder, contents)
    return [str(folder / name) for name in contents]


def _table(opened: Opened, moves: list[Move]) -> Table:
    from ui.reports.rows import Table

    return Table(text("rooms.moves"), tuple(_titles(MOVES)), tuple(_row(opened, move) for move in moves), (5, 6, 9))
