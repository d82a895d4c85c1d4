"""What the estate learns from places that were made or delivered: where components are reached from now on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from inventory.dump import to_plain
from inventory.inventory import Inventory
from inventory.kinds.systems import Component, Endpoint
from inventory.state import StateEntry
from stacks.operations import system_outputs

__all__ = ["endpoint_entries", "entry_of", "target_endpoints"]


def target_endpoints(part: Component, addresses: Iterable[str]) -> tuple[Endpoint, ...]:
    """Where a component is reached on its machine: names and ports as they were planned, else as they are now.

    ``addresses``: at most one of each family.
    """
    by_version = {6 if ":" in address else 4: address for address in addresses}
    given = {"address": by_version.get(4), "address_v6": by_version.get(6)}
    planned = part.target_endpoints or tuple(Endpoint(name=end.name, port=end.port) for end in part.endpoints)
    return tuple(dict.fromkeys(end.model_copy(update=given) for end in planned or (Endpoint(),)))


def entry_of(
    inventory: Inventory, system: str, component: str, addresses: Iterable[str], at: dt.datetime, *, known: bool = True
) -> StateEntry | None:
    """The entry that puts a machine's addresses on record; None where the estate knows no such component, or says so
    already and is ``known`` to have it from the machine itself."""
    record = inventory.systems.get(system)
    part = next((one for one in (() if record is None else record.components) if one.id == component), None)
    if part is None:
        return None
    ends = target_endpoints(part, addresses)
    if known and ends == part.target_endpoints:
        return None
    plain = [to_plain(end) for end in ends]
    return StateEntry(at=at, object=f"component:{system}/{component}", set={"target_endpoints": plain})


def endpoint_entries(
    inventory: Inventory, system: str, outputs: Mapping[str, Any], at: dt.datetime, *, known: bool = True
) -> tuple[StateEntry, ...]:
    """Entries of a system's stack, from what it hands on; a stack that is not complete has none. ``known``: an
    entry for each machine stands in the estate's state, so that only changes are needed."""
    found = system_outputs(outputs)
    machines = {} if found is None else found.machines
    entries = (
        entry_of(inventory, system, component, made.addresses, at, known=known)
        for component, made in machines.items()
        if made.addresses
    )
    return tuple(entry for entry in entries if entry is not None)
