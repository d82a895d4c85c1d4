"""OSPF areas and IS-IS addresses."""

from __future__ import annotations

from ipaddress import IPv4Address

from inventory.inventory import Inventory
from inventory.routing_settings import AreaRule
from inventory.selectors import parse_selector

__all__ = ["BACKBONE", "area_of_link", "areas_of", "isis_entity"]

BACKBONE = "0.0.0.0"  # noqa: S104 - an OSPF area, no address to listen on


def areas_of(inventory: Inventory, rules: tuple[AreaRule, ...]) -> dict[str, str]:
    """Device -> its area, by the first rule that selects it; else the backbone."""
    found: dict[str, str] = {}
    for rule in rules:
        for id in parse_selector(rule.devices).select(inventory, "device"):
            found.setdefault(id, rule.area)
    return {id: found.get(id, BACKBONE) for id in inventory.devices}


def area_of_link(here: str, there: str | None) -> str:
    """The area of a link: that of both ends; between backbone and another area the other one (the backbone's end is the
    border router, RFC 2328 section 3.1); between two other areas, which must not touch, the backbone."""
    if there is None or here == there:
        return here
    if BACKBONE in (here, there):
        return there if here == BACKBONE else here
    return BACKBONE


def isis_entity(area: str, router_id: IPv4Address | None) -> str:
    """Network entity title with the IPv4 loopback as system id: 10.252.0.1 -> 0102.5200.0001."""
    digits = "".join(f"{int(part):03d}" for part in str(router_id or BACKBONE).split("."))
    return f"{area}.{digits[:4]}.{digits[4:8]}.{digits[8:]}.00"
