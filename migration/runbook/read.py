"""Runbook files: written whole, read back the same, every fault with its line.

Free values (``parameters``, ``variables``, ``sets``) keep the types that YAML 1.2's core schema gives them: true, 5432,
0.5, null; all else is text there, such as 2021-04-12, yes and 007.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from inventory.cache import without_collection
from inventory.errors import FileError
from inventory.files import reason_of, write_atomic
from inventory.inventory import nearest_names
from inventory.loaders.raw import RawFile, RawRecord
from inventory.loaders.yaml_file import locate, read_yaml
from inventory.problems import Origin, Problem, Severity, problem
from inventory.validation import Place, Step, validate
from migration.runbook.errors import RunbookError, RunbookVersionError
from migration.runbook.model import FORMAT, ExecutorKind, Host, HostGroup, Runbook, RunbookItem
from migration.runbook.waiting import loop_of, tangled

__all__ = ["find_faults", "free_values", "load_runbook", "read_runbook", "typed_yaml", "write_runbook"]

KIND = "runbook"
"""What problems of runbook files are about."""
_FREE = frozenset({"parameters", "variables", "sets", "restores"})
_LISTS: Mapping[str, type[Host | HostGroup | RunbookItem]] = {
    "host_groups": HostGroup,
    "hosts": Host,
    "items": RunbookItem,
}
_ON_DEVICES = (ExecutorKind.DEVICE, ExecutorKind.STACK)
_HEAD = """\
# What one run does. Written by `qianyun runbook make`; docs/runbooks.md explains every field.
# It may be edited by hand; `qianyun runbook lint FILE` says what is wrong with it afterwards.
"""


def write_runbook(path: Path, runbook: Runbook) -> None:
    """Write a runbook whole or not at all; fields that have their default are left out. InputError ``cannot-write``."""
    plain = {"format": runbook.format} | runbook.model_dump(mode="json", exclude_defaults=True)
    with without_collection():
        written = yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    write_atomic(path, _HEAD + written)


def read_runbook(path: Path) -> Runbook:
    """A runbook from its file.

    RunbookError when it is none or has faults (``problems`` lists them), FileError when it is no YAML,
    RunbookVersionError for a newer format.
    """
    runbook, problems = load_runbook(path)
    errors = [found for found in problems if found.severity is Severity.ERROR]
    if runbook is None or errors:
        first = str(errors[0].origin) if errors else str(path)
        raise RunbookError("runbook-invalid", path=str(path), count=len(errors), place=first, problems=problems)
    return runbook


def load_runbook(path: Path) -> tuple[Runbook | None, tuple[Problem, ...]]:
    """A runbook, None where a part of it cannot be read, and every fault of its file. Errors as ``read_runbook`` where
    nothing of it can be read."""
    name = str(path)
    content = _content(path)
    with without_collection():
        raw = read_yaml(content, name)
        _refuse_others(raw, name)
        typed, doubled = typed_yaml(content, name)
    place = _Places(content, name)
    problems = [found for found in raw.problems if found.code != "not-a-record" or found.path in _LISTS]
    problems += doubled
    parts: dict[str, list[tuple[Any, Origin]]] = {}
    for part, model in _LISTS.items():
        parts[part] = []
        for number, record in enumerate(raw.lists.get(part, ())):
            found, faults = _validated(model, record, _entry(typed, part, number), place)
            problems += faults
            if found is not None:
                parts[part].append((found, record.origin))
    strays = [key for key in raw.lists if key not in _LISTS]
    loose = dict.fromkeys(_LISTS, ()) | raw.loose | {key: [] for key in strays}
    head, faults = validate(Runbook, loose, place.of(None), kind=KIND)
    problems += faults
    whole = head is not None and all(len(parts[part]) == len(raw.lists.get(part, ())) for part in _LISTS)
    runbook = (
        head.model_copy(update={part: tuple(found for found, _ in parts[part]) for part in _LISTS}) if whole else None
    )
    hosts = (
        {host.name for host, _ in parts["hosts"]} if len(parts["hosts"]) == len(raw.lists.get("hosts", ())) else None
    )
    problems += _twice("host_group", ((group.name, origin) for group, origin in parts["host_groups"]))
    problems += find_faults(parts["hosts"], parts["items"], hosts, place)
    return runbook, tuple(sorted(problems, key=lambda found: found.origin.line or 0))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise RunbookError("runbook-missing", path=str(path)) from None
    except IsADirectoryError:
        raise RunbookError("runbook-not-a-runbook", path=str(path)) from None
    except OSError as error:
        raise FileError("file-unreadable", path=str(path), reason=reason_of(error)) from None


def _refuse_others(raw: RawFile, name: str) -> None:
    """Files that are no runbooks, and those of a newer format."""
    ours = "hosts" in raw.lists or ("items" in raw.lists and "name" in raw.loose)  # plans have items too
    if not ours and "stage" not in raw.loose:
        raise RunbookError("runbook-not-a-runbook", path=name)
    format = str(raw.loose.get("format") or "")
    if re.fullmatch(r"[1-9][0-9]*", format) and int(format) > FORMAT:
        raise RunbookVersionError("runbook-format", path=name, found=format, known=FORMAT)


class _Places:
    """Where the fields of a file's records were read."""

    def __init__(self, content: bytes, name: str) -> None:
        self.content, self.name = content, name

    def of(self, line: int | None) -> Place:
        """Places in the record that begins at a line; None: at the file's top level."""

        def place(path: tuple[Step, ...]) -> Origin:
            return Origin(self.name, locate(self.content, self.name, line, path))

        return place


def _validated(
    model: type[Host | HostGroup | RunbookItem], record: RawRecord, typed: Any, place: _Places
) -> tuple[Any, list[Problem]]:
    id = str(record.data.get("item", record.data.get("name", "")))
    data = free_values(record.data, typed)
    found: tuple[Any, list[Problem]] = validate(model, data, place.of(record.origin.line), kind=KIND, id=id)
    return found


# ---- faults between records ------------------------------------------------------------------------------------------


def find_faults(
    hosts: Iterable[tuple[Host, Origin]],
    items: Iterable[tuple[RunbookItem, Origin]],
    known_hosts: set[str] | None,
    place: _Places,
) -> Iterator[Problem]:
    """Ids that stand twice, items and hosts that are not there, items that wait for each other."""
    items = list(items)
    yield from _twice("host", ((host.name, origin) for host, origin in hosts))
    yield from _twice("item", ((item.item, origin) for item, origin in items))
    known = {item.item for item, _ in items}
    for item, origin in items:
        at = place.of(origin.line)
        for number, other in enumerate(item.after):
            if other not in known:
                yield problem(
                    "dangling-reference", at(("after", number)), kind=KIND, id=item.item, path=f"after.{number}",
                    nearest=nearest_names(other, known), target="item", value=other,
                )  # fmt: skip
        yield from _steps(item, known_hosts, at)
    yield from _loops(items, place)


def _twice(kind: str, names: Iterable[tuple[str, Origin]]) -> Iterator[Problem]:
    seen: dict[str, Origin] = {}
    for name, origin in names:
        if name in seen:
            yield problem("duplicate-id", origin, kind=kind, id=name, first=str(seen[name]))
        seen.setdefault(name, origin)


def _steps(item: RunbookItem, hosts: set[str] | None, at: Place) -> Iterator[Problem]:
    groups: dict[str, tuple[Step, ...]] = {}
    steps: dict[str, tuple[Step, ...]] = {}
    for g, group in enumerate(item.groups):
        here: tuple[Step, ...] = ("groups", g)
        if group.id in groups:
            yield problem("duplicate-id", at(here), kind="group", id=group.id, first=str(at(groups[group.id])))
        groups.setdefault(group.id, here)
        for s, step in enumerate(group.steps):
            path = (*here, "steps", s)
            if step.id in steps:
                yield problem("duplicate-id", at(path), kind="step", id=step.id, first=str(at(steps[step.id])))
            steps.setdefault(step.id, path)
            for number, target in enumerate(step.targets):
                if hosts is None or target in hosts or step.executor in _ON_DEVICES:
                    continue
                where = (*path, "targets", number)
                yield problem(
                    "dangling-reference", at(where), kind=KIND, id=item.item, path=".".join(map(str, where)),
                    nearest=nearest_names(target, hosts), target="host", value=target,
                )  # fmt: skip


def _loops(items: list[tuple[RunbookItem, Origin]], place: _Places) -> Iterator[Problem]:
    """One problem for each set of items that wait for each other, at the first of them."""
    waits = tangled({item.item: item.after for item, _ in items})
    order = {item.item: (number, origin) for number, (item, origin) in enumerate(items)}
    reported: set[str] = set()
    for start in waits:
        loop = loop_of(waits, start)
        if loop and not reported & set(loop):
            reported |= set(loop)
            first = min(loop, key=lambda name: order[name][0])
            turned = (*loop[loop.index(first) :], *loop[: loop.index(first)], first)
            where = place.of(order[first][1].line)(("after",))
            yield problem("runbook-loop", where, kind=KIND, id=first, path="after", items=" -> ".join(turned))


# ---- free values -----------------------------------------------------------------------------------------------------


class _Typed(yaml.CSafeLoader):
    """Gives plain scalars the types of YAML 1.2's core schema, without its octal, hexadecimal and special numbers."""


_Typed.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?", "-0123456789"),
    ("merge", "<<", "<"),
):
    _Typed.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), list(_first))


class _Dumper(yaml.CSafeDumper):
    """Writes values out instead of pointing to their first place."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def typed_yaml(content: bytes, name: str) -> tuple[Any, list[Problem]]:
    """A file's content with types, and its top-level fields that stand twice; ``read_yaml`` finds those further down.
    Call that one before: it refuses what expands or is nested without end.

    FileError ``file-syntax``.
    """
    try:
        loader = _Typed(content)
        try:
            root = loader.get_single_node()
            return loader.construct_document(root) if root is not None else None, list(_doubled(root, name))
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileError("file-syntax", path=name, line=line, reason=str(error.problem or error.context)) from error
    except (yaml.YAMLError, ValueError) as error:
        raise FileError("file-syntax", path=name, line=1, reason=str(error).splitlines()[0]) from error


def _doubled(root: Any, name: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for key, _ in root.value if isinstance(root, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode) and key.value in seen:
            place = Origin(name, key.start_mark.line + 1)
            yield problem("duplicate-field", place, path=key.value, field=key.value)
        seen.add(str(key.value))


def _entry(typed: Any, part: str, number: int) -> Any:
    entries = typed.get(part) if isinstance(typed, dict) else None
    return entries[number] if isinstance(entries, list) and number < len(entries) else None


def free_values(text: Any, typed: Any, *, free: frozenset[str] = _FREE) -> Any:
    """Data whose scalars are text, with the typed values in the fields that hold free ones."""
    if isinstance(text, dict) and isinstance(typed, dict):
        return {
            key: _plain(typed[key]) if key in free and key in typed else free_values(value, typed.get(key), free=free)
            for key, value in text.items()
        }
    if isinstance(text, list) and isinstance(typed, list) and len(text) == len(typed):
        return [free_values(*pair, free=free) for pair in zip(text, typed, strict=True)]
    return text


def _plain(value: Any) -> Any:
    """Values that JSON has; others, which only an explicit tag makes, as text."""
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
