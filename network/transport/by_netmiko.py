"""Sessions with netmiko's drivers, made exact: their fixed waits and guesses are replaced by the dialogue.

What else a driver can do (files, TextFSM) stays at hand as ``NetmikoSession.driver``. netmiko writes what it sends to
its log; the dialogue does not pass by there, so no secret does either.
"""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING, Any

from netmiko.base_connection import BaseConnection
from netmiko.channel import SSHChannel
from netmiko.ssh_dispatcher import CLASS_MAPPER

from network.transport.connecting import Connection, Dial, connect, dial_tcp
from network.transport.dialogue import Dialogue
from network.transport.session import SshSession
from network.transport.terminal import Terminal, open_terminal

if TYPE_CHECKING:
    from network.transport.model import Login, Session, Target

__all__ = ["ExactDriver", "NetmikoSession", "NetmikoTransport", "driver_class"]


class _ExactChannel(SSHChannel):
    """netmiko decodes each piece by itself and drops what is cut in two; here characters stay whole."""

    def __init__(self, terminal: Terminal, encoding: str) -> None:
        super().__init__(terminal.channel, encoding)
        self._terminal = terminal

    def read_buffer(self) -> str:
        """What has come; empty: nothing."""
        now = time.monotonic()
        return self._terminal.receive(now + 1, 1, "reading") if self._terminal.waiting() else ""


class ExactDriver(BaseConnection):
    """Mixed into a netmiko driver: the methods that wait or guess, without waiting and guessing."""

    dialogue: Dialogue

    def attach(self, connection: Connection, terminal: Terminal, target: Target, timeout: float) -> None:
        """Take over a terminal and read up to the first prompt. TransportError."""
        self.remote_conn_pre, self.remote_conn = connection.client, terminal.channel
        self.channel = _ExactChannel(terminal, target.encoding)
        self.dialogue = Dialogue(terminal, target)
        self._wait = timeout
        self.session_preparation()

    def session_preparation(self) -> None:
        """First prompt, paging off."""
        self.dialogue.begin(self._wait)
        self.base_prompt = self.dialogue.name

    def find_prompt(self, delay_factor: float = 1.0, pattern: str | None = None) -> str:  # noqa: ARG002 - netmiko's
        """The last prompt: nothing is sent."""
        return self.dialogue.prompt

    def send_command(self, command_string: str, *_: Any, **options: Any) -> Any:
        """As netmiko's; of its options ``read_timeout`` counts, and those that make tables (use_textfsm...)."""
        said = self.dialogue.ask(command_string, timeout=float(options.pop("read_timeout", 10.0))).text
        from netmiko.utilities import structured_data_converter

        return structured_data_converter(
            command=command_string, raw_data=said, platform=self.device_type or "", **options
        )

    def cleanup(self, command: str = "") -> None:
        """Nothing is typed any more: closing the connection ends the session and drops its candidate."""


@functools.cache
def driver_class(name: str) -> type[ExactDriver]:
    """The exact form of a netmiko driver; KeyError: netmiko has none of that name."""
    stock = CLASS_MAPPER[name]
    return type(f"Exact{stock.__name__}", (ExactDriver, stock), {})


class NetmikoSession(SshSession):
    """See ``Session``. ``driver``: netmiko's object, for what else it can do."""

    def __init__(self, target: Target, connection: Connection, driver: ExactDriver) -> None:
        super().__init__(target, connection, driver.dialogue)
        self.driver = driver

    def close(self) -> None:
        """See ``Session``."""
        self.driver.disconnect()
        super().close()


class NetmikoTransport:
    """See ``Transport``. ``dial``: how TCP connections are opened; by default from this machine."""

    def __init__(self, dial: Dial = dial_tcp) -> None:
        self._dial = dial

    def open(self, target: Target, login: Login, *, timeout: float = 20) -> Session:
        """See ``Transport``."""
        until = time.monotonic() + timeout
        connection = connect(target, login, timeout=timeout, dial=self._dial)
        driver = driver_class(target.platform.driver)(
            host=target.address,
            port=target.port,
            username=target.user,
            device_type=target.platform.driver,
            encoding=target.encoding,
            auto_connect=False,
        )
        try:
            terminal = open_terminal(connection, target, max(until - time.monotonic(), 0.1))
            driver.attach(connection, terminal, target, max(until - time.monotonic(), 0.1))
        except BaseException:
            driver.disconnect()  # takes its filter off netmiko's log again
            connection.close()
            raise
        return NetmikoSession(target, connection, driver)
