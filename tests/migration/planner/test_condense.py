"""Move groups, slots left by order, and edges to cut."""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migration.planner import PlanningProblem, Resource, SlotLimit, Status, Use, solve
from migration.planner.condense import condense, propagate, strongly_connected
from tests.migration.planner.brute import largest_component


def problem(items: int, slots: int = 4, **fields: Any) -> PlanningProblem:
    """A problem with one roomy pool."""
    given_fields: dict[str, Any] = {
        "slots": slots,
        "permitted": ((1 << slots) - 1,) * items,
        "choices": (((0, 0),),) * items,
        "demand": np.ones((items, 3), np.int64),
        "capacity": np.full((1, slots, 3), 10_000),
        "cloud": (0,),
        **fields,
    }
    return PlanningProblem(**given_fields)


@given(st.integers(1, 8).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, n - 1)] * 2)))))
def test_components_are_mutual_reachability_in_topological_order(graph: tuple[int, list[tuple[int, int]]]) -> None:
    count, edges = graph
    after: list[list[int]] = [[] for _ in range(count)]
    reach = np.eye(count, dtype=bool)
    for a, b in edges:
        after[a].append(b)
        reach[a, b] = True
    for middle in range(count):
        reach |= np.outer(reach[:, middle], reach[middle])
    found, number = strongly_connected(after)
    assert set(found) == set(range(number))
    for a in range(count):
        for b in range(count):
            assert (found[a] == found[b]) == bool(reach[a, b] and reach[b, a])
            if reach[a, b]:
                assert found[a] >= found[b]


def test_groups_and_cycles_become_one_unit() -> None:
    units = condense(problem(6, order=[[0, 1], [1, 0], [1, 2]], together=((2, 3), (3, 4))))
    assert sorted(units.members) == [(0, 1), (2, 3, 4), (5,)]
    assert units.unit_of[0] < units.unit_of[2]


def test_order_narrows_slots_from_both_sides() -> None:
    units = condense(problem(3, permitted=(0b1100, 0b1111, 0b0111), order=[[0, 1], [1, 2]]))
    propagate(units)
    assert [units.allowed[units.unit_of[item]] for item in range(3)] == [0b0100, 0b0100, 0b0100]


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ({"permitted": (0, 15)}, ("H8",)),
        ({"choices": ((), ((0, 0),))}, ("H3",)),
        ({"demand": [[20_000, 1, 1], [1, 1, 1]]}, ("H4",)),
        ({"limits": (SlotLimit((0, 0, 0, 0), members=(0,)),)}, ("H6",)),
        ({"pinned_slot": {0: 2}, "permitted": (0b0011, 15)}, ("H11", "H8")),
        ({"together": ((0, 1),), "permitted": (0b0011, 0b1100)}, ("H2", "H8")),
        ({"together": ((0, 1),), "pinned_slot": {0: 1, 1: 2}}, ("H11", "H2")),
        ({"order": [[1, 0]], "permitted": (0b0001, 0b1000)}, ("H1", "H8")),
        ({"together": ((0, 1),), "wave_size": (0, 1)}, ("H2", "H6")),
        ({"choice_slots": ((0,), (15,))}, ("H9",)),
        ({"choice_slots": ((3,), (15,)), "permitted": (0b1100, 15)}, ("H9",)),
        ({"choice_slots": ((3,), (15,)), "pinned_slot": {0: 2}}, ("H11", "H9")),
        ({"choice_slots": ((3,), (15,)), "capacity": [[[0] * 3, [0] * 3, [9] * 3, [9] * 3]]}, ("H4", "H9")),
        ({"capacity": [[[0] * 3, [0] * 3, [9] * 3, [9] * 3]], "lead": [2, 0]}, ("H4",)),
        ({"resources": (Resource((1,), (Use((0,), (2,), (0,) * 4),)),)}, ("H5",)),
        ({"resources": (Resource((1,), (Use((0,), (2,), (0,) * 4, pool=0),), "H7"),)}, ("H7",)),
        ({"resources": (Resource((3,), (Use((0,), (2,), (0,) * 4),) * 2),)}, ("H5",)),
        ({"resources": (Resource((3,), (Use((0,), (2,), (0,) * 4), Use((0,), (2,), (0,) * 4, pool=0))),)}, ("H5",)),
        ({"resources": (Resource((3,), (Use((0, 1), (2, 2), (0,) * 4),)),), "together": ((0, 1),)}, ("H2", "H5")),
        (
            {"resources": (Resource((3,), (Use((0, 1), (2, 2), (0,) * 4, pool=0),), "H7"),), "together": ((0, 1),)},
            ("H2", "H7"),
        ),
    ],
)
def test_what_cannot_be_placed_names_its_rules(fields: dict[str, Any], rules: tuple[str, ...]) -> None:
    solution = solve(problem(2, **fields), effort=1)
    assert solution.status is Status.INFEASIBLE
    assert solution.unplaced[0].item == 0
    assert solution.unplaced[0].rules == rules
    assert solution.unplaced[0].proved


def test_a_capacity_needed_ahead_moves_the_first_slot() -> None:
    capacity = [[[0] * 3, [9] * 3, [9] * 3, [9] * 3]]
    units = condense(problem(1, capacity=capacity, lead=[2]))
    assert units.allowed == [0b1000]
    assert condense(problem(1, lead=[2])).allowed == [0b1111]


def test_refusals_name_the_resources_and_pools_in_the_way() -> None:
    enough, scarce = Resource((9,), (Use((0, 1), (2, 2), (0,) * 4),)), Resource((1,), (Use((0,), (2,), (0,) * 4),))
    short = solve(problem(2, resources=(enough, scarce)), effort=0).unplaced
    assert [(entry.item, entry.rules, entry.resources) for entry in short] == [(0, ("H5",), (1,))]
    closed = solve(problem(2, choice_slots=((0,), (15,))), effort=0).unplaced
    assert [(entry.item, entry.rules, entry.pools) for entry in closed] == [(0, ("H9",), (0,))]


def test_what_finds_no_place_for_lack_of_a_resource_names_it() -> None:
    team = Resource((3, 3), (Use((0, 1, 2), (2, 2, 2), (0, 1)),))
    found = solve(problem(3, slots=2, resources=(team,), priority=[3, 2, 1]), effort=0).unplaced
    assert [(entry.item, entry.rules, entry.resources, entry.proved) for entry in found] == [(2, ("H5",), (0,), True)]


def test_periods_that_can_never_run_short_are_left_out() -> None:
    roomy = Resource((9, 9), (Use((0, 1), (2, 2), (0, 0, 1, 1)), Use((0, 1), (2, 2), (1, 1, 1, 1))))
    tight = Resource((9, 7), roomy.uses)
    assert condense(problem(2, resources=(roomy,))).uses.free == []
    assert condense(problem(2, resources=(tight,))).uses.free == [7]


def test_an_item_that_moves_waits_for_a_slot_that_a_group_before_it_can_be_in() -> None:
    together = SlotLimit((0, 2, 2, 2), members=(0, 1), cloud=0)
    found = solve(problem(3, permitted=(15, 15, 1), limits=(together,), together=((0, 1),), order=[[0, 2]]), effort=0)
    assert [entry.item for entry in found.unplaced] == [2]


def test_clients_of_an_unplaced_item_are_unplaced_and_the_rest_is_planned() -> None:
    solution = solve(problem(4, permitted=(0, 15, 15, 15), order=[[0, 1], [1, 2]]), effort=1)
    assert [entry.item for entry in solution.unplaced] == [0, 1, 2]
    assert [entry.rules for entry in solution.unplaced] == [("H8",), ("H1",), ("H1",)]
    assert [entry.because for entry in solution.unplaced] == [(), (0,), (1,)]
    assert solution.slot[3] >= 0


def test_a_long_cycle_is_cut_once() -> None:
    ring = [[item, (item + 1) % 1000] for item in range(1000)]
    solution = solve(problem(1000, slots=20, order=ring, wave_size=(0, 100)), effort=1)
    assert len(solution.unplaced) == 1000
    (cut,) = solution.cuts
    assert len(cut.order) == 1
    assert cut.exact


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_cuts_are_the_fewest_that_leave_parts_that_fit(seed: int) -> None:
    random = Random(seed)
    count, most = 6, random.randint(1, 4)
    order = {(item, (item + 1) % count) for item in range(count)}
    order |= {(random.randrange(count), random.randrange(count)) for _ in range(random.randint(0, 6))}
    pairs = sorted((a, b) for a, b in order if a != b)
    solution = solve(problem(count, order=pairs, wave_size=(0, most)), effort=0)
    (cut,) = solution.cuts
    assert cut.exact
    left = [pair for pair in pairs if pair not in cut.order]
    assert largest_component(range(count), left, ()) <= most
    for fewer in combinations(pairs, len(cut.order) - 1):
        assert largest_component(range(count), [pair for pair in pairs if pair not in fewer], ()) > most


def test_a_group_too_large_for_a_team_is_cut() -> None:
    team = Resource((4,) * 4, (Use(tuple(range(4)), (2,) * 4, (0, 1, 2, 3)),))
    solution = solve(problem(4, order=[[0, 1], [1, 2], [2, 3], [3, 0]], resources=(team,)), effort=0)
    assert {entry.rules for entry in solution.unplaced} == {("H2", "H5")}
    (cut,) = solution.cuts
    assert (len(cut.order), cut.exact) == (1, True)
