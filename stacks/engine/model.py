"""What the engine says, as plain data: no types of Pulumi and no live objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

__all__ = [
    "SECRET",
    "UNKNOWN",
    "Diagnostic",
    "Drift",
    "EngineFound",
    "Find",
    "LockInfo",
    "OnProgress",
    "Op",
    "PendingOperation",
    "Program",
    "Progress",
    "Recovered",
    "ResourceChange",
    "StackInfo",
    "StackPreview",
    "StackResult",
    "StackState",
    "StateResource",
    "name_of",
]

SECRET = "[secret]"  # noqa: S105  what stands for a secret, never one
"""Stands for every secret value in previews, states and outputs."""

UNKNOWN = "[unknown]"
"""Stands for a value that is known only once a resource has been made."""

Program = Callable[[], None]
"""Declares the resources of a stack; called in a thread of the engine's, once for each operation."""

Find = Callable[[str, str, Mapping[str, Any]], str | None]
"""(token, URN, inputs) of a resource that was being made -> its id on the cloud, or None where it is not there."""


class Op(StrEnum):
    """What is done to one resource."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    READ = "read"
    IMPORT = "import"
    FORGET = "forget"  # leaves the state, stays on the cloud


def name_of(urn: str) -> str:
    """Logical name within a URN: what stands behind its last '::'."""
    return urn.rpartition("::")[2]


@dataclass(frozen=True)
class EngineFound:
    """The engine's program.

    Attributes:
        version: without a leading 'v'.
        source: "path" or "cache" (of `make tools`).
    """

    path: Path
    version: str
    source: str


@dataclass(frozen=True)
class LockInfo:
    """Who holds a stack.

    Attributes:
        who: user@host.
        pid: process on that host.
        since: with time zone.
        alive: whether that process still runs; None where it is another host's.
    """

    who: str
    pid: int
    since: datetime
    alive: bool | None = None


@dataclass(frozen=True)
class StackInfo:
    """A stack of the backend. ``resources`` counts what programs declare, not the stack itself and its providers."""

    name: str
    resources: int
    updated: datetime | None
    lock: LockInfo | None = None
    damaged: bool = False


@dataclass(frozen=True)
class StateResource:
    """A resource as the state has it. Secrets are masked."""

    urn: str
    type: str
    id: str
    custom: bool
    parent: str = ""
    protect: bool = False
    external: bool = False
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    errors: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Logical name."""
        return name_of(self.urn)


@dataclass(frozen=True)
class PendingOperation:
    """What an engine was doing when it was killed. ``kind``: creating, updating, deleting, reading, importing."""

    kind: str
    resource: StateResource


@dataclass(frozen=True)
class StackState:
    """All that the engine knows of a stack. Secrets are masked."""

    stack: str
    resources: tuple[StateResource, ...]
    outputs: Mapping[str, Any]
    pending: tuple[PendingOperation, ...] = ()

    @property
    def made(self) -> tuple[StateResource, ...]:
        """Resources that stand on a cloud: neither components nor providers."""
        return tuple(
            resource
            for resource in self.resources
            if resource.custom and not resource.type.startswith("pulumi:") and not resource.external
        )


@dataclass(frozen=True)
class ResourceChange:
    """What would be or was done to a resource.

    Attributes:
        diff: property path -> (old, new); None: absent; ``SECRET`` and ``UNKNOWN`` stand for what is not shown.
        protect: whether the state protects it from being deleted.
        replaces: property paths that make it a replacement.
    """

    urn: str
    type: str
    name: str
    op: Op
    diff: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    protect: bool = False
    replaces: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True)
class Diagnostic:
    """What engine, provider or program said of a resource ("" = of the stack). ``severity``: info, warning, error."""

    severity: str
    message: str
    urn: str = ""


@dataclass(frozen=True)
class StackPreview:
    """What would be done.

    Attributes:
        changes: without those that stay the same, in the order of their URNs.
        counts: of every operation, "same" too; without the stack itself, components and providers.
        hash: of ``changes``; times, ids of runs and values not known yet are not in it.
    """

    stack: str
    changes: tuple[ResourceChange, ...]
    counts: Mapping[str, int]
    hash: str
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing would be done."""
        return not self.changes


@dataclass(frozen=True)
class StackResult:
    """What was done. ``outputs``: of the stack, secrets masked. ``seconds``: of the whole operation."""

    stack: str
    changes: tuple[ResourceChange, ...]
    counts: Mapping[str, int]
    outputs: Mapping[str, Any]
    seconds: float
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True)
class Drift:
    """What a cloud has otherwise than the state: ``update`` (old: state, new: cloud) and ``delete`` (gone)."""

    stack: str
    changes: tuple[ResourceChange, ...]
    seconds: float = 0.0

    @property
    def empty(self) -> bool:
        """Whether the cloud is as the state says."""
        return not self.changes


@dataclass(frozen=True)
class Recovered:
    """What a recovery did. All but ``lock`` and ``backup`` are URNs.

    Attributes:
        adopted: were being made, are on the cloud, and are in the state now.
        dropped: were being made and are not on the cloud.
        checked: were being changed or deleted; what they are was read from the cloud.
        drift: what the cloud had otherwise than the state; taken over.
        lock: of the dead engine; taken away.
        backup: copy of the state as it was before.
        restored: copy that replaced a damaged state file.
    """

    stack: str
    adopted: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    drift: tuple[ResourceChange, ...] = ()
    lock: LockInfo | None = None
    backup: Path | None = None
    restored: Path | None = None


@dataclass(frozen=True)
class Progress:
    """One step of a running operation.

    Attributes:
        kind: "begin" and "done" of a resource, "failed", or "message" (a diagnostic).
        message: of kinds "failed" and "message".
    """

    stack: str
    kind: str
    op: Op = Op.SAME
    urn: str = ""
    type: str = ""
    message: str = ""
    severity: str = ""

    @property
    def name(self) -> str:
        """Logical name; empty for what concerns the stack."""
        return name_of(self.urn)


OnProgress = Callable[[Progress], None]
"""Called in a thread of the engine's, one event at a time for one stack."""
