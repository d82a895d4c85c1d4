"""Whole estates: decisions are routed, the routes pass the verifier, and the bound is near."""

from __future__ import annotations

from pathlib import Path

import pytest

from inventory.load import load_estate
from migration.consolidation.check import check_routes
from migration.consolidation.decisions import decide
from migration.consolidation.model import Outcome
from migration.consolidation.routing import route
from tests.borders.tree import ROOT

SMALL = sorted(path.parent for path in (ROOT / "tests" / "data" / "consolidation").glob("*/*/estate.yaml"))


@pytest.mark.parametrize("folder", [*SMALL, ROOT / "examples" / "kaifeng"], ids=lambda folder: folder.parent.name)
def test_routes_of_an_estate_are_sound(folder: Path) -> None:
    loaded = load_estate(folder)
    inventory, now = loaded.inventory, loaded.inventory.estate.as_of
    decisions = decide(inventory, now, quarantined=loaded.quarantined)
    found = route(inventory, decisions, now=now, time_limit=60)
    assert check_routes(inventory, found, now=now) == ()
    asked = {one.id for one in decisions if one.kind == "line" and one.outcome in (Outcome.MOVE, Outcome.BACKUP)}
    assert {one.line for one in found.routes} | found.unplaced.keys() <= asked
    assert found.bound_yuan is not None
    assert found.bound_yuan == pytest.approx(found.cost_yuan, rel=1e-3, abs=1)
