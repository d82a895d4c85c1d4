"""What a run tells the estate: written once, in order, folded when the estate is loaded, and taken back by rollback."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import InputError
from inventory.load import load_estate
from inventory.state import StateEntry
from migration.run.errors import RunError
from migration.run.events import Envelope, ItemEnded, ItemStatus, RunPaused, StateChange
from migration.run.outcomes import entries_of, state_file, write_state

SAYABLE = Path(__file__).resolve().parents[2] / "data" / "sayable"
NIGHT = dt.datetime(2021, 4, 9, 18, 10, tzinfo=dt.UTC)
"""Already the 10th in China."""
SYSTEM = "system:mz-dibao"
CUTOVER = "system/mz-dibao/cutover"
MOVED = {"runs_in": "pool:yun-sheng-a", "moved": "2021-04-10"}
BACK = {"runs_in": "room:mzt-1", "moved": None}


def ended(
    sequence: int, status: ItemStatus, *changes: tuple[str, dict[str, Any]], item: str = CUTOVER, hours: int = 0
) -> Envelope:
    return Envelope(
        run="w14-1",
        sequence=sequence,
        at=NIGHT + dt.timedelta(hours=hours),
        item=item,
        event=ItemEnded(status=status, changes=tuple(StateChange(object=name, set=values) for name, values in changes)),
    )


def entry(values: dict[str, Any], *, item: str = CUTOVER, of: str = SYSTEM, hours: float = 0) -> StateEntry:
    return StateEntry(at=NIGHT + dt.timedelta(hours=hours), item=item, object=of, set=values)


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAYABLE, tmp_path / "estate"))


DONE = ended(3, ItemStatus.SUCCEEDED, (SYSTEM, MOVED))
UNDONE = ended(9, ItemStatus.ROLLED_BACK, (SYSTEM, BACK), hours=2)


def test_only_ended_items_with_changes_make_entries() -> None:
    paused = Envelope(run="w14-1", sequence=1, at=NIGHT, event=RunPaused(by="li"))
    canceled = ended(2, ItemStatus.CANCELED)
    found = entries_of([paused, canceled, DONE, UNDONE])
    assert [(one.item, one.set, one.undone) for one in found] == [(CUTOVER, MOVED, False), (CUTOVER, BACK, True)]
    assert found[0].at == NIGHT


def test_loading_the_estate_folds_what_a_run_has_done(estate: Path) -> None:
    component = ("component:mz-hydj/web", {"runs_in": "pool:yun-jr-a"})
    nothing = ended(4, ItemStatus.SUCCEEDED, ("pool:yun-sheng-a", {}), item="cloud/yun-sheng-a/connected")
    both = ended(5, ItemStatus.SUCCEEDED, ("system:mz-hydj", MOVED), component, item="system/mz-hydj/cutover")
    path = write_state(estate, "w14-1", entries_of([DONE, nothing, both]))
    assert path == estate / "state" / "w14-1.yaml"
    assert "at: '2021-04-10T02:10:00+08:00'" in path.read_text("utf-8")
    loaded = load_estate(estate, cache=False)
    assert [found.code for found in loaded.problems if found.origin.file.startswith("state")] == []
    inventory = loaded.inventory
    system = inventory.systems["mz-dibao"]
    assert (system.runs_in, system.moved) == ("pool:yun-sheng-a", dt.date(2021, 4, 10))
    assert set(inventory.done) == {CUTOVER, "cloud/yun-sheng-a/connected", "system/mz-hydj/cutover"}
    parts = {part.id: part.runs_in for part in inventory.systems["mz-hydj"].components}
    assert parts["web"] == "pool:yun-jr-a"
    assert load_estate(estate, cache=False, as_of=dt.date(2021, 4, 9)).inventory.done == {}, "the day is China's"


def test_rolling_back_after_success_puts_the_old_values_back_and_opens_the_item(estate: Path) -> None:
    before = load_estate(estate, cache=False).inventory
    write_state(estate, "w14-1", entries_of([DONE]))
    moved = load_estate(estate, cache=False).inventory
    assert moved.systems["mz-dibao"] != before.systems["mz-dibao"]
    write_state(estate, "w14-1", entries_of([UNDONE]))
    after = load_estate(estate, cache=False).inventory
    assert after.systems["mz-dibao"] == before.systems["mz-dibao"]
    assert after.done == {}
    again = ended(12, ItemStatus.SUCCEEDED, (SYSTEM, MOVED), hours=30)
    write_state(estate, "w14-2", entries_of([again]))
    third = load_estate(estate, cache=False).inventory
    assert third.systems["mz-dibao"] == moved.systems["mz-dibao"]
    assert set(third.done) == {CUTOVER}


def test_writing_twice_changes_nothing(estate: Path) -> None:
    path = write_state(estate, "w14-1", entries_of([DONE, UNDONE]))
    once = path.read_bytes()
    stamp = path.stat().st_mtime_ns
    write_state(estate, "w14-1", entries_of([DONE]))
    write_state(estate, "w14-1", [])
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (once, stamp)


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.integers(), max_size=2)
ENTRIES = st.lists(
    st.builds(
        entry,
        st.fixed_dictionaries({"state": VALUES}),
        item=st.sampled_from(["room/a/emptied", "room/a/closed", "room/b/emptied"]),
        of=st.sampled_from(["room:a", "room:b"]),
        hours=st.integers(0, 3),
    ),
    max_size=6,
)


@given(ENTRIES, st.randoms(use_true_random=False))
def test_any_parts_in_any_order_give_the_same_entries_in_the_order_of_time(
    tmp_path_factory: pytest.TempPathFactory, entries: list[StateEntry], chance: random.Random
) -> None:
    one, many = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("many")
    write_state(one, "r", entries)
    pieces = [*entries, *entries[:2]]
    chance.shuffle(pieces)
    for piece in pieces:
        write_state(many, "r", [piece])
    if not entries:
        return
    whole, parts = (state_file(folder, "r").read_text("utf-8") for folder in (one, many))
    assert sorted(whole.splitlines()) == sorted(parts.splitlines())
    times = [line for line in parts.splitlines() if " at:" in line]
    assert len(times) >= 1
    assert times == sorted(times)


def test_threads_lose_nothing(tmp_path: Path) -> None:
    entries = [entry({"state": "closed"}, item=f"room/{number}/closed", of="room:a") for number in range(24)]

    def write(part: list[StateEntry]) -> None:
        for one in part:
            write_state(tmp_path, "r", [one])

    threads = [threading.Thread(target=write, args=(entries[start::4],)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert state_file(tmp_path, "r").read_text("utf-8").count("item:") == 24


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        (entry({"name": "x"}), "state-field", "runs do not set 'name' of system:mz-dibao"),
        (entry({"runs_in": "x"}, of="line:a"), "state-field", "'runs_in'"),
        (entry({"name": "x"}, of="department:a"), "state-kind", "'department:a'"),
        (entry({}, of="nothing:a"), "state-kind", "'nothing:a'"),
        (entry({}, of="system"), "state-kind", "'system'"),
    ],
)
def test_what_runs_do_not_change_is_refused_and_nothing_is_written(
    estate: Path, wrong: StateEntry, code: str, said: str
) -> None:
    with pytest.raises(RunError, match=said) as raised:
        write_state(estate, "w14-1", [entry(MOVED), wrong])
    assert raised.value.code == code
    assert not (estate / "state").exists()


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("run: w14-1\nentries: [", "state-unreadable", r"w14-1.yaml:\d"),
        ("run: w14-1\nformat: 1\nentries:\n- {at: soon, item: a, object: b}", "state-unreadable", "w14-1.yaml:4"),
        ("run: w14-1\nentries:\n- text", "state-unreadable", "w14-1.yaml:3"),
        ("run: w14-1\nformat: 1\nby: me", "state-unreadable", "'by'"),
        ("entries: []", "state-unreadable", "'run'"),
        ("run: w14-2\nentries: []", "state-other-run", "'w14-2'"),
    ],
)
def test_a_spoilt_file_is_not_overwritten(estate: Path, text: str, code: str, said: str) -> None:
    path = state_file(estate, "w14-1")
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(RunError, match=said) as raised:
        write_state(estate, "w14-1", [entry(MOVED)])
    assert raised.value.code == code
    assert path.read_text() == text


def test_entries_by_hand_stay(estate: Path) -> None:
    path = state_file(estate, "w14-1")
    path.parent.mkdir()
    path.write_text("run: w14-1\nentries:\n- {at: 2021-03-01 08:00, item: room/qx-1/emptied, object: 'room:qx-1'}\n")
    write_state(estate, "w14-1", [entry(MOVED)])
    text = path.read_text("utf-8")
    assert text.index("room/qx-1/emptied") < text.index(CUTOVER)
    assert set(load_estate(estate, cache=False).inventory.done) == {"room/qx-1/emptied", CUTOVER}


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        write_state(tmp_path / "absent", "r", [entry(MOVED)])
    assert raised.value.code == "cannot-write"
