"""`solve`: from a problem to a solution, bounded by counted effort or by wall time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from migration.planner.bounds import lower_bounds
from migration.planner.condense import Units, condense
from migration.planner.construct import ListSchedule, prepare, worth
from migration.planner.cuts import cut_group
from migration.planner.eject import Ejection, load, restore
from migration.planner.exact import best_placement, small
from migration.planner.fast import available
from migration.planner.improve import ready
from migration.planner.moves import take
from migration.planner.problem import PlanningProblem
from migration.planner.reasons import blocked, lost_with, unplaced
from migration.planner.search import Search
from migration.planner.solution import Bounds, GroupCut, Objective, Solution, Status, Unplaced
from migration.planner.tables import LEVELS, MONEY, PLACEMENT, State, Tables, build_tables, empty_state

__all__ = ["DEFAULT_EFFORT", "Progress", "solve"]

DEFAULT_EFFORT = 63
LOOK_BACK_STEPS = 3000
EFFORT_TO_COMPILE = 1000
SECONDS_TO_LOAD = 25.0
SECONDS_TO_COMPILE = 100.0


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
    try:
        start = _first_plan(problem, seed, clock)
    except _OutOfTime:
        return Solution(Status.NO_SOLUTION_IN_TIME, (), (), None, Bounds(0, 0, -1, 0), 0)
    cuts = _cuts(problem, start.units, clock)
    wanted = DEFAULT_EFFORT if effort is None and time_limit is None else effort
    search = Search(
        start.tables,
        start.state,
        fixed=start.fixed,
        bounds=start.bounds,
        tolerance=tolerance,
        seed=seed,
        pause=clock.pause,
        fast=_worth_compiling(wanted, clock),
    )
    spent, interrupted = _improve(search, wanted, clock, progress)
    return _solution(problem, start, search.final, cuts, spent, interrupted)


@dataclass(frozen=True, slots=True)
class _Start:
    """The first plan and what was left out of it."""

    units: Units
    tables: Tables
    state: State
    fixed: set[int]
    bounds: Bounds
    unplaced: tuple[Unplaced, ...]


def _first_plan(problem: PlanningProblem, seed: int, clock: _Clock) -> _Start:
    """Condense, fill the slots, look back, and say what could not be placed."""
    units = condense(problem, clock.pause)
    t = prepare(problem, units, clock.pause)
    s = empty_state(t)
    fixed = {units.unit_of[item] for item in problem.pinned_slot} - set(units.refused)
    schedule = ListSchedule(problem, units, t, s)
    schedule.run(clock.pause)
    left, proved = schedule.left, False
    if left:
        weight = worth(problem, units)
        search = Ejection(t, s, fixed=fixed - set(left), open_slots=[True] * t.slots, weight=weight, seed=seed)
        left, _ = search.run(left[::-1], min(LOOK_BACK_STEPS, 100 + 20 * t.units), clock.pause)
        if left and small(units, t):
            left, proved = _prove(problem, units, t, s, clock)
    refused = unplaced(units, units.refused, proved=True)
    reasons = {unit: blocked(problem, t, s, unit) for unit in left}
    waiting = lost_with(units, left)
    for unit in waiting:
        if s.slot[unit] >= 0:
            take(t, s, unit)
    failed = unplaced(units, reasons | waiting, proved=proved)
    if failed:
        for unit in (*reasons, *waiting):
            units.allowed[unit] = 0
        t = build_tables(problem, units)
        s = load(t, list(s.slot), list(s.choice))
    bounds = lower_bounds(problem, units, t)
    everything = tuple(sorted((*refused, *failed), key=lambda entry: entry.item))
    return _Start(units, t, s, fixed - set(reasons) - set(waiting), bounds, everything)


def _cuts(problem: PlanningProblem, units: Units, clock: _Clock) -> tuple[GroupCut, ...]:
    """Edges to cut in every group that is too large for a slot (H2); shares the clock's time with the improvement."""
    found = []
    for unit, refusal in sorted(units.refused.items()):
        if "H2" in refusal.rules and {"H5", "H6", "H7"} & set(refusal.rules) and clock.left() > 0:
            cut = cut_group(problem, units, unit, clock.left() / 3)
            if cut is not None:
                found.append(cut)
    return tuple(found)


def _prove(problem: PlanningProblem, units: Units, t: Tables, s: State, clock: _Clock) -> tuple[list[int], bool]:
    """Place what complete search can; returns the units left and whether no plan places what is worth more."""
    found = best_placement(units, t, worth(problem, units), s, clock.left())
    if found is None:
        raise _OutOfTime
    slot, choice, proved = found
    restore(s, load(t, slot, choice))
    return [unit for unit in range(t.units) if unit not in units.refused and slot[unit] < 0], proved


def _worth_compiling(effort: int | None, clock: _Clock) -> bool:
    """Whether compiled loops repay the seconds it takes to load them, or to make them the first time."""
    if not available() or (effort is not None and effort < EFFORT_TO_COMPILE):
        return False
    return clock.left() > (SECONDS_TO_LOAD if ready() else SECONDS_TO_COMPILE)


def _improve(search: Search, effort: int | None, clock: _Clock, progress: Progress | None) -> tuple[int, bool]:
    """Rounds of growing length until effort or time is spent; returns the effort and whether it was interrupted."""
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
            length = min(2 * length, search.longest)
            if affordable < length:
                length, stopping = int(affordable), True
    except _OutOfTime:
        return spent, False
    except KeyboardInterrupt:
        return spent, True
    return spent, False


def _solution(
    problem: PlanningProblem, start: _Start, plan: State, cuts: tuple[GroupCut, ...], effort: int, interrupted: bool
) -> Solution:
    t = start.tables
    slot = tuple(plan.slot[unit] for unit in start.units.unit_of)
    chosen = [choice if where >= 0 else -1 for where, choice in zip(slot, plan.choice, strict=True)]
    pool = tuple(t.choice_pool[choice] if choice >= 0 else -1 for choice in chosen)
    placement = sum(t.choice_cost[choice] for choice in chosen if choice >= 0)
    objective = Objective(*(*plan.costs[:PLACEMENT], placement, plan.costs[MONEY]))
    waves = Counter((where, problem.cloud[target]) for where, target in zip(slot, pool, strict=True) if where >= 0)
    short = tuple(sorted(wave for wave, items in waves.items() if items < problem.wave_size[0]))
    status = Status.INFEASIBLE if start.unplaced else Status.FEASIBLE
    if not start.unplaced and _at_bounds(objective, start.bounds, problem):
        status = Status.OPTIMAL
    return Solution(status, slot, pool, objective, start.bounds, effort, start.unplaced, cuts, short, interrupted)


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
        and objective.money == bounds.money
    )
