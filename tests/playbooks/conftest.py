"""A server and calls for tests of the executor."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.playbooks.calls import Calls
from tests.playbooks.sshd import Server, served


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    # Below /tmp and open to all: also other accounts log in here.
    with tempfile.TemporaryDirectory(prefix="qy-sshd-") as name:
        Path(name).chmod(0o755)
        with served(Path(name)) as running:
            yield running


@pytest.fixture
def calls(server: Server) -> Iterator[Callable[..., Calls]]:
    """Makes a folder for calls on the given hosts; on the server without any.

    Short paths: sockets of shared connections are in them, and name them in lists of processes.
    """
    with tempfile.TemporaryDirectory(prefix="qy-calls-") as name:
        yield lambda *hosts: Calls(Path(name) / str(len(list(Path(name).iterdir()))), hosts or (server.host(),))
