"""``plan export``."""

from __future__ import annotations

from pathlib import Path

from migration.plan import read_plan
from ui.commanding import Common, argument, command, common, option
from ui.commands.plan.registry import group
from ui.output import emit, say

__all__ = ["export"]


@command(group, "export", example="qianyun plan export plan.json --html plan.html --lang zh")
@argument("plan", type=Path)
@option("--html", type=Path, required=True, metavar="FILE", key="plan.option.html")
@common(estate=False)
def export(common: Common, plan: Path, html: Path) -> None:
    """Write the report in the present language."""
    from inventory.files import write_atomic
    from ui.reports.html import report_page

    write_atomic(html, report_page(read_plan(plan)))
    if common.json:
        emit({"path": str(html)})
    else:
        say("plan.exported", path=html)
