"""How somebody with an administrator's login spoils an object of each kind behind our back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from openstack.connection import Connection

from stacks.engine import StateResource
from stacks.ways import Kind
from tools.cloudbed.content import identity_of

__all__ = ["SPOILS", "UNSPOILED", "Spoil"]

UNSPOILED = frozenset({Kind.KEYPAIR})
"""Kinds that no component makes: machines are given the name of a key that is there (tests/stacks/provider)."""


@dataclass(frozen=True)
class Spoil:
    """What is done to an object, and how it looks.

    Attributes:
        op: what a drift says of the object.
        properties: of which it tells the difference.
    """

    do: Callable[[Connection, StateResource], object]
    look: Callable[[Connection, StateResource], Any]
    op: str
    properties: tuple[str, ...] = ()


def _ends(row: StateResource) -> list[str]:
    return row.id.split("/")


def _roles(cloud: Connection, row: StateResource) -> set[str]:
    project, user, _ = _ends(row)
    answer = identity_of(cloud).get(f"/projects/{project}/users/{user}/roles").json()
    return {role["name"] for role in answer["roles"]} - {"reader"}


def _take_role(cloud: Connection, row: StateResource) -> None:
    # Another role stays, as the landing zone's own login could not even look any more without one.
    project, user, role = _ends(row)
    identity = identity_of(cloud)
    reader = next(role for role in identity.roles() if role.name == "reader")
    assert identity.put(f"/projects/{project}/users/{user}/roles/{reader.id}").ok
    assert identity.delete(f"/projects/{project}/users/{user}/roles/{role}").ok


def _rules(cloud: Connection, row: StateResource) -> list[Any]:
    found = cloud.network.security_group_rules(security_group_id=row.inputs["security_group_id"])
    names = ("direction", "ether_type", "protocol", "port_range_min", "remote_ip_prefix", "description")
    return sorted(str([getattr(rule, name) for name in names]) for rule in found if rule.description != "by hand")


def _interfaces(cloud: Connection, row: StateResource) -> set[str]:
    router, _ = _ends(row)
    found = cloud.network.ports(device_id=router, device_owner="network:router_interface")
    return {entry["subnet_id"] for port in found for entry in port.fixed_ips}


def _detach(cloud: Connection, row: StateResource) -> None:
    server, volume = _ends(row)
    cloud.compute.delete_volume_attachment(server, volume)
    cloud.block_storage.wait_for_status(
        cloud.block_storage.get_volume(volume), "available", failures=["error"], wait=60, interval=0.2
    )


def _dns(cloud: Connection, verb: str, path: str, **body: Any) -> dict[str, Any]:
    # Without the header an administrator is told that there are no zones of other projects.
    answer = getattr(cloud.dns, verb)(path, headers={"X-Auth-All-Projects": "true"}, json=body or None)
    assert answer.ok, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _record(row: StateResource) -> str:
    return "/zones/{}/recordsets/{}".format(*_ends(row))


SPOILS: Mapping[Kind, Spoil] = {
    Kind.PROJECT: Spoil(
        lambda cloud, row: identity_of(cloud).update_project(row.id, description="spoiled"),
        lambda cloud, row: identity_of(cloud).get_project(row.id).description,
        "update",
        ("description",),
    ),
    Kind.ROLE_ASSIGNMENT: Spoil(_take_role, _roles, "delete"),
    Kind.QUOTA: Spoil(
        lambda cloud, row: cloud.compute.update_quota_set(row.id, cores=999),
        lambda cloud, row: cloud.compute.get_quota_set(row.id).cores,
        "update",
        ("cores",),
    ),
    Kind.NETWORK: Spoil(
        lambda cloud, row: cloud.network.update_network(row.id, name="spoiled"),
        lambda cloud, row: cloud.network.get_network(row.id).name,
        "update",
        ("name",),
    ),
    Kind.SUBNET: Spoil(
        lambda cloud, row: cloud.network.update_subnet(row.id, dns_nameservers=[], name="spoiled"),
        lambda cloud, row: (cloud.network.get_subnet(row.id).dns_nameservers, cloud.network.get_subnet(row.id).name),
        "update",
        ("dns_nameservers", "name"),
    ),
    Kind.ROUTER: Spoil(
        lambda cloud, row: cloud.network.update_router(row.id, external_gateway_info={}),
        lambda cloud, row: (cloud.network.get_router(row.id).external_gateway_info or {}).get("network_id"),
        "update",
        ("external_network",),
    ),
    Kind.ROUTER_INTERFACE: Spoil(
        lambda cloud, row: cloud.network.remove_interface_from_router(_ends(row)[0], subnet=_ends(row)[1]),
        _interfaces,
        "delete",
    ),
    Kind.SECURITY_GROUP: Spoil(
        lambda cloud, row: cloud.network.update_security_group(row.id, name="spoiled"),
        lambda cloud, row: cloud.network.get_security_group(row.id).name,
        "update",
        ("name",),
    ),
    Kind.SECURITY_GROUP_RULE: Spoil(
        lambda cloud, row: cloud.network.delete_security_group_rule(row.id), _rules, "delete"
    ),
    Kind.PORT: Spoil(
        lambda cloud, row: cloud.network.update_port(row.id, security_group_ids=[]),
        lambda cloud, row: sorted(cloud.network.get_port(row.id).security_group_ids),
        "update",
        ("security_group_ids",),
    ),
    Kind.SERVER: Spoil(
        lambda cloud, row: cloud.compute.set_server_metadata(row.id, system="spoiled"),
        lambda cloud, row: cloud.compute.get_server(row.id).metadata,
        "update",
        ("metadata",),
    ),
    Kind.VOLUME: Spoil(
        lambda cloud, row: cloud.block_storage.update_volume(row.id, name="spoiled"),
        lambda cloud, row: cloud.block_storage.get_volume(row.id).name,
        "update",
        ("name",),
    ),
    Kind.VOLUME_ATTACHMENT: Spoil(
        _detach,
        lambda cloud, row: [found.volume_id for found in cloud.compute.volume_attachments(_ends(row)[0])],
        "delete",
    ),
    Kind.DNS_ZONE: Spoil(
        lambda cloud, row: _dns(cloud, "patch", f"/zones/{row.id}", email="spoiled@example.cn"),
        lambda cloud, row: _dns(cloud, "get", f"/zones/{row.id}")["email"],
        "update",
        ("email",),
    ),
    Kind.RECORD_SET: Spoil(
        lambda cloud, row: _dns(
            cloud, "put", _record(row), records=["fd00::9"] if row.inputs["type"] == "AAAA" else ["10.9.9.9"]
        ),
        lambda cloud, row: sorted(_dns(cloud, "get", _record(row))["records"]),
        "update",
        ("records",),
    ),
}
