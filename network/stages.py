"""How far each device is with the dual-stack retrofit, what proves it, what comes next and what that waits for.

The rules are the plan's own (``migration.tracks.network``): a device is never ahead of its upstreams.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from inventory.effort import EffortTable
from inventory.inventory import Inventory
from inventory.kinds.network import Device, Ipv6Stage
from migration.batches import Batches
from migration.graph.upstreams import Upstreams
from migration.plan import item_id
from migration.steps import CHANGES, Track
from migration.tracks.network import STAGES, network_items
from migration.work import Need, WorkItem

__all__ = ["DeviceStages", "Evidence", "NextStep", "StageState", "Step", "Wait", "device_stages", "next_steps"]


class StageState(StrEnum):
    """How a step of a device stands."""

    DONE = "done"
    SKIPPED = "skipped"
    READY = "ready"
    WAITING = "waiting"


class Evidence(StrEnum):
    """What says that a stage is reached."""

    RUN = "run"
    DECLARED = "declared"


@dataclass(frozen=True)
class Wait:
    """One condition: one of these items must be done first. own: they are earlier steps of the same device."""

    any_of: tuple[str, ...]
    own: bool


@dataclass(frozen=True)
class Step:
    """A stage, or new software or hardware on the way to it, and how it stands.

    evidence, at: what says that it is done: a run (its item ended at that ISO time) or the device's record (at: where
    that stands). reason: why it is skipped. waits: what is not fulfilled.
    """

    step: str
    state: StageState
    evidence: Evidence | None = None
    at: str = ""
    reason: str = ""
    waits: tuple[Wait, ...] = ()


@dataclass(frozen=True)
class DeviceStages:
    """A device on its way. upstreams: the next hop to the management root, then the backup. hops: to the root, None
    where it does not reach it. reached: the last stage reached. next: the first open step, None when verified."""

    device: str
    reached: Ipv6Stage
    upstreams: tuple[str, ...]
    hops: int | None
    steps: tuple[Step, ...]

    @property
    def next(self) -> Step | None:
        """The first step that is neither done nor skipped."""
        return next((step for step in self.steps if step.state in (StageState.READY, StageState.WAITING)), None)


@dataclass(frozen=True)
class NextStep:
    """A step that can be taken now. batch: changes of one batch do not lie on each other's way to the management root
    and do not back each other up (H13); None for steps that change nothing on a device."""

    device: str
    step: str
    item: str
    batch: int | None


def device_stages(inventory: Inventory, now: dt.date, upstreams: Upstreams) -> tuple[DeviceStages, ...]:
    """All devices, nearest to the management root first (by the number of devices on the way, then by id)."""
    items, skipped = network_items(inventory, now, EffortTable(inventory), upstreams)
    open_: dict[str, list[WorkItem]] = {}
    for item in items:
        open_.setdefault(item.object.partition(":")[2], []).append(item)
    reasons = {each.item: each.reason for each in skipped}
    pending = {item.id for item in items}
    rows = []
    for id, device in inventory.devices.items():
        path = upstreams.path(id)
        steps = tuple(_steps(inventory, device, open_.get(id, ()), reasons, pending))
        rows.append(DeviceStages(id, device.ipv6_stage, upstreams.of(id), len(path) - 1 if path else None, steps))
    return tuple(sorted(rows, key=lambda row: (row.hops is None, row.hops or 0, row.device)))


def _steps(
    inventory: Inventory,
    device: Device,
    items: Sequence[WorkItem],
    reasons: Mapping[str, str],
    pending: set[str],
) -> Iterator[Step]:
    for stage in STAGES[1 : STAGES.index(device.ipv6_stage) + 1]:
        item = item_id(device.id, stage, Track.NETWORK)
        at = inventory.done.get(item)
        if at is not None:
            yield Step(stage.value, StageState.DONE, Evidence.RUN, at)
        else:
            yield Step(stage.value, StageState.DONE, Evidence.DECLARED, str(inventory.origin("device", device.id)))
    own = {item.id for item in items}
    ahead = [item.step for item in items]
    for stage in STAGES[STAGES.index(device.ipv6_stage) + 1 :]:
        reason = reasons.get(item_id(device.id, stage, Track.NETWORK))
        if reason is not None:
            yield Step(stage.value, StageState.SKIPPED, reason=reason)
        elif stage.value not in ahead:
            at = inventory.done.get(item_id(device.id, stage, Track.NETWORK), "")
            yield Step(stage.value, StageState.DONE, Evidence.RUN, at)
        for work in items:
            if work.step == stage.value or (work.step not in STAGES and _follows(ahead, work.step) == stage.value):
                waits = tuple(_waits(work.needs, own, pending))
                yield Step(work.step, StageState.WAITING if waits else StageState.READY, waits=waits)


def _follows(ahead: list[str], step: str) -> str:
    """The stage before which a step that is none stands."""
    place = ahead.index(step) + 1
    return ahead[place] if place < len(ahead) else ""


def _waits(needs: tuple[Need, ...], own: set[str], pending: set[str]) -> Iterator[Wait]:
    for need in needs:
        if need.any_of and all(item in pending for item in need.any_of):
            yield Wait(need.any_of, all(item in own for item in need.any_of))


def next_steps(inventory: Inventory, now: dt.date, upstreams: Upstreams) -> tuple[NextStep, ...]:
    """What can be done now, nearest to the management root first."""
    batches = Batches(inventory, upstreams.paths)
    found = []
    for row in device_stages(inventory, now, upstreams):
        step = row.next
        if step is None or step.state is not StageState.READY:
            continue
        item = item_id(row.device, step.step, Track.NETWORK)
        batch = _batch(batches, row.device) if (Track.NETWORK, step.step) in CHANGES else None
        found.append(NextStep(row.device, step.step, item, batch))
    return tuple(found)


def _batch(batches: Batches, device: str) -> int:
    """The first batch that admits a device; batches count their days from 1."""
    number = 1
    while not batches.admits(device, dt.date.fromordinal(number)):
        number += 1
    batches.add(device, dt.date.fromordinal(number))
    return number
