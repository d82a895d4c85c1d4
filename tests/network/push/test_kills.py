"""Pushers killed at random lines, as processes of their own, over real SSH: the devices come back by themselves."""

from __future__ import annotations

import random
from pathlib import Path

from tools.push_kills.__main__ import run_simulated
from tools.push_kills.killing import faults_of, moments

KILLS, SEED = 5, 3


def test_every_device_is_as_before_within_the_guards_time(tmp_path: Path) -> None:
    kills = run_simulated(KILLS, SEED, tmp_path)
    assert len(kills) == KILLS
    assert faults_of(kills) == []
    assert any(kill.changed for kill in kills), "no kill came after a change: another seed shows more"


def test_moments_are_lines_of_the_push_and_what_lies_between() -> None:
    points = moments(random.Random(1), 7)
    found = {next(points) for _ in range(500)}
    assert found == {*(f"line {number}" for number in range(1, 8)), "armed 0", "sent 0", "tested 0"}
