"""Items that can never begin: what they wait for never comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from migration.runbook.model import Runbook, RunbookItem
from migration.runbook.waiting import loop_of, tangled

__all__ = ["out_of_reach"]


def out_of_reach(runbook: Runbook) -> Iterator[tuple[str, str, str]]:
    """(code, item, the item that it waits for) of each item that cannot begin, one a reason.

    ``lint-after-unknown``: it waits for an item that is not there. ``lint-canary-waits``: a canary for one that waits
    for the canaries. ``lint-window-order``: its window is over before the other's begins. ``lint-after-loop``: for
    itself. ``lint-unreachable``: for one of these.
    """
    items = runbook.by_item
    dead: dict[str, str] = {}
    canaries = any(item.canary for item in runbook.items)
    for item in runbook.items:
        for before in item.after:
            other = items.get(before)
            if other is None:
                code = "lint-after-unknown"
            elif canaries and item.canary and not other.canary:
                code = "lint-canary-waits"
            elif _over(item, other):
                code = "lint-window-order"
            else:
                continue
            dead.setdefault(item.item, before)
            yield code, item.item, before
    for name in _in_loops(runbook):
        if name not in dead:
            dead[name] = next(one for one in items[name].after if one in items)
            yield "lint-after-loop", name, dead[name]
    yield from _behind(runbook, dead)


def _over(item: RunbookItem, before: RunbookItem) -> bool:
    """Whether an item's window ends before another's begins."""
    if item.window_start is None or item.window_minutes is None or before.window_start is None:
        return False
    return item.window_start + dt.timedelta(minutes=item.window_minutes) <= before.window_start


def _in_loops(runbook: Runbook) -> list[str]:
    """Items that wait for themselves, in their order."""
    waits = tangled({item.item: item.after for item in runbook.items})
    return [item for item in waits if loop_of(waits, item)]


def _behind(runbook: Runbook, dead: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Items that wait, by way of others or not, for one that cannot begin."""
    waiting: dict[str, list[str]] = {}
    for item in runbook.items:
        for before in item.after:
            waiting.setdefault(before, []).append(item.item)
    todo, lost = list(dead), set(dead)
    while todo:
        before = todo.pop(0)
        for name in waiting.get(before, ()):
            if name not in lost:
                lost.add(name)
                todo.append(name)
                yield "lint-unreachable", name, before
