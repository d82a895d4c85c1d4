"""``net push``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ui.commanding import Common, argument, command, common, option
from ui.commands.net.asked import ask, found_wishes
from ui.commands.net.previewing import end_unfinished, limits_of, new_push, read_devices, stopping
from ui.commands.net.pushing import Way, push_agreed
from ui.commands.net.registry import device_options, group, journal_option, push_options, stage_option

__all__ = ["push"]


@command(
    group,
    "push",
    example="qianyun net push examples/twin --stage addressed\n"
    "qianyun net push examples/twin --stage addressed --only 'level:county' --yes 3f9c2d7a51e80b46",
)
@argument("estate", type=Path)
@stage_option
@device_options
@push_options
@option("--may-reset-bgp", is_flag=True, key="net.option.may-reset-bgp")
@journal_option
@common()
@click.pass_context
def push(
    context: click.Context,
    /,
    common: Common,
    *,
    estate: Path,
    stage: str,
    guard: int | None,
    error_budget: int,
    no_canary: bool,
    may_reset_bgp: bool,
    yes: str | None,
    **options: Any,
) -> None:
    """Push to devices so that a mistake undoes itself; exit code 0 when every device has what was intended."""
    asked = ask(common, estate, **options)
    wishes, failed = found_wishes(asked, stage)
    limits, id = limits_of(asked, guard), new_push()
    with stopping() as cancel:
        end_unfinished(asked, limits, cancel)
        previews = read_devices(asked, id, wishes, failed, cancel)
        if not may_reset_bgp:
            previews = tuple(replace(found, refusal=found.refusal or found.warning) for found in previews)
        way = Way(id, limits, error_budget, not no_canary, yes, stage)
        push_agreed(context, common, asked, previews, way, cancel)
