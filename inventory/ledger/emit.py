"""Records as YAML for people: a line a field, the parts of a record a line each.

A general emitter needs most of an import's time for ten thousand records; records are plain enough to be written
directly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

__all__ = ["list_text", "record_text"]

_PLAIN = re.compile(
    r"[A-Za-z\u4e00-\u9fff][\w\u4e00-\u9fff./()()、,;+@%&=—-]*(?:[ :][\w\u4e00-\u9fff./()()、,;+@%&=—-]+)*"
)
_ID = re.compile(r"\d+-[A-Za-z]\w*(?:-\w+)*")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


@lru_cache(maxsize=65536)
def _text(value: str) -> str:
    if _DAY.fullmatch(value) or _ID.fullmatch(value) or (_PLAIN.fullmatch(value) and value.casefold() not in _WORDS):
        return value
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\x7f").replace("\x85", "\\x85")


def _flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, str):
        text = _text(value)
        return json.dumps(value, ensure_ascii=False) if "," in text and not text.startswith('"') else text
    if isinstance(value, bool) or value is None:
        return "null" if value is None else str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else repr(value)


def _field(name: str, value: Any, indent: str) -> str:
    if isinstance(value, str):
        return f"{name}: {_text(value)}\n"
    if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        return f"{name}:\n" + "".join(f"{indent}  - {_flow(item)}\n" for item in value)
    return f"{name}: {_flow(value)}\n"


def record_text(plain: Mapping[str, Any], indent: int = 2) -> str:
    """One record as an item of a list whose dash stands in column ``indent`` (from 0)."""
    inside = " " * (indent + 2)
    lines = inside.join(_field(name, value, inside) for name, value in plain.items())
    return f"{' ' * indent}- {lines}"


def list_text(name: str, records: Sequence[Mapping[str, Any]]) -> str:
    """A whole list of records under its name."""
    return f"{name}:\n" + "".join(map(record_text, records))
