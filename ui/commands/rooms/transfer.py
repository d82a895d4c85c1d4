"""``qianyun rooms transfer``: lists of assets that change hands, and what comes back of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import InputError
from inventory.files import write_together
from inventory.inventory import Inventory
from ui.commanding import Common, argument, command, common, option
from ui.commands.rooms.registry import Opened, group, guard_folder, named, open_rooms
from ui.output import emit, say, table
from ui.texts import text

if TYPE_CHECKING:
    from migration.rooms.filled import Difference, FilledList
    from migration.rooms.transfer import TransferList

__all__ = ["transfer"]

DIFFERENT = 1
COLUMNS = ("difference", "asset", "sheet", "cell", "listed", "recorded")


@command(
    group,
    "transfer",
    example="qianyun rooms transfer examples/kaifeng --to 410200-dsjj --output lists --lang zh\n"
    "qianyun rooms transfer examples/kaifeng --room 410200-mzj-jf-1 --to room:410200-dsjj-jf-1 --output lists\n"
    "qianyun rooms transfer examples/kaifeng --check lists/transfer-410200-mzj.xlsx",
)
@argument("estate", type=Path)
@option("--room", metavar="ROOM", key="rooms.option.room")
@option("--department", metavar="DEPARTMENT", key="rooms.option.department")
@option("--to", metavar="DEPARTMENT|ROOM", key="rooms.option.to")
@option("-o", "--output", type=Path, metavar="FOLDER", key="rooms.option.output")
@option("--check", "checked", type=Path, metavar="FILE", key="rooms.option.check")
@common()
@click.pass_context
def transfer(
    context: click.Context, common: Common, *, estate: Path, room: str | None, department: str | None, to: str | None,
    output: Path | None, checked: Path | None,
) -> None:  # fmt: skip
    """Write a list for each department, or hold a filled-in one against the inventory; exit code 1 on a difference."""
    if checked is not None:
        if to or output or room or department:
            raise InputError("bad-argument", argument="--check", reason=text("rooms.check-alone"))
        if _check(open_rooms(estate, common, None), common, checked):
            context.exit(DIFFERENT)
        return
    for name, value in (("--to", to), ("--output", output)):
        if value is None:
            raise InputError("bad-argument", argument=name, reason=text("rooms.needed"))
    assert to is not None
    assert output is not None
    _write(open_rooms(estate, common, None).inventory, common, estate, output, _Wish(to, room, department))


class _Wish:
    """Whose assets go where."""

    def __init__(self, to: str, room: str | None, department: str | None) -> None:
        self.to = to
        self.room = None if room is None else room.removeprefix("room:")
        self.department = None if department is None else department.removeprefix("department:")

    @property
    def source(self) -> str:
        """Where they come from, as it was typed."""
        return " ".join(word for word in (self.room, self.department) if word) or text("rooms.closing")


def _write(inventory: Inventory, common: Common, estate: Path, output: Path, wish: _Wish) -> None:
    from migration.rooms.errors import TransferError
    from migration.rooms.transfer import receiver_of, transfer_lists
    from ui.reports.transfer_form import transfer_workbook

    receiver = receiver_of(inventory, wish.to)
    lists, unowned = transfer_lists(inventory, receiver, room=wish.room, department=wish.department)
    if not lists:
        raise TransferError("transfer-nothing", to=wish.to, source=wish.source, path=str(estate))
    files = {f"transfer-{made.giver}.xlsx": made for made in lists}
    guard_folder(output, list(files), estate)
    write_together(output, {name: transfer_workbook(inventory, made) for name, made in files.items()})
    if common.json:
        emit({"to": receiver.ref, "lists": [_answer(output / name, made) for name, made in files.items()],
              "unowned": list(unowned)})  # fmt: skip
    else:
        rows = [
            (named(inventory, "department", made.giver), len(made.rooms), len(made.rows), made.hash, output / name)
            for name, made in files.items()
        ]
        columns = [text(f"rooms.column.{name}") for name in ("giver", "rooms", "assets", "hash", "file")]
        table(
            columns, rows, title=text("rooms.transfer-title", to=named(inventory, *_split(receiver.ref))), right=[1, 2]
        )
    if unowned:
        say("rooms.unowned", count=len(unowned), first=unowned[0])


def _split(reference: str) -> tuple[str, str]:
    kind, _, id = reference.partition(":")
    return kind, id


def _answer(path: Path, made: TransferList) -> dict[str, Any]:
    return {"file": str(path), "giver": made.giver, "rooms": list(made.rooms), "assets": len(made.rows),
            "hash": made.hash}  # fmt: skip


def _check(opened: Opened, common: Common, path: Path) -> bool:
    """Whether there are differences; they are shown."""
    from migration.rooms.filled import changed_since, compare_list, read_list

    inventory = opened.inventory
    filled = read_list(path, inventory.estate.settings.max_file_mb)
    found = compare_list(inventory, filled, {id for kind, id in opened.quarantined if kind == "asset"})
    changed = changed_since(inventory, filled)
    if common.json:
        emit({"file": str(path), **_head(filled), "changed_since": changed, "rows": len(filled.rows),
              "differences": [{**entry.model_dump(), "message": _message(entry)} for entry in found]})  # fmt: skip
        return bool(found)
    if found:
        rows = [
            (_message(entry), entry.asset, entry.sheet, entry.cell, entry.listed, entry.recorded) for entry in found
        ]
        table([text(f"rooms.column.{name}") for name in COLUMNS], rows)
    sys.stdout.write(text("rooms.compared", rows=len(filled.rows), count=len(found)) + "\n")
    if changed:
        say("rooms.changed-since", hash=filled.head.hash)
    return bool(found)


def _head(filled: FilledList) -> dict[str, Any]:
    head = filled.head
    return {"giver": head.giver, "to": head.receiver.ref, "rooms": list(head.rooms), "hash": head.hash}


def _message(entry: Difference) -> str:
    return text(f"rooms.difference.{entry.code}")
