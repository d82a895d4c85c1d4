"""The landing zone: project, quota, network of both families, baseline groups, DNS zone."""

from __future__ import annotations

from typing import Any

import pulumi

from stacks.components.parts import Asking, make_groups
from stacks.design.model import SubnetDesign, ZoneDesign
from stacks.ways import Kind, Made, Way

__all__ = ["LandingZone"]

UNLIMITED = -1
"""Rules and ports take nothing that a pool could run out of."""


class LandingZone(pulumi.ComponentResource):
    """Makes a landing zone; ``exported`` has the fields of ``ZoneOutputs``."""

    def __init__(self, design: ZoneDesign, way: Way) -> None:
        super().__init__("qianyun:stacks:LandingZone", "zone")
        cloud = Asking(way, self, design.protected)
        project: pulumi.Output[str] | str = ""
        waited: list[Made] = []
        if cloud.can(Kind.PROJECT):
            made = cloud.make(Kind.PROJECT, "project", _project(design))
            project = made.id
            waited = self._roles_and_quota(design, cloud, made)
        asking = cloud.within(project, waited)
        network = asking.make(Kind.NETWORK, "network", {"name": design.network.name})
        subnets = {
            str(subnet.version): self._subnet(design, asking, network, subnet) for subnet in design.network.subnets
        }
        self._router(design, asking, subnets)
        groups = make_groups(asking, design.groups)
        self.exported: dict[str, Any] = {
            "project_id": project,
            "network_id": network.id,
            "subnets": {version: subnet.id for version, subnet in subnets.items()},
            "groups": {name: group.id for name, group in groups.items()},
            "dns_zone_id": self._dns_zone(design, asking),
        }
        self.register_outputs(self.exported)

    @staticmethod
    def _roles_and_quota(design: ZoneDesign, cloud: Asking, project: Made) -> list[Made]:
        made = []
        if cloud.can(Kind.ROLE_ASSIGNMENT):
            for role in design.roles:
                assigned = {"project_id": project.id, "role": role}
                made.append(cloud.make(Kind.ROLE_ASSIGNMENT, f"role-{role}", assigned))
        if cloud.can(Kind.QUOTA):
            made.append(cloud.make(Kind.QUOTA, "quota", {"project_id": project.id, **_quota(design)}))
        return made

    @staticmethod
    def _subnet(design: ZoneDesign, asking: Asking, network: Made, subnet: SubnetDesign) -> Made:
        pools = None
        if subnet.dynamic is not None:
            pools = [{"start": subnet.dynamic[0], "end": subnet.dynamic[1]}]
        # Fixed addresses need stateful DHCPv6; only a router of the project itself announces that.
        six = subnet.version == 6
        return asking.make(
            Kind.SUBNET,
            f"subnet-v{subnet.version}",
            {
                "name": f"{design.network.name}-v{subnet.version}",
                "network_id": network.id,
                "ip_version": subnet.version,
                "cidr": subnet.prefix,
                "dns_nameservers": list(subnet.dns_servers) or None,
                "allocation_pools": pools,
                "ipv6_address_mode": "dhcpv6-stateful" if six else None,
                "ipv6_ra_mode": "dhcpv6-stateful" if six and design.network.external_network else None,
            },
        )

    @staticmethod
    def _router(design: ZoneDesign, asking: Asking, subnets: dict[str, Made]) -> None:
        outside = design.network.external_network
        if not outside or not asking.can(Kind.ROUTER):
            return
        router = asking.make(Kind.ROUTER, "router", {"name": design.network.name, "external_network": outside})
        for version, subnet in subnets.items():
            joined = {"router_id": router.id, "subnet_id": subnet.id}
            asking.make(Kind.ROUTER_INTERFACE, f"router-v{version}", joined)

    @staticmethod
    def _dns_zone(design: ZoneDesign, asking: Asking) -> pulumi.Output[str] | str:
        if not design.dns_zone or not asking.can(Kind.DNS_ZONE):
            return ""
        return asking.make(Kind.DNS_ZONE, "dns-zone", {"name": design.dns_zone, "email": design.dns_mail}).id


def _project(design: ZoneDesign) -> dict[str, Any]:
    return {
        "name": design.project,
        "description": f"{design.department}, {design.place.pool}",
        "domain_id": design.domain or None,
    }


def _quota(design: ZoneDesign) -> dict[str, int]:
    quota = design.quota
    return {
        "cores": quota.vcpu,
        "ram_mib": quota.memory_gib * 1024,
        "instances": quota.machines,
        "volumes": quota.volumes,
        "gigabytes": quota.storage_gib,
        "ports": UNLIMITED,
        "security_groups": UNLIMITED,
        "security_group_rules": UNLIMITED,
    }
