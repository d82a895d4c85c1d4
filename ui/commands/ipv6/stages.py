"""``qianyun ipv6 status|next``: the stages of the dual-stack retrofit, device by device."""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.inventory import Inventory
from ui.commanding import Common, argument, command, common, option
from ui.commands.ipv6.registry import LISTED, group
from ui.opening import open_estate
from ui.output import emit, say, table
from ui.texts import text

if TYPE_CHECKING:
    from migration.graph.upstreams import Upstreams
    from network.stages import DeviceStages, Step, Wait

__all__ = ["next_", "status"]


def _open(estate: Path, common: Common) -> tuple[Inventory, dt.date, Upstreams]:
    from migration.graph.upstreams import Upstreams

    inventory = open_estate(estate, common).inventory
    return inventory, common.now or inventory.estate.as_of, Upstreams(inventory)


@command(
    group,
    "status",
    example="qianyun ipv6 status examples/shanxi\nqianyun ipv6 status examples/shanxi 140100-core-1",
)
@argument("estate", type=Path)
@argument("devices", nargs=-1, metavar="[DEVICE]...")
@option("--all", "everything", is_flag=True, key="ipv6.option.all")
@common()
def status(common: Common, estate: Path, devices: tuple[str, ...], everything: bool) -> None:
    """How far each device is, what proves it, and what it waits for."""
    from network.stages import device_stages

    inventory, now, upstreams = _open(estate, common)
    asked = {id.removeprefix("device:") for id in devices}
    for id in asked:
        inventory.get("device", id)
    rows = [row for row in device_stages(inventory, now, upstreams) if not asked or row.device in asked]
    if common.json:
        emit({"devices": [_answer(inventory, row) for row in rows]})
        return
    if asked:
        for row in rows:
            _show_device(inventory, row)
        return
    listed = rows if everything else rows[:LISTED]
    columns = [text(f"ipv6.column.{name}") for name in ("device", "level", "reached", "next", "waits", "upstreams")]
    table(columns, [_row(inventory, row) for row in listed])
    if len(rows) > len(listed):
        say("graph.more", count=len(rows) - len(listed))
    counts = Counter(row.reached.value for row in rows)
    words = ", ".join(f"{text(f'ipv6.stage.{stage}')} {count}" for stage, count in counts.items())
    sys.stdout.write(text("ipv6.status-sum", count=len(rows), stages=words) + "\n")


def _row(inventory: Inventory, row: DeviceStages) -> tuple[str, ...]:
    step = row.next
    return (
        row.device,
        text(f"values.{inventory.devices[row.device].level.value}"),
        text(f"ipv6.stage.{row.reached.value}"),
        text(f"ipv6.stage.{step.step}") if step is not None else "",
        "; ".join(map(_wait_words, step.waits)) if step is not None else "",
        ", ".join(row.upstreams),
    )


def _wait_words(wait: Wait) -> str:
    names = []
    for item in wait.any_of:
        _, device, step = item.split("/", 2)
        names.append(text("ipv6.wait", device=device, stage=text(f"ipv6.stage.{step}")))
    return text("ipv6.or").join(names)


def _show_device(inventory: Inventory, row: DeviceStages) -> None:
    device = inventory.devices[row.device]
    names = ", ".join(row.upstreams) or "-"
    sys.stdout.write(text("ipv6.device", device=row.device, name=device.name, upstreams=names) + "\n")
    columns = [text(f"ipv6.column.{name}") for name in ("stage", "state", "evidence", "waits")]
    table(columns, [_step_row(step) for step in row.steps])


def _step_row(step: Step) -> tuple[str, ...]:
    proof = text(f"ipv6.evidence.{step.evidence.value}", at=step.at) if step.evidence is not None else ""
    reason = text(f"ipv6.reason.{step.reason}") if step.reason else "; ".join(map(_wait_words, step.waits))
    return text(f"ipv6.stage.{step.step}"), text(f"ipv6.state.{step.state.value}"), proof, reason


def _answer(inventory: Inventory, row: DeviceStages) -> dict[str, Any]:
    step = row.next
    return {
        "device": row.device,
        "level": inventory.devices[row.device].level.value,
        "reached": row.reached.value,
        "next": step.step if step is not None else None,
        "upstreams": list(row.upstreams),
        "hops": row.hops,
        "steps": [
            {
                "step": each.step,
                "state": each.state.value,
                "evidence": each.evidence.value if each.evidence is not None else None,
                "at": each.at or None,
                "reason": each.reason or None,
                "waits": [{"any_of": list(wait.any_of), "own": wait.own} for wait in each.waits],
            }
            for each in row.steps
        ],
    }


@command(group, "next", example="qianyun ipv6 next examples/shanxi")
@argument("estate", type=Path)
@option("--all", "everything", is_flag=True, key="ipv6.option.all")
@common()
def next_(common: Common, estate: Path, everything: bool) -> None:
    """What can be done now, in the order of the topology."""
    from network.stages import next_steps

    inventory, now, upstreams = _open(estate, common)
    found = next_steps(inventory, now, upstreams)
    if common.json:
        emit(
            {
                "steps": [
                    {"device": each.device, "step": each.step, "item": each.item, "batch": each.batch} for each in found
                ]
            }
        )
        return
    listed = found if everything else found[:LISTED]
    columns = [text(f"ipv6.column.{name}") for name in ("device", "name", "stage", "batch")]
    rows = [
        (each.device, inventory.devices[each.device].name, text(f"ipv6.stage.{each.step}"),
         "" if each.batch is None else each.batch)
        for each in listed
    ]  # fmt: skip
    table(columns, rows, right=[3])
    if len(found) > len(listed):
        say("graph.more", count=len(found) - len(listed))
