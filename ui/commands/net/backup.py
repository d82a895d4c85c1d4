"""``net backup``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import InputError, QianyunError
from inventory.files import reason_of
from ui.commanding import Common, argument, command, common, option
from ui.commands.net.asked import ask
from ui.commands.net.registry import device_options, group
from ui.commands.net.showing import exit_code
from ui.output import emit, progress, say
from ui.texts import error_texts, text

if TYPE_CHECKING:
    from network.transport import Login, Target

__all__ = ["backup"]


@command(group, "backup", example="qianyun net backup examples/twin -o configurations")
@argument("estate", type=Path)
@option("-o", "--output", required=True, type=Path, metavar="FOLDER", key="net.option.output")
@device_options
@common()
@click.pass_context
def backup(context: click.Context, /, common: Common, *, estate: Path, output: Path, **options: Any) -> None:
    """Running configurations, one file a device, without secrets; a device that has not changed leaves its file."""
    from network.collection import BackupFolder, collect
    from network.push.access import facts_of, login_of, target_of

    try:
        output.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise InputError("cannot-write", path=str(output), reason=reason_of(error)) from error
    asked = ask(common, estate, **options)
    targets: dict[str, Target] = {}
    logins: dict[str, Login] = {}
    failed: dict[str, QianyunError] = {}
    for device in asked.devices:
        try:
            logins[device] = login_of(device, facts_of(asked.inventory.devices[device]), asked.access)
            targets[device] = target_of(asked.inventory, device, asked.access)
        except QianyunError as error:
            failed[device] = error
    with progress(text("net.reading")) as report:
        found = collect(
            asked.transport,
            targets,
            lambda target: logins[target.device],
            BackupFolder(output),
            workers=asked.threads,
            progress=lambda done, total: report("", done, total),
        )
    failed |= found.failed
    if common.json:
        written = {device: {"path": str(one.path), "changed": one.changed} for device, one in found.written.items()}
        wrong = {device: {"code": error.code, "message": error_texts(error)[0]} for device, error in failed.items()}
        emit({"estate": str(estate), "folder": str(output), "written": written, "failed": wrong})
    else:
        for wrong_one in failed.values():
            message, hint = error_texts(wrong_one)
            say("net.wrong", message=message, hint=f" ({hint})" if hint else "")
        say("net.written", count=len(found.written), changed=len(found.changed), folder=output)
    context.exit(exit_code(list(failed.values())))
