"""Ledgers of different build, each compared with a result that was written by hand from what its sheets say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from inventory.load import load_estate
from tests.inventory.ledger.support import DATA, bring_in, new_estate, plan, shape

SAMPLES = sorted(path for path in DATA.iterdir() if path.with_name(path.name + ".yaml").exists())


def expected(sample: Path) -> dict[str, Any]:
    wanted: dict[str, Any] = yaml.safe_load(sample.with_name(sample.name + ".yaml").read_text(encoding="utf-8"))
    return wanted


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 12


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_sample(sample: Path, tmp_path: Path) -> None:
    found, wanted = shape(plan(sample, new_estate(tmp_path))), expected(sample)
    assert found["rows"] == wanted["rows"]
    assert found["findings"] == wanted["findings"]
    assert found["unknown"] == wanted["unknown"]
    assert found["records"] == wanted["records"]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_imported_sample_loads_and_importing_again_changes_nothing(sample: Path, tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    planned, _ = bring_in(sample, estate)
    loaded = load_estate(estate, cache=False)
    for change in planned.changes:
        assert change.id in loaded.inventory.of(change.kind) or (change.kind, change.id) in loaded.quarantined
    before = {path: path.read_bytes() for path in estate.rglob("*") if path.is_file()}
    again, report = bring_in(sample, estate)
    assert again.changes == ()
    assert report.written == ()
    assert {path: path.read_bytes() for path in estate.rglob("*") if path.is_file()} == before
