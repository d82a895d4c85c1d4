"""What the difference of two configurations is called."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Patch", "Violation"]


@dataclass(frozen=True, slots=True)
class Patch:
    """Command lines from the configuration view, in an order that the maker accepts: entering views, lines, leaving."""

    commands: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.commands


@dataclass(frozen=True, slots=True)
class Violation:
    """Something of IPv4's that a change would alter or remove.

    ``code``: ``ipv4-removed``, ``ipv4-added`` or ``ipv4-lost`` (wiped by another line of the change). ``line``: the
    line with the heads of its views, joined by `` / ``; ``number``: its 1-based line in the configuration read, 0
    for a line that is new.
    """

    code: str
    line: str
    number: int
