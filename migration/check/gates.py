"""H9: nothing starts before what it waits for in its own and in other tracks has ended."""

from __future__ import annotations

from collections.abc import Iterator

from migration.check.case import TRACK_OF, Case, Verdict, breach
from migration.check.demands import gates as all_gates
from migration.check.tracks.gate import Gate
from migration.check.tracks.lines import used
from migration.check.tracks.rooms import lasting_lines, staying
from migration.plan import ItemState, item_id

__all__ = ["gates", "held"]


def gates(case: Case) -> Iterator[Verdict]:
    """Breaches of H9: one a gate, one a room that is emptied with systems, or closed with lines, that stay, and one a
    line that ends while a system that stays uses it."""
    for gate in all_gates(case):
        verdict = held(case, gate, "H9")
        if verdict is not None:
            yield verdict
    yield from _rooms(case)
    yield from _lines(case)


def held(case: Case, gate: Gate, rule: str) -> Verdict | None:
    """What breaks a gate between steps that are still to be done; None where it holds, or its step is not planned."""
    later = case.items.get(gate.step)
    if later is None:
        return None
    before = [item for step in gate.before if (item := case.items.get(step)) is not None]
    if not before:
        missing = " / ".join(_id(*step) for step in gate.before)
        return breach(rule, "gate-missing", [later], (), fact=not later.movable, before=missing)
    first = min(before, key=lambda item: item.end)
    if first.end < later.start or any(item.state is ItemState.DONE for item in before):
        return None
    return breach(
        rule,
        "gate-early",
        [later, first],
        (),
        fact=not later.movable and (not first.movable or later.start <= case.plan.now),
        start=later.start.isoformat(),
        before=first.id,
        end=first.end.isoformat(),
    )


def _id(name: str, step: str) -> str:
    kind, _, key = name.partition(":")
    return item_id(key, step, TRACK_OF[kind])


def _rooms(case: Case) -> Iterator[Verdict]:
    for step, code, kind, found in (
        ("emptied", "room-not-empty", "system", staying(case)),
        ("closed", "room-line-stays", "line", lasting_lines(case)),
    ):
        for room, stay in found.items():
            item = case.items.get((room, step))
            if item is not None and case.wants(room, step):
                records = [f"{kind}:{key}" for key in stay]
                yield breach("H9", code, [item], [room, *records], fact=not item.movable, room=room, count=len(stay))


def _lines(case: Case) -> Iterator[Verdict]:
    for line, system in used(case):
        steps = [step for step in ("idle", "notice", "terminated") if case.wants(line, step)]
        items = [item for step in steps if (item := case.items.get((line, step))) is not None]
        if items:
            fact = not any(item.movable for item in items)
            yield breach("H9", "line-in-use", items, [line, system], fact=fact, line=line, system=system)
