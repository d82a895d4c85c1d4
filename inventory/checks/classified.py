"""Classified systems, lines and private networks are stubs: id, department, count. Messages never repeat more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from inventory.checks.common import Found, about
from inventory.inventory import Inventory
from inventory.kinds import CLASSIFIABLE, KINDS
from inventory.problems import Problem
from inventory.references import targets_of

__all__ = ["check_classified"]

_ALLOWED = frozenset({"id", "department", "count", "classified"})
_POINTING = ("system", "line", "dependency", "move_group", "risk")
"""Kinds whose records may name a system, a line or a private network."""


def check_classified(inventory: Inventory) -> Found:
    """Stubs without detail, with an id that tells nothing, one a department and kind, and nothing that names them."""
    stubs: set[tuple[str, str]] = set()
    for kind in CLASSIFIABLE:
        first: dict[str, str] = {}
        for id, record in inventory.of(kind).items():
            if not getattr(record, "classified", False):
                continue
            stubs.add((kind, id))
            yield from _stub(inventory, kind, id, record)
            department = str(getattr(record, "department", ""))
            other = first.setdefault(department, id)
            if other != id:
                yield about(inventory, "classified-twice", kind, id, "department", department=department, other=other)
    if stubs:
        yield from _named(inventory, stubs)


def _stub(inventory: Inventory, kind: str, id: str, record: Any) -> Found:
    for name in _details(record):
        yield about(inventory, "classified-detail", kind, id, name, field=name)
    department = record.department
    if not re.fullmatch(rf"{re.escape(department)}-(classified-)?\d+", id):
        nearest = _free_id(inventory, kind, department)
        yield about(inventory, "classified-id", kind, id, "id", nearest)


def _details(record: Any) -> Iterator[str]:
    """Names of fields that say more than a stub may."""
    for name, info in type(record).model_fields.items():
        if name not in _ALLOWED and getattr(record, name) != info.default:
            yield name


def _free_id(inventory: Inventory, kind: str, department: str) -> str:
    """The first id of the department and a counter that is not in use."""
    taken = inventory.of(kind)
    number = 1
    while f"{department}-{number:04d}" in taken:
        number += 1
    return f"{department}-{number:04d}"


def _named(inventory: Inventory, stubs: set[tuple[str, str]]) -> Iterator[Problem]:
    """Records that tell what a stub is connected to."""
    for kind in _POINTING:
        for id, record in inventory.of(kind).items():
            if (kind, id) in stubs:
                continue
            for target in targets_of(kind, record):
                named = target.id.partition("/")[0] if target.kind == "component" else target.id
                if ("system" if target.kind == "component" else target.kind, named) in stubs:
                    alias = KINDS[kind].model_fields[str(target.path[0])].alias
                    path = ".".join(str(step) for step in (alias or target.path[0], *target.path[1:]))
                    yield about(inventory, "classified-named", kind, id, path)
