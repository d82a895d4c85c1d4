"""The way to stacks and clouds."""

from __future__ import annotations

from pathlib import Path

import pytest

from migration.run.settings import WorkerSettings
from stacks.worksite import open_desk, worksite_of


@pytest.mark.component("pulumi")
def test_a_cloud_is_logged_in_to_once(tmp_path: Path) -> None:
    """Each login keeps its connections open, and a service has only so many."""
    desk = open_desk(worksite_of(WorkerSettings(), estate=tmp_path), who="test")
    assert desk.look("a", "", "p") is desk.look("a", "", "p")
    assert desk.look("a", "", "p") is not desk.look("a", "", "q")
