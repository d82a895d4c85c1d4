"""A landing zone in two versions: another subnet's name servers, one rule more and one less, another quota."""

from __future__ import annotations

from stacks.design.model import (
    Direction,
    GroupDesign,
    NetworkDesign,
    Place,
    QuotaDesign,
    RuleDesign,
    SubnetDesign,
    Way,
    ZoneDesign,
)
from stacks.engine import Program

__all__ = ["program_of_version"]


def program_of_version(stack: str, version: int, login: str = "bed") -> Program:
    """Version 0 or 1; in a project of its own, so that what one stack leaves is in no other's way."""
    from stacks.components import program_of

    design = ZoneDesign(
        id="kills.department",
        place=Place(cloud="kills", pool="kills", way=Way.OPENSTACK, login=login),
        project=stack,
        department="department",
        roles=("member",),
        quota=QuotaDesign(vcpu=20 + version, memory_gib=40, storage_gib=100, machines=10, volumes=10),
        network=NetworkDesign(
            name=stack,
            subnets=(
                SubnetDesign(version=4, prefix="10.99.0.0/24", dns_servers=(f"10.0.0.{53 + version}",)),
                SubnetDesign(version=6, prefix="fd00:99::/64"),
            ),
        ),
        groups=(
            GroupDesign(name="always", rules=(_rule(22), _rule(80 + version))),
            GroupDesign(name=f"version-{version}", rules=(_rule(443),)),
        ),
    )
    return program_of(design, None)


def _rule(port: int) -> RuleDesign:
    return RuleDesign(
        id=f"in-tcp-{port}",
        direction=Direction.INGRESS,
        version=4,
        protocol="tcp",
        ports=(port, port),
        remote_prefix="10.1.0.0/16",
    )
