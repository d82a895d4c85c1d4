"""What a simulated device may do wrong, and who may log in to it."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Account", "Faults"]


@dataclass(frozen=True)
class Account:
    """A login. ``level``: 0 nothing, 1 display, 3 everything. ``keys``: public keys, ``type text``."""

    password: str | None = field(default=None, repr=False)
    level: int = 3
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Faults:
    """Expressions are searched in typed lines; times in seconds.

    Attributes:
        login_delay: before a login is answered.
        line_delay: before each line is answered.
        slow: (expression, seconds) for single lines.
        refuse: (expression, answer): lines that are refused, whatever the rules say.
        ignore: lines that are taken and forgotten: only reading back shows it.
        drop_after: sessions are cut when this many lines were typed on the device; once.
        drop_on: the session is cut at such a line, before anything is done; once.
        hang_on: such a line is never answered.
        reboot_on: the device restarts at such a line; once.
        reboot_seconds: how long a restart takes; nobody answers meanwhile.
        not_restored: lines that stay as they are when a trial, a delay or a replacement brings the rest back.
        max_sessions: further logins are closed.
        page_length: lines until the pager asks.
        greeting: printed before the first prompt.
        ask_password: the device asks whether to change the password, before the first prompt.
        chatter: printed unasked after each answer, before the prompt, as a log line.
        encoding: the device writes and reads this, whatever its record says.
    """

    login_delay: float = 0.0
    line_delay: float = 0.0
    slow: tuple[tuple[str, float], ...] = ()
    refuse: tuple[tuple[str, str], ...] = ()
    ignore: str = ""
    drop_after: int = 0
    drop_on: str = ""
    hang_on: str = ""
    reboot_on: str = ""
    reboot_seconds: float = 2.0
    not_restored: str = ""
    max_sessions: int = 21
    page_length: int = 24
    greeting: str = ""
    ask_password: bool = False
    chatter: str = ""
    encoding: str = ""
