"""What the executor starts ends: with the call, at the deadline, by a cancel, and when the worker is killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from migration.run.guard import kill_marked
from migration.run.ports import Outcome
from playbooks.executor import AnsibleExecutor
from tests.playbooks.calls import Calls, processes
from tests.playbooks.sshd import Server

ROLES = Path(__file__).parent / "data" / "roles"
MakeCalls = Callable[..., Calls]

pytestmark = [pytest.mark.slow, pytest.mark.component("ansible"), pytest.mark.component("sshd")]


def wait_until(true: Callable[[], object], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def started(executor: AnsibleExecutor, made: Calls) -> tuple[threading.Thread, list[Outcome]]:
    """A call that sleeps on its host, once it does."""
    results: list[Outcome] = []
    call = made("slow")
    thread = threading.Thread(target=lambda: results.append(executor.act(call)))
    thread.start()
    wait_until(lambda: [command for command in processes(str(made.folder)).values() if "[mux]" in command])
    return thread, results


def test_nothing_is_left_after_a_call(calls: MakeCalls, server: Server, tmp_path: Path) -> None:
    made = calls()
    assert AnsibleExecutor(server.settings(), ROLES).act(made("note", path=str(tmp_path / "x"))).ok
    assert processes(str(made.folder)) == {}


def test_a_cancel_ends_it(calls: MakeCalls, server: Server) -> None:
    made = calls()
    thread, results = started(AnsibleExecutor(server.settings(), ROLES), made)
    made.cancel.set()
    thread.join(20)
    assert [(result.ok, result.code) for result in results] == [(False, "canceled")]
    assert processes(str(made.folder)) == {}
    assert list(made.folder.iterdir()) == []


def test_the_deadline_ends_it(calls: MakeCalls, server: Server) -> None:
    made = calls()
    made.timeout = 6
    thread, results = started(AnsibleExecutor(server.settings(), ROLES), made)
    thread.join(30)
    assert [(result.ok, result.code) for result in results] == [(False, "timed-out")]
    assert processes(str(made.folder)) == {}


def test_a_killed_child_takes_ansible_with_it(calls: MakeCalls, server: Server) -> None:
    """kill -9 of the child alone, while the worker lives."""
    made = calls()
    thread, results = started(AnsibleExecutor(server.settings(), ROLES), made)
    assert made.launch.process
    os.kill(made.launch.process.pid, signal.SIGKILL)
    thread.join(20)
    assert [(result.ok, result.code) for result in results] == [(False, "ansible-ended")]
    wait_until(lambda: not processes(str(made.folder)), 5)
    assert list(made.folder.iterdir()) == []


def test_the_guard_finds_everything(calls: MakeCalls, server: Server) -> None:
    """What ends a killed worker's children finds them by their mark, also shared connections, which hide theirs."""
    made = calls()
    thread, _ = started(AnsibleExecutor(server.settings(), ROLES), made)
    assert kill_marked(made.launch.mark) >= 4  # the child, Ansible, its worker, the shared connection
    assert processes(str(made.folder)) == {}
    thread.join(20)


def test_connections_have_short_socket_paths(server: Server, tmp_path: Path) -> None:
    """Paths of Unix sockets end at 107 characters; folders of runs may be longer."""
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    made = Calls(deep / "c", (server.host(),))
    assert AnsibleExecutor(server.settings(), ROLES).act(made("note", path=str(tmp_path / "x"))).ok
    assert processes(str(made.folder)) == {}
