"""Whether plan and estate are still what a run was started from: looked at again before an item is first changed."""

from __future__ import annotations

import hashlib
import threading
import time
from pathlib import Path

from inventory.errors import QianyunError
from inventory.hashes import declared_hash
from inventory.load import load_estate
from migration.plan import Plan
from migration.planning import changed_records
from migration.run.context import Drift
from migration.runbook.model import Runbook, RunbookItem

__all__ = ["Watch"]

LOOK_SECONDS = 1.0
"""Many items begin at a time: one look at the files serves those of a second."""


class Watch:
    """Compares the files of an estate and a plan with those at the start; what ``Worker`` takes as ``drift``.

    Safe to call from many threads.
    """

    def __init__(self, estate: Path, declared: str, plan_path: Path, plan: Plan, runbook: Runbook) -> None:
        """``declared``: hash of the estate's declarations at the start."""
        chosen = tuple(plan.by_id[item.item] for item in runbook.items if item.item in plan.by_id)
        self._estate, self._plan_path = estate, plan_path
        self._plan = plan.model_copy(update={"items": chosen})
        self._before = self._seen = (declared, runbook.plan_hash)
        self._changed: dict[str, tuple[str, ...]] = {}
        self._looked = -LOOK_SECONDS
        self._lock = threading.Lock()

    def __call__(self, item: RunbookItem) -> Drift | None:
        """What has changed for an item since the start; None: nothing."""
        with self._lock:
            if time.monotonic() - self._looked > LOOK_SECONDS:
                self._look()
                self._looked = time.monotonic()
            records = self._changed.get(item.item)
            seen = self._seen
        plan = ("plan",) if seen[1] != self._before[1] else ()
        if records is None and not plan:
            return None
        found = (*(records or ()), *plan) or (item.object,)
        return Drift(found, hashlib.sha256("\0".join((*seen, *found)).encode()).hexdigest())

    def _look(self) -> None:
        try:
            found = declared_hash(self._estate), hashlib.sha256(self._plan_path.read_bytes()).hexdigest()
            if found == self._seen:
                return
            if found[0] == self._before[0]:
                self._changed = {}
            else:
                self._changed = changed_records(load_estate(self._estate, cache=False).inventory, self._plan)
            self._seen = found
        except (QianyunError, OSError) as error:  # in the middle of being edited: nobody can say that nothing changed
            self._seen = (str(error), self._before[1])
            self._changed = {item.id: (str(self._estate),) for item in self._plan.items}
