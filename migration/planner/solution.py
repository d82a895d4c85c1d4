"""What the planner answers: a plan in numbers, its costs, and why something could not be planned."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How good the answer is. Values are stored in plan files and never change."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    NO_SOLUTION_IN_TIME = "no_solution_in_time"


@dataclass(frozen=True, slots=True)
class Objective:
    """Costs of a plan in the order in which they count. All integers; lower is better.

    lateness    S1: weight times slots after the due slot.
    shortfall   H6: cutovers that waves lack of the minimum wave size.
    slots       S2: slots with a cutover. waves: pairs of slot and cloud with one. end: last slot used, -1 for none.
    traffic     S3: weight times slots between the two ends.
    risk        S4: see `migration.planner.tables`.
    placement   S5: cost of the pools chosen.
    money       S7: fee times the slots after the first permitted one.
    """

    lateness: int
    shortfall: int
    slots: int
    waves: int
    end: int
    traffic: int
    risk: int
    placement: int
    money: int = 0


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An item that is not in the plan.

    rules: ids of the rules that keep it out. because: items that are not planned either and that it hard-depends on
    (H1), or its group's members that cause it (H2). limits: numbers of the slot limits in the way (H6). pools: pools
    without room (H4) or not open when they would be needed (H9). resources: numbers of the resources in the way (H5,
    H7). proved: false where only the search failed and a place may exist.
    """

    item: int
    rules: tuple[str, ...]
    because: tuple[int, ...] = ()
    limits: tuple[int, ...] = ()
    pools: tuple[int, ...] = ()
    resources: tuple[int, ...] = ()
    proved: bool = True


@dataclass(frozen=True, slots=True)
class GroupCut:
    """H2: a group that is larger than a wave may be, and what to take apart.

    order: pairs (provider, client) to relax. together: (number of the set in `together`, item to take out of it).
    bound: no solution cuts fewer than this many; exact when it equals the number of cuts.
    """

    members: tuple[int, ...]
    order: tuple[tuple[int, int], ...]
    together: tuple[tuple[int, int], ...]
    bound: int

    @property
    def exact(self) -> bool:
        """Whether no smaller set of cuts exists."""
        return self.bound == len(self.order) + len(self.together)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lower bounds that hold for every plan of the same items. slots: slots with a cutover; end: last slot."""

    lateness: int
    slots: int
    end: int
    placement: int
    money: int = 0


@dataclass(frozen=True, slots=True)
class Solution:
    """Answer of `solve`.

    slot, pool: one number an item, -1 where it is unplaced; empty when there is no plan.
    effort: counted work that was done; `solve(problem, effort=that)` repeats the plan.
    short_waves: (slot, cloud) with fewer cutovers than the minimum wave size.
    """

    status: Status
    slot: tuple[int, ...]
    pool: tuple[int, ...]
    objective: Objective | None
    bounds: Bounds
    effort: int
    unplaced: tuple[Unplaced, ...] = ()
    cuts: tuple[GroupCut, ...] = ()
    short_waves: tuple[tuple[int, int], ...] = ()
    interrupted: bool = False
