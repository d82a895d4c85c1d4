"""``plan export``: reports as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from inventory.errors import InputError
from inventory.files import write_atomic
from migration.plan_file import read_plan
from ui.commanding import Common, argument, command, common, option
from ui.commands.plan.files import guard_outputs, open_estate_of
from ui.commands.plan.registry import group
from ui.output import emit, say
from ui.reports.source import Source
from ui.texts import text

__all__ = ["export"]


@command(
    group,
    "export",
    example="qianyun plan export plan.json --estate examples/kaifeng --html plan.html --lang zh\n"
    "qianyun plan export plan.json --estate examples/kaifeng --xlsx plan.xlsx --ics plan.ics --md plan.md",
)
@argument("plan", type=Path)
@option("--estate", type=Path, metavar="ESTATE", key="plan.option.export-estate")
@option("--html", type=Path, metavar="FILE", key="plan.option.html")
@option("--xlsx", type=Path, metavar="FILE", key="plan.option.xlsx")
@option("--ics", type=Path, metavar="FILE", key="plan.option.ics")
@option("--md", type=Path, metavar="FILE", key="plan.option.md")
@common()
def export(
    common: Common,
    plan: Path,
    estate: Path | None,
    html: Path | None,
    xlsx: Path | None,
    ics: Path | None,
    md: Path | None,
) -> None:
    """Write the reports asked for in the present language."""
    wanted = {"html": html, "xlsx": xlsx, "ics": ics, "md": md}
    paths = {kind: path for kind, path in wanted.items() if path is not None}
    if not paths:
        raise InputError("bad-argument", argument="--html", reason=text("plan.nothing-to-write"))
    guard_outputs({f"--{kind}": path for kind, path in paths.items()}, estate=estate, plan=plan)
    read = read_plan(plan)
    source = Source(read, None if estate is None else open_estate_of(read, estate, common))
    if estate is None and paths.keys() - {"ics"}:
        say("plan.without-estate")
    for kind, path in paths.items():
        write_atomic(path, _WRITERS[kind](source))
    if common.json:
        emit({"paths": {kind: str(path) for kind, path in paths.items()}})
    for path in paths.values():
        say("plan.exported", path=path)


def _html(source: Source) -> str:
    from ui.reports.html import report_page

    return report_page(source)


def _xlsx(source: Source) -> bytes:
    from ui.reports.sheets import plan_sheets
    from ui.reports.workbook import workbook_bytes

    return workbook_bytes(plan_sheets(source))


def _ics(source: Source) -> bytes:
    from ui.reports.calendar_file import calendar_bytes

    return calendar_bytes(source)


def _md(source: Source) -> str:
    from ui.reports.markdown import markdown_text

    return markdown_text(source)


_WRITERS: dict[str, Callable[[Source], str | bytes]] = {"html": _html, "xlsx": _xlsx, "ics": _ics, "md": _md}
