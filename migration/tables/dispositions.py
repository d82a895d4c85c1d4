"""The built-in disposition rules, tried after the estate's own. The last one always holds.

They are the common practice of the provincial programmes of 2018-2024: zombie and shadow systems are shut, generic ones
are replaced by one shared product, equipment of politics-and-law departments is colocated, all else moves to a cloud.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from inventory.inventory import Inventory, split_ref
from inventory.kinds.clouds import Intention
from inventory.kinds.systems import Lifecycle, System, SystemKind
from migration.plan import Disposition


class DefaultRule(NamedTuple):
    """``id`` as plans show it; ``holds(inventory, system)``; what becomes of the system."""

    id: str
    holds: Callable[[Inventory, System], bool]
    outcome: Disposition


GENERIC = frozenset({SystemKind.MAIL, SystemKind.VIDEO, SystemKind.OFFICE_AUTOMATION, SystemKind.PORTAL})
"""Kinds that one shared product replaces."""


def closed(inventory: Inventory, system: System) -> bool:  # noqa: ARG001 - one signature for all rules
    """No longer in service."""
    return system.lifecycle is Lifecycle.CLOSED


def shadow(inventory: Inventory, system: System) -> bool:  # noqa: ARG001
    """Unregistered, or the duplicate of another system."""
    return system.registered is False or system.duplicate_of is not None


def zombie(inventory: Inventory, system: System) -> bool:
    """In service, unused for longer than ``settings.unused_days`` before ``as_of``, or with readings of no use at all."""
    if system.lifecycle is not Lifecycle.IN_SERVICE:
        return False
    if system.last_used is not None:
        limit = inventory.estate.as_of - dt.timedelta(days=inventory.estate.settings.unused_days)
        return system.last_used < limit
    usage = system.usage
    return usage is not None and usage.log_ins_90d == 0 and usage.requests_90d in (0, None)


def generic(inventory: Inventory, system: System) -> bool:  # noqa: ARG001
    """Of a kind that one shared product replaces."""
    return system.kind in GENERIC


def politics_and_law(inventory: Inventory, system: System) -> bool:
    """Owned by a politics-and-law department: its equipment is colocated and managed centrally."""
    department = inventory.departments.get(system.department)
    return department is not None and department.politics_and_law


def direct(inventory: Inventory, system: System) -> bool:  # noqa: ARG001
    """Planned or being built: set up in the cloud from the start."""
    return system.lifecycle in (Lifecycle.PLANNED, Lifecycle.BUILDING)


def _cloud_intention(inventory: Inventory, system: System) -> Intention | None:
    kind, name = split_ref(system.runs_in or "")
    if kind == "pool" and name in inventory.pools:
        name = inventory.pools[name].cloud
    elif kind != "cloud":
        return None
    cloud = inventory.clouds.get(name)
    return cloud.intention if cloud else None


def on_target_cloud(inventory: Inventory, system: System) -> bool:
    """Already runs in a cloud that is a target, without a cutover of this programme."""
    return system.moved is None and _cloud_intention(inventory, system) is Intention.TARGET


def on_absorbed_cloud(inventory: Inventory, system: System) -> bool:
    """Runs in a cloud that is absorbed."""
    return _cloud_intention(inventory, system) is Intention.ABSORB


def changes_technology(inventory: Inventory, system: System) -> bool:  # noqa: ARG001
    """A component changes its technology on the way."""
    return any(part.target_technology not in ("", part.technology) for part in system.components)


def anything(inventory: Inventory, system: System) -> bool:  # noqa: ARG001
    """All that is left."""
    return True


DEFAULTS: tuple[DefaultRule, ...] = (
    DefaultRule("default:closed", closed, Disposition.RETIRE),
    DefaultRule("default:shadow", shadow, Disposition.RETIRE),
    DefaultRule("default:zombie", zombie, Disposition.RETIRE),
    DefaultRule("default:generic", generic, Disposition.REPURCHASE),
    DefaultRule("default:politics-and-law", politics_and_law, Disposition.COLOCATE),
    DefaultRule("default:direct", direct, Disposition.REHOST),
    DefaultRule("default:on-target-cloud", on_target_cloud, Disposition.RETAIN),
    DefaultRule("default:replatform", changes_technology, Disposition.REPLATFORM),
    DefaultRule("default:absorbed-cloud", on_absorbed_cloud, Disposition.RELOCATE),
    DefaultRule("default:moves", anything, Disposition.REHOST),
)
