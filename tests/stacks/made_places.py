"""Designs of a landing zone and two systems, by hand."""

from __future__ import annotations

from stacks.design.model import (
    MachineDesign,
    NetworkDesign,
    Place,
    QuotaDesign,
    SubnetDesign,
    SystemDesign,
    Way,
    ZoneDesign,
)

__all__ = ["PLACE", "ZONE", "system_of"]

PLACE = Place(cloud="yun", pool="yun-a", way=Way.OPENSTACK, login="bed")
ZONE = ZoneDesign(
    id="yun-a.mzt",
    place=PLACE,
    project="yun-a.mzt",
    department="mzt",
    quota=QuotaDesign(vcpu=8, memory_gib=16, storage_gib=100, machines=4, volumes=4),
    network=NetworkDesign(
        name="yun-a.mzt",
        subnets=(SubnetDesign(version=4, prefix="10.128.0.0/26"), SubnetDesign(version=6, prefix="3fff:a::/64")),
    ),
)


def system_of(id: str, number: int, *, flavor: str = "small", protected: tuple[str, ...] = ()) -> SystemDesign:
    """A system with one machine."""
    machine = MachineDesign(
        component="web",
        name=f"{id}-web",
        image="plain",
        flavor=flavor,
        vcpu=2,
        memory_gib=4,
        addresses=(f"10.128.0.{number}", f"3fff:a::{number}"),
    )
    return SystemDesign(
        id=id, zone=ZONE.id, place=PLACE, department="mzt", grade=2, machines=(machine,), protected=protected
    )
