"""Where stacks are kept: read, copied, locked, brought back. Files are read directly, all else by the engine."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from stacks.engine.failures import Place, error_of, lock_said
from stacks.engine.model import LockInfo, StackInfo, StackState
from stacks.engine.process import Command, CommandFailed
from stacks.engine.storage import Backups, FileStore, Torn, deployment_of, state_of
from stacks.engine.workspace import Workspace
from stacks.errors import EngineError, EngineSetupError

__all__ = ["Backend"]


class Backend:
    """The stacks of one project in one backend.

    Raises (every method): EngineError, EngineSetupError, BackendError, StackBoundError.
    """

    def __init__(self, workspace: Workspace, command: Command, place: Place, project: str, home: Path) -> None:
        self.place = place
        self._project = project
        self._workspace = workspace
        self._command = command
        self._backups = Backups(home / "backups")
        self.torn = Torn(home / "torn")
        self._files = _file_store(place.backend, project)

    def stacks(self) -> tuple[StackInfo, ...]:
        """All stacks, by name. Locks, and whether a state is damaged, are known of file backends alone."""
        if self._files:
            return tuple(self._info(self._files, name) for name in self._files.names())
        rows = json.loads(self.ask("", "stack", "ls", "--json"))
        return tuple(
            StackInfo(
                name=row["name"],
                resources=row.get("resourceCount") or 0,
                updated=datetime.fromisoformat(row["lastUpdate"]) if row.get("lastUpdate") else None,
            )
            for row in sorted(rows, key=lambda row: str(row["name"]))
        )

    @staticmethod
    def _info(files: FileStore, name: str) -> StackInfo:
        path = files.path(name)
        deployment = deployment_of(path.read_bytes())
        updated = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
        return StackInfo(
            name=name,
            resources=len(state_of(name, deployment).made) if deployment else 0,
            updated=updated,
            lock=files.lock(name),
            damaged=deployment is None,
        )

    def export(self, stack: str) -> str | None:
        """A stack's state as it is stored, secrets encrypted, whole or not; None: there is no such stack."""
        if self._files:
            try:
                return self._files.path(stack).read_text(encoding="utf-8", errors="replace")
            except FileNotFoundError:
                return None
        try:
            return self.ask(stack, "stack", "export")
        except EngineError as error:
            if error.code == "stack-absent":
                return None
            if error.code == "state-damaged":
                raise self._damaged(stack) from error
            raise

    def deployment(self, stack: str) -> dict[str, Any] | None:
        """A stack's state as the engine writes it; None: there is no such stack.

        Raises:
            EngineError: ``state-damaged``, ``state-lost``.
        """
        text = self.export(stack)
        if text is None:
            return None
        found = deployment_of(text)
        if found is None:
            raise self._damaged(stack)
        pending = found.get("pending_operations") or []
        # What is replaced is deleted first, and its row stays until the new object is there.
        rows = [row for row in found.get("resources") or () if not {"delete", "pendingReplacement"} & set(row)]
        known = {row["urn"] for row in rows} | {row["resource"]["urn"] for row in pending}
        torn = [
            row for row in self.torn.read(stack) if row["type"] != "creating" or row["resource"]["urn"] not in known
        ]
        if torn:
            found["pending_operations"] = [*pending, *torn]
        return found

    def state(self, stack: str) -> StackState | None:
        """What the engine knows of a stack, as plain data; None: there is no such stack."""
        deployment = self.deployment(stack)
        return None if deployment is None else state_of(stack, deployment)

    def _damaged(self, stack: str) -> EngineError:
        if self._files is None:  # the engine reads a state before it writes one, so nobody but the bucket's tools can
            path = f".pulumi/stacks/{self._project}/{stack}.json in {self.place.backend} (a copy: {stack}.json.bak)"
            return EngineError("state-lost", stack=stack, reason="it ends in the middle", path=path)
        copy = self.newest_copy(stack)
        reason = "it ends in the middle"
        if copy is None:
            return EngineError("state-lost", stack=stack, reason=reason, path=self._files.path(stack))
        return EngineError("state-damaged", stack=stack, reason=reason, copy=copy)

    def newest_copy(self, stack: str) -> Path | None:
        """The newest whole copy of a stack's state: the engine's own or ours."""
        copies = [*([*self._files.copies(stack)][:1] if self._files else ()), *[*self._backups.copies(stack)][:1]]
        return max(copies, key=lambda path: path.stat().st_mtime_ns, default=None)

    def backup(self, stack: str) -> Path | None:
        """A copy of a stack's state; None: there is no such stack."""
        text = self.export(stack)
        return None if text is None else self._backups.write(stack, text)

    def restore(self, stack: str, copy: Path) -> dict[str, Any]:
        """A whole copy in the place of a damaged state file, which is kept beside our copies; what is in it."""
        assert self._files is not None
        content = copy.read_bytes()
        deployment = deployment_of(content)
        assert deployment is not None
        self.backup(stack)
        self._files.put(stack, content)
        return deployment

    def replace(self, stack: str, deployment: Mapping[str, Any]) -> None:
        """Another state for a stack, with nothing pending: the engine leaves that out. Back it up before."""
        with tempfile.TemporaryDirectory(prefix="qianyun-") as folder:
            path = Path(folder) / "deployment.json"
            path.write_text(json.dumps({"version": 3, "deployment": deployment}), encoding="utf-8")
            self.ask(stack, "stack", "import", "--file", str(path))
        self.torn.forget(stack)

    def sweep(self, stack: str) -> None:
        """Remove what nobody can read and nobody will: halves of locks."""
        if self._files:
            self._files.sweep(stack)

    def create(self, stack: str) -> None:
        """An empty stack."""
        self.sweep(stack)
        self.ask("", "stack", "init", stack, "--secrets-provider", "passphrase", naming=stack)

    def remove(self, stack: str) -> None:
        """Forget a stack that nothing is in."""
        self.ask(stack, "stack", "rm", "--yes", "--preserve-config")
        self.torn.forget(stack)

    def lock(self, stack: str) -> LockInfo | None:
        """Who holds a stack since when; None: nobody, or there is no such stack."""
        if self._files:
            return self._files.lock(stack)
        if self.export(stack) is None:
            return None
        try:  # the engine looks for a lock before it sees that the stack is there already
            self._run("stack", "init", stack)
        except CommandFailed as failed:
            return lock_said(failed.result.stderr)
        return None

    def unlock(self, stack: str) -> LockInfo | None:
        """Take every lock of a stack away; the one that was there, or None."""
        self.sweep(stack)
        held = self.lock(stack)
        if held:
            self.ask(stack, "cancel", "--yes")
        return held

    def ask(self, stack: str, *arguments: str, naming: str = "") -> str:
        """What the engine's program answers to a command, about a stack unless it is ""."""
        try:
            return self._run(*arguments, *(("--stack", stack) if stack else ()))
        except CommandFailed as failed:
            raise error_of(failed, stack or naming, self.place) from failed

    def _run(self, *arguments: str) -> str:
        said = self._command.run([*arguments], self._workspace.work_dir, self._workspace.env_vars)
        return said.stdout


def _file_store(backend: str, project: str) -> FileStore | None:
    """Raises EngineSetupError for an address of neither kind; the folder is made."""
    parts = urlsplit(backend)
    if parts.scheme == "s3" and parts.netloc:
        return None
    if parts.scheme != "file" or parts.netloc not in {"", "~"} or not parts.path.startswith("/"):
        raise EngineSetupError("backend-invalid", backend=backend, reason="it is neither a folder nor a bucket")
    folder = Path(unquote(parts.path))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise EngineSetupError("backend-invalid", backend=backend, reason=error.strerror or str(error)) from error
    return FileStore(folder, project)
