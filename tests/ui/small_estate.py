"""The small city of ``tests.migration.small_plan`` as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from inventory.dump import write_estate_settings, write_yaml
from inventory.kinds import KINDS
from migration.plan import Plan
from migration.plan_file import write_plan
from tests.migration.small_plan import estate, plan

__all__ = ["Files", "files"]


class Files:
    """An estate's folder and a plan's file in a folder for what a test writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.estate = folder / "estate"
        self.plan = folder / "plan.json"
        known = estate()
        self.estate.mkdir()
        write_estate_settings(self.estate, known.estate)
        write_yaml(self.estate / "records.yaml", {kind: known.of(kind).values() for kind in KINDS})
        self.write(plan())

    def write(self, made: Plan) -> None:
        """Another plan in place of the first."""
        write_plan(self.plan, made)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)
