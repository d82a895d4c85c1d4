"""Question and answer with a device's command line, by exact prompts.

A prompt is the last line of what has come, whole, with the device's own name in it; the echo of what was typed ends
with a line end that is awaited first. So nothing is waited for by time, and nothing that looks like a prompt inside an
answer ends it.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from network.errors import TransportError
from network.transport.terminal import rendered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from network.transport.model import Target

__all__ = ["Dialogue", "Heard", "Wire", "alone", "check_privilege", "untypable"]

ANY_NAME = r"(?P<name>[^\s<>\[\]#()](?:[^<>\[\]#()\r\n]{0,244}[^\s<>\[\]#()])?)"
"""A name that is not known yet."""
UNKNOWN_QUESTION = re.compile(
    r"\[\s*[Yy](?:\([^)]*\)|es)?\s*/\s*[Nn](?:\([^)]*\)|o)?"
    r"(?:\s*/\s*(?P<cancel>[Cc])(?:\([^)]*\))?)?\s*\]\s*:?\s*$"
)
RENAMING = re.compile(r"^(?:undo |no )?(?:sysname|hostname)\b")
ANSWER = re.compile(r"(?i)|y(?:es)?|no?|c(?:ancel)?|all?")
PRIVILEGE = re.compile(
    r"(?i)permission denied|no permission|do(?:es)? not have (?:the )?(?:permission|right|privilege)"
    r"|insufficient (?:privilege|permission)|failed to connect to any daemons"
)
TAIL = 2000
"""Characters at the end in which prompts and questions are looked for."""
PAGES = 100_000
LONG = 200
"""Characters of a line."""
UNASKED_SECONDS = 30.0


class Wire(Protocol):
    """What a dialogue is held over; ``Terminal`` says what each does."""

    def strict(self) -> None: ...

    def send(self, text: str, doing: str) -> None: ...

    def receive(self, until: float, timeout: float, doing: str) -> str: ...

    def waiting(self) -> bool: ...


@dataclass(frozen=True)
class Heard:
    """An answer. ``text``: without echo and prompt. ``prompt``: the line it ended with. ``asked``: the question that
    nobody had an answer for, and that was answered with no; empty: none."""

    text: str
    prompt: str
    asked: str = ""


def alone(text: str) -> bool:
    """Whether a line is not to be typed ahead of answers: it may change the prompt, or answer a question, or its echo
    may be broken over several lines."""
    line = text.strip()
    return bool(untypable(text) or RENAMING.match(line) or ANSWER.fullmatch(line) or len(line) > LONG)


def untypable(text: str) -> str:
    """Why a text cannot be typed as one line; empty: it can."""
    if any(letter < " " or letter == "\x7f" for letter in text):
        return "a control character or a line end"
    return "a question mark, which asks the device for help" if "?" in text else ""


class Dialogue:
    """Types lines and reads answers. After a TransportError it is over."""

    def __init__(self, terminal: Wire, target: Target) -> None:
        self._terminal, self._target, self._platform = terminal, target, target.platform
        self._more = re.compile(rf"(?:{self._platform.prompts.more})\s*$") if self._platform.prompts.more else None
        self._questions = [(re.compile(one.question), one.answer) for one in self._platform.questions]
        self._whole: list[str] = []
        self.name = ""
        """The device's own name, as its prompt says it."""
        self.prompt = ""
        """The last prompt."""

    def begin(self, timeout: float) -> str:
        """Read the greeting up to the first prompt, and switch paging off; the greeting. TransportError."""
        self._learn("")
        try:
            heard = self._hear(time.monotonic() + timeout, timeout, "waiting for the first prompt", {}, echo=False)
        except TransportError:
            check_privilege(self._target, "".join(self._whole))  # it may have said why it ends the session
            raise
        self._terminal.strict()
        # The greeting may hold a line that looks like a prompt: the second one is the one that counts.
        page_off = self._platform.command("page_off")
        second = self.ask(page_off, timeout=timeout)
        found = self._operational.fullmatch(second.prompt) or self._configuration.fullmatch(second.prompt)
        self._learn(found["name"] if found is not None else "")
        if "width" in self._platform.commands:
            self.ask(self._platform.command("width"), timeout=timeout)
        return heard.text

    def ask(self, text: str, *, timeout: float, answers: Mapping[str, str] | None = None) -> Heard:
        """Type a line and read the answer up to the next prompt.

        ``answers``: question (regular expression over the end) -> answer, before those of the platform.
        TransportError ``transport-timed-out``, ``-dropped``, ``-encoding``.
        """
        doing = self._type(text, text)
        if RENAMING.match(text.strip()):
            self._learn("")
        heard = self._hear(time.monotonic() + timeout, timeout, doing, answers or {}, echo=True)
        return Heard(_without_echo(heard.text, text), heard.prompt, heard.asked)

    def ask_ahead(self, lines: Sequence[str], *, timeout: float) -> list[Heard]:
        """Type several lines at once and read their answers; ``timeout``: of each line.

        Each answer has to be followed by the prompt and the echo of the next line, as devices do that read what is
        typed ahead line by line. A question before the last answer ends the dialogue, since the next line would answer
        it: TransportError ``transport-dropped``. Otherwise as ``ask``.
        """
        self._type("\n".join(lines), lines[0])
        found: list[Heard] = []
        said = ""
        for text, following in pairwise(lines):
            heard, said = self._hear_before(text, following, said, timeout)
            found.append(heard)
        until, doing = time.monotonic() + timeout, self._doing(lines[-1])
        found.append(self._hear(until, timeout, doing, {}, echo=len(lines) == 1, said=said))
        found[0] = replace(found[0], text=_without_echo(found[0].text, lines[0]))
        return found

    def at_operational(self) -> bool:
        """Whether the last prompt is that of the operational view."""
        return self.is_operational(self.prompt)

    def is_operational(self, prompt: str) -> bool:
        """Whether a prompt is that of the operational view."""
        return self._operational.fullmatch(prompt) is not None

    def _type(self, text: str, line: str) -> str:
        """Type it; what is done then, for errors: answering ``line``."""
        doing = self._doing(line)
        while self._terminal.waiting():  # what the device has said unasked
            self._terminal.receive(time.monotonic() + UNASKED_SECONDS, UNASKED_SECONDS, doing)
        self._terminal.send(f"{text}\n", doing)
        return doing

    def _doing(self, line: str) -> str:
        return f"answering '{self._platform.masked(line.strip())}'"

    def _learn(self, name: str) -> None:
        self.name = name
        pattern = re.escape(name) if name else ANY_NAME
        prompts = self._platform.prompts
        self._operational = re.compile(prompts.operational.replace("{name}", pattern))
        self._configuration = re.compile(prompts.configuration.replace("{name}", pattern))

    def _hear_before(self, text: str, following: str, said: str, timeout: float) -> tuple[Heard, str]:
        """(the answer to ``text``, what came after the echo of ``following``); ``said``: what has come already."""
        until, doing, shown = time.monotonic() + timeout, self._doing(text), list[str]()
        while True:
            line, end, rest = said.partition("\n")
            line = rendered(line.removesuffix("\r")).rstrip()
            prompt = self._configuration.match(line) or self._operational.match(line)
            if prompt is None and self._answer(line.removesuffix(following.strip()).rstrip(), {})[0] is not None:
                raise TransportError("transport-dropped", device=self._target.device, doing=f"{doing}: {line}")
            if not end:
                said += self._terminal.receive(until, timeout, doing)
                continue
            said = rest
            if prompt is not None and line[prompt.end() :].strip() == following.strip():
                return Heard("\n".join(shown), prompt[0]), said
            shown.append(line)

    def _hear(
        self, until: float, timeout: float, doing: str, answers: Mapping[str, str], *, echo: bool, said: str = ""
    ) -> Heard:
        whole = self._whole = []
        tail, asked, pages = "", "", 0
        while True:
            came = said or self._terminal.receive(until, timeout, doing)
            said = ""
            whole.append(came)
            tail = (tail + came)[-TAIL:]
            if echo:
                if "\n" not in tail:
                    continue
                echo = False
            *before, last = tail.split("\n")
            last = rendered(last).strip()
            if not last:
                continue
            if self._operational.fullmatch(last) or self._configuration.fullmatch(last):
                self.prompt = last
                return Heard(_shown("".join(whole)), last, asked)
            if self._more is not None and self._more.search(last):
                pages += 1
                if pages > PAGES:
                    raise TransportError(
                        "transport-timed-out", device=self._target.device, seconds=timeout, doing=f"{doing} (pages)"
                    )
                self._terminal.send(" ", doing)
                tail = ""
                continue
            question = "\n".join([*before[-2:], last]).replace("\r", "")
            answer, known = self._answer(question, answers)
            if answer is not None:
                asked = asked or ("" if known else last)
                self._terminal.send(f"{answer}\n", doing)
                tail, echo = "", True

    def _answer(self, question: str, answers: Mapping[str, str]) -> tuple[str | None, bool]:
        """(what to type, whether somebody knew); None: it is no question."""
        for pattern, answer in answers.items():
            if re.search(pattern, question):
                return answer, True
        for compiled, answer in self._questions:
            if compiled.search(question):
                return answer, True
        found = UNKNOWN_QUESTION.search(question)
        if found is None:
            return None, False
        return ("C" if found["cancel"] else "N"), False


def check_privilege(target: Target, said: str) -> None:
    """TransportError ``transport-privilege`` where an answer says that the account may not do it."""
    if PRIVILEGE.search(said):
        raise TransportError(
            "transport-privilege", device=target.device, user=target.user, reason=" ".join(said.split())[-200:]
        )


def _shown(text: str) -> str:
    """Without the prompt, lines as a terminal would show them."""
    body, _, _ = text.rpartition("\n")
    return "\n".join(rendered(line.removesuffix("\r")).rstrip() for line in body.split("\n"))


def _without_echo(text: str, typed: str) -> str:
    first, _, rest = text.partition("\n")
    joined = first
    # A device that breaks the echo of a long line over several.
    while rest and len(joined) < len(typed.strip()) and typed.strip().startswith(joined.strip()) and joined.strip():
        more, _, after = rest.partition("\n")
        if not typed.strip().startswith((joined + more).strip()):
            break
        joined, rest = joined + more, after
    return rest
