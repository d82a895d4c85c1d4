"""Small estates said in a few words, for the tests of the graph."""

from __future__ import annotations

import datetime as dt
from typing import Any

from inventory.estate import Estate, Settings
from inventory.inventory import Inventory
from inventory.kinds import KINDS, plural
from migration.graph.build import build_graph
from migration.graph.model import EstateGraph

DIVISION = {"id": "140000", "level": "province"}


def inventory(root: str | None = None, **records: Any) -> Inventory:
    """Records by the plural of their kind; divisions and departments that are named nowhere else are made."""
    listed: dict[str, Any] = {"divisions": [DIVISION], **records}
    made: dict[str, Any] = {}
    for kind, model in KINDS.items():
        found = [model.model_validate(record) for record in listed.get(plural(kind), [])]
        made[plural(kind)] = {str(getattr(record, "id")): record for record in found}  # noqa: B009 - not every kind is a Record
    estate = Estate(name="x", as_of=dt.date(2021, 1, 1), settings=Settings(management_root=root))
    return Inventory(estate, **made)


def graph(root: str | None = None, **records: Any) -> EstateGraph:
    """The graph of ``inventory(...)``."""
    return build_graph(inventory(root, **records))


def system(id: str, **fields: Any) -> dict[str, Any]:
    return {"id": id, "department": "mzt", **fields}


def needs(client: str, provider: str, *, hard: bool = True, order: str = "none", **fields: Any) -> dict[str, Any]:
    return {"from": client, "to": provider, "strength": "hard" if hard else "soft", "order": order, **fields}


def device(id: str, role: str = "access", level: str = "city", **fields: Any) -> dict[str, Any]:
    return {"id": id, "division": "140000", "role": role, "level": level, **fields}


def link(a: str, b: str, id: str = "", **fields: Any) -> dict[str, Any]:
    return {"id": id or f"{a}-{b}", "a_device": a, "b_device": b, "bandwidth_mbps": 1000, **fields}


def department(id: str, *devices: str) -> dict[str, Any]:
    return {"id": id, "division": "140000", "attached_to": [{"device": name} for name in devices]}


def room(id: str, *attached: str, owner: str = "mzt") -> dict[str, Any]:
    return {"id": id, "department": owner, "division": "140000", "attached_to": list(attached)}
