"""``qianyun systems generic``: products that one shared product replaces."""

from __future__ import annotations

import sys
from pathlib import Path

from ui.commanding import Common, argument, command, common, option
from ui.commands.rooms.registry import LISTED, named, open_rooms
from ui.commands.systems.registry import group
from ui.output import emit, say, table
from ui.texts import text, value_word

__all__ = ["generic"]

COLUMNS = ("owner", "kind", "systems", "data", "users", "product", "prepared", "switched-off", "missing")


@command(
    group,
    "generic",
    example="qianyun systems generic examples/kaifeng --plan plan.json\n"
    "qianyun systems generic examples/kaifeng --json",
)
@argument("estate", type=Path)
@option("--plan", "plan_file", type=Path, metavar="FILE", key="rooms.option.plan")
@option("--all", "everything", is_flag=True, key="rooms.option.all")
@common()
def generic(common: Common, estate: Path, plan_file: Path | None, everything: bool) -> None:
    """A row for each department and kind of product, with its data and the product that takes over."""
    from migration.rooms.generic import generic_items

    opened = open_rooms(estate, common, plan_file)
    found = generic_items(opened.inventory, opened.plan)
    if common.json:
        emit({"planned": opened.plan is not None, "items": [item.model_dump(mode="json") for item in found]})
        return
    listed = found if everything else found[:LISTED]
    rows = [
        (
            named(opened.inventory, "department", item.department),
            value_word(item.kind.value),
            text("rooms.list-separator").join(item.systems),
            f"{item.data_gib:g}",
            item.users,
            named(opened.inventory, "system", item.product) if item.product else "",
            item.prepared or "",
            item.switched_off or "",
            text("rooms.list-separator").join(text(f"systems.missing.{name}") for name in item.missing),
        )
        for item in listed
    ]
    table([text(f"systems.column.{name}") for name in COLUMNS], rows, right=[3, 4])
    if len(found) > len(listed):
        say("graph.more", count=len(found) - len(listed))
    data = sum(item.data_gib for item in found)
    lacking = sum(bool(item.missing) for item in found)
    sys.stdout.write(text("systems.generic", count=len(found), data=f"{data:,.0f}", lacking=lacking) + "\n")
