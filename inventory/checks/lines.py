"""Dedicated lines, internet exits: ends, bandwidth, decisions."""

from __future__ import annotations

from typing import Any

from inventory.checks.common import Found, about
from inventory.inventory import Inventory, nearest_names

__all__ = ["check_lines"]

_OUTCOMES = ("move", "backup", "keep", "internal_network", "end")


def check_lines(inventory: Inventory) -> Found:
    """Lines with two different ends, use within the bandwidth, exits with an owner, decisions that exist."""
    for id, line in inventory.lines.items():
        if line.classified:
            continue
        for name in ("a", "b"):
            if getattr(line, name) is None:
                yield about(inventory, "line-without-end", "line", id, name, end=name)
        if line.a is not None and line.a == line.b:
            yield about(inventory, "line-to-itself", "line", id, "b", value=line.a)
        yield from _use(inventory, "line", id, line, ("p95_mbps", "peak_mbps"))
    for id, link in inventory.links.items():
        yield from _use(inventory, "link", id, link, ("p95_mbps", "peak_mbps"))
    for id, way_out in inventory.internet_exits.items():
        yield from _use(inventory, "internet_exit", id, way_out, ("p95_mbps",))
        if way_out.department is None and way_out.division is None:
            yield about(inventory, "exit-without-owner", "internet_exit", id, "department")
    yield from _decisions(inventory)


def _use(inventory: Inventory, kind: str, id: str, record: Any, names: tuple[str, ...]) -> Found:
    """Readings above the bandwidth; a bandwidth of 0 means that it is not known."""
    for name in names:
        value = getattr(record, name)
        if value is not None and 0 < record.bandwidth_mbps < value:
            yield about(
                inventory, "use-above-bandwidth", kind, id, name,
                field=name, value=value, bandwidth=record.bandwidth_mbps,
            )  # fmt: skip
    if len(names) > 1 and record.p95_mbps and record.peak_mbps and record.p95_mbps > record.peak_mbps:
        yield about(inventory, "p95-above-peak", kind, id, "p95_mbps", p95=record.p95_mbps, peak=record.peak_mbps)


def _decisions(inventory: Inventory) -> Found:
    for kind in ("line", "private_network", "internet_exit"):
        for id, record in inventory.of(kind).items():
            decision = getattr(record, "decisions").outcome  # noqa: B009 - the union of kinds has no common attribute
            if decision is not None and decision.value not in _OUTCOMES:
                yield about(
                    inventory, "bad-decision", kind, id, "decisions.outcome.value",
                    nearest_names(decision.value, _OUTCOMES), value=decision.value, choices=", ".join(_OUTCOMES),
                )  # fmt: skip
