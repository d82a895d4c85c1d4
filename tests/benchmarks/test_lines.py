"""The peer of routing is an oracle too: on small problems it finds what trying everything finds."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from benchmarks._lines import planted
from migration.consolidation.check import check_routes
from migration.consolidation.routing import route
from tests.borders.tree import ROOT
from tests.migration.consolidation.routing.small import best_cost, random_problem

SEEDS = range(12)
# HiGHS and OR-Tools cannot be loaded into one process.
PEER = """
import json
from benchmarks._highs import solve_monolithic
from tests.migration.consolidation.routing.small import random_problem
found = [solve_monolithic(random_problem(seed), seconds=60, threads=1).state for seed in range(12)]
print(json.dumps([None if state is None else state.cost for state in found]))
"""


def test_the_whole_program_has_the_least_cost() -> None:
    result = subprocess.run([sys.executable, "-c", PEER], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(result.stdout) == pytest.approx([best_cost(random_problem(seed)) for seed in SEEDS], abs=2e-3)


def test_a_planted_estate_is_routed_below_what_was_planted() -> None:
    made = planted(30)
    found = route(made.inventory, made.decisions, plan=made.plan, time_limit=30, rounds=20)
    assert found.unplaced == {}
    assert found.bound_yuan is not None
    assert found.bound_yuan <= found.cost_yuan <= made.cost
    assert check_routes(made.inventory, found, plan=made.plan) == ()
