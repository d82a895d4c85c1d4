"""What becomes of each system, and the rule or decision that says so.

In this order, the first that holds: a decision by hand; the estate's disposition rules by their ``order``, equal ones
as in the files; the built-in rules of ``tables/dispositions.py``. Classified systems are out of scope: they have none.
"""

from __future__ import annotations

from collections.abc import Mapping

from inventory.inventory import Inventory
from inventory.kinds.policy import Rule, RuleKind
from inventory.kinds.systems import Lifecycle, System
from inventory.selectors import parse_selector
from migration.errors import PolicyError
from migration.plan import Disposed, Disposition
from migration.tables.dispositions import DEFAULTS

__all__ = ["DECISION", "dispositions", "estate_rules"]

DECISION = "decision"
"""Stands in the place of a rule's id where people decided by hand."""

NOT_YET = (Lifecycle.PLANNED, Lifecycle.BUILDING)


def estate_rules(inventory: Inventory, kind: RuleKind) -> tuple[Rule, ...]:
    """The estate's rules of one kind in the order in which they are tried."""
    return tuple(sorted((rule for rule in inventory.rules.values() if rule.kind == kind), key=lambda rule: rule.order))


def dispositions(inventory: Inventory) -> Mapping[str, Disposed]:
    """System -> disposition, for all but classified systems, by id. PolicyError for an outcome that does not exist."""
    ruled = _ruled(inventory)
    return {
        key: _decided(system) or ruled.get(key) or _default(inventory, system)
        for key, system in sorted(inventory.systems.items())
        if not system.classified
    }


def _decided(system: System) -> Disposed | None:
    decision = system.decisions.disposition
    if decision is None:
        return None
    outcome = _disposition(decision.value, f"system:{system.id}")
    return _disposed(system, outcome, DECISION, decision.reason, decision.role)


def _ruled(inventory: Inventory) -> dict[str, Disposed]:
    found: dict[str, Disposed] = {}
    for rule in estate_rules(inventory, RuleKind.DISPOSITION):
        outcome = _disposition(rule.outcome, f"rule:{rule.id}")
        for system in parse_selector(rule.selector).select(inventory, "system").values():
            if isinstance(system, System) and system.id not in found:
                found[system.id] = _disposed(system, outcome, rule.id, rule.reason)
    return found


def _default(inventory: Inventory, system: System) -> Disposed:
    rule = next(rule for rule in DEFAULTS if rule.holds(inventory, system))
    return _disposed(system, rule.outcome, rule.id)


def _disposed(system: System, outcome: Disposition, rule: str, reason: str = "", role: str = "") -> Disposed:
    direct = outcome.moves and system.lifecycle in NOT_YET
    return Disposed(system=system.id, disposition=outcome, rule=rule, reason=reason, role=role, direct=direct)


def _disposition(value: str, record: str) -> Disposition:
    try:
        return Disposition(value.strip().lower())
    except ValueError:
        known = ", ".join(outcome.value for outcome in Disposition)
        raise PolicyError("unknown-disposition", record=record, value=value, known=known) from None
