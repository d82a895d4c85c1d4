"""Systems and their dependencies."""

from __future__ import annotations

import datetime as dt
import re

from inventory.checks.common import DISPOSITIONS, MOVES, Found, about, about_estate
from inventory.errors import SelectorError
from inventory.estate import Estate
from inventory.inventory import Inventory, end_of, nearest_names, split_ref
from inventory.kinds.clouds import Intention
from inventory.kinds.decisions import Decision
from inventory.kinds.policy import RuleKind
from inventory.kinds.systems import Component, DependencySource, Endpoint, Lifecycle, MoveGroup, System
from inventory.selectors import parse_selector

__all__ = ["check_systems"]

_SLOT = re.compile(r"\d{4}-(W\d{2}|\d{2}-\d{2})")


def check_systems(inventory: Inventory) -> Found:
    """What a system needs to be planned, its endpoints and decisions; dependencies and groups that make sense."""
    for id, system in inventory.systems.items():
        if system.duplicate_of == id:
            yield about(inventory, "duplicate-of-itself", "system", id, "duplicate_of")
        if system.classified:
            continue
        yield from _presence(inventory, id, system)
        for number, component in enumerate(system.components):
            yield from _component(inventory, id, f"components.{number}", component)
        yield from _decisions(inventory, id, system)
    yield from _dependencies(inventory)
    for id, group in inventory.move_groups.items():
        if len(set(group.systems)) < 2:
            yield about(inventory, "group-of-one", "move_group", id, "systems")
        yield from _pins(inventory, id, group)
    yield from _pools(inventory)


def _presence(inventory: Inventory, id: str, system: System) -> Found:
    if system.lifecycle is Lifecycle.CLOSED:
        return
    if not system.components:
        yield about(inventory, "system-without-components", "system", id, "components")
    placed = system.runs_in or any(part.runs_in or part.assets for part in system.components)
    if system.lifecycle is Lifecycle.IN_SERVICE and not placed:
        yield about(inventory, "system-nowhere", "system", id, "runs_in")


def _component(inventory: Inventory, id: str, path: str, component: Component) -> Found:
    if 0 < component.storage_gib < component.data_gib:
        yield about(
            inventory, "data-above-storage", "system", id, f"{path}.data_gib",
            data=component.data_gib, storage=component.storage_gib,
        )  # fmt: skip
    for field in ("endpoints", "target_endpoints"):
        for number, endpoint in enumerate(getattr(component, field)):
            yield from _endpoint(inventory, id, f"{path}.{field}.{number}", endpoint)


def _endpoint(inventory: Inventory, id: str, where: str, endpoint: Endpoint) -> Found:
    if endpoint.address is None and endpoint.address_v6 is None and not endpoint.name:
        yield about(inventory, "unpaired-endpoint", "system", id, where)
    for name, version in (("address", 4), ("address_v6", 6)):
        value = getattr(endpoint, name)
        if value is not None and (":" in value) != (version == 6):
            yield about(inventory, "address-family", "system", id, f"{where}.{name}", value=value, version=version)


def _decisions(inventory: Inventory, id: str, system: System) -> Found:
    decisions = system.decisions
    path = "decisions.{}.value"
    disposition, slot = decisions.disposition, decisions.slot
    if disposition is not None and disposition.value not in DISPOSITIONS:
        nearest = nearest_names(disposition.value, DISPOSITIONS)
        yield about(
            inventory, "bad-decision", "system", id, path.format("disposition"), nearest,
            value=disposition.value, choices=", ".join(DISPOSITIONS),
        )  # fmt: skip
    if slot is not None and not _is_slot(slot.value):
        yield about(
            inventory,
            "bad-decision",
            "system",
            id,
            path.format("slot"),
            value=slot.value,
            choices="2021-W14, 2021-04-05",
        )
    if decisions.target is not None:
        yield from _target(inventory, id, decisions.target, path.format("target"))


def _is_slot(text: str) -> bool:
    """A week (2021-W14) or a day of the calendar."""
    return _day(text) is not None


def _day(text: str) -> dt.date | None:
    """The day, or the Monday of the week, that a pin names."""
    try:
        return dt.date.fromisoformat(text) if _SLOT.fullmatch(text) else None
    except ValueError:
        return None


def _slot(estate: Estate, decision: Decision) -> int | None:
    """Number of the slot that a pin names; None where it cannot be read."""
    day = _day(decision.value)
    return None if day is None else (day - estate.first_day).days // estate.grid.length_days


def _pins(inventory: Inventory, id: str, group: MoveGroup) -> Found:
    """Members of a group that move in one slot (H2) and are pinned to several (H11)."""
    first: tuple[str, Decision] | None = None
    for member in group.systems:
        system = inventory.systems.get(member)
        pin = system.decisions.slot if system else None
        if pin is None or _slot(inventory.estate, pin) is None:
            continue
        if first is None:
            first = member, pin
        elif _slot(inventory.estate, pin) != _slot(inventory.estate, first[1]):
            other, other_pin = first
            yield about(
                inventory, "pins-contradict", "system", member, "decisions.slot.value",
                slot=pin.value, other=other, other_slot=other_pin.value, group=id,
                other_origin=str(inventory.origin("system", other)),
            )  # fmt: skip


def _pools(inventory: Inventory) -> Found:
    """Systems that a decision or a rule of the estate moves, where nothing offers capacity."""
    clouds = inventory.clouds
    targets = {id for id, cloud in clouds.items() if cloud.intention is Intention.TARGET}
    if any(pool.cloud in targets for pool in inventory.pools.values()):
        return
    outcome: dict[str, str] = {}
    rules = [rule for rule in inventory.rules.values() if rule.kind is RuleKind.DISPOSITION]
    for rule in sorted(rules, key=lambda rule: rule.order):
        try:
            selected = parse_selector(rule.selector).select(inventory, "system")
        except SelectorError:
            continue  # reported where selectors are checked
        for id in selected:
            outcome.setdefault(id, rule.outcome)
    count = 0
    for id, system in inventory.systems.items():
        decided = system.decisions.disposition
        found = decided.value if decided else outcome.get(id)
        count += found in MOVES and not system.classified and system.lifecycle is not Lifecycle.CLOSED
    if count:
        yield about_estate(inventory, "no-pools", count=count)


def _target(inventory: Inventory, id: str, decision: Decision, path: str) -> Found:
    """A decided target is a pool or a cloud of the estate, and a cloud that is a target itself (H3)."""
    kind, name = split_ref(decision.value)
    if kind not in ("pool", "cloud"):
        yield about(inventory, "bad-decision", "system", id, path, value=decision.value, choices="pool:ID, cloud:ID")
        return
    if kind == "pool":
        pool = inventory.pools.get(name)
        cloud = inventory.clouds.get(pool.cloud) if pool else None
        found = pool is not None
    else:
        cloud = inventory.clouds.get(name)
        found = cloud is not None
    if not found:
        known = [f"{kind}:{other}" for other in inventory.of(kind)]
        nearest = nearest_names(decision.value, known)
        yield about(
            inventory, "bad-decision", "system", id, path, nearest, value=decision.value, choices="pool:ID, cloud:ID"
        )
    elif cloud is not None and cloud.intention is not Intention.TARGET:
        yield about(inventory, "decided-for-a-source", "system", id, path, value=decision.value, cloud=cloud.id)


def _dependencies(inventory: Inventory) -> Found:
    waiting = 0
    for id, dependency in inventory.dependencies.items():
        if _on_itself(dependency.client, dependency.provider):
            yield about(inventory, "dependency-on-itself", "dependency", id, "to", value=dependency.provider)
        waiting += dependency.source is DependencySource.OBSERVED and not dependency.rejected
    if waiting:
        yield about_estate(inventory, "observed-unconfirmed", count=waiting)


def _on_itself(client: str, provider: str) -> bool:
    """Whether both ends are one thing; two components of one system are not."""
    if client.partition("/")[0].removeprefix("system:") != provider.partition("/")[0].removeprefix("system:"):
        return False
    ends = end_of(client), end_of(provider)
    return ends[0].component == ends[1].component or not all(end.component for end in ends)
