"""Removes what tests have left in a running bed: all that the bed did not make itself."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.cloudbed.backing import sql
from tools.cloudbed.content import EXTERNAL, FLAVORS, IMAGE, OWN, identity_of
from tools.cloudbed.errors import BedError
from tools.cloudbed.layout import Layout

if TYPE_CHECKING:
    from openstack.connection import Connection

__all__ = ["clear", "left"]

QUERY = Path(__file__).with_name("inside") / "left.sql"

PATIENCE = 90.0
"""Seconds until something that was to go must be gone."""


def clear(layout: Layout, connect: Callable[[], Connection]) -> None:
    """All projects' objects, then the projects, users, roles, flavors, images.

    The databases are asked what there is, so that a clean bed costs one query instead of thirty requests.

    Args:
        connect: logs in as the administrator; called when there is something to remove.

    Raises:
        BedError: something did not go.
    """
    from openstack.exceptions import SDKException

    parts = left(layout)
    if not parts:
        return
    connection = connect()
    try:
        for name, remove in PARTS.items():
            if name in parts:
                remove(connection)
    except SDKException as error:
        raise BedError(f"the bed does not get clean: {error}") from error
    finally:
        connection.close()
    if parts := left(layout):
        raise BedError(f"the bed does not get clean, there is still something of {', '.join(parts)}")


def left(layout: Layout) -> list[str]:
    """The parts in which there is something that the bed did not make itself."""
    rows = (row.split() for row in sql(layout, QUERY.read_text(encoding="utf-8")).splitlines())
    return [name for name, count in rows if int(count)]


def _compute(connection: Connection) -> None:
    compute = connection.compute
    for service in compute.services():
        if service.status == "disabled":
            compute.enable_service(service)
    _gone(
        "servers",
        lambda: compute.servers(details=False, all_projects=True),
        lambda one: compute.delete_server(one, force=True),
    )
    for group in compute.server_groups(all_projects=True):
        compute.delete_server_group(group)
    for user in identity_of(connection).users():
        for pair in compute.keypairs(user_id=user.id):
            compute.delete_keypair(pair, user_id=user.id)


def _volumes(connection: Connection) -> None:
    store = connection.block_storage

    def delete(volume: Any) -> None:
        if volume.status == "deleting":
            return
        if volume.status not in {"available", "error"}:
            # Its server is gone, or never came to be.
            store.reset_volume_status(volume, "available", "detached", "none")
        store.delete_volume(volume)

    _gone("snapshots", lambda: store.snapshots(details=False, all_projects=True), store.delete_snapshot)
    _gone("volumes", lambda: store.volumes(all_projects=True), delete)


def _network(connection: Connection) -> None:
    network = connection.network
    for address in network.ips():
        network.delete_ip(address)
    for router in network.routers():
        for port in network.ports(device_id=router.id, device_owner="network:router_interface"):
            network.remove_interface_from_router(router, port=port.id)
        network.delete_router(router)
    for port in network.ports():
        network.delete_port(port)
    for one in network.networks():
        if one.name != EXTERNAL:
            network.delete_network(one)
    for pool in network.subnet_pools():
        network.delete_subnet_pool(pool)
    kept = {project.id for project in identity_of(connection).projects() if project.name in OWN["projects"]}
    for group in network.security_groups():
        if group.name != "default" or group.project_id not in kept:
            network.delete_security_group(group)
    for quota in network.quotas():
        network.delete_quota(quota.project_id)


def _zones(connection: Connection) -> None:
    dns = connection.dns
    # Without the header an administrator's request is told that other projects' zones do not exist.
    every = {"X-Auth-All-Projects": "true"}
    _gone(
        "zones",
        lambda: (zone for zone in dns.zones(all_projects=True) if zone.action != "DELETE"),
        lambda zone: dns.delete(f"/zones/{zone.id}", headers=every),
    )
    _gone("zones", lambda: dns.zones(all_projects=True), lambda _: None)


def _quotas(connection: Connection) -> None:
    for project in identity_of(connection).projects():
        connection.compute.revert_quota_set(project)
        connection.block_storage.revert_quota_set(project)
        connection.dns.delete_quota(project.id)


def _others(connection: Connection) -> None:
    identity = identity_of(connection)
    for flavor in connection.compute.flavors(is_public=None):
        if flavor.name not in {name for name, *_ in FLAVORS}:
            connection.compute.delete_flavor(flavor)
    for image in connection.image.images():
        if image.name != IMAGE:
            connection.image.delete_image(image.id)
    for user in identity.users():
        if user.name not in OWN["users"]:
            identity.delete_user(user)
    for project in identity.projects():
        if project.name not in OWN["projects"]:
            identity.delete_project(project)
    for role in identity.roles():
        if role.name not in OWN["roles"]:
            identity.delete_role(role)


def _gone(what: str, left: Callable[[], Iterable[Any]], delete: Callable[[Any], Any]) -> None:
    """Deletes until there is nothing left."""
    from openstack.exceptions import ConflictException, NotFoundException

    end = time.monotonic() + PATIENCE
    while remaining := list(left()):
        if time.monotonic() > end:
            raise BedError(f"{what} do not go: {', '.join(str(one.id) for one in remaining)}")
        for one in remaining:
            # It is on its way, or is gone since it was listed.
            with contextlib.suppress(NotFoundException, ConflictException):
                delete(one)
        time.sleep(0.3)


PARTS: dict[str, Callable[[Connection], None]] = {
    "compute": _compute,
    "volumes": _volumes,
    "network": _network,
    "zones": _zones,
    "quotas": _quotas,
    "others": _others,
}
"""In the order of removal: what holds on to others first."""
