"""Words that checks know are the words that other packages use."""

from __future__ import annotations

from inventory.checks.common import DISPOSITIONS, MOVES
from inventory.checks.policy import KINDS_OF_METRIC
from inventory.kinds import KINDS
from inventory.kinds.policy import Metric
from inventory.tables.steps import STEPS
from migration import steps
from migration.plan import Disposition


def test_dispositions_are_those_of_plans() -> None:
    assert set(DISPOSITIONS) == {disposition.value for disposition in Disposition}
    assert set(MOVES) == {disposition.value for disposition in Disposition if disposition.moves}


def test_steps_are_those_of_plans() -> None:
    assert {track.value: tuple(named) for track, named in steps.STEPS.items()} == STEPS


def test_each_metric_counts_a_kind() -> None:
    assert set(KINDS_OF_METRIC) == set(Metric)
    assert set(KINDS_OF_METRIC.values()) <= set(KINDS)
