"""``qianyun net`` on two routers that are only files."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import click
import pytest

from network.errors import PushRefusedError
from network.platforms import platform_of
from network.push import preview
from network.push.journal import Event, Journal
from network.push.model import same_config
from tests.network.push.devices import Box, Faults
from tests.network.push.small_network import boxes_of, small_network, transport_of, write_estate
from tests.ui.commands import Ran, Runner
from ui.commands.net import asked

STAGE = ("--stage", "addressed")
FRR = platform_of("frr")


class Scene:
    """The estate, its devices, and commands on them."""

    def __init__(self, runner: Runner, folder: Path) -> None:
        self.runner, self.estate = runner, write_estate(folder / "estate")
        self.boxes: dict[str, Box] = boxes_of(small_network(), folder / "boxes")
        self.before = {name: box.now for name, box in self.boxes.items()}
        self.journal = Journal(self.estate / ".qianyun" / "network")

    def run(self, name: str, *more: str) -> Ran:
        stage = STAGE if name in ("preview", "push", "verify") else ()
        return self.runner("net", name, self.estate, *stage, *more)

    def answer(self, name: str, *more: str, code: int = 0) -> dict[str, Any]:
        ran = self.run(name, *more, "--json")
        assert ran.code == code, ran
        found: dict[str, Any] = json.loads(ran.out)
        return found

    def push(self, *more: str, code: int = 0) -> dict[str, str]:
        hash = json.loads(self.run("preview", *only(more), "--json").out)["hash"]  # noqa: A001 - its name there
        rows = self.answer("push", "--yes", hash, "--guard", "5", *more, code=code)["devices"]
        return {row["device"]: row["status"] for row in rows}


def only(words: tuple[str, ...]) -> tuple[str, ...]:
    return words[words.index("--only") : words.index("--only") + 2] if "--only" in words else ()


@pytest.fixture
def scene(runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = Scene(runner, tmp_path)
    for box in made.boxes.values():
        assert box.frr is not None
        box.frr.reaches("10.1.0.1", "10.1.0.2", "10.0.0.1", "10.0.0.2")
    monkeypatch.setattr(asked, "_transport", lambda: transport_of(made.boxes))
    return made


def test_a_preview_shows_what_a_push_does_and_changes_nothing(scene: Scene) -> None:
    found = scene.answer("preview")
    assert [row["device"] for row in found["devices"]] == ["r1", "r2"]
    assert [row["batch"] for row in found["devices"]] == [2, 1]
    assert all(any("ipv6 address" in line for line in row["commands"]) for row in found["devices"])
    assert all(any(line.startswith("no ipv6 address") for line in row["back"]) for row in found["devices"])
    assert {name: box.now for name, box in scene.boxes.items()} == scene.before
    assert found["hash"] in scene.run("preview").out
    assert scene.answer("preview")["hash"] == found["hash"]


def test_from_preview_to_rollback(scene: Scene) -> None:
    assert scene.push() == {"r1": "done", "r2": "done"}
    assert scene.answer("preview")["devices"][0]["lines"] == 0
    verified = scene.answer("verify")
    assert all(row["saved"] and not row["missing"] for row in verified["devices"])
    first = next(scene.journal.entries())
    assert (first.event, first.device) == (Event.AGREED, "")
    assert first.data["devices"] == ["r1", "r2"]
    order = [entry.device for entry in scene.journal.entries() if entry.event is Event.BEGUN]
    assert order == ["r2", "r1"]

    refused = scene.run("rollback", "--json")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    back = scene.runner("net", "rollback", scene.estate, "--only", "r2", "--yes", "0" * 16)
    assert back.code == 5
    found = back.err.split()
    hash = next(word.strip(".,:") for word in found if len(word.strip(".,:")) == 16 and word != "0" * 16)  # noqa: A001
    done = scene.answer("rollback", "--only", "r2", "--yes", hash, "--guard", "5")
    assert [row["status"] for row in done["devices"]] == ["done"]
    assert same_config(FRR, scene.boxes["r2"].now, scene.before["r2"])
    assert "ipv6 address" in scene.boxes["r1"].now
    assert scene.answer("rollback", "--only", "r2", code=1)["devices"][0]["code"] == "push-nothing-to-undo"


def test_a_rollback_is_previewed_and_asked_for(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.push()
    pushed = {name: box.now for name, box in scene.boxes.items()}
    sent = {name: list(box.sent) for name, box in scene.boxes.items()}
    found = scene.answer("rollback", "--preview")
    assert [(row["device"], row["batch"]) for row in found["devices"]] == [("r1", 2), ("r2", 1)]
    assert all(any(line.startswith("no ipv6 address") for line in row["commands"]) for row in found["devices"])
    shown = scene.run("rollback", "--preview")
    assert (found["hash"] in shown.out, "no ipv6 address" in shown.out) == (True, True)
    assert scene.run("rollback", "--preview", "--yes", found["hash"]).code == 2
    assert scene.run("rollback").code == 2  # nobody to ask

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(click, "confirm", lambda question, **_: found["hash"] not in question)
    declined = scene.run("rollback")
    assert (declined.code, "no ipv6 address" in declined.out) == (1, True)
    assert {name: box.now for name, box in scene.boxes.items()} == pushed
    assert {name: list(box.sent) for name, box in scene.boxes.items()} == sent

    scene.answer("rollback", "--yes", found["hash"], "--guard", "5")
    assert all(same_config(FRR, box.now, scene.before[name]) for name, box in scene.boxes.items())
    agreed = [entry.data["label"] for entry in scene.journal.entries() if entry.event is Event.AGREED]
    assert agreed == ["addressed", "rollback"]


def test_a_preview_that_no_longer_holds(scene: Scene) -> None:
    hash = scene.answer("preview")["hash"]  # noqa: A001
    box = scene.boxes["r1"]
    box.set(box.now.replace("hostname R1", "hostname R1b"))
    ran = scene.run("push", "--yes", hash)
    assert ran.code == 5
    assert hash in ran.err
    assert scene.boxes["r2"].sent == []


def test_without_anybody_to_ask_nothing_is_pushed(scene: Scene) -> None:
    ran = scene.run("push")
    assert ran.code == 2
    assert "--yes" in ran.err
    assert [box.sent for box in scene.boxes.values()] == [[], []]


def test_a_device_that_refuses_is_as_before_and_stops_the_others(scene: Scene) -> None:
    scene.boxes["r2"].faults = Faults(refuse="^ipv6 address")
    assert scene.push(code=1) == {"r1": "skipped", "r2": "undone"}
    assert {name: same_config(FRR, box.now, scene.before[name]) for name, box in scene.boxes.items()} == {
        "r1": True, "r2": True,
    }  # fmt: skip


def test_devices_that_nobody_reaches(scene: Scene) -> None:
    for box in scene.boxes.values():
        box.faults = Faults(logins=0)
    ran = scene.run("preview")
    assert ran.code == 4
    assert "net push" not in ran.err, "there is nothing to push"
    assert scene.run("verify").code == 4
    scene.boxes["r1"].faults = Faults()
    assert scene.push(code=4) == {"r1": "done", "r2": "failed"}


def test_a_platform_that_nobody_knows_is_an_error_of_the_estate(scene: Scene) -> None:
    path = scene.estate / "records.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("platform: frr", "platform: fr", 1), encoding="utf-8")
    rows = scene.answer("preview", code=2)["devices"]
    assert [row["code"] for row in rows] == ["device-platform", ""]
    assert "nearest: frr" in rows[0]["hint"]
    assert scene.push(code=2) == {"r1": "failed", "r2": "done"}
    scene.boxes["r2"].faults = Faults(logins=0)
    assert scene.run("preview").code == 1, "of two kinds"


def test_one_device_by_a_selector(scene: Scene) -> None:
    assert scene.push("--only", "id:r1") == {"r1": "done"}
    assert scene.boxes["r2"].logins == 0
    assert scene.run("push", "--only", "id:nobody").code == 2


def test_interrupting_leaves_devices_to_their_guards_and_says_so(scene: Scene) -> None:
    interrupt = threading.Timer(0, signal.raise_signal, (signal.SIGINT,))

    def at(_box: Box, number: int) -> None:
        if number == 2:
            interrupt.start()
            time.sleep(0.5)

    scene.boxes["r2"].faults = Faults(after_line=at)
    hash = scene.answer("preview")["hash"]  # noqa: A001
    ran = scene.run("push", "--yes", hash, "--guard", "5")
    assert ran.code == 130
    assert "r2" in ran.err
    assert "qianyun net recover" in ran.err
    assert scene.boxes["r1"].sent == []
    assert [left.device for left in scene.journal.unfinished()] == ["r2"]

    scene.boxes["r2"].faults = Faults()
    found = scene.answer("recover")
    assert [(row["device"], row["now"]) for row in found["devices"]] == [("r2", "undone")]
    assert same_config(FRR, scene.boxes["r2"].now, scene.before["r2"])
    assert scene.answer("recover")["devices"] == []


def test_an_alarm_blocks_a_device_until_a_person_acknowledges_it(scene: Scene) -> None:
    scene.journal.append("old", "r2", Event.ALARM, why="+ip route 0.0.0.0/0")
    rows = {row["device"]: row["code"] for row in scene.answer("preview", code=1)["devices"]}
    assert rows == {"r1": "", "r2": "push-alarmed"}
    assert scene.push(code=1) == {"r1": "done", "r2": "refused"}
    assert scene.boxes["r2"].now == scene.before["r2"]
    (alarm,) = scene.answer("recover", code=1)["alarms"]
    assert (alarm["device"], alarm["push"], alarm["why"]) == ("r2", "old", "+ip route 0.0.0.0/0")
    shown = scene.run("recover")
    assert (shown.code, "--acknowledge r2" in shown.err) == (1, True)

    assert scene.run("recover", "--acknowledge", "r2").code == 2
    assert scene.run("recover", "--acknowledge", "r2", "--reason", " ").code == 2
    looked = ("--reason", "put back by hand")
    assert scene.run("recover", "--acknowledge", "r1", "--acknowledge", "r2", *looked).code == 1
    assert scene.journal.alarm_of("r2") is not None, "all or none"
    found = scene.answer("recover", "--acknowledge", "r2", "--by", "li", *looked)
    assert ([row["device"] for row in found["acknowledged"]], found["alarms"]) == (["r2"], [])
    assert scene.journal.of("r2")[-1].data == {"by": "li", "reason": "put back by hand"}
    assert scene.push() == {"r1": "unchanged", "r2": "done"}


def test_the_next_push_ends_what_was_left(scene: Scene) -> None:
    scene.journal.append("old", "r2", Event.BEGUN)
    assert scene.push() == {"r1": "done", "r2": "done"}
    assert scene.journal.last_event("old", "r2") is Event.FAILED


def test_a_backup_is_a_file_a_device(scene: Scene, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    found = scene.answer("backup", "-o", str(folder))
    assert {name: row["changed"] for name, row in found["written"].items()} == {"r1": True, "r2": True}
    assert "10.0.0.2" in (folder / "r2.cfg").read_text(encoding="utf-8")
    again = scene.answer("backup", "-o", str(folder))
    assert {name: row["changed"] for name, row in again["written"].items()} == {"r1": False, "r2": False}


def test_sessions_that_may_be_opened_anew_need_an_option(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    told = PushRefusedError("push-may-reset-bgp", device="r2", peers="10.0.0.9")
    monkeypatch.setattr(preview, "may_reset", lambda change: told if change.device == "r2" else None)
    rows = scene.answer("preview")["devices"]
    assert [(row["warning"], row["code"]) for row in rows] == [("", ""), ("push-may-reset-bgp", "")]
    assert "10.0.0.9" in scene.run("preview").err
    assert scene.push(code=1) == {"r1": "done", "r2": "refused"}
    assert scene.boxes["r2"].now == scene.before["r2"]
    assert scene.push("--may-reset-bgp") == {"r1": "unchanged", "r2": "done"}


def test_no_option_takes_a_password() -> None:
    from ui.commands.net import group

    for command in group.commands.values():
        for parameter in command.params:
            if "password" in str(parameter.name):
                assert getattr(parameter, "is_flag", False)
