"""What a session is opened to, how it logs in, and what it can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from network.platforms import Platform

__all__ = ["Login", "Reply", "Session", "Target", "Transport", "one_by_one"]


@dataclass(frozen=True)
class Target:
    """Where a device is reached.

    Attributes:
        device: its id, for messages.
        address: IPv4 or IPv6 address, or a name.
        host_key: as in known_hosts, without the host: ``ssh-ed25519 AAAA...``; no other key is accepted.
        encoding: of its text, ``utf-8`` or ``gb18030``.
        jump: a host that the session goes through; logged in to with the same login and its own ``user``.
    """

    device: str
    platform: Platform
    address: str
    port: int
    host_key: str
    user: str
    encoding: str
    jump: Target | None = None


@dataclass(frozen=True)
class Login:
    """How to log in; what is given is tried in the order key file, agent, password. ``agent``: ask a running one."""

    password: str | None = field(default=None, repr=False)
    key_file: Path | None = None
    agent: bool = False


@dataclass(frozen=True)
class Reply:
    """Answer to one line. ``text`` is without echo and prompt; both may hold secrets and are not shown by ``repr``."""

    line: str = field(repr=False)
    text: str = field(repr=False)
    refused: bool


class Session(Protocol):
    """One login; a context manager. Not for several threads at once.

    Every method may raise TransportError ``transport-timed-out``, ``transport-dropped`` and ``transport-encoding``;
    after one of them the session is over.
    """

    def command(self, text: str, *, timeout: float = 30) -> str:
        """Answer to an operational command (display, show), whole, without paging, echo and prompt; ``timeout`` in s.

        RefusedError ``command-refused``: the answer is one of the platform's refusals, or a question that the platform
        does not name. TransportError ``transport-privilege``: the account may not do it.
        """
        ...

    def running(self) -> str:
        """The running configuration as text. Errors as ``command``."""
        ...

    def enter(self) -> None:
        """Go to the top configuration view, from wherever the session is. Errors as ``command``."""
        ...

    def leave(self) -> None:
        """Go back to the operational view, from wherever the session is.

        RefusedError ``command-refused``: lines that were not committed have been dropped.
        """
        ...

    def line(self, text: str, *, timeout: float = 30) -> Reply:
        """One line in the configuration view; a refusal is a reply, not an error."""
        ...

    def lines(self, texts: Sequence[str], *, timeout: float = 30) -> Iterator[Reply]:
        """Lines in the configuration view, each with its reply, up to the first refusal; ``timeout`` for each.

        Where they reach a candidate, those after a refused one may have been typed as well: drop the candidate.
        """
        ...

    def shell(self, script: str, *, stdin: str = "", timeout: float = 30) -> str:
        """Output (both streams) of a command of the device's own POSIX shell; only where it has one (FRR).

        RefusedError ``command-refused`` elsewhere.
        """
        ...

    def close(self) -> None:
        """End the session; never raises."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Transport(Protocol):
    """Opens sessions; one object serves all threads."""

    def open(self, target: Target, login: Login, *, timeout: float = 20) -> Session:
        """Log in; ``timeout`` in seconds for all of it.

        TransportError ``transport-unreachable``, ``-host-key``, ``-login-refused``, ``-privilege``, ``-timed-out``,
        ``-dropped``, ``-encoding``.
        """
        ...


def one_by_one(session: Session, texts: Sequence[str], timeout: float) -> Iterator[Reply]:
    """See ``Session.lines``: each line after the answer to the one before."""
    for text in texts:
        reply = session.line(text, timeout=timeout)
        yield reply
        if reply.refused:
            return
