"""What the placed cutovers leave of pools, limits, teams and links, for any item in any slot and pool.

Counted on the planning problem directly, for pools too that an item may not land in: whoever asks what would have to
change lifts the rule that forbids them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from migration.planner.problem import Integers, PlanningProblem

__all__ = ["Usage"]


class Usage:
    """slots, pools: place of each item of the problem, -1 for those that are to count nowhere."""

    def __init__(self, problem: PlanningProblem, slots: Sequence[int], pools: Sequence[int]) -> None:
        self.problem = problem
        self.slots, self.pools = list(slots), list(pools)
        self._everything = (1 << problem.slots) - 1

    @cached_property
    def room(self) -> Integers:
        """H4: P x K x 3 that each pool has left in a slot and all later ones."""
        problem = self.problem
        landed = np.zeros(problem.capacity.shape, np.int64)
        for item, (slot, pool) in enumerate(zip(self.slots, self.pools, strict=True)):
            if slot >= 0:
                landed[pool, max(0, slot - int(problem.lead[item]))] += problem.demand[item]
        left = problem.capacity - landed.cumsum(axis=1)
        return np.minimum.accumulate(left[:, ::-1, :], axis=1)[:, ::-1, :]

    def left_in(self, item: int, pool: int, slot: int) -> tuple[int, int, int]:
        """What a pool has left for an item that lands in it in a slot, from the start of its copy on."""
        cpu, memory, storage = self.room[pool, max(0, slot - int(self.problem.lead[item]))].tolist()
        return cpu, memory, storage

    def roomy(self, item: int, pool: int) -> int:
        """Bit mask of the slots in which a pool has room for an item."""
        fits = (self.room[pool] >= self.problem.demand[item]).all(axis=1)
        lead = int(self.problem.lead[item])
        return _mask(np.concatenate([np.repeat(fits[:1], lead), fits])[: len(fits)])

    @cached_property
    def limits(self) -> list[list[int]]:
        """H6: of each limit what is left in each slot."""
        problem = self.problem
        left = [list(limit.capacity) for limit in problem.limits]
        for number, limit in enumerate(problem.limits):
            members = range(problem.items) if limit.members is None else limit.members
            for place, item in enumerate(members):
                slot = self.slots[item]
                if slot >= 0 and limit.cloud in (None, problem.cloud[self.pools[item]]):
                    left[number][slot] -= 1 if limit.amounts is None else limit.amounts[place]
        return left

    @cached_property
    def waves(self) -> list[list[int]]:
        """H6: of each cloud what is left of the largest wave in each slot."""
        problem = self.problem
        most = problem.items if problem.wave_size[1] is None else problem.wave_size[1]
        left = [[most] * problem.slots for _ in range(problem.clouds)]
        for slot, pool in zip(self.slots, self.pools, strict=True):
            if slot >= 0:
                left[problem.cloud[pool]][slot] -= 1
        return left

    @cached_property
    def limits_of(self) -> list[list[tuple[int, int]]]:
        """Item -> (number of a limit that counts it, amount)."""
        found: list[list[tuple[int, int]]] = [[] for _ in range(self.problem.items)]
        for number, limit in enumerate(self.problem.limits):
            members = range(self.problem.items) if limit.members is None else limit.members
            for place, item in enumerate(members):
                found[item].append((number, 1 if limit.amounts is None else limit.amounts[place]))
        return found

    def under(self, limit: int, amount: int) -> int:
        """Bit mask of the slots in which a limit leaves an amount."""
        return _mask(np.array(self.limits[limit]) >= amount)

    def below_wave(self, cloud: int, count: int) -> int:
        """Bit mask of the slots in which a wave into a cloud may grow by so many cutovers."""
        return _mask(np.array(self.waves[cloud]) >= count)

    @cached_property
    def uses_of(self) -> list[list[tuple[int, int, int]]]:
        """Item -> (number of a resource, of its use, amount)."""
        found: list[list[tuple[int, int, int]]] = [[] for _ in range(self.problem.items)]
        for number, resource in enumerate(self.problem.resources):
            for place, use in enumerate(resource.uses):
                for item, amount in zip(use.items, use.amounts, strict=True):
                    found[item].append((number, place, amount))
        return found

    @cached_property
    def resources(self) -> list[list[int]]:
        """H5, H7: of each resource what is left in each of its periods."""
        left = [list(resource.capacity) for resource in self.problem.resources]
        for item, slot in enumerate(self.slots):
            if slot < 0:
                continue
            for number, place, amount in self.uses_of[item]:
                use = self.problem.resources[number].uses[place]
                period = use.periods[slot]
                if period >= 0 and use.pool in (None, self.pools[item]):
                    left[number][period] -= amount
        return left

    def needs(self, items: Iterable[int], pool: int | None = None) -> dict[int, list[tuple[int, int]]]:
        """Resource -> (use, amount) of what items take in any pool, or of what they take in one pool besides."""
        found: dict[int, list[tuple[int, int]]] = {}
        for item in items:
            for number, place, amount in self.uses_of[item]:
                if self.problem.resources[number].uses[place].pool == pool and amount:
                    found.setdefault(number, []).append((place, amount))
        return found

    def short(self, resource: int, taken: Sequence[tuple[int, int]], slot: int) -> tuple[int, int] | None:
        """(needed, left) of the first period that cannot hold what is taken in a slot; None where all can."""
        uses = self.problem.resources[resource].uses
        totals: dict[int, int] = {}
        for place, amount in taken:
            period = uses[place].periods[slot]
            if period >= 0:
                totals[period] = totals.get(period, 0) + amount
        left = self.resources[resource]
        return next(((need, left[period]) for period, need in sorted(totals.items()) if need > left[period]), None)

    def holding(self, resource: int, taken: Sequence[tuple[int, int]]) -> int:
        """Bit mask of the slots in which a resource holds what is taken."""
        left = np.array(self.resources[resource], np.int64)
        if not left.size or left.min() >= sum(amount for _, amount in taken):
            return self._everything
        uses = self.problem.resources[resource].uses
        periods = np.array([uses[place].periods for place, _ in taken], np.int64)
        amounts = np.array([amount for _, amount in taken], np.int64)
        # What falls in the period of each use, whatever use it comes from: uses x slots.
        totals = ((periods[:, None, :] == periods[None, :, :]) * amounts[None, :, None]).sum(axis=1)
        full = ((totals > left[periods]) & (periods >= 0)).any(axis=0)
        return _mask(~full)


def _mask(flags: npt.NDArray[np.bool_]) -> int:
    """Bit mask of the numbers of the true ones."""
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")
