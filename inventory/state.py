"""What runs have changed: files under state/, folded over the declarations.

One file a run::

    run: 2021-04-12-wave-3
    format: 1
    entries:
      - {at: '2021-04-12T02:10:00+08:00', item: system/140000-mzt-0003/cutover, object: 'system:140000-mzt-0003',
         set: {runs_in: 'pool:yun-ty-a', moved: '2021-04-12'}}

Entries are folded in the order of ``at`` (then file, then place); the same entry twice changes nothing more. An entry
with ``undone: true`` says that its item was taken back: it sets what held before, and the item is open again. An entry
without an item says what was found or assigned, such as the addresses of a machine, and ends nothing. What switches a
system on again opens what has switched it off, and the other way round (``REOPENS``).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from inventory.base import Id, Struct, Text
from inventory.base import field as described
from inventory.inventory import nearest_names
from inventory.kinds import KINDS, plural
from inventory.loaders.raw import RawFile, RawRecord
from inventory.problems import Origin, Problem, problem
from inventory.validation import validate

__all__ = ["CHANGED_BY_RUNS", "REOPENS", "Folded", "StateEntry", "fold"]

CHANGED_BY_RUNS: Mapping[str, tuple[str, ...]] = {
    "system": ("runs_in", "moved", "lifecycle"),
    "component": ("runs_in", "target_endpoints"),
    "cloud": ("docking", "ipv6_stage", "established", "extended"),
    "room": ("state",),
    "asset": ("room", "rack", "position"),
    "device": ("ipv6_stage", "ipv6_capability", "software"),
    "line": ("state",),
    "private_network": ("state",),
    "internet_exit": ("state",),
}
"""The fields that a run may set, by kind; everything else is declared."""


REOPENS: Mapping[str, tuple[str, ...]] = {
    "system/reactivate": ("switch_off", "observe"),
    "system/switch_off": ("reactivate",),
}
"""TRACK/STEP -> steps of the same object that count as never done once it has ended."""


class StateEntry(Struct):
    """One work item that has ended, and what it changed; without an item only what has changed."""

    at: dt.datetime = described("When it ended", example="2021-04-12T02:10:00+08:00")
    item: Text = described("Work item; empty: none ended", "", example="system/140000-mzt-0003/cutover")
    object: Text = described(
        "Object as KIND:ID (components as component:SYSTEM/COMPONENT)", example="system:140000-mzt-0003"
    )
    set: dict[str, Any] = described("Fields and their new values", {})
    undone: bool = described("Whether the item was taken back and is open again", False)


class StateFile(Struct):
    """The head of a file under state/."""

    run: Id = described("Run that wrote it", example="2021-04-12-wave-3")
    format: int = described("Version of the format", 1, le=1)


@dataclass
class Folded:
    """What folding found: finished items, places of changed fields, their declared values (as in JSON), problems."""

    done: dict[str, str] = field(default_factory=dict)
    places: dict[tuple[str, str, str], Origin] = field(default_factory=dict)
    declared: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def fold(files: Iterable[RawFile], lists: dict[str, list[RawRecord]], as_of: dt.date | None) -> Folded:
    """Fold all entries up to the end of ``as_of`` over raw declarations, replacing changed records in ``lists``."""
    folded = Folded()
    entries: list[tuple[dt.datetime, StateEntry, Origin]] = []
    for raw in files:
        folded.problems += raw.problems
        for record in raw.lists.get("entries", []):
            origin = record.origin
            entry, problems = validate(StateEntry, record.data, lambda _, origin=origin: origin, kind="state")  # type: ignore[misc]
            folded.problems += problems
            if entry is not None and (as_of is None or entry.at.date() <= as_of):
                at = entry.at if entry.at.tzinfo else entry.at.replace(tzinfo=dt.timezone(dt.timedelta(hours=8)))
                entries.append((at, entry, origin))
    entries.sort(key=lambda found: found[0])
    index = _Index(lists)
    for _, entry, origin in entries:
        _apply(entry, origin, index, folded)
    folded.done = _finished([(at, entry) for at, entry, _ in entries])
    return folded


def _finished(entries: Iterable[tuple[dt.datetime, StateEntry]]) -> dict[str, str]:
    """Items that have ended and were not taken back, and whose end no later item has made void -> ISO time."""
    ended: dict[str, dt.datetime] = {}
    for at, entry in entries:
        ended.pop(entry.item, None)
        if entry.item and not entry.undone:
            ended[entry.item] = at
    done: dict[str, str] = {}
    for item, at in ended.items():
        begin, _, step = item.rpartition("/")
        for opened in REOPENS.get(f"{begin.partition('/')[0]}/{step}", ()):
            done.pop(f"{begin}/{opened}", None)
        done[item] = at.isoformat()
    return done


class _Index:
    """Positions of raw records by kind and id, built for the kinds that are asked for."""

    def __init__(self, lists: dict[str, list[RawRecord]]) -> None:
        self.lists = lists
        self.positions: dict[str, dict[str, int]] = {}

    def find(self, kind: str, id: str) -> tuple[list[RawRecord], int] | None:
        records = self.lists.get(plural(kind), [])
        if kind not in self.positions:
            self.positions[kind] = {str(record.data.get("id")): place for place, record in enumerate(records)}
        place = self.positions[kind].get(id)
        return None if place is None else (records, place)


def _apply(entry: StateEntry, origin: Origin, index: _Index, folded: Folded) -> None:
    kind, _, id = entry.object.partition(":")
    allowed = CHANGED_BY_RUNS.get(kind, ())
    changes = {name: value for name, value in entry.set.items() if name in allowed}
    for name in entry.set:
        if name not in allowed:
            nearest = nearest_names(name, allowed)
            folded.problems.append(
                problem("state-bad-change", origin, kind=kind, id=id, path=f"set.{name}", nearest=nearest, field=name)
            )
    system, _, component = id.partition("/")
    found = index.find("system", system) if kind == "component" else index.find(kind, id) if kind in KINDS else None
    if found is None:
        folded.problems.append(problem("state-unknown-object", origin, path="object", object=entry.object))
        return
    records, place = found
    data = dict(records[place].data)
    if kind == "component":
        parts = [dict(part) if isinstance(part, dict) else part for part in data.get("components") or ()]
        chosen = [part for part in parts if isinstance(part, dict) and part.get("id") == component]
        if not chosen:
            folded.problems.append(problem("state-unknown-object", origin, path="object", object=entry.object))
        for part in chosen:
            _keep_declared(folded, entry.object, part, changes)
            part.update(changes)
        data["components"] = parts
    else:
        _keep_declared(folded, entry.object, data, changes)
        data.update(changes)
        folded.places |= {(kind, id, name): origin for name in changes}
    records[place] = RawRecord(data, records[place].origin)


def _keep_declared(folded: Folded, name: str, data: Mapping[str, Any], changes: Iterable[str]) -> None:
    kept = folded.declared.setdefault(name, {})
    for changed in changes:
        if changed not in kept:
            kept[changed] = json.loads(json.dumps(data.get(changed), default=str))
