"""The table of all kinds."""

from __future__ import annotations

from inventory.base import Struct
from inventory.kinds.clouds import Cloud, Pool
from inventory.kinds.lines import Carrier, InternetExit, Line, PrivateNetwork
from inventory.kinds.network import Device, Link, Prefix, Vpn
from inventory.kinds.people import Calendar, Freeze, Team, Window
from inventory.kinds.policy import Risk, Rule, Target
from inventory.kinds.rooms import Asset, Room
from inventory.kinds.systems import Dependency, ExternalObject, MoveGroup, System
from inventory.kinds.territory import Department, Division

__all__ = ["CLASSIFIABLE", "KINDS", "PLURALS", "AnyRecord", "plural"]

AnyRecord = (
    Asset
    | Calendar
    | Carrier
    | Cloud
    | Department
    | Dependency
    | Device
    | Division
    | ExternalObject
    | Freeze
    | InternetExit
    | Line
    | Link
    | MoveGroup
    | Pool
    | Prefix
    | PrivateNetwork
    | Risk
    | Room
    | Rule
    | System
    | Target
    | Team
    | Vpn
    | Window
)

KINDS: dict[str, type[Struct]] = {
    "division": Division,
    "department": Department,
    "team": Team,
    "calendar": Calendar,
    "window": Window,
    "freeze": Freeze,
    "cloud": Cloud,
    "pool": Pool,
    "room": Room,
    "asset": Asset,
    "device": Device,
    "link": Link,
    "vpn": Vpn,
    "prefix": Prefix,
    "private_network": PrivateNetwork,
    "line": Line,
    "internet_exit": InternetExit,
    "carrier": Carrier,
    "system": System,
    "external_object": ExternalObject,
    "dependency": Dependency,
    "move_group": MoveGroup,
    "target": Target,
    "rule": Rule,
    "risk": Risk,
}
"""Kind -> model, in the order in which they are shown and written. Every model has an ``id``."""

_IRREGULAR = {"dependency": "dependencies", "prefix": "prefixes"}

CLASSIFIABLE = ("system", "line", "private_network")
"""Kinds that may be classified stubs."""


def plural(kind: str) -> str:
    """The name of a kind's list in files: ``plural("system") == "systems"``."""
    return _IRREGULAR.get(kind, kind + "s")


PLURALS: dict[str, str] = {plural(kind): kind for kind in KINDS}
"""Name of a list in files -> kind. ``components`` is not among them: components are parts of systems."""
