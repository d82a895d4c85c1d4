"""The tree of a configuration: views, their lines, and joining two of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from network.config.spelling import spelled

__all__ = ["ConfigLine", "ConfigTree", "merge", "opposite"]

NEGATIONS = ("undo ", "no ")


@dataclass(frozen=True, slots=True)
class ConfigLine:
    """One line without its indentation; with children it is the head of a view.

    ``number`` is the 1-based line of the text that it was read from, 0 for a line that was made; two lines are equal
    whatever their numbers. A text that spans several lines (a banner, a key) is one ConfigLine with line feeds in it.
    """

    text: str
    children: tuple[ConfigLine, ...] = ()
    number: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ConfigTree:
    """The lines of the top level, in the order of the text."""

    lines: tuple[ConfigLine, ...] = ()


def opposite(text: str) -> str | None:
    """The line that a negative line denies (``undo shutdown`` -> ``shutdown``); None for a positive line."""
    for negation in NEGATIONS:
        if text.startswith(negation):
            return text[len(negation) :]
    return None


def merge(base: ConfigTree, addition: ConfigTree) -> ConfigTree:
    """The base with the addition's lines in the views of the same text.

    What the base already has, in any spelling of its IPv6 addresses, is not doubled and keeps the base's spelling. A
    negative line takes the place of the line that it denies, and the other way round. New lines stand behind the last
    line that begins with the same word, else behind the view's plain lines; new views at the end.
    """
    return ConfigTree(_merged(base.lines, addition.lines))


def _merged(base: tuple[ConfigLine, ...], addition: tuple[ConfigLine, ...]) -> tuple[ConfigLine, ...]:
    if not addition:
        return base
    result = list(base)
    keys = [spelled(line.text) for line in base]
    for line in addition:
        key = spelled(line.text)
        if key in keys:
            place = keys.index(key)
            there = result[place]
            result[place] = ConfigLine(there.text, _merged(there.children, line.children), there.number)
            continue
        excluded = _place(keys, opposite(key), key)
        made = ConfigLine(line.text, _merged((), line.children), line.number)
        if excluded is not None:
            result[excluded], keys[excluded] = made, key
        else:
            place = _behind(result, made)
            result.insert(place, made)
            keys.insert(place, key)
    return tuple(result)


def _place(keys: list[str], denied: str | None, key: str) -> int | None:
    """Where the line stands that the new one excludes, if it is there."""
    candidates = (denied,) if denied is not None else tuple(negation + key for negation in NEGATIONS)
    return next((keys.index(candidate) for candidate in candidates if candidate in keys), None)


def _behind(lines: list[ConfigLine], made: ConfigLine) -> int:
    word = made.text.split(" ", 1)[0]
    for place in range(len(lines) - 1, -1, -1):
        if lines[place].text.split(" ", 1)[0] == word:
            return place + 1
    if made.children:
        return len(lines)
    return next((place for place, line in enumerate(lines) if line.children), len(lines))
