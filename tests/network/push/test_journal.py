"""The journal survives what kills its writers."""

from __future__ import annotations

import multiprocessing
import stat
from pathlib import Path

import pytest

from network.errors import PushError
from network.push.journal import ENDED, Event, Journal


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


def test_what_was_put_down_is_read_back(journal: Journal) -> None:
    journal.append("p1", "r1", Event.BEGUN, label="核心")
    journal.append("p1", "r1", Event.ARMING)
    journal.append("p1", "r2", Event.BEGUN)
    found = list(journal.entries())
    assert [(one.push, one.device, one.event) for one in found] == [
        ("p1", "r1", Event.BEGUN), ("p1", "r1", Event.ARMING), ("p1", "r2", Event.BEGUN),
    ]  # fmt: skip
    assert found[0].data == {"label": "核心"}


@pytest.mark.parametrize("cut", range(2, 60, 7))
def test_a_line_that_was_cut_off_spoils_nothing(journal: Journal, cut: int) -> None:
    journal.append("p1", "r1", Event.ARMING)
    journal.append("p1", "r1", Event.DONE)
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[:-cut])
    left = journal.unfinished_of("r1")
    assert left is not None
    assert left.touched
    journal.append("p1", "r1", Event.UNDONE)
    assert journal.unfinished_of("r1") is None


@pytest.mark.parametrize("event", list(Event))
def test_a_push_is_unfinished_until_an_end_is_on_record(journal: Journal, event: Event) -> None:
    journal.append("p0", "r1", Event.DONE)
    journal.append("p1", "r1", Event.ARMING)
    journal.append("p1", "r1", event)
    left = journal.unfinished_of("r1")
    assert (left is None) == (event in ENDED)
    assert [one.device for one in journal.unfinished()] == ([] if event in ENDED else ["r1"])


def test_it_knows_what_can_be_undone(journal: Journal) -> None:
    for push, data in (("p1", {}), ("p2", {}), ("p2-back", {"undoes": "p2"})):
        journal.append(push, "r1", Event.BEGUN, **data)
        journal.append(push, "r1", Event.DONE)
    journal.append("p3", "r1", Event.UNDONE)
    assert journal.last_done("r1") == "p1"
    assert journal.last_done("r2") == ""


def test_configurations_are_for_their_owner_only(journal: Journal) -> None:
    journal.keep("p1", "r1", "before", "snmp-agent community read 秘密\n")
    assert journal.kept("p1", "r1", "before") == "snmp-agent community read 秘密\n"
    assert stat.S_IMODE(journal.kept_path("p1", "r1", "before").stat().st_mode) == 0o600
    assert stat.S_IMODE(journal.folder.stat().st_mode) == 0o700
    with pytest.raises(PushError) as caught:
        journal.kept("p2", "r1", "before")
    assert caught.value.code == "push-not-kept"


def _write(folder: str, device: str) -> None:
    journal = Journal(Path(folder))
    for _ in range(50):
        journal.append("p1", device, Event.SENT, text="x" * 300)


def test_processes_share_it(journal: Journal) -> None:
    processes = [multiprocessing.Process(target=_write, args=(str(journal.folder), f"r{n}")) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert len(list(journal.entries())) == 150
