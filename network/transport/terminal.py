"""One terminal on a device: text in, text out, in the device's own encoding, waiting and never sleeping."""

from __future__ import annotations

import codecs
import re
import time
from typing import TYPE_CHECKING

import paramiko

from network.errors import TransportError

if TYPE_CHECKING:
    from network.transport.connecting import Connection
    from network.transport.model import Target

__all__ = ["Terminal", "open_terminal", "rendered"]

WIDTH, HEIGHT = 511, 1000
"""As netmiko asks for: what devices are known to take."""
WIDE = 4000
"""For vtysh, whose line editor scrolls longer lines."""
VTYSH = 'TERM=dumb VTYSH_PAGER=cat exec vtysh ${FRR_PATHSPACE:+-N "$FRR_PATHSPACE"}'
CHUNK = 65536
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
SEQUENCE = re.compile(r"\x1b\[(?P<count>\d*)(?P<kind>[A-Za-z])|\x1b\[\?[\d;]*[hl]|\x1b[=>]|\x1b\[[\d;]*m")


def rendered(line: str) -> str:
    """A line as a terminal would show it: cursor moves and erasures of pagers and line editors carried out."""
    if CONTROL.search(line) is None:
        return line
    shown: list[str] = []
    at = position = 0
    while position < len(line):
        found = SEQUENCE.match(line, position)
        if found is not None:
            position = found.end()
            count = int(found["count"] or 1) if found["kind"] else 0
            match found["kind"]:
                case "D":
                    at = max(at - count, 0)
                case "C":
                    at += count
                case "K":
                    del shown[at:]
            continue
        letter = line[position]
        position += 1
        if letter == "\r":
            at = 0
        elif letter in "\b\x7f":
            at = max(at - 1, 0)
        elif letter >= " ":
            shown.extend(" " * (at - len(shown)))
            shown[at : at + 1] = [letter]
            at += 1
    return "".join(shown)


class Terminal:
    """A channel with a terminal. Decodes as the bytes come, whole characters only."""

    def __init__(self, channel: paramiko.Channel, target: Target) -> None:
        self.channel, self._target = channel, target
        self._decoder = codecs.getincrementaldecoder(target.encoding)("replace")

    def strict(self) -> None:
        """From now on bytes of another encoding are an error. Before, they may be part of a banner."""
        self._decoder.errors = "strict"

    def send(self, text: str, doing: str) -> None:
        """Type text. TransportError ``transport-dropped``, ``-encoding``; ``doing`` is for the error."""
        try:
            self.channel.sendall(text.encode(self._target.encoding))
        except UnicodeEncodeError as error:
            raise self._foreign(doing) from error
        except (OSError, EOFError) as error:
            raise self._dropped(doing) from error

    def receive(self, until: float, timeout: float, doing: str) -> str:
        """What has come, at least a byte; waits for it until ``until`` (monotonic).

        TransportError ``transport-timed-out``, ``-dropped``, ``-encoding``.
        """
        self.channel.settimeout(max(until - time.monotonic(), 0.001))
        try:
            data = self.channel.recv(CHUNK)
        except TimeoutError as error:
            raise TransportError(
                "transport-timed-out", device=self._target.device, seconds=timeout, doing=doing
            ) from error
        except (OSError, EOFError) as error:
            raise self._dropped(doing) from error
        if not data:
            raise self._dropped(doing)
        try:
            return self._decoder.decode(data)
        except UnicodeDecodeError as error:
            raise self._foreign(doing) from error

    def waiting(self) -> bool:
        """Whether something has come already."""
        return bool(self.channel.recv_ready())

    def _dropped(self, doing: str) -> TransportError:
        return TransportError("transport-dropped", device=self._target.device, doing=doing)

    def _foreign(self, doing: str) -> TransportError:
        return TransportError(
            "transport-encoding", device=self._target.device, encoding=self._target.encoding, doing=doing
        )


def open_terminal(connection: Connection, target: Target, timeout: float) -> Terminal:
    """A terminal at the device's command line: the login's own, or vtysh on FRR. TransportError."""
    try:
        channel = connection.transport.open_session(timeout=timeout)
        channel.settimeout(timeout)
        if target.platform.dialect == "frr":
            channel.get_pty("dumb", width=WIDE, height=HEIGHT)
            channel.set_combine_stderr(combine=True)
            channel.exec_command(VTYSH)
        else:
            channel.get_pty("vt100", width=WIDTH, height=HEIGHT)
            channel.invoke_shell()
    except TimeoutError as error:
        raise TransportError(
            "transport-timed-out", device=target.device, seconds=timeout, doing="opening a terminal"
        ) from error
    except (paramiko.SSHException, OSError, EOFError) as error:
        raise TransportError(
            "transport-dropped", device=target.device, doing=f"opening a terminal ({str(error) or 'closed'})"
        ) from error
    return Terminal(channel, target)
