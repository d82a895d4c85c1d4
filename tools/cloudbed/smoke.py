"""Uses each service of a running bed once, as a landing zone with a server does."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from tools.cloudbed.content import EXTERNAL, IMAGE, connect, identity_of
from tools.cloudbed.errors import BedError

if TYPE_CHECKING:
    from openstack.connection import Connection

    from tools.cloudbed.bed import Bed

__all__ = ["smoke"]


def smoke(bed: Bed) -> None:
    """Makes a dual-stack network with router, a server with volume, a zone with records; removes them.

    Raises:
        BedError: something was refused, or did not come to be.
    """
    from openstack.exceptions import SDKException

    try:
        connection = connect(bed.clouds)
        project = identity_of(connection).create_project(name=f"smoke-{secrets.token_hex(3)}", domain_id="default")
        identity_of(connection).delete_project(project)
        print("identity   project made and deleted")
        port = _network(connection)
        _server(connection, port)
        _zone(connection)
    except SDKException as error:
        raise BedError(f"the smoke test failed: {error}") from error
    finally:
        bed.reset()
    print("all of it removed")


def _network(connection: Connection) -> Any:
    network = connection.network.create_network(name="smoke")
    subnets = [
        connection.network.create_subnet(network_id=network.id, ip_version=version, cidr=cidr)
        for version, cidr in ((4, "10.20.0.0/24"), (6, "fd00:20::/64"))
    ]
    outside = connection.network.find_network(EXTERNAL, ignore_missing=False)
    router = connection.network.create_router(name="smoke", external_gateway_info={"network_id": outside.id})
    for subnet in subnets:
        connection.network.add_interface_to_router(router, subnet=subnet.id)
    port = connection.network.create_port(network_id=network.id, name="smoke")
    print(f"network    {', '.join(address['ip_address'] for address in port.fixed_ips)}")
    return port


def _server(connection: Connection, port: Any) -> None:
    image = connection.image.find_image(IMAGE, ignore_missing=False)
    flavor = connection.compute.find_flavor("bed.tiny", ignore_missing=False)
    server = connection.compute.create_server(
        name="smoke", image_id=image.id, flavor_id=flavor.id, networks=[{"port": port.id}]
    )
    volume = connection.block_storage.create_volume(name="smoke", size=1)
    connection.compute.wait_for_server(server, wait=120, interval=0.5)
    connection.block_storage.wait_for_status(volume, "available", failures=["error"], wait=60, interval=0.5)
    attached = connection.compute.create_volume_attachment(server, volume_id=volume.id)
    connection.block_storage.wait_for_status(volume, "in-use", failures=["error"], wait=60, interval=0.5)
    print(f"compute    server active, volume at {attached.device}")


def _zone(connection: Connection) -> None:
    zone = connection.dns.create_zone(name="smoke.bed.example.", email="hostmaster@bed.example", ttl=300)
    record = connection.dns.create_recordset(zone, name=f"www.{zone.name}", type="AAAA", records=["fd00:20::80"])
    # The SDK's wait for a status compares with capital letters.
    connection.dns.wait_for_status(record, "ACTIVE", wait=60, interval=0.5)
    print(f"dns        {record.name} {record.records[0]}")
