"""The guarded push against simulated devices of Huawei and H3C, over real SSH."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from network.config import parse, to_text
from network.push.device import push_device
from network.push.journal import Event, Journal
from network.push.model import Limits, PushResult, PushStatus, same_config
from network.push.preview import DevicePreview, Wish, preview_device
from network.testing.simulators import Faults, Simulator, serve
from network.transport import Login, NetmikoTransport, Target
from tests.network.push.devices import BEFORE, short_guard, with_lines

SCALE = 0.04
LIMITS = Limits(guard=60, margin=5, settle=1, poll=0.05, nap=0.2)
PLATFORMS = ("huawei_vrp8", "h3c_comware7")
HEAD = "interface GigabitEthernet0/0/1"
LINES = {
    "huawei_vrp8": ("ipv6 enable", "ipv6 mtu 1400", "ipv6 address 2001:db8::1/64"),
    "h3c_comware7": ("ipv6 mtu 1400", "ipv6 address 2001:db8::1/64"),
}


@pytest.fixture(params=PLATFORMS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Scene:
    """One simulated device and pushes to it."""

    def __init__(self, simulator: Simulator, target: Target, folder: Path) -> None:
        self.simulator, self.target = simulator, target
        self.journal = Journal(folder / "journal")
        self.before = simulator.running
        self.saved = simulator.startup

    def preview(self, *, password: str = "Lab-Pass-1") -> DevicePreview:
        platform = self.target.platform

        def wanted(running: object) -> object:
            text = to_text(platform, running)  # type: ignore[arg-type]
            return with_lines(platform, text, HEAD, LINES[platform.id])

        wish = Wish(self.target, Login(password=password), wanted)  # type: ignore[arg-type]
        return preview_device("push-1", wish, NetmikoTransport())

    def push(self, meanwhile: Callable[[], None] | None = None, limits: Limits = LIMITS) -> PushResult:
        found = self.preview()
        assert found.change is not None, found.error
        if meanwhile is not None:
            meanwhile()
        return push_device(found.change, NetmikoTransport(), self.journal, limits)

    @property
    def events(self) -> list[Event]:
        return [entry.event for entry in self.journal.entries()]

    def is_as_before(self) -> bool:
        return self.simulator.running == self.before and self.simulator.startup == self.saved


@contextmanager
def scene_of(kind: str, folder: Path, faults: Faults = Faults(), encoding: str = "utf-8") -> Iterator[Scene]:  # noqa: B008
    platform = short_guard(kind).model_copy(update={"guard_seconds": (60, 600), "guard_step": 60})
    simulator = Simulator(
        kind, BEFORE[kind].replace(HEAD, f"{HEAD}\n description 至核心"), faults=faults, encoding=encoding
    )
    with serve([simulator], scale=SCALE) as places:
        place = places[simulator.name]
        yield Scene(
            simulator, Target("r1", platform, place.host, place.port, place.host_key, "netops", encoding), folder
        )


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_good_push(kind: str, encoding: str, tmp_path: Path) -> None:
    with scene_of(kind, tmp_path, encoding=encoding) as scene:
        result = scene.push()
        assert result.status is PushStatus.DONE, result
        simulator = scene.simulator
        assert "description 至核心" in simulator.running
        assert same_config(scene.target.platform, simulator.running, simulator.startup)
        assert simulator.armed is None
        time.sleep(60 * SCALE + 0.3)
        assert "2001:db8::1/64" in simulator.running
        assert scene.push().status is PushStatus.UNCHANGED


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        (Faults(refuse=((r"^ipv6 address", "Error: The address conflicts."),)), "push-line-refused"),
        (Faults(ignore=r"^ipv6 address"), "push-differs"),
        (Faults(drop_on=r"^ipv6 address"), "transport-dropped"),
        (Faults(reboot_on=r"^ipv6 address", reboot_seconds=5), "transport-dropped"),
    ],
    ids=["refuses a line", "forgets a line", "drops the session", "restarts"],
)
def test_what_a_device_does_wrong(kind: str, faults: Faults, code: str, tmp_path: Path) -> None:
    with scene_of(kind, tmp_path, faults) as scene:
        result = scene.push()
        assert (result.status, result.code) == (PushStatus.UNDONE, code), result
        assert scene.is_as_before()
        assert scene.simulator.armed is None
        assert Event.CONFIRMING not in scene.events
        assert scene.events[-1] is Event.UNDONE


def test_a_device_that_hangs(kind: str, tmp_path: Path) -> None:
    with scene_of(kind, tmp_path, Faults(hang_on=r"^ipv6 address")) as scene:
        limits = Limits(guard=60, margin=5, settle=1, line=0.5, poll=0.05, nap=0.2)
        result = scene.push(limits=limits)
        assert (result.status, result.code) == (PushStatus.UNDONE, "transport-timed-out")
        assert scene.is_as_before()


def test_what_the_guard_cannot_bring_back_is_an_alarm(tmp_path: Path) -> None:
    faults = Faults(ignore="^ipv6 address", not_restored="^ipv6 mtu")
    with scene_of("h3c_comware7", tmp_path, faults) as scene:
        result = scene.push(limits=Limits(guard=60, margin=-60, settle=1, poll=0.05, nap=0.2))
        assert (result.status, result.code) == (PushStatus.ALARM, "push-alarm")
        assert "ipv6 mtu 1400" in result.message
        assert scene.journal.alarm_of("r1") is not None
        assert same_config(scene.target.platform, scene.journal.kept("push-1", "r1", "before"), scene.before)


def test_another_hand_between_preview_and_push(kind: str, tmp_path: Path) -> None:
    with scene_of(kind, tmp_path) as scene:
        result = scene.push(lambda: scene.simulator.change(HEAD, "description by hand"))
        assert (result.status, result.code) == (PushStatus.REFUSED, "push-device-changed")
        assert "by hand" in result.message
        assert "2001:db8" not in scene.simulator.running
        assert scene.events == []


def test_a_push_that_cuts_management_comes_back(kind: str, tmp_path: Path) -> None:
    """From the lines on nobody can log in any more, until the guard has fired."""
    with scene_of(kind, tmp_path) as scene:
        simulator = scene.simulator
        accounts = dict(simulator.accounts)
        stop = threading.Event()

        def cut() -> None:
            while not stop.wait(0.005):
                cut_off = "2001:db8" in simulator.running
                simulator.accounts = {} if cut_off else accounts

        thread = threading.Thread(target=cut)
        thread.start()
        try:
            result = scene.push()
        finally:
            stop.set()
            thread.join()
        assert (result.status, result.code) == (PushStatus.UNDONE, "push-no-new-login"), result
        assert scene.is_as_before()


def test_logins_that_fail(tmp_path: Path) -> None:
    with scene_of("huawei_vrp8", tmp_path) as scene:
        refused = scene.preview(password="wrong").error
        assert refused is not None
        assert (refused.code, refused.exit_code) == ("transport-login-refused", 4)
        key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEsTQ0h2bU1BvR9YcZq0V5uM1V3cCqkqzv1mO8f3o9aX"
        scene.target = Target(
            **{**{name: getattr(scene.target, name) for name in scene.target.__dataclass_fields__}, "host_key": key}
        )
        wrong = scene.preview().error
        assert wrong is not None
        assert wrong.code == "transport-host-key"
        assert scene.simulator.typed == []


def test_what_is_sent_is_what_was_previewed(kind: str, tmp_path: Path) -> None:
    with scene_of(kind, tmp_path) as scene:
        found = scene.preview()
        assert found.change is not None
        assert scene.simulator.running == scene.before
        result = push_device(found.change, NetmikoTransport(), scene.journal, LIMITS)
        assert result.status is PushStatus.DONE
        typed = [line for _, line in scene.simulator.typed]
        sent = [line.strip() for line in found.change.patch.commands]
        first = typed.index(sent[0])
        assert typed[first : first + len(sent)] == sent
        back = parse(scene.target.platform, scene.before)
        assert found.back is not None
        assert to_text(scene.target.platform, back)
