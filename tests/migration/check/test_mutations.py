"""Sound plans of all five tracks pass; one thing wrong with them breaks exactly the rules that the oracle names."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migration.check import CheckResult, check_plan, message
from tests.migration.check.mutations import mutated, scene_of
from tests.migration.check.oracle import expected, paths
from tests.migration.check.scenes import Scene, estate, plan

RULES = ("plan", "H4", "H5", "H6", "H7", "H8", "H9", "H10", "H11", "H12", "H13", "H14")


def checked(scene: Scene) -> CheckResult:
    result = check_plan(estate(scene), plan(scene, paths(scene)))
    assert all(message(finding) for finding in result.violations)
    return result


@settings(max_examples=120, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_exactly_the_broken_rules_are_reported(seed: int) -> None:
    random = Random(seed)
    scene = scene_of(random)
    if scene is None:
        return
    assert expected(scene) == set()
    assert checked(scene).violations == (), scene
    for _ in range(4):
        wrong = mutated(random, scene)
        result = checked(wrong)
        assert set(result.rules) == expected(wrong), (wrong, result.violations)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_broken_by_some(rule: str) -> None:
    assert COUNTS[rule] >= 1, COUNTS


def _counts() -> Counter[str]:
    found: Counter[str] = Counter()
    for seed in range(150):
        random = Random(seed)
        scene = scene_of(random)
        if scene is not None:
            found.update(rule for _ in range(4) for rule in expected(mutated(random, scene)))
            found["scenes"] += 1
    return found


COUNTS = _counts()
