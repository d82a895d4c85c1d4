"""What rests on a record with an error is not decided about; the rest is."""

from __future__ import annotations

from pathlib import Path

from inventory.load import read_estate
from migration.consolidation.decisions import Decider
from migration.planning import make_plan

BAD = Path(__file__).parents[2] / "data" / "bad" / "consolidation"


def test_decisions_that_rest_on_errors_are_held_back() -> None:
    loaded = read_estate(BAD, cache=False)
    decider = Decider(loaded.inventory, loaded.inventory.estate.as_of, quarantined=loaded.quarantined)
    assert decider.held == {
        ("line", "over-zero"): ("link", "core-edge"),
        ("line", "on-broken"): ("system", "broken"),
        ("internet_exit", "own"): ("internet_exit", "unified"),
    }
    found = {decided.id: (decided.outcome.value, decided.by) for decided in decider.decisions}
    assert found == {
        "sound": ("move", "default:moves"),
        "by-hand": ("end", "decision"),
        "jyj-zw": ("move", "default:network-moves"),
    }


def test_a_plan_has_no_outcome_for_what_is_held_back() -> None:
    loaded = read_estate(BAD, cache=False)
    plan = make_plan(loaded.inventory, effort=1, quarantined=loaded.quarantined)
    assert plan.violations == ()
    assert [entry.record for entry in plan.outcomes] == ["line:by-hand", "line:sound", "private_network:jyj-zw"]
    assert {item.object for item in plan.items if item.kind == "line"} == {"line:by-hand", "line:sound"}
