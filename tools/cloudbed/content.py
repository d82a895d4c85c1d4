"""What a fresh control plane holds: logins, catalogue, flavors, an image, an outer network. Never reset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tools.cloudbed.configs import CLOUD
from tools.cloudbed.services import ENDPOINTS

if TYPE_CHECKING:
    from openstack.connection import Connection
    from openstack.identity.v3._proxy import Proxy as Identity

__all__ = ["EXTERNAL", "FLAVORS", "HUGE_FLAVOR", "IMAGE", "OWN", "connect", "fill", "fill_catalogue", "identity_of"]

IMAGE = "bed-image"
EXTERNAL = "external"
"""The network that routers may have their gateways on."""

EXTERNAL_SUBNETS = ((4, "198.51.100.0/24"), (6, "2001:db8:ff::/64"))
"""Set aside for documentation by RFC 5737 and RFC 3849."""

HUGE_FLAVOR = "bed.huge"
"""A server that fits on no host: for its disk, which no quota counts."""

FLAVORS = (
    # name, vCPU, MiB, GiB
    ("bed.tiny", 1, 512, 1),
    ("bed.small", 1, 2048, 20),
    ("bed.medium", 2, 4096, 40),
    ("bed.large", 4, 8192, 80),
    (HUGE_FLAVOR, 1, 512, 9_000_000),
)
OWN = {
    "projects": ("admin", "service", "guest"),
    "users": ("admin", "service", "guest"),
    "domains": ("Default",),
    "roles": ("admin", "manager", "member", "reader", "service"),
}
"""Names that the bed itself gave."""


def connect(clouds: Path, cloud: str = CLOUD) -> Connection:
    """A login with an entry of a clouds.yaml, and with nothing of the environment."""
    from openstack.config import OpenStackConfig
    from openstack.connection import Connection

    configured = OpenStackConfig(config_files=[str(clouds)], secure_files=[], vendor_files=[], load_envvars=False)
    return Connection(config=configured.get_one(cloud))


def identity_of(connection: Connection) -> Identity:
    """Keystone's side of a connection, which in type could also be that of a former version."""
    from openstack.identity.v3._proxy import Proxy

    identity = connection.identity
    assert isinstance(identity, Proxy)
    return identity


def fill_catalogue(connection: Connection, ports: dict[str, int], passwords: dict[str, str]) -> None:
    """The user that services log in with, a guest, the services and their addresses. Needs keystone alone."""
    identity = identity_of(connection)
    for user, roles in (("service", ("admin", "service")), ("guest", ("member", "reader"))):
        project = identity.create_project(name=user, domain_id="default")
        login = identity.create_user(name=user, domain_id="default", password=passwords[user])
        for name in roles:
            role = identity.find_role(name) or identity.create_role(name=name)
            identity.assign_project_role_to_user(project, login, role)
    for kind, (name, port, path) in ENDPOINTS.items():
        if kind == "identity":
            continue  # made with the administrator
        service = identity.create_service(name=name, type=kind)
        for interface in ("public", "internal", "admin"):
            identity.create_endpoint(
                service_id=service.id,
                interface=interface,
                region_id="RegionOne",
                url=f"http://127.0.0.1:{ports[port]}{path}",
            )


def fill(connection: Connection) -> None:
    """Flavors, an image, an outer network. Needs all services."""
    for name, cores, memory, disk in FLAVORS:
        connection.compute.create_flavor(name=name, vcpus=cores, ram=memory, disk=disk)
    connection.create_image(
        IMAGE, disk_format="raw", container_format="bare", visibility="public", data=b"\0" * 1024, min_disk=1
    )
    network = connection.network.create_network(
        name=EXTERNAL, is_router_external=True, provider_network_type="flat", provider_physical_network="external"
    )
    for version, cidr in EXTERNAL_SUBNETS:
        connection.network.create_subnet(
            network_id=network.id, name=f"{EXTERNAL}-v{version}", ip_version=version, cidr=cidr, is_dhcp_enabled=False
        )
