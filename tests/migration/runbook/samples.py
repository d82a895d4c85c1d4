"""A small runbook without fault, and how to plant one."""

from __future__ import annotations

import datetime as dt
from typing import Any

from migration.calendar import CHINA_TIME
from migration.runbook.model import Call, ExecutorKind, Host, Runbook, RunbookItem, Stage, Step, StepGroup

__all__ = ["FIRST", "SECOND", "change_item", "change_step", "sound"]

FIRST, SECOND = "system/s1/cutover", "system/s2/cutover"
OPENS = dt.datetime(2021, 1, 8, 22, tzinfo=CHINA_TIME)


def _item(system: str, after: tuple[str, ...] = (), *, canary: bool = False) -> RunbookItem:
    hosts = (f"{system}.app.source", f"{system}.app.target")
    move = Call(do="system_cutover")
    steps = (
        Step(
            id="look",
            executor=ExecutorKind.CHECK,
            act=Call(do="tcp", parameters={"host": "h", "port": 22}),
            changes=False,
        ),
        Step(id="go", executor=ExecutorKind.APPROVAL, changes=False, parameters={"grade": 3}),
        Step(
            id="move",
            executor=ExecutorKind.ANSIBLE,
            act=move,
            probe=Call(do="system_cutover/probe"),
            verify=Call(do="system_cutover/verify"),
            rollback=Call(do="system_cutover/rollback"),
            targets=hosts,
            limits=("room:r1",),
            in_window=True,
            worst_case_seconds=3600,
            evidence=("sides",),
        ),
        Step(
            id="wipe",
            executor=ExecutorKind.MANUAL,
            act=Call(do="Wipe the media."),
            reasons={"rollback": "wiped data do not come back"},
            point_of_no_return=True,
        ),
    )
    return RunbookItem(
        item=f"system/{system}/cutover",
        object=f"system:{system}",
        site="140100",
        after=after,
        canary=canary,
        window_start=OPENS,
        window_minutes=120,
        parameters={"grade": 3, "components": [{"name": "app", "port": 80}]},
        sets={f"system:{system}": {"moved": "{date}"}},
        groups=(StepGroup(id="before", steps=steps[:2]), StepGroup(id="cutover", steps=steps[2:])),
    )


def sound() -> Runbook:
    """Two systems; the second waits for the first."""
    hosts = tuple(
        Host(name=f"{system}.app.{side}", address=f"10.0.{number}.{place}", groups=(side,))
        for number, system in enumerate(("s1", "s2"))
        for place, side in enumerate(("source", "target"), 1)
    )
    items = (_item("s1", canary=True), _item("s2", (FIRST,)))
    return Runbook(name="night", stage=Stage.CUTOVER, hosts=hosts, items=items)


def change_item(runbook: Runbook, id: str, **fields: Any) -> Runbook:
    """With other fields in an item."""
    items = tuple(item.model_copy(update=fields) if item.item == id else item for item in runbook.items)
    return _again(runbook, items)


def change_step(runbook: Runbook, id: str, step: str, **fields: Any) -> Runbook:
    """With other fields in a step of an item."""
    return _again(
        runbook,
        tuple(
            item.model_copy(
                update={
                    "groups": tuple(
                        group.model_copy(
                            update={
                                "steps": tuple(
                                    one.model_copy(update=fields) if one.id == step else one for one in group.steps
                                )
                            }
                        )
                        for group in item.groups
                    )
                }
            )
            if item.item == id
            else item
            for item in runbook.items
        ),
    )


def _again(runbook: Runbook, items: tuple[RunbookItem, ...]) -> Runbook:
    """Validated anew, so that nothing worked out before is kept."""
    return Runbook.model_validate(runbook.model_copy(update={"items": items}).model_dump())
