"""A problem is validated whole."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from migration.planner import InvalidProblem, PlanningProblem, Resource, SlotLimit, Use


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(InvalidProblem) as caught:
        PlanningProblem(
            slots=2,
            permitted=(0b100, 0b11),
            choices=(((0, 1), (0, 2)), ((1, 0),)),
            demand=np.array([[1, 1, 1], [-1, 1, 1]]),
            capacity=np.ones((1, 2, 3), np.int64),
            cloud=(0,),
            order=np.array([[0, 2]]),
            together=((0, 5),),
            limits=(SlotLimit((1, -1), members=(0, 0), cloud=3),),
            wave_size=(3, 2),
            traffic=np.array([[0, 1, -4]]),
            pinned_slot={0: 2},
            resources=(Resource((1, -1), (Use((0, 0, 5), (1, -1, 1), (0, 2), pool=7),)),),
            choice_slots=((1,), (0b100,)),
            lead=np.array([-1, 0]),
            fee=np.array([0, -1]),
        )
    named = {fault.split(":")[0] for fault in caught.value.faults}
    assert named == {
        "permitted[0]", "choices[0]", "choices[1]", "demand", "order", "together[0]", "limits[0].capacity",
        "limits[0].members", "limits[0].cloud", "wave_size", "traffic weight", "pinned_slot",
        "resources[0].capacity", "resources[0].uses[0].items", "resources[0].uses[0].amounts",
        "resources[0].uses[0].periods", "resources[0].uses[0].pool", "choice_slots[0]", "choice_slots[1]", "lead",
        "fee",
    }  # fmt: skip


def test_wrong_shapes_are_named_before_contents_are_read() -> None:
    with pytest.raises(InvalidProblem) as caught:
        PlanningProblem(
            slots=2,
            permitted=(1, 1),
            choices=(((0, 0),),),
            demand=np.ones((2, 2), np.int64),
            capacity=np.ones((1, 3, 3), np.int64),
            cloud=(0,),
            limits=(SlotLimit((1,)),),
            resources=(Resource((1,), (Use((0, 1), (1,), (0,)),)),),
            choice_slots=((1,),),
            lead=np.array([1, 2, 3]),
            fee=np.array([1]),
        )
    named = {fault.split(":")[0] for fault in caught.value.faults}
    assert named == {
        "choices", "demand", "capacity", "limits[0].capacity", "resources[0].uses[0].amounts",
        "resources[0].uses[0].periods", "choice_slots", "lead", "fee",
    }  # fmt: skip


def test_the_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(InvalidProblem(faults=("a: b",))))
    assert error.faults == ("a: b",)
    assert "a: b" in str(error)


def test_arrays_are_copied_and_read_only() -> None:
    demand = np.ones((1, 3), np.int64)
    problem = PlanningProblem(
        slots=1, permitted=(1,), choices=(((0, 0),),), demand=demand, capacity=np.ones((1, 1, 3), np.int64), cloud=(0,)
    )
    demand[0, 0] = 7
    assert problem.demand[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        problem.demand[0, 0] = 2
