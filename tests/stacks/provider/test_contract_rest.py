"""Projects, names and marks against a real OpenStack: the whole life of an object, drift and failures.

The plug-in process is spoken to over the wire, as the engine does; the cloud is looked at with a login of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from stacks.errors import CloudError
from stacks.provider.backend import OpenStackBackend
from stacks.provider.cloud import Cloud
from stacks.provider.finding import Finder
from stacks.provider.marks import Mark, urn_hash
from stacks.provider.model import Found
from stacks.provider.values import struct
from tests.stacks.provider.contract import STACK, Life, Place, live
from tests.stacks.provider.wire_client import FailedError, Plugin, token_of, urn_of
from tools.cloudbed.content import IMAGE


def test_project(place: Place) -> None:
    life = Life(
        "Project",
        {"name": "proj", "description": "a department"},
        {"description": "another", "enabled": False},
        ("enabled", "description"),
    )
    live(place, life, lambda id: place.cloud.identity.update_project(id, is_enabled=True, description="spoiled"))


def test_a_removed_project_leaves_nothing_behind(place: Place) -> None:
    id, _ = place.make("Project", name="brief")
    place.make("Quota", project_id=id, networks=3)
    assert list(place.cloud.network.security_groups(project_id=id))
    place.plugin.delete("Project", id, {"name": "brief"})
    # Asking neutron for the groups of a project would make it a default group: ask for all.
    assert [group for group in place.cloud.network.security_groups() if group.project_id == id] == []


def test_a_project_that_is_in_use_stays(place: Place) -> None:
    id, _ = place.make("Project", name="used")
    foreign = place.cloud.network.create_network(name="by-hand", project_id=id)
    try:
        with pytest.raises(FailedError, match=r"used still holds .*network by-hand.*\[cloud-project-in-use\]"):
            request_with_limit(place.plugin, "Project", id, {"name": "used"}, 1.0)
    finally:
        place.cloud.network.delete_network(foreign.id)


def request_with_limit(wire: Plugin, kind: str, id: str, inputs: Mapping[str, Any], seconds: float) -> None:
    """Delete with a limit of time, as a program's customTimeouts give it."""
    request = provider_pb2.DeleteRequest(
        id=id, urn=urn_of(kind, "x"), type=token_of(kind), properties=struct(inputs), timeout=seconds
    )
    wire._ask("Delete", request)


def test_role_assignment(place: Place) -> None:
    project, _ = place.make("Project", name="roles")
    live(place, Life("RoleAssignment", {"project_id": project, "role": "member"}))


def test_quota(place: Place) -> None:
    project, _ = place.make("Project", "quota-project", name="quota")
    limits = {"cores": 8, "ram_mib": 16384, "instances": 4, "volumes": 5, "gigabytes": 200, "networks": 2, "ports": 30}
    id, outputs = place.make("Quota", project_id=project, **limits)
    inputs = {"project_id": project, **limits}
    seen = place.plugin.read("Quota", id, inputs, outputs)
    assert seen is not None
    assert seen[0] == inputs
    place.cloud.compute.update_quota_set(project, cores=9)
    drifted = place.plugin.read("Quota", id, inputs, outputs)
    assert drifted is not None
    assert place.plugin.diff("Quota", drifted[0], inputs)[0] == {"cores": "UPDATE"}
    place.plugin.update("Quota", id, drifted[0], inputs)
    assert place.cloud.compute.get_quota_set(project).cores == 8
    imported = place.plugin.read("Quota", id)
    assert imported is not None
    assert imported[0]["subnets"] > 0
    assert place.plugin.diff("Quota", imported[0], inputs)[0] == {}
    defaults = place.cloud.compute.get_quota_set_defaults(project).cores
    place.plugin.delete("Quota", id, inputs)
    assert place.cloud.compute.get_quota_set(project).cores == defaults


def test_a_network_carries_stack_and_urn(place: Place) -> None:
    id, outputs = place.make("Network", "marked", name="marked", description="by design")
    mark = Mark.of(urn_of("Network", "marked", STACK))
    seen = place.cloud.network.get_network(id)
    assert set(mark.tags) <= set(seen.tags)
    assert seen.description == mark.described("by design")
    assert outputs["mtu"] == seen.mtu
    assert "status" not in outputs  # it only follows what others do, and would be drift
    assert place.plugin.update("Network", id, {"name": "marked"}, {"name": "marked", "description": "new"})
    assert place.cloud.network.get_network(id).description == mark.described("new")


def test_what_others_made_is_never_marked(place: Place) -> None:
    foreign = place.cloud.network.create_network(name="legacy", description="old", mtu=1400)
    try:
        imported = place.plugin.read("Network", foreign.id)
        assert imported is not None
        assert imported[0] == {"name": "legacy", "description": "old", "mtu": 1400}
        place.plugin.update("Network", foreign.id, imported[0], {"name": "legacy", "description": "new"})
        seen = place.cloud.network.get_network(foreign.id)
        assert (seen.description, list(seen.tags)) == ("new", [])
        assert foreign.id not in {row.id for row in place.finder.owned(STACK)}
    finally:
        place.cloud.network.delete_network(foreign.id)


def test_zone_and_record_sets(place: Place) -> None:
    zone, _ = place.make("DnsZone", "zone", name="mzt.test.", email="ops@mzt.test", description="by design")
    inputs = {"zone_id": zone, "name": "www.mzt.test.", "type": "AAAA", "records": ["fd00:0::2", "fd00::1"], "ttl": 300}
    changes = {"records": ["fd00::3"], "ttl": 60, "description": "d"}
    change = place.cloud.dns
    life = Life("RecordSet", inputs, changes, ("records",))
    live(place, life, lambda id: change.update_recordset(id.split("/")[1], zone_id=zone, records=["fd00::9"]))


def test_zone(place: Place) -> None:
    life = Life("DnsZone", {"name": "zone.test.", "email": "a@b.test"}, {"email": "c@d.test", "ttl": 600}, ("email",))
    live(place, life, lambda id: place.cloud.dns.update_zone(id, email="spoiled@b.test"))


def test_all_that_a_stack_owns_is_found_and_can_be_removed(place: Place) -> None:
    stack = "zone." + "x" * 60
    wire = place.plugin
    made: dict[str, str] = {}

    def make(kind: str, label: str, /, **inputs: Any) -> str:
        made[f"{kind} {label}"], _ = wire.create(kind, inputs, label, stack=stack)
        return made[f"{kind} {label}"]

    network = make("Network", "n", name="n")
    subnet = make("Subnet", "s", name="s", network_id=network, ip_version=4, cidr="10.77.0.0/24")
    router = make("Router", "r", name="r")
    make("RouterInterface", "i", router_id=router, subnet_id=subnet)
    group = make("SecurityGroup", "g", name="g")
    make("SecurityGroupRule", "u", security_group_id=group, direction="ingress", ether_type="IPv4")
    port = make(
        "Port", "p", name="p", network_id=network, security_group_ids=[group], fixed_ips=[{"subnet_id": subnet}]
    )
    server = make("Server", "v", name="v", image=IMAGE, flavor="bed.tiny", port_ids=[port])
    volume = make("Volume", "d", name="d", size_gib=1)
    make("VolumeAttachment", "a", server_id=server, volume_id=volume)
    zone = make("DnsZone", "z", name="owned.test.", email="a@owned.test")
    make("RecordSet", "w", zone_id=zone, name="w.owned.test.", type="A", records=["10.77.0.9"])
    make("Project", "x", name="owned")
    relations = {"RouterInterface", "VolumeAttachment"}
    found = place.finder.owned(stack)
    assert {row.id for row in found} == {id for name, id in made.items() if name.split()[0] not in relations}
    hashes = {row.urn_hash: row for row in found}
    for name, id in made.items():
        kind, short = name.split()
        if kind not in relations:
            assert hashes[urn_hash(urn_of(kind, short, stack))].id == id
    assert place.finder.owned("zone.other") == ()
    for row in found:
        place.finder.delete(row)
    assert place.finder.owned(stack) == ()


def test_a_revoked_token_is_renewed(place: Place, login: str) -> None:
    id, _ = place.make("Project", name="long-lived")
    cloud = Cloud(login)
    backend = OpenStackBackend(cloud)
    assert backend.read(token_of("Project"), id, {"name": "long-lived"}, {}) is not None
    token = cloud.connection.session.get_token()
    # Keystone itself is asked: the others remember for a while what it said of a token.
    answer = cloud.service("identity").delete("/auth/tokens", headers={"X-Subject-Token": token})
    assert answer.status_code == 204
    assert backend.read(token_of("Project"), id, {"name": "long-lived"}, {}) is not None
    assert cloud.connection.session.get_token() != token


def test_a_login_without_the_right_is_named(place: Place, login: str) -> None:
    del place, login  # they set the environment
    with pytest.raises(CloudError) as caught:
        OpenStackBackend(Cloud("guest")).create(token_of("Project"), urn_of("Project", "x"), {"name": "forbidden"}, 0)
    assert caught.value.code == "cloud-forbidden"


def test_a_login_is_scoped_to_the_project_it_made(place: Place, login: str) -> None:
    project, _ = place.make("Project", "inner", name="inner")
    place.make("RoleAssignment", project_id=project, role="member")
    backend = OpenStackBackend()
    backend.configure({"cloud": login, "project_id": project})
    made = backend.create(token_of("Network"), urn_of("Network", "inner", STACK), {"name": "inner"}, 0)
    try:
        assert place.cloud.network.get_network(made.id).project_id == project
        inner = Finder(login, project_id=project)
        assert [row.id for row in inner.owned(STACK) if row.token == token_of("Network")] == [made.id]
    finally:
        backend.delete(token_of("Network"), Found(made.id, {"name": "inner"}, {}), 0)
