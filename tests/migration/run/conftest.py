"""Fixtures of the run's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.migration.run.engine import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A store on SQLite, and a fake executor."""
    made = Bench(f"sqlite:///{tmp_path}/runs.db", tmp_path)
    yield made
    made.store.close()
