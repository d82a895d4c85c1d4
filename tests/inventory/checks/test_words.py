"""Words that checks know are the words that other packages use."""

from __future__ import annotations

from inventory.checks.common import DISPOSITIONS
from inventory.checks.policy import KINDS_OF_METRIC
from inventory.kinds import KINDS
from inventory.kinds.policy import Metric
from migration.plan import Disposition


def test_dispositions_are_those_of_plans() -> None:
    assert set(DISPOSITIONS) == {disposition.value for disposition in Disposition}


def test_each_metric_counts_a_kind() -> None:
    assert set(KINDS_OF_METRIC) == set(Metric)
    assert set(KINDS_OF_METRIC.values()) <= set(KINDS)
