"""``stack preview``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from inventory.errors import InputError
from ui.commanding import Common, command, common, option
from ui.commands.stack.asked import Selection, ask_designs, interruptible
from ui.commands.stack.looking import look
from ui.commands.stack.registry import group, of_planned
from ui.commands.stack.showing import exit_code, looked_answer, markdown, show_looked
from ui.output import emit, say
from ui.texts import text

__all__ = ["preview"]


@command(
    group,
    "preview",
    example="qianyun stack preview examples/clouds plan.json --wave 2021-04-18/yun-1401 --diff\n"
    "qianyun stack preview examples/clouds plan.json --cloud yun-1401 --markdown > preview.md",
)
@of_planned
@option("--refresh", is_flag=True, key="stack.option.refresh")
@option("--diff", "details", is_flag=True, key="stack.option.diff")
@option("--markdown", "as_markdown", is_flag=True, key="stack.option.markdown")
@common()
@click.pass_context
def preview(
    context: click.Context,
    /,
    common: Common,
    *,
    estate: Path,
    plan: Path,
    refresh: bool,
    details: bool,
    as_markdown: bool,
    **options: Any,
) -> None:
    """What would be made, changed and deleted, what the checks find, and the hash of it all."""
    if common.json and as_markdown:
        raise InputError("bad-argument", argument="--markdown", reason=text("stack.json-or-markdown"))
    asked = ask_designs(common, estate, plan, Selection(**options))
    with interruptible() as cancel:
        looked = look(asked, cancel, refresh=refresh)
    if common.json:
        emit({"estate": str(estate), "plan": str(plan), "forms": list(asked.forms)} | looked_answer(looked))
    elif as_markdown:
        sys.stdout.write(markdown(looked))
    else:
        show_looked(looked, details=details)
        if asked.forms:
            say("stack.by-form", count=len(asked.forms), estate=estate, plan=plan)
        if looked.hash and looked.changes and not looked.forbidden:
            say("stack.how-up", estate=estate, plan=plan, hash=looked.hash)
    context.exit(exit_code(looked.errors, forbidden=looked.forbidden, canceled=bool(cancel.asked)))
