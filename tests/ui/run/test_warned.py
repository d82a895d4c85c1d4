"""BGP sessions that may be opened anew are named by a rehearsal, and to whoever approves."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from migration.run.events import StepOutput
from migration.run.ports import StepCall
from migration.run.testing import FakeExecutor
from migration.runbook.model import Call, ExecutorKind, Step
from tests.ui.commands import Ran, Runner
from tests.ui.run.small_run import COPIES, City, gate
from ui import executors

PEERS = "10.0.0.9, 10.0.0.10"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeExecutor:
    def warn(method: str, call: StepCall) -> None:
        if method == "preview" and call.item == COPIES[0]:
            call.emit(StepOutput(host="r2", task="push-may-reset-bgp", message=PEERS))

    made = FakeExecutor(before=warn)
    monkeypatch.setitem(executors.KINDS, ExecutorKind.DEVICE, lambda *_: made)
    return made


def device_step(do: str) -> Step:
    reasons = dict.fromkeys(("probe", "verify", "rollback"), "a test")
    return Step(id="change", executor=ExecutorKind.DEVICE, act=Call(do=do), reasons=reasons)


def start(runner: Runner, city: City, *more: str) -> Ran:
    return runner("run", "start", city.estate, city.plan, city.runbook, "--yes", *more)


def approve(runner: Runner, city: City, run: str, key: Path, *more: str) -> Ran:
    words = ("--key", key, "--principal", "li", "--store", city.estate, "--yes")
    return runner("run", "approve", run, "go", *words, *more)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True)
    return tmp_path / "key"


@pytest.mark.usefixtures("fake")
def test_a_rehearsal_names_the_sessions(runner: Runner, city: City) -> None:
    city.make(gate(), device_step("ipv6-routing"), items=COPIES)
    steps = json.loads(start(runner, city, "--rehearse", "--json").out)["steps"]
    warned = {(one["item"], one["step"]): one["warnings"] for one in steps if one["warnings"]}
    assert list(warned) == [(COPIES[0], "change")]
    (warning,) = warned[COPIES[0], "change"]
    assert (warning["host"], warning["code"]) == ("r2", "push-may-reset-bgp")
    ran = start(runner, city, "--rehearse")
    assert PEERS in ran.out
    assert f"{COPIES[0]} change: r2: " in ran.out


@pytest.mark.usefixtures("fake")
def test_who_approves_is_told_what_the_rehearsal_of_this_runbook_has_found(
    runner: Runner, city: City, key: Path
) -> None:
    city.make(gate(), device_step("ipv6-routing"), items=COPIES)
    assert start(runner, city, "--rehearse").code == 0
    assert start(runner, city, "--detach").code == 0
    shown = approve(runner, city, "night-2", key)
    assert shown.code == 0, shown
    assert f"r2: BGP sessions that carry IPv4 may be opened anew, because IPv6 is activated on them: {PEERS}" in (
        shown.err
    )
    assert "night-1" in shown.err
    answer = json.loads(approve(runner, city, "night-2", key, "--json").out)
    assert (answer["rehearsal"], [one["host"] for one in answer["warnings"]]) == ("night-1", ["r2"])


@pytest.mark.usefixtures("fake")
def test_who_approves_is_told_when_nobody_has_looked(runner: Runner, city: City, key: Path) -> None:
    city.make(gate(), device_step("ipv6-addressed"), items=COPIES)
    assert start(runner, city, "--rehearse").code == 0
    city.make(gate(), device_step("ipv6-routing"), items=COPIES)  # another runbook than the one rehearsed
    assert start(runner, city, "--detach").code == 0
    shown = approve(runner, city, "night-2", key)
    assert "No rehearsal of this runbook" in shown.err
    assert PEERS not in shown.err


@pytest.mark.usefixtures("fake")
def test_steps_that_open_no_session_need_no_rehearsal(runner: Runner, city: City, key: Path) -> None:
    city.make(gate(), device_step("ipv6-addressed"), items=COPIES)
    assert start(runner, city, "--detach").code == 0
    assert "ehearsal" not in approve(runner, city, "night-1", key).err
