"""Reading devices and computing what would be pushed, with progress and an end on Ctrl-C."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from ui.commands.net.asked import Asked
from ui.output import progress, say
from ui.texts import text

if TYPE_CHECKING:
    from network.push.model import Limits
    from network.push.preview import DevicePreview, Wish

__all__ = ["end_unfinished", "limits_of", "new_push", "read_devices", "stopping"]


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets: nothing more is begun, and what is under way is left to its guards."""
    from ui.commands.run.embedded import Stopping

    cancel = threading.Event()
    with Stopping(cancel):
        yield cancel


def new_push() -> str:
    """Id of a push that begins now; sorts by time."""
    import secrets

    return f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def limits_of(asked: Asked, guard: int | None) -> Limits:
    """Times of a push; ``guard`` over the worker's setting, in seconds."""
    from network.push.model import Limits

    return Limits(guard=asked.settings.guard_seconds if guard is None else guard)


def read_devices(
    asked: Asked, push: str, wishes: Sequence[Wish], failed: Sequence[DevicePreview], cancel: threading.Event
) -> tuple[DevicePreview, ...]:
    """Previews of all devices that are meant, in their order."""
    from network.push.preview import preview_all

    count = 0
    with progress(text("net.reading")) as report:

        def done(_found: DevicePreview) -> None:
            nonlocal count
            count += 1
            report("", count, len(wishes))

        read = preview_all(push, wishes, asked.transport, threads=asked.threads, cancel=cancel, done=done)
    by_device = {found.device: _alarmed(asked, found) for found in (*failed, *read)}
    return tuple(by_device[device] for device in asked.devices if device in by_device)


def _alarmed(asked: Asked, found: DevicePreview) -> DevicePreview:
    """A preview that says so where an alarm stands: the push would refuse the device."""
    from network.errors import PushError

    try:
        asked.journal.refuse_alarmed(found.device)
    except PushError as error:
        return found if found.error is not None else replace(found, refusal=error)
    return found


def end_unfinished(asked: Asked, limits: Limits, cancel: threading.Event) -> int:
    """Wait for the guards of pushes that were left in the middle, compare, and say what became of them.

    The number of devices of which nobody knows yet, or that need a person.
    """
    from inventory.errors import QianyunError
    from network.push.access import facts_of, login_of, target_of
    from network.push.aftermath import recover_device
    from ui.texts import error_texts

    open_ones = 0
    for left in asked.journal.unfinished():
        if left.device not in asked.devices:
            continue
        say("net.recovering", device=left.device, push=left.push)
        try:
            target = target_of(asked.inventory, left.device, asked.access)
            login = login_of(left.device, facts_of(asked.inventory.devices[left.device]), asked.access)
            ending = recover_device(left, target, login, asked.transport, asked.journal, limits, cancel=cancel)
        except QianyunError as error:
            open_ones += 1
            say("net.wrong", message=error_texts(error)[0], hint="")
            continue
        status = text(f"net.status.{ending.status.value}")
        say("net.recovered", device=left.device, status=status, detail=f": {ending.detail}" if ending.detail else "")
        open_ones += ending.status.value in ("pending", "alarm")
    return open_ones
