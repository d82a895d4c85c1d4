"""``net recover``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ui.commanding import Common, argument, command, common
from ui.commands.net.asked import ask
from ui.commands.net.previewing import end_unfinished, limits_of, stopping
from ui.commands.net.registry import device_options, group, journal_option
from ui.output import emit, say

__all__ = ["recover"]

FAILED, INTERRUPTED = 1, 130


@command(group, "recover", example="qianyun net recover examples/twin")
@argument("estate", type=Path)
@device_options
@journal_option
@common()
@click.pass_context
def recover(context: click.Context, /, common: Common, *, estate: Path, **options: Any) -> None:
    """End what an interrupted push has left in the middle: wait for the guards, compare, say what the devices have."""
    asked = ask(common, estate, **options)
    left = [one for one in asked.journal.unfinished() if one.device in asked.devices]
    with stopping() as cancel:
        still = end_unfinished(asked, limits_of(asked, None), cancel)
    if common.json:
        ended = {one.device: asked.journal.last_event(one.push, one.device) for one in left}
        devices = [
            {"device": one.device, "push": one.push, "last": str(one.last), "now": str(ended[one.device])}
            for one in left
        ]
        emit({"estate": str(estate), "devices": devices})
    elif not left:
        say("net.nothing-left")
    context.exit(INTERRUPTED if cancel.is_set() else FAILED if still else 0)
