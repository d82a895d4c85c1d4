"""The devices between a department and the management root: shortest routing metric, computed from the links alone."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from itertools import count

from inventory.inventory import Inventory
from inventory.kinds.territory import AttachmentRole

__all__ = ["department_paths", "next_hops"]


def next_hops(inventory: Inventory, root: str) -> Mapping[str, str]:
    """Device -> its neighbour on the shortest way to ``root``; the root is its own. Devices that do not reach it are
    absent.

    The metric counts in the direction of travel, towards the root; of parallel links the smallest. Of equally short
    ways the one found first counts, from the root outwards along links in the order of their ids (Dijkstra 1959).
    """
    metrics: dict[str, dict[str, int]] = {device: {} for device in inventory.devices}
    for _, link in sorted(inventory.links.items()):
        for start, end, metric in (
            (link.a_device, link.b_device, link.metric_ab),
            (link.b_device, link.a_device, link.metric_ba),
        ):
            metrics[end][start] = min(metric, metrics[end].get(start, metric))
    if root not in metrics:
        return {}
    found, best, hops = count(), {root: 0}, dict[str, str]()
    waiting = [(0, next(found), root, root)]
    while waiting:
        metric, _, device, via = heapq.heappop(waiting)
        if device in hops:
            continue
        hops[device] = via
        for other, cost in metrics[device].items():
            if other not in hops and (other not in best or metric + cost < best[other]):
                best[other] = metric + cost
                heapq.heappush(waiting, (best[other], next(found), other, device))
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
