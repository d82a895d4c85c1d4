"""Many devices: canary, error budget, sites, breaking off."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from network.config import ConfigTree
from network.diff import Patch
from network.errors import PushError
from network.platforms import platform_of
from network.push.fleet import Fleet, push_fleet
from network.push.model import Change, PushResult, PushStatus
from tests.network.push.targets import login, target

NAMES = [f"r{n}" for n in range(8)]
BATCHES = (NAMES[:3], NAMES[3:7], NAMES[7:])


def changes() -> dict[str, Change]:
    platform = platform_of("frr")
    return {
        name: Change("p", target(name, platform), login(), "", ConfigTree(), Patch(("interface eth0",)))
        for name in NAMES
    }


class Pusher:
    """Notes who is pushed with whom; ``bad`` ones fail."""

    def __init__(self, *bad: str, seconds: float = 0.02) -> None:
        self.bad, self.seconds = bad, seconds
        self.begun: list[str] = []
        self.together: list[set[str]] = []
        self._now: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, change: Change) -> PushResult:
        with self._lock:
            self.begun.append(change.device)
            self._now.add(change.device)
            self.together.append(set(self._now))
        time.sleep(self.seconds)
        with self._lock:
            self._now.discard(change.device)
        if change.device in self.bad:
            return PushResult(change.device, PushStatus.UNDONE, PushError("push-canceled", device=change.device))
        return PushResult(change.device, PushStatus.DONE)


def run(pusher: Any, fleet: Fleet = Fleet(), **more: Any) -> dict[str, PushStatus]:  # noqa: B008 - frozen
    options: dict[str, Any] = {"sites": {}, "cancel": threading.Event()} | more
    return {one.device: one.status for one in push_fleet(changes(), BATCHES, pusher, fleet, **options)}


def test_batch_after_batch_the_canary_alone() -> None:
    pusher = Pusher()
    assert set(run(pusher).values()) == {PushStatus.DONE}
    assert pusher.begun[0] == "r0"
    assert {"r0"} in pusher.together
    for together in pusher.together:
        assert any(together <= set(batch) for batch in BATCHES)
        assert "r0" not in together or together == {"r0"}


def test_a_failed_canary_stops_everything() -> None:
    pusher = Pusher("r0")
    found = run(pusher, Fleet(error_budget=5))
    assert pusher.begun == ["r0"]
    assert {status for name, status in found.items() if name != "r0"} == {PushStatus.SKIPPED}


@pytest.mark.parametrize("budget", [0, 1, 2])
def test_the_error_budget(budget: int) -> None:
    pusher = Pusher("r1", "r2", "r3", "r4")
    found = run(pusher, Fleet(threads=1, error_budget=budget))
    failed = [name for name, status in found.items() if status is PushStatus.UNDONE]
    assert len(failed) == budget + 1
    assert pusher.begun == NAMES[: 2 + budget]
    assert all(found[name] is PushStatus.SKIPPED for name in NAMES[2 + budget :])


def test_few_at_a_time_on_one_site() -> None:
    pusher = Pusher()
    sites = {name: "a" if int(name[1:]) % 2 else "b" for name in NAMES}
    run(pusher, Fleet(per_site=1), sites=sites)
    for together in pusher.together:
        assert len({sites[name] for name in together}) == len(together)
    assert max(map(len, pusher.together)) == 2


def test_few_threads() -> None:
    pusher = Pusher()
    run(pusher, Fleet(threads=2, canary=False))
    assert max(map(len, pusher.together)) == 2


def test_breaking_off_begins_nothing_more() -> None:
    cancel = threading.Event()
    pusher = Pusher()

    def push(change: Change) -> PushResult:
        if change.device == "r1":
            cancel.set()
        return pusher(change)

    found = run(push, Fleet(threads=1), cancel=cancel)
    assert pusher.begun == ["r0", "r1"]
    assert found["r2"] is PushStatus.SKIPPED
    assert found["r7"] is PushStatus.SKIPPED


def test_a_bug_stops_everything_and_is_raised() -> None:
    begun = []

    def push(change: Change) -> PushResult:
        begun.append(change.device)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(push)
    assert begun == ["r0"]
