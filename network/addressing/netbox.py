"""The plan in NetBox: what is to be created or changed there. Looked at first; written only when asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from inventory.errors import MissingExtraError
from inventory.inventory import Inventory
from network.addressing.model import Addresses, Assignment
from network.errors import AddressingError

__all__ = ["NetboxChanges", "address_payloads", "apply_changes", "compare", "connect", "prefix_payloads"]

_STATUS = {True: "container", False: "active"}


def prefix_payloads(inventory: Inventory, addresses: Addresses) -> list[dict[str, Any]]:
    """One payload for /api/ipam/prefixes/ each; IPv4 and IPv6 of one segment name each other in ``description``.

    role, vrf: slug and name, which ``compare`` replaces by their ids.
    """
    return [_prefix(inventory, each) for each in addresses.prefixes]


def _prefix(inventory: Inventory, assignment: Assignment) -> dict[str, Any]:
    words = [assignment.id]
    if assignment.ipv4 is not None:
        words.append(f"IPv4 {assignment.ipv4}")
    division = inventory.divisions.get(assignment.division or "")
    department = inventory.departments.get(assignment.department or "")
    owner = (department.name if department is not None else "") or (division.name if division is not None else "")
    return {
        "prefix": str(assignment.prefix),
        "status": _STATUS[assignment.aggregate],
        "role": assignment.purpose.value,
        "vrf": assignment.vpn,
        "description": "; ".join(words)[:200],
        "comments": " ".join(part for part in (owner, assignment.site) if part),
    }


def address_payloads(addresses: Addresses) -> list[dict[str, Any]]:
    """One payload for /api/ipam/ip-addresses/ each: loopbacks and interfaces."""
    found = [
        {"address": f"{address}/128", "status": "active", "role": "loopback", "vrf": None, "description": device}
        for device, address in addresses.loopbacks.items()
    ]
    for (device, name), listed in addresses.interfaces.items():
        found += [
            {"address": str(each), "status": "active", "role": "", "vrf": None, "description": f"{device} {name}"}
            for each in listed
            if addresses.loopbacks.get(device) != each.ip
        ]
    return found


@dataclass(frozen=True)
class NetboxChanges:
    """What NetBox lacks: new objects, and for known ones (id) the fields that differ. unchanged: how many are right.

    missing: VRFs and roles, which have to be there before what refers to them.
    """

    create: Mapping[str, tuple[dict[str, Any], ...]] = field(default_factory=dict)
    update: Mapping[str, tuple[dict[str, Any], ...]] = field(default_factory=dict)
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unchanged: int = 0


def connect(url: str, token: str) -> Any:
    """A session with a NetBox. Nothing is sent yet."""
    try:
        import pynetbox
    except ImportError as error:
        raise MissingExtraError("missing-extra", command="ipv6 export --netbox", extra="network") from error
    return pynetbox.api(url, token=token)


def compare(
    api: Any, prefixes: Iterable[dict[str, Any]], addresses: Iterable[dict[str, Any]], url: str
) -> NetboxChanges:
    """Read NetBox and tell what it lacks. AddressingError ``addressing-netbox`` where it does not answer."""
    wanted = {"prefixes": list(prefixes), "ip_addresses": list(addresses)}
    keys = {"prefixes": "prefix", "ip_addresses": "address"}
    create: dict[str, tuple[dict[str, Any], ...]] = {}
    update: dict[str, tuple[dict[str, Any], ...]] = {}
    missing: dict[str, tuple[str, ...]] = {}
    unchanged = 0
    with _mapped(url):
        roles = {each.slug: each.id for each in api.ipam.roles.all()}
        vrfs = {each.name: each.id for each in api.ipam.vrfs.all()}
        used = [each["role"] for each in wanted["prefixes"]]
        missing["roles"] = tuple(dict.fromkeys(role for role in used if role not in roles))
        missing["vrfs"] = tuple(
            dict.fromkeys(each["vrf"] for each in wanted["prefixes"] if each["vrf"] and each["vrf"] not in vrfs)
        )
        for kind, payloads in wanted.items():
            present = {(str(each[keys[kind]]), _id(each["vrf"])): each for each in _all(api, kind)}
            new, changed = [], []
            for payload in payloads:
                vrf = vrfs.get(payload["vrf"]) if payload["vrf"] else None
                known = None if payload["vrf"] and vrf is None else present.get((payload[keys[kind]], vrf))
                if known is None:
                    new.append(payload)
                    continue
                differing = _differing(payload, known, roles if kind == "prefixes" else None)
                unchanged += not differing
                if differing:
                    changed.append({"id": known["id"], **differing})
            create[kind], update[kind] = tuple(new), tuple(changed)
    return NetboxChanges(create, update, missing, unchanged)


def _all(api: Any, kind: str) -> Iterable[dict[str, Any]]:
    return (dict(each) for each in getattr(api.ipam, kind).filter(family=6))


def _id(nested: Any) -> int | None:
    found: int | None = nested["id"] if isinstance(nested, dict) else nested
    return found


def _differing(payload: dict[str, Any], known: dict[str, Any], roles: Mapping[str, int] | None) -> dict[str, Any]:
    """Fields that NetBox has otherwise. ``comments`` belong to NetBox's users once the object is there."""
    found: dict[str, Any] = {}
    for name in ("status", "role", "description"):
        value, present = payload[name], known.get(name)
        if roles is not None and name == "role":
            if roles.get(value) != _id(present):
                found[name] = value
        elif value != (present["value"] if isinstance(present, dict) else present or ""):
            found[name] = value
    return found


def apply_changes(api: Any, changes: NetboxChanges, url: str) -> int:
    """Create VRFs and roles that are missing, then prefixes and addresses, and correct others. How many objects."""
    with _mapped(url):
        for role in changes.missing["roles"]:
            api.ipam.roles.create(name=role, slug=role)
        for vrf in changes.missing["vrfs"]:
            api.ipam.vrfs.create(name=vrf)
        roles = {each.slug: each.id for each in api.ipam.roles.all()}
        vrfs = {each.name: each.id for each in api.ipam.vrfs.all()}
        done = len(changes.missing["roles"]) + len(changes.missing["vrfs"])
        for kind in ("prefixes", "ip_addresses"):
            endpoint = getattr(api.ipam, kind)
            new = [_resolved(each, roles if kind == "prefixes" else None, vrfs) for each in changes.create[kind]]
            changed = [_resolved(each, roles if kind == "prefixes" else None, vrfs) for each in changes.update[kind]]
            if new:
                endpoint.create(new)
            if changed:
                endpoint.update(changed)
            done += len(new) + len(changed)
    return done


def _resolved(payload: dict[str, Any], roles: Mapping[str, int] | None, vrfs: Mapping[str, int]) -> dict[str, Any]:
    found = dict(payload)
    if roles is not None and "role" in found:
        found["role"] = roles[found["role"]]
    if found.get("vrf") is not None:
        found["vrf"] = vrfs[found["vrf"]]
    return found


@contextmanager
def _mapped(url: str) -> Iterator[None]:
    """pynetbox's errors and those of the connection as ours."""
    import pynetbox
    import requests

    try:
        yield
    except (pynetbox.RequestError, pynetbox.ContentError, requests.RequestException) as error:
        raise AddressingError("addressing-netbox", url=url, reason=str(error)[:300]) from error
