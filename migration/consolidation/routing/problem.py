"""The routing problem as numbers: lines with choices of paths and circuits, and links with what they can carry.

Slots are counted from 0, the slot of *now*, to ``slots``, the end of the horizon. Nothing here knows an inventory.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["DISRUPTION", "Choice", "Floats", "LineCase", "LinkCase", "RoutingProblem"]

Floats = NDArray[np.float64]

DISRUPTION = 0.01
"""Yuan that a slot of waiting or a link of the primary path counts beside money: enough to choose between plans that
cost the same."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way for a line: links that carry it (primary and backup, each once), yuan a month of its circuits, the first
    slot in which these can be had, how many links there are in all, and what it stands for."""

    links: tuple[int, ...]
    fee: float
    first: int = 0
    hops: int = 0
    way: Any = None


@dataclass(frozen=True, slots=True)
class LineCase:
    """A line that is to move. rent: yuan a month of the line itself. demand: Mbit/s in each slot, never falling.

    earliest: first slot. pinned: it starts there and nowhere else. tail: slots after its start until the line ends.
    paid_until: slot before which the contract does not end. stays: the line is kept as backup, and its rent with it.
    """

    id: str
    rent: float
    demand: Floats
    choices: tuple[Choice, ...]
    earliest: int = 0
    pinned: bool = False
    tail: int = 0
    paid_until: int = 0
    stays: bool = False


@dataclass(frozen=True, slots=True)
class LinkCase:
    """A link. free: Mbit/s for lines by level and slot; level 0 is what there is, each further one a priced step, and
    carries no less than the one before. fees: yuan a month of each level beyond level 0, rising. steps: bandwidth and
    fee of each level, as on record."""

    id: str
    free: Floats
    fees: tuple[float, ...] = (0.0,)
    steps: tuple[tuple[float, float], ...] = ()

    @property
    def levels(self) -> int:
        """Levels, level 0 included."""
        return len(self.fees)


@dataclass(frozen=True)
class RoutingProblem:
    """Lines, links, slots of the horizon and months of a slot. weights: ``keeping`` of the problem that this one was
    made smaller from."""

    lines: tuple[LineCase, ...]
    links: tuple[LinkCase, ...]
    slots: int
    months: float
    weights: Floats | None = None

    @cached_property
    def line_of(self) -> NDArray[np.int64]:
        """Line of each choice; choices are numbered through all lines."""
        return np.repeat(np.arange(len(self.lines)), [len(line.choices) for line in self.lines])

    @cached_property
    def first_choice(self) -> NDArray[np.int64]:
        """Number of each line's first choice, and the number of choices at the end."""
        return np.concatenate([[0], np.cumsum([len(line.choices) for line in self.lines])]).astype(np.int64)

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """Choices of all lines."""
        return tuple(choice for line in self.lines for choice in line.choices)

    @cached_property
    def users(self) -> tuple[NDArray[np.int64], ...]:
        """Choices that load each link."""
        found: list[list[int]] = [[] for _ in self.links]
        for number, choice in enumerate(self.choices):
            for link in choice.links:
                found[link].append(number)
        return tuple(np.array(one, dtype=np.int64) for one in found)

    @cached_property
    def demand(self) -> Floats:
        """Mbit/s by line and slot."""
        return np.array([line.demand for line in self.lines]).reshape(len(self.lines), self.slots)

    @cached_property
    def room(self) -> Floats:
        """Mbit/s for lines by link and slot, without any step."""
        return np.array([link.free[0] for link in self.links]).reshape(len(self.links), self.slots)

    @cached_property
    def begins(self) -> NDArray[np.int64]:
        """First slot of each choice; ``slots`` where it cannot start."""
        finite = np.isfinite(self.money)
        return np.where(finite.any(axis=1), finite.argmax(axis=1), self.slots).astype(np.int64)

    @cached_property
    def steps(self) -> NDArray[np.int64]:
        """Slots in which the demand of some line rises."""
        return np.flatnonzero(np.any(np.diff(self.demand, axis=1) > 0, axis=0)) + 1

    @cached_property
    def money(self) -> Floats:
        """Yuan over the horizon by choice and slot of its start; infinite where it cannot start.

        The line's rent until it ends, and its circuits from the start on. Waiting never counts as a saving: a later
        start costs at least what each earlier one does, also where circuits are dearer than the line.
        """
        made = np.full((len(self.choices), self.slots), np.inf)
        start = np.arange(self.slots)
        for number, choice in enumerate(self.choices):
            line = self.lines[self.line_of[number]]
            begin = max(line.earliest, choice.first)
            if begin >= self.slots or (line.pinned and choice.first > line.earliest):
                continue
            rented = np.minimum(self.slots, np.maximum(start + line.tail, line.paid_until))
            rent = line.rent * (np.full(self.slots, self.slots) if line.stays else rented)
            cost = (rent + choice.fee * (self.slots - start)) * self.months
            end = begin + 1 if line.pinned else self.slots
            made[number, begin:end] = np.maximum.accumulate(cost[line.earliest :])[
                begin - line.earliest : end - line.earliest
            ]
        return made

    @cached_property
    def cost(self) -> Floats:
        """``money`` with what tells equally dear plans apart: waiting, then links."""
        made = self.money.copy()
        for number, choice in enumerate(self.choices):
            earliest = self.lines[self.line_of[number]].earliest
            made[number] += DISRUPTION * (np.arange(self.slots) - earliest + choice.hops)
        return made

    @cached_property
    def keeping(self) -> Floats:
        """Yuan that it counts to leave a line where it is: twice its dearest way with every step of its links, so that
        it happens only for want of bandwidth."""
        if self.weights is not None:
            return self.weights
        steps = np.array([link.fees[-1] for link in self.links]) * self.months * self.slots
        worst = np.zeros(len(self.lines))
        for number, choice in enumerate(self.choices):
            cost = self.money[number]
            reach = cost[np.isfinite(cost)].max(initial=0.0) + sum(steps[link] for link in choice.links)
            line = int(self.line_of[number])
            worst[line] = max(worst[line], reach)
        rents = np.array([line.rent for line in self.lines]) * self.months * self.slots
        return 2 * np.maximum(worst, rents) + 1
