"""A transport without a network: sessions straight on simulated devices, for tests that are not about SSH.

The dialogue, the views and the refusals are those of real sessions; times pass only when the devices' clock is moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from network.errors import TransportError
from network.testing.simulators.console import Console, Fault
from network.transport.dialogue import Dialogue
from network.transport.session import SshSession

if TYPE_CHECKING:
    from network.testing.simulators.device import Simulator
    from network.transport.model import Login, Session, Target

__all__ = ["FakeTransport"]


class FakeTransport:
    """See ``Transport``. ``devices``: device id -> simulated device; one that is not there is unreachable.

    Passwords count as with real devices; a login by key or agent is let in where the account exists.
    """

    def __init__(self, devices: Mapping[str, Simulator]) -> None:
        self.devices = devices
        self.opened: list[str] = []
        """Devices in the order in which sessions were opened."""

    def open(self, target: Target, login: Login, *, timeout: float = 20) -> Session:
        """See ``Transport``."""
        device = self.devices.get(target.device)
        if device is None or device.down:
            raise TransportError(
                "transport-unreachable", device=target.device, address=target.address, reason="Connection refused"
            )
        account = device.accounts.get(target.user)
        by_password = login.key_file is None and not login.agent
        if account is None or (by_password and login.password != account.password):
            raise TransportError(
                "transport-login-refused", device=target.device, user=target.user, reason="Authentication failed."
            )
        if len(device.consoles) >= device.faults.max_sessions:
            raise TransportError("transport-dropped", device=target.device, doing="logging in")
        self.opened.append(target.device)
        wire = _Wire(device, target)
        dialogue = Dialogue(wire, target)
        dialogue.begin(timeout)
        return SshSession(target, wire, dialogue)


class _Wire:
    """A terminal made of a console: what is typed is answered at once, or never."""

    def __init__(self, device: Simulator, target: Target) -> None:
        self._target = target
        self.console = Console(device, target.user)
        self._said = device.faults.greeting + "\r\n" + self.console.prompt
        self._hangs = False

    @property
    def transport(self) -> Any:
        """There is none."""
        raise OSError("a simulated device has no shell")

    def close(self) -> None:
        """The session ends."""
        self.console.close()

    def strict(self) -> None:
        """Nothing is decoded here."""

    def send(self, text: str, doing: str) -> None:
        """See ``Terminal``."""
        for line in text.removesuffix("\n").split("\n"):
            self._submit(line, doing)

    def _submit(self, line: str, doing: str) -> None:
        if self._hangs:
            return
        self._check(doing)
        fault = self.console.fault(line) if line.strip() else Fault.NONE
        self._hangs = fault is Fault.HANG
        if fault is not Fault.NONE:
            return
        self.console.paging = False
        answer = self.console.submit(line)
        said = answer.text.replace("\n", "\r\n")
        ending = said if answer.asks else f"{said}\r\n{self.console.prompt}" if said else self.console.prompt
        self._said += f"{line}\r\n{ending}"

    def receive(self, until: float, timeout: float, doing: str) -> str:  # noqa: ARG002 - no time passes
        """See ``Terminal``."""
        if self._said:
            said, self._said = self._said, ""
            return said
        self._check(doing)
        raise TransportError("transport-timed-out", device=self._target.device, seconds=timeout, doing=doing)

    def waiting(self) -> bool:
        """See ``Terminal``."""
        return bool(self._said)

    def _check(self, doing: str) -> None:
        if self.console.over:
            raise TransportError("transport-dropped", device=self._target.device, doing=doing)
