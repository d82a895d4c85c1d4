"""The inventory: all usable records of an estate, by kind and id, and where each was read. Never changed in place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from inventory.errors import UnknownObjectError
from inventory.estate import Estate
from inventory.kinds import KINDS, PLURALS, AnyRecord, plural
from inventory.kinds.clouds import Cloud, Pool
from inventory.kinds.lines import Carrier, InternetExit, Line, PrivateNetwork
from inventory.kinds.network import Device, Link, Prefix, Vpn
from inventory.kinds.people import Calendar, Freeze, Team, Window
from inventory.kinds.policy import Risk, Rule, Target
from inventory.kinds.rooms import Asset, Room
from inventory.kinds.systems import Component, Dependency, ExternalObject, MoveGroup, System
from inventory.kinds.territory import Department, Division
from inventory.problems import Origin

__all__ = ["End", "Inventory", "end_of", "nearest_names", "split_ref"]


@dataclass(frozen=True)
class End:
    """One end of a dependency: a system, one component of it, or an external object."""

    system: str = ""
    component: str = ""
    external: str = ""


@lru_cache(maxsize=1 << 17)
def end_of(text: str) -> End:
    """Read SYSTEM, SYSTEM/COMPONENT or external_object:ID."""
    if text.startswith("external_object:"):
        return End(external=text.removeprefix("external_object:"))
    text = text.removeprefix("system:")
    system, _, component = text.partition("/")
    return End(system=system, component=component)


def split_ref(text: str) -> tuple[str, str]:
    """("room", "mzt-1") of "room:mzt-1"."""
    kind, _, id = text.partition(":")
    return kind, id


def nearest_names(name: str, known: Iterable[str], count: int = 1) -> str:
    """The known name(s) most like ``name``, comma separated; empty when nothing is like it."""
    return ", ".join(difflib.get_close_matches(name, list(known), n=count, cutoff=0.6))


@dataclass(frozen=True)
class Inventory:
    """Records by kind; each mapping goes from id to record in the order of the files.

    ``origins`` has (kind, id) -> Origin; ``done`` has the ids of the work items that runs have finished -> ISO time;
    ``declared`` has what runs have changed, by object (``KIND:ID``): each changed field -> its declared value, None
    where absent.
    """

    estate: Estate
    path: Path = Path()
    divisions: Mapping[str, Division] = field(default_factory=dict)
    departments: Mapping[str, Department] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    windows: Mapping[str, Window] = field(default_factory=dict)
    freezes: Mapping[str, Freeze] = field(default_factory=dict)
    clouds: Mapping[str, Cloud] = field(default_factory=dict)
    pools: Mapping[str, Pool] = field(default_factory=dict)
    rooms: Mapping[str, Room] = field(default_factory=dict)
    assets: Mapping[str, Asset] = field(default_factory=dict)
    devices: Mapping[str, Device] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    vpns: Mapping[str, Vpn] = field(default_factory=dict)
    prefixes: Mapping[str, Prefix] = field(default_factory=dict)
    private_networks: Mapping[str, PrivateNetwork] = field(default_factory=dict)
    lines: Mapping[str, Line] = field(default_factory=dict)
    internet_exits: Mapping[str, InternetExit] = field(default_factory=dict)
    carriers: Mapping[str, Carrier] = field(default_factory=dict)
    systems: Mapping[str, System] = field(default_factory=dict)
    external_objects: Mapping[str, ExternalObject] = field(default_factory=dict)
    dependencies: Mapping[str, Dependency] = field(default_factory=dict)
    move_groups: Mapping[str, MoveGroup] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    risks: Mapping[str, Risk] = field(default_factory=dict)
    origins: Mapping[tuple[str, str], Origin] = field(default_factory=dict)
    done: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, AnyRecord]:
        """All records of a kind; UnknownObjectError for a kind that does not exist."""
        found = self._by_kind.get(kind)
        if found is None:
            raise UnknownObjectError("unknown-kind", kind=kind, nearest=nearest_names(kind, KINDS) or "-")
        return found

    @cached_property
    def _by_kind(self) -> dict[str, Mapping[str, AnyRecord]]:
        return {kind: getattr(self, plural(kind)) for kind in KINDS}

    def get(self, kind: str, id: str) -> AnyRecord:
        """One record; UnknownObjectError with the nearest id."""
        records = self.of(kind)
        if id not in records:
            raise UnknownObjectError("unknown-object", kind=kind, id=id, nearest=nearest_names(id, records) or "-")
        return records[id]

    def origin(self, kind: str, id: str) -> Origin:
        """Where a record was read."""
        return self.origins.get((kind, id), Origin("?"))

    def replace(self, **records: Any) -> Inventory:
        """A copy with other mappings, for example ``replace(systems={...})``."""
        own = {item.name: getattr(self, item.name) for item in fields(self)}
        return Inventory(**(own | records))

    def without(self, leave_out: Iterable[tuple[str, str]]) -> Inventory:
        """A copy without the (kind, id) pairs given."""
        out = set(leave_out)
        kinds = {kind for kind, _ in out}
        kept = {
            plural(kind): {id: record for id, record in self.of(kind).items() if (kind, id) not in out}
            for kind in kinds
        }
        return self.replace(**kept)

    @property
    def counts(self) -> dict[str, int]:
        """Records by kind, without the kinds that have none."""
        return {kind: len(self.of(kind)) for kind in PLURALS.values() if self.of(kind)}

    @cached_property
    def pools_of(self) -> Mapping[str, tuple[str, ...]]:
        """Cloud -> its pools."""
        return _grouped((pool.cloud, id) for id, pool in self.pools.items())

    def parent_of(self, division: str) -> str | None:
        """The division above: as declared, else by the code (GB/T 2260: 140105 -> 140100 -> 140000; GB/T 10114: 9)."""
        record = self.divisions.get(division)
        if record is not None and record.parent is not None:
            return record.parent
        code = record.code if record is not None and record.code else division
        for shorter in _codes_above(code):
            if shorter in self.divisions:
                return shorter
        return None

    def lineage(self, division: str) -> tuple[str, ...]:
        """The division and all above it, from below; ends at a repetition."""
        known = self._lineages.get(division)
        if known is None:
            found = [division]
            while (above := self.parent_of(found[-1])) is not None and above not in found:
                found.append(above)
            known = self._lineages[division] = tuple(found)
        return known

    @cached_property
    def selections(self) -> dict[tuple[str, str], Mapping[str, AnyRecord]]:
        """What selectors have selected so far: (text of the selector, kind) -> records."""
        return {}

    @cached_property
    def _lineages(self) -> dict[str, tuple[str, ...]]:
        return {}

    def component(self, system: str, component: str) -> Component | None:
        """One component of a system, or None."""
        record = self.systems.get(system)
        return next((part for part in record.components if part.id == component), None) if record else None


def _codes_above(code: str) -> list[str]:
    if not code.isdigit():
        return []
    if len(code) == 12:
        return [code[:9], code[:6], code[:4] + "00", code[:2] + "0000"]
    if len(code) == 9:
        return [code[:6], code[:4] + "00", code[:2] + "0000"]
    above = [code[:4] + "00", code[:2] + "0000"] if len(code) == 6 else []
    return [shorter for shorter in above if shorter != code]


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}
