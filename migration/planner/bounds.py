"""Lower bounds that hold for every plan of the units that can be placed."""

from __future__ import annotations

from migration.planner.condense import Units, lowest
from migration.planner.moves import lateness, money
from migration.planner.problem import PlanningProblem
from migration.planner.solution import Bounds
from migration.planner.tables import Tables

__all__ = ["lower_bounds"]


def lower_bounds(problem: PlanningProblem, units: Units, t: Tables) -> Bounds:
    """Bounds for the plans of all units that have a slot allowed.

    lateness, placement and money: every unit at its best. slots: for each limit the fewest slots, the roomiest first,
    that together hold what counts in it; and the slots needed to meet every unit's permitted slots, counted over
    units whose slots do not overlap. end: the latest first slot of a unit, and the first slot up to which the room of
    each limit holds what counts in it.
    """
    placed = [unit for unit in range(t.units) if units.allowed[unit]]
    late = placement = fees = end = 0
    for unit in placed:
        slot = lowest(units.allowed[unit])
        late += lateness(t, unit, slot)
        fees += money(t, unit, slot)
        end = max(end, slot)
        placement += sum(units.choices[item][0][1] for item in units.members[unit])
    slots = _disjoint(units, placed)
    totals: dict[int, int] = {}
    for unit in placed:
        for row in range(t.unit_limit_ptr[unit], t.unit_limit_ptr[unit + 1]):
            totals[t.unit_limit[row]] = totals.get(t.unit_limit[row], 0) + t.unit_limit_amount[row]
    for counter, total in totals.items():
        room = list(t.free[counter : counter + problem.slots])
        slots = max(slots, _reach(sorted(room, reverse=True), total))
        end = max(end, _reach(room, total) - 1)
    items = sum(len(units.members[unit]) for unit in placed)
    if problem.wave_size[1] is not None and problem.clouds:
        slots = max(slots, -(-items // (problem.wave_size[1] * problem.clouds)))
    return Bounds(late, slots, end if placed else -1, placement, fees)


def _reach(room: list[int], total: int) -> int:
    """How many of the first entries it takes to reach a total."""
    for count, amount in enumerate(room):
        if total <= 0:
            return count
        total -= amount
    return len(room)


def _disjoint(units: Units, placed: list[int]) -> int:
    """Number of units, chosen greedily by last slot, whose spans of permitted slots do not overlap."""
    spans = sorted({(mask.bit_length() - 1, lowest(mask)) for mask in (units.allowed[unit] for unit in placed)})
    count, end = 0, -1
    for last, first in spans:
        if first > end:
            count, end = count + 1, last
    return count
