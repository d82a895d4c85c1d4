"""The transport without a network, recording and playing back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from network.errors import RefusedError, TransportError
from network.platforms import platform_of
from network.testing.fake import FakeTransport
from network.testing.recording import RecordingTransport, ReplayError, ReplayTransport
from network.testing.simulators import Faults, ManualClock, Simulator
from network.transport import Login, Target, Transport

LOGIN = Login(password="Lab-Pass-1")
TEXT = "sysname A\n#\ninterface LoopBack0\n description 政务中心\n#\nreturn\n"
SECRET = "hunter2-cleartext"


def target(platform: str = "huawei_vrp8", device: str = "a") -> Target:
    return Target(device, platform_of(platform), "192.0.2.1", 22, "ssh-ed25519 AAAA", "netops", "utf-8")


def story(transport: Transport) -> list[str]:
    """Calls of every kind, and what came of them."""
    said = []
    with transport.open(target(), LOGIN) as session:
        said.append(session.running())
        session.enter()
        for line in ("interface LoopBack0", "mtu 1400", "nonsense", f"radius-server shared-key {SECRET}", "commit"):
            reply = session.line(line)
            said.append(f"{reply.line}: {reply.text} {reply.refused}")
        session.leave()
        try:
            session.command("display nonsense")
        except RefusedError as error:
            said.append(error.message)
        said.append(session.command("display configuration commit list"))
    return said


def test_fake_sessions_follow_the_device() -> None:
    device = Simulator("huawei_vrp8", TEXT, faults=Faults(drop_on="cut", hang_on="hang"))
    transport = FakeTransport({"a": device})
    said = story(transport)
    assert said[0] == Simulator("huawei_vrp8", TEXT).running.rstrip("\n")
    assert said[2] == "mtu 1400:  False"
    assert said[3].endswith("True")
    assert "mtu 1400" in device.running
    assert not device.consoles
    with transport.open(target(), LOGIN) as session, pytest.raises(TransportError) as caught:
        session.line("hang")
    assert caught.value.code == "transport-timed-out"
    with transport.open(target(), LOGIN) as session, pytest.raises(TransportError) as caught:
        session.line("cut")
    assert caught.value.code == "transport-dropped"
    for way, login, code in (
        (target(device="b"), LOGIN, "transport-unreachable"),
        (target(), Login(password="wrong"), "transport-login-refused"),
    ):
        with pytest.raises(TransportError) as caught:
            transport.open(way, login)
        assert caught.value.code == code


def test_time_of_fake_devices() -> None:
    device = Simulator("h3c_comware7", TEXT)
    before = device.running
    with FakeTransport({"a": device}).open(target("h3c_comware7"), LOGIN) as session:
        session.enter()
        session.line("configuration commit delay 1")
        session.line("interface LoopBack0")
        session.line("description new")
        session.leave()
        assert "new" in session.running()
        assert isinstance(device.clock, ManualClock)
        device.clock.advance(61)
        assert session.running() == before.rstrip("\n")


def test_a_recording_plays_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    recorded = story(RecordingTransport(FakeTransport({"a": Simulator("huawei_vrp8", TEXT)}), path))
    assert SECRET not in path.read_text(encoding="utf-8")
    assert LOGIN.password is not None
    assert LOGIN.password not in path.read_text(encoding="utf-8")
    assert story(ReplayTransport(path)) == recorded


def test_what_was_not_recorded_is_said(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    recording = RecordingTransport(FakeTransport({"a": Simulator("huawei_vrp8", TEXT)}), path)
    with recording.open(target(), LOGIN) as session:
        session.command("display version")
    with pytest.raises(TransportError):
        recording.open(target(device="b"), LOGIN)
    played = ReplayTransport(path)
    with played.open(target(), LOGIN) as session:
        with pytest.raises(ReplayError, match="display clock"):
            session.command("display clock")
        with pytest.raises(ReplayError, match="ends before"):
            session.command("display version")
    with pytest.raises(TransportError) as caught:
        played.open(target(device="b"), LOGIN)
    assert caught.value.code == "transport-unreachable"
    with pytest.raises(ReplayError, match="no further session"):
        played.open(target(), LOGIN)
    path.write_text(json.dumps({"format": 99}) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="format"):
        ReplayTransport(path)
