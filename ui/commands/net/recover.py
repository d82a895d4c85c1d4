"""``net recover``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.errors import InputError
from ui.commanding import Common, argument, command, common, option
from ui.commands.net.asked import Asked, ask
from ui.commands.net.previewing import end_unfinished, limits_of, stopping
from ui.commands.net.registry import device_options, group, journal_option
from ui.commands.run.registry import actor, by_option
from ui.output import emit, say
from ui.texts import text

if TYPE_CHECKING:
    from network.push.journal import Entry

__all__ = ["recover"]

FAILED, INTERRUPTED = 1, 130


@command(
    group,
    "recover",
    example="qianyun net recover examples/twin\n"
    "qianyun net recover examples/twin --acknowledge c-1 --reason 'put back by hand, form 2026-114'",
)
@argument("estate", type=Path)
@option("--acknowledge", multiple=True, metavar="DEVICE", key="net.option.acknowledge")
@option("--reason", default="", metavar="TEXT", key="net.option.reason")
@by_option
@device_options
@journal_option
@common()
@click.pass_context
def recover(
    context: click.Context,
    /,
    common: Common,
    *,
    estate: Path,
    acknowledge: tuple[str, ...],
    reason: str,
    by: str | None,
    **options: Any,
) -> None:
    """End what an interrupted push has left in the middle: wait for the guards, compare, say what the devices have."""
    if bool(acknowledge) != bool(reason.strip()):
        raise InputError("bad-argument", argument="--acknowledge", reason=text("net.acknowledge-why"))
    asked = ask(common, estate, **options)
    left = [one for one in asked.journal.unfinished() if one.device in asked.devices]
    with stopping() as cancel:
        still = end_unfinished(asked, limits_of(asked, None), cancel)
    over = _acknowledge(asked, acknowledge, by=actor(by), reason=reason.strip())
    alarms = [one for one in asked.journal.alarms() if one.device in asked.devices]
    if common.json:
        ended = {one.device: asked.journal.last_event(one.push, one.device) for one in left}
        devices = [
            {"device": one.device, "push": one.push, "last": str(one.last), "now": str(ended[one.device])}
            for one in left
        ]
        emit(
            {
                "estate": str(estate),
                "devices": devices,
                "acknowledged": [_alarm_answer(asked, one) for one in over],
                "alarms": [_alarm_answer(asked, one) for one in alarms],
            }
        )
    else:
        for one in over:
            say("net.acknowledged", device=one.device, push=one.push)
        for one in alarms:
            say("net.alarm-open", estate=estate, **_alarm_answer(asked, one))
        if not (left or over or alarms):
            say("net.nothing-left")
    context.exit(INTERRUPTED if cancel.is_set() else FAILED if still or alarms else 0)


def _acknowledge(asked: Asked, devices: tuple[str, ...], *, by: str, reason: str) -> list[Entry]:
    """The alarms that a person has looked at. All of them or none: PushError ``push-no-alarm``."""
    from network.errors import PushError

    named = tuple(dict.fromkeys(devices))
    for device in named:
        if asked.journal.alarm_of(device) is None:
            raise PushError("push-no-alarm", device=device)
    return [asked.journal.acknowledge(device, by=by, reason=reason) for device in named]


def _alarm_answer(asked: Asked, alarm: Entry) -> dict[str, str]:
    return {
        "device": alarm.device,
        "push": alarm.push,
        "at": alarm.at.isoformat(),
        "why": str(alarm.data.get("why", "")),
        "kept": str(asked.journal.kept_path(alarm.push, alarm.device, "before")),
    }
