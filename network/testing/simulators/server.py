"""Simulated devices as real SSH servers: hundreds of them in one process, each with its own port and host key."""

from __future__ import annotations

import asyncio
import codecs
import hmac
import re
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

import asyncssh

from network.testing.simulators.clock import LoopClock
from network.testing.simulators.console import Console, Fault

if TYPE_CHECKING:
    from network.testing.simulators.device import Simulator

__all__ = ["Served", "serve", "serve_forever"]

CONTROL_C, CONTROL_Z = "\x03", "\x1a"
LOGIN_SECONDS = 120
LOOPBACK = "127.0.0.1"


class Served(NamedTuple):
    """Where a simulated device answers. ``host_key``: as in known_hosts, without the host."""

    host: str
    port: int
    host_key: str


@contextmanager
def serve(simulators: Iterable[Simulator], *, host: str = LOOPBACK, scale: float = 1.0) -> Iterator[dict[str, Served]]:
    """Serve devices from a thread of their own; by name. A device's second lasts ``scale`` seconds.

    OSError: no port is free.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="simulated devices", daemon=True)
    thread.start()
    servers: list[asyncssh.SSHAcceptor] = []
    try:
        starting = _start(list(simulators), servers, host, scale)
        yield asyncio.run_coroutine_threadsafe(starting, loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(_stop(servers), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def serve_forever(
    simulators: Iterable[Simulator], ready: Callable[[dict[str, Served]], None], *, host: str, first_port: int = 0
) -> None:
    """Serve devices until this is cancelled; ``ready`` is told where."""
    servers: list[asyncssh.SSHAcceptor] = []
    try:
        ready(await _start(list(simulators), servers, host, 1.0, first_port))
        await asyncio.Event().wait()
    finally:
        await _stop(servers)


async def _start(
    simulators: list[Simulator], servers: list[asyncssh.SSHAcceptor], host: str, scale: float, first_port: int = 0
) -> dict[str, Served]:
    clock = LoopClock(asyncio.get_running_loop(), scale)
    found: dict[str, Served] = {}
    for number, device in enumerate(simulators):
        device.clock = clock
        key = asyncssh.generate_private_key("ssh-ed25519")
        server = await asyncssh.create_server(
            _factory(device),
            host,
            first_port + number if first_port else 0,
            server_host_keys=[key],
            process_factory=_handler(device),
            encoding=None,
            line_editor=False,
            allow_scp=False,
            agent_forwarding=False,
            login_timeout=LOGIN_SECONDS,
            server_version="-" if device.two_stage else "Comware-7.1.070",
        )
        servers.append(server)
        found[device.name] = Served(host, server.get_port(), key.export_public_key().decode().strip())
    return found


async def _stop(servers: list[asyncssh.SSHAcceptor]) -> None:
    for server in servers:
        server.close()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    for server in servers:
        with suppress(asyncio.CancelledError):
            await server.wait_closed()


class _Login(asyncssh.SSHServer):
    """Who may log in."""

    def __init__(self, device: Simulator) -> None:
        self._device = device

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """A device that restarts, or that has too many sessions, hangs up."""
        if self._device.down or len(self._device.consoles) >= self._device.faults.max_sessions:
            conn.abort()

    async def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - asyncssh's
        """Every login is asked for something."""
        await asyncio.sleep(self._device.faults.login_delay)
        return True

    def password_auth_supported(self) -> bool:
        """As the devices do by default."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Whether it is the account's."""
        account = self._device.accounts.get(username)
        return (
            account is not None
            and account.password is not None
            and hmac.compare_digest(account.password.encode(), password.encode())
        )

    def public_key_auth_supported(self) -> bool:
        """As the devices do with an account that has keys."""
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Whether it is one of the account's."""
        account = self._device.accounts.get(username)
        text = key.export_public_key().decode().split()[:2]
        return account is not None and any(known.split()[:2] == text for known in account.keys)


def _factory(device: Simulator) -> Callable[[], _Login]:
    return lambda: _Login(device)


def _handler(device: Simulator) -> Callable[[asyncssh.SSHServerProcess[bytes]], Awaitable[None]]:
    async def handle(process: asyncssh.SSHServerProcess[bytes]) -> None:
        try:
            await _Screen(device, process).run()
        except (EOFError, OSError, asyncssh.Error):
            pass
        finally:
            process.exit(0)

    return handle


class _Screen:
    """The terminal of one login: echo, pager, faults. Text in the device's encoding."""

    def __init__(self, device: Simulator, process: asyncssh.SSHServerProcess[bytes]) -> None:
        self._device, self._process = device, process
        self._decoder = codecs.getincrementaldecoder(device.encoding)("replace")
        self._typed = ""
        self._loop = loop = asyncio.get_running_loop()
        self._came = self._answered = loop.time()
        connection = process.channel.get_connection()
        user = process.get_extra_info("username")

        def cut() -> None:
            loop.call_soon_threadsafe(connection.abort)

        self._console = Console(device, user, cut)

    async def run(self) -> None:
        """Until the session ends. EOFError, OSError, asyncssh.Error: it was ended by the other side."""
        faults = self._device.faults
        try:
            if faults.greeting:
                self._print(faults.greeting)
            if faults.ask_password:
                self._write("The password needs to be changed. Change now? [Y/N]:")
                await self._read_line()
            self._print(f"Info: The max number of VTY users is {faults.max_sessions}.")
            while True:
                self._write(self._console.prompt)
                line = await self._read_line()
                if await self._fault(line):
                    return
                answer = self._console.submit(line)
                while answer.asks:
                    self._write(answer.text.replace("\n", "\r\n"))
                    answer = self._console.submit(await self._read_line())
                await self._page(answer.text)
                if answer.ends:
                    return
                if faults.chatter and line.strip():
                    self._print(faults.chatter)
        finally:
            self._console.close()

    async def _fault(self, line: str) -> bool:
        """Carry out what the device does wrong with a line; True: the session is over."""
        if not line.strip():
            return False
        # What serving many devices costs here is not added to what each of them takes.
        self._answered = max(self._answered, self._came) + self._device.wait_for(line)
        await asyncio.sleep(max(self._answered - self._loop.time(), 0))
        match self._console.fault(line):
            case Fault.HANG:
                await asyncio.Event().wait()
            case Fault.CUT:
                return True
        return False

    # ---- the terminal ------------------------------------------------------------------------------------------------

    def _write(self, text: str) -> None:
        self._process.stdout.write(text.encode(self._device.encoding, "replace"))

    def _print(self, text: str) -> None:
        if text:
            self._write(text.replace("\n", "\r\n") + "\r\n")

    async def _read(self) -> None:
        data = await self._process.stdin.read(65536)
        if not data:
            raise EOFError
        self._came = self._loop.time()
        self._typed += self._decoder.decode(data)

    async def _read_line(self) -> str:
        """A line, echoed as it comes."""
        echoed = 0
        while True:
            found = re.search(rf"\r\n?|\n|{CONTROL_C}|{CONTROL_Z}", self._typed)
            end = found.start() if found is not None else len(self._typed)
            if found is not None:
                line = self._typed[:end]
                self._write(self._typed[echoed:end] + "\r\n")
                self._typed = self._typed[found.end() :]
                if found[0] == CONTROL_C:
                    return ""
                return "return" if found[0] == CONTROL_Z else line
            if end > echoed:
                self._write(self._typed[echoed:])
                echoed = end
            await self._read()

    async def _page(self, text: str) -> None:
        size, lines = self._device.faults.page_length, text.split("\n")
        if not self._console.paging or len(lines) <= size:
            self._print(text)
            return
        more = "  ---- More ----" if self._device.two_stage else "---- More ----"
        at, step = 0, size
        while at < len(lines):
            self._print("\n".join(lines[at : at + step]))
            at += step
            if at >= len(lines):
                return
            self._write(more)
            while not self._typed:
                await self._read()
            pressed, self._typed = self._typed[0], self._typed[1:]
            back = f"\x1b[{len(more)}D"
            self._write(f"{back}{' ' * len(more)}{back}")
            if pressed in ("q", CONTROL_C):
                return
            step = 1 if pressed in "\r\n" else size
