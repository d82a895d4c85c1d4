"""Hashes of what work items depend on: when they change, a plan or an approval is stale (planning contract, section
5).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from inventory.base import Struct
from inventory.dump import to_plain
from inventory.inventory import End, Inventory, end_of
from inventory.kinds import AnyRecord
from inventory.kinds.systems import System
from inventory.selectors import parse_selector

__all__ = ["SliceHashes", "SliceItem", "slice_hash"]

LEFT_OUT: Mapping[str, frozenset[str]] = {
    "system": frozenset({"name", "note", "users", "last_used", "usage", "evidence"}),
    "component": frozenset({"name"}),
    "pool": frozenset({"name", "note", "in_use"}),
    "cloud": frozenset({"name", "note", "operator"}),
    "dependency": frozenset({"note", "first_seen", "last_seen", "bytes_seen"}),
    "window": frozenset({"name", "note"}),
    "freeze": frozenset({"name", "note"}),
    "rule": frozenset({"name", "note"}),
    "move_group": frozenset({"name", "note"}),
}
"""Fields that no slice covers, by kind: names, contacts, notes, usage, compliance evidence, other users of the same
capacity.
"""


class SliceItem(NamedTuple):
    """A work item ``system/ID/STEP`` and the pool that was chosen for it; None when it lands in none."""

    id: str
    pool: str | None


@dataclass(frozen=True)
class SliceHashes:
    """SHA-256 in hex: of each item's slice, of all items together, and of each record (``KIND:ID``) that any of them
    covers.

    ``covers``: item -> the records of its slice, sorted; with ``records`` it names what changed between two of these.
    """

    items: Mapping[str, str]
    all: str
    records: Mapping[str, str]
    covers: Mapping[str, tuple[str, ...]]


def slice_hash(inventory: Inventory, items: Iterable[SliceItem]) -> SliceHashes:
    """Hash the slices of cutover items of systems, computed anew from the inventory.

    A slice covers the system and its components, its dependencies with the endpoints of their other ends, the pool
    and its cloud (with an exemption), declared move groups of the system, and every window, freeze and rule whose
    selector matches the system, the pool or the cloud now. It takes what is declared: what runs have written
    (``inventory.declared``) counts with its value before. Rejected dependencies do not exist.

    UnknownObjectError for a system or pool that the inventory does not have.
    """
    slicer = _Slicer(inventory)
    covers = {item.id: tuple(sorted(set(slicer.cover(item)))) for item in items}
    hashes = {id: _digest({name: slicer.records[name] for name in names}) for id, names in covers.items()}
    return SliceHashes(hashes, _digest(hashes), dict(sorted(slicer.records.items())), covers)


class _Slicer:
    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.records: dict[str, str] = {}
        self.dependencies: dict[str, list[str]] = {}
        for id, dependency in inventory.dependencies.items():
            if not dependency.rejected:
                ends = {end_of(dependency.client).system, end_of(dependency.provider).system}
                for system in ends - {""}:
                    self.dependencies.setdefault(system, []).append(id)
        self.groups: dict[str, list[str]] = {}
        for group in inventory.move_groups.values():
            for member in group.systems:
                self.groups.setdefault(member, []).append(group.id)
        self.selecting = [
            (kind, record.id, parse_selector(record.selector))
            for kind, listed in (
                ("window", inventory.windows),
                ("freeze", inventory.freezes),
                ("rule", inventory.rules),
            )
            for record in listed.values()
        ]

    def cover(self, item: SliceItem) -> Iterator[str]:
        """Names of the records of an item's slice; each is hashed the first time it is met."""
        id = item.id.split("/")[1]
        system = self.inventory.get("system", id)
        assert isinstance(system, System)
        objects = [("system", id)]
        if item.pool is not None:
            self.inventory.get("pool", item.pool)
            objects += [("pool", item.pool), ("cloud", self.inventory.pools[item.pool].cloud)]
        for kind, name in objects:
            yield self.record(kind, name)
        for dependency in self.dependencies.get(id, ()):
            yield self.record("dependency", dependency)
            yield from self.other_end(id, dependency)
        for group in self.groups.get(id, ()):
            yield self.record("move_group", group)
        for window in system.windows:
            yield self.record("window", window)
        matched = [(kind, self.declared(kind, name)) for kind, name in objects]
        for kind, name, selector in self.selecting:
            if any(selector.matches(self.inventory, of, record) for of, record in matched):
                yield self.record(kind, name)

    def record(self, kind: str, id: str) -> str:
        name = f"{kind}:{id}"
        if name not in self.records:
            self.records[name] = _digest(self.content(kind, id))
        return name

    def content(self, kind: str, id: str) -> dict[str, Any]:
        """A record as it is declared, without the fields that no slice covers."""
        record = self.declared(kind, id)
        plain = _plain(kind, record)
        if isinstance(record, System):
            plain["components"] = [_plain("component", part) for part in record.components]
        return plain

    def declared(self, kind: str, id: str) -> AnyRecord:
        """A record with the values that were declared before runs changed them."""
        record = self.inventory.of(kind)[id]
        before = self.inventory.declared
        if not before:
            return record
        if isinstance(record, System):
            parts = [_put_back(part, before.get(f"component:{id}/{part.id}", {})) for part in record.components]
            record = record.model_copy(update={"components": tuple(parts)})
        changed: AnyRecord = _put_back(record, before.get(f"{kind}:{id}", {}))
        return changed

    def other_end(self, system: str, dependency: str) -> Iterator[str]:
        """The endpoints at the other end of a dependency, or the addresses of an object outside the estate."""
        record = self.inventory.dependencies[dependency]
        for text in (record.client, record.provider):
            end = end_of(text)
            if end.external in self.inventory.external_objects:
                name = text
            elif end.system != system and end.system in self.inventory.systems:
                name = f"system:{end.system}{'/' * bool(end.component)}{end.component}#endpoints"
            else:
                continue
            if name not in self.records:
                self.records[name] = _digest(self.addresses(end))
            yield name

    def addresses(self, end: End) -> tuple[str, ...]:
        """Where one end is reached."""
        if end.external:
            return self.inventory.external_objects[end.external].addresses
        parts = self.inventory.systems[end.system].components
        chosen = [part for part in parts if end.component in ("", part.id)]
        return tuple(part.model_dump_json(include={"id", "endpoints"}, exclude_defaults=True) for part in chosen)


def _put_back(record: Any, before: Mapping[str, Any]) -> Any:
    if not before:
        return record
    given = {**to_plain(record), **before}
    return type(record).model_validate({key: value for key, value in given.items() if value is not None})


def _plain(kind: str, record: Struct) -> dict[str, Any]:
    left_out = {*LEFT_OUT[kind], "components"}
    plain: dict[str, Any] = record.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=left_out)
    return plain


def _digest(content: Any) -> str:
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
