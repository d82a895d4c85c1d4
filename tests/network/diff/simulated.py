"""Typing patches into the simulators' editors, which share no rule with network.diff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from network.config import ConfigTree, parse, to_text
from network.platforms import platform_of
from network.testing.simulators.device import DIALECTS
from network.testing.simulators.editor import Editor
from network.testing.simulators.tree import print_lines, read

Step = tuple[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``refused``: 1-based number of the line that was refused, 0 for none; ``why``: what the device said to which."""

    refused: int
    why: str
    reached: ConfigTree


def typed(name: str, before: ConfigTree, commands: Sequence[str]) -> Outcome:
    """Types commands from the configuration view until one is refused."""
    platform = platform_of(name)
    root = read(to_text(platform, before))
    editor = Editor(DIALECTS[name], root)
    path: tuple[str, ...] = ()
    refused, why = 0, ""
    for number, command in enumerate(commands, 1):
        if command == "quit":
            path = path[:-1]
            continue
        answer = editor.type(path, command)
        if answer.error:
            refused, why = number, f"{' / '.join((*path, command))}: {answer.error}"
            break
        path = answer.views
    return Outcome(refused, why, parse(platform, "\n".join([*print_lines(root), ""])))


def steps(name: str, before: ConfigTree, commands: Sequence[str]) -> list[Step]:
    """Commands that a simulator takes, with the heads of their views; a view in which nothing is typed is a step with
    an empty command."""
    editor = Editor(DIALECTS[name], read(to_text(platform_of(name), before)))
    path: tuple[str, ...] = ()
    found: list[Step] = []
    for place, command in enumerate(commands):
        if command == "quit":
            path = path[:-1]
            continue
        views = editor.type(path, command).views
        if views == path:
            found.append((path, command))
        elif commands[place + 1] == "quit":
            found.append((views, ""))
        path = views
    return found


def commands_of(found: Sequence[Step]) -> list[str]:
    """Steps as commands: views are entered and left as the steps need them."""
    path: tuple[str, ...] = ()
    out: list[str] = []
    for views, command in found:
        common = next(
            (n for n, (a, b) in enumerate(zip(path, views, strict=False)) if a != b), min(len(path), len(views))
        )
        out += ["quit"] * (len(path) - common)
        out += views[common:]
        out += [command] if command else []
        path = views
    return out + ["quit"] * len(path)
