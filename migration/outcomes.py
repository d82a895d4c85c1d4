"""What becomes of lines, private networks and internet exits, as plan files carry it and as tracks read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from inventory.inventory import Inventory
from inventory.kinds.decisions import Decision
from inventory.kinds.lines import InternetExit, Line, LineDecisions, PrivateNetwork
from migration.consolidation.model import Decided
from migration.plan import LineOutcome

__all__ = ["outcome_entries", "with_outcomes"]

AnyLine = TypeVar("AnyLine", Line, PrivateNetwork, InternetExit)


def outcome_entries(decided: Iterable[Decided]) -> tuple[LineOutcome, ...]:
    """Decisions as a plan file carries them, by record."""
    entries = (
        LineOutcome(
            record=f"{each.kind}:{each.id}",
            outcome=each.outcome.value,
            by=each.by,
            code=each.reason.code,
            data=each.reason.data,
            review=each.review,
        )
        for each in decided
    )
    return tuple(sorted(entries, key=lambda entry: entry.record))


def with_outcomes(inventory: Inventory, outcomes: Iterable[LineOutcome]) -> Inventory:
    """A copy in which what nobody decided by hand has the outcome of the plan; the same inventory where nothing has."""
    known: dict[str, dict[str, LineOutcome]] = {}
    for entry in outcomes:
        kind, _, id = entry.record.partition(":")
        known.setdefault(kind, {})[id] = entry
    changed = {
        "lines": _decided(inventory.lines, known.get("line", {})),
        "private_networks": _decided(inventory.private_networks, known.get("private_network", {})),
        "internet_exits": _decided(inventory.internet_exits, known.get("internet_exit", {})),
    }
    own = (inventory.lines, inventory.private_networks, inventory.internet_exits)
    same = all(found is before for found, before in zip(changed.values(), own, strict=True))
    return inventory if same else inventory.replace(**changed)


def _decided(records: Mapping[str, AnyLine], outcomes: Mapping[str, LineOutcome]) -> Mapping[str, AnyLine]:
    open_ones = [id for id in outcomes if id in records and records[id].decisions.outcome is None]
    if not open_ones:
        return records
    found = dict(records)
    for id in open_ones:
        decision = Decision(value=outcomes[id].outcome, reason=outcomes[id].by)
        found[id] = records[id].model_copy(update={"decisions": LineDecisions(outcome=decision)})
    return found
