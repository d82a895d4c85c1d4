"""Everything of an engine that needs Pulumi's own library: made once for each `Engine`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pulumi

from stacks.engine.backend import Backend
from stacks.engine.cancelling import Cancel
from stacks.engine.changes import Listener
from stacks.engine.failures import Place, error_of, wrong_plugin
from stacks.engine.model import EngineFound, OnProgress, Program, StackState, name_of
from stacks.engine.process import Command, CommandFailed
from stacks.engine.workspace import Stack, Workspace, environment_for
from stacks.errors import EngineError

__all__ = ["Running", "guarded"]


def _quiet(unraisable: sys.UnraisableHookArgs) -> None:
    """Programs of an operation that failed are left where they wait: Pulumi's clean-up of that is no news."""
    if getattr(unraisable.object, "__qualname__", "") not in _LEFT_WAITING:
        _before(unraisable)


_LEFT_WAITING = frozenset({"run_in_stack", "run_pulumi_func"})
_before = sys.unraisablehook
sys.unraisablehook = _quiet


class Running:
    """A project folder, the program, and the backend."""

    def __init__(
        self,
        found: EngineFound,
        *,
        backend: str,
        passphrase_file: Path,
        home: Path,
        variables: Mapping[str, str],
        project: str,
    ) -> None:
        environment = environment_for(found, backend=backend, passphrase_file=passphrase_file, home=home)
        self._command = Command(found)
        self._workspace = Workspace(self._command, home / "project", project, {**environment, **variables})
        place = Place(backend, passphrase_file)
        self.backend = Backend(self._workspace, self._command, place, project, home)

    def operate(
        self,
        stack: str,
        work: Callable[[Stack, Listener], object],
        on_event: OnProgress | None,
        cancel: Cancel | None,
        *,
        writes: bool = False,
    ) -> Listener:
        """One operation of the Automation API, with its events, its end when asked, and its failures as our errors.

        Args:
            writes: whether it changes the cloud: what a plug-in that died was doing is put on record then, as the
                engine itself does it when the engine dies; and what is being made, should we die with the plug-in.
        """
        listener = Listener(stack, on_event, partial(self.backend.torn.making, stack) if writes else None)
        self.backend.sweep(stack)
        try:
            with self._command.under(cancel):
                work(Stack(stack, self._workspace), listener)
        except CommandFailed as failed:
            torn = listener.torn if writes else []
            if torn:
                self.backend.torn.add(stack, torn)
                self.backend.torn.making(stack, [])
                names = ", ".join(name_of(row["resource"]["urn"]) for row in torn)
                raise EngineError("plugin-died", stack=stack, names=names) from failed
            raise wrong_plugin(listener.diagnostics) or error_of(
                failed, stack, self.backend.place, listener
            ) from failed
        wrong = wrong_plugin(listener.diagnostics)
        if wrong:
            raise wrong
        return listener


def guarded(program: Program, state: StackState, ids: Mapping[str, str] | None = None) -> Program:
    """A program with what holds for all of ours.

    * What is replaced is deleted first: two objects of one URN at a time could not be told apart by a recovery.
    * Resources are taken over where ``ids`` names them, and are protected from then on. Protection is part of a program
      to Pulumi: without this the next `up` would take away what a takeover has set.

    Args:
        ids: logical name or URN -> id on the cloud.
    """
    protected = {(row.type, row.name) for row in state.resources if row.protect}
    asked = {name_of(key): value for key, value in (ids or {}).items()}

    def transformed(of: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not isinstance(of.resource, pulumi.CustomResource):
            return None
        taken = asked.get(of.name)
        protect = True if taken or (of.type_, of.name) in protected else None
        more = pulumi.ResourceOptions(delete_before_replace=True, protect=protect, import_=taken)
        return pulumi.ResourceTransformationResult(of.props, pulumi.ResourceOptions.merge(of.opts, more))

    def declare() -> None:
        pulumi.runtime.register_stack_transformation(transformed)
        program()

    return declare
