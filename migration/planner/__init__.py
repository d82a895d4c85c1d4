"""The planner: a problem in numbers goes in, slots and pools come out. It knows no inventory.

problem     what is asked: frozen, validated whole
condense    move groups, their order, the slots left to them (H1, H2)
uses        what cutovers take of resources in each slot (H5, H7)
tables      the condensed problem as flat integers, and a plan's state; moves changes it
construct   the first plan; eject re-opens decisions for what found no place
improve     local search for one cost; search runs it over the costs in their order
bounds      lower bounds
solver      all of these, within an effort or a time
"""

from __future__ import annotations

from migration.planner.errors import InvalidProblem
from migration.planner.problem import PlanningProblem, Resource, SlotLimit, Use
from migration.planner.solution import Bounds, GroupCut, Objective, Solution, Status, Unplaced
from migration.planner.solver import DEFAULT_EFFORT, Progress, solve

__all__ = [
    "DEFAULT_EFFORT",
    "Bounds",
    "GroupCut",
    "InvalidProblem",
    "Objective",
    "PlanningProblem",
    "Progress",
    "Resource",
    "SlotLimit",
    "Solution",
    "Status",
    "Unplaced",
    "Use",
    "solve",
]
