"""Sessions straight on paramiko."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from network.transport.connecting import Dial, connect, dial_tcp
from network.transport.dialogue import Dialogue
from network.transport.session import SshSession
from network.transport.terminal import open_terminal

if TYPE_CHECKING:
    from network.transport.model import Login, Session, Target

__all__ = ["ParamikoTransport"]


class ParamikoTransport:
    """See ``Transport``. ``dial``: how TCP connections are opened; by default from this machine."""

    def __init__(self, dial: Dial = dial_tcp) -> None:
        self._dial = dial

    def open(self, target: Target, login: Login, *, timeout: float = 20) -> Session:
        """See ``Transport``."""
        until = time.monotonic() + timeout
        connection = connect(target, login, timeout=timeout, dial=self._dial)
        try:
            left = max(until - time.monotonic(), 0.1)
            dialogue = Dialogue(open_terminal(connection, target, left), target)
            dialogue.begin(max(until - time.monotonic(), 0.1))
        except BaseException:
            connection.close()
            raise
        return SshSession(target, connection, dialogue)
