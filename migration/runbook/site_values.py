"""What no inventory holds and roles want: data directories, units, DNS servers, password files. A file of its own.

Entries are tried in the order of the file; what a later one gives takes the place of what an earlier one gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

from inventory.base import SelectorText, Struct, Text, field
from inventory.errors import FileError
from inventory.files import reason_of
from inventory.inventory import Inventory
from inventory.kinds.systems import Component, System
from inventory.loaders.yaml_file import locate, read_yaml
from inventory.problems import Origin, Problem
from inventory.selectors import parse_selector
from inventory.validation import Step, validate
from migration.runbook.errors import RunbookError
from migration.runbook.model import Host
from migration.runbook.read import free_values, typed_yaml

__all__ = ["SiteValue", "SiteValues", "read_values"]

_FREE = frozenset({"source", "target", "options", "dns", "parameters", "variables"})


class SiteValue(Struct):
    """Values for some components of some systems."""

    systems: Annotated[str, SelectorText()] = field("Selector of systems; empty: all", "", example="division:1401*")
    component: Text = field("Id of the components; * and ? stand for any", "*", example="db")
    technology: Text = field("Their technology now; * and ? stand for any", "*", example="postgresql-11")
    source: dict[str, Any] = field("Of the component where it runs today", {}, example={"data": "/srv/files"})
    target: dict[str, Any] = field("Of the component where it will run", {})
    options: dict[str, Any] = field("Of the component on both sides", {}, example={"replication_user": "copy"})
    dns: dict[str, Any] = field("Of its DNS records", {}, example={"zone": "sx.cegn", "server": "10.14.0.53"})
    parameters: dict[str, Any] = field("Of the system's steps", {}, example={"host_basics_time_servers": ["10.14.0.1"]})


class _File(Struct):
    format: int = field("Version of the data format", 1, ge=1, le=1)
    hosts: tuple[Host, ...] = field("Machines that belong to no system, such as the one that may update DNS", ())
    values: tuple[SiteValue, ...] = field("Entries", ())


@dataclass(frozen=True)
class SiteValues:
    """The entries of a file, or none."""

    entries: tuple[SiteValue, ...] = ()
    hosts: tuple[Host, ...] = ()

    def of_component(self, inventory: Inventory, system: System, part: Component, name: str) -> Mapping[str, Any]:
        """``source``, ``target``, ``options`` or ``dns`` of a component; null takes away what was given."""
        found: dict[str, Any] = {}
        for entry in self._of(inventory, system):
            if fnmatchcase(part.id, entry.component) and fnmatchcase(
                part.technology.casefold(), entry.technology.casefold()
            ):
                found |= getattr(entry, name)
        return {key: value for key, value in found.items() if value is not None}

    def of_system(self, inventory: Inventory, system: System) -> Mapping[str, Any]:
        """The parameters of a system's steps."""
        found: dict[str, Any] = {}
        for entry in self._of(inventory, system):
            found |= entry.parameters
        return found

    def _of(self, inventory: Inventory, system: System) -> Iterator[SiteValue]:
        for entry in self.entries:
            if parse_selector(entry.systems).matches(inventory, "system", system):
                yield entry


def read_values(path: Path | None) -> SiteValues:
    """The entries of a file; none without one.

    FileError where it cannot be read or is no YAML, RunbookError ``values-invalid`` (with ``problems``), SelectorError.
    """
    if path is None:
        return SiteValues()
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise FileError("file-missing", path=str(path)) from None
    except OSError as error:
        raise FileError("file-unreadable", path=str(path), reason=reason_of(error)) from None
    name = str(path)
    raw = read_yaml(content, name)
    data = {**raw.loose, **{key: [record.data for record in records] for key, records in raw.lists.items()}}

    def place(at: tuple[Step, ...]) -> Origin:
        return Origin(name, locate(content, name, None, at))

    typed, doubled = typed_yaml(content, name)
    data = free_values(data, typed, free=_FREE)
    read, problems = validate(_File, data, place, kind="runbook")
    faults: list[Problem] = [*raw.problems, *doubled, *problems]
    if read is None or faults:
        raise RunbookError("values-invalid", problems=faults, path=name, count=len(faults), place=str(faults[0].origin))
    for entry in read.values:
        parse_selector(entry.systems).validate(["system"])
    return SiteValues(read.values, read.hosts)
