"""What every reader returns: raw records by list name, where each was read, and the problems met on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from inventory.problems import Origin, Problem

__all__ = ["RawFile", "RawRecord"]


class RawRecord(NamedTuple):
    """Plain data of one record (all scalars are text) and its place."""

    data: dict[str, Any]
    origin: Origin


@dataclass
class RawFile:
    """One file's content. ``lists``: list name -> records; ``loose``: top-level fields that are no list (estate.yaml).

    ``columns``: sheet ("" for CSV) -> column name -> column letter, to name the cell of a field.
    """

    lists: dict[str, list[RawRecord]] = field(default_factory=dict)
    loose: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Mapping[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
