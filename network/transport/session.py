"""Sessions on top of a dialogue: views, refusals, the device's own shell."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, Self

import paramiko

from network.errors import RefusedError, TransportError
from network.transport.dialogue import alone, check_privilege, untypable
from network.transport.model import Reply, one_by_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from network.transport.dialogue import Dialogue, Heard
    from network.transport.model import Target

__all__ = ["Below", "SshSession"]

SHORT = 10
"""Lines; a longer answer is what was asked for, whatever words stand in it."""
UNCOMMITTED = r"(?i)uncommitted configurations? found.*\[Y.*/N.*/C.*\]\s*:?\s*$"
CANDIDATE = ("[~", "[*")
"""How prompts begin in two-phase validation; without a mark each line acts at once."""
RUNNING_SECONDS = 120.0
VIEWS = 10
AHEAD = 20
"""Lines that are typed without awaiting their answers: some 1,000 characters, less than what people paste."""


class Below(Protocol):
    """What a session stands on: an SSH connection."""

    @property
    def transport(self) -> paramiko.Transport: ...

    def close(self) -> None: ...


class SshSession:
    """See ``Session``."""

    def __init__(self, target: Target, connection: Below, dialogue: Dialogue) -> None:
        self._target, self._platform = target, target.platform
        self._connection, self._dialogue = connection, dialogue
        self._over = False
        self._top = ""

    def command(self, text: str, *, timeout: float = 30) -> str:
        """See ``Session``."""
        inside = self._platform.dialect in ("frr", "ios") and not self._dialogue.at_operational()
        said, refused = self._ask(f"do {text}" if inside else text, timeout)
        if refused:
            check_privilege(self._target, said)
            raise self._refused(text, said)
        return said

    def running(self) -> str:
        """See ``Session``."""
        return self.command(self._platform.command("running"), timeout=RUNNING_SECONDS)

    def enter(self) -> None:
        """See ``Session``."""
        if self._dialogue.at_operational():
            text = self._platform.command("enter")
            said, refused = self._ask(text, RUNNING_SECONDS)
            if refused or self._dialogue.at_operational():
                raise TransportError(
                    "transport-privilege",
                    device=self._target.device,
                    user=self._target.user,
                    reason=" ".join(said.split())[-200:],
                )
            if self._platform.two_stage and not self._dialogue.prompt.startswith(CANDIDATE):
                raise self._refused(text, f"{self._dialogue.prompt}: lines would act at once, without a candidate")
            self._top = self._view()
        for _ in range(VIEWS):
            if self._view() == self._top:
                return
            self._ask(self._platform.leave, RUNNING_SECONDS)
        raise self._refused(self._platform.leave, f"the view is still {self._dialogue.prompt}")

    def leave(self) -> None:
        """See ``Session``."""
        if self._dialogue.at_operational():
            return
        text = self._platform.command("leave")
        heard = self._heard(text, RUNNING_SECONDS, {UNCOMMITTED: "N"})
        if not self._dialogue.at_operational():
            raise self._refused(text, heard.text)
        if "ncommitted configuration" in heard.text:
            raise self._refused(text, "lines that were not committed have been dropped")

    def line(self, text: str, *, timeout: float = 30) -> Reply:
        """See ``Session``."""
        said, refused = self._ask(text.strip(), timeout)
        return Reply(text, said, refused or self._dialogue.at_operational())

    def lines(self, texts: Sequence[str], *, timeout: float = 30) -> Iterator[Reply]:
        """See ``Session``."""
        if not self._platform.two_stage:  # a line that acts at once is only typed after the answer to the one before
            yield from one_by_one(self, texts, timeout)
            return
        at = 0
        while at < len(texts):
            ahead = self._ahead(texts[at:])
            at += len(ahead)
            for reply in self._replies(ahead, timeout):
                yield reply
                if reply.refused:
                    return

    def shell(self, script: str, *, stdin: str = "", timeout: float = 30) -> str:
        """See ``Session``."""
        if self._platform.dialect != "frr":
            raise self._refused("a shell command", f"{self._platform.name} has no shell for us")
        self._check()
        try:
            return _run(self._connection, script, stdin, timeout).decode("utf-8", "replace")
        except TimeoutError as error:
            self._over = True
            raise TransportError(
                "transport-timed-out", device=self._target.device, seconds=timeout, doing="running a shell command"
            ) from error
        except (paramiko.SSHException, OSError, EOFError) as error:
            self._over = True
            raise TransportError(
                "transport-dropped", device=self._target.device, doing="running a shell command"
            ) from error

    def close(self) -> None:
        """See ``Session``."""
        self._over = True
        with suppress(paramiko.SSHException, OSError, EOFError):
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<session with {self._target.device}>"

    def _view(self) -> str:
        """The prompt without its marks of uncommitted lines."""
        return re.sub(r"^\[[~*]", "[", self._dialogue.prompt)

    def _check(self) -> None:
        if self._over:
            raise TransportError("transport-dropped", device=self._target.device, doing="the session is over")

    def _heard(self, text: str, timeout: float, answers: dict[str, str]) -> Heard:
        self._check()
        try:
            return self._dialogue.ask(text, timeout=timeout, answers=answers)
        except TransportError:
            self.close()
            raise

    def _ask(self, text: str, timeout: float) -> tuple[str, bool]:
        """(answer, whether it is a refusal)."""
        self._check()
        reason = untypable(text)
        if reason:
            return f"not typed: {reason}", True
        heard = self._heard(text, timeout, {})
        return heard.text, self._is_refused(heard)

    def _is_refused(self, heard: Heard) -> bool:
        short = heard.text.count("\n") < SHORT
        return bool(heard.asked) or (short and self._platform.is_refusal(heard.text))

    def _ahead(self, texts: Sequence[str]) -> Sequence[str]:
        """The first line and those that may be typed without awaiting its answer: up to one that leaves a view, because
        in another view than it was meant for it may end in a question."""
        leaving = self._platform.leave, self._platform.command("leave")
        for number, text in enumerate(texts[:AHEAD]):
            if alone(text):
                return texts[: max(number, 1)]
            if text.strip() in leaving:
                return texts[: number + 1]
        return texts[:AHEAD]

    def _replies(self, texts: Sequence[str], timeout: float) -> Iterator[Reply]:
        if len(texts) == 1:
            yield self.line(texts[0], timeout=timeout)
            return
        self._check()
        try:
            found = self._dialogue.ask_ahead([text.strip() for text in texts], timeout=timeout)
        except TransportError:
            self.close()
            raise
        for text, heard in zip(texts, found, strict=True):
            yield Reply(text, heard.text, self._is_refused(heard) or self._dialogue.is_operational(heard.prompt))

    def _refused(self, text: str, answer: str) -> RefusedError:
        return RefusedError(
            "command-refused",
            device=self._target.device,
            command=self._platform.masked(text),
            answer=self._platform.masked(answer.strip()[-300:]),
        )


def _run(connection: Below, script: str, stdin: str, timeout: float) -> bytes:
    until = time.monotonic() + timeout
    with connection.transport.open_session(timeout=timeout) as channel:
        channel.settimeout(timeout)
        channel.set_combine_stderr(combine=True)
        channel.exec_command(script)
        channel.sendall(stdin.encode())
        channel.shutdown_write()
        parts: list[bytes] = []
        while True:
            channel.settimeout(max(until - time.monotonic(), 0.001))
            part = channel.recv(65536)
            if not part:
                return b"".join(parts)
            parts.append(part)
