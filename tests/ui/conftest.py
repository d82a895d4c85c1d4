"""The runner of commands, and the example's places on clouds in memory, for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.commands import Runner, runner
from tests.ui.made_stacks import MadeClouds, Places, write_places

__all__ = ["places", "runner", "standing"]


@pytest.fixture
def places(runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    clouds = MadeClouds(monkeypatch)
    found = write_places(runner, tmp_path, make=False)
    return Places(runner, clouds, Path(found["placed"]), Path(found["placed-plan"]))


@pytest.fixture
def standing(places: Places) -> Places:
    """All stacks are made."""
    assert places.up().code == 0
    return places
