"""What a push would do, read from the devices and computed by the code that pushes."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.errors import QianyunError
from network.config import parse
from network.diff import patch
from network.push.model import Change
from network.push.refusals import refuse
from network.push.resets import may_reset

if TYPE_CHECKING:
    from network.config import ConfigTree
    from network.diff import Patch
    from network.push.state import Probe
    from network.transport import Login, Target, Transport

__all__ = ["DevicePreview", "Wish", "preview_all", "preview_device", "preview_hash"]


@dataclass(frozen=True)
class Wish:
    """A device and what it is to have.

    Attributes:
        wanted: running configuration -> intended configuration.
        label: what it is for; for people.
        retrofit, undoes: see ``Change``.
    """

    target: Target
    login: Login
    wanted: Callable[[ConfigTree], ConfigTree]
    label: str = ""
    probes: tuple[Probe, ...] = ()
    retrofit: bool = True
    undoes: str = ""


@dataclass(frozen=True)
class DevicePreview:
    """What would happen to one device.

    Attributes:
        change: what would be pushed; None where it could not be read or told (``error`` says why).
        back: commands that lead back.
        refusal: why it would not be pushed.
    """

    device: str
    change: Change | None = None
    back: Patch | None = None
    error: QianyunError | None = None
    refusal: QianyunError | None = None

    @property
    def warning(self) -> QianyunError | None:
        """What a person has to know beside the lines: ``push-may-reset-bgp``."""
        return None if self.change is None or not self.change.retrofit else may_reset(self.change)

    @property
    def lines(self) -> int:
        """Lines that would be sent."""
        return 0 if self.change is None else len(self.change.patch.commands)


def preview_device(push: str, wish: Wish, transport: Transport) -> DevicePreview:
    """Read one device and compute its change; expected failures stand in the preview."""
    device, platform = wish.target.device, wish.target.platform
    try:
        with transport.open(wish.target, wish.login) as session:
            before = session.running()
        running = parse(platform, before)
        intended = wish.wanted(running)
        change = Change(
            push=push,
            target=wish.target,
            login=wish.login,
            before=before,
            intended=intended,
            patch=patch(platform, running, intended),
            label=wish.label,
            probes=wish.probes,
            retrofit=wish.retrofit,
            undoes=wish.undoes,
        )
        back = patch(platform, intended, running)
    except QianyunError as error:
        return DevicePreview(device, error=error)
    try:
        refuse(change)
    except QianyunError as error:
        return DevicePreview(device, change, back, refusal=error)
    return DevicePreview(device, change, back)


def preview_all(
    push: str,
    wishes: Sequence[Wish],
    transport: Transport,
    *,
    threads: int = 20,
    cancel: threading.Event,
    done: Callable[[DevicePreview], None] = lambda _preview: None,
) -> tuple[DevicePreview, ...]:
    """Previews of many devices, in their order; those not begun when ``cancel`` is set are left out."""

    def one(wish: Wish) -> DevicePreview | None:
        if cancel.is_set():
            return None
        found = preview_device(push, wish, transport)
        done(found)
        return found

    with ThreadPoolExecutor(threads, thread_name_prefix="preview") as pool:
        return tuple(found for found in pool.map(one, wishes) if found is not None)


def preview_hash(previews: Iterable[DevicePreview]) -> str:
    """What a person agrees to, as 16 hexadecimal digits: all devices with their configurations and commands."""
    hashes = sorted(preview.change.hash for preview in previews if preview.change is not None and preview.lines)
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()[:16]
