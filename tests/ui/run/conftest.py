"""A city that runs are tried on, and the runner of commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.run.small_run import City


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City(tmp_path / "city")
