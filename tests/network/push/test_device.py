"""The guarded push of one device, on each platform that has a guard, with everything that may go wrong."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from network.config import parse, to_text
from network.diff import patch
from network.errors import PushError
from network.platforms import platform_of
from network.push.device import push_device
from network.push.journal import Event, Journal
from network.push.model import Change, Limits, PushResult, PushStatus, same_config
from network.push.state import Probe
from tests.network.push.devices import ADDED, BEFORE, HEAD, Box, BoxTransport, Faults, make_box, with_lines
from tests.network.push.targets import login, target
from tests.network.push.test_frr_guard import ask

GUARDED = ("huawei_vrp8", "h3c_comware7", "frr")
LIMITS = Limits(guard=2, margin=3, settle=0.2, poll=0.05)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


def change_of(box: Box, *, lines: tuple[str, ...] | None = None, **other: Any) -> Change:
    platform = box.platform
    head = HEAD.get(platform.id, "interface GigabitEthernet0/0/1")
    intended = with_lines(platform, box.now, head, ADDED[platform.id] if lines is None else lines)
    return Change(
        push="push-1",
        target=target("r1", platform),
        login=login(),
        before=box.now,
        intended=intended,
        patch=patch(platform, parse(platform, box.now), intended),
        **other,
    )


def push(box: Box, change: Change, journal: Journal, limits: Limits = LIMITS, **more: Any) -> PushResult:
    return push_device(change, BoxTransport({"r1": box}), journal, limits, **more)


def events(journal: Journal) -> list[Event]:
    return [entry.event for entry in journal.entries()]


@pytest.fixture(params=GUARDED)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_good_push_is_confirmed_and_saved(kind: str, tmp_path: Path, journal: Journal) -> None:
    box = make_box(kind, tmp_path / "box")
    change = change_of(box)
    result = push(box, change, journal)
    assert result.status is PushStatus.DONE, result
    wanted = to_text(box.platform, change.intended)
    assert same_config(box.platform, box.now, wanted)
    saved = box.saved if box.frr is None else box.frr.saved
    assert same_config(box.platform, saved, wanted)
    assert events(journal) == [
        Event.BEGUN, Event.ARMING, Event.ARMED, Event.SENT, Event.TESTED, Event.CONFIRMING, Event.DONE,
    ]  # fmt: skip
    time.sleep(2.2)
    assert same_config(box.platform, box.now, wanted)
    assert box.logins == 2


def test_what_is_there_already_is_not_touched(kind: str, tmp_path: Path, journal: Journal) -> None:
    box = make_box(kind, tmp_path / "box")
    result = push(box, change_of(box, lines=()), journal)
    assert result.status is PushStatus.UNCHANGED
    assert box.sent == []
    assert events(journal) == []


def _renamed(box: Box, number: int) -> None:
    if number == 2:
        box.set(box.now.replace("R1", "R2"))


# Candidates of VRP 8 take the whole configuration as it was when they were begun; the sessions of FRR's box say nothing
# of neighbours.
WRONG = {
    "refused line": (Faults(refuse="^ipv6 address"), GUARDED),
    "dropped session": (Faults(drop_at=2), GUARDED),
    "no new login": (Faults(logins=1), GUARDED),
    "lost neighbour": (Faults(loses="2001:db8"), ("huawei_vrp8", "h3c_comware7")),
    "another hand in between": (Faults(after_line=_renamed), ("h3c_comware7", "frr")),
}


@pytest.mark.parametrize(("kind", "wrong"), [(kind, name) for name, (_, kinds) in WRONG.items() for kind in kinds])
def test_what_goes_wrong_comes_back(kind: str, wrong: str, tmp_path: Path, journal: Journal) -> None:
    faults = WRONG[wrong][0]
    box = make_box(kind, tmp_path / "box", replace(faults))
    if faults.logins == 1:  # comes back once the guard has fired
        threading.Timer(2.5, lambda: setattr(box.faults, "logins", 1000)).start()
    result = push(box, change_of(box), journal)
    assert result.status is PushStatus.UNDONE, result
    assert same_config(box.platform, box.now, BEFORE[kind])
    assert same_config(box.platform, box.saved if box.frr is None else box.frr.saved, BEFORE[kind])
    assert Event.CONFIRMING not in events(journal)
    assert events(journal)[-1] is Event.UNDONE
    assert result.code in {"push-line-refused", "transport-dropped", "push-no-new-login", "push-worse", "push-differs"}


def test_a_guard_that_cannot_be_armed_stops_the_push(kind: str, tmp_path: Path, journal: Journal) -> None:
    box = make_box(kind, tmp_path / "box", Faults(unarmed=True))
    if box.frr is not None:
        box.frr.set_fault("broken")
    result = push(box, change_of(box), journal)
    assert result.code == "push-not-armed"
    assert result.status is PushStatus.UNDONE
    assert same_config(box.platform, box.now, BEFORE[kind])
    if kind != "huawei_vrp8":  # there the lines go to a candidate, which is nothing yet
        assert box.sent == []


def test_a_device_that_was_changed_since_the_preview_is_refused(kind: str, tmp_path: Path, journal: Journal) -> None:
    box = make_box(kind, tmp_path / "box")
    change = change_of(box)
    box.set(box.now.replace("10.0.0.1", "10.0.0.2"))
    now = box.now
    result = push(box, change, journal)
    assert (result.status, result.code) == (PushStatus.REFUSED, "push-device-changed")
    assert "10.0.0.2" in result.message
    assert box.now == now
    assert box.sent == []


def test_a_guard_of_another_hand_is_left_alone(kind: str, tmp_path: Path, journal: Journal) -> None:
    box = make_box(kind, tmp_path / "box")
    if box.frr is None:
        box.arm(60, box.running)
    else:
        assert ask(box.frr, "arm", "60", "another")[0] == "started"
    result = push(box, change_of(box), journal)
    assert (result.status, result.code) == (PushStatus.REFUSED, "push-guard-busy")
    assert box.sent == []
    box.disarm()
    if box.frr is not None:
        ask(box.frr, "fire")


@pytest.mark.parametrize("id", ["huawei_vrp5", "h3c_comware5", "ruijie_rgos", "zte_zxros", "cisco_ios"])
def test_platforms_without_a_guard_are_refused_before_anything_is_contacted(id: str, journal: Journal) -> None:
    platform = platform_of(id)
    text = "hostname R1\n" if platform.undo == "no" else "sysname R1\n"
    tree = parse(platform, text)
    change = Change("push-1", target("r1", platform), login(), text, tree, patch(platform, tree, tree))
    result = push_device(change, BoxTransport({}), journal, LIMITS)
    assert (result.status, result.code) == (PushStatus.REFUSED, "push-no-guard")
    assert platform.name in result.message


@pytest.mark.parametrize(
    ("id", "lines", "code"),
    [
        ("huawei_vrp8", ("shutdown",), "push-disruptive"),
        ("huawei_vrp8", ("ip address 10.0.9.1 255.255.255.0",), "push-not-neutral"),
        ("frr", ("ip address 10.0.9.1/24",), "push-not-neutral"),
    ],
)
def test_what_touches_ipv4_is_refused(
    id: str, lines: tuple[str, ...], code: str, tmp_path: Path, journal: Journal
) -> None:
    box = make_box(id, tmp_path / "box")
    result = push(box, change_of(box, lines=lines), journal)
    assert (result.status, result.code) == (PushStatus.REFUSED, code)
    assert box.logins == 0


def test_a_guard_that_fails_is_an_alarm(tmp_path: Path, journal: Journal) -> None:
    box = make_box("h3c_comware7", tmp_path / "box", Faults(refuse="^quit", guard_fails=True))
    result = push(box, change_of(box), journal, Limits(guard=1, margin=-4, settle=0.1, poll=0.05))
    assert (result.status, result.code) == (PushStatus.ALARM, "push-alarm")
    assert "2001:db8::1" in result.message
    assert events(journal)[-1] is Event.ALARM
    assert journal.alarm_of("r1") is not None
    assert journal.kept("push-1", "r1", "before") == BEFORE["h3c_comware7"]


def test_after_an_alarm_nothing_is_pushed_until_a_person_has_looked(tmp_path: Path, journal: Journal) -> None:
    box = make_box("h3c_comware7", tmp_path / "box", Faults(refuse="^quit", guard_fails=True))
    push(box, change_of(box), journal, Limits(guard=1, margin=-4, settle=0.1, poll=0.05))
    box.set(BEFORE["h3c_comware7"])  # a person has put it back
    box.faults = Faults()
    logins, change = box.logins, replace(change_of(box), push="push-2")
    for again in (journal, Journal(journal.folder)):
        result = push(box, change, again)
        assert (result.status, result.code) == (PushStatus.REFUSED, "push-alarmed")
        assert "2001:db8::1" in result.message
        assert box.logins == logins
    with pytest.raises(PushError, match="no alarm"):
        journal.acknowledge("r2", by="li", reason="looked")
    journal.acknowledge("r1", by="li", reason="put back by hand")
    last = journal.of("r1")[-1]
    assert (last.event, last.push) == (Event.ACKNOWLEDGED, "push-1")
    assert last.data == {"by": "li", "reason": "put back by hand"}
    assert journal.unfinished_of("r1") is None
    assert push(box, change, journal).status is PushStatus.DONE
    with pytest.raises(PushError, match="no alarm"):
        journal.acknowledge("r1", by="li", reason="twice")


def test_what_is_confirmed_but_not_saved_stays_open(kind: str, tmp_path: Path, journal: Journal) -> None:
    box = make_box(kind, tmp_path / "box", Faults(unsaved=True))
    if box.frr is not None:
        box.frr.set_fault("full")
    result = push(box, change_of(box), journal)
    assert (result.status, result.code) == (PushStatus.ALARM, "push-not-saved")
    left = journal.unfinished_of("r1")
    assert left is not None
    assert left.confirming


def test_breaking_off_leaves_the_device_to_its_guard(kind: str, tmp_path: Path, journal: Journal) -> None:
    cancel = threading.Event()
    faults = Faults(after_line=lambda _box, number: cancel.set() if number == 2 else None)
    box = make_box(kind, tmp_path / "box", faults)
    began = time.monotonic()
    result = push(box, change_of(box), journal, cancel=cancel)
    assert (result.status, result.code) == (PushStatus.PENDING, "push-canceled")
    assert time.monotonic() - began < 2
    assert journal.unfinished_of("r1") is not None
    until = time.monotonic() + 10
    while not same_config(box.platform, box.now, BEFORE[kind]):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_nothing_is_begun_once_it_is_broken_off(tmp_path: Path, journal: Journal) -> None:
    cancel = threading.Event()
    cancel.set()
    box = make_box("frr", tmp_path / "box")
    assert push(box, change_of(box), journal, cancel=cancel).status is PushStatus.SKIPPED
    assert box.now == BEFORE["frr"]


def test_a_device_takes_one_push_at_a_time(tmp_path: Path, journal: Journal) -> None:
    box = make_box("frr", tmp_path / "box")
    with journal.only("r1"):
        result = push(box, change_of(box), Journal(journal.folder))
    assert (result.status, result.code) == (PushStatus.REFUSED, "push-busy")


def test_a_push_that_was_left_in_the_middle_comes_first(tmp_path: Path, journal: Journal) -> None:
    box = make_box("frr", tmp_path / "box")
    journal.append("push-0", "r1", Event.ARMING)
    result = push(box, change_of(box), journal)
    assert (result.status, result.code) == (PushStatus.REFUSED, "push-unfinished")
    assert "push-0" in result.message


def test_gained_reachability_is_told(tmp_path: Path, journal: Journal) -> None:
    box = make_box("huawei_vrp8", tmp_path / "box")
    result = push(box, change_of(box, probes=(Probe("10.9.9.9", "r2"),)), journal)
    assert result.status is PushStatus.DONE
    assert result.notes == ()
