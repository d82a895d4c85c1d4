"""Local search on a complete plan, one cost after the other.

Each phase lowers one cost by moving a unit to another slot, an item to another pool, or by swapping two units' slots,
while every earlier cost stays within its bound and every hard rule holds at every step. The cost is annealed: a change
for the worse is accepted if it is smaller than a random threshold that falls over the phase. Thresholds come from a
table of integers and the random numbers from a shift register, so that the same effort gives the same plan anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, MutableSequence, Sequence
from dataclasses import dataclass
from math import log
from typing import Any, NamedTuple

import numpy as np

from migration.planner.fast import arrays, cached, compiled, lists, record
from migration.planner.moves import back, choose, earliest, latest, put, room, save, take, traffic, use
from migration.planner.tables import PLACEMENT, TRAFFIC, State, Tables, copy_state

__all__ = ["ATTEMPTS", "Annealer", "Phase", "ready"]

ATTEMPTS = 1000
"""Attempts of one unit of effort."""
CHUNK = 250
"""Attempts at one temperature, between two looks at the clock."""
COPIES = 8
"""Sweeps between two looks at whether the plan is the best so far."""
THRESHOLDS = [round(-log((step + 0.5) / 1024) * 256) for step in range(1024)]
"""Exponentially distributed factors with mean 256."""
ONE = 256 * 256
"""A change of d passes at temperature T / 256 with a factor f if d * ONE <= T * f: Metropolis' rule in integers."""


def draw(register: MutableSequence[int], below: int) -> int:
    """Next number in 0..below-1 (xorshift, Marsaglia 2003, 32 bits); `below` up to 2**16 times smaller is unbiased."""
    x = register[0]
    x ^= (x << 13) & 0xFFFFFFFF
    x ^= x >> 17
    x ^= (x << 5) & 0xFFFFFFFF
    register[0] = x
    return (x * below) >> 32


class Sweep(NamedTuple):
    """What one sweep is about.

    level: the cost to lower; bounds: of the costs before it. movable: units that are placed and not fixed.
    by_slot, slot_ptr: the same by slot, as it was some sweeps ago. register: state of the random numbers.
    """

    level: int
    bounds: Sequence[int]
    thresholds: Sequence[int]
    movable: Sequence[int]
    by_slot: Sequence[int]
    slot_ptr: Sequence[int]
    register: MutableSequence[int]


def sweeps(t: Tables, s: State, w: Sweep, temperatures: Sequence[int]) -> int:
    """CHUNK attempts at each temperature, in 1/256 of a cost; returns how many were accepted."""
    accepted = 0
    for temperature in temperatures:
        accepted += sweep(t, s, w, temperature)
    return accepted


def sweep(t: Tables, s: State, w: Sweep, temperature: int) -> int:
    """CHUNK attempts at one temperature; returns how many were accepted."""
    accepted = 0
    for _ in range(CHUNK):
        unit = w.movable[draw(w.register, len(w.movable))]
        if w.level == PLACEMENT:
            accepted += repool(t, s, w, unit)
            continue
        old = s.slot[unit]
        near, near_end = t.near_ptr[unit], t.near_ptr[unit + 1]
        slot = -1
        if near < near_end and draw(w.register, 4):
            slot = s.slot[t.near[near + draw(w.register, near_end - near)]]
        first, last = earliest(t, s, unit), latest(t, s, unit)
        if slot < 0:
            slot = first + draw(w.register, last - first + 1)
        if slot == old or slot < first or slot > last or not t.allowed[unit * t.slots + slot]:
            continue
        allowance = temperature * w.thresholds[draw(w.register, len(w.thresholds))]
        if w.level == TRAFFIC and ONE * (traffic(t, s, unit, slot) - traffic(t, s, unit, old)) > allowance:
            accepted += swap(t, s, w, unit, slot, allowance)
            continue
        before = s.costs[w.level]
        save(t, s, unit)
        take(t, s, unit)
        if not put(t, s, unit, slot):
            back(t, s, unit, old)
            accepted += swap(t, s, w, unit, slot, allowance)
        elif ONE * (s.costs[w.level] - before) > allowance or not within(s, w.level, w.bounds):
            take(t, s, unit)
            back(t, s, unit, old)
        else:
            accepted += 1
    return accepted


def within(s: State, level: int, bounds: Sequence[int]) -> bool:
    """Whether all costs before a level are within their bounds."""
    for earlier in range(level):  # noqa: SIM110 - compiled loops
        if s.costs[earlier] > bounds[earlier]:
            return False
    return True


def fits_order(t: Tables, s: State, unit: int, slot: int) -> bool:
    """Whether H1 lets a unit be in a slot."""
    return earliest(t, s, unit) <= slot <= latest(t, s, unit)


def swap(t: Tables, s: State, w: Sweep, unit: int, slot: int, allowance: int) -> int:
    """Try to exchange the slots of a unit and of one that is in another slot; 1 if done, 0 and no change if not."""
    held = w.slot_ptr[slot + 1] - w.slot_ptr[slot]
    if not held:
        return 0
    other = w.by_slot[w.slot_ptr[slot] + draw(w.register, held)]
    old = s.slot[unit]
    if s.slot[other] != slot or not t.allowed[other * t.slots + old]:
        return 0
    before = s.costs[w.level]
    save(t, s, unit)
    save(t, s, other)
    take(t, s, unit)
    take(t, s, other)
    if fits_order(t, s, other, old) and fits_order(t, s, unit, slot) and put(t, s, unit, slot):
        if fits_order(t, s, other, old) and put(t, s, other, old):
            if ONE * (s.costs[w.level] - before) <= allowance and within(s, w.level, w.bounds):
                return 1
            take(t, s, other)
        take(t, s, unit)
    back(t, s, unit, old)
    back(t, s, other, slot)
    return 0


def repool(t: Tables, s: State, w: Sweep, unit: int) -> int:
    """Try another pool for one member of a unit; 1 if it costs no more and has room, else no change."""
    first, slot = t.member_ptr[unit], s.slot[unit]
    item = t.member[first + draw(w.register, t.member_ptr[unit + 1] - first)]
    start = t.choice_ptr[item]
    choice, old = start + draw(w.register, t.choice_ptr[item + 1] - start), s.choice[item]
    if choice == old or t.choice_cost[choice] > t.choice_cost[old]:
        return 0
    use(t, s, item, old, slot, -1)
    if room(t, s, item, choice, slot):
        choose(t, s, item, choice)
        use(t, s, item, choice, slot, 1)
        if within(s, PLACEMENT, w.bounds):
            return 1
        use(t, s, item, choice, slot, -1)
        choose(t, s, item, old)
    use(t, s, item, old, slot, 1)
    return 0


def ready() -> bool:
    """Whether the compiled loop is in the cache, so that it loads within seconds."""
    return cached(sweeps)


@dataclass(frozen=True, slots=True)
class Phase:
    """One cost to lower: its level, the bounds of the earlier ones, attempts, first and last temperature in 1/256."""

    level: int
    bounds: tuple[int, ...]
    attempts: int
    hot: int
    cold: int

    def temperatures(self) -> list[int]:
        """One for each sweep, falling by equal factors."""
        sweeps_left = max(1, self.attempts // CHUNK)
        if not self.hot:
            return [0] * sweeps_left
        factor = max(1, self.cold) / self.hot
        return [round(self.hot * factor ** (number / sweeps_left)) for number in range(sweeps_left)]


class Annealer:
    """Runs phases on plans of one problem, compiled where that is wanted. movable: units that phases may move."""

    def __init__(self, t: Tables, movable: Sequence[int], *, fast: bool):
        self.t = t
        self.movable = np.array(movable, np.int64)
        self.fast = fast
        self.run: Callable[[Any, Any, Any, Any], int] = compiled(sweeps) if fast else sweeps
        self.tables = record(arrays(t)) if fast else t

    def anneal(self, s: State, phase: Phase, register: MutableSequence[int], pause: Callable[[], None]) -> State:
        """Lower one cost; returns the best plan seen. pause is called between sweeps, what it raises passes.

        register: the state of the random numbers, taken up and left where the phase ends.
        """
        if not len(self.movable):
            return s
        temperatures = phase.temperatures()
        best, kept = s.costs[phase.level], s
        state = arrays(s) if self.fast else copy_state(s)
        refresh = max(1, len(self.movable) // CHUNK // COPIES) * COPIES
        held = record(state) if self.fast else state
        work = self.sweep(state, phase, register)
        for first in range(0, len(temperatures), COPIES):
            pause()
            if first and first % refresh == 0:
                work = self.sweep(state, phase, register)
            part = temperatures[first : first + COPIES]
            self.run(self.tables, held, record(work) if self.fast else work, np.array(part) if self.fast else part)
            register[0] = int(work.register[0])
            if state.costs[phase.level] < best:
                best, kept = int(state.costs[phase.level]), copy_state(state)
        return lists(kept) if self.fast and kept is not s else kept

    def sweep(self, s: State, phase: Phase, register: MutableSequence[int]) -> Sweep:
        """The data of the sweeps that follow, with the movable units by slot as they are now."""
        slot = np.asarray(s.slot, np.int64)[self.movable]
        by_slot = self.movable[np.argsort(slot, kind="stable")]
        ends = np.concatenate([[0], np.bincount(slot, minlength=self.t.slots).cumsum()])
        movable, by_slot, ends = (each.tolist() for each in (self.movable, by_slot, ends))
        work = Sweep(phase.level, phase.bounds, THRESHOLDS, movable, by_slot, ends, list(register))
        return arrays(work) if self.fast else work
