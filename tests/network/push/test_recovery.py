"""A pusher that died, at each of its moments: the next call finds what it has left and ends it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from network.config import parse, to_text
from network.push.aftermath import Ending, recover_device
from network.push.device import push_device
from network.push.journal import Event, Journal
from network.push.model import Limits, PushStatus, same_config
from tests.network.push.devices import BEFORE, Box, BoxTransport, Faults, make_box
from tests.network.push.targets import login, target
from tests.network.push.test_device import GUARDED, change_of

LIMITS = Limits(guard=2, margin=3, settle=0.2, poll=0.05)


class DiedError(BaseException):
    """The pusher is no more."""


class DyingJournal(Journal):
    """Kills the pusher when it has put an event on record."""

    def __init__(self, folder: Path, at: Event) -> None:
        super().__init__(folder)
        self._at = at

    def append(self, push: str, device: str, event: Event, **data: object) -> None:
        if event is Event.LEFT:  # the dead put nothing on record
            return
        super().append(push, device, event, **data)
        if event is self._at:
            raise DiedError


def die(box: Box, folder: Path, at: Event) -> Journal:
    with pytest.raises(DiedError):
        push_device(change_of(box), BoxTransport({"r1": box}), DyingJournal(folder, at), LIMITS)
    return Journal(folder)


def recover(box: Box, journal: Journal, limits: Limits = LIMITS) -> Ending:
    left = journal.unfinished_of("r1")
    assert left is not None
    there = target("r1", box.platform)
    return recover_device(left, there, login(), BoxTransport({"r1": box}), journal, limits, cancel=threading.Event())


@pytest.mark.parametrize("kind", GUARDED)
@pytest.mark.parametrize("at", [Event.ARMING, Event.ARMED, Event.SENT, Event.TESTED, Event.CONFIRMING])
def test_the_device_is_as_before(kind: str, at: Event, tmp_path: Path) -> None:
    box = make_box(kind, tmp_path / "box")
    journal = die(box, tmp_path / "journal", at)
    assert recover(box, journal).status is PushStatus.UNDONE
    assert same_config(box.platform, box.now, BEFORE[kind])
    assert journal.unfinished() == ()


def test_before_anything_was_armed_nothing_is_contacted(tmp_path: Path) -> None:
    box = make_box("frr", tmp_path / "box")
    journal = die(box, tmp_path / "journal", Event.BEGUN)
    box.faults.logins = 0
    assert recover(box, journal).status is PushStatus.FAILED
    assert journal.unfinished() == ()


@pytest.mark.parametrize("kind", ["huawei_vrp8", "h3c_comware7"])
def test_between_confirming_and_saving_it_is_saved(kind: str, tmp_path: Path) -> None:
    box = make_box(kind, tmp_path / "box", Faults(unsaved=True))
    change = change_of(box)
    journal = Journal(tmp_path / "journal")
    assert push_device(change, BoxTransport({"r1": box}), journal, LIMITS).code == "push-not-saved"
    box.faults.unsaved = False
    assert recover(box, journal).status is PushStatus.DONE
    wanted = to_text(box.platform, change.intended)
    assert same_config(box.platform, box.now, wanted)
    assert same_config(box.platform, box.saved, wanted)
    assert journal.last_done("r1") == "push-1"


def _other_hand(box: Box) -> None:
    box.set(box.now.replace("10.0.0.1", "10.0.0.9"))


def _confirmed_by_hand(box: Box) -> None:
    box.disarm()


@pytest.mark.parametrize("meanwhile", [_other_hand, _confirmed_by_hand])
def test_what_nobody_intended_is_an_alarm(meanwhile: Callable[[Box], None], tmp_path: Path) -> None:
    """Neither the former configuration nor, where nothing was being confirmed, the intended one."""
    box = make_box("h3c_comware7", tmp_path / "box")
    journal = die(box, tmp_path / "journal", Event.SENT)
    box.faults.guard_fails = True
    meanwhile(box)
    limits = Limits(guard=2, margin=-4, poll=0.05)
    found = recover(box, journal, limits)
    assert (found.status, found.code) == (PushStatus.ALARM, "push-alarm")
    assert found.detail
    assert journal.alarm_of("r1") is not None


def test_a_device_that_nobody_reaches_stays_on_record(tmp_path: Path) -> None:
    box = make_box("h3c_comware7", tmp_path / "box")
    journal = die(box, tmp_path / "journal", Event.SENT)
    box.faults.logins = 0
    found = recover(box, journal, Limits(guard=2, margin=-6.5, poll=0.05))
    assert (found.status, found.code) == (PushStatus.PENDING, "push-lost")
    assert journal.unfinished_of("r1") is not None


def test_what_is_kept_for_the_comparison_is_what_the_device_said(tmp_path: Path) -> None:
    box = make_box("frr", tmp_path / "box")
    journal = die(box, tmp_path / "journal", Event.ARMED)
    assert journal.kept("push-1", "r1", "before") == BEFORE["frr"]
    kept = parse(box.platform, journal.kept("push-1", "r1", "intended"))
    assert "2001:db8::1/64" in to_text(box.platform, kept)
    recover(box, journal)
