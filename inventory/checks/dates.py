"""Pairs of dates in the wrong order, and facts dated after the day as of which the estate holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from inventory.checks.common import Found, about
from inventory.inventory import Inventory
from inventory.kinds.decisions import Decision

__all__ = ["check_dates"]

_PAIRS: dict[str, tuple[tuple[str, str], ...]] = {
    "line": (("contract_start", "contract_end"),),
    "carrier": (("valid_from", "valid_to"),),
    "window": (("valid_from", "valid_to"),),
    "freeze": (("start", "end"),),
    "dependency": (("first_seen", "last_seen"),),
    "cloud": (("established", "extended"),),
}

_PAST: dict[str, tuple[str, ...]] = {
    "system": ("last_used",),
    "dependency": ("first_seen", "last_seen"),
}
"""Fields that tell of what was seen."""

_DECIDED = ("system", "line", "private_network", "internet_exit", "room")


def check_dates(inventory: Inventory) -> Found:
    """Every pair of dates of which one cannot be after the other."""
    for kind, pairs in _PAIRS.items():
        for id, record in inventory.of(kind).items():
            for first, second in pairs:
                yield from _pair(inventory, kind, id, record, first, second)
    as_of = inventory.estate.as_of
    for kind, names in _PAST.items():
        for id, record in inventory.of(kind).items():
            for name in names:
                date = getattr(record, name)
                if date is not None and date > as_of:
                    yield about(
                        inventory, "fact-after-as-of", kind, id, name,
                        field=name, value=date.isoformat(), as_of=as_of.isoformat(),
                    )  # fmt: skip
    for id, system in inventory.systems.items():
        for number, evidence in enumerate(system.evidence):
            yield from _pair(inventory, "system", id, evidence, "date", "valid_until", f"evidence.{number}.")
    for kind in _DECIDED:
        for id, record in inventory.of(kind).items():
            for name, decision in _decisions(record):
                yield from _pair(inventory, kind, id, decision, "date", "until", f"decisions.{name}.")


def _decisions(record: Any) -> Iterator[tuple[str, Decision]]:
    for name, value in record.decisions:
        if isinstance(value, Decision):
            yield name, value


def _pair(inventory: Inventory, kind: str, id: str, holder: Any, first: str, second: str, prefix: str = "") -> Found:
    before: dt.date | None = getattr(holder, first)
    after: dt.date | None = getattr(holder, second)
    if before is not None and after is not None and before > after:
        yield about(
            inventory,
            "dates-reversed",
            kind,
            id,
            prefix + second,
            first=first,
            first_value=before.isoformat(),
            second=second,
            second_value=after.isoformat(),
        )
