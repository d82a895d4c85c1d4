"""``net preview``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ui.commanding import Common, argument, command, common
from ui.commands.net.asked import ask, found_wishes
from ui.commands.net.previewing import new_push, read_devices, stopping
from ui.commands.net.registry import device_options, group, journal_option, stage_option
from ui.commands.net.showing import exit_code, tell_previews
from ui.output import say

__all__ = ["preview"]


@command(
    group,
    "preview",
    example="qianyun net preview examples/twin --stage addressed\n"
    "qianyun net preview examples/twin --stage routing --only 'level:county' --json",
)
@argument("estate", type=Path)
@stage_option
@device_options
@journal_option
@common()
@click.pass_context
def preview(context: click.Context, /, common: Common, *, estate: Path, stage: str, **options: Any) -> None:
    """What a push would do: read the devices, print each one's commands; nothing is changed."""
    asked = ask(common, estate, **options)
    wishes, failed = found_wishes(asked, stage)
    with stopping() as cancel:
        previews = read_devices(asked, new_push(), wishes, failed, cancel)
    digest = tell_previews(asked.inventory, previews, {"estate": str(estate), "stage": stage}, json=common.json)
    if not common.json and any(found.lines and found.refusal is None for found in previews):
        say("net.how-push", estate=estate, stage=stage, hash=digest)
    context.exit(exit_code([found.error or found.refusal for found in previews], canceled=cancel.is_set()))
