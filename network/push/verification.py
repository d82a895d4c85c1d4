"""Whether devices have what they are to have: read and compared, changing nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inventory.errors import QianyunError
from network.config import parse
from network.diff import patch
from network.push.saving import is_saved
from network.push.state import read_state

if TYPE_CHECKING:
    from network.push.preview import Wish
    from network.push.state import DeviceState, Probe
    from network.transport import Transport

__all__ = ["Verified", "verify_all", "verify_device"]


@dataclass(frozen=True)
class Verified:
    """What one device said.

    Attributes:
        missing: commands that it would take to what is intended, secrets masked.
        saved: whether it would come back from a restart with what it has.
        reached: (answered, asked) of IPv4 and of IPv6.
    """

    device: str
    error: QianyunError | None = None
    missing: tuple[str, ...] = ()
    saved: bool = False
    neighbours: int = 0
    routes: int = 0
    reached: tuple[tuple[int, int], tuple[int, int]] = ((0, 0), (0, 0))

    @property
    def ok(self) -> bool:
        """Nothing is missing, and it is saved; what is reached is told beside it."""
        return self.error is None and not self.missing and self.saved


def verify_device(wish: Wish, transport: Transport) -> Verified:
    """Look at one device; expected failures stand in the answer."""
    device, platform = wish.target.device, wish.target.platform
    try:
        with transport.open(wish.target, wish.login) as session:
            running = session.running()
            saved = is_saved(session, platform, running)
            state = read_state(session, platform, wish.probes, running)
        tree = parse(platform, running)
        missing = patch(platform, tree, wish.wanted(tree)).commands
    except QianyunError as error:
        return Verified(device, error)
    return Verified(
        device,
        missing=tuple(platform.masked(line) for line in missing),
        saved=saved,
        neighbours=len(state.neighbours),
        routes=len(state.routes),
        reached=(_reached(state, wish.probes, 4), _reached(state, wish.probes, 6)),
    )


def _reached(state: DeviceState, probes: Sequence[Probe], version: int) -> tuple[int, int]:
    asked = [probe for probe in probes if probe.version == version]
    return sum(1 for probe in asked if probe in state.reached), len(asked)


def verify_all(
    wishes: Sequence[Wish],
    transport: Transport,
    *,
    threads: int = 20,
    cancel: threading.Event,
    done: Callable[[int], None] = lambda _count: None,
) -> tuple[Verified, ...]:
    """Many devices, in their order; those not begun when ``cancel`` is set are left out."""
    lock = threading.Lock()
    count = 0

    def one(wish: Wish) -> Verified | None:
        nonlocal count
        if cancel.is_set():
            return None
        found = verify_device(wish, transport)
        with lock:
            count += 1
            done(count)
        return found

    with ThreadPoolExecutor(threads, thread_name_prefix="verify") as pool:
        return tuple(found for found in pool.map(one, wishes) if found is not None)
