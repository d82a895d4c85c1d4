"""Edits in YAML files that people read and write: only the records that change are touched, comments and order stay.

A file is cut at its records by the composer's marks. A changed record is edited on its own by ruamel.yaml, which
keeps comments; all other lines stay as they are. Files that cannot be cut (several records on one line, anchors)
are edited as a whole.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import yaml
from ruamel.yaml import YAML

from inventory.kinds import plural
from inventory.ledger.emit import list_text, record_text
from inventory.ledger.merge import applied

__all__ = ["edited"]

Edits = Mapping[tuple[str, str], Mapping[str, Any]]
"""(kind, id) -> field path -> value or ``merge.MISSING``."""
New = Mapping[str, Sequence[Mapping[str, Any]]]
"""kind -> plain data of records to add."""


_ANCHORS = re.compile(r"(?:^|[\s\[{,:-])[&*]\w")


class _Item(NamedTuple):
    """Lines of one record: first, last (exclusive), column of its dash."""

    first: int
    last: int
    indent: int


class _List(NamedTuple):
    """Lines of one list of records and its records by id; ``last`` is where new ones go."""

    items: dict[str, _Item]
    last: int
    indent: int


class _UncuttableError(Exception):
    """The file does not have its records on lines of their own."""


def edited(text: str, edits: Edits, new: New) -> str:
    """The text with records changed and added. A record that is not in the text is left out: the caller has seen
    that it is."""
    if not text.strip():
        return "".join(list_text(plural(kind), records) for kind, records in new.items() if records)
    try:
        return _by_lines(text, edits, new)
    except _UncuttableError:
        return _as_a_whole(text, edits, new)


# ---- record by record -----------------------------------------------------------------------------------------------


def _by_lines(text: str, edits: Edits, new: New) -> str:
    lines = text.splitlines(keepends=True)
    lists = _lists(text, lines)
    replaced: list[tuple[int, int, str]] = []
    for (kind, id), changes in edits.items():
        found = lists.get(plural(kind))
        item = found.items.get(id) if found is not None else None
        if item is not None:
            chunk = "".join(lines[item.first : item.last])
            replaced.append((item.first, item.last, _edited_chunk(chunk, item.indent, changes)))
    added = ""
    for kind, records in new.items():
        if not records:
            continue
        found = lists.get(plural(kind))
        if found is None:
            added += list_text(plural(kind), records)
        else:
            listed = "".join(record_text(record, found.indent) for record in records)
            replaced.append((found.last, found.last, listed))
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    for first, last, chunk in sorted(replaced, key=lambda each: (-each[0], -each[1])):
        lines[first:last] = [chunk]
    return "".join(lines) + added


def _lists(text: str, lines: list[str]) -> dict[str, _List]:
    if _ANCHORS.search(text):
        raise _UncuttableError
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise _UncuttableError from error
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise _UncuttableError
    found: dict[str, _List] = {}
    for key, value in root.value:
        if isinstance(value, yaml.SequenceNode) and value.value:
            found[str(key.value)] = _list(value, lines)
    return found


def _list(node: Any, lines: list[str]) -> _List:
    starts = [item.start_mark.line for item in node.value]
    if node.flow_style or len(set(starts)) != len(starts):
        raise _UncuttableError
    end = _last_line(node.value[-1], lines)
    items: dict[str, _Item] = {}
    indent = 0
    for number, item in enumerate(node.value):
        first = starts[number]
        dash = re.match(r"( *)- ", lines[first])
        if dash is None or not isinstance(item, yaml.MappingNode):
            raise _UncuttableError
        indent = len(dash[1])
        last = _without_tail(lines, first, starts[number + 1] if number + 1 < len(starts) else end)
        named = next((value.value for key, value in item.value if key.value == "id"), None)
        if named is not None:
            items[str(named)] = _Item(first, last, indent)
    return _List(items, _without_tail(lines, starts[-1], end), indent)


def _last_line(node: Any, lines: list[str]) -> int:
    """Line after a node: a block ends where the next token begins, a flow collection on its own line."""
    mark = node.end_mark
    return (
        min(mark.line + (1 if node.flow_style or mark.column else 0), len(lines))
        if not _ends_at_key(node, lines)
        else int(mark.line)
    )


def _ends_at_key(node: Any, lines: list[str]) -> bool:
    return not node.flow_style and node.end_mark.line < len(lines) and node.end_mark.column == 0


def _without_tail(lines: list[str], first: int, last: int) -> int:
    """Blank lines and comments after a record belong to what follows."""
    while last > first + 1 and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
        last -= 1
    return last


def _edited_chunk(chunk: str, indent: int, changes: Mapping[str, Any]) -> str:
    round_trip = _round_trip()
    data = round_trip.load(textwrap.dedent(chunk))
    if not isinstance(data, list) or len(data) != 1:
        raise _UncuttableError
    applied(data[0], changes)
    return _indented(_dumped(round_trip, data), indent)


def _round_trip() -> YAML:
    round_trip = YAML()
    round_trip.width = 4096
    round_trip.preserve_quotes = True
    round_trip.indent(mapping=2, sequence=4, offset=2)
    return round_trip


def _dumped(round_trip: YAML, data: Any) -> str:
    out = io.StringIO()
    round_trip.dump(data, out)
    return textwrap.dedent(out.getvalue())


def _indented(text: str, indent: int) -> str:
    text = textwrap.dedent(text)
    return "".join(" " * indent + line if line.strip() else line for line in text.splitlines(keepends=True))


# ---- the whole file -------------------------------------------------------------------------------------------------


def _as_a_whole(text: str, edits: Edits, new: New) -> str:
    round_trip = _round_trip()
    data = round_trip.load(text)
    for (kind, id), changes in edits.items():
        for record in data.get(plural(kind), ()):
            if str(record.get("id")) == id:
                applied(record, changes)
    for kind, records in new.items():
        if records:
            data.setdefault(plural(kind), []).extend(dict(record) for record in records)
    out = io.StringIO()
    round_trip.dump(data, out)
    return out.getvalue()
