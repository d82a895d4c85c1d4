"""Rounds of improvement: the costs in their order, each within what the earlier ones may give up.

A round of some effort closes slots and waves where it can (S1, S2), anneals traffic (S3), then evens out risk and
cheapens placement (S4, S5). Rounds double in length; the last takes what effort is left. Each starts from the best plan
for S1 to S3, so that what S4 and S5 give up of S3 is not given up twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from migration.planner.eject import Ejection, load
from migration.planner.improve import ATTEMPTS, Phase, anneal
from migration.planner.moves import back, put, save, take
from migration.planner.solution import Bounds
from migration.planner.tables import (
    END,
    LATENESS,
    LEVELS,
    PLACEMENT,
    RISK,
    SHORTFALL,
    SLOTS,
    TRAFFIC,
    WAVES,
    State,
    Tables,
)

__all__ = ["Plan", "Search"]

EJECTIONS = 4
"""Ejection steps that stand for one unit of effort."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that can be returned to: slot of each unit, choice of each item, its costs."""

    slot: list[int]
    choice: list[int]
    costs: tuple[int, ...]

    @classmethod
    def of(cls, s: State) -> Plan:
        """The plan that a state holds."""
        return cls(list(s.slot), list(s.choice), tuple(s.costs[:LEVELS]))


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
    ):
        self.t, self.s = t, s
        self.fixed, self.bounds, self.tolerance, self.seed, self.pause = fixed, bounds, tolerance, seed, pause
        self.movable = [unit for unit in range(t.units) if s.slot[unit] >= 0 and unit not in fixed]
        self.base = self.final = Plan.of(s)
        self.best = list(self.base.costs)
        self.rounds = 0
        placed = sum(1 for unit in range(t.units) if s.slot[unit] >= 0)
        self.weight = max(1, sum(t.near_weight) // max(1, len(t.near_weight)))
        self.load_limit = max(1, placed)

    def limits(self, level: int) -> tuple[int, ...]:
        """Bounds of the costs before a level: the best known and what each may give up."""
        return tuple(
            best if position == SHORTFALL else best + best * self.tolerance // 100
            for position, best in enumerate(self.best[:level])
        )

    def note(self, level: int) -> None:
        """Remember the costs up to a level where they are the best known."""
        for position in range(level + 1):
            self.best[position] = min(self.best[position], self.s.costs[position])

    def round(self, effort: int) -> None:
        """Spend some effort; `base` and `final` are replaced at the end only."""
        self.rounds += 1
        register = [(self.seed * 2654435761 + self.rounds * 40503 + 1) & 0xFFFFFFFF or 1]
        t = self.t
        self.s = load(t, self.base.slot, self.base.choice)
        attempts = effort * ATTEMPTS
        if self.s.costs[LATENESS] > self.bounds.lateness:
            self.phase(LATENESS, attempts // 8, 0, register)
        self.close_slots(effort * EJECTIONS)
        self.close_waves()
        heat = self.weight * 256
        self.phase(TRAFFIC, attempts * 5 // 8, heat * (4 if self.rounds < 3 else 1), register, cold=heat // 20)
        self.base = Plan.of(self.s)
        if t.mean_risk and max(t.unit_risk, default=0):
            self.phase(RISK, attempts // 8, 0, register)
        if self.s.costs[PLACEMENT] > self.bounds.placement:
            self.phase(PLACEMENT, attempts // 8, 0, register)
        found = Plan.of(self.s)
        allowed = self.limits(RISK)
        if any(cost > most for cost, most in zip(self.final.costs, allowed, strict=False)) or (
            found.costs[RISK:] < self.final.costs[RISK:]
        ):
            self.final = found

    def phase(self, level: int, attempts: int, hot: int, register: list[int], cold: int = 0) -> None:
        """Anneal one cost and remember what was reached."""
        self.s = anneal(
            self.t, self.s, Phase(level, self.limits(level), attempts, hot, cold), self.movable, register, self.pause
        )
        self.note(level)

    def close_slots(self, budget: int) -> None:
        """Empty slots by ejection, the last one and the smallest first, while the budget of steps lasts."""
        s = self.s
        tried: set[int] = set()
        while budget > 0 and s.costs[SLOTS] > self.bounds.slots:
            fixed = {s.slot[unit] for unit in self.fixed}
            used = [slot for slot in range(self.t.slots) if s.slot_items[slot] and slot not in tried | fixed]
            if not used:
                break
            used.sort(key=lambda slot: (slot != s.costs[END], s.slot_items[slot], -slot))
            tried.add(used[0])
            budget -= self.close_slot(used[0], max(20, budget // 2))
            s = self.s
        self.note(END)

    def close_slot(self, slot: int, budget: int) -> int:
        """Try to empty one slot; returns the steps it took. The plan is as before if it cannot be emptied."""
        t, s = self.t, self.s
        before = Plan.of(s)
        out = [unit for unit in self.movable if s.slot[unit] == slot]
        for unit in out:
            take(t, s, unit)
        usable = [items > 0 for items in s.slot_items]
        search = Ejection(
            t, s, fixed=self.fixed, open_slots=usable, weight=[1] * t.units, seed=self.seed + slot + self.rounds * 1009
        )
        left, steps = search.run(out, budget + len(out), self.pause)
        limits = self.limits(SLOTS)
        if left or any(cost > most for cost, most in zip(s.costs, limits, strict=False)):
            self.s = load(t, before.slot, before.choice)
        return steps

    def close_waves(self) -> None:
        """Empty waves of few cutovers into other waves that exist, one unit at a time, where all of them find room."""
        t = self.t
        waves = sorted((items, wave) for wave, items in enumerate(self.s.wave_items) if items)
        for _, wave in waves[: max(8, len(waves) // 4)]:
            self.pause()
            cloud, slot = divmod(wave, t.slots)
            before = Plan.of(self.s)
            limits = self.limits(WAVES)
            self.empty_wave(cloud, slot)
            costs = self.s.costs
            if tuple(costs[SHORTFALL : WAVES + 1]) >= before.costs[SHORTFALL : WAVES + 1] or any(
                cost > most for cost, most in zip(costs, limits, strict=False)
            ):
                self.s = load(t, before.slot, before.choice)
            self.note(END)

    def empty_wave(self, cloud: int, slot: int) -> None:
        """Move every unit of a wave to a slot, or its members to a cloud, that has a wave already."""
        t, s = self.t, self.s
        for unit in self.movable:
            if s.slot[unit] != slot or not any(
                t.cloud[t.choice_pool[s.choice[item]]] == cloud
                for item in t.member[t.member_ptr[unit] : t.member_ptr[unit + 1]]
            ):
                continue
            waves = s.costs[WAVES]
            save(t, s, unit)
            take(t, s, unit)
            for other in range(t.slots):
                if other == slot or not s.slot_items[other] or not t.allowed[unit * t.slots + other]:
                    continue
                if self.ordered(unit, other) and put(t, s, unit, other):
                    if s.costs[WAVES] <= waves:
                        break
                    take(t, s, unit)
            else:
                back(t, s, unit, slot)
                return

    def ordered(self, unit: int, slot: int) -> bool:
        """Whether H1 lets a unit that is in no slot go into one."""
        t, s = self.t, self.s
        return all(s.slot[other] <= slot for other in t.before[t.before_ptr[unit] : t.before_ptr[unit + 1]]) and all(
            not 0 <= s.slot[other] < slot for other in t.after[t.after_ptr[unit] : t.after_ptr[unit + 1]]
        )
