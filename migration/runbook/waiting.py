"""Items that wait for each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["loop_of", "tangled"]


def tangled(waits: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """The items that are in loops or between them: the others are taken off from both ends."""
    known = {item: tuple(before for before in after if before in waits) for item, after in waits.items()}
    behind = _held_up(known)
    before: dict[str, list[str]] = {item: [] for item in behind}
    for item in behind:
        for other in known[item]:
            if other in behind:
                before[other].append(item)
    left = _held_up(before)
    return {item: tuple(other for other in known[item] if other in left) for item in known if item in left}


def _held_up(waits: Mapping[str, Iterable[str]]) -> set[str]:
    """The items whose turn never comes."""
    counts = {item: len(set(after)) for item, after in waits.items()}
    frees: dict[str, list[str]] = {item: [] for item in waits}
    for item, after in waits.items():
        for other in set(after):
            frees[other].append(item)
    ready = [item for item, count in counts.items() if not count]
    while ready:
        item = ready.pop()
        del counts[item]
        for freed in frees[item]:
            counts[freed] -= 1
            if not counts[freed]:
                ready.append(freed)
    return set(counts)


def loop_of(waits: Mapping[str, tuple[str, ...]], start: str) -> list[str]:
    """Items from ``start`` back to itself along ``after``, without the repetition; empty where there is no way back."""
    came: dict[str, str] = {}
    todo = [start]
    while todo:
        item = todo.pop()
        for before in waits.get(item, ()):
            if before == start:
                path = [item]
                while path[-1] != start:
                    path.append(came[path[-1]])
                return path[::-1]
            if before in waits and before not in came:
                came[before] = item
                todo.append(before)
    return []
