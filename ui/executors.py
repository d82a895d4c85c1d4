"""Executors for the kinds of steps that a runbook has, each imported only where it is needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from inventory.errors import MissingExtraError
from migration.runbook.model import ExecutorKind, Runbook

if TYPE_CHECKING:
    from migration.run.ports import Executor
    from migration.run.settings import WorkerSettings

__all__ = ["EXTRAS", "KINDS", "PEOPLE", "kinds_of", "make_executors"]

PEOPLE = frozenset({ExecutorKind.APPROVAL, ExecutorKind.MANUAL})
"""Kinds of steps that a person does."""
OURS = ("migration", "network", "playbooks", "stacks")


def kinds_of(runbook: Runbook) -> frozenset[ExecutorKind]:
    """The kinds of its steps."""
    return frozenset(step.executor for _, step in runbook.steps())


def make_executors(
    settings: WorkerSettings, kinds: Iterable[ExecutorKind] = (), *, estate: Path | None = None
) -> Mapping[ExecutorKind, Executor]:
    """An executor for each kind that this release has one for: those of ``kinds`` at once, others when they are asked
    for. What people do, or nobody yet, has none. ``estate``: its folder, where the run's store lies in one: stacks are
    kept there unless the settings or the runbook say otherwise.

    MissingExtraError, now or when asked, where the part that an executor needs is not installed.
    """
    made = _Executors(settings, estate)
    for kind in sorted(kinds):
        made.get(kind)
    return made


class _Executors(Mapping[ExecutorKind, "Executor"]):
    """Makes each executor once, when it is first asked for."""

    def __init__(self, settings: WorkerSettings, estate: Path | None) -> None:
        self._settings, self._estate = settings, estate
        self._made: dict[ExecutorKind, Executor] = {}
        self._lock = threading.Lock()

    def __getitem__(self, kind: ExecutorKind) -> Executor:
        with self._lock:
            if kind not in self._made:
                self._made[kind] = _make(kind, self._settings, self._estate)
            return self._made[kind]

    def __iter__(self) -> Iterator[ExecutorKind]:
        return iter(KINDS)

    def __len__(self) -> int:
        return len(KINDS)


def _make(kind: ExecutorKind, settings: WorkerSettings, estate: Path | None) -> Executor:
    try:
        return KINDS[kind](settings, estate)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in OURS:
            raise
        raise MissingExtraError("missing-extra", command="qianyun run", extra=EXTRAS.get(kind, "run")) from error


def _ansible(settings: WorkerSettings, _: Path | None) -> Executor:
    from playbooks.executor import AnsibleExecutor

    return AnsibleExecutor(settings)


def _command(_: WorkerSettings, __: Path | None) -> Executor:
    from migration.run.executors.command import CommandExecutor

    return CommandExecutor()


def _check(_: WorkerSettings, estate: Path | None) -> Executor:
    from migration.run.executors.check import CheckExecutor

    return CheckExecutor(estate=estate)


def _device(settings: WorkerSettings, _: Path | None) -> Executor:
    from network.executor import DeviceExecutor

    return DeviceExecutor(settings)


def _stack(settings: WorkerSettings, estate: Path | None) -> Executor:
    from stacks.executor import StackExecutor

    return StackExecutor(settings, estate)


EXTRAS: Mapping[ExecutorKind, str] = {ExecutorKind.STACK: "stacks"}
"""Kind of step -> the optional part that its executor needs, where it is another than that of runs."""
KINDS: Mapping[ExecutorKind, Callable[[WorkerSettings, Path | None], Executor]] = {
    ExecutorKind.ANSIBLE: _ansible,
    ExecutorKind.CHECK: _check,
    ExecutorKind.COMMAND: _command,
    ExecutorKind.DEVICE: _device,
    ExecutorKind.STACK: _stack,
}
"""Kind of step -> what makes its executor."""
