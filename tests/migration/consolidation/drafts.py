"""A small network with lines: a city department attached twice, a county department attached nowhere else than here."""

from __future__ import annotations

from typing import Any

from migration.consolidation.decisions import decide
from migration.consolidation.model import Decided
from tests.migration.check.builder import MONDAY, Draft

PRICES = [{"bandwidth_mbps": 10, "fee_yuan_per_month": 900}, {"bandwidth_mbps": 100, "fee_yuan_per_month": 2400}]


def lined(**settings: Any) -> Draft:
    """Two carriers, of which only the first reaches the county."""
    draft = Draft()
    draft.settings["consolidation"] = settings
    draft.add("carrier", id="first", divisions=["140000"], prices=PRICES, valid_to="2023-12-31")
    draft.add("carrier", id="second", divisions=["140100"], prices=PRICES)
    draft.change("division", "140105", parent="140000")  # the county is not below the city here
    return draft


def line(draft: Draft, id: str = "l", /, **fields: Any) -> Draft:
    """A used line from the city department to the core."""
    usual = {"department": "city", "a": "department:city", "b": "device:root", "bandwidth_mbps": 10}
    return draft.add("line", id=id, **(usual | {"p95_mbps": 2, "peak_mbps": 4, "fee_yuan_per_month": 1500} | fields))


def decided(draft: Draft, kind: str = "line", id: str = "l") -> Decided:
    """The decision about one record."""
    return next(each for each in decide(draft.inventory(), MONDAY) if (each.kind, each.id) == (kind, id))


def answer(draft: Draft, kind: str = "line", id: str = "l") -> tuple[str, str]:
    """(outcome, what decided)."""
    found = decided(draft, kind, id)
    return found.outcome.value, found.by
