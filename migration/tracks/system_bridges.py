"""System track, H14: which systems that move are reached by clients with a written-in address."""

from __future__ import annotations

from collections.abc import Mapping

from inventory.inventory import Inventory, end_of
from inventory.kinds.systems import ReachesBy
from migration.plan import Bridge, Disposed, Disposition

__all__ = ["bridged", "method_of", "unknown_clients"]


def bridged(inventory: Inventory, decided: Mapping[str, Disposed]) -> dict[str, tuple[str, ...]]:
    """System that moves -> dependencies whose clients have its address written in, by id.

    Clients are systems that live on and objects outside the estate; not those that are retired.
    """
    return _clients(inventory, decided, ReachesBy.ADDRESS)


def unknown_clients(inventory: Inventory, decided: Mapping[str, Disposed]) -> int:
    """Number of dependencies on systems that move of which nobody knows whether an address is written in."""
    return sum(len(found) for found in _clients(inventory, decided, ReachesBy.UNKNOWN).values())


def method_of(disposed: Disposed) -> Bridge:
    """A system that is relocated whole takes its address along; to all others the old address is translated."""
    return Bridge.KEEP_ADDRESS if disposed.disposition is Disposition.RELOCATE else Bridge.NAT


def _clients(inventory: Inventory, decided: Mapping[str, Disposed], reaches: ReachesBy) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for id, dependency in inventory.dependencies.items():
        if dependency.reaches_by is not reaches or dependency.rejected:
            continue
        provider, client = end_of(dependency.provider).system, end_of(dependency.client)
        moved = decided.get(provider)
        if moved is None or not moved.disposition.moves or client.system == provider:
            continue
        user = decided.get(client.system)
        lives = user is not None and user.disposition is not Disposition.RETIRE
        if lives or client.external:
            found.setdefault(provider, []).append(id)
    return {system: tuple(sorted(ids)) for system, ids in found.items()}
