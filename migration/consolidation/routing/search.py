"""From the relaxation to a plan: round it, then settle neighbourhoods of lines again and again, or all lines at once
where few enough starts can still matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from migration.consolidation.routing.problem import Floats, RoutingProblem
from migration.consolidation.routing.relaxation import Relaxed, money_bound, relax
from migration.consolidation.routing.settle import Settled, Start, settle
from migration.consolidation.routing.state import KEPT, State

__all__ = ["Found", "Limits", "solve"]

FEW_STARTS, MOST_STARTS = 2_000, 10_000
"""Starts up to which all lines are settled at once: before all else, and when the neighbourhoods are through."""
NEIGHBOURS = 60
"""Lines that are settled together."""
STARTS = 8
"""Starts of each that are looked at, those that the prices favour."""
NODES = 2_000
CLOSE = 1e-6
"""Relative distance of cost and bound at which a plan counts as the best."""


@dataclass(frozen=True, slots=True)
class Limits:
    """left: wall seconds that are left. rounds: neighbourhoods that are settled at most; None: as time allows."""

    left: Callable[[], float]
    rounds: int | None = None

    def part(self, share: float) -> Callable[[], float]:
        """What is left of a share of the seconds that are left now."""
        kept = self.left() * (1 - share)
        return lambda: self.left() - (kept if kept != float("inf") else 0.0)


@dataclass(frozen=True, slots=True)
class Found:
    """A plan, and what no plan is below, both with what counts beside money; the prices that prove it."""

    state: State
    below: float
    prices: Floats

    @property
    def cost(self) -> float:
        """Yuan of what moves and of upgrades."""
        state = self.state
        placed = state.choice >= 0
        return float(state.problem.money[state.choice[placed], state.slot[placed]].sum() + state.upgrades.sum())

    @property
    def bound(self) -> float:
        """Yuan that no plan which moves the same lines costs less than."""
        problem, placed = self.state.problem, self.state.choice >= 0
        finite = np.isfinite(problem.money)
        beside = np.where(finite, problem.cost, 0.0) - np.where(finite, problem.money, 0.0)
        most = np.maximum.reduceat(beside.max(axis=1), problem.first_choice[:-1]) if len(placed) else np.zeros(0)
        exact = self.below - float(problem.keeping[~placed].sum() + most[placed].sum())
        return max(money_bound(problem, self.prices, placed), exact)


def solve(problem: RoutingProblem, limits: Limits, tell: Callable[[float, float], None]) -> Found:
    """A plan of little cost within the limits. ``tell`` hears cost and bound of each better one.

    Ctrl-C ends the search with the best plan so far.
    """
    state = State(problem)
    below, prices = -np.inf, np.zeros((len(problem.links), problem.slots))
    try:
        relaxed = relax(problem, left=limits.part(0.5))
        below, prices = relaxed.bound, relaxed.prices
        state = rounded(problem, relaxed)
        tell(state.cost, below)
        for better, bound in _improved(problem, state, relaxed, limits):
            state, below = better, bound
            tell(state.cost, below)
        if (state.choice == KEPT).any() and limits.left() > 0:
            state, prices = _again(state, prices, limits)
    except KeyboardInterrupt:
        if not (state.choice >= 0).any():
            state = rounded(problem, None)
    return Found(state, below, prices)


def _again(state: State, prices: Floats, limits: Limits) -> tuple[State, Floats]:
    """The plan improved among the lines that have a place, and the prices of their relaxation alone.

    What a line without a place counts is no money, and prices that try to make room for it say little of the others.
    """
    problem = state.problem
    placed = np.flatnonzero(state.choice != KEPT).tolist()
    smaller = replace(problem, lines=tuple(problem.lines[line] for line in placed), weights=problem.keeping[placed])
    start = State(smaller)
    for number, line in enumerate(placed):
        offset = int(smaller.first_choice[number] - problem.first_choice[line])
        start.put(number, int(state.choice[line]) + offset, int(state.slot[line]))
    relaxed = relax(smaller, left=limits.part(0.5))
    for better, _ in _improved(smaller, start, relaxed, limits):
        start = better
    if (start.choice == KEPT).any():
        return state, prices
    other = State(problem)
    for number, line in enumerate(placed):
        offset = int(smaller.first_choice[number] - problem.first_choice[line])
        other.put(line, int(start.choice[number]) - offset, int(start.slot[number]))
    better_prices = money_bound(smaller, relaxed.prices, start.choice != KEPT) > money_bound(
        smaller, prices, start.choice != KEPT
    )
    return other, relaxed.prices if better_prices else prices


def rounded(problem: RoutingProblem, relaxed: Relaxed | None) -> State:
    """Every line at its largest share of the relaxation as long as that fits, the others where they cost least."""
    state = State(problem)
    shares = relaxed.share if relaxed is not None else ((),) * len(problem.lines)
    order = sorted(range(len(problem.lines)), key=lambda line: (-_first(shares[line]), line))
    for line in order:
        if shares[line] and shares[line][0][0] > 0.99:
            _, choice, slot = shares[line][0]
            plain = float(problem.cost[choice, slot])
            if state.added(line, choice, slot) <= plain + _allowed(problem, line):
                state.put(line, choice, slot)
                continue
        cost, choice, slot = state.best(line)
        if choice != KEPT and np.isfinite(cost):
            state.put(line, choice, slot)
    return state


def _first(shares: Sequence[tuple[float, int, int]]) -> float:
    return round(shares[0][0], 6) if shares else 0.0


def _allowed(problem: RoutingProblem, line: int) -> float:
    """What the relaxation's place of a line may cost in upgrades before others are looked for."""
    return 0.1 * problem.lines[line].rent * problem.months


def _improved(problem: RoutingProblem, state: State, relaxed: Relaxed, limits: Limits) -> Iterator[tuple[State, float]]:
    """Better and better plans, each with what no plan is below."""
    below, rounds, order = relaxed.bound, 0, Neighbourhoods(problem, relaxed)
    most = FEW_STARTS
    while state.cost - below > CLOSE * abs(state.cost) and limits.left() > 0:
        starts = _all_starts(problem, relaxed, state.cost - below, most)
        if starts is not None:
            whole = _settled(problem, state, starts, limits, nodes=None, share=0.9)
            if whole is not None:
                yield whole[0], max(below, min(whole[1].bound, whole[0].cost))
            return
        lines = order.next(state) if limits.rounds is None or rounds < limits.rounds else None
        if lines is None:
            if most == MOST_STARTS:
                return
            most = MOST_STARTS
            continue
        rounds += 1
        given = {line: order.starts(state, line) for line in lines}
        tried = _settled(problem, state, given, limits, nodes=NODES, share=0.2)
        if tried is not None and tried[0].cost < state.cost - 1e-3:
            state = tried[0]
            order.better(lines)
            yield state, below


def _all_starts(problem: RoutingProblem, relaxed: Relaxed, gap: float, most: int) -> dict[int, list[Start]] | None:
    """All starts that a plan which closes some of the gap can have; None where they are too many.

    A start whose price is above the least of its line by more than the gap is in no better plan.
    """
    least = np.minimum.reduceat(relaxed.reduced.min(axis=1), problem.first_choice[:-1])
    least = np.minimum(least, problem.keeping)
    useful = relaxed.reduced <= (least[problem.line_of] + gap + 1e-6)[:, None]
    if int(useful.sum()) > most:
        return None
    found: dict[int, list[Start]] = {line: [] for line in range(len(problem.lines))}
    for choice, slot in np.argwhere(useful).tolist():
        found[int(problem.line_of[choice])].append((choice, slot))
    return found


def _settled(
    problem: RoutingProblem,
    state: State,
    wanted: dict[int, list[Start]],
    limits: Limits,
    *,
    nodes: int | None,
    share: float,
) -> tuple[State, Settled] | None:
    """The plan with the lines ``wanted`` settled, the present one where that is no better; None without an answer."""
    for line, starts in wanted.items():
        present = (int(state.choice[line]), int(state.slot[line]))
        if present[0] != KEPT and present not in starts:
            starts.append(present)
    found = settle(
        problem,
        state,
        wanted,
        nodes=nodes,
        gap=0.0 if nodes is None else 1e-4,
        seconds=max(0.05, limits.left() * share),
    )
    if found is None:
        return None
    other = state.copy()
    for line in wanted:
        other.take(line)
    for line, start in found.starts.items():
        if start is not None:
            other.put(line, *start)
    return (other if other.cost < state.cost else state), found


class Neighbourhoods:
    """Which lines to settle together: those that may use one link, the links first whose lines and upgrades cost the
    most above the relaxation's prices. A link comes again once something beside it got better."""

    def __init__(self, problem: RoutingProblem, relaxed: Relaxed) -> None:
        self._problem, self._relaxed = problem, relaxed
        least = relaxed.reduced.min(axis=1)
        self._least = np.minimum.reduceat(least, problem.first_choice[:-1])
        self._tried: set[int] = set()
        self._around = {
            link: np.unique(problem.line_of[users]).tolist() for link, users in enumerate(problem.users) if len(users)
        }

    def _excess(self, state: State) -> Floats:
        """Yuan by line above what the prices ask."""
        placed = state.choice >= 0
        paid = self._problem.keeping.copy()
        paid[placed] = self._relaxed.reduced[state.choice[placed], state.slot[placed]]
        return np.asarray(paid - self._least, dtype=np.float64)

    def next(self, state: State) -> list[int] | None:
        """Lines to settle; None when every link was tried since the last better plan near it."""
        excess = self._excess(state)
        best, chosen = 0.0, None
        for link, lines in self._around.items():
            if link in self._tried:
                continue
            worth = float(excess[lines].sum()) + self._waste(state, link)
            if worth > best + 1e-6:
                best, chosen = worth, link
        if chosen is None:
            return None
        self._tried.add(chosen)
        lines = sorted(self._around[chosen], key=lambda line: (-float(excess[line]), line))
        return sorted(lines[:NEIGHBOURS])

    def _waste(self, state: State, link: int) -> float:
        """Yuan for upgrades of a link beyond what its load is worth at the prices."""
        record = self._problem.links[link]
        room = float(self._relaxed.prices[link] @ np.maximum(record.free[0] - state.load[link], 0.0))
        return float(state.upgrades[link]) + room

    def starts(self, state: State, line: int) -> list[Start]:
        """Starts of a line that the prices favour: the best of every choice, then the best of all."""
        first, end = (int(number) for number in self._problem.first_choice[line : line + 2])
        prices = self._relaxed.reduced[first:end]
        found = {(first + choice, int(prices[choice].argmin())) for choice in range(end - first)}
        found |= {(first + choice, int(self._problem.begins[first + choice])) for choice in range(end - first)}
        found |= {
            (first + choice, state.fits_from(line, first + choice, widened=False)) for choice in range(end - first)
        }
        flat = prices.ravel()
        slots = self._problem.slots
        for place in np.argsort(flat, kind="stable")[:STARTS].tolist():
            found.add((first + place // slots, place % slots))
        return sorted(start for start in found if start[1] < slots and np.isfinite(self._problem.cost[start]))

    def better(self, lines: Iterable[int]) -> None:
        """Links around these lines are worth another try."""
        near = {
            link
            for line in lines
            for number in range(self._problem.first_choice[line], self._problem.first_choice[line + 1])
            for link in self._problem.choices[number].links
        }
        self._tried -= near
