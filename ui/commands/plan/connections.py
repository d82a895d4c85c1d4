"""``plan connections``: what must be opened at the firewalls, and when it can be closed."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from inventory.errors import InputError
from migration.connections import Connection
from migration.plan import Plan
from migration.plan_file import read_plan
from ui.commanding import Common, argument, command, common, option, parse_day
from ui.commands.plan.answers import connection_answer, print_table
from ui.commands.plan.files import guard_outputs, open_estate_of
from ui.commands.plan.registry import group
from ui.output import emit, say
from ui.reports.estate_rows import connection_table
from ui.reports.rows import Table
from ui.reports.source import Source
from ui.reports.workbook import write_csv, write_workbook
from ui.texts import text

__all__ = ["connections"]

Kept = Callable[[Connection], bool]


@command(
    group,
    "connections",
    example="qianyun plan connections examples/kaifeng plan.json --slot 2024-W31\n"
    "qianyun plan connections examples/kaifeng plan.json --from 2024-08-01 --to 2024-08-07 --xlsx firewall.xlsx",
)
@argument("estate", type=Path)
@argument("plan", type=Path)
@option("--wave", metavar="WAVE", key="plan.option.connections-wave")
@option("--slot", metavar="SLOT", key="plan.option.slot")
@option("--from", "first", metavar="DATE", callback=parse_day, key="plan.option.from")
@option("--to", "last", metavar="DATE", callback=parse_day, key="plan.option.to")
@option("--xlsx", type=Path, metavar="FILE", key="plan.option.connections-xlsx")
@option("--csv", "comma", type=Path, metavar="FILE", key="plan.option.connections-csv")
@common()
def connections(
    common: Common,
    *,
    estate: Path,
    plan: Path,
    wave: str | None,
    slot: str | None,
    first: dt.date | None,
    last: dt.date | None,
    xlsx: Path | None,
    comma: Path | None,
) -> None:
    """All connections, or those that a wave, a slot or a span of days opens and closes."""
    outputs = {"--xlsx": xlsx, "--csv": comma}
    written = {option: path for option, path in outputs.items() if path is not None}
    guard_outputs(written, estate=estate, plan=plan)
    read = read_plan(plan)
    opens, closes = _filters(read, wave, slot, first, last)
    source = Source(read, open_estate_of(read, estate, common))
    opened = [made for made in source.connections if opens(made)]
    closing = [made for made in source.connections if closes(made)]
    tables = [connection_table(source, opened)]
    if closing:
        tables.append(connection_table(source, closing, action="closes"))
    if xlsx is not None:
        write_workbook(xlsx, tables)
    if comma is not None:
        action = text("connections.word.opens"), text("connections.word.closes")
        write_csv(comma, list(zip(action, tables, strict=False)))
    if common.json:
        emit({
            "connections": [connection_answer(source, made) for made in opened],
            "closing": [connection_answer(source, made) for made in closing],
            "paths": [str(path) for path in written.values()],
        })  # fmt: skip
    elif not written:
        _print(opened, closing, tables)
    for path in written.values():
        say("connections.written", count=len(opened) + len(closing), path=path)


def _print(opened: Sequence[Connection], closing: Sequence[Connection], tables: Sequence[Table]) -> None:
    if not opened and not closing:
        sys.stdout.write(text("plan.no-connections") + "\n")
    for made in tables:
        if made.rows:
            print_table(made)


def _filters(
    plan: Plan, wave: str | None, slot: str | None, first: dt.date | None, last: dt.date | None
) -> tuple[Kept, Kept]:
    """(whether it is opened, whether it is closed) by what was asked for; without a span all, and nothing closes."""
    if (wave is not None) + (slot is not None) + (first is not None or last is not None) > 1:
        raise InputError("bad-argument", argument="--wave", reason=text("plan.one-span"))
    if wave is not None:
        items = {item.id for found in plan.waves if found.id == wave for item in found.items}
        if not items:
            raise InputError("bad-argument", argument=f"--wave {wave}", reason=text("plan.no-wave"))
        return lambda made: made.first in items, lambda made: made.second in items
    if slot is not None:
        number = next((number for number in range(plan.grid.count) if plan.grid.label(number) == slot), None)
        if number is None:
            raise InputError("bad-argument", argument=f"--slot {slot}", reason=text("plan.no-slot"))
        # What the cutovers of its first day need is opened on the day before the slot.
        items = {item.id for item in plan.items if item.slot == number}
        return lambda made: made.first in items, _within(plan.grid.first_day_of(number), plan.grid.last_day_of(number))
    if first is None and last is None:
        return lambda _: True, lambda _: False
    low, high = first or dt.date.min, last or dt.date.max
    if low > high:
        raise InputError("bad-argument", argument="--from", reason=text("plan.from-after-to", first=low, last=high))
    return lambda made: low <= made.opens <= high, _within(low, high)


def _within(low: dt.date, high: dt.date) -> Kept:
    return lambda made: made.closes is not None and low <= made.closes <= high
