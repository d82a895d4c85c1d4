"""Rack units: which runs of them are free, and where pieces of equipment fit, each on contiguous units.

First by decreasing height into the fullest run that takes the piece, own racks first; where that fails all ways are
tried, so that ``no`` is a proof as long as the search has come to its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Fit", "Places", "Run", "Why", "fit", "free_runs"]

MOST_STEPS = 200_000
"""Steps of the exhaustive search before it gives up."""


@dataclass(frozen=True, slots=True)
class Run:
    """Free units of a rack: ``start`` is the lowest, counted from 1."""

    rack: str
    start: int
    length: int


class Why(StrEnum):
    """Why pieces do not fit into runs."""

    TALL = "too-tall"
    UNITS = "too-few-units"
    RUNS = "no-contiguous-units"
    UNKNOWN = "search-ended"


Places = Mapping[str, tuple[str, int]]
"""Piece -> (rack, lowest unit)."""


@dataclass(frozen=True)
class Fit:
    """Places of all pieces, or why there are none; ``need`` and ``free``: the figures that say so."""

    places: Places | None
    why: Why | None = None
    need: int = 0
    free: int = 0


def free_runs(racks: Iterable[str], height: int, taken: Mapping[str, set[int]]) -> list[Run]:
    """Free units of racks of ``height`` units, as long as they are contiguous, by rack and unit."""
    found = []
    for rack in racks:
        start = 0
        used = taken.get(rack, set())
        for unit in range(1, height + 2):
            if unit <= height and unit not in used:
                start = start or unit
            elif start:
                found.append(Run(rack, start, unit - start))
                start = 0
    return found


def fit(pieces: Mapping[str, int], runs: Sequence[Run], preferred: Sequence[str] = ()) -> Fit:
    """Places for all pieces (id -> height in units) in free runs. preferred: racks that are tried first, in order."""
    order = sorted(pieces, key=lambda id: (-pieces[id], id))
    need, free = sum(pieces.values()), sum(run.length for run in runs)
    longest = max((run.length for run in runs), default=0)
    if order and pieces[order[0]] > longest > 0:
        return Fit(None, Why.TALL, pieces[order[0]], longest)
    if need > free:
        return Fit(None, Why.UNITS, need, free)
    places = _decreasing(order, pieces, runs, {rack: place for place, rack in enumerate(preferred)})
    if places is not None:
        return Fit(places)
    places, ended = _exhaustive(order, pieces, runs)
    if places is not None:
        return Fit(places)
    return Fit(None, Why.UNKNOWN if ended else Why.RUNS, need, free)


def _decreasing(
    order: Sequence[str], pieces: Mapping[str, int], runs: Sequence[Run], rank: Mapping[str, int]
) -> dict[str, tuple[str, int]] | None:
    """Each piece into a run of the first rack in turn that takes it, there into the shortest that does."""
    left = [run.length for run in runs]
    found = {}
    for id in order:
        fitting = [place for place, length in enumerate(left) if length >= pieces[id]]
        if not fitting:
            return None
        chosen = min(fitting, key=lambda place: (rank.get(runs[place].rack, len(rank)), left[place], place))
        found[id] = _take(runs[chosen], left, chosen, pieces[id])
    return found


def _exhaustive(
    order: Sequence[str], pieces: Mapping[str, int], runs: Sequence[Run]
) -> tuple[dict[str, tuple[str, int]] | None, bool]:
    """(places, whether the search was ended early). Runs of equal length are tried once."""
    left = [run.length for run in runs]
    chosen = list[int]()
    steps = 0

    def descend(depth: int) -> bool:
        nonlocal steps
        if depth == len(order):
            return True
        need, tried = pieces[order[depth]], set[int]()
        for place in sorted(range(len(left)), key=lambda place: left[place]):
            if left[place] < need or left[place] in tried:
                continue
            tried.add(left[place])
            steps += 1
            if steps > MOST_STEPS:
                return False
            left[place] -= need
            chosen.append(place)
            if descend(depth + 1):
                return True
            chosen.pop()
            left[place] += need
        return False

    if len(order) > MOST_DEEP or not descend(0):
        return None, steps > MOST_STEPS or len(order) > MOST_DEEP
    left = [run.length for run in runs]
    return {id: _take(runs[place], left, place, pieces[id]) for id, place in zip(order, chosen, strict=True)}, False


MOST_DEEP = 400
"""Pieces beyond which trying all ways is hopeless."""


def _take(run: Run, left: list[int], place: int, need: int) -> tuple[str, int]:
    """The lowest units that are left of a run."""
    start = run.start + run.length - left[place]
    left[place] -= need
    return run.rack, start
