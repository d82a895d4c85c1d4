"""What tests of stacks rely on: the bed answers as a cloud, fails as clouds fail, and is as new after a reset."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from keystoneauth1.exceptions import ClientException
from openstack.connection import Connection
from openstack.exceptions import ConflictException, ForbiddenException, HttpException, SDKException

from tools.cloudbed import Bed
from tools.cloudbed.configs import GUEST
from tools.cloudbed.content import EXTERNAL, HUGE_FLAVOR, IMAGE, connect, identity_of
from tools.cloudbed.faults import WRONG_CA, Fault, Kind, expired_token, faulty, no_hosts
from tools.cloudbed.services import names
from tools.cloudbed.smoke import smoke


@pytest.fixture
def cloud(fresh_bed: Bed) -> Iterator[Connection]:
    connection = fresh_bed.connection()
    yield connection
    connection.close()


def server(cloud: Connection, flavor: str = "bed.tiny", name: str = "s") -> Any:
    network = cloud.network.create_network(name=name)
    cloud.network.create_subnet(network_id=network.id, ip_version=4, cidr="10.30.0.0/24")
    return cloud.compute.create_server(
        name=name,
        image_id=cloud.image.find_image(IMAGE, ignore_missing=False).id,
        flavor_id=cloud.compute.find_flavor(flavor, ignore_missing=False).id,
        networks=[{"uuid": network.id}],
    )


def settled(cloud: Connection, made: Any) -> Any:
    return cloud.compute.wait_for_server(made, failures=[], status="ACTIVE", wait=90, interval=0.3)


def failed(cloud: Connection, made: Any) -> Any:
    cloud.compute.wait_for_server(made, failures=[], status="ERROR", wait=90, interval=0.3)
    return cloud.compute.get_server(made.id)


def test_every_process_runs(bed: Bed) -> None:
    assert {state.name for state in bed.status() if state.pid} == set(names())


def test_each_service_is_of_use(bed: Bed, capsys: pytest.CaptureFixture[str]) -> None:
    smoke(bed)
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} >= {
        "identity",
        "network",
        "compute",
        "dns",
    }


def test_a_reset_leaves_what_the_bed_itself_made(cloud: Connection, bed: Bed) -> None:
    identity = identity_of(cloud)
    project = identity.create_project(name="p", domain_id="default")
    identity.create_user(name="u", domain_id="default", password="Stand-in-1")
    made = settled(cloud, server(cloud))
    cloud.block_storage.create_volume(name="v", size=1)
    cloud.network.create_security_group(name="g", project_id=project.id)
    cloud.network.update_quota(project.id, networks=1)
    cloud.compute.create_flavor(name="f", vcpus=1, ram=64, disk=1)
    cloud.compute.create_keypair(name="k")
    cloud.dns.create_zone(name="z.example.", email="z@z.example")
    bed.reset()
    assert cloud.compute.find_server(made.id, all_projects=True) is None
    assert not list(cloud.block_storage.volumes(all_projects=True))
    assert not list(cloud.dns.zones(all_projects=True))
    assert not list(cloud.compute.keypairs())
    assert [network.name for network in cloud.network.networks()] == [EXTERNAL]
    assert not list(cloud.network.ports())
    assert {group.name for group in cloud.network.security_groups()} <= {"default"}
    assert {one.name for one in identity.projects()} == {"admin", "service", "guest"}
    assert {one.name for one in identity.users()} == {"admin", "service", "guest"}
    assert cloud.compute.find_flavor("f") is None


def test_a_guest_makes_no_project(fresh_bed: Bed) -> None:
    guest = connect(fresh_bed.clouds, GUEST)
    assert list(guest.network.networks()) is not None
    with pytest.raises(ForbiddenException):
        identity_of(guest).create_project(name="p", domain_id="default")


def test_a_quota_refuses(cloud: Connection) -> None:
    project = identity_of(cloud).create_project(name="p", domain_id="default")
    cloud.network.update_quota(project.id, networks=1)
    cloud.network.create_network(name="a", project_id=project.id)
    with pytest.raises(ConflictException, match="Quota exceeded"):
        cloud.network.create_network(name="b", project_id=project.id)


def test_overlapping_prefixes_are_refused(cloud: Connection) -> None:
    network = cloud.network.create_network(name="n")
    cloud.network.create_subnet(network_id=network.id, ip_version=6, cidr="fd00:30::/64")
    with pytest.raises(SDKException, match="overlaps"):
        cloud.network.create_subnet(network_id=network.id, ip_version=6, cidr="fd00:30::/63")


def test_no_host_takes_a_server_too_large(cloud: Connection) -> None:
    assert "No valid host" in failed(cloud, server(cloud, HUGE_FLAVOR)).fault["message"]


def test_servers_can_be_made_again_after_no_host_took_them(cloud: Connection, bed: Bed) -> None:
    with no_hosts(bed):
        assert "No valid host" in failed(cloud, server(cloud, name="a")).fault["message"]
    assert settled(cloud, server(cloud, name="b")).status == "ACTIVE"


def test_chosen_requests_are_refused_and_seen(fresh_bed: Bed) -> None:
    fault = Fault("/networks", "POST", status=503, times=1)
    with faulty(fresh_bed, "network", fault) as cloud:
        connection = connect(cloud.clouds)
        with pytest.raises(HttpException) as refused:
            connection.network.create_network(name="n")
        assert refused.value.status_code == 503
        assert connection.network.create_network(name="n").status == "ACTIVE"
        assert cloud.proxy.spoiled == 1
    assert [one.name for one in fresh_bed.connection().network.networks()].count("n") == 1


def test_an_answer_is_lost_though_the_object_is_made(fresh_bed: Bed) -> None:
    fault = Fault("/networks", "POST", Kind.LOSE, times=1)
    with faulty(fresh_bed, "network", fault) as cloud, pytest.raises(ClientException):
        connect(cloud.clouds).network.create_network(name="n")
    assert fresh_bed.connection().network.find_network("n") is not None


def test_a_login_is_renewed_when_a_service_takes_it_no_longer(fresh_bed: Bed) -> None:
    with faulty(fresh_bed, "network", Fault("/networks", status=401, times=1)) as cloud:
        assert [one.name for one in connect(cloud.clouds).network.networks()] == [EXTERNAL]
        assert cloud.proxy.spoiled == 1


def test_an_expired_token_is_refused(fresh_bed: Bed) -> None:
    with expired_token(fresh_bed) as clouds, pytest.raises(ClientException, match="token"):
        list(connect(clouds).network.networks())


def test_a_cloud_with_tls_is_trusted_by_the_right_authority_only(fresh_bed: Bed) -> None:
    with faulty(fresh_bed, "identity", tls=True) as cloud:
        assert connect(cloud.clouds).auth_token
        with pytest.raises(Exception, match=r"CERTIFICATE_VERIFY_FAILED|SSL"):
            assert connect(cloud.clouds, WRONG_CA).auth_token


def test_a_killed_service_comes_back(fresh_bed: Bed) -> None:
    fresh_bed.kill("neutron")
    port = fresh_bed.layout.ports()["network"]
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
        pass
    fresh_bed.revive()
    assert fresh_bed.connection().network.find_network(EXTERNAL) is not None
    assert all(state.pid for state in fresh_bed.status())
