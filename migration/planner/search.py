"""Rounds of improvement: the costs in their order, each within what the earlier ones may give up.

A round of some effort closes slots and waves where it can (S1, S2), anneals traffic (S3), then evens out risk and
cheapens placement and fees (S4, S5, S7). Rounds double in length up to some attempts for each unit; the last takes
what effort is left. Each starts from the best plan for S1 to S3, so that what S4, S5 and S7 give up of S3 is not given
up twice.
"""

from __future__ import annotations

from collections.abc import Callable

from migration.planner.eject import Ejection, Takers
from migration.planner.improve import ATTEMPTS, Annealer, Phase
from migration.planner.moves import back, earliest, latest, put, save, take
from migration.planner.solution import Bounds
from migration.planner.tables import (
    END,
    LATENESS,
    LEVELS,
    MONEY,
    PLACEMENT,
    RISK,
    SHORTFALL,
    SLOTS,
    TRAFFIC,
    WAVES,
    State,
    Tables,
    copy_state,
)

__all__ = ["Search"]

EJECTIONS = 4
"""Ejection steps in one unit of effort; they are saved up, longer after every time that they emptied no slot."""
FEWEST_EJECTIONS = 16


class Search:
    """Improves one plan. fixed: units that stay in their slot; tolerance: per cent a cost may give up for the next."""

    def __init__(
        self,
        t: Tables,
        s: State,
        *,
        fixed: set[int],
        bounds: Bounds,
        tolerance: int,
        seed: int,
        pause: Callable[[], None],
        fast: bool,
    ):
        self.t, self.s = t, s
        self.fixed, self.bounds, self.tolerance, self.seed, self.pause = fixed, bounds, tolerance, seed, pause
        self.movable = [unit for unit in range(t.units) if s.slot[unit] >= 0 and unit not in fixed]
        self.base = self.final = copy_state(s)
        self.best = list(s.costs[:LEVELS])
        self.rounds = 0
        self.weight = max(1, sum(t.near_weight) // max(1, len(t.near_weight)))
        self.annealer = Annealer(t, self.movable, fast=fast)
        self.longest = max(32, len(self.movable) // 16)
        self.credit = self.needed = FEWEST_EJECTIONS
        self.failed: dict[int, int] = {}
        self.takers = Takers(t)

    def limits(self, level: int) -> tuple[int, ...]:
        """Bounds of the costs before a level: the best known and what each may give up."""
        return tuple(
            best if position == SHORTFALL else best + best * self.tolerance // 100
            for position, best in enumerate(self.best[:level])
        )

    def note(self, level: int) -> None:
        """Remember the costs up to a level where they are the best known.

        The best of a cost holds only together with the best of those before it: once one of them is better, what was
        reached below it may be out of reach, and counts from the present plan.
        """
        costs = self.s.costs[:LEVELS]
        for position in range(level + 1):
            if costs[position] < self.best[position]:
                self.best[position:] = costs[position:]
                return

    def round(self, effort: int) -> None:
        """Spend some effort; `base` and `final` are replaced at the end only."""
        self.rounds += 1
        register = [(self.seed * 2654435761 + self.rounds * 40503 + 1) & 0xFFFFFFFF or 1]
        t = self.t
        self.s = copy_state(self.base)
        attempts = effort * ATTEMPTS
        if self.s.costs[LATENESS] > self.bounds.lateness:
            self.phase(LATENESS, attempts // 8, 0, register)
        self.credit += effort * EJECTIONS
        if self.credit >= self.needed:
            before = self.s.costs[SLOTS]
            self.close_slots(self.credit)
            self.needed = FEWEST_EJECTIONS if self.s.costs[SLOTS] < before else 2 * self.needed
            self.credit = 0
        self.close_waves(effort)
        heat = self.weight * 256
        self.phase(TRAFFIC, attempts * 5 // 8, heat * (4 if self.rounds < 3 else 1), register, cold=heat // 20)
        self.base = copy_state(self.s)
        if t.mean_risk and max(t.unit_risk, default=0):
            self.phase(RISK, attempts // 8, 0, register)
        if self.s.costs[PLACEMENT] > self.bounds.placement:
            self.phase(PLACEMENT, attempts // 8, 0, register)
        if self.s.costs[MONEY] > self.bounds.money:
            self.phase(MONEY, attempts // 8, 0, register)
        found = self.s
        allowed = self.limits(RISK)
        if any(cost > most for cost, most in zip(self.final.costs, allowed, strict=False)) or (
            list(found.costs[RISK:LEVELS]) < list(self.final.costs[RISK:LEVELS])
        ):
            self.final = found

    def phase(self, level: int, attempts: int, hot: int, register: list[int], cold: int = 0) -> None:
        """Anneal one cost and remember what was reached."""
        wanted = Phase(level, self.limits(level), attempts, hot, cold)
        self.s = self.annealer.anneal(self.s, wanted, register, self.pause)
        self.note(level)

    def close_slots(self, budget: int) -> None:
        """Empty slots by ejection, the last one and the smallest first, while the budget of steps lasts.

        Then bring the end forward: empty the last slot into any earlier one, whether it has a cutover or not.
        """
        fixed = {self.base.slot[unit] for unit in self.fixed}
        tried: set[int] = set()
        while budget > 0 and self.s.costs[SLOTS] > self.bounds.slots:
            s = self.s
            used = [slot for slot in range(self.t.slots) if s.slot_items[slot] and slot not in tried | fixed]
            if not used:
                break
            slot = min(used, key=lambda slot: (slot != s.costs[END], s.slot_items[slot], -slot))
            tried.add(slot)
            usable = [items > 0 for items in s.slot_items]
            budget -= self.close_slot(slot, usable, SLOTS, max(20, budget // 2))
            self.note(END)
        while budget > 0 and self.s.costs[END] > self.bounds.end and self.s.costs[END] not in fixed:
            end = self.s.costs[END]
            budget -= self.close_slot(end, [True] * self.t.slots, END, max(20, budget // 2))
            if self.s.costs[END] >= end:
                break
            self.note(END)

    def close_slot(self, slot: int, usable: list[bool], level: int, budget: int) -> int:
        """Try to empty one slot into usable ones for the sake of one cost; returns the steps it took.

        The plan is as before if the slot cannot be emptied or an earlier cost would leave its bound.
        """
        t, s = self.t, self.s
        before = copy_state(s)
        out = [unit for unit in self.movable if s.slot[unit] == slot]
        for unit in out:
            take(t, s, unit)
        usable = [able and number != slot and (level != END or number < slot) for number, able in enumerate(usable)]
        seed = self.seed + slot + self.rounds * 1009
        search = Ejection(
            t, s, fixed=self.fixed, open_slots=usable, weight=[1] * t.units, seed=seed, takers=self.takers
        )
        left, steps = search.run(out, budget + len(out), self.pause)
        if left or s.costs[level] >= before.costs[level] or not self.keeps_bounds():
            self.s = before
        return steps

    def keeps_bounds(self) -> bool:
        """Whether the present plan is better than the best known in the first of S1 and S2 that differs too much."""
        for position, most in enumerate(self.limits(TRAFFIC)):
            if self.s.costs[position] < self.best[position]:
                return True
            if self.s.costs[position] > most:
                return False
        return True

    def close_waves(self, number: int) -> None:
        """Empty the smallest waves into others that exist, those first for which that failed least often."""
        t, s = self.t, self.s
        if s.costs[SHORTFALL] == 0 and s.costs[WAVES] <= s.costs[SLOTS]:
            return
        by_slot: list[list[int]] = [[] for _ in range(t.slots)]
        for unit in self.movable:
            by_slot[s.slot[unit]].append(unit)
        waves = sorted((self.failed.get(wave, 0), items, wave) for wave, items in enumerate(s.wave_items) if items)
        for failed, _, wave in waves[:number]:
            self.pause()
            before = list(s.costs[SHORTFALL : WAVES + 1])
            moved = self.empty_wave(wave, by_slot)
            if moved and (list(s.costs[SHORTFALL : WAVES + 1]) >= before or not self.keeps_bounds()):
                for unit, old in reversed(moved):
                    take(t, s, unit)
                    back(t, s, unit, old)
                moved = []
            for unit, _ in moved:
                by_slot[s.slot[unit]].append(unit)
            if not moved:
                self.failed[wave] = failed + 1
            self.note(END)

    def empty_wave(self, wave: int, by_slot: list[list[int]]) -> list[tuple[int, int]]:
        """Move the units of a wave to slots and clouds that have one already; returns (unit, old slot) of each.

        Stops at the first that finds no such place.
        """
        t, s = self.t, self.s
        cloud, slot = divmod(wave, t.slots)
        moved: list[tuple[int, int]] = []
        for unit in by_slot[slot]:
            members = t.member[t.member_ptr[unit] : t.member_ptr[unit + 1]]
            if s.slot[unit] != slot or all(t.cloud[t.choice_pool[s.choice[item]]] != cloud for item in members):
                continue
            waves = s.costs[WAVES]
            save(t, s, unit)
            take(t, s, unit)
            others = [k for k in range(earliest(t, s, unit), latest(t, s, unit) + 1) if k != slot and s.slot_items[k]]
            others.sort(key=lambda k: (abs(k - slot), k))
            for other in others:
                if t.allowed[unit * t.slots + other] and put(t, s, unit, other):
                    if s.costs[WAVES] <= waves:
                        moved.append((unit, slot))
                        break
                    take(t, s, unit)
            else:
                back(t, s, unit, slot)
                break
        return moved
