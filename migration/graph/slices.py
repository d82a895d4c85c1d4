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
from inventory.inventory import End, Inventory, end_of, split_ref
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
    "device": frozenset({"name", "note", "credential", "host_key"}),
    "link": frozenset({"note", "p95_mbps", "peak_mbps"}),
    "line": frozenset({"name", "note", "p95_mbps", "peak_mbps"}),
    "private_network": frozenset({"name", "note"}),
    "internet_exit": frozenset({"name", "note", "p95_mbps"}),
    "room": frozenset({"name", "note"}),
}
"""Fields that no slice covers, by kind: names, contacts, notes, usage, compliance evidence, other users of the same
capacity.
"""


class SliceItem(NamedTuple):
    """A work item: its object (KIND:ID), the pool chosen for it, the devices and links on its stored path."""

    id: str
    object: str
    pool: str | None = None
    devices: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


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
    """Hash the slices of work items, computed anew from the inventory.

    A slice covers the item's object; of a system its components, its dependencies with the endpoints of their other
    ends, and the declared move groups it is in; the pool and its cloud (with an exemption); the devices and links on
    the stored path; and every window, freeze and rule whose selector matches the object, the pool or the cloud now. It
    takes what is declared: what runs have written (``inventory.declared``) counts with its value before. Rejected
    dependencies do not exist.

    UnknownObjectError for an object, pool, device or link that the inventory does not have.
    """
    slicer = _Slicer(inventory)
    covers: dict[str, tuple[str, ...]] = {}
    hashes: dict[str, str] = {}
    known: dict[tuple[object, ...], tuple[tuple[str, ...], str]] = {}
    for item in items:
        scope = item[1:]  # items of one object that use the same path and pool have one slice
        if scope not in known:
            names = tuple(sorted(set(slicer.cover(item))))
            known[scope] = names, _digest({name: slicer.records[name] for name in names})
        covers[item.id], hashes[item.id] = known[scope]
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
        self._selected: dict[str, dict[str, list[tuple[str, str]]]] = {}

    def cover(self, item: SliceItem) -> Iterator[str]:
        """Names of the records of an item's slice; each is hashed the first time it is met."""
        kind, id = split_ref(item.object)
        self.inventory.get(kind, id)
        objects = [(kind, id)]
        if item.pool is not None:
            self.inventory.get("pool", item.pool)
            objects += [("pool", item.pool), ("cloud", self.inventory.pools[item.pool].cloud)]
        for of, name in objects:
            yield self.record(of, name)
            yield from (self.record(by, record) for by, record in self.selecting(of, name))
        for device in item.devices:
            self.inventory.get("device", device)
            yield self.record("device", device)
        for link in item.links:
            self.inventory.get("link", link)
            yield self.record("link", link)
        if kind == "system":
            yield from self.of_system(id)

    def of_system(self, id: str) -> Iterator[str]:
        """What a system brings with it besides its own record."""
        for dependency in self.dependencies.get(id, ()):
            yield self.record("dependency", dependency)
            yield from self.other_end(id, dependency)
        for group in self.groups.get(id, ()):
            yield self.record("move_group", group)
        for window in self.inventory.systems[id].windows:
            yield self.record("window", window)

    def selecting(self, kind: str, id: str) -> list[tuple[str, str]]:
        """(kind, id) of the windows, freezes and rules whose selector matches a record as it is declared."""
        if kind not in self._selected:
            self._selected[kind] = {}
            changed = {
                name.partition(":")[2].partition("/")[0]
                for name in self.inventory.declared
                if name.startswith((f"{kind}:", "component:"))
            } & self.inventory.of(kind).keys()
            before = {name: self.declared(kind, name) for name in changed}
            listed = (
                ("window", self.inventory.windows),
                ("freeze", self.inventory.freezes),
                ("rule", self.inventory.rules),
            )
            for of, records in listed:
                for record in records.values():
                    selector = parse_selector(record.selector)
                    matching = set(selector.select(self.inventory, kind)) - changed
                    matching |= {name for name, old in before.items() if selector.matches(self.inventory, kind, old)}
                    for name in matching:
                        self._selected[kind].setdefault(name, []).append((of, record.id))
        return self._selected[kind].get(id, [])

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
