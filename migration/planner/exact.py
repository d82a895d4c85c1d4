"""Complete search with CP-SAT where a problem is small enough: is there really no place for what was left out?

CP-SAT is loaded only when it is needed. It runs with one worker and a limit in its own deterministic time, so the
answer depends on no clock; the wall limit beside it only keeps a promise of `solve`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from migration.planner.condense import Units
from migration.planner.tables import State, Tables

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

__all__ = ["best_placement", "new_solver", "small"]

MOST_VARIABLES = 6_000
DETERMINISTIC_SECONDS = 5.0


def new_solver(deterministic: float, wall: float) -> cp_model.CpSolver:
    """A CP-SAT solver whose result depends on the model only, unless the wall seconds run out first."""
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = deterministic
    if wall != float("inf"):
        solver.parameters.max_time_in_seconds = max(0.01, wall)
    return solver


def _options(units: Units, unit: int) -> int:
    slots = units.allowed[unit].bit_count()
    return slots * (1 + sum(len(units.choices[item]) for item in units.members[unit]))


def small(units: Units, t: Tables) -> bool:
    """Whether the whole problem has few enough (unit, slot) and (item, pool, slot) choices."""
    return sum(_options(units, unit) for unit in range(t.units) if unit not in units.refused) <= MOST_VARIABLES


def best_placement(
    units: Units, t: Tables, weight: list[int], plan: State, wall: float
) -> tuple[list[int], list[int], bool] | None:
    """Slots of the units and choices of the items of a plan that places what is worth most, and whether that is proved.

    weight: what each unit is worth. plan: where to start. None if the wall seconds ran out.
    """
    from ortools.sat.python import cp_model

    slot, choice = plan.slot, plan.choice
    model = cp_model.CpModel()
    at: dict[tuple[int, int], Any] = {}
    present: dict[int, Any] = {}
    into: dict[tuple[int, int, int], Any] = {}
    for unit in range(t.units):
        if unit in units.refused:
            continue
        present[unit] = model.new_bool_var("")
        model.add_hint(present[unit], slot[unit] >= 0)
        slots = [k for k in range(t.slots) if units.allowed[unit] >> k & 1]
        for k in slots:
            at[unit, k] = model.new_bool_var("")
            model.add_hint(at[unit, k], slot[unit] == k)
            for item in units.members[unit]:
                choices = range(t.choice_ptr[item], t.choice_ptr[item + 1])
                rows = [row for row in choices if t.mask[t.choice_mask[row] + k]]
                for row in rows:
                    into[item, row, k] = model.new_bool_var("")
                    model.add_hint(into[item, row, k], slot[unit] == k and choice[item] == row)
                model.add(sum(into[item, row, k] for row in rows) == at[unit, k])
        model.add(sum(at[unit, k] for k in slots) == present[unit])
    for unit, variable in present.items():
        for other in units.before[unit]:
            model.add_implication(variable, present[other])
            for k in range(t.slots):
                early = sum(at[other, j] for j in range(k + 1) if (other, j) in at)
                if (unit, k) in at:
                    model.add(early >= 1).only_enforce_if(at[unit, k])
    _add_counters(model, t, at, into)
    model.maximize(sum(weight[unit] * variable for unit, variable in present.items()))
    solver = new_solver(DETERMINISTIC_SECONDS, wall)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE) or (status != cp_model.OPTIMAL and solver.wall_time >= wall):
        return None
    slots_found = [-1] * t.units
    for (unit, k), variable in at.items():
        if solver.value(variable):
            slots_found[unit] = k
    choices_found = list(choice)
    for (item, row, _), variable in into.items():
        if solver.value(variable):
            choices_found[item] = row
    return slots_found, choices_found, status == cp_model.OPTIMAL


def _add_counters(
    model: cp_model.CpModel,
    t: Tables,
    at: dict[tuple[int, int], Any],
    into: dict[tuple[int, int, int], Any],
) -> None:
    """H4 to H7: no counter falls below zero."""
    uses: dict[int, list[Any]] = defaultdict(list)
    for (unit, k), variable in at.items():
        for row in range(t.unit_limit_ptr[unit], t.unit_limit_ptr[unit + 1]):
            uses[t.unit_limit[row] + k].append(t.unit_limit_amount[row] * variable)
        for row in range(t.unit_use_ptr[unit], t.unit_use_ptr[unit + 1]):
            uses[t.use_map[t.unit_use[row] + k]].append(t.unit_use_amount[row] * variable)
    for (item, choice, k), variable in into.items():
        pool = t.choice_pool[choice]
        cloud = t.cloud[pool]
        for check in range(t.check_first[pool * t.slots + max(0, k - t.lead[item])], t.check_ptr[pool + 1]):
            for resource in range(3):
                uses[3 * check + resource].append(t.demand[3 * item + resource] * variable)
        for row in range(t.cloud_limit_ptr[cloud], t.cloud_limit_ptr[cloud + 1]):
            uses[t.cloud_limit[row] + k].append(variable)
        for row in range(t.item_limit_ptr[item], t.item_limit_ptr[item + 1]):
            if t.item_limit_cloud[row] == cloud:
                uses[t.item_limit[row] + k].append(t.item_limit_amount[row] * variable)
        for row in range(t.choice_use_ptr[choice], t.choice_use_ptr[choice + 1]):
            uses[t.use_map[t.choice_use[row] + k]].append(t.choice_use_amount[row] * variable)
    uses.pop(-1, None)
    for counter, terms in uses.items():
        model.add(sum(terms) <= t.free[counter])
