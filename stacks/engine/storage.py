"""States and locks as the engine's own backends keep them. Format: pulumi/pkg/v3/backend/diy, checkpoint version 3."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import Any

from inventory.errors import InputError
from inventory.files import reason_of
from stacks.engine.changes import masked
from stacks.engine.model import LockInfo, PendingOperation, StackState, StateResource

__all__ = ["ROOT_TYPE", "Backups", "FileStore", "Torn", "deployment_of", "state_of"]

ROOT_TYPE = "pulumi:pulumi:Stack"
_KEPT = 10
_LEFT_SECONDS = 3.0
"""Writing a lock takes milliseconds: what is older is not under way any more."""


def deployment_of(text: str | bytes) -> dict[str, Any] | None:
    """The deployment in a state file or an export; an empty one for a stack that nothing was made in yet.

    None where it is no whole document of that kind: cut in half, empty, of another format.
    """
    try:
        document = json.loads(text)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    held = document.get("deployment", document.get("checkpoint"))
    if not isinstance(held, dict):
        return None
    if "checkpoint" in document:
        held = held.get("latest") or {}
    return held if isinstance(held, dict) else None


def state_of(stack: str, deployment: Mapping[str, Any]) -> StackState:
    """A deployment as plain data, secrets masked."""
    rows = deployment.get("resources") or []
    root: Mapping[str, Any] = next((row for row in rows if row.get("type") == ROOT_TYPE), {})
    return StackState(
        stack=stack,
        resources=tuple(_resource(row) for row in rows if row.get("type") != ROOT_TYPE),
        outputs=masked(root.get("outputs") or {}),
        pending=tuple(
            PendingOperation(kind=row["type"], resource=_resource(row["resource"]))
            for row in deployment.get("pending_operations") or []
        ),
    )


def _resource(row: Mapping[str, Any]) -> StateResource:
    return StateResource(
        urn=row["urn"],
        type=row["type"],
        id=row.get("id", ""),
        custom=bool(row.get("custom")),
        parent=row.get("parent", ""),
        protect=bool(row.get("protect")),
        external=bool(row.get("external")),
        inputs=masked(row.get("inputs") or {}),
        outputs=masked(row.get("outputs") or {}),
        errors=tuple(row.get("initErrors") or ()),
    )


def write_synced(path: Path, content: bytes) -> None:
    """A file that its owner alone can read, on the disk when this returns; its folder is made. InputError
    ``cannot-write``; nothing is left then."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except OSError as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise InputError("cannot-write", path=path, reason=reason_of(error)) from error


class FileStore:
    """The files of a ``file://`` backend, read without starting an engine. Written only to bring a copy back."""

    def __init__(self, folder: Path, project: str) -> None:
        self._root = folder / ".pulumi"
        self._project = project

    def names(self) -> tuple[str, ...]:
        """Names of all stacks, sorted."""
        files = (self._root / "stacks" / self._project).glob("*.json")
        return tuple(sorted(path.name.removesuffix(".json") for path in files))

    def path(self, stack: str) -> Path:
        """State file of a stack."""
        return self._root / "stacks" / self._project / f"{stack}.json"

    def lock(self, stack: str) -> LockInfo | None:
        """The oldest lock of a stack; None: nobody holds it."""
        found = [lock for lock in map(_lock, self._locks(stack)) if lock]
        return min(found, key=lambda lock: lock.since, default=None)

    def copies(self, stack: str) -> Iterator[Path]:
        """Whole copies of a stack's state that the engine itself keeps, the newest first."""
        places = [
            *self.path(stack).parent.glob(f"{stack}.json.bak"),
            *(self._root / "history" / self._project / stack).glob("*.checkpoint.json"),
            *(self._root / "backups" / self._project / stack).glob("*.json"),
        ]
        for path in sorted(places, key=lambda path: path.stat().st_mtime_ns, reverse=True):
            if deployment_of(path.read_bytes()) is not None:
                yield path

    def put(self, stack: str, content: bytes) -> None:
        """Another state file, in one step: a copy of this backend has the same form."""
        path = self.path(stack)
        part = path.with_name(f".{path.name}.{os.getpid()}")
        write_synced(part, content)
        part.replace(path)

    def sweep(self, stack: str) -> None:
        """Remove what an engine has left of a lock that it could not write, as on a full disk: the next one would take
        it for a lock, and fail to read it."""
        before = time() - _LEFT_SECONDS
        for path in self._lock_folder(stack).glob("*.tmp"):
            with suppress(OSError):
                if path.stat().st_mtime < before:
                    path.unlink()

    def _lock_folder(self, stack: str) -> Path:
        return self._root / "locks" / "organization" / self._project / stack

    def _locks(self, stack: str) -> Iterator[Path]:
        return self._lock_folder(stack).glob("*.json")


def _lock(path: Path) -> LockInfo | None:
    try:
        row = json.loads(path.read_bytes())
        who, host, pid = str(row["username"]), str(row["hostname"]), int(row["pid"])
        since = datetime.fromisoformat(row["timestamp"])
    except FileNotFoundError:
        return None  # given back meanwhile
    except (ValueError, KeyError, TypeError):  # cut in half: somebody holds it, or did
        return LockInfo("?", 0, datetime.fromtimestamp(path.stat().st_mtime, UTC))
    alive = _runs(pid) if host == socket.gethostname() else None
    return LockInfo(f"{who}@{host}", pid, since, alive)


def _runs(pid: int) -> bool:
    """Whether a process of this machine does anything: the dead may still have a number for a while."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Torn:
    """What plug-ins were doing when they died, and what was being made when our own process died, by stack, until it
    has been recovered.

    Kept beside the state: the engine drops pending operations from every state that it is given, and itself takes for
    failed what a plug-in that dies was making.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, stack: str) -> list[dict[str, Any]]:
        """Pending operations as a state has them, each once."""
        rows = [*_rows(self._died(stack)), *_rows(self._made(stack))]
        return list({(row["type"], row["resource"]["urn"]): row for row in rows}.values())

    def add(self, stack: str, rows: list[dict[str, Any]]) -> None:
        """More of what plug-ins were doing that died."""
        _write(self._died(stack), [*_rows(self._died(stack)), *rows])

    def making(self, stack: str, rows: list[dict[str, Any]]) -> None:
        """All that is being made now, for the case that neither we nor the plug-in see its end."""
        if rows:
            _write(self._made(stack), rows)
        else:
            self._made(stack).unlink(missing_ok=True)

    def forget(self, stack: str) -> None:
        """They have been looked up."""
        self._died(stack).unlink(missing_ok=True)
        self._made(stack).unlink(missing_ok=True)

    def _died(self, stack: str) -> Path:
        return self._folder / f"{stack}.json"

    def _made(self, stack: str) -> Path:
        return self._folder / "making" / f"{stack}.json"


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return []
    return rows


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    part = path.with_name(f".{path.stem}.part")
    write_synced(part, json.dumps(rows).encode())
    part.replace(path)


class Backups:
    """Our own copies of states, written before anything changes them; the newest ten of each stack stay."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, stack: str, text: str) -> Path:
        """A new copy. Readable by its owner alone, as states are."""
        folder = self._folder / stack
        path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.json"
        part = path.with_suffix(".part")
        write_synced(part, text.encode())
        part.replace(path)
        for old in sorted(folder.glob("*.json"))[:-_KEPT]:
            old.unlink(missing_ok=True)
        return path

    def copies(self, stack: str) -> Iterator[Path]:
        """Whole copies, the newest first."""
        for path in sorted((self._folder / stack).glob("*.json"), reverse=True):
            if deployment_of(path.read_bytes()) is not None:
                yield path
