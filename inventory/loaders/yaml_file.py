"""YAML and JSON files through libyaml's composer. All scalars stay text; pydantic gives them their types.

That makes reading fast and keeps codes with leading zeros, ``no`` and dates as they were written.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import yaml

from inventory.errors import FileError
from inventory.loaders.raw import RawFile, RawRecord
from inventory.problems import Origin, problem

__all__ = ["locate", "read_yaml"]

ALIAS_LIMIT = 1_000_000
"""Values that aliases may add to a file; a "YAML bomb" adds billions."""
DEPTH_LIMIT = 60
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_STR = "tag:yaml.org,2002:str"
_SEQ = "tag:yaml.org,2002:seq"
_MAP = "tag:yaml.org,2002:map"


class _Composer(yaml.CSafeLoader):
    """The C composer without implicit types: resolving each scalar would cost most of the reading time."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:  # noqa: ARG002 - PyYAML's signature
        return _STR if kind is yaml.ScalarNode else _SEQ if kind is yaml.SequenceNode else _MAP


class _Builder:
    """Nodes to plain data. Aliases share one object; ``sizes`` tells how large each would be written out."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.known: dict[int, tuple[Any, int]] = {}
        self.open: set[int] = set()
        self.added = 0
        self.doubled: list[tuple[str, int]] = []

    def build(self, node: Any, depth: int = 0) -> tuple[Any, int]:
        """(data, number of values in it)."""
        if type(node) is yaml.ScalarNode:
            text = node.value
            return (None if text in _NULLS and not node.style else text), 1
        key = id(node)
        if key in self.known:
            data, size = self.known[key]
            self.added += size
            if self.added > ALIAS_LIMIT:
                raise FileError("file-expands", path=self.path, limit=ALIAS_LIMIT)
            return data, size
        if depth > DEPTH_LIMIT or key in self.open:
            raise FileError("file-nested", path=self.path, limit=DEPTH_LIMIT)
        self.open.add(key)
        data, size = self._sequence(node, depth) if type(node) is yaml.SequenceNode else self._mapping(node, depth)
        self.open.discard(key)
        self.known[key] = (data, size)
        return data, size

    def _sequence(self, node: Any, depth: int) -> tuple[list[Any], int]:
        built = [self.build(item, depth + 1) for item in node.value]
        return [data for data, _ in built], 1 + sum(size for _, size in built)

    def _mapping(self, node: Any, depth: int) -> tuple[dict[str, Any], int]:
        data: dict[str, Any] = {}
        total = 1
        for key_node, value_node in node.value:
            key = key_node.value if type(key_node) is yaml.ScalarNode else str(self.build(key_node, depth + 1)[0])
            value, size = self.build(value_node, depth + 1)
            total += size + 1
            if key == "<<" and isinstance(value, dict):
                data = {**value, **data}
                continue
            if key in data:
                self.doubled.append((key, key_node.start_mark.line + 1))
            data[key] = value
        return data, total


def read_yaml(content: bytes, name: str) -> RawFile:
    """Read a YAML or JSON file. ``name`` is the file's path relative to the estate, for messages.

    Raises FileError ``file-syntax`` with the line, ``file-expands``, ``file-nested``.
    """
    raw = RawFile()
    builder = _Builder(name)
    for root in _documents(content, name):
        if type(root) is yaml.ScalarNode and root.value in _NULLS:
            continue
        if type(root) is not yaml.MappingNode:
            raise FileError(
                "file-syntax",
                path=name,
                line=root.start_mark.line + 1,
                reason="a mapping such as 'systems:' is expected",
            )
        for key_node, value_node in root.value:
            _top_level(raw, builder, str(key_node.value), value_node, name)
    raw.problems += [
        problem("duplicate-field", Origin(name, line), path=key, field=key) for key, line in builder.doubled
    ]
    return raw


def _top_level(raw: RawFile, builder: _Builder, key: str, node: Any, name: str) -> None:
    if type(node) is not yaml.SequenceNode:
        raw.loose[key] = builder.build(node)[0]
        return
    records = raw.lists.setdefault(key, [])
    for item in node.value:
        origin = Origin(name, item.start_mark.line + 1)
        data = builder.build(item, 1)[0]
        if isinstance(data, dict):
            records.append(RawRecord(data, origin))
        else:
            raw.problems.append(problem("not-a-record", origin, path=key))


_BRACKETS = re.compile(rb"[\[{\]}]")
_QUOTED_BRACKET = re.compile(rb"[\"'#][^\n]*[\]}]")
_DEEP_INDENT = re.compile(rb"^[ \-?]{900}", re.MULTILINE)
_SAFE_DEPTH = 900
"""libyaml's composer recurses in C: tens of thousands of levels end the process, so they are looked for beforehand."""


def _refuse_deep_nesting(content: bytes, name: str) -> None:
    suspicious = _DEEP_INDENT.search(content) is not None
    if not suspicious and content.count(b"[") + content.count(b"{") > _SAFE_DEPTH:
        depth = 0
        for bracket in _BRACKETS.finditer(content):
            depth = depth + 1 if bracket.group() in b"[{" else max(0, depth - 1)
            if depth > _SAFE_DEPTH:
                break
        suspicious = depth > _SAFE_DEPTH or _QUOTED_BRACKET.search(content) is not None
    if not suspicious:
        return
    depth = 0
    for event in yaml.parse(content, Loader=yaml.CSafeLoader):  # iterative, but twice as slow as composing
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _SAFE_DEPTH:
            raise FileError("file-nested", path=name, limit=DEPTH_LIMIT)


def _documents(content: bytes, name: str) -> Iterator[Any]:
    with contextlib.suppress(yaml.YAMLError):  # syntax is reported below, with its line
        _refuse_deep_nesting(content, name)
    try:
        loader = _Composer(content)
    except yaml.reader.ReaderError as error:
        raise FileError("file-syntax", path=name, line=1, reason=str(error.reason)) from error
    try:
        while loader.check_node():
            yield loader.get_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        reason = " ".join(part for part in (error.problem, error.context) if part)
        raise FileError("file-syntax", path=name, line=line, reason=reason) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FileError("file-syntax", path=name, line=1, reason=str(error).splitlines()[0]) from error
    except RecursionError as error:
        raise FileError("file-nested", path=name, limit=DEPTH_LIMIT) from error
    finally:
        loader.dispose()


def locate(content: bytes, name: str, line: int | None, path: tuple[str | int, ...]) -> int | None:
    """The line of the field ``path`` inside the record that begins at ``line`` (None: the file's top level).

    The line of the nearest enclosing field where the field itself is not in the file; the record's own line in files
    that are too large to be read once more.
    """
    before, node = _record_alone(content, line)
    if node is None:
        if len(content) > _READ_AGAIN:
            return line
        before, node = 0, _record_of_file(content, name, line)
    found = line
    for step in path:
        pair = _step(node, step)
        if pair is None:
            break
        found, node = pair[0] + before, pair[1]
    return found


_READ_AGAIN = 1_000_000
_ITEM = re.compile(rb"( *)- +")


@lru_cache(maxsize=2)
def _lines(content: bytes) -> list[bytes]:
    return content.split(b"\n")


def _record_alone(content: bytes, line: int | None) -> tuple[int, Any]:
    """(lines before it, node) of the list item that begins at ``line``, without reading the rest of the file."""
    lines = _lines(content)
    item = _ITEM.match(lines[line - 1]) if line is not None and line <= len(lines) else None
    if line is None or item is None:
        return 0, None
    end = line
    while end < len(lines):
        text = lines[end].strip()
        if text and not text.startswith(b"#") and len(lines[end]) - len(lines[end].lstrip(b" ")) <= len(item[1]):
            break
        end += 1
    try:
        (root,) = _documents(b"\n".join(lines[line - 1 : end]), "")
    except (FileError, ValueError):  # it leans on the rest of the file, by an alias or a bracket
        return 0, None
    return line - 1, root.value[0] if type(root) is yaml.SequenceNode and len(root.value) == 1 else None


@lru_cache(maxsize=1)
def _first_mapping(content: bytes, name: str) -> Any:
    """Kept, for a file with one fault often has many."""
    try:
        return next((root for root in _documents(content, name) if type(root) is yaml.MappingNode), None)
    except FileError:
        return None


def _record_of_file(content: bytes, name: str, line: int | None) -> Any:
    if line is None:
        return _first_mapping(content, name)
    node: Any = None
    try:
        for root in _documents(content, name):
            if type(root) is not yaml.MappingNode:
                continue
            for _, value in root.value:
                items = value.value if type(value) is yaml.SequenceNode else ()
                node = next((item for item in items if item.start_mark.line + 1 == line), node)
    except FileError:
        return None
    return node


def _step(node: Any, step: str | int) -> tuple[int, Any] | None:
    if type(node) is yaml.SequenceNode and isinstance(step, int) and step < len(node.value):
        child = node.value[step]
        return child.start_mark.line + 1, child
    if type(node) is yaml.MappingNode:
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    return None
