"""Typing one line into a configuration, by the rules of its dialect."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from network.testing.simulators.rules import Row, Undo, places
from network.testing.simulators.tree import Line

if TYPE_CHECKING:
    from network.testing.simulators.rules import Dialect, Toggle

__all__ = ["Editor", "Typed"]

_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:)[0-9A-Fa-f:.]+(?![\w:.])")


@dataclass(frozen=True)
class Typed:
    """What became of a line. ``error``: why it was refused; empty: taken. ``views``: texts of the views then open."""

    error: str
    views: tuple[str, ...]


class Editor:
    """A configuration that is being changed.

    ``undone``: heads of lines that were taken back since it was begun. ``edits``: counts changes.
    """

    def __init__(self, dialect: Dialect, root: Line) -> None:
        self.dialect, self.root = dialect, root
        self.undone: set[str] = set()
        self.edits = 0

    def views(self, path: tuple[str, ...]) -> list[Line]:
        """Lines from the root to a view; up to where it still exists."""
        found = [self.root]
        for text in path:
            below = found[-1].child(text)
            if below is None:
                break
            found.append(below)
        return found

    def type(self, path: tuple[str, ...], text: str) -> Typed:
        """Type a line in a view. A line that the view does not know is tried in the system view, as the makers do."""
        text = _spelled(" ".join(text.split()))
        last = Typed(self.dialect.errors["unknown"], path)
        for where in dict.fromkeys((path, ())):
            if len(self.views(where)) != len(where) + 1:
                continue
            typed = self._in_view(where, text)
            if typed is not None:
                return typed
        return last

    def _in_view(self, path: tuple[str, ...], text: str) -> Typed | None:
        """None: the view does not know the line."""
        name = " > ".join(path)
        views = self.views(path)
        undo = text.startswith("undo ")
        positive = text.removeprefix("undo ")
        for toggle in self.dialect.toggles:
            if toggle.match(name, positive):
                groups = _groups(toggle, positive)
                if not all(places(self.root, views, need, groups) for need in toggle.needs):
                    return Typed(self.dialect.errors["needs"], path)
                self._toggle(views[-1], toggle, positive, undo=undo)
                return Typed("", path)
        if undo:
            return self._undo(path, views, positive)
        row = next((row for row in self.dialect.rows if row.match(name, text)), None)
        return None if row is None else self._add(path, views, row, text)

    # ---- lines -------------------------------------------------------------------------------------------------------

    def _add(self, path: tuple[str, ...], views: list[Line], row: Row, text: str) -> Typed:
        groups = _groups(row, text)
        view, errors = views[-1], self.dialect.errors
        after = (*path, text) if row.opens else path
        if row.refused:
            return Typed(errors["unknown"], path)
        if view.child(text) is not None:
            return Typed("", after)
        if not _addresses_are_right(text):
            return Typed(errors["wrong"], path)
        key = self._key(row, text)
        same = [one for one in view.children if self._key(row, one.text) == key] if row.key else []
        if row.opens and same and set(text.split()) < set(same[0].text.split()):  # a view, by a part of its line
            return Typed("", (*path, same[0].text))
        if same and not row.overwrites:
            return Typed(errors["exists"], path)
        if row.once and row.once in self.undone:
            return Typed(errors["pending"], path)
        for need in row.needs:
            if not places(self.root, views, need, groups):
                return Typed(errors["needs"], path)
        if row.clashes and places(self.root, views, row.clashes, groups):
            return Typed(errors["exists"], path)
        if row.address is not None and self._taken(views, groups[str(row.address)]):
            return Typed(errors["exists"], path)
        self.edits += 1
        for place in row.takes:
            self._remove(places(self.root, views, place, groups))
        if same:
            view.children[view.children.index(same[0])] = Line(text, same[0].children)
        else:
            view.children.append(Line(text))
            self._sort(view, text)
        return Typed("", after)

    def _key(self, row: Row, text: str) -> str | None:
        found = row.pattern.fullmatch(text)
        return None if found is None else row.key.format(*(group or "" for group in found.groups()))

    def _taken(self, views: list[Line], address: str) -> bool:
        wanted = ipaddress.ip_interface(address).ip
        if wanted.is_link_local:
            return False
        vpn = _vpn(views[-1])
        for one in self.root.children:
            if one.text.startswith("interface ") and one is not views[-1] and _vpn(one) == vpn:
                for line in one.children:
                    found = re.fullmatch(r"ipv6 address ([0-9a-f:.]+)/\d+", line.text)
                    if found and ipaddress.ip_address(found[1]) == wanted:
                        return True
        return False

    def _sort(self, view: Line, text: str) -> None:
        for pattern in self.dialect.sorted_lines:
            if pattern.match(text):
                places_of = [at for at, one in enumerate(view.children) if pattern.match(one.text)]
                ordered = sorted(
                    (view.children[at] for at in places_of), key=lambda one: int(_first(pattern, one.text))
                )
                for at, one in zip(places_of, ordered, strict=True):
                    view.children[at] = one

    # ---- undo --------------------------------------------------------------------------------------------------------

    def _undo(self, path: tuple[str, ...], views: list[Line], text: str) -> Typed | None:
        name, errors = " > ".join(path), self.dialect.errors
        rule = next((undo for undo in self.dialect.undos if undo.match(name, text)), None)
        if rule is None:
            hit = [one for one in views[-1].children if one.text == text or one.text.startswith(f"{text} ")]
            if not hit:
                known = any(row.match(name, text) for row in self.dialect.rows)
                return Typed(errors["absent"], path) if known or not path else None
            self._remove([(views[-1], one) for one in hit])
            self.undone.add(text.split(maxsplit=1)[0])
            return Typed("", path)
        groups = _groups(rule, text)
        if rule.refused:
            return Typed(errors["unknown"], path)
        found = [one for place in rule.removes for one in places(self.root, views, place, groups)]
        if not found and not rule.quiet:
            return Typed(errors["absent"], path)
        if any(places(self.root, views, place, groups) for place in rule.unless):
            return Typed(errors["in_use"], path)
        if rule.last is not None and self._is_last(views, rule.last, found, groups):
            return Typed(errors["in_use"], path)
        self._remove(found)
        self.undone.add(text.split(maxsplit=1)[0])
        return Typed("", path)

    def _is_last(
        self, views: list[Line], last: tuple[str, str], going: list[tuple[Line, Line]], groups: dict[str, str]
    ) -> bool:
        kind, users = (places(self.root, views, place, groups) for place in last)
        return bool(users) and len(kind) == len(going)

    def _remove(self, found: list[tuple[Line, Line]]) -> None:
        self.edits += 1
        for view, line in found:
            view.children[:] = [one for one in view.children if one is not line]

    def _toggle(self, view: Line, toggle: Toggle, text: str, *, undo: bool) -> None:
        typed, other = (f"undo {text}", text) if undo else (text, f"undo {text}")
        at = next((number for number, one in enumerate(view.children) if one.text in (typed, other)), None)
        shown = ("off" if undo else "on") in toggle.printed
        self.edits += 1
        if at is not None:
            view.children[at : at + 1] = [Line(typed)] if shown else []
        elif shown:
            view.children.append(Line(typed))


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.match(text)
    assert found is not None  # the caller has matched it
    return str(found[1])


def _groups(rule: Row | Undo | Toggle, text: str) -> dict[str, str]:
    found = rule.pattern.fullmatch(text)
    assert found is not None  # the caller has matched it
    return {str(number): group or "" for number, group in enumerate(found.groups())} | {"line": text}


def _vpn(interface: Line) -> str:
    return next((one.text for one in interface.children if one.text.startswith("ip binding vpn-instance")), "")


def _spelled(text: str) -> str:
    """IPv6 addresses as the device keeps them: short and in lower case; on interfaces the length after a slash."""

    def short(found: re.Match[str]) -> str:
        try:
            return str(ipaddress.IPv6Address(found[0]))
        except ValueError:
            return found[0]

    if re.match(r"(?:.* )?(?:description|comment) ", text):
        return text
    text = _IPV6.sub(short, text)
    return re.sub(r"^((?:undo )?ipv6 address [0-9a-f:.]+) (\d+)$", r"\1/\2", text)


def _addresses_are_right(text: str) -> bool:
    found = re.match(r"ipv6 address (\S+/\d+)", text)
    if found is None:
        return True
    try:
        interface = ipaddress.IPv6Interface(found[1])
    except ValueError:
        return False
    return not interface.ip.is_multicast and not interface.ip.is_unspecified and not interface.ip.is_loopback
