"""Commands as processes: interrupted, killed, taken up again; approvals while a run waits."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ui.commands import SCRIPT, Runner
from tests.ui.run.small_run import COPIES, City, gate

pytestmark = pytest.mark.slow
PATIENCE = 60
"""Seconds after which something counts as hung."""


class Processes:
    """Child processes of the command, whose output goes to files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.begun: list[subprocess.Popen[bytes]] = []

    def __call__(self, name: str, *words: str | Path) -> subprocess.Popen[bytes]:
        environment = os.environ | {"QIANYUN_CACHE_DIR": str(self.folder / "cache"), "LANG": "C.UTF-8"}
        command = [*SCRIPT, *map(str, words)]
        with (self.folder / name).open("wb") as out:
            self.begun.append(subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT))
        return self.begun[-1]

    def said(self, name: str) -> str:
        return (self.folder / name).read_text()


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    made = Processes(tmp_path)
    yield made
    for process in made.begun:
        if process.poll() is None:
            process.kill()
            process.wait()


def wait_for(what: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until
        time.sleep(0.05)


def start(processes: Processes, city: City, *more: str | Path) -> subprocess.Popen[bytes]:
    return processes("start", "run", "start", city.estate, city.plan, city.runbook, "--yes", *more)


def held(city: City, step: str) -> str:
    """A command that says that it runs, and then takes two seconds."""
    return f"touch {city.folder}/{step}-runs && sleep 2"


def runs(city: City, step: str) -> Callable[[], bool]:
    return (city.folder / f"{step}-runs").exists


def take_up(runner: Runner, city: City) -> None:
    ran = runner("run", "watch", "night", "--work", "--store", city.estate)
    assert ran.code == 0, ran


def test_interrupting_lets_the_step_end_and_the_run_be_taken_up(
    runner: Runner, city: City, processes: Processes
) -> None:
    city.make(city.step("copy", before=held(city, "copy")), city.step("switch"))
    process = start(processes, city)
    wait_for(runs(city, "copy"))
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    said = processes.said("start")
    assert "run night-1 stays as it is on record" in said
    assert "qianyun run watch night-1 --work" in said
    assert "Traceback" not in said
    assert (city.lines("copy-idp"), city.lines("switch-idp")) == (1, 0)
    take_up(runner, city)
    assert (city.lines("copy-idp"), city.lines("switch-idp")) == (1, 1)


def test_interrupting_twice_breaks_the_step_off(runner: Runner, city: City, processes: Processes) -> None:
    city.make(city.step("copy", before=f"touch {city.folder}/copy-runs && sleep 30"), city.step("switch"))
    process = start(processes, city)
    wait_for(runs(city, "copy"))
    process.send_signal(signal.SIGINT)
    wait_for(lambda: "stopping" in processes.said("start"))
    process.send_signal(signal.SIGINT)
    assert process.wait(15) == 130
    assert city.lines("copy-idp") == 0
    text = city.runbook.read_text()
    assert "sleep 30" in text
    shown = runner("run", "status", "night", "--store", city.estate)
    assert "night-1: running" in shown.out
    assert "no worker is there" in shown.err


@pytest.mark.parametrize("probe", [True, False], ids=["probed", "unprobed"])
def test_a_killed_start_is_taken_up(runner: Runner, city: City, processes: Processes, probe: bool) -> None:
    """The step that was under way is looked at; one that cannot be looked at is asked about."""
    city.make(city.step("copy", before=held(city, "copy"), probe=probe), city.step("switch"), items=COPIES[:1])
    process = start(processes, city)
    wait_for(runs(city, "copy"))
    process.kill()
    process.wait()
    if probe:
        take_up(runner, city)
        assert (city.lines("copy-idp"), city.lines("switch-idp")) == (1, 1)
    else:
        ran = runner("run", "watch", "night", "--work", "--store", city.estate)
        assert ran.code == 1
        assert "step copy may have been done before a crash" in ran.out
        assert city.lines("switch-idp") == 0


def test_a_worker_leaves_when_it_is_told(runner: Runner, city: City, processes: Processes) -> None:
    city.make(city.step("copy", before=held(city, "copy")), city.step("switch"))
    began = runner("run", "start", city.estate, city.plan, city.runbook, "--detach", "--yes")
    assert began.code == 0
    worker = processes("worker", "worker", "--store", city.estate, "--name", "w1")
    wait_for(runs(city, "copy"))
    assert "w1-" in runner("run", "workers", "--store", city.estate).out
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    assert "the worker has left" in processes.said("worker")
    assert (city.lines("copy-idp"), city.lines("switch-idp")) == (1, 0)
    assert "no worker is there" in runner("run", "workers", "--store", city.estate).err


def test_watching_ends_with_the_run_and_may_be_left(runner: Runner, city: City, processes: Processes) -> None:
    city.make(city.step("copy"))
    runner("run", "start", city.estate, city.plan, city.runbook, "--detach", "--yes")
    left = processes("left", "run", "watch", "night", "--store", city.estate)
    stayed = processes("stayed", "run", "watch", "night", "--store", city.estate)
    wait_for(lambda: all("is running" in processes.said(name) for name in ("left", "stayed")))
    left.send_signal(signal.SIGINT)
    assert left.wait(PATIENCE) == 130
    assert "no longer watching" in processes.said("left")
    assert runner("worker", "--store", city.estate, "--until", "night").code == 0
    assert stayed.wait(PATIENCE) == 0
    assert "copy  done in" in processes.said("stayed")


# Approvals


class Office:
    """Keys, and a worker's files that allow some of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o755)
        for name in ("wang", "li", "stranger"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
            subprocess.run(command, check=True)
        lines = [f"{name} {(folder / f'{name}.pub').read_text()}" for name in ("wang", "li")]
        (folder / "signers").write_text("".join(lines))
        (folder / "policy.yaml").write_text(
            "principals:\n  wang: [change-manager]\n  li: [security]\nrules:\n- {role: change-manager, keys: 2}\n"
            "- {role: security}\n"
        )
        self.config = folder / "worker.yaml"
        self.config.write_text("signers: signers\napproval_policy: policy.yaml\n")

    def words(self, name: str, city: City, *more: str) -> list[str]:
        key = ["--key", str(self.folder / name), "--principal", name]
        return ["run", "approve", "night", "go", *key, "--store", str(city.estate), *more]


@pytest.mark.component("ssh-keygen")
def test_a_gate_opens_by_the_signatures_that_it_needs(
    runner: Runner, city: City, processes: Processes, tmp_path: Path
) -> None:
    office = Office(tmp_path / "office")
    city.make(city.step("copy"), gate(), city.step("switch"), items=COPIES)
    process = start(processes, city, "--config", office.config)
    wait_for(lambda: "waiting for approval go" in processes.said("start"))
    assert "qianyun run approve night-1 go" in processes.said("start")
    assert process.poll() is None, "it waits"

    ran = runner(*office.words("wang", city))
    assert ran.code == 2
    assert "several roles: change-manager, security" in ran.err
    ran = runner(*office.words("stranger", city, "--role", "change-manager"))
    assert ran.code == 1
    assert "no allowed signer has the key" in ran.out
    ran = runner(*office.words("li", city, "--role", "change-manager"))
    assert ran.code == 1
    assert "does not have the role" in ran.out
    ran = runner(*office.words("wang", city, "--role", "change-manager", "--form", "BG-1", "--expires", "2"))
    assert ran.code == 0, ran
    assert "approved by wang as change-manager" in ran.out
    for shown in ("BG-1", "system/idp/replicate", "system/hydj/replicate"):
        assert shown in ran.err
    assert (city.lines("switch-idp"), process.poll()) == (0, None), "one of two"
    assert runner(*office.words("wang", city, "--role", "change-manager")).code == 1, "the same once more"
    ran = runner(*office.words("li", city))
    assert ran.code == 0, "the role that is left is the only one"
    assert process.wait(PATIENCE) == 0
    assert (city.lines("switch-idp"), city.lines("switch-hydj")) == (1, 1)


@pytest.mark.component("ssh-keygen")
def test_handing_in_without_a_worker(runner: Runner, city: City, tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    city.make(gate(), city.step("switch"))
    runner("run", "start", city.estate, city.plan, city.runbook, "--detach", "--yes", "--config", str(office.config))
    for name, role in (("wang", "change-manager"), ("li", "security")):
        ran = runner(*office.words(name, city, "--role", role))
        assert ran.code == 0
        assert "no worker is there to verify it" in ran.err
    ran = runner("worker", "--store", city.estate, "--until", "night", "--config", str(office.config))
    assert ran.code == 0, ran
    assert city.lines("switch-idp") == 1


@pytest.mark.component("ssh-keygen")
def test_records_that_change_while_a_run_waits_at_a_gate(
    runner: Runner, city: City, processes: Processes, tmp_path: Path
) -> None:
    office = Office(tmp_path / "office")
    (office.folder / "policy.yaml").write_text("principals: {wang: []}\n")
    city.make(city.step("copy", changes=False), gate(), city.step("switch"))
    process = start(processes, city, "--config", office.config)
    wait_for(lambda: "waiting for approval go" in processes.said("start"))
    records = city.estate / "records.yaml"
    records.write_text(records.read_text().replace("10.0.0.1", "10.0.0.99", 1))
    assert runner(*office.words("wang", city)).code == 0
    wait_for(lambda: "has changed since the run was started: system:idp" in processes.said("start"))
    assert (city.lines("switch-idp"), process.poll()) == (0, None), "it waits for another approval"
    assert runner(*office.words("wang", city)).code == 0
    assert process.wait(PATIENCE) == 0
    assert city.lines("switch-idp") == 1


def test_saying_no_cancels_what_waits(runner: Runner, city: City, processes: Processes) -> None:
    city.make(city.step("copy"), gate(), city.step("switch"))
    process = start(processes, city)
    wait_for(lambda: "waiting for approval go" in processes.said("start"))
    ran = runner("run", "reject", "night", "go", "--reason", "not this week", "--by", "zhao", "--store", city.estate)
    assert ran.code == 0
    assert process.wait(PATIENCE) == 1
    assert "rejected by zhao: not this week" in processes.said("start")
    assert city.lines("switch-idp") == 0
    assert runner("run", "approve", "night", "go", "--store", city.estate).code == 2
