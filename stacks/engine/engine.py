"""The engine's operations on stacks, each one call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from inventory.errors import MissingExtraError
from stacks.engine.cancelling import Cancel
from stacks.engine.changes import Listener, hash_of
from stacks.engine.model import (
    Drift,
    EngineFound,
    Find,
    LockInfo,
    OnProgress,
    Op,
    Program,
    Recovered,
    StackInfo,
    StackPreview,
    StackResult,
    StackState,
    name_of,
)
from stacks.errors import EngineError, EngineSetupError, StackBoundError

if TYPE_CHECKING:
    from stacks.engine.workspace import Stack

__all__ = ["Engine"]


def _nothing() -> None:
    """The program of operations that need none: without one the engine looks for a language host."""


class Engine:
    """One backend with its stacks. Safe to use from several threads, one operation on a stack at a time.

    Every operation may raise EngineError, EngineSetupError, BackendError (no answer) and StackBoundError (locked).
    """

    def __init__(
        self,
        found: EngineFound,
        *,
        backend: str,
        passphrase_file: Path,
        home: Path,
        variables: Mapping[str, str] | None = None,
        project: str = "qianyun",
        parallel: int = 8,
    ) -> None:
        """Start nothing yet.

        Args:
            found: of `find_engine`.
            backend: ``file:///FOLDER`` or ``s3://BUCKET?...`` (credentials from the environment).
            passphrase_file: what secrets in states are encrypted with.
            home: a folder of ours: settings of stacks, copies of states, the engine's own home.
            variables: for engines and plug-ins, on top of this process's own, e.g. OS_CLIENT_CONFIG_FILE.
            project: Pulumi's project, part of every URN.
            parallel: resources of one stack that are made at a time.

        Raises:
            EngineSetupError: ``passphrase-missing``, ``backend-invalid``.
            MissingExtraError: the extra ``stacks`` is not installed.
        """
        if not passphrase_file.is_file() or not passphrase_file.read_bytes().strip():
            raise EngineSetupError("passphrase-missing", path=passphrase_file)
        try:
            from stacks.engine.running import Running
        except ModuleNotFoundError as error:
            raise MissingExtraError("missing-extra", command="qianyun stack", extra="stacks") from error
        self.found = found
        self.backend = backend
        self.project = project
        self._parallel = parallel
        self._running = Running(
            found,
            backend=backend,
            passphrase_file=passphrase_file.absolute(),
            home=home.absolute(),
            variables=variables or {},
            project=project,
        )
        self._backend = self._running.backend

    # ---- looking -----------------------------------------------------------------------------------------------------

    def stacks(self) -> tuple[StackInfo, ...]:
        """All stacks of the project, by name."""
        return self._backend.stacks()

    def state(self, stack: str) -> StackState | None:
        """What the engine knows of a stack, secrets masked; None: there is no such stack.

        Raises:
            EngineError: ``state-damaged``, ``state-lost``.
        """
        return self._backend.state(stack)

    def outputs(self, stack: str) -> Mapping[str, Any]:
        """Outputs of a stack, secrets masked; empty where there is no such stack."""
        state = self.state(stack)
        return state.outputs if state else {}

    def export(self, stack: str) -> str | None:
        """A stack's state as it is stored, secrets encrypted, whole or not; None: there is no such stack."""
        return self._backend.export(stack)

    def lock(self, stack: str) -> LockInfo | None:
        """Who holds a stack since when; None: nobody."""
        return self._backend.lock(stack)

    def preview(
        self,
        stack: str,
        program: Program,
        *,
        refresh: bool = False,
        plan_file: Path | None = None,
        on_event: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> StackPreview:
        """What `up` would do. ``refresh``: the cloud is read first. ``plan_file``: written, for `up` to be held to."""
        state = self._known(stack)

        def work(handle: Stack, listener: Listener) -> None:
            handle.preview(
                program=self._guarded(program, state),
                refresh=refresh or None,
                plan=str(plan_file) if plan_file else None,
                parallel=self._parallel,
                on_event=listener,
            )

        return self._previewed(stack, work, on_event, cancel)

    def preview_destroy(
        self,
        stack: str,
        *,
        only: Collection[str] | None = None,
        on_event: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> StackPreview:
        """What `destroy` would do."""
        self._known(stack, make=False)

        def work(handle: Stack, listener: Listener) -> None:
            handle.preview_destroy(
                program=_nothing, target=sorted(only) if only is not None else None, on_event=listener
            )

        return self._previewed(stack, work, on_event, cancel)

    def drift(self, stack: str, *, on_event: OnProgress | None = None, cancel: Cancel | None = None) -> Drift:
        """What the cloud has otherwise than the state. Nothing is written."""
        self._known(stack, make=False)

        def work(handle: Stack, listener: Listener) -> None:
            handle.preview_refresh(program=_nothing, parallel=self._parallel, on_event=listener)

        begun = monotonic()
        listener = self._running.operate(stack, work, on_event, cancel)
        return Drift(stack, listener.changes, monotonic() - begun)

    # ---- doing -------------------------------------------------------------------------------------------------------

    def up(
        self,
        stack: str,
        program: Program,
        *,
        plan_file: Path | None = None,
        refresh: bool = False,
        on_event: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> StackResult:
        """Make a stack what its program says.

        Args:
            plan_file: of `preview`: whatever else than what stands in it is refused.
            refresh: read the cloud first, as the preview did: what it has otherwise than the state knows is repaired.

        Raises:
            EngineError: ``resource-failed`` (what was made stays, run it again), ``stack-interrupted`` (recover first).
            StackBoundError: ``preview-outdated``, ``stack-locked``.
        """
        return self._upped(stack, program, {}, plan_file, on_event, cancel, refresh=refresh)

    def import_(
        self,
        stack: str,
        program: Program,
        ids: Mapping[str, str],
        *,
        on_event: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> StackResult:
        """Take what is on the cloud over into a stack, and make the rest of it.

        What is taken over is protected from being deleted, from now on.

        Args:
            ids: logical name or URN of a resource of the program -> its id on the cloud.

        Raises:
            EngineError: ``import-differs``: it is not as the program says. Nothing on the cloud was changed then.
        """
        state = self._known(stack)
        preview = self.preview(stack, self._guarded(program, state, ids), cancel=cancel)
        named = {name_of(key) for key in ids}
        for change in preview.changes:  # the engine takes a resource over and changes it in one go
            if change.name in named and change.op is not Op.IMPORT:
                reason = ", ".join(f"{name}: {old} -> {new}" for name, (old, new) in change.diff.items())
                raise EngineError("import-differs", stack=stack, name=change.name, reason=reason)
        return self._upped(stack, program, ids, None, on_event, cancel)

    def refresh(self, stack: str, *, on_event: OnProgress | None = None, cancel: Cancel | None = None) -> Drift:
        """Take over into the state what the cloud has otherwise."""
        self._known(stack, make=False)
        self._backend.backup(stack)

        def work(handle: Stack, listener: Listener) -> None:
            handle.refresh(program=_nothing, parallel=self._parallel, on_event=listener)

        begun = monotonic()
        listener = self._running.operate(stack, work, on_event, cancel, writes=True)
        return Drift(stack, listener.changes, monotonic() - begun)

    def destroy(
        self,
        stack: str,
        *,
        only: Collection[str] | None = None,
        remove: bool = False,
        on_event: OnProgress | None = None,
        cancel: Cancel | None = None,
    ) -> StackResult:
        """Delete what a stack has made.

        Args:
            only: URNs; others stay, and it is an error when one of those needs one of these.
            remove: forget the stack when nothing is left in it.

        Raises:
            EngineError: ``resource-protected``.
        """
        self._whole(stack, self._known(stack, make=False))
        self._backend.backup(stack)

        def work(handle: Stack, listener: Listener) -> None:
            handle.destroy(
                program=_nothing,
                target=sorted(only) if only is not None else None,
                parallel=self._parallel,
                on_event=listener,
            )

        begun = monotonic()
        listener = Listener(stack)
        if only is None or only:
            listener = self._running.operate(stack, work, on_event, cancel, writes=True)
        state = self._backend.state(stack)
        if remove and state and not state.made:
            self._backend.remove(stack)
        return _result(stack, listener, state, begun)

    def unlock(self, stack: str) -> LockInfo | None:
        """Take a stack's lock away, whoever holds it; the lock that was there, or None."""
        return self._backend.unlock(stack)

    def recover(self, stack: str, find: Find) -> Recovered:
        """End what a killed engine has left; see `stacks.engine.recovery`. Nobody else may be working on the stack."""
        from stacks.engine.recovery import recover

        return recover(self._backend, stack, find, lambda: self.refresh(stack))

    def unprotect(self, stack: str, urns: Collection[str]) -> None:
        """Let resources that were taken over be deleted like all others; without any, nothing is done."""
        if not urns:
            return
        self._backend.backup(stack)
        self._backend.ask(stack, "state", "unprotect", *sorted(urns), "--yes")

    # ---- between -----------------------------------------------------------------------------------------------------

    def _upped(
        self,
        stack: str,
        program: Program,
        ids: Mapping[str, str],
        plan_file: Path | None,
        on_event: OnProgress | None,
        cancel: Cancel | None,
        *,
        refresh: bool = False,
    ) -> StackResult:
        state = self._known(stack)
        self._whole(stack, state)
        self._backend.backup(stack)

        def work(handle: Stack, listener: Listener) -> None:
            handle.up(
                program=self._guarded(program, state, ids),
                refresh=refresh or None,
                plan=str(plan_file) if plan_file else None,
                on_event=listener,
            )

        begun = monotonic()
        listener = self._running.operate(stack, work, on_event, cancel, writes=True)
        return _result(stack, listener, self._backend.state(stack), begun)

    def _previewed(
        self,
        stack: str,
        work: Callable[[Stack, Listener], None],
        on_event: OnProgress | None,
        cancel: Cancel | None,
    ) -> StackPreview:
        listener = self._running.operate(stack, work, on_event, cancel)
        changes = listener.changes
        return StackPreview(stack, changes, listener.counts, hash_of(changes), tuple(listener.diagnostics))

    def _known(self, stack: str, *, make: bool = True) -> StackState:
        """The state of a stack, which is made when there is none and ``make``."""
        state = self._backend.state(stack)
        if state is None:
            if not make:
                raise EngineError("stack-absent", stack=stack, backend=self.backend)
            self._backend.create(stack)
        return state or StackState(stack, (), {})

    @staticmethod
    def _locked(stack: str, lock: LockInfo) -> StackBoundError:
        from stacks.engine.failures import locked

        return locked(stack, lock)

    @staticmethod
    def _guarded(program: Program, state: StackState, ids: Mapping[str, str] | None = None) -> Program:
        from stacks.engine.running import guarded

        return guarded(program, state, ids)

    def _whole(self, stack: str, state: StackState) -> None:
        """Raises where an engine was killed in the middle: what it was making would be made a second time."""
        if state.pending:
            names = ", ".join(sorted(row.resource.name for row in state.pending))
            lock = self._backend.lock(stack)
            if lock and lock.alive:
                raise self._locked(stack, lock)
            raise EngineError("stack-interrupted", stack=stack, names=names)
        self._backend.torn.forget(stack)  # all that was being made is in the state


def _result(stack: str, listener: Listener, state: StackState | None, begun: float) -> StackResult:
    return StackResult(
        stack=stack,
        changes=listener.changes,
        counts=listener.counts,
        outputs=state.outputs if state else {},
        seconds=monotonic() - begun,
        diagnostics=tuple(listener.diagnostics),
    )
