"""The checker against the rules said a second time, on random tiny estates with random plans."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from migration.check import check_plan
from tests.migration.check.worlds import build, expected, world

RULES = ("plan", "H1", "H2", "H3", "H4", "H6", "H8", "H10", "H11")


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_exactly_the_broken_rules_are_reported(seed: int) -> None:
    scene = world(Random(seed))
    result = check_plan(*build(scene))
    assert set(result.rules) == expected(scene), (scene, result.violations)


def test_every_rule_binds_now_and_then() -> None:
    scenes = [world(Random(seed)) for seed in range(400)]
    broken = Counter(rule for scene in scenes for rule in expected(scene))
    shares = {rule: broken[rule] / len(scenes) for rule in RULES}
    assert all(0.1 <= share <= 0.9 for share in shares.values()), shares
