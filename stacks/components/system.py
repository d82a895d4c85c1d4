"""A system in its landing zone: security groups, and for each component port, machine, volumes and names."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.runtime.rpc import UNKNOWN

from stacks.components.parts import Asking, make_groups
from stacks.design.model import MachineDesign, SystemDesign, ZoneOutputs
from stacks.errors import StackError
from stacks.ways import Kind, Made, Way

__all__ = ["SystemStack"]


class SystemStack(pulumi.ComponentResource):
    """Makes the machines of a system; ``exported`` has the fields of ``SystemOutputs``.

    Without outputs of the landing zone its ids are unknown, as a preview shows them.
    """

    def __init__(self, design: SystemDesign, zone: ZoneOutputs | None, way: Way) -> None:
        super().__init__("qianyun:stacks:SystemStack", "system")
        self._design, self._zone = design, zone
        asking = Asking(way, self, design.protected).within(UNKNOWN if zone is None else zone.project_id)
        self._groups = make_groups(asking, design.groups)
        machines = {machine.component: self._machine(asking, machine) for machine in design.machines}
        self._records(asking)
        self.exported: dict[str, Any] = {"machines": machines}
        self.register_outputs(self.exported)

    def _machine(self, asking: Asking, machine: MachineDesign) -> dict[str, Any]:
        name = machine.component
        port = asking.make(
            Kind.PORT,
            f"port-{name}",
            {
                "name": machine.name,
                "network_id": UNKNOWN if self._zone is None else self._zone.network_id,
                "fixed_ips": self._fixed_ips(machine),
                "security_group_ids": [self._group(group) for group in machine.groups],
            },
        )
        zone = self._design.place.availability_zone or None
        server = asking.make(
            Kind.SERVER,
            f"server-{name}",
            {
                "name": machine.name,
                "image": machine.image,
                "flavor": machine.flavor,
                "port_ids": [port.id],
                "key_name": machine.key or None,
                "availability_zone": zone,
                "metadata": {"system": self._design.id, "component": name},
            },
        )
        self._volumes(asking, machine, server, zone)
        return {
            "id": server.id,
            "name": machine.name,
            "addresses": port.outputs["fixed_ips"].apply(_addresses),
            "mac": port.outputs["mac_address"],
        }

    @staticmethod
    def _volumes(asking: Asking, machine: MachineDesign, server: Made, zone: str | None) -> None:
        for volume in machine.volumes:
            name = f"{machine.component}-{volume.name}"
            made = asking.make(
                Kind.VOLUME,
                f"volume-{name}",
                {
                    "name": f"{machine.name}-{volume.name}",
                    "size_gib": volume.size_gib,
                    "volume_type": volume.type or None,
                    "availability_zone": zone,
                },
            )
            joined = {"server_id": server.id, "volume_id": made.id}
            asking.make(Kind.VOLUME_ATTACHMENT, f"attachment-{name}", joined)

    def _fixed_ips(self, machine: MachineDesign) -> list[dict[str, str]] | str:
        """One address of each subnet: the one of the design, else any that the cloud gives."""
        if self._zone is None:
            return UNKNOWN
        wanted = {"6" if ":" in address else "4": address for address in machine.addresses}
        missing = wanted.keys() - self._zone.subnets.keys()
        if missing:
            what = f"subnet-v{min(missing)}"
            raise StackError("stack-zone-lacks", stack=self._design.stack, zone=self._design.zone, what=what)
        return [
            {"subnet_id": id} | ({"ip_address": wanted[version]} if version in wanted else {})
            for version, id in sorted(self._zone.subnets.items())
        ]

    def _group(self, name: str) -> pulumi.Output[str] | str:
        if name in self._groups:
            return self._groups[name].id
        if self._zone is None:
            return UNKNOWN
        if name not in self._zone.groups:
            what = f"group-{name}"
            raise StackError("stack-zone-lacks", stack=self._design.stack, zone=self._design.zone, what=what)
        return self._zone.groups[name]

    def _records(self, asking: Asking) -> None:
        if not asking.can(Kind.RECORD_SET):
            return
        for record in self._design.records:
            if self._zone is not None and not self._zone.dns_zone_id:
                raise StackError("stack-zone-lacks", stack=self._design.stack, zone=self._design.zone, what="dns-zone")
            asking.make(
                Kind.RECORD_SET,
                f"record-{record.name.rstrip('.')}-{record.type}",
                {
                    "zone_id": UNKNOWN if self._zone is None else self._zone.dns_zone_id,
                    "name": record.name,
                    "type": record.type,
                    "records": list(record.values),
                    "ttl": record.ttl,
                },
            )


def _addresses(fixed: Any) -> list[str]:
    """Addresses of a port; previews show those that are asked for."""
    return [each["ip_address"] for each in fixed or () if each.get("ip_address")]
