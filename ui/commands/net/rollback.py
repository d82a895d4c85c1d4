"""``net rollback``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import InputError, QianyunError
from network.errors import PushError
from ui.commanding import Common, argument, command, common, option
from ui.commands.net.asked import Asked, ask
from ui.commands.net.previewing import end_unfinished, limits_of, new_push, read_devices, stopping
from ui.commands.net.pushing import Way, push_agreed
from ui.commands.net.registry import device_options, group, journal_option, push_options
from ui.commands.net.showing import exit_code, tell_previews
from ui.texts import text

if TYPE_CHECKING:
    from network.push.preview import DevicePreview, Wish

__all__ = ["rollback"]


@command(
    group,
    "rollback",
    example="qianyun net rollback examples/twin --only c-1 --preview\n"
    "qianyun net rollback examples/twin --only c-1\n"
    "qianyun net rollback examples/twin --push 20260301T213000-5c1f0e",
)
@argument("estate", type=Path)
@option("--push", "undone", metavar="PUSH", key="net.option.push")
@device_options
@push_options
@option("--preview", is_flag=True, key="net.option.preview")
@journal_option
@common()
@click.pass_context
def rollback(
    context: click.Context,
    /,
    common: Common,
    *,
    estate: Path,
    undone: str | None,
    guard: int | None,
    error_budget: int,
    no_canary: bool,
    yes: str | None,
    preview: bool,
    **options: Any,
) -> None:
    """Put back what devices had before a push, as guarded as the push was, and agreed to like one."""
    asked = ask(common, estate, **options)
    limits, id = limits_of(asked, guard), new_push()
    if preview and yes is not None:
        raise InputError("bad-argument", argument="--preview", reason=text("net.preview-agrees-not"))
    with stopping() as cancel:
        if preview:
            wishes, failed = _wishes(asked, undone, named=bool(options["only"]))
            previews = read_devices(asked, id, wishes, failed, cancel)
            tell_previews(asked.inventory, previews, {"estate": str(estate), "push": undone or ""}, json=common.json)
            context.exit(exit_code([found.error or found.refusal for found in previews], canceled=cancel.is_set()))
        end_unfinished(asked, limits, cancel)
        wishes, failed = _wishes(asked, undone, named=bool(options["only"]))
        previews = read_devices(asked, id, wishes, failed, cancel)
        way = Way(id, limits, error_budget, not no_canary, yes, f"rollback {undone or ''}".strip())
        push_agreed(context, common, asked, previews, way, cancel)


def _wishes(asked: Asked, undone: str | None, *, named: bool) -> tuple[list[Wish], list[DevicePreview]]:
    """Devices without a push that holds are left out, unless they were named."""
    from network.push.access import facts_of, login_of, target_of
    from network.push.journal import Event
    from network.push.preview import DevicePreview, Wish
    from network.push.undo import undo_wish

    wishes: list[Wish] = []
    failed: list[DevicePreview] = []
    for device in asked.devices:
        last = asked.journal.last_done(device)
        found = last if undone is None or asked.journal.last_event(undone, device) is Event.DONE else ""
        if undone is not None and found and undone != last:
            error: QianyunError = PushError("push-changed-since", device=device, push=undone)
            failed.append(DevicePreview(device, error=error))
        elif not found:
            if named:
                failed.append(DevicePreview(device, error=PushError("push-nothing-to-undo", device=device)))
        else:
            try:
                target = target_of(asked.inventory, device, asked.access)
                login = login_of(device, facts_of(asked.inventory.devices[device]), asked.access)
                wishes.append(undo_wish(asked.journal, found, Wish(target, login, lambda running: running)))
            except QianyunError as wrong:
                failed.append(DevicePreview(device, error=wrong))
    return wishes, failed
