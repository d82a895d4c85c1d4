"""Whether a change leaves alone what IPv4 relies on.

A retrofit adds IPv6 and nothing else: no line of the running configuration is removed or replaced unless it is IPv6's
own, and no line is added that IPv4 could use. Lines that are neither, like those of a policy, may come only with a name
that the configuration does not know yet: what nothing refers to changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import AddressValueError, IPv6Address

from network.config.tree import ConfigLine, ConfigTree
from network.diff.difference import Comparison
from network.diff.making import comparison_of
from network.diff.patch import Violation
from network.diff.tables.families import (
    FREE_TEXT,
    IPV4_ADDRESS,
    IPV4_IDENTITY,
    IPV4_WORD,
    IPV6_LINE,
    NAMED,
    NEUTRAL,
)
from network.platforms import Platform

__all__ = ["is_ipv6", "neutral"]

_ADDRESS = re.compile(r"(?<![\w:.])([0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(?:/\d+)?(?![\w:])")
Lines = tuple[ConfigLine, ...]


@lru_cache(maxsize=65536)
def is_ipv6(text: str) -> bool:
    """Whether a line concerns IPv6 only by its own words: a keyword of IPv6's, or an IPv6 address."""
    if FREE_TEXT.match(text):
        return False
    return IPV6_LINE.search(text) is not None or any(_valid(found) for found in _ADDRESS.findall(text))


def _valid(address: str) -> bool:
    try:
        IPv6Address(address)
    except AddressValueError:
        return False
    return True


def _is_ipv4(text: str) -> bool:
    if IPV4_IDENTITY.match(text):
        return False
    return IPV4_WORD.search(text) is not None or IPV4_ADDRESS.search(text) is not None


def neutral(platform: Platform, before: ConfigTree, after: ConfigTree) -> tuple[Violation, ...]:
    """What IPv4 would lose, gain or find changed; empty for a change that only adds IPv6.

    Sorted as in ``before``, additions after removals of one view. See ``Violation`` for the codes.
    """
    check = _Check(comparison_of(platform), before)
    return tuple(dict.fromkeys(check.view((), before.lines, after.lines)))


class _Check:
    def __init__(self, comparison: Comparison, before: ConfigTree) -> None:
        self.plain = comparison.plain
        self.volatile = comparison.volatile
        self.book = comparison.book
        self.before = before
        self._words: frozenset[str] | None = None

    def view(self, path: tuple[str, ...], before: Lines, after: Lines) -> Iterator[Violation]:
        if before == after or any(is_ipv6(head) for head in path):
            return
        wanted = {self.plain(line.text): line for line in after}
        had = {self.plain(line.text): line for line in before}
        for text, line in had.items():
            found = wanted.get(text)
            if found is not None:
                yield from self.view((*path, text), line.children, found.children)
            elif not self.volatile(line.text):
                yield from self._removed(path, text, line)
        for text, line in wanted.items():
            if text not in had and not self.volatile(line.text):
                yield from self._lost(path, text, before)
                yield from self._added(path, text, line, before)

    def _removed(self, path: tuple[str, ...], text: str, line: ConfigLine) -> Iterator[Violation]:
        if is_ipv6(text):
            return
        yield Violation("ipv4-removed", " / ".join((*path, text)), line.number)
        for child in line.children:
            yield from self._removed((*path, text), self.plain(child.text), child)

    def _lost(self, path: tuple[str, ...], text: str, before: Lines) -> Iterator[Violation]:
        """Lines of IPv4's that typing a line wipes."""
        found = self.book.find(" / ".join(path), text)
        patterns = found.patterns(found.rule.line_takes)
        for line in before if patterns else ():
            other = self.plain(line.text)
            if not is_ipv6(other) and any(pattern.fullmatch(other) for pattern in patterns):
                yield Violation("ipv4-lost", " / ".join((*path, other)), line.number)

    def _added(self, path: tuple[str, ...], text: str, line: ConfigLine, before: Lines) -> Iterator[Violation]:
        if is_ipv6(text) or NEUTRAL.fullmatch(text):
            return
        if not self._new(path, text, before):
            yield Violation("ipv4-added", " / ".join((*path, text)), 0)
            return
        yield from self._inside((*path, text), line.children)

    def _inside(self, path: tuple[str, ...], lines: Lines) -> Iterator[Violation]:
        """Lines of a view that is new as a whole: all but IPv4's own."""
        for line in lines:
            text = self.plain(line.text)
            if is_ipv6(text):
                continue
            if _is_ipv4(text):
                yield Violation("ipv4-added", " / ".join((*path, text)), 0)
            else:
                yield from self._inside((*path, text), line.children)

    def _new(self, path: tuple[str, ...], text: str, before: Lines) -> bool:
        """Whether the line begins or continues something whose name the configuration does not know."""
        found = self.book.find(" / ".join(path), text)
        if found.rule.opens and not path:
            key = found.fill(found.rule.thing) or text
            known = any(other == key or other.startswith(key + " ") for other in map(self.plain, _texts(before)))
            return not known and not _is_ipv4(text)
        if named := NAMED.fullmatch(text):
            name = next(group for group in named.groups() if group)
            return name not in self.words and IPV4_ADDRESS.search(text) is None
        return False

    @property
    def words(self) -> frozenset[str]:
        """All words of the configuration that runs."""
        if self._words is None:
            self._words = frozenset(word for text in _all(self.before.lines) for word in text.split())
        return self._words


def _texts(lines: Lines) -> Iterator[str]:
    return (line.text for line in lines)


def _all(lines: Lines) -> Iterator[str]:
    for line in lines:
        yield line.text
        yield from _all(line.children)
