"""What only a person can do for a run, and what to type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.commands.run.registry import again
from ui.commands.run.wording import code_text
from ui.texts import text

if TYPE_CHECKING:
    from migration.run.fold import RunState
    from migration.run.store import Store

__all__ = ["Advice", "advice"]

MANUAL = "manual"
"""Code of the question whether a person has done a manual step."""


@dataclass(frozen=True)
class Advice:
    """Why ``items`` wait for a person, and the commands that let them go on."""

    items: tuple[str, ...]
    message: str
    commands: tuple[str, ...]
    gate: str = ""
    code: str = ""


def advice(store: Store, state: RunState) -> tuple[Advice, ...]:
    """One entry for a pause, each gate, and each item that asks for a decision; nothing for runs that need nobody."""
    run = state.run
    found: list[Advice] = []
    if state.paused and state.ended is None:
        found.append(Advice((), text("run.is-paused"), (again(store, "resume", run),)))
    gates: dict[str, list[str]] = {}
    for item in state.items.values():
        if item.gate and not item.status.final:
            gates.setdefault(item.gate, []).append(item.item)
    for gate, items in gates.items():
        message = text("run.gate-waits", gate=gate, items=len(items))
        commands = (again(store, "approve", run, gate), again(store, "reject", run, gate, "--reason", "..."))
        found.append(Advice(tuple(items), message, commands, gate=gate))
    for item in state.items.values():
        if item.asked is None or item.status.final:
            continue
        message = text("run.item-asks", item=item.item, why=code_text(item.asked.code, item.asked.data))
        said = [again(store, "skip", run, item.item, "--reason", "...")]
        if item.asked.code != MANUAL:
            said.insert(0, again(store, "retry", run, item.item))
        said.append(again(store, "rollback", run, "--item", item.item, "--reason", "..."))
        found.append(Advice((item.item,), message, tuple(said), code=item.asked.code))
    return tuple(found)
