"""A plan in the making: who starts where and when, what that loads, and the upgrades that it needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from migration.consolidation.routing.problem import Floats, RoutingProblem
from migration.consolidation.routing.reduce import TOLERANCE

__all__ = ["KEPT", "State", "levels_for"]

KEPT = -1
"""Choice of a line that stays where it is."""


def levels_for(free: Floats, load: Floats) -> NDArray[np.int64] | None:
    """The lowest levels by slot that carry a load, never falling; None where the highest does not."""
    need = (free < load - TOLERANCE).sum(axis=0)
    if need.max(initial=0) >= len(free):
        return None
    return np.maximum.accumulate(need).astype(np.int64)


class State:
    """Choice and slot of each line, the load of each link, and what its upgrades cost. Lines begin where they are."""

    def __init__(self, problem: RoutingProblem) -> None:
        self.problem = problem
        count = len(problem.lines)
        self.choice = np.full(count, KEPT, dtype=np.int64)
        self.slot = np.zeros(count, dtype=np.int64)
        self.load: Floats = np.zeros((len(problem.links), problem.slots))
        self.upgrades: Floats = np.zeros(len(problem.links))

    def copy(self) -> State:
        """The same plan again."""
        other = State(self.problem)
        other.choice, other.slot = self.choice.copy(), self.slot.copy()
        other.load, other.upgrades = self.load.copy(), self.upgrades.copy()
        return other

    @property
    def cost(self) -> float:
        """Yuan, with what counts beside money."""
        placed = self.choice >= 0
        cost = self.problem.cost[self.choice[placed], self.slot[placed]].sum()
        return float(cost + self.problem.keeping[~placed].sum() + self.upgrades.sum())

    def upgrade_cost(self, link: int, load: Floats) -> float:
        """Yuan of the upgrades that a link needs for a load; infinite where none does."""
        record = self.problem.links[link]
        levels = levels_for(record.free, load)
        if levels is None:
            return float("inf")
        return float(np.array(record.fees)[levels].sum() * self.problem.months)

    def put(self, line: int, choice: int, slot: int) -> None:
        """Place a line that is kept so far."""
        self.choice[line], self.slot[line] = choice, slot
        self._add(line, 1.0)

    def take(self, line: int) -> None:
        """Leave a line where it is."""
        self._add(line, -1.0)
        self.choice[line] = KEPT

    def _add(self, line: int, sign: float) -> None:
        choice, slot = int(self.choice[line]), int(self.slot[line])
        if choice < 0:
            return
        for link in self.problem.choices[choice].links:
            self.load[link, slot:] += sign * self.problem.demand[line, slot:]
            self.upgrades[link] = self.upgrade_cost(link, self.load[link])

    def added(self, line: int, choice: int, slot: int) -> float:
        """What it costs to place a kept line there, upgrades included; infinite where it does not fit."""
        cost = self.problem.cost[choice, slot]
        for link in self.problem.choices[choice].links:
            load = self.load[link].copy()
            load[slot:] += self.problem.demand[line, slot:]
            cost += self.upgrade_cost(link, load) - self.upgrades[link]
            if not np.isfinite(cost):
                break
        return float(cost)

    def fits_from(self, line: int, choice: int, *, widened: bool) -> int:
        """First slot from which on the links have room for a line, as they are or ``widened`` by their last step."""
        problem, fits = self.problem, np.ones(self.problem.slots, dtype=bool)
        for link in problem.choices[choice].links:
            record = problem.links[link]
            free = record.free[-1]
            if not widened:
                levels = levels_for(record.free, self.load[link])
                if levels is not None:
                    free = np.take_along_axis(record.free, levels[None, :], axis=0)[0]
            fits &= free + TOLERANCE >= self.load[link] + problem.demand[line]
        wrong = np.flatnonzero(~fits)
        return int(wrong[-1]) + 1 if len(wrong) else 0

    def best(self, line: int) -> tuple[float, int, int]:
        """Least cost, choice and slot of a kept line: without an upgrade, with one at once, or when even the last step
        has room; (what keeping it counts, KEPT, 0) where that is less."""
        problem = self.problem
        found = (float(problem.keeping[line]), KEPT, 0)
        for choice in range(problem.first_choice[line], problem.first_choice[line + 1]):
            begin = int(problem.begins[choice])
            slots = {begin, *(max(begin, self.fits_from(line, choice, widened=way)) for way in (False, True))}
            for slot in sorted(slot for slot in slots if slot < problem.slots):
                if problem.cost[choice, slot] < found[0] - 1e-9:
                    cost = self.added(line, choice, slot)
                    if cost < found[0] - 1e-9:
                        found = (cost, choice, slot)
        return found
