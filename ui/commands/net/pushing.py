"""What ``net push`` and ``net rollback`` share: agreeing, journal, pushing in batches, telling how it ended."""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from inventory.errors import InputError
from network.errors import PushVersionError
from ui.commanding import Common
from ui.commands.net.asked import Asked
from ui.commands.net.showing import exit_code, preview_answer, result_answer, show_patches, show_previews, show_results
from ui.commands.run.registry import actor
from ui.output import Report, emit, progress, say
from ui.texts import text

if TYPE_CHECKING:
    from network.push.model import Limits, PushResult
    from network.push.preview import DevicePreview

__all__ = ["Way", "push_agreed"]

DECLINED = 1


@dataclass(frozen=True)
class Way:
    """How a push goes. ``yes``: hash that a person has agreed to beforehand."""

    push: str
    limits: Limits
    error_budget: int
    canary: bool
    yes: str | None
    label: str


def push_agreed(
    context: click.Context,
    common: Common,
    asked: Asked,
    previews: Sequence[DevicePreview],
    way: Way,
    cancel: threading.Event,
) -> None:
    """Show, have it agreed to, put that on record, push, tell; ends the command with its exit code.

    InputError where nobody can be asked; PushVersionError ``push-preview-changed``.
    """
    from network.push.preview import preview_hash

    digest = preview_hash(previews)
    wrong = [found.error or found.refusal for found in previews]
    changes = {found.device: found.change for found in previews if found.change and found.lines and not found.refusal}
    if not common.json:
        show_previews(previews, asked.inventory, digest=digest)
    if not changes or cancel.is_set():
        if common.json:
            _emit(asked, way, digest, previews, ())
        elif not changes:
            say("net.nothing")
        context.exit(exit_code(wrong, canceled=cancel.is_set()))
    _agree(common, previews, way, digest)
    from network.push.batches import batches_of, sites_of
    from network.push.device import push_device
    from network.push.fleet import Fleet, push_fleet
    from network.push.journal import Event

    asked.journal.append(
        way.push, "", Event.AGREED, by=actor(None), hash=digest, label=way.label, devices=sorted(changes)
    )
    fleet = Fleet(asked.threads, asked.settings.limits["site"], way.error_budget, way.canary)
    push_one = functools.partial(
        push_device, transport=asked.transport, journal=asked.journal, limits=way.limits, cancel=cancel
    )
    with progress(text("net.pushing")) as report:
        results = push_fleet(
            changes,
            batches_of(asked.inventory, changes),
            push_one,
            fleet,
            sites=sites_of(asked.inventory, changes),
            cancel=cancel,
            done=_Counter(report, len(changes)),
        )
    if common.json:
        _emit(asked, way, digest, previews, results)
    else:
        show_results(results)
    pending = [result.device for result in results if result.status.value == "pending"]
    if pending:
        say("net.left", count=len(pending), devices=", ".join(pending[:5]), seconds=way.limits.guard)
    context.exit(exit_code([*wrong, *(result.error for result in results)], canceled=cancel.is_set()))


class _Counter:
    """Counts devices that have ended."""

    def __init__(self, report: Report, total: int) -> None:
        self.report, self.total, self.count = report, total, 0
        report("", 0, total)

    def __call__(self, _result: PushResult) -> None:
        self.count += 1
        self.report("", self.count, self.total)


def _agree(common: Common, previews: Sequence[DevicePreview], way: Way, digest: str) -> None:
    """A hash given beforehand has to be that of what would be done now; else a person at the terminal is asked."""
    if way.yes is not None:
        if way.yes != digest:
            raise PushVersionError("push-preview-changed", given=way.yes, found=digest)
        return
    if common.json or not sys.stdin.isatty():
        raise InputError("bad-argument", argument="--yes", reason=text("net.nobody-to-ask", hash=digest))
    show_patches(previews)
    if not click.confirm(text("net.question", hash=digest), default=False, err=True):
        say("run.declined")
        click.get_current_context().exit(DECLINED)


def _emit(
    asked: Asked, way: Way, digest: str, previews: Sequence[DevicePreview], results: Sequence[PushResult]
) -> None:
    ended = {result.device: result_answer(result) for result in results}
    rows = []
    for found in previews:
        row = preview_answer(found, asked.inventory)
        status = "failed" if found.error else "refused" if found.refusal else "unchanged"
        rows.append({**row, "status": status, "seconds": 0.0, "differences": [], **ended.get(found.device, {})})
    emit({"estate": str(asked.estate), "push": way.push, "label": way.label, "hash": digest, "devices": rows})
