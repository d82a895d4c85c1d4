"""What a new runbook changes in an old one: items, steps and hosts, field by field."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from inventory.base import Struct, field
from migration.runbook.model import Runbook, RunbookItem

__all__ = ["Difference", "FieldChange", "Part", "difference"]


class FieldChange(Struct):
    """A field that differs; values as in JSON, absent ones null."""

    name: str = field("Path of the field", example="act.parameters.components.0.name")
    before: Any = field("Value before", None)
    after: Any = field("Value after", None)


class Part(Struct):
    """A part that is there only once, or stands or reads otherwise."""

    kind: Literal["runbook", "host", "item", "step"] = field("What it is")
    id: str = field("Its id; of a step ITEM#STEP", "")
    change: Literal["added", "removed", "moved", "changed"] = field("What became of it")
    fields: tuple[FieldChange, ...] = field("Fields that differ; of what moved its number in the order", ())


class Difference(Struct):
    """All that differs, in the order of the runbooks."""

    parts: tuple[Part, ...] = field("Parts", ())

    @property
    def same(self) -> bool:
        """Whether a run of one is a run of the other."""
        return not self.parts


def difference(old: Runbook, new: Runbook) -> Difference:
    """What ``new`` changes in ``old``. Empty exactly where the two are equal."""
    found: list[Part] = []
    _compare(found, "runbook", "", _plain(old, {"hosts", "items"}), _plain(new, {"hosts", "items"}))
    hosts = [{host.name: _plain(host, set()) for host in runbook.hosts} for runbook in (old, new)]
    _sides(found, "host", hosts[0], hosts[1], list(old.by_host), list(new.by_host))
    items = [{item.item: _plain(item, {"groups"}) for item in runbook.items} for runbook in (old, new)]
    _sides(found, "item", items[0], items[1], list(old.by_item), list(new.by_item))
    for id, item in new.by_item.items():
        if id in old.by_item:
            _steps(found, old.by_item[id], item)
    return Difference(parts=tuple(found))


def _plain(record: Struct, without: set[str]) -> dict[str, Any]:
    return record.model_dump(mode="json", exclude=without)


def _steps(found: list[Part], old: RunbookItem, new: RunbookItem) -> None:
    """Steps of an item; headings count as fields of the item."""
    sides: list[dict[str, dict[str, Any]]] = []
    places: list[list[str]] = []
    for item in (old, new):
        steps = [(f"{item.item}#{step.id}", group.id, step) for group in item.groups for step in group.steps]
        sides.append({key: {"group": group, **_plain(step, set())} for key, group, step in steps})
        places.append([key for key, _, _ in steps])
    headings = [{f"groups.{group.id}": group.name for group in item.groups} for item in (old, new)]
    _compare(found, "item", new.item, headings[0], headings[1])
    _sides(found, "step", sides[0], sides[1], places[0], places[1])


def _sides(
    found: list[Part],
    kind: Literal["host", "item", "step"],
    old: Mapping[str, dict[str, Any]],
    new: Mapping[str, dict[str, Any]],
    before: Sequence[str],
    after: Sequence[str],
) -> None:
    found += [Part(kind=kind, id=id, change="removed") for id in before if id not in new]
    kept = [id for id in before if id in new]
    now = [id for id in after if id in old]
    place = {id: number for number, id in enumerate(kept, 1)}
    settled = _settled([place[id] for id in now])
    order = {id: number for number, id in enumerate(now, 1)}
    for id in after:
        if id not in old:
            found.append(Part(kind=kind, id=id, change="added"))
            continue
        if place[id] not in settled:
            moved = FieldChange(name="place", before=place[id], after=order[id])
            found.append(Part(kind=kind, id=id, change="moved", fields=(moved,)))
        _compare(found, kind, id, old[id], new[id])


def _settled(places: Sequence[int]) -> set[int]:
    """The most that stay in their order (a longest increasing subsequence, by patience sorting)."""
    tops: list[int] = []
    under: dict[int, int | None] = {}
    for place in places:
        pile = bisect_left(tops, place)
        under[place] = tops[pile - 1] if pile else None
        tops[pile : pile + 1] = [place]
    found: set[int] = set()
    last = tops[-1] if tops else None
    while last is not None:
        found.add(last)
        last = under[last]
    return found


def _compare(found: list[Part], kind: Literal["runbook", "host", "item", "step"], id: str, old: Any, new: Any) -> None:
    fields = tuple(_changes(old, new, ""))
    if fields:
        found.append(Part(kind=kind, id=id, change="changed", fields=fields))


def _changes(old: Any, new: Any, path: str) -> list[FieldChange]:
    """Fields that differ, down to the values of mappings and of lists of one length."""
    if old == new and type(old) is type(new):
        return []
    steps: list[tuple[str, Any, Any]] = []
    if isinstance(old, dict) and isinstance(new, dict):
        steps = [(str(key), old.get(key), new.get(key)) for key in {**old, **new}]
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        steps = [(str(number), *pair) for number, pair in enumerate(zip(old, new, strict=True))]
    if not steps:
        return [FieldChange(name=path, before=old, after=new)]
    inner = [one for name, was, now in steps for one in _changes(was, now, f"{path}.{name}" if path else name)]
    return inner or [FieldChange(name=path, before=old, after=new)]
