"""Laboratories come and go whole: beside each other, after crashes, interrupted, on machines that cannot have them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from network.errors import LabError, LabFailedError, LabVersionError, UnknownLabError
from network.lab import Lab, build, kernel, remove
from network.lab.processes import start_time
from network.lab.state import LABS, claim
from tests.borders.tree import ROOT
from tests.network.lab.estates import SOURCE, leftovers, small

pytestmark = [pytest.mark.component("namespaces"), pytest.mark.component("sshd"), pytest.mark.component("bind")]
Names = Callable[[str], str]

BUILDER = """
import sys, time
from network.lab import build
from tests.network.lab.estates import small
name, owned, when = sys.argv[1:]
def report(stage, done, total):
    if stage == when and done == total // 2:
        print("now", flush=True)
        time.sleep(600)
build(small(), name=name, owned=bool(int(owned)), progress=report)
print("now", flush=True)
time.sleep(600)
"""


def builder(name: str, *, when: str = "", owned: bool = False) -> subprocess.Popen[str]:
    """A process that builds a laboratory and stops in a stage of it, or at its end."""
    command = [sys.executable, "-c", BUILDER, name, str(int(owned)), when]
    started = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "now\n"
    return started


def kill(process: subprocess.Popen[str], sign: int = signal.SIGKILL) -> int:
    process.send_signal(sign)
    code = process.wait(20)
    if process.stdout is not None:
        process.stdout.close()
    return code


def interfaces() -> set[str]:
    return {entry.name for entry in Path("/sys/class/net").iterdir()}


def test_nothing_is_left(lab_name: Names) -> None:
    name, before = lab_name("up"), interfaces()
    lab = build(small(), name=name)
    assert leftovers(name) != []
    pids = [host.pid for host in lab.hosts.values()]
    assert Lab.open(name).hosts == lab.hosts
    assert name in Lab.names()
    lab.down()
    assert leftovers(name) == []
    assert interfaces() == before
    assert [start_time(pid) for pid in pids] == [0] * len(pids)
    for gone in (lab.down, lambda: Lab.open(name)):
        with pytest.raises(UnknownLabError):
            gone()


def test_two_with_the_same_addresses(lab_name: Names) -> None:
    names = [lab_name("one"), lab_name("two")]
    with ThreadPoolExecutor(2) as pool:
        labs = list(pool.map(lambda name: build(small(), name=name, owned=True), names))
    try:
        for lab in labs:
            lab.run(SOURCE, ["tee", "/etc/which"], stdin=lab.name)
        for lab in labs:
            argv = ["ssh", "-F", str(lab.ssh_config), "10.14.3.12", "cat", "/etc/which"]
            assert subprocess.run(argv, capture_output=True, text=True, check=False).stdout == lab.name
        labs[0].down()
        assert leftovers(names[0]) == []
        assert labs[1].run("client", ["ping", "-c1", "-W1", "10.14.3.12"]).returncode == 0
    finally:
        for name in set(Lab.names()) & set(names):
            remove(name)
    assert leftovers(names[1]) == []


def test_connections_into_it_are_closed_with_it(lab_name: Names) -> None:
    lab = build(small(), name=lab_name("open"), owned=True)
    with lab:
        argv = ["ssh", "-F", str(lab.ssh_config), SOURCE, "echo in; sleep 600"]
        session = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert session.stdout is not None
        assert session.stdout.readline() == "in\n"
    assert session.wait(10) == 255
    session.stdout.close()


def test_with_the_machines_files_ends_with_it(lab_name: Names) -> None:
    with build(small(), name=lab_name("worker"), owned=True) as lab:
        started = lab.start("ops", ["sh", "-c", "sleep 600 & wait"], machine_files=True)
    assert started.wait(10) == -signal.SIGKILL
    assert leftovers(lab.name) == []


@pytest.mark.parametrize("stage", ["keys", "boot", "start"])
def test_a_killed_builder_is_cleaned_up_by_the_next_call(lab_name: Names, stage: str) -> None:
    name = lab_name(stage)
    process = builder(name, when=stage)
    assert name in Lab.names()  # its builder is alive
    for refused, code in ((lambda: build(small(), name=name), "lab-exists"), (lambda: remove(name), "lab-busy")):
        with pytest.raises(LabError) as error:
            refused()
        assert error.value.code == code
    with pytest.raises(UnknownLabError):
        Lab.open(name)
    kill(process)
    assert leftovers(name) != []
    assert name not in Lab.names()
    assert leftovers(name) == []


def test_one_that_belonged_to_a_dead_process_goes_others_stay(lab_name: Names) -> None:
    owned, free = lab_name("owned"), lab_name("free")
    for process in (builder(owned, owned=True), builder(free)):
        kill(process)
    assert Lab.open(free).run(SOURCE, ["hostname"]).stdout == f"{SOURCE}\n"
    assert leftovers(owned) == []
    build(small(), name=owned, owned=True).down()
    remove(free)
    assert leftovers(free) == []


@pytest.mark.parametrize("stage", ["boot", "start"])
def test_an_interrupted_builder_cleans_up_itself(lab_name: Names, stage: str) -> None:
    name = lab_name(f"int-{stage}")
    process = builder(name, when=stage)
    assert kill(process, signal.SIGINT) == -signal.SIGINT
    assert leftovers(name) == []


def test_a_builder_that_is_interrupted_again_still_cleans_up(lab_name: Names) -> None:
    name = lab_name("int-again")
    process = builder(name, when="start")
    process.send_signal(signal.SIGINT)
    for _ in range(40):
        time.sleep(0.05)
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
    kill(process, signal.SIGINT)
    assert leftovers(name) == []


def test_a_service_that_does_not_start_takes_all_down(lab_name: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("network.lab.hosts.NAME_SERVICE", ("sh", "-c", "echo no such zone >&2; exit 1"))
    with pytest.raises(LabFailedError) as failed:
        build(small(), name=lab_name("fails"))
    assert failed.value.data == {"host": "dns", "command": "sh", "reason": "no such zone"}
    assert leftovers(lab_name("fails")) == []


def test_a_host_that_does_not_boot_takes_all_down(lab_name: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("network.lab.building.pack", lambda *_: b"no archive")
    with pytest.raises(LabFailedError) as failed:
        build(small(), name=lab_name("boots"))
    assert failed.value.data["command"] == "boot"
    assert "tar" in failed.value.data["reason"]
    assert leftovers(lab_name("boots")) == []


@pytest.mark.parametrize("name", ["", "a/b", "..", "Lab", "-a", "a" * 33, "a b"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(LabError) as refused:
        build(small(), name=name)
    assert refused.value.code == "lab-name"


def test_a_half_written_record_belongs_to_nobody(lab_name: Names) -> None:
    folder = LABS / lab_name("half")
    folder.mkdir(parents=True, mode=0o700)
    (folder / "hosts.json").write_text('{"format": 1, "na', encoding="utf-8")
    assert folder.name not in Lab.names()
    assert not folder.exists()


def test_what_was_killed_before_it_had_a_name_is_cleaned_up(lab_name: Names) -> None:
    LABS.mkdir(parents=True, mode=0o700, exist_ok=True)
    dead, alive = LABS / ".999999-1-abc", LABS / f".{os.getpid()}-{start_time(os.getpid())}-{lab_name('x')}"
    dead.mkdir()
    alive.mkdir()
    try:
        Lab.names()
        assert (dead.exists(), alive.exists()) == (False, True)
    finally:
        alive.rmdir()


def test_one_of_another_version_stays_until_it_is_taken_down(lab_name: Names) -> None:
    folder = LABS / lab_name("future")
    folder.mkdir(parents=True, mode=0o700)
    (folder / "hosts.json").write_text('{"format": 1, "hosts": {}}', encoding="utf-8")
    with pytest.raises(LabVersionError):
        Lab.open(folder.name)
    assert folder.name in Lab.names()
    remove(folder.name)
    assert not folder.exists()


def test_many_want_one_name(lab_name: Names) -> None:
    def attempt(_: int) -> str:
        try:
            with claim(lab_name("wanted"), ""):
                Lab.names()
                wait.wait(20)
        except LabError as refused:
            return refused.code
        return "made"

    wait = threading.Event()
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(attempt, number) for number in range(8)]
        while sum(found.done() for found in waiting) < 7:
            time.sleep(0.01)
        wait.set()
        assert sorted(found.result() for found in waiting) == ["lab-exists"] * 7 + ["made"]
    remove(lab_name("wanted"))


def test_a_reused_process_number_is_another_process(lab_name: Names) -> None:
    process = builder(lab_name("reuse"), owned=True)
    record = LABS / lab_name("reuse") / "hosts.json"
    text = record.read_text(encoding="utf-8")
    kill(process)
    record.write_text(text.replace(f'"owner": {process.pid}', f'"owner": {os.getpid()}'), encoding="utf-8")
    assert record.parent.name not in Lab.names()
    assert leftovers(record.parent.name) == []


def test_without_capabilities_the_kernel_is_named() -> None:
    program = "from network.lab.kernel import lacking; print(lacking())"
    command = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "('namespaces',)\n", done.stderr
    assert kernel.lacking() == ()
