"""A draft to the plain data of a record of its kind, and the keys by which the same row is known again."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from inventory.ledger.cells import Host
from inventory.ledger.findings import Level
from inventory.ledger.names import Names
from inventory.ledger.rows import Draft
from inventory.ledger.text import name_key

__all__ = ["assemble", "keys_of", "spoken_paths"]

_ROLES = {"web": "web", "app": "application", "db": "database", "main": ""}
_SPEC = ("vcpu", "memory_gib", "storage_gib")


def assemble(draft: Draft, names: Names) -> dict[str, Any]:
    """Plain data of a row, without an id; what was assumed is said in the draft's findings."""
    plain = {
        path: _plain(value)
        for path, value in draft.values.items()
        if path != "code" and not path.startswith("components.")
    }
    plain.pop("classified", None)
    return _OWN.get(draft.table.kind, _as_it_is)(draft, plain, names)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _nested(plain: dict[str, Any]) -> dict[str, Any]:
    """Dotted fields into nested ones."""
    found: dict[str, Any] = {}
    for path, value in plain.items():
        *above, last = path.split(".")
        inside = found
        for step in above:
            inside = inside.setdefault(step, {})
        inside[last] = value
    return found


def _as_it_is(draft: Draft, plain: dict[str, Any], _names: Names) -> dict[str, Any]:
    if plain.pop("count", 1) != 1:
        draft.say("count-of-one", Level.REFUSED, "count")
    return _nested(plain)


def _system(draft: Draft, plain: dict[str, Any], names: Names) -> dict[str, Any]:
    plain = _as_it_is(draft, plain, names)
    parts = {path.split(".")[1] for path in draft.values if path.startswith("components.")}
    components = [_component(draft, part) for part in _ROLES if part in parts]
    if components:
        plain["components"] = components
    dates = plain.pop("evidence", {})
    if dates:
        plain["evidence"] = [{"kind": kind, "date": date} for kind, date in dates.items()]
    return plain


def _component(draft: Draft, part: str) -> dict[str, Any]:
    own = {
        path.split(".", 2)[2]: value for path, value in draft.values.items() if path.startswith(f"components.{part}.")
    }
    component: dict[str, Any] = {"id": part}
    if _ROLES[part]:
        component["role"] = _ROLES[part]
    spec = own.pop("spec", None)
    for name in _SPEC:
        from_spec = getattr(spec, name) if spec is not None else None
        value = own.pop(name, None)
        if value is not None and from_spec is not None and value != from_spec:
            path = f"components.{part}.{name}"
            draft.say("spec-differs", Level.GUESSED, path, other=from_spec, value=value)
        if value is not None or from_spec is not None:
            component[name] = from_spec if value is None else value
    endpoints = _endpoints(
        own.pop("address", ()), own.pop("dns_name", ()), own.pop("port", None), own.pop("public_address", ())
    )
    component |= own
    if endpoints:
        component["endpoints"] = endpoints
    return component


def _endpoints(
    addresses: tuple[Host, ...], named: tuple[Host, ...], port: int | None, public: tuple[Host, ...]
) -> list[dict[str, Any]]:
    hosts = [
        *addresses,
        *(host for host in named if host.address and host.address not in {each.address for each in addresses}),
    ]
    names = [host for host in (*addresses, *named) if host.name]
    located = [host for host in hosts if host.address]
    if len(names) == 1 and located:
        name = names[0]
        hosts = [host._replace(name=name.name, port=host.port or name.port) for host in located]
    else:
        hosts = located + names
    if public and not hosts:
        hosts = [Host()]
    found = [_endpoint(host, port) for host in hosts]
    if public:
        found[0]["public_address"] = public[0].address
    return found


def _endpoint(host: Host, port: int | None) -> dict[str, Any]:
    endpoint: dict[str, Any] = {}
    if host.address:
        six = ipaddress.ip_address(host.address).version == 6
        endpoint["address_v6" if six else "address"] = host.address
    if host.name:
        endpoint["name"] = host.name
    if host.port or port:
        endpoint["port"] = host.port or port
    return endpoint


def _line(draft: Draft, plain: dict[str, Any], names: Names) -> dict[str, Any]:
    period = plain.pop("contract_period", None)
    if period is not None:
        plain.setdefault("contract_start", _plain(period[0]))
        plain.setdefault("contract_end", _plain(period[1]))
    return _as_it_is(draft, plain, names)


def _room(draft: Draft, plain: dict[str, Any], names: Names) -> dict[str, Any]:
    if "division" not in plain and "division" not in draft.unread and "department" in plain:
        plain["division"] = names.division_of(plain["department"])
    return _as_it_is(draft, plain, names)


def _asset(draft: Draft, plain: dict[str, Any], names: Names) -> dict[str, Any]:
    position = plain.pop("position", None)
    if position is not None:
        plain["position"] = position[0]
        if position[1] is not None:
            plain.setdefault("height_units", position[1])
    return _as_it_is(draft, plain, names)


def _device(draft: Draft, plain: dict[str, Any], names: Names) -> dict[str, Any]:
    if "division" not in plain and "division" not in draft.unread and "department" in plain:
        plain["division"] = names.division_of(plain["department"])
    division = names.inventory.divisions.get(str(plain.get("division")))
    if "level" not in plain and division is not None:
        plain["level"] = division.level.value
        draft.say("level-assumed", Level.GUESSED, "level", of_division=division.level.value)
    return _as_it_is(draft, plain, names)


_OWN: dict[str, Callable[[Draft, dict[str, Any], Names], dict[str, Any]]] = {
    "system": _system,
    "line": _line,
    "room": _room,
    "asset": _asset,
    "device": _device,
}


def keys_of(kind: str, plain: Mapping[str, Any], code: str = "") -> tuple[str, ...]:
    """Keys of a row or a record, the strongest first. Two rows with one key in common are the same object."""
    owner = str(plain.get("department") or plain.get("division") or "")
    name = name_key(str(plain.get("name") or ""))
    keys = [f"{owner}|number|{name_key(code)}"] if code else []
    if kind == "asset":
        owner = str(plain.get("room") or "")
        keys += [
            f"{field}|{name_key(str(plain[field]))}" for field in ("serial_number", "asset_number") if plain.get(field)
        ]
        if plain.get("rack") and plain.get("position"):
            keys.append(f"{owner}|place|{name_key(str(plain['rack']))}|{plain['position']}")
        return tuple(keys) if keys or not name else (f"{owner}|name|{name}",)
    if kind == "dependency":
        return (f"{plain.get('from')}|{plain.get('to')}|{plain.get('kind') or 'call'}|{plain.get('port') or ''}",)
    if kind == "device":
        return (*keys, f"name|{name}") if name else tuple(keys)
    if name:
        keys.append(f"{owner}|name|{name}")
    elif kind in ("line", "internet_exit"):
        ends = "|".join(str(plain.get(field) or "") for field in ("a", "b", "carrier", "bandwidth_mbps"))
        keys.append(f"{owner}|ends|{ends}")
    return tuple(keys)


def spoken_paths(draft: Draft) -> frozenset[str]:
    """Dotted fields about which the table speaks, even where the row's cell is empty; a refused cell says nothing."""
    paths = frozenset(column.path for column in draft.table.taken)
    return _spoken(paths - draft.unread)


@lru_cache(maxsize=256)
def _spoken(columns: frozenset[str]) -> frozenset[str]:
    found: set[str] = set()
    for path in columns:
        head, _, last = path.rpartition(".")
        if last == "spec":
            found |= {f"{head}.{name}" for name in _SPEC}
        elif last in ("address", "dns_name", "port", "public_address") and head.startswith("components."):
            found.add(f"{head}.endpoints")
        elif head == "evidence":
            found.add("evidence")
        elif path == "contract_period":
            found |= {"contract_start", "contract_end"}
        else:
            found.add(path)
    return frozenset(found)
