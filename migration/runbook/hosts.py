"""The machines of a system, named alike in runbooks, labs and the dynamic inventory, and the site of any object."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

from inventory.inventory import Inventory, split_ref
from inventory.kinds.systems import Component, ComponentRole, Endpoint
from migration.runbook.model import Host
from migration.summaries import area_of

__all__ = ["NO_SITE", "SIDES", "address_of", "family_of", "host_name", "hosts_of", "site_of"]

SIDES = ("source", "target")
"""Where a component runs now, and where it will run."""
NO_SITE = "default"
"""Site of objects that belong to no division."""

_FAMILIES: tuple[tuple[str, str], ...] = (
    ("postgres*", "postgresql"),
    ("mariadb*", "mariadb"),
    ("mysql*", "mariadb"),
)
_FILE_SERVICES = ("", "files*", "nfs*", "ftp*", "vsftpd*", "rsync*", "linux*", "ext4*", "xfs*")
"""Technologies of file shares that are plain folders; object stores and appliances are none."""


def family_of(technology: str, role: ComponentRole) -> str:
    """``postgresql``, ``mariadb`` (also MySQL), ``files`` (folders of a file share) or empty."""
    name = technology.casefold()
    if role is ComponentRole.FILE:
        return "files" if any(fnmatchcase(name, pattern) for pattern in _FILE_SERVICES) else ""
    return next((family for pattern, family in _FAMILIES if fnmatchcase(name, pattern)), "")


def host_name(system: str, component: str, side: str) -> str:
    """``140000-mzt-0003.db.source``."""
    return f"{system}.{component}.{side}"


def address_of(endpoints: Iterable[Endpoint]) -> str:
    """The first IPv4 address, else the first IPv6 address, else empty. Never a name: a cutover switches names."""
    known = tuple(endpoints)
    return next(
        (address for family in ("address", "address_v6") for end in known if (address := getattr(end, family))), ""
    )


def hosts_of(inventory: Inventory, system: str, pool: str = "") -> tuple[Host, ...]:
    """The machines of a system: of each component its source and its target, in the order of the components.

    Groups: ``source`` or ``target``, the component's role, the family of its technology on that side. ``pool``: where
    the system lands, as far as that is known. The address is empty where the inventory has none.

    UnknownObjectError for a system that the inventory does not have.
    """
    record: Any = inventory.get("system", system)
    return tuple(_host(system, record.runs_in, part, side, pool) for part in record.components for side in SIDES)


def _host(system: str, runs_in: str | None, part: Component, side: str, pool: str) -> Host:
    target = side == "target"
    technology = (part.target_technology if target else "") or part.technology
    place = (f"pool:{pool}" if pool else "") if target else part.runs_in or runs_in or ""
    groups = (side, part.role.value, family_of(technology, part.role))
    return Host(
        name=host_name(system, part.id, side),
        address=address_of(part.target_endpoints if target else part.endpoints),
        object=f"component:{system}/{part.id}",
        place=place,
        groups=tuple(dict.fromkeys(group for group in groups if group)),
    )


def site_of(inventory: Inventory, kind: str, id: str) -> str:
    """Code of the division of level city that an object belongs to, of the top one for those above: ``140100``.

    Systems and lines belong where their department does, pools where their cloud does. A division without a code of its
    own goes by its id.

    UnknownObjectError for an object that the inventory does not have.
    """
    record: Any = inventory.get(kind, id)
    division = id if kind == "division" else _division(inventory, record)
    if not division:
        return NO_SITE
    area = area_of(inventory, division)
    above = inventory.divisions.get(area)
    return (above.code if above is not None else None) or area


def _division(inventory: Inventory, record: Any) -> str:
    division: str | None = getattr(record, "division", None)
    if division:
        return division
    for field, kind in (("department", "department"), ("cloud", "cloud"), ("room", "room")):
        owner = inventory.of(kind).get(getattr(record, field, None) or "")
        if owner is not None:
            return _division(inventory, owner)
    _, room = split_ref(getattr(record, "runs_in", None) or "")
    return _division(inventory, inventory.rooms[room]) if room in inventory.rooms else ""
