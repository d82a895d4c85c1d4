"""What the estate records once an item has succeeded: the fields that ``inventory.state`` lets runs set.

``migration.check`` reads the same states when it asks what is still to be done.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inventory.base import Struct
from inventory.inventory import Inventory
from inventory.kinds.network import Ipv6Stage
from inventory.kinds.systems import Lifecycle
from migration.plan import PlanItem
from migration.runbook.parts import is_new
from migration.steps import Track

__all__ = ["DAY", "restores_of", "sets_of"]

DAY = "{date}"
"""Stands for the day on which the item ended."""
_ROOM: Mapping[str, str] = {
    "emptied": "empty",
    "handed_over": "handed_over",
    "closed": "closed",
    "colocated": "colocated",
}
_LINE: Mapping[str, str] = {
    "path_ready": "path_ready",
    "parallel_run": "parallel_run",
    "cutover": "cut_over",
    "terminated": "terminated",
}
"""A notice may come before the cutover, whose state it would take: it is on record by its item alone."""
_HARDWARE = ("upgraded", "replaced")


def sets_of(inventory: Inventory, item: PlanItem) -> dict[str, dict[str, Any]]:
    """KIND:ID -> fields that hold from then on. The item's object stands there also where no field changes, so that the
    estate records the item as done.
    """
    sets: dict[str, dict[str, Any]] = {item.object: {}}
    step = item.base_step
    if item.is_cutover:
        return sets | _moved(inventory, item)
    if item.track is Track.SYSTEM and step == "remove":
        sets[item.object] = {"lifecycle": Lifecycle.CLOSED.value}
    elif item.track is Track.ROOM and step in _ROOM:
        sets[item.object] = {"state": _ROOM[step]}
    elif item.track is Track.LINE and step in _LINE:
        sets[item.object] = {"state": _LINE[step]}
    elif item.track is Track.NETWORK and step in _HARDWARE:
        sets[item.object] = {"ipv6_capability": "ready"}
    elif item.track is Track.NETWORK:
        sets[item.object] = {"ipv6_stage": Ipv6Stage(step).value}
    elif item.track is Track.CLOUD and step == "docked":
        sets[item.object] = {"docking": {"state": "docked", "date": DAY}}
    elif item.track is Track.CLOUD and step == "dual_stack":
        sets[item.object] = {"ipv6_stage": Ipv6Stage.VERIFIED.value}
    elif item.track is Track.CLOUD and step == "extended":
        sets[f"cloud:{inventory.pools[item.object_id].cloud}"] = {"extended": DAY}
    return sets


def _moved(inventory: Inventory, item: PlanItem) -> dict[str, dict[str, Any]]:
    """The system runs in its pool, and so does each component that stood elsewhere by itself."""
    system = inventory.systems[item.object_id]
    place = {"runs_in": f"pool:{item.pool}"} if item.pool else {}
    opened = {"lifecycle": Lifecycle.IN_SERVICE.value} if is_new(system) else {}
    moved: dict[str, dict[str, Any]] = {item.object: {**place, "moved": DAY, **opened}}
    for part in system.components:
        if part.runs_in and place:
            moved[f"component:{system.id}/{part.id}"] = dict(place)
    return moved


def restores_of(inventory: Inventory, sets: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What the fields that ``sets`` names hold now: what the estate records again once the item is undone."""
    return {name: {key: _plain(inventory, name).get(key) for key in fields} for name, fields in sets.items()}


def _plain(inventory: Inventory, name: str) -> Mapping[str, Any]:
    kind, _, id = name.partition(":")
    if kind != "component":
        found: Struct = inventory.get(kind, id)
    else:
        system, _, part = id.partition("/")
        found = next(each for each in inventory.systems[system].components if each.id == part)
    return found.model_dump(mode="json")
