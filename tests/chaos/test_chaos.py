"""Twelve hits on a run, by one worker on SQLite and by three on two sites on PostgreSQL: every effect once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.soak.chaos import Shape, Verdict, chaos

SHAPE = Shape(systems=8, hits=12, seed=1, lease_seconds=3, away_seconds=5)


def assert_sound(verdict: Verdict) -> None:
    assert verdict.faults == []
    assert (verdict.lost, verdict.doubled) == (0, 0)
    assert sum(verdict.hits.values()) == SHAPE.hits
    assert verdict.codes[-9] >= 1, "no worker was killed"


@pytest.mark.component("namespaces")
@pytest.mark.component("sshd")
@pytest.mark.component("faketime")
def test_one_worker_on_sqlite(tmp_path: Path) -> None:
    assert_sound(chaos(tmp_path / "chaos", SHAPE, shared=False))


@pytest.mark.component("namespaces")
@pytest.mark.component("sshd")
@pytest.mark.component("faketime")
@pytest.mark.component("postgresql")
def test_three_workers_on_two_sites_on_postgresql(tmp_path: Path) -> None:
    assert_sound(chaos(tmp_path / "chaos", SHAPE, shared=True))
