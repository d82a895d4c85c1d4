"""What one row of ``network/platforms/tables`` says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = ["Answer", "GuardKind", "Platform", "Prompts", "Proof"]


class Proof(StrEnum):
    """How far what is rendered for a platform has been tried; shown to users."""

    PROVEN = "proven"
    """On the real system, in the laboratory."""
    SIMULATED = "simulated"
    """On a simulator that follows the maker's documents: proves our logic, not the maker's behaviour."""
    TEXT_ONLY = "text_only"
    """Rendered and compared as text; pushing is refused."""


class GuardKind(StrEnum):
    """What brings the former configuration back when nobody confirms the new one."""

    COMMIT_TRIAL = "commit_trial"
    """The candidate is committed on trial; the device goes back by itself (VRP 8)."""
    COMMIT_DELAY = "commit_delay"
    """A delay is armed before the first line; the device goes back by itself (Comware 7)."""
    TIMER = "timer"
    """A detached timer of ours on the device loads the saved configuration (FRR)."""
    NONE = "none"
    """None is verified: nothing is pushed."""


def _compiles(pattern: str) -> str:
    re.compile(pattern)
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression; the row is refused where it does not compile."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Prompts(_Row):
    """Prompts as regular expressions over one whole line; ``{name}`` stands for the escaped host name."""

    operational: str = Field(description="View in which display and show work")
    configuration: str = Field(description="Any configuration view")
    privileged: str = Field("", description="View after enable, where it differs")
    more: Pattern = Field(
        "", description="Question of the pager, anywhere in the last line; empty: none after page_off"
    )


class Answer(_Row):
    """A question that a device asks, and what to answer while nothing else was asked for."""

    question: Pattern = Field(description="Regular expression over the end of what the device wrote")
    answer: str = Field(description="What to type; may be empty for return only")


class Platform(_Row):
    """One operating system."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str = Field(description="Maker and operating system, English")
    name_zh: str = Field(description="The same in Chinese")
    maker: str
    proof: Proof
    dialect: Literal["vrp", "comware", "frr", "ios", "zxros"] = Field(
        description="Family of its configuration language"
    )
    driver: str = Field(description="device_type of netmiko")
    encoding: Literal["utf-8", "gb18030"] = Field(description="Of its text, where the device record says nothing")
    undo: Literal["undo", "no"] = Field(description="Word that takes a line back")
    separator: Literal["#", "!"] = Field(description="Line between sections of a configuration")
    indent: int = Field(ge=0, description="Spaces a level of a printed configuration")
    leave: str = Field(description="Command that leaves one view for the one above")
    ending: str = Field("", description="Last line of a printed configuration")
    guard: GuardKind
    guard_seconds: tuple[int, int] = Field((0, 0), description="Shortest and longest guard that the device takes; s")
    guard_step: int = Field(1, ge=1, description="Unit in which the guard's command takes its time; s")
    two_stage: bool = Field(False, description="Lines go to a candidate that is committed")
    commands: Mapping[str, str] = Field(description="Purpose -> command; {seconds}, {minutes}, {name}... are filled in")
    prompts: Prompts
    errors: tuple[Pattern, ...] = Field(description="An answer with one of these is a refusal")
    questions: tuple[Answer, ...] = ()
    not_undone: tuple[Pattern, ...] = Field(
        (), description="Commands whose guard or rollback does not take them back; refused beforehand"
    )
    disruptive: tuple[Pattern, ...] = Field(
        (), description="Commands that interrupt or end the session or forwarding; refused in a retrofit"
    )
    secrets: tuple[Pattern, ...] = Field(
        (), description="Lines with a secret; the group 'secret' of each is masked in what is kept"
    )
    not_secret: tuple[Pattern, ...] = Field((), description="Beginnings of lines that only look as if they had one")
    vpn: Pattern = Field("", description="Line that puts an interface into a VPN instance, the group 'name'")
    volatile: tuple[Pattern, ...] = Field((), description="Lines that differ between two readings without any change")
    templates: str = Field(description="Folder of its Jinja templates under network/rendering/templates")
    source: str = Field(description="Manual and release that the row was written from; says what is unverified")

    @cached_property
    def error(self) -> re.Pattern[str]:
        """All of ``errors`` as one expression; searched over the lines of an answer."""
        return re.compile("|".join(f"(?:{one})" for one in self.errors), re.MULTILINE)

    def command(self, purpose: str, **values: object) -> str:
        """The command for a purpose, filled in; KeyError where the platform has none."""
        return self.commands[purpose].format(**values)

    def is_refusal(self, answer: str) -> bool:
        """Whether an answer means that the device has refused the line."""
        return self.error.search(answer) is not None

    def masked(self, line: str) -> str:
        """A line without the secrets that ``secrets`` knows."""
        for pattern in self.secrets:
            for found in reversed(list(re.finditer(pattern, line, re.MULTILINE))):
                start, end = found.span("secret")
                if start >= 0:
                    line = f"{line[:start]}******{line[end:]}"
        return line
