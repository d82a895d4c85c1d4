"""System track, S4: the weight of a system."""

from __future__ import annotations

from collections.abc import Mapping

from inventory.inventory import Inventory
from inventory.kinds.policy import RiskState
from inventory.kinds.systems import Criticality, System

__all__ = ["open_risks", "risk_of"]

RISK = {Criticality.LOW: 1, Criticality.MEDIUM: 2, Criticality.HIGH: 4, Criticality.CRITICAL: 8}
"""S4: weight of a system's criticality (assumption)."""
GRADE_RISK = 2
"""S4: added from classified-protection grade 3 on (assumption)."""
LEDGER_RISK = {"low": 1, "medium": 2, "high": 4}
"""S4: added for each open entry of the risk ledger, by its grade (assumption); other grades count as medium."""


def risk_of(ledger: Mapping[str, int], system: System) -> int:
    """S4: weight of a system: criticality, grade, open entries of the risk ledger."""
    graded = GRADE_RISK if (system.grade or 0) >= 3 else 0
    return RISK[system.criticality] + graded + ledger.get(system.id, 0)


def open_risks(inventory: Inventory) -> dict[str, int]:
    """System -> what the open entries of the risk ledger add to its weight (S4)."""
    found: dict[str, int] = {}
    for risk in inventory.risks.values():
        kind, _, id = risk.object.partition(":")
        if kind == "system" and risk.state is RiskState.OPEN:
            found[id] = found.get(id, 0) + LEDGER_RISK.get(risk.grade.lower(), LEDGER_RISK["medium"])
    return found
