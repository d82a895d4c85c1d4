"""Networks, subnets, routers, security groups and ports (neutron)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from openstack import exceptions

from stacks.errors import CloudError, said_in_one_line
from stacks.provider.checks import nearest
from stacks.provider.cloud import Cloud
from stacks.provider.differences import normal
from stacks.provider.handlers.base import Handler, ObjectHandler
from stacks.provider.marks import Mark
from stacks.provider.model import Failure, Found, Made, Property

__all__ = [
    "PortHandler",
    "RouterHandler",
    "RouterInterfaceHandler",
    "RuleHandler",
    "SecurityGroupHandler",
    "detach",
    "two",
]

INTERFACE_OWNERS = (
    "network:router_interface",
    "network:ha_router_replicated_interface",
    "network:router_interface_distributed",
)


class RouterHandler(ObjectHandler):
    """A router; its gateway is named by an external network."""

    def lookups(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[Failure]:
        name = inputs.get("external_network")
        if isinstance(name, str) and name and name != old.get("external_network"):
            try:
                self._external(name)
            except CloudError as error:
                yield Failure("external_network", said_in_one_line(error))

    def _external(self, name: str) -> str:
        """Id of the external network of a name or id."""
        networks = self.cloud.known("external networks", self._externals)
        if name in networks:
            return name
        ids = [id for id, title in networks.items() if title == name]
        if len(ids) == 1:
            return ids[0]
        if ids:
            raise CloudError("cloud-ambiguous", what="external_network", kind="network", name=name, count=len(ids))
        raise CloudError(
            "cloud-not-found",
            what="external_network",
            kind="external network",
            name=name,
            nearest=nearest(name, networks.values()),
        )

    def _externals(self) -> dict[str, str]:
        found = self.cloud.service("network").networks(is_router_external=True)
        return {str(network.id): str(network.name) for network in found}

    def attributes(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        rest = {name: value for name, value in inputs.items() if name != "external_network"}
        external = inputs.get("external_network")
        gateway = {"external_gateway_info": {"network_id": self._external(external)}} if external else {}
        return {**super().attributes(rest), **gateway}

    def change_attributes(self, changed: Mapping[str, Any]) -> dict[str, Any]:
        rest = {name: value for name, value in changed.items() if name != "external_network"}
        attributes = super().change_attributes(rest)
        if "external_network" in changed:
            external = changed["external_network"]
            # Neutron takes an empty object for "no gateway"; null would be left out on the way.
            attributes["external_gateway_info"] = {"network_id": self._external(external)} if external else {}
        return attributes

    def observe(self, found: Any, row: Property, wanted: Any, outputs: Mapping[str, Any]) -> Any:
        if row.name != "external_network":
            return super().observe(found, row, wanted, outputs)
        id = (found.external_gateway_info or {}).get("network_id")
        if not id:
            return ""
        name = self.cloud.known("external networks", self._externals).get(id, id)
        return wanted if wanted in {id, name} else name


class RouterInterfaceHandler(Handler):
    """A router's leg in a subnet. Its id is ROUTER/SUBNET."""

    def what(self, inputs: Mapping[str, Any]) -> str:
        return f"{self.kind.name} of router {inputs.get('router_id')} in subnet {inputs.get('subnet_id')}"

    def create(self, mark: Mark, inputs: Mapping[str, Any], seconds: float) -> Made:
        del mark, seconds
        router, subnet = inputs["router_id"], inputs["subnet_id"]
        if not self._there(router, subnet):
            try:
                self.cloud.service("network").add_interface_to_router(router, subnet_id=subnet)
            except exceptions.BadRequestException:
                # Refused because an earlier, unanswered try of the same request has made it?
                if not self._there(router, subnet):
                    raise
        return Made(f"{router}/{subnet}", {})

    def _there(self, router: str, subnet: str) -> bool:
        ports = self.cloud.service("network").ports(device_id=router, fixed_ips=f"subnet_id={subnet}")
        return any(port.device_owner in INTERFACE_OWNERS for port in ports)

    def read(self, id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Found | None:
        del inputs, outputs
        router, subnet = two(self.kind.name, id, "ROUTER/SUBNET")
        ends = {"router_id": router, "subnet_id": subnet}
        return Found(id, ends, {}) if self._there(router, subnet) else None

    def delete(self, old: Found, seconds: float) -> None:
        del seconds
        router, subnet = two(self.kind.name, old.id, "ROUTER/SUBNET")
        try:
            self.cloud.service("network").remove_interface_from_router(router, subnet_id=subnet)
        except exceptions.NotFoundException:
            return
        except (exceptions.ConflictException, exceptions.BadRequestException):
            if self._there(router, subnet):
                raise

    def find(self, mark: Mark, inputs: Mapping[str, Any]) -> str | None:
        del mark
        router, subnet = inputs.get("router_id"), inputs.get("subnet_id")
        return f"{router}/{subnet}" if router and subnet and self._there(router, subnet) else None


def detach(cloud: Cloud, router: str) -> None:
    """Take a router out of all its subnets."""
    network = cloud.service("network")
    for port in list(network.ports(device_id=router)):
        if port.device_owner in INTERFACE_OWNERS:
            for entry in port.fixed_ips or ():
                network.remove_interface_from_router(router, subnet_id=entry["subnet_id"])


def two(kind: str, id: str, form: str) -> tuple[str, str]:
    """Both ends of a relation's id."""
    left, slash, right = id.partition("/")
    if not slash or not left or not right or "/" in right:
        raise CloudError("cloud-import", id=id, kind=kind, form=form)
    return left, right


class SecurityGroupHandler(ObjectHandler):
    """A security group that lets nothing through but what its own rules say."""

    def finish(self, found: Any, mark: Mark, inputs: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        # Neutron gives a new group rules of its own that let everything out; no design asked for them.
        # Every answer about a group shows its rules.
        for rule in found.security_group_rules or ():
            if self._own_default(rule):
                self.cloud.service("network").delete_security_group_rule(rule["id"], ignore_missing=True)
        return super().finish(found, mark, inputs, seconds)

    @staticmethod
    def _own_default(rule: Mapping[str, Any]) -> bool:
        narrower = (
            "protocol",
            "port_range_min",
            "port_range_max",
            "remote_ip_prefix",
            "remote_group_id",
            "description",
        )
        return rule["direction"] == "egress" and not any(rule.get(name) for name in narrower)


class RuleHandler(ObjectHandler):
    """A rule of a security group."""

    def what(self, inputs: Mapping[str, Any]) -> str:
        ports = f"{inputs.get('port_range_min', '')}-{inputs.get('port_range_max', '')}".strip("-") or "all ports"
        end = inputs.get("remote_ip_prefix") or inputs.get("remote_group_id") or "anywhere"
        return f"{self.kind.name} {inputs.get('direction')} {inputs.get('protocol') or 'any'} {ports} {end}"

    def candidates(self, mark: Mark, inputs: Mapping[str, Any]) -> Iterator[Any]:
        del mark
        group = inputs.get("security_group_id")
        yield from self.call("list")(**({"security_group_id": group} if group else {}))


class PortHandler(ObjectHandler):
    """A port with fixed addresses."""

    def observe(self, found: Any, row: Property, wanted: Any, outputs: Mapping[str, Any]) -> Any:
        if row.name != "fixed_ips":
            return super().observe(found, row, wanted, outputs)
        seen = [{"subnet_id": entry["subnet_id"], "ip_address": entry["ip_address"]} for entry in found.fixed_ips or ()]
        return seen if wanted is None else self._shaped(seen, wanted, found.mac_address or "")

    @staticmethod
    def _shaped(seen: list[dict[str, str]], wanted: list[dict[str, Any]], mac: str) -> list[dict[str, Any]]:
        """Addresses as wished where they fulfil it, without those that SLAAC adds by itself."""
        left, shaped = list(seen), []
        # Entries with an address first, so that one without does not take another's.
        for entry in sorted(wanted, key=lambda entry: entry.get("ip_address") is None):
            for got in left:
                if got["subnet_id"] != entry.get("subnet_id"):
                    continue
                if entry.get("ip_address") is None or _same_address(entry["ip_address"], got["ip_address"]):
                    left.remove(got)
                    shaped.append(entry)
                    break
        subnets = {entry.get("subnet_id") for entry in wanted}
        return shaped + [got for got in left if got["subnet_id"] in subnets or not _is_slaac(got["ip_address"], mac)]

    def outputs(self, found: Any, outputs: Mapping[str, Any]) -> dict[str, Any]:
        row = self.kind.by_name["fixed_ips"]
        return {**super().outputs(found, outputs), "fixed_ips": self.observe(found, row, None, outputs)}


def _same_address(left: str, right: str) -> bool:
    row = Property("ip_address", address=True)
    return bool(normal(row, left) == normal(row, right))


def _is_slaac(address: str, mac: str) -> bool:
    """Whether an IPv6 address ends in the modified EUI-64 of a MAC address (RFC 4291, appendix A)."""
    try:
        found = ipaddress.IPv6Address(address)
        octets = bytes.fromhex(mac.replace(":", "").replace("-", ""))
    except ValueError:
        return False
    if len(octets) != 6:
        return False
    return found.packed[8:] == bytes([octets[0] ^ 2]) + octets[1:3] + b"\xff\xfe" + octets[3:]
