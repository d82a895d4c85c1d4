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
from typing import Any

from stacks.engine.backend import Backend
from stacks.engine.failures import locked
from stacks.engine.model import Drift, Find, Recovered
from stacks.errors import EngineError

__all__ = ["recover"]


def recover(backend: Backend, stack: str, find: Find, refresh: Callable[[], Drift]) -> Recovered:
    """See the module.

    Args:
        find: (token, URN, inputs) -> id on the cloud, or None. Asked for what was being made, and for nothing else.
        refresh: reads the stack's resources from the cloud into the state.

    Raises:
        StackBoundError: ``stack-locked`` by a process of this machine that still runs.
        EngineError: ``stack-unknown``, ``state-lost``; whatever ``find`` and ``refresh`` raise, with nothing lost.
    """
    lock = backend.lock(stack)
    if lock and lock.alive:
        raise locked(stack, lock)
    restored = None
    try:
        deployment = backend.deployment(stack)
    except EngineError as error:
        if error.code != "state-damaged":
            raise
        restored = error.data["copy"]
        backend.unlock(stack)
        backend.restore(stack, restored)
        deployment = backend.deployment(stack)
    if deployment is None:
        raise EngineError("stack-unknown", stack=stack, backend=backend.place.backend)
    backup = backend.backup(stack)
    if backend.unlock(stack) and lock is None:
        lock = None
    adopted, dropped, checked = _settle(deployment, find)
    if adopted or dropped or checked:
        backend.replace(stack, deployment)
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


def _settle(deployment: dict[str, Any], find: Find) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """No pending operation is left in ``deployment``; URNs that were adopted, dropped, and are to be read anew."""
    rows: list[dict[str, Any]] = deployment.setdefault("resources", [])
    known = {row["urn"] for row in rows if not row.get("delete")}
    adopted: list[str] = []
    dropped: list[str] = []
    checked: list[str] = []
    for pending in deployment.get("pending_operations") or []:
        resource = pending["resource"]
        urn = resource["urn"]
        if pending["type"] not in {"creating", "importing"}:
            checked.append(urn)
            continue
        if urn in known:  # made, and killed before that was struck off
            checked.append(urn)
            continue
        inputs = resource.get("inputs") or {}
        found = resource.get("id") or find(resource["type"], urn, inputs)
        if found:
            rows.append({**resource, "id": found, "outputs": {**inputs, "id": found}})
            known.add(urn)
            adopted.append(urn)
        else:
            dropped.append(urn)
    deployment["pending_operations"] = []
    return tuple(adopted), tuple(dropped), tuple(checked)
