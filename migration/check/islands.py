"""Which devices are connected at all: a disjoint-set forest with path halving (Tarjan and van Leeuwen 1984)."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Islands"]


class Islands:
    """The parts into which pairs of linked devices fall."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._above: dict[str, str] = {}
        for one, other in pairs:
            self._above[self._top(one)] = self._top(other)

    def _top(self, device: str) -> str:
        above = self._above
        while (higher := above.setdefault(device, device)) != device:
            above[device] = above.setdefault(higher, higher)
            device = above[device]
        return device

    def joined(self, starts: Iterable[str], ends: Iterable[str]) -> bool:
        """Whether any of one set is connected with any of the other."""
        return not {self._top(start) for start in starts}.isdisjoint(self._top(end) for end in ends)
