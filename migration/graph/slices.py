"""Hashes of what work items depend on: when they change, a plan or an approval is stale (planning contract, section
5).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from inventory.dump import to_plain
from inventory.inventory import End, Inventory, end_of, split_ref
from inventory.kinds import AnyRecord
from inventory.kinds.clouds import Pool
from inventory.kinds.systems import System
from inventory.selectors import parse_selector

__all__ = ["SliceHashes", "SliceItem", "slice_hash"]

LEFT_OUT: Mapping[str, frozenset[str]] = {
    "system": frozenset({"name", "note", "users", "last_used", "usage", "evidence"}),
    "component": frozenset({"name", "target_endpoints"}),
    "pool": frozenset({"name", "note", "in_use"}),
    "cloud": frozenset({"name", "note", "operator"}),
    "dependency": frozenset({"note", "first_seen", "last_seen", "bytes_seen"}),
    "window": frozenset({"name", "note"}),
    "freeze": frozenset({"name", "note", "reason"}),
    "rule": frozenset({"name", "note", "reason", "source"}),
    "move_group": frozenset({"name", "note", "reason"}),
    "device": frozenset({"name", "note", "credential", "host_key"}),
    "link": frozenset({"note", "p95_mbps", "peak_mbps"}),
    "line": frozenset({"name", "note", "p95_mbps", "peak_mbps"}),
    "private_network": frozenset({"name", "note"}),
    "internet_exit": frozenset({"name", "note", "p95_mbps"}),
    "room": frozenset({"name", "note"}),
}
"""Fields that no slice covers, by kind: names, contacts, notes, usage, compliance evidence, other users of the same
capacity; addresses in the cloud, which are known only after a request that the plan makes.
"""


DECISIONS: Mapping[str, tuple[str, ...]] = {
    "system": ("disposition", "target", "slot"),
    "line": ("outcome",),
    "private_network": ("outcome",),
    "internet_exit": ("outcome",),
    "room": ("intention",),
}
"""Decisions by hand, of which a slice covers the value and its dates, not the reason and the role."""

_LEFT_OUT: Mapping[str, Any] = {
    kind: dict.fromkeys(sorted(names), True)
    | {"decisions": {decision: {"reason": True, "role": True} for decision in DECISIONS.get(kind, ())}}
    | ({"components": {"__all__": LEFT_OUT["component"]}} if kind == "system" else {})
    for kind, names in LEFT_OUT.items()
}
"""The same as pydantic takes it."""


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

    ``covers``: item -> the records of its slice; with ``records`` it names what changed between two of these.
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
            parts = slicer.parts(item)
            names = tuple(dict.fromkeys(name for part in parts for name in part.names))
            known[scope] = names, _digest(sorted({part.digest for part in parts}))
        covers[item.id], hashes[item.id] = known[scope]
    return SliceHashes(hashes, _digest(hashes), slicer.records, covers)


class _Part(NamedTuple):
    """What one object brings into a slice: names of records, and the digest over them."""

    names: tuple[str, ...]
    digest: str


class _Slicer:
    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.records: dict[str, str] = {}
        self._selected: dict[str, dict[str, list[tuple[str, str]]]] = {}
        self._parts: dict[tuple[str, str], _Part] = {}
        self.dependencies: dict[str, list[tuple[str, End, str]]] = {}
        for id, dependency in inventory.dependencies.items():
            if not dependency.rejected:
                client, provider = end_of(dependency.client), end_of(dependency.provider)
                self._depend(id, client, provider, dependency.provider)
                if provider.system != client.system:
                    self._depend(id, provider, client, dependency.client)
        self.groups: dict[str, list[str]] = {}
        for group in inventory.move_groups.values():
            for member in group.systems:
                self.groups.setdefault(member, []).append(group.id)

    def _depend(self, dependency: str, own: End, other: End, text: str) -> None:
        """Note a dependency with its other end for the system at one end."""
        if own.system:
            self.dependencies.setdefault(own.system, []).append((dependency, other, text))

    def parts(self, item: SliceItem) -> list[_Part]:
        """What an item's slice is made of; each record is hashed the first time it is met."""
        objects = [split_ref(item.object)]
        if item.pool is not None:
            pool = self.inventory.get("pool", item.pool)
            assert isinstance(pool, Pool)
            objects += [("pool", pool.id), ("cloud", pool.cloud)]
        path = [("device", device) for device in item.devices] + [("link", link) for link in item.links]
        whole = [self.part(kind, id, whole=True) for kind, id in objects]
        return whole + [self.part(kind, id, whole=False) for kind, id in path]

    def part(self, kind: str, id: str, *, whole: bool) -> _Part:
        """One object of a slice. whole: with what selects it and what hangs on it, else its record alone."""
        key = (kind if whole else f"{kind} on a path", id)
        if key not in self._parts:
            self.inventory.get(kind, id)
            names = [self.record(kind, id)]
            if whole:
                names += [self.record(by, record) for by, record in self.selecting(kind, id)]
            if whole and kind == "system":
                names += self.of_system(id)
            found = tuple(sorted(set(names)))
            self._parts[key] = _Part(found, _digest([(name, self.records[name]) for name in found]))
        return self._parts[key]

    def of_system(self, id: str) -> Iterator[str]:
        """What a system brings with it besides its own record."""
        for dependency, other, text in self.dependencies.get(id, ()):
            yield self.record("dependency", dependency)
            yield from self.other_end(id, other, text)
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
            content = self.declared(kind, id).model_dump_json(
                by_alias=True, exclude_defaults=True, exclude=_LEFT_OUT.get(kind)
            )
            self.records[name] = hashlib.sha256(content.encode()).hexdigest()
        return name

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

    def other_end(self, system: str, end: End, text: str) -> Iterator[str]:
        """The endpoints at the other end of a dependency, or the addresses of an object outside the estate."""
        if end.external in self.inventory.external_objects:
            name = text
        elif end.system != system and end.system in self.inventory.systems:
            name = f"system:{end.system}{'/' * bool(end.component)}{end.component}#endpoints"
        else:
            return
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


def _digest(content: Any) -> str:
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
