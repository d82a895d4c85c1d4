"""Executors for the kinds of steps that a runbook has, each imported only where it is needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from inventory.errors import MissingExtraError
from migration.runbook.model import ExecutorKind, Runbook

if TYPE_CHECKING:
    from migration.run.ports import Executor
    from migration.run.settings import WorkerSettings

__all__ = ["EXTRA", "KINDS", "PEOPLE", "kinds_of", "make_executors"]

EXTRA = "run"
"""The optional part that runs need."""
PEOPLE = frozenset({ExecutorKind.APPROVAL, ExecutorKind.MANUAL})
"""Kinds of steps that a person does."""
OURS = ("migration", "network", "playbooks")


def kinds_of(runbook: Runbook) -> frozenset[ExecutorKind]:
    """The kinds of its steps."""
    return frozenset(step.executor for _, step in runbook.steps())


def make_executors(settings: WorkerSettings, kinds: Iterable[ExecutorKind] = ()) -> Mapping[ExecutorKind, Executor]:
    """An executor for each kind that this release has one for: those of ``kinds`` at once, others when they are asked
    for. What people do, or nobody yet, has none.

    MissingExtraError, now or when asked, where the part that an executor needs is not installed.
    """
    made = _Executors(settings)
    for kind in sorted(kinds):
        made.get(kind)
    return made


class _Executors(Mapping[ExecutorKind, "Executor"]):
    """Makes each executor once, when it is first asked for."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._made: dict[ExecutorKind, Executor] = {}
        self._lock = threading.Lock()

    def __getitem__(self, kind: ExecutorKind) -> Executor:
        with self._lock:
            if kind not in self._made:
                self._made[kind] = _make(KINDS[kind], self._settings)
            return self._made[kind]

    def __iter__(self) -> Iterator[ExecutorKind]:
        return iter(KINDS)

    def __len__(self) -> int:
        return len(KINDS)


def _make(maker: Callable[[WorkerSettings], Executor], settings: WorkerSettings) -> Executor:
    try:
        return maker(settings)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in OURS:
            raise
        raise MissingExtraError("missing-extra", command="qianyun run", extra=EXTRA) from error


def _ansible(settings: WorkerSettings) -> Executor:
    from playbooks.executor import AnsibleExecutor

    return AnsibleExecutor(settings)


def _command(_: WorkerSettings) -> Executor:
    from migration.run.executors.command import CommandExecutor

    return CommandExecutor()


def _check(_: WorkerSettings) -> Executor:
    from migration.run.executors.check import CheckExecutor

    return CheckExecutor()


def _device(settings: WorkerSettings) -> Executor:
    from network.executor import DeviceExecutor

    return DeviceExecutor(settings)


KINDS: Mapping[ExecutorKind, Callable[[WorkerSettings], Executor]] = {
    ExecutorKind.ANSIBLE: _ansible,
    ExecutorKind.CHECK: _check,
    ExecutorKind.COMMAND: _command,
    ExecutorKind.DEVICE: _device,
}
"""Kind of step -> what makes its executor."""
