"""So many steps at a time on one object: counted in ``holds``, in the transaction that begins a step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from migration.run.schema import holds

if TYPE_CHECKING:
    from migration.run.itemwork import Context

__all__ = ["free_limits", "take_limits"]


_USED = sa.select(holds.c.resource).where(holds.c.resource.in_(sa.bindparam("wanted", expanding=True)))
_HOLD = sa.insert(holds)
_FREE = sa.delete(holds).where(holds.c.run == sa.bindparam("of"), holds.c.item == sa.bindparam("one"))


def take_limits(context: Context, connection: sa.Connection, run: str, item: str, objects: Sequence[str]) -> str:
    """Hold objects (KIND:ID) for an item's step; the first that is fully used, and nothing held, where one is.

    What the settings give no limit for is not counted.
    """
    limits = context.settings.limits
    wanted = [name for name in dict.fromkeys(objects) if name.partition(":")[0] in limits]
    if not wanted:
        return ""
    context.store.lock_limits(connection)
    used = Counter(connection.execute(_USED, {"wanted": wanted}).scalars())
    for name in wanted:
        if used[name] >= limits[name.partition(":")[0]]:
            return name
    rows = [{"resource": name, "run": run, "item": item, "worker": context.worker} for name in wanted]
    connection.execute(_HOLD, rows)
    return ""


def free_limits(connection: sa.Connection, run: str, item: str) -> None:
    """Give back all that an item's step held."""
    connection.execute(_FREE, {"of": run, "one": item})
