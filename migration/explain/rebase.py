"""A plan set on the present state of its estate, when the independent checker finds it sound there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from inventory.inventory import Inventory
from migration.check.verify import CheckResult, check_plan
from migration.plan import Plan
from migration.planning import changed_records

__all__ = ["Rebased", "rebase"]


@dataclass(frozen=True)
class Rebased:
    """plan: with the new hash, None where a rule is broken or a slice changed. check: what the checker found on the
    present inventory. changed: item -> records of its slice that changed since the plan was made, as KIND:ID.
    """

    plan: Plan | None
    check: CheckResult
    changed: Mapping[str, tuple[str, ...]]


def rebase(inventory: Inventory, plan: Plan, *, declared_hash: str, now: dt.date | None = None) -> Rebased:
    """Check a plan against the present inventory; where it is sound, store the present hash and ``as_of`` in it.

    Nothing is moved. What its items stand on must be as it was: changes inside slices need a new plan (planning
    contract, section 5). now: the day from which the plan is judged, default the plan's own; what still can be moved
    may not lie before it.
    """
    moved = plan.model_copy(update={"as_of": inventory.estate.as_of, "now": now or plan.now})
    found = check_plan(inventory, moved)
    changed = changed_records(inventory, plan)
    if changed or not found.sound:
        return Rebased(None, found, changed)
    fresh = {"declared_hash": declared_hash, "facts": found.facts, "violations": ()}
    return Rebased(moved.model_copy(update=fresh), found, changed)
