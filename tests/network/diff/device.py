"""A device that takes what it is given: enough of one to see where a patch leads.

It knows views, undo by the words that a line begins with, peers that go with all their lines, and lines of which a view
holds one. It knows nothing of the rule tables and refuses nothing but undoing what is not there and leaving the top;
refusals are the simulators' matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from network.config import ConfigLine, ConfigTree

View = dict[str, Any]

ONE_OF_A_VIEW = re.compile(
    r"(description|ospfv3 cost|ipv6 mtu|apply cost|ipv6 ospf6 cost|ipv6 nd ra-interval|set metric|rule \d+ comment"
    r"|peer \S+ description|peer \S+ connect-interface|neighbor \S+ description|neighbor \S+ remote-as) .*"
)


class RefusedError(Exception):
    """The device does not take the line."""


class Device:
    """Holds a configuration; ``views``: the lines that open one."""

    def __init__(self, tree: ConfigTree, views: Iterable[str], undo: str, leave: str) -> None:
        self.running = _view(tree.lines)
        self.views = set(views)
        self.undo = f"{undo} "
        self.leave = leave
        self.path = [self.running]

    def type(self, line: str) -> None:
        """One line; RefusedError where it cannot be meant."""
        here = self.path[-1]
        if line == self.leave:
            if len(self.path) == 1:
                raise RefusedError(line)
            self.path.pop()
            return
        if line.startswith(self.undo) and self._undone(line.removeprefix(self.undo)):
            return
        if line.startswith(self.undo) and not re.match(
            r"(?:undo ipv6 nd ra halt|no ipv6 nd suppress-ra|no neighbor \S+ activate)$", line
        ):
            raise RefusedError(line)
        if one := ONE_OF_A_VIEW.fullmatch(line):
            for other in [other for other in here if other.startswith(one[1] + " ") and other != line]:
                del here[other]
        here.pop(self.undo + line, None)
        if f"{self.undo}{line}" == "undo ipv6 nd ra halt" or line == "ipv6 nd suppress-ra":
            return  # the default, which is not printed
        view = here.setdefault(line, {})
        if line in self.views or re.fullmatch(r"area \S+", line):
            self.path.append(view)

    def _undone(self, rest: str) -> bool:
        here = self.path[-1]
        if re.fullmatch(r"(?:peer|neighbor) [0-9A-Fa-f.:]+(?: remote-as)?", rest):
            peer = rest.removesuffix(" remote-as")
            if not any(line.startswith(f"{peer} ") for line in here):
                return False
            _forget(here, peer)
            return True
        if node := re.fullmatch(r"(route-policy \S+) node (\d+)", rest):
            gone = [line for line in here if re.fullmatch(rf"{re.escape(node[1])} \w+ node {node[2]}", line)]
        elif limit := re.fullmatch(r"(acl(?: ipv6)?) (inbound|outbound)", rest):
            gone = [line for line in here if re.fullmatch(rf"{limit[1]} \S+ {limit[2]}", line)]
        else:
            gone = [rest] if rest in here else [line for line in here if line.startswith(f"{rest} ")]
            gone = [line for line in gone if not (re.fullmatch(r"rule \d+", rest) and " comment " in line)]
        for line in gone:
            del here[line]
        return bool(gone)

    @property
    def tree(self) -> ConfigTree:
        """The configuration now."""
        if len(self.path) != 1:
            raise RefusedError("left in a view")
        return ConfigTree(_lines(self.running))


def _forget(view: View, peer: str) -> None:
    for line in list(view):
        if line.startswith((f"{peer} ", f"no {peer} ", f"undo {peer} ")):
            del view[line]
        else:
            _forget(view[line], peer)


def _view(lines: tuple[ConfigLine, ...]) -> View:
    return {line.text: _view(line.children) for line in lines}


def _lines(view: View) -> tuple[ConfigLine, ...]:
    return tuple(ConfigLine(text, _lines(inner)) for text, inner in view.items())


def heads(*trees: ConfigTree) -> set[str]:
    """The lines with children, anywhere in the trees."""
    found: set[str] = set()

    def walk(lines: tuple[ConfigLine, ...]) -> None:
        for line in lines:
            if line.children:
                found.add(line.text)
                walk(line.children)

    for tree in trees:
        walk(tree.lines)
    return found
