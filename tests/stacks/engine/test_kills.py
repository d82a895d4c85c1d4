"""What is left when engines, plug-ins and workers are killed or stopped, and what recovery makes of it."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from stacks.engine import Cancel, EngineFound, Progress
from stacks.engine.storage import Torn
from stacks.errors import EngineError, StackBoundError
from tests.borders.tree import ROOT
from tests.stacks.engine.conftest import World, things
from tools.stack_kills.__main__ import run
from tools.stack_kills.folder import TOKEN, FolderCloud
from tools.stack_kills.grounds import FolderGround
from tools.stack_kills.killing import ACTIONS, VICTIMS, children, orders, wait_for_the_end

pytestmark = pytest.mark.component("pulumi")

STACK = "zone.yun-ty-a.140000-mzt"
NAMES = ("a", "b", "c", "d")


def on_record(folder: Path) -> list[Path]:
    """What is kept beside the states of what was being made when somebody was killed."""
    return [path for path in (folder / "home" / "torn").rglob("*") if path.is_file()]


class Asking:
    """Asks to stop as soon as the first resource is being made."""

    def __init__(self, cancel: Cancel, times: int) -> None:
        self.cancel = cancel
        self.times = times

    def __call__(self, progress: Progress) -> None:
        if progress.kind == "begin" and self.times:
            for number in range(self.times):
                threading.Timer(0.5 * (number + 1), self.cancel.ask).start()
            self.times = 0


@pytest.mark.slow
def test_random_kills(tmp_path: Path, engine: EngineFound, monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine.version
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # what is set is taken back after the test
    kills = run(FolderGround(tmp_path), 6, seed=7)
    assert [fault for kill in kills for fault in kill.faults] == []
    assert any(kill.hit for kill in kills)


def test_kills_are_of_every_kind() -> None:
    every = {(action, victim) for action in ACTIONS for victim in VICTIMS}
    found = list(orders(2 * len(every), random.Random(1)))
    assert {*found[: len(every)]} == every == {*found[len(every) :]}


@pytest.mark.parametrize("undone", [False, True])
def test_worker_and_plugin_killed_while_something_is_made(
    tmp_path: Path, engine: EngineFound, monkeypatch: pytest.MonkeyPatch, *, undone: bool
) -> None:
    """The engine takes what was being made for failed, and its worker is not there to know better."""
    assert engine.version
    monkeypatch.setenv("PATH", os.environ["PATH"])  # what is set is taken back after the test
    ground = FolderGround(tmp_path)
    working = ground.engine()
    order = json.dumps({"ground": ground.words(), "stack": STACK, "version": 0})
    command = [sys.executable, "-m", "tools.stack_kills.worker"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as worker:
        assert worker.stdin is not None
        worker.stdin.write(order)
        worker.stdin.close()
        while not any((tmp_path / "cloud").glob("*.json")):
            assert worker.poll() is None
            time.sleep(0.01)
        lock = working.lock(STACK)
        assert lock is not None
        for pid in (worker.pid, *children(lock.pid)):  # in the half of its making in which the object is there
            os.kill(pid, signal.SIGKILL)
    wait_for_the_end([lock.pid])
    made = set(FolderCloud(tmp_path / "cloud").objects())
    with pytest.raises(EngineError) as interrupted:
        working.destroy(STACK) if undone else working.up(STACK, ground.program(STACK, 0))
    assert interrupted.value.code == "stack-interrupted"
    assert set(working.recover(STACK, ground.find).adopted) >= {
        row["urn"] for id, row in FolderCloud(tmp_path / "cloud").objects().items() if id in made
    }
    if undone:
        working.destroy(STACK, remove=True)
        assert FolderCloud(tmp_path / "cloud").objects() == {}
        assert not on_record(tmp_path)
        working.preview(STACK, ground.program(STACK, 0))  # which makes the stack anew, with nothing left in the middle
        working.up(STACK, ground.program(STACK, 0))
    else:
        working.up(STACK, ground.program(STACK, 0))
        assert ground.faults(STACK, working.state(STACK)) == []
        assert made <= set(FolderCloud(tmp_path / "cloud").objects())
    assert not on_record(tmp_path)


def test_worker_and_plugin_killed_while_something_is_replaced(world: World) -> None:
    """What is replaced is deleted first, and its row stays in the state until the new object is there."""
    world.engine.up(STACK, things("a", place="0"))
    ((old, row),) = world.cloud.objects().items()
    document = json.loads(world.state_file(STACK).read_text())
    (kept,) = [one for one in document["checkpoint"]["latest"]["resources"] if one["urn"] == row["urn"]]
    kept["pendingReplacement"] = True
    world.state_file(STACK).write_text(json.dumps(document))
    world.cloud.remove(old)
    world.cloud.write("new", row["urn"], {"place": "1"})
    making = {name: kept[name] for name in ("urn", "custom", "type", "parent", "provider")} | {"inputs": {"place": "1"}}
    Torn(world.folder / "home" / "torn").making(STACK, [{"type": "creating", "resource": making}])
    with pytest.raises(EngineError) as interrupted:
        world.engine.up(STACK, things("a", place="1"))
    assert interrupted.value.code == "stack-interrupted"
    assert world.engine.recover(STACK, world.cloud.find).adopted == (row["urn"],)
    world.engine.up(STACK, things("a", place="1"))
    assert set(world.cloud.objects()) == {"new"}
    left = world.engine.preview(STACK, things("a", place="1"), refresh=True)
    assert [(one.name, one.op, one.diff) for one in left.changes] == []


def test_work_that_ends_leaves_nothing_on_record(world: World) -> None:
    seen: list[int] = []
    world.engine.up(STACK, things("a", "b", seconds=0.5), on_event=lambda _: seen.append(len(on_record(world.folder))))
    assert max(seen) == 1
    assert not on_record(world.folder)
    with pytest.raises(EngineError):
        world.engine.up(STACK, things("a", "b", "c", refused=lambda name: "no room" if name == "c" else ""))
    assert not on_record(world.folder)
    world.engine.destroy(STACK, remove=True)
    assert not on_record(world.folder)


def test_what_a_destroy_would_find_on_record_is_recovered_first_and_then_forgotten(world: World) -> None:
    world.engine.up(STACK, things("a"))
    ((made, row),) = world.cloud.objects().items()
    urn = row["urn"].replace("::a", "::b")
    world.cloud.write("b", urn, {})
    state = world.engine.state(STACK)
    assert state is not None
    making = {"urn": urn, "custom": True, "type": TOKEN, "parent": state.made[0].parent, "inputs": {}}
    kept = json.loads(world.state_file(STACK).read_text())["checkpoint"]["latest"]["resources"]
    making["provider"] = next(one["provider"] for one in kept if one["urn"] == row["urn"])
    record = world.folder / "home" / "torn"
    Torn(record).making(STACK, [{"type": "creating", "resource": making}])
    with pytest.raises(EngineError) as interrupted:
        world.engine.destroy(STACK)
    assert interrupted.value.code == "stack-interrupted"
    assert set(world.cloud.objects()) == {made, "b"}
    assert world.engine.recover(STACK, world.cloud.find).adopted == (urn,)
    assert not on_record(world.folder)
    Torn(record).making(STACK, [{"type": "creating", "resource": making}])  # as if nobody had removed it: all is known
    world.engine.destroy(STACK, remove=True)
    assert world.cloud.objects() == {}
    assert not on_record(world.folder)
    world.engine.preview(STACK, things("a"))
    world.engine.up(STACK, things("a"))


def test_asked_once_what_has_begun_is_ended(world: World) -> None:
    cancel = Cancel()
    with pytest.raises(EngineError) as stopped:
        world.engine.up(STACK, things(*NAMES, seconds=2), on_event=Asking(cancel, 1), cancel=cancel)
    assert stopped.value.code == "engine-stopped"
    state = world.engine.state(STACK)
    assert state is not None
    assert state.pending == ()
    assert len(state.made) == len(world.cloud.objects())
    assert world.engine.lock(STACK) is None
    world.engine.up(STACK, things(*NAMES))
    assert len(world.cloud.objects()) == len(NAMES)


def test_asked_twice_it_ends_at_once_and_is_recovered(world: World) -> None:
    cancel = Cancel()
    with pytest.raises(EngineError):
        world.engine.up(STACK, things(*NAMES, seconds=8), on_event=Asking(cancel, 2), cancel=cancel)
    state = world.engine.state(STACK)
    assert state is not None
    assert {row.resource.name for row in state.pending} == set(NAMES)
    with pytest.raises(EngineError) as interrupted:
        world.engine.up(STACK, things(*NAMES))
    assert interrupted.value.code == "stack-interrupted"
    recovered = world.engine.recover(STACK, world.cloud.find)
    assert len(recovered.adopted) == len(world.cloud.objects())
    assert len(recovered.adopted) + len(recovered.dropped) == len(NAMES)
    assert recovered.backup is not None
    assert json.loads(recovered.backup.read_text())["checkpoint"]["latest"]["pending_operations"]
    world.engine.up(STACK, things(*NAMES))
    assert len(world.cloud.objects()) == len(NAMES)
    assert world.doubled() == []


def test_asked_before_it_began(world: World) -> None:
    cancel = Cancel()
    cancel.ask()
    with pytest.raises(EngineError):
        world.engine.up(STACK, things(*NAMES, seconds=2), cancel=cancel)
    assert world.engine.lock(STACK) is None


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_state_file_cut_off(world: World, share: float) -> None:
    world.engine.up(STACK, things("a"))
    world.engine.up(STACK, things("a", "b"))
    path = world.state_file(STACK)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert [(info.name, info.damaged) for info in world.engine.stacks()] == [(STACK, True)]
    with pytest.raises(EngineError) as damaged:
        world.engine.up(STACK, things("a", "b"))
    assert damaged.value.code == "state-damaged"
    assert Path(damaged.value.data["copy"]).exists()
    recovered = world.engine.recover(STACK, world.cloud.find)
    assert recovered.restored is not None
    assert world.engine.preview(STACK, things("a", "b"), refresh=True).empty


def test_a_state_file_cut_off_in_the_middle_of_making(world: World) -> None:
    """As when the machine loses power: the copy that the engine made before it wrote has what it was making."""
    cancel = Cancel()
    with pytest.raises(EngineError):
        world.engine.up(STACK, things(*NAMES, seconds=8), on_event=Asking(cancel, 2), cancel=cancel)
    path = world.state_file(STACK)
    path.with_name(f"{path.name}.bak").write_bytes(path.read_bytes())
    path.write_bytes(path.read_bytes()[:100])
    world.engine.recover(STACK, world.cloud.find)
    world.engine.up(STACK, things(*NAMES))
    assert len(world.cloud.objects()) == len(NAMES)
    assert world.doubled() == []


def test_no_whole_copy(world: World) -> None:
    path = world.state_file(STACK)
    path.parent.mkdir(parents=True)
    path.write_text('{"version": 3, "checkp')
    with pytest.raises(EngineError) as lost:
        world.engine.recover(STACK, world.cloud.find)
    assert lost.value.code == "state-lost"
    assert path.read_text() == '{"version": 3, "checkp'


def test_whoever_still_works_is_left_alone(world: World) -> None:
    world.engine.up(STACK, things("a"))
    row = {"pid": os.getpid(), "username": "li", "hostname": socket.gethostname(), "timestamp": "2026-11-22T10:00:00Z"}
    world.lock_folder(STACK).mkdir(parents=True, exist_ok=True)
    (world.lock_folder(STACK) / "1.json").write_text(json.dumps(row))
    with pytest.raises(StackBoundError) as locked:
        world.engine.recover(STACK, world.cloud.find)
    assert locked.value.code == "stack-locked"
    assert world.engine.lock(STACK) is not None
