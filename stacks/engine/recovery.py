"""Brings a stack back after its engine, a plug-in or its worker was killed: no duplicates, no orphans, no lost state.

1. A state file that was cut in half is replaced by its newest whole copy. The engine copies the file before
   it writes, and writes what it is about to make before it makes it: that copy has it as pending, see 3.
2. The lock is taken away, unless its holder still runs on this machine.
3. What was being made is looked up on the cloud by its tag. Found, it enters the state with its id; else it is dropped,
   and the next `up` makes it.
4. What was being changed or deleted is in the state; a refresh tells what it is.

The state is copied before it is changed, and a recovery that is killed itself can be run again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import sleep
from typing import Any

from stacks.engine.backend import Backend
from stacks.engine.failures import locked
from stacks.engine.model import Drift, Find, Recovered
from stacks.errors import EngineError

__all__ = ["recover"]


# Kinds of pending operations whose resource is not in the state (sdk/go/common/apitype: OperationType).
_MAKING = frozenset({"creating", "importing"})

SETTLE_SECONDS = 3.0
"""How long after a kill a cloud may still make what it had been asked for before."""


def recover(
    backend: Backend,
    stack: str,
    find: Find,
    refresh: Callable[[], Drift],
    *,
    settle_seconds: float = SETTLE_SECONDS,
) -> Recovered:
    """See the module.

    Args:
        find: (token, URN, inputs) -> id on the cloud, or None. Asked for what was being made, and for nothing else.
        refresh: reads the stack's resources from the cloud into the state.

    Raises:
        StackBoundError: ``stack-locked`` by a process of this machine that still runs.
        EngineError: ``stack-absent``, ``state-lost``; whatever ``find`` and ``refresh`` raise, with nothing lost.
    """
    lock = backend.lock(stack)
    if lock and lock.alive:
        raise locked(stack, lock)
    restored: Path | None = None
    try:
        deployment = backend.deployment(stack)
    except EngineError as error:
        if error.code != "state-damaged":
            raise
        restored = error.data["copy"]
        backend.unlock(stack)
        deployment = backend.restore(stack, restored)
    if deployment is None:
        raise EngineError("stack-absent", stack=stack, backend=backend.place.backend)
    backup = backend.backup(stack)
    backend.unlock(stack)
    settled = _settle(deployment, find, settle_seconds)
    if settled != ((), (), ()):
        backend.replace(stack, deployment)
    adopted, dropped, checked = settled
    backend.torn.forget(stack)
    drift = refresh()
    return Recovered(
        stack=stack,
        adopted=adopted,
        dropped=dropped,
        checked=checked,
        drift=drift.changes,
        lock=lock,
        backup=backup,
        restored=restored,
    )


def _settle(
    deployment: dict[str, Any], find: Find, seconds: float
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """No pending operation is left in ``deployment``; URNs that were adopted, dropped, and are to be read anew."""
    rows: list[dict[str, Any]] = deployment.setdefault("resources", [])
    known = {row["urn"]: row for row in rows if not row.get("delete")}
    pending = deployment.get("pending_operations") or []
    deployment["pending_operations"] = []
    making = [row["resource"] for row in pending if row["type"] in _MAKING]
    found = _look(making, find)
    if any(resource["urn"] not in found for resource in making):
        sleep(seconds)  # a request that had left before the kill may still be served
        found = _look(making, find)
    checked = [row["resource"]["urn"] for row in pending if row["type"] not in _MAKING]
    adopted: list[str] = []
    dropped: list[str] = []
    for resource in making:
        urn, old = resource["urn"], known.get(resource["urn"])
        if urn not in found:
            (checked if old else dropped).append(urn)
        elif old and old.get("id") == found[urn]:  # made, and killed before that was struck off
            checked.append(urn)
        else:
            if old and old.get("pendingReplacement"):
                rows.remove(old)  # what was before is deleted already
            elif old:
                old["delete"] = True  # it was being replaced: the next `up` deletes what was before
            known[urn] = {**resource, "id": found[urn], "outputs": dict(resource.get("inputs") or {})}
            rows.append(known[urn])
            adopted.append(urn)
    return tuple(adopted), tuple(dropped), tuple(checked)


def _look(making: list[dict[str, Any]], find: Find) -> dict[str, str]:
    """URN -> id of those that are on the cloud."""
    ids = {row["urn"]: row.get("id") or find(row["type"], row["urn"], row.get("inputs") or {}) for row in making}
    return {urn: id for urn, id in ids.items() if id}
