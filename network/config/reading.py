"""From the text of a configuration to its tree and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from ipaddress import IPv4Address

from network.config.dialect import Block, Dialect
from network.config.spelling import spelled
from network.config.tables.dialects import DIALECTS
from network.config.tree import ConfigLine, ConfigTree
from network.errors import ConfigError
from network.platforms import Platform

__all__ = ["dialect_of", "normalised", "parse", "plain_of", "to_text", "volatile_of"]

_FOREIGN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|^\s*-{2,} ?[Mm]ore ?-{2,}|^--More--")


def dialect_of(platform: Platform) -> Dialect:
    """How configurations of the platform are printed."""
    return DIALECTS[platform.dialect]


@dataclass(slots=True)
class _View:
    """A view that is being read: lines by text, so that one that is printed twice is one view."""

    text: str
    number: int
    indent: int
    lines: dict[str, _View] = field(default_factory=dict)

    def frozen(self) -> ConfigLine:
        return ConfigLine(self.text, tuple(view.frozen() for view in self.lines.values()), self.number)


def parse(platform: Platform, text: str) -> ConfigTree:
    """Reads a running configuration, or a part of one, as the device prints it.

    Lines that carry no configuration (separators, ``return``, ``exit``, heads of the listing) are left out. Raises
    ConfigError with the line for text that is not purely a configuration (control characters, a paging prompt), for
    an indentation that belongs to no view, and for a banner or key without an end.
    """
    dialect = dialect_of(platform)
    root = _View("", 0, -1)
    path = [root]
    noise = dialect.noise.fullmatch
    base: int | None = None if dialect.sections else 0
    for number, line, indent in _lines(dialect, text):
        if noise(line):
            if dialect.sections and indent == 0 and line == dialect.separator:
                path, base = [root], None
            continue
        if base is None or indent < base:
            if indent > dialect.lone_indent and indent > 1:
                raise ConfigError("config-indent", line=number, text=line)
            base = indent
        while path[-1].indent >= indent:
            path.pop()
        parent = path[-1]
        if parent is root and indent != base:
            raise ConfigError("config-indent", line=number, text=line)
        view = parent.lines.get(line)
        if view is None:
            siblings = next(iter(parent.lines.values()), None)
            if siblings is not None and siblings.indent != indent and parent is not root:
                raise ConfigError("config-indent", line=number, text=line)
            view = parent.lines[line] = _View(line, number, indent)
        path.append(view)
    return ConfigTree(tuple(view.frozen() for view in root.lines.values()))


def _lines(dialect: Dialect, text: str) -> Iterator[tuple[int, str, int]]:
    """Number, text without indentation, and indentation of each line that is not blank; blocks as one."""
    lines = iter(enumerate(text.split("\n"), 1))
    for number, raw in lines:
        if _FOREIGN.search(raw):
            raise ConfigError("config-foreign", line=number, text=_FOREIGN.sub("?", raw.strip()))
        line = raw.strip()
        if not line:
            continue
        indent = len(raw) - len(raw.lstrip())
        for block in dialect.blocks:
            if found := block.begin.fullmatch(line):
                line = "\n".join([line, *_rest(block, found, lines, number)])
                break
        yield number, line, indent


def _rest(block: Block, begun: re.Match[str], lines: Iterator[tuple[int, str]], number: int) -> list[str]:
    end = re.compile(block.end.format(*(re.escape(group) for group in begun.groups())))
    rest = []
    for _, raw in lines:
        rest.append(raw.rstrip())
        if end.fullmatch(rest[-1]):
            return rest
    raise ConfigError("config-unended", line=number, text=begun.group(0))


def to_text(platform: Platform, tree: ConfigTree) -> str:
    """The configuration as the maker prints it: indented, with separators; ``parse`` reads the same tree from it."""
    dialect = dialect_of(platform)
    out: list[str] = []
    previous: ConfigLine | None = None
    for line in tree.lines:
        together = previous is not None and not previous.children and not line.children
        if not (together and previous is not None and _word(previous) == _word(line)):
            out.append(dialect.separator)
        if line.children:
            _print(dialect, line, 0, out)
        else:
            _print(dialect, line, dialect.lone_indent, out)
        previous = line
    return "\n".join([*out, dialect.separator, dialect.last, ""]) if out else ""


def _word(line: ConfigLine) -> str:
    return line.text.split(" ", 1)[0]


def _print(dialect: Dialect, line: ConfigLine, indent: int, out: list[str]) -> None:
    head, *rest = line.text.split("\n")
    out.append(" " * indent + head)
    out.extend(rest)
    if not line.children:
        return
    inner = indent + dialect.indent
    for child in line.children:
        if child.children and dialect.nested_separator:
            out.append(" " * inner + dialect.separator)
        _print(dialect, child, inner, out)
    word = next((leaving.word for leaving in dialect.leavings if leaving.head.fullmatch(line.text)), None)
    if word is not None:
        out.append(" " * indent + word)


def normalised(platform: Platform, tree: ConfigTree) -> ConfigTree:
    """What counts when two readings are compared: no line that changes by itself, one spelling of addresses, areas and
    lengths, and one order wherever the order of lines means nothing to the maker."""
    return ConfigTree(_normal(dialect_of(platform), plain_of(platform), volatile_of(platform), "", tree.lines))


def _normal(
    dialect: Dialect,
    plain: Callable[[str], str],
    volatile: Callable[[str], bool],
    head: str,
    lines: tuple[ConfigLine, ...],
) -> tuple[ConfigLine, ...]:
    normal = [
        ConfigLine((text := plain(line.text)), _normal(dialect, plain, volatile, text, line.children), line.number)
        for line in lines
        if not volatile(line.text)
    ]
    if dialect.unshown is not None:
        normal = [line for line in normal if line.children or not dialect.unshown.fullmatch(line.text)]
    if dialect.ordered is None or not dialect.ordered.fullmatch(head):
        normal.sort(key=lambda line: line.text)
    return tuple(normal)


def plain_of(platform: Platform) -> Callable[[str], str]:
    """The function that gives a line its one spelling: addresses, and the other forms that a maker prints for it."""
    return _plain(platform.dialect)


def volatile_of(platform: Platform) -> Callable[[str], bool]:
    """The function that tells lines that change without anybody configuring."""
    return _volatile(platform.volatile)


@cache
def _plain(family: str) -> Callable[[str], str]:
    aliases = DIALECTS[family].aliases
    if not aliases:
        return spelled

    def plain(text: str) -> str:
        for pattern, kind in aliases:
            if found := pattern.match(text):
                if kind == "area":
                    return f"{found.group(1)} {IPv4Address(int(found.group(2)))}"
                text = f"{found.group(1)} {found.group(2)}/{found.group(3)}{text[found.end() :]}"
        return spelled(text)

    return lru_cache(maxsize=131072)(plain)


@cache
def _volatile(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    if not patterns:
        return lambda _text: False
    search = re.compile("|".join(f"(?:{pattern})" for pattern in patterns)).search
    return lambda text: search(text) is not None
