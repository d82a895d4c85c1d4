"""So many steps at a time on one object: counted in ``holds``, in the transaction that begins a step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from migration.run.context import Context
from migration.run.schema import holds
from migration.runbook.model import ExecutorKind, Runbook, Step

__all__ = ["WINDOW", "free_limits", "full", "held_by", "objects_of", "take_limits"]

WINDOW = "window"
"""What holds an item that waits for its window, in the column ``held``."""


_USED = sa.select(holds.c.resource, holds.c.run, holds.c.item).where(
    holds.c.resource.in_(sa.bindparam("wanted", expanding=True))
)
_COUNTED = sa.select(holds.c.resource, sa.func.count()).group_by(holds.c.resource)
_HOLD = sa.insert(holds)
_FREE = sa.delete(holds).where(holds.c.run == sa.bindparam("of"), holds.c.item == sa.bindparam("one"))


def held_by(name: str) -> str:
    """What holds an item that waits for an object (KIND:ID), in the column ``held``."""
    return f"limit {name}"


def full(connection: sa.Connection, limits: Mapping[str, int]) -> list[str]:
    """What holds items that need not be looked at now: ``held_by`` the objects that are fully used."""
    return [
        held_by(name)
        for name, used in connection.execute(_COUNTED)
        if used >= limits.get(name.partition(":")[0], used + 1)
    ]


def objects_of(runbook: Runbook, step: Step, site: str) -> tuple[str, ...]:
    """What a step uses: its site, what it acts on, by the address where one is known (two runs may name one machine
    differently), and what else it names."""
    kind = "device" if step.executor is ExecutorKind.DEVICE else "host"
    found = (runbook.by_host.get(name) for name in step.targets)
    targets = (
        f"{kind}:{host.address or host.name}" if host is not None else f"{kind}:{name}"
        for name, host in zip(step.targets, found, strict=True)
    )
    return (f"site:{site}", *targets, *step.limits)


def take_limits(context: Context, connection: sa.Connection, run: str, item: str, objects: Sequence[str]) -> str:
    """Hold objects (KIND:ID) for an item's step; the first that is fully used, and nothing held, where one is.

    What the settings give no limit for is not counted.
    """
    limits = context.settings.limits
    wanted = [name for name in dict.fromkeys(objects) if name.partition(":")[0] in limits]
    if not wanted:
        return ""
    context.store.lock_limits(connection)
    found = connection.execute(_USED, {"wanted": wanted}).all()
    if any((row.run, row.item) == (run, item) for row in found):  # held still for a lost worker: it is our turn now
        free_limits(connection, run, item)
    used = Counter(row.resource for row in found if (row.run, row.item) != (run, item))
    for name in wanted:
        if used[name] >= limits[name.partition(":")[0]]:
            return name
    rows = [{"resource": name, "run": run, "item": item, "worker": context.worker} for name in wanted]
    connection.execute(_HOLD, rows)
    return ""


def free_limits(connection: sa.Connection, run: str, item: str) -> None:
    """Give back all that an item's step held."""
    connection.execute(_FREE, {"of": run, "one": item})
