"""The relaxation of the whole problem and the lower bound that it proves.

A line may be split over starts and choices, a link may be widened in part. Columns are starts of lines and ways to
widen a link over time; both are made only when the prices of the present rows make them worth while, and rows (a link
in a slot) only when they are broken: all slots count, few are ever written down. Any prices at all prove a bound
(Lagrange): each line at its best start and each link at its best widening at these prices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from migration.consolidation.routing.problem import Floats, RoutingProblem
from migration.consolidation.routing.programs import GrowingProgram

__all__ = ["Relaxed", "money_bound", "priced", "relax"]

Levels = NDArray[np.int64]

MOST_ROUNDS = 300
CLOSE = 1e-4
"""Relative distance of value and bound at which they count as the same."""
ROWS_AT_FIRST = 6
"""Slots of a link that are written down when it is first broken, evenly apart, the last one always: a load never goes
away again, so that these tell nearly all."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """bound: no plan costs less, with what counts beside money. prices: yuan a Mbit/s by link and slot. reduced: what
    each choice and slot costs at the prices. share: each line's starts in the relaxation (share, choice, slot), the
    largest first."""

    bound: float
    reduced: Floats
    prices: Floats
    share: tuple[tuple[tuple[float, int, int], ...], ...]


def priced(problem: RoutingProblem, cost: Floats, prices: Floats) -> Floats:
    """``cost`` by choice and slot with the price of all bandwidth that a start uses from then on.

    prices: yuan a Mbit/s by link and slot, not negative.
    """
    made = cost.copy()
    for link in np.flatnonzero(prices.any(axis=1)):
        users = problem.users[link]
        if len(users):
            paid = problem.demand[problem.line_of[users]] * prices[link]
            made[users] += np.cumsum(paid[:, ::-1], axis=1)[:, ::-1]
    return made


def _widened(problem: RoutingProblem, links: Levels, prices: Floats) -> tuple[Floats, list[Levels]]:
    """For each link: the least cost of a widening at the prices (at most 0), and its level in each slot."""
    values = np.zeros(len(links))
    plans: list[Levels] = [np.zeros(problem.slots, dtype=np.int64)] * len(links)
    paid = np.array([bool(prices[link].any()) for link in links], dtype=bool)
    counts = np.array([problem.links[link].levels for link in links], dtype=np.int64)
    for count in np.unique(counts[paid]).tolist():
        places = np.flatnonzero(paid & (counts == count))
        records = [problem.links[link] for link in links[places]]
        fees = np.array([record.fees for record in records])
        free = np.array([record.free for record in records])
        gain = fees[:, :, None] * problem.months - (free - free[:, :1]) * prices[links[places]][:, None]
        least, levels = _cheapest_levels(gain)
        values[places] = least
        for place, chosen in zip(places.tolist(), levels, strict=True):
            plans[place] = chosen
    return values, plans


def _cheapest_levels(gain: Floats) -> tuple[Floats, Levels]:
    """The least sum over slots of ``gain`` (link, level, slot) with levels that never fall, and these levels."""
    links, count, slots = gain.shape
    # Best from a slot on when the level is at least k.
    best = np.zeros((links, count, slots + 1))
    for slot in range(slots - 1, -1, -1):
        onward = gain[:, :, slot] + best[:, :, slot + 1]
        best[:, :, slot] = np.minimum.accumulate(onward[:, ::-1], axis=1)[:, ::-1]
    levels, level = np.zeros((links, slots), dtype=np.int64), np.zeros(links, dtype=np.int64)
    for slot in range(slots):
        for higher in range(1, count):
            rises = (level == higher - 1) & (best[:, higher, slot] <= best[:, higher - 1, slot])
            level = np.where(rises, higher, level)
        levels[:, slot] = level
    return best[:, 0, 0], levels


def _wide(problem: RoutingProblem) -> Levels:
    """Links that lines may load and that can be widened."""
    links = zip(problem.links, problem.users, strict=True)
    return np.array(
        [number for number, (link, users) in enumerate(links) if link.levels > 1 and len(users)], dtype=np.int64
    )


class _Master:
    """The relaxation as far as it is written down."""

    def __init__(self, problem: RoutingProblem) -> None:
        self.problem, self.program = problem, GrowingProgram()
        count = len(problem.lines)
        self.wide = _wide(problem)
        self.wide_row = {int(link): count + place for place, link in enumerate(self.wide)}
        self.program.add_rows(
            [1.0] * count + [-np.inf] * len(self.wide),
            [1.0] * count + [1.0] * len(self.wide),
            [()] * (count + len(self.wide)),
        )
        self.program.add_columns(problem.keeping.tolist(), [[(line, 1.0)] for line in range(count)])
        self.starts: list[tuple[int, int, int]] = []
        self.widenings: list[tuple[int, int, Levels]] = []
        self.known: set[tuple[int, int]] = set()
        self.at: dict[tuple[int, int], int] = {}
        self.rows_of: list[list[tuple[int, int]]] = [[] for _ in problem.links]
        self.starts_of: list[list[int]] = [[] for _ in problem.links]
        self.widenings_of: list[list[int]] = [[] for _ in problem.links]

    def add_starts(self, found: list[tuple[int, int]]) -> int:
        """Columns of (choice, slot) that are new."""
        problem, costs, entries = self.problem, list[float](), []
        for choice, slot in found:
            if (choice, slot) in self.known:
                continue
            self.known.add((choice, slot))
            line = int(problem.line_of[choice])
            for link in problem.choices[choice].links:
                self.starts_of[link].append(len(self.starts))
            self.starts.append((self.program.columns + len(costs), choice, slot))
            demand = problem.demand[line]
            costs.append(float(problem.cost[choice, slot]))
            entries.append(
                [(line, 1.0)]
                + [
                    (row, float(demand[at]))
                    for link in problem.choices[choice].links
                    for at, row in self.rows_of[link]
                    if at >= slot
                ]
            )
        if costs:
            self.program.add_columns(costs, entries)
        return len(costs)

    def add_widenings(self, found: list[tuple[int, Levels]]) -> None:
        """Columns of links and their level in each slot."""
        costs, entries = list[float](), []
        for link, levels in found:
            record = self.problem.links[link]
            more = record.free[levels, np.arange(self.problem.slots)] - record.free[0]
            self.widenings_of[link].append(len(self.widenings))
            self.widenings.append((self.program.columns + len(costs), link, levels))
            costs.append(float(np.array(record.fees)[levels].sum() * self.problem.months))
            entries.append(
                [(self.wide_row[link], 1.0)] + [(row, -float(more[at])) for at, row in self.rows_of[link] if more[at]]
            )
        if costs:
            self.program.add_columns(costs, entries)

    def add_rows(self, found: list[tuple[int, int]]) -> None:
        """Rows of (link, slot)."""
        problem, upper, entries = self.problem, list[float](), []
        for link, slot in found:
            record = problem.links[link]
            row = self.program.rows + len(upper)
            self.at[link, slot] = row
            self.rows_of[link].append((slot, row))
            upper.append(float(record.free[0, slot]))
            one = [
                (column, float(problem.demand[problem.line_of[choice], slot]))
                for column, choice, begin in (self.starts[place] for place in self.starts_of[link])
                if begin <= slot
            ]
            for place in self.widenings_of[link]:
                column, _, levels = self.widenings[place]
                more = float(record.free[levels[slot], slot] - record.free[0, slot])
                if more:
                    one.append((column, -more))
            entries.append(one)
        if upper:
            self.program.add_rows([-np.inf] * len(upper), upper, entries)

    def prices(self, duals: Floats) -> Floats:
        """Yuan a Mbit/s by link and slot."""
        made = np.zeros((len(self.problem.links), self.problem.slots))
        for (link, slot), row in self.at.items():
            made[link, slot] = max(0.0, -duals[row])
        return made

    def broken(self, values: Floats) -> list[tuple[int, int]]:
        """Links and slots that carry more than they have and are not written down yet, the worst of each link."""
        problem = self.problem
        over = -problem.room
        for column, choice, slot in self.starts:
            if values[column] > 1e-9:
                used = values[column] * problem.demand[problem.line_of[choice], slot:]
                for link in problem.choices[choice].links:
                    over[link, slot:] += used
        for column, link, levels in self.widenings:
            if values[column] > 1e-9:
                record = problem.links[link]
                over[link] -= values[column] * (record.free[levels, np.arange(problem.slots)] - record.free[0])
        found = []
        apart = np.linspace(problem.slots - 1, 0, ROWS_AT_FIRST + 1).astype(int)[:-1].tolist()
        for number in np.flatnonzero(over.max(axis=1, initial=0.0) > 1e-5).tolist():
            wrong = np.flatnonzero(over[number] > 1e-5).tolist()
            worst = int(over[number].argmax())
            chosen = {wrong[0], wrong[-1], worst, wrong[len(wrong) // 2]}
            if not self.rows_of[number]:
                chosen |= set(apart)
            found += [(number, at) for at in sorted(chosen) if (number, at) not in self.at]
        return found


def relax(problem: RoutingProblem, *, left: Callable[[], float]) -> Relaxed:
    """Solve the relaxation, as far as the wall seconds ``left`` allow; the bound holds wherever it stops."""
    master = _Master(problem)
    count = len(problem.lines)
    prices = np.zeros((len(problem.links), problem.slots))
    reduced = problem.cost
    values = np.zeros(0)
    best = Relaxed(-np.inf, reduced, prices, ((),) * count)
    for _ in range(MOST_ROUNDS):
        value, duals = np.inf, np.zeros(0)
        if master.starts:
            solved = master.program.solve(left())
            if solved is None:
                break
            value, values, duals = solved
            prices = master.prices(duals)
            reduced = priced(problem, problem.cost, prices)
        gains, levels = _widened(problem, master.wide, prices)
        fixed = float((prices * problem.room).sum())
        least, choices, slots = _best_starts(problem, reduced)
        bound = float(np.minimum(least, problem.keeping).sum() + gains.sum() - fixed)
        if bound > best.bound:
            best = Relaxed(bound, reduced, prices, best.share)
        line_duals = duals[:count] if len(duals) else np.full(count, np.inf)
        wanted = [
            (int(choice), int(slot))
            for line in np.flatnonzero(least < line_duals - 1e-6)
            for choice, slot in [(choices[line], slots[line])]
        ]
        rows = master.broken(values)
        new = master.add_starts(wanted)
        if len(duals):
            worth = [
                (int(link), levels[place])
                for place, link in enumerate(master.wide)
                if gains[place] < duals[master.wide_row[int(link)]] - 1e-6
            ]
            master.add_widenings(worth)
            master.add_rows(rows)
            if not (new or worth or rows) or (not rows and value - best.bound <= CLOSE * abs(value)):
                break
        if left() <= 0:
            break
    share = _shares(master, values) if len(values) else best.share
    return Relaxed(best.bound, best.reduced, best.prices, share)


def _best_starts(problem: RoutingProblem, reduced: Floats) -> tuple[Floats, Levels, Levels]:
    """Of each line the least value, its choice and its slot."""
    slots = reduced.argmin(axis=1)
    least = reduced[np.arange(len(reduced)), slots]
    choices = np.array(
        [
            first + int(least[first:end].argmin())
            for first, end in zip(problem.first_choice[:-1], problem.first_choice[1:], strict=True)
        ],
        dtype=np.int64,
    )
    return least[choices], choices, slots[choices]


def money_bound(problem: RoutingProblem, prices: Floats, placed: NDArray[np.bool_]) -> float:
    """Yuan that no plan which moves the lines ``placed`` and no others costs less than; any prices prove one."""
    gains, _ = _widened(problem, _wide(problem), prices)
    least, _, _ = _best_starts(problem, priced(problem, problem.money, prices))
    return float(least[placed].sum() + gains.sum() - (prices * problem.room).sum())


def _shares(master: _Master, values: Floats) -> tuple[tuple[tuple[float, int, int], ...], ...]:
    found: list[list[tuple[float, int, int]]] = [[] for _ in master.problem.lines]
    for column, choice, slot in master.starts:
        if column < len(values) and values[column] > 1e-6:
            found[int(master.problem.line_of[choice])].append((float(values[column]), choice, slot))
    return tuple(tuple(sorted(one, key=lambda entry: (-entry[0], entry[1], entry[2]))) for one in found)
