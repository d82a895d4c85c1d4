"""Ways in: keys, agents, jump hosts, connections that somebody else opens; many at once."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from network.errors import TransportError
from network.testing.simulators import Account, Served, Simulator, serve
from network.transport import Login, NetmikoTransport, ParamikoTransport, Session, Target, dial_through
from tests.borders.tree import ROOT
from tests.network.transport.devices import LOGIN, PASSWORD, configuration, served, target

PASSPHRASE = "open-sesame"
HANG_UP = """
import socket, threading
from network.errors import TransportError
from network.platforms import platform_of
from network.transport import Login, NetmikoTransport, Target
server = socket.create_server(("127.0.0.1", 0))

def hang_up():
    while True:
        connection, _ = server.accept()
        connection.sendall(b"SSH-")
        connection.close()

threading.Thread(target=hang_up, daemon=True).start()
port = server.getsockname()[1]
key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEsTQ0h2bU1BvR9YcZq0V5uM1V3cCqkqzv1mO8f3o9aX"
there = Target("r1", platform_of("huawei_vrp8"), "127.0.0.1", port, key, "netops", "utf-8", None)
try:
    NetmikoTransport().open(there, Login(password="x"), timeout=5)
except TransportError as error:
    print(error.code)
"""


class Jump(asyncssh.SSHServer):
    """Lets ``hop`` in and forwards."""

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - asyncssh's
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("hop", PASSWORD)

    def connection_requested(self, _host: str, dest_port: int, _from: str, _from_port: int) -> bool:
        return dest_port != 1


@contextmanager
def jump_host() -> Iterator[Served]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    key = asyncssh.generate_private_key("ssh-ed25519")

    async def start() -> asyncssh.SSHAcceptor:
        return await asyncssh.create_server(Jump, "127.0.0.1", 0, server_host_keys=[key])

    server = asyncio.run_coroutine_threadsafe(start(), loop).result()
    try:
        yield Served("127.0.0.1", server.get_port(), key.export_public_key().decode().strip())
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


@pytest.fixture
def key(tmp_path: Path) -> tuple[Path, str]:
    """(private key file, public key)."""
    made = asyncssh.generate_private_key("ssh-ed25519")
    path = tmp_path / "id_ed25519"
    made.write_private_key(path)
    path.chmod(0o600)
    return path, made.export_public_key().decode()


def test_keys(key: tuple[Path, str], tmp_path: Path) -> None:
    path, public = key
    with served("huawei_vrp8", accounts={"netops": Account(None, keys=(public,))}) as device:
        for transport in (NetmikoTransport(), ParamikoTransport()):
            with transport.open(device.target, Login(key_file=path)) as session:
                assert session.running()
            other = tmp_path / "other"
            asyncssh.generate_private_key("ssh-ed25519").write_private_key(other)
            sealed = tmp_path / "sealed"
            asyncssh.read_private_key(path).write_private_key(sealed, passphrase=PASSPHRASE)
            broken = tmp_path / "broken"
            broken.write_text("no key", encoding="utf-8")
            for wrong in (other, sealed, broken, tmp_path / "absent"):
                with pytest.raises(TransportError) as caught:
                    transport.open(device.target, Login(key_file=wrong))
                assert caught.value.code == "transport-login-refused", wrong
                if wrong is not other:
                    assert wrong.name in caught.value.data["reason"]


@pytest.mark.component("sshd")
def test_agent(key: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, public = key
    socket = tmp_path / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL) as agent:
        try:
            for _ in range(100):
                if socket.exists():
                    break
                threading.Event().wait(0.05)
            environment = {**os.environ, "SSH_AUTH_SOCK": str(socket)}
            subprocess.run(["ssh-add", "-q", str(path)], env=environment, check=True)
            monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
            with served("h3c_comware7", accounts={"netops": Account(None, keys=(public,))}) as device:
                with ParamikoTransport().open(device.target, Login(agent=True)) as session:
                    assert session.running()
                with pytest.raises(TransportError):
                    ParamikoTransport().open(device.target, Login())
        finally:
            agent.terminate()


def test_jump_hosts() -> None:
    with jump_host() as hop, served("huawei_vrp8") as device:
        jump = replace(target("huawei_vrp8", hop, user="hop"), device="jump")
        through = replace(device.target, jump=jump)
        twice = replace(device.target, jump=replace(jump, jump=jump))
        for transport in (NetmikoTransport(), ParamikoTransport()):
            for way in (through, twice):
                with transport.open(way, LOGIN) as session:
                    assert session.running() == device.simulator.running.rstrip("\n")

            def code(changed: Target) -> tuple[str, str]:
                with pytest.raises(TransportError) as caught:
                    transport.open(changed, LOGIN)  # noqa: B023 - called at once
                return caught.value.code, caught.value.data["device"]

            stranger = replace(jump, host_key=device.served.host_key)
            assert code(replace(through, jump=stranger)) == ("transport-host-key", "jump")
            assert code(replace(through, jump=replace(jump, user="nobody"))) == ("transport-login-refused", "jump")
            assert code(replace(through, port=1)) == ("transport-unreachable", "d1")
            assert code(replace(through, host_key=hop.host_key)) == ("transport-host-key", "d1")
        assert not device.simulator.consoles


def test_a_program_that_opens_the_connection(tmp_path: Path) -> None:
    program = tmp_path / "connect.py"
    program.write_text(
        "import socket, sys\n"
        "found = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n"
        "socket.send_fds(socket.socket(fileno=1), [b'\\0'], [found.fileno()])\n",
        encoding="utf-8",
    )
    with served("huawei_vrp8") as device:
        transport = ParamikoTransport(dial_through((sys.executable, "-I", "-S", str(program))))
        with transport.open(device.target, LOGIN) as session:
            assert session.running()
        with pytest.raises(TransportError) as caught:
            transport.open(replace(device.target, port=1), LOGIN)
        assert caught.value.code == "transport-unreachable"
        assert "refused" in caught.value.data["reason"]


def test_many_at_once() -> None:
    """Forty devices, each changed by its own thread, none mixed up with another."""
    devices = [
        Simulator("huawei_vrp8", configuration("huawei_vrp8", name=f"R{number}", lines=5)) for number in range(40)
    ]
    transport = NetmikoTransport()
    with serve(devices) as found:

        def change(device: Simulator) -> str:
            with transport.open(target("huawei_vrp8", found[device.name]), LOGIN, timeout=60) as session:
                session.enter()
                session.line("interface LoopBack7")
                session.line(f"description of {device.name}")
                session.line("commit")
                session.leave()
                return session.running()

        with ThreadPoolExecutor(10) as threads:
            read = list(threads.map(change, devices))
    for device, text in zip(devices, read, strict=True):
        assert f"sysname {device.name}\n" in text
        assert f" description of {device.name}\n" in text
        assert len(device.commits) == 1


@pytest.mark.slow
def test_two_hundred_sessions_at_the_same_time() -> None:
    texts = [configuration("huawei_vrp8", name=f"R{number}", lines=5) for number in range(200)]
    devices = [Simulator("huawei_vrp8", text) for text in texts]
    transport = ParamikoTransport()
    with serve(devices) as found, ExitStack() as sessions:

        def enter(device: Simulator) -> Session:
            return transport.open(target("huawei_vrp8", found[device.name]), LOGIN, timeout=120)

        with ThreadPoolExecutor(10) as threads:
            opened = [sessions.enter_context(session) for session in threads.map(enter, devices)]
        assert [len(device.consoles) for device in devices] == [1] * 200
        for device, session in zip(devices, opened, strict=True):
            assert f"sysname {device.name}\n" in session.running()


def test_a_device_that_hangs_up_at_once_is_an_error_and_nothing_else_on_stderr(tmp_path: Path) -> None:
    """In a process of its own: what logs to nobody is written to stderr by Python."""
    script = tmp_path / "hang_up.py"
    script.write_text(HANG_UP, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("transport-dropped", "")
