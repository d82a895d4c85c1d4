"""The devices between a department and the management root: shortest routing metric, computed from the links alone."""

from __future__ import annotations

import heapq
from collections.abc import Mapping

from inventory.inventory import Inventory
from inventory.kinds.territory import AttachmentRole

__all__ = ["department_paths", "next_hops"]


def next_hops(inventory: Inventory, root: str) -> Mapping[str, str]:
    """Device -> its neighbour on the shortest way to ``root``; the root is its own. Devices that do not reach it are
    absent.

    The metric counts in the direction of travel, towards the root. Of equally short ways the one with fewer devices is
    taken, then the one whose next device has the smaller id (Dijkstra 1959, from the root outwards against the
    direction of travel).
    """
    towards: dict[str, list[tuple[str, int]]] = {}
    for link in inventory.links.values():
        towards.setdefault(link.b_device, []).append((link.a_device, link.metric_ab))
        towards.setdefault(link.a_device, []).append((link.b_device, link.metric_ba))
    hops: dict[str, str] = {}
    waiting = [(0, 0, root, root)] if root in inventory.devices else []
    while waiting:
        metric, length, via, device = heapq.heappop(waiting)
        if device in hops:
            continue
        hops[device] = via
        for other, cost in towards.get(device, ()):
            if other not in hops:
                heapq.heappush(waiting, (metric + cost, length + 1, device, other))
    return hops


def department_paths(inventory: Inventory) -> Mapping[str, tuple[str, ...]]:
    """Department -> devices from its first primary attachment to the management root, both included.

    A department whose attachment does not reach the root has that device alone; one without attachments, or an estate
    without a management root, has none.
    """
    root = inventory.estate.settings.management_root
    if root is None:
        return {}
    hops = next_hops(inventory, root)
    found: dict[str, tuple[str, ...]] = {}
    for key, department in inventory.departments.items():
        primary = [place.device for place in department.attached_to if place.role is AttachmentRole.PRIMARY]
        if primary:
            found[key] = _follow(hops, primary[0])
    return found


def _follow(hops: Mapping[str, str], device: str) -> tuple[str, ...]:
    path = [device]
    while (following := hops.get(path[-1], path[-1])) != path[-1]:
        path.append(following)
    return tuple(path)
