"""Selectors of all records and settings, outcomes of rules, ranges of settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from inventory.checks.common import DISPOSITIONS, Found, about, about_estate
from inventory.errors import SelectorError
from inventory.inventory import Inventory, nearest_names
from inventory.kinds.policy import Metric, Rule, RuleKind
from inventory.problems import Problem
from inventory.routing_settings import RoutingSettings
from inventory.selectors import Selector, parse_selector
from inventory.tables.steps import STEPS

__all__ = ["KINDS_OF_METRIC", "check_policy"]

KINDS_OF_METRIC: dict[Metric, str] = {
    Metric.SYSTEMS_MOVED: "system",
    Metric.SYSTEMS_RETIRED: "system",
    Metric.ROOMS_CLOSED: "room",
    Metric.DEVICES_DUAL_STACK: "device",
    Metric.LINES_ENDED: "line",
    Metric.PRIVATE_NETWORKS_MERGED: "private_network",
    Metric.CLOUDS_DOCKED: "cloud",
    Metric.DEPARTMENTS_ATTACHED: "department",
}
"""What each metric of a target counts."""

_WORKED_ON = (
    "cloud",
    "pool",
    "room",
    "device",
    "link",
    "private_network",
    "internet_exit",
    "line",
    "department",
    "division",
    "system",
    "asset",
)
"""Kinds that teams, windows and freezes are about, the rarer ones first."""


def check_policy(inventory: Inventory) -> Found:
    """Every selector can be read in its place and selects something; every outcome exists."""
    for id, team in inventory.teams.items():
        yield from _record(inventory, "team", id, "serves", team.serves, _WORKED_ON)
    for id, window in inventory.windows.items():
        yield from _record(inventory, "window", id, "selector", window.selector, _WORKED_ON)
    for id, freeze in inventory.freezes.items():
        yield from _record(inventory, "freeze", id, "selector", freeze.selector, _WORKED_ON)
    for id, vpn in inventory.vpns.items():
        yield from _record(inventory, "vpn", id, "members", vpn.members, _WORKED_ON)
    for id, target in inventory.targets.items():
        yield from _record(inventory, "target", id, "selector", target.selector, (KINDS_OF_METRIC[target.metric],))
    for id, rule in inventory.rules.items():
        yield from _rule(inventory, id, rule)
    yield from _settings(inventory)


def _record(inventory: Inventory, kind: str, id: str, path: str, text: str, kinds: Sequence[str]) -> Found:
    complaint = _complaint(inventory, text, kinds)
    if complaint is not None:
        code, nearest, data = complaint
        yield about(inventory, code, kind, id, path, nearest, **data)


def _complaint(inventory: Inventory, text: str, kinds: Sequence[str]) -> tuple[str, str, dict[str, str]] | None:
    """(code, nearest, data) of what is wrong with a selector that is to select records of ``kinds``."""
    if not text.strip():
        return None
    try:
        selector = parse_selector(text)
        selector.validate(kinds)
    except SelectorError as error:
        choices = str(error.data.get("expected", "")).split(", ")
        nearest = error.data.get("nearest") or nearest_names(str(error.data.get("value", "")), choices)
        return error.code, "" if nearest == "-" else nearest, error.data
    if _selects(inventory, selector, kinds):
        return None
    return "empty-selector", "", {"selector": text}


def _selects(inventory: Inventory, selector: Selector, kinds: Sequence[str]) -> bool:
    return any(
        selector.matches(inventory, kind, record)
        for kind in kinds
        if kind in selector.kinds
        for record in inventory.of(kind).values()
    )


def _rule(inventory: Inventory, id: str, rule: Rule) -> Found:
    yield from _record(inventory, "rule", id, "selector", rule.selector, ("system",))
    if rule.kind is RuleKind.PLACEMENT:
        yield from _record(inventory, "rule", id, "outcome", rule.outcome, ("pool",))
    elif rule.outcome not in DISPOSITIONS:
        nearest = nearest_names(rule.outcome, DISPOSITIONS)
        yield about(
            inventory,
            "bad-decision",
            "rule",
            id,
            "outcome",
            nearest,
            value=rule.outcome,
            choices=", ".join(DISPOSITIONS),
        )


def _settings(inventory: Inventory) -> Found:
    settings = inventory.estate.settings
    for number, limit in enumerate(settings.limits):
        complaint = _complaint(inventory, limit.selector, (limit.per.value,))
        if complaint is not None:
            code, nearest, data = complaint
            yield _of_settings(inventory, code, f"settings.limits.{number}.selector", nearest, data)
    for path, text in _routing_selectors(settings.routing):
        complaint = _complaint(inventory, text, ("device",))
        if complaint is not None:
            code, nearest, data = complaint
            yield _of_settings(inventory, code, f"settings.routing.{path}", nearest, data)
    for number, given in enumerate(settings.consolidation.rules):
        complaint = _complaint(inventory, given.selector, (given.kind,))
        if complaint is not None:
            code, nearest, data = complaint
            yield _of_settings(inventory, code, f"settings.consolidation.rules.{number}.selector", nearest, data)
    for number, row in enumerate(settings.effort):
        steps = STEPS[row.track]
        if row.step not in steps:
            data = {"track": row.track, "value": row.step, "choices": ", ".join(steps)}
            path = f"settings.effort.{number}.step"
            yield _of_settings(inventory, "unknown-step", path, nearest_names(row.step, steps), data)
    if settings.wave_size.min > settings.wave_size.max:
        data = {"least": str(settings.wave_size.min), "most": str(settings.wave_size.max)}
        yield _of_settings(inventory, "range-reversed", "settings.wave_size.min", "", data)


def _routing_selectors(routing: RoutingSettings) -> Iterator[tuple[str, str]]:
    """(path, selector) of the selectors that are written; empty ones mean a default."""
    yield from ((name, text) for name in ("reflectors", "speakers") if (text := getattr(routing, name)))
    yield from ((f"areas.{number}.devices", rule.devices) for number, rule in enumerate(routing.areas))


def _of_settings(inventory: Inventory, code: str, path: str, nearest: str, data: dict[str, str]) -> Problem:
    return about_estate(inventory, code, path, nearest, **data)
