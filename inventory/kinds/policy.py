"""What was promised and ruled: targets, rules, the risk ledger."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from inventory.base import Record, SelectorText, Struct, Text, TypedRef, Words, field

__all__ = ["Metric", "Risk", "RiskEvidence", "RiskState", "Rule", "RuleEffect", "RuleKind", "Target"]


class Metric(StrEnum):
    """What a target counts, of the objects it selects."""

    SYSTEMS_MOVED = "systems_moved"
    SYSTEMS_RETIRED = "systems_retired"
    ROOMS_CLOSED = "rooms_closed"
    DEVICES_DUAL_STACK = "devices_dual_stack"
    LINES_ENDED = "lines_ended"
    PRIVATE_NETWORKS_MERGED = "private_networks_merged"
    CLOUDS_DOCKED = "clouds_docked"
    DEPARTMENTS_ATTACHED = "departments_attached"


class Target(Record):
    """A promise with a date."""

    name: Text = field("Name", "", example="2021年底前完成市级IPv6改造")
    metric: Metric = field("What is counted", example="systems_moved")
    selector: Annotated[str, SelectorText()] = field("Objects it holds for", "")
    value: float = field("Share of the selected objects that must be done (1 = all)", 1.0, gt=0, le=1)
    date: dt.date = field("Last day", example="2021-12-31")
    hard: bool = field("A hard deadline (H10); otherwise lateness is a cost (S1)", False)
    weight: int = field("Weight of a day of lateness", 1, ge=0)
    owner_role: Text = field("Role that answers for it", "")
    note: Text = field("Free text", "")


class RuleKind(StrEnum):
    """What a rule decides."""

    DISPOSITION = "disposition"
    PLACEMENT = "placement"


class RuleEffect(StrEnum):
    """What a placement rule does with the pools that its outcome selects."""

    ONLY = "only"
    NEVER = "never"
    PREFER = "prefer"


class Rule(Record):
    """Policy as data, tried in order: for dispositions the first match wins, placement rules all apply."""

    name: Text = field("Name", "")
    kind: RuleKind = field("What it decides", example="disposition")
    order: int = field("Place in the order; rules of equal order keep the order of the file", 0)
    selector: Annotated[str, SelectorText()] = field("Systems it holds for", "", example="kind:system system.kind:mail")
    effect: RuleEffect = field("Placement rules: what to do with the selected pools", RuleEffect.ONLY)
    outcome: Words = field("A disposition, or a selector of pools", example="repurchase")
    reason: Text = field("Why", "")
    source: Text = field("Document it comes from", "")
    note: Text = field("Free text", "")


class RiskState(StrEnum):
    """State of a ledger entry."""

    OPEN = "open"
    TREATED = "treated"
    ACCEPTED = "accepted"
    CLOSED = "closed"


class RiskEvidence(Struct):
    """Proof that a risk was treated."""

    path: Text = field("File below evidence/", "")
    sha256: Text = field("SHA-256 of the file", "")


class Risk(Record):
    """An entry of the risk ledger (风险台账)."""

    name: Text = field("What may happen", "")
    object: Annotated[
        str, TypedRef(("system", "device", "line", "room", "cloud", "pool", "department", "private_network"))
    ] = field("What it concerns, as KIND:ID", example="system:140000-mzt-0003")
    grade: Literal["low", "medium", "high", "critical"] = field("Grade", "medium")
    owner_role: Text = field("Role that answers for it", "")
    due: dt.date | None = field("Due date", None)
    state: RiskState = field("State", RiskState.OPEN)
    evidence: tuple[RiskEvidence, ...] = field("Evidence", ())
    note: Text = field("Free text", "")
