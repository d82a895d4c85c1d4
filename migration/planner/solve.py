"""`solve`: from a problem to a solution, bounded by counted effort or by wall time."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from migration.planner.bounds import lower_bounds
from migration.planner.condense import Refusal, Units, condense
from migration.planner.construct import ListSchedule, prepare
from migration.planner.eject import Ejection, load
from migration.planner.moves import room, take
from migration.planner.problem import PlanningProblem
from migration.planner.search import Search
from migration.planner.solution import Bounds, GroupCut, Objective, Solution, Status, Unplaced
from migration.planner.tables import LEVELS, PLACEMENT, State, Tables, build_tables, empty_state

__all__ = ["DEFAULT_EFFORT", "Progress", "solve"]

DEFAULT_EFFORT = 255
LOOK_BACK_STEPS = 3000

Progress = Callable[[float, Objective], None]
"""Called with the wall seconds so far and the costs of the best plan after each round."""


class _OutOfTime(Exception):  # noqa: N818 - a signal inside this module, never seen outside
    """The time limit has passed."""


class _Clock:
    def __init__(self, limit: float | None):
        self.start = monotonic()
        self.limit = limit

    def seconds(self) -> float:
        return monotonic() - self.start

    def left(self) -> float:
        return float("inf") if self.limit is None else self.limit - self.seconds()

    def pause(self) -> None:
        if self.left() < 0:
            raise _OutOfTime


def solve(
    problem: PlanningProblem,
    *,
    effort: int | None = None,
    time_limit: float | None = None,
    seed: int = 0,
    tolerance: int = 3,
    progress: Progress | None = None,
) -> Solution:
    """Plan the cutovers of a problem.

    effort: units of counted work after the first plan; with neither effort nor time_limit DEFAULT_EFFORT.
    time_limit: wall seconds, kept by stopping between rounds; the solution's effort repeats its plan.
    tolerance: per cent that a cost may give up for the next one.
    """
    clock = _Clock(time_limit)
    units = condense(problem)
    t = prepare(problem, units)
    bounds = lower_bounds(problem, units, t)
    state = empty_state(t)
    fixed = {units.unit_of[item] for item in problem.pinned_slot} - set(units.refused)
    try:
        failed = _first_plan(problem, units, t, state, fixed, seed, clock)
    except _OutOfTime:
        return Solution(Status.NO_SOLUTION_IN_TIME, (), (), None, bounds, 0, _refused(units))
    unplaced = (*_refused(units), *failed)
    if failed:
        state, t = _without(problem, units, t, state)
    search = Search(
        t, state, fixed=fixed, bounds=bounds, tolerance=tolerance, seed=seed, pause=clock.pause
    )  # fmt: skip
    wanted = DEFAULT_EFFORT if effort is None and time_limit is None else effort
    spent, interrupted = _improve(search, wanted, clock, progress)
    return _solution(problem, units, t, search.final, bounds, unplaced, spent, interrupted)


def _first_plan(
    problem: PlanningProblem, units: Units, t: Tables, s: State, fixed: set[int], seed: int, clock: _Clock
) -> tuple[Unplaced, ...]:
    """Fill the state; returns what could not be placed, which the state is without."""
    schedule = ListSchedule(problem, units, t, s)
    schedule.run(clock.pause)
    left = schedule.left
    if left:
        weight = [len(group) * 4 for group in units.members]
        search = Ejection(t, s, fixed=fixed - set(left), open_slots=[True] * t.slots, weight=weight, seed=seed)
        left, _ = search.run(left[::-1], LOOK_BACK_STEPS + 4 * len(left), clock.pause)
    reasons = {unit: _blocked(t, s, unit) for unit in left}
    lost = set(left)
    for unit in range(t.units):
        if unit in units.refused or unit in lost:
            continue
        causes = [other for other in units.before[unit] if other in lost]
        if causes:
            lost.add(unit)
            if s.slot[unit] >= 0:
                take(t, s, unit)
            reasons[unit] = Refusal(("H1",), tuple(i for other in causes for i in units.members[other]))
    return _unplaced(units, reasons, proved=False)


def _blocked(t: Tables, s: State, unit: int) -> Refusal:
    """Which rules keep a unit out of each of the slots its calendar permits, in the present plan."""
    rules: set[str] = set()
    limits: set[int] = set()
    pools: set[int] = set()
    checks = t.check_ptr[-1] * 3
    for slot in range(t.slots):
        if not t.allowed[unit * t.slots + slot]:
            continue
        for row in range(t.unit_limit_ptr[unit], t.unit_limit_ptr[unit + 1]):
            if s.free[t.unit_limit[row] + slot] < t.unit_limit_amount[row]:
                rules.add("H6")
                limits.add((t.unit_limit[row] - checks) // t.slots)
        for item in t.member[t.member_ptr[unit] : t.member_ptr[unit + 1]]:
            for choice in range(t.choice_ptr[item], t.choice_ptr[item + 1]):
                pool = t.choice_pool[choice]
                if not room(t, s, item, pool, slot):
                    pools.add(pool)
                    rules.add("H4")
    return Refusal(tuple(sorted(rules or {"H1"})), (), tuple(sorted(limits)), tuple(sorted(pools)))


def _without(problem: PlanningProblem, units: Units, t: Tables, s: State) -> tuple[State, Tables]:
    """Tables and state in which the units that are out of the plan have no slot to go to."""
    for unit in range(t.units):
        if s.slot[unit] < 0:
            units.allowed[unit] = 0
    smaller = build_tables(problem, units)
    return load(smaller, list(s.slot), list(s.choice)), smaller


def _improve(search: Search, effort: int | None, clock: _Clock, progress: Progress | None) -> tuple[int, bool]:
    """Rounds of doubling length until effort or time is spent; returns the effort and whether it was interrupted."""
    spent, length, last, stopping = 0, 1, False, False
    try:
        while length >= 1:
            if effort is not None and length >= effort - spent:
                length, last = effort - spent, True
                if not length:
                    break
            began = clock.seconds()
            search.round(length)
            spent += length
            took = clock.seconds() - began
            if progress is not None:
                progress(clock.seconds(), Objective(*search.final.costs[:LEVELS]))
            if last or stopping:
                break
            affordable = clock.left() * 0.85 / max(took / length, 1e-9)
            length *= 2
            if affordable < length:
                length, stopping = int(affordable), True
    except _OutOfTime:
        return spent, False
    except KeyboardInterrupt:
        return spent, True
    return spent, False


def _refused(units: Units) -> tuple[Unplaced, ...]:
    return _unplaced(units, units.refused, proved=True)


def _unplaced(units: Units, reasons: dict[int, Refusal], *, proved: bool) -> tuple[Unplaced, ...]:
    found = []
    for unit, reason in sorted(reasons.items()):
        found += [
            Unplaced(
                item,
                reason.rules,
                tuple(other for other in reason.items if other != item),
                reason.limits,
                reason.pools,
                proved,
            )
            for item in units.members[unit]
        ]
    return tuple(sorted(found, key=lambda entry: entry.item))


def _solution(
    problem: PlanningProblem,
    units: Units,
    t: Tables,
    plan: State,
    bounds: Bounds,
    unplaced: tuple[Unplaced, ...],
    effort: int,
    interrupted: bool,
) -> Solution:
    slot = tuple(plan.slot[unit] for unit in units.unit_of)
    pool = tuple(t.choice_pool[choice] if where >= 0 else -1 for where, choice in zip(slot, plan.choice, strict=True))
    placed_cost = sum(t.choice_cost[choice] for where, choice in zip(slot, plan.choice, strict=True) if where >= 0)
    objective = Objective(*(*plan.costs[:PLACEMENT], placed_cost))
    waves: dict[tuple[int, int], int] = {}
    for where, target in zip(slot, pool, strict=True):
        if where >= 0:
            wave = (where, problem.cloud[target])
            waves[wave] = waves.get(wave, 0) + 1
    short = tuple(sorted(wave for wave, items in waves.items() if items < problem.wave_size[0]))
    cuts: tuple[GroupCut, ...] = ()
    status = Status.INFEASIBLE if unplaced else Status.FEASIBLE
    if not unplaced and _at_bounds(objective, bounds, problem):
        status = Status.OPTIMAL
    return Solution(status, slot, pool, objective, bounds, effort, unplaced, cuts, short, interrupted)


def _at_bounds(objective: Objective, bounds: Bounds, problem: PlanningProblem) -> bool:
    """Whether no plan is better in any cost: every one equals a lower bound."""
    return (
        objective.lateness == bounds.lateness
        and objective.shortfall == 0
        and objective.slots == bounds.slots
        and objective.waves == bounds.slots
        and objective.end == bounds.end
        and objective.traffic == 0
        and not problem.risk.any()
        and not problem.critical.any()
        and objective.placement == bounds.placement
    )
