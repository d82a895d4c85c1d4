"""Every kind against a real OpenStack: made, read, changed, replaced, imported, found, removed; drift and failures seen.

The plug-in process is spoken to over the wire, as the engine does; the cloud is looked at with a login of its own.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from stacks.provider.finding import Finder
from stacks.provider.marks import Mark, urn_hash
from tests.stacks.provider.wire_client import FailedError, Plugin, plugin, token_of, urn_of
from tools.cloudbed import Bed
from tools.cloudbed.configs import CLOUD
from tools.cloudbed.content import EXTERNAL, HUGE_FLAVOR, IMAGE

STACK = "zone.test"
BLOB = b"\0\0\0\x0bssh-ed25519\0\0\0 " + bytes(range(32))
KEY = f"ssh-ed25519 {base64.b64encode(BLOB).decode()} ops"


@dataclasses.dataclass
class Life:
    """What one kind goes through.

    Attributes:
        inputs: it is made with.
        changes: to other values that are updates.
        spoil: changes it behind our back; None: it can only be removed.
        drifted: properties whose inputs a refresh then shows otherwise.
    """

    kind: str
    inputs: Mapping[str, Any]
    changes: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    drifted: tuple[str, ...] = ()


class Place:
    """A plug-in, what it has made, and the cloud as its administrator sees it."""

    def __init__(self, found: Plugin, cloud: Any, login: str) -> None:
        self.plugin = found
        self.cloud = cloud
        self.finder = Finder(login)
        self.made: list[tuple[str, str, dict[str, Any]]] = []

    def make(self, kind: str, label: str = "x", /, **inputs: Any) -> tuple[str, dict[str, Any]]:
        assert self.plugin.failures(kind, inputs) == {}
        id, outputs = self.plugin.create(kind, inputs, label, stack=STACK)
        self.made.append((kind, id, inputs))
        return id, outputs

    def remove(self, id: str) -> None:
        (row,) = [row for row in self.made if row[1] == id]
        self.made.remove(row)
        self.plugin.delete(row[0], row[1], row[2])

    def clear(self) -> None:
        for kind, id, inputs in reversed(self.made):
            with contextlib.suppress(FailedError):
                self.plugin.delete(kind, id, inputs)
        self.made.clear()


@pytest.fixture(scope="module")
def login(bed: Bed) -> Iterator[str]:
    """The finder of this process logs in with the bed's clouds.yaml."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in bed.variables().items():
            patch.setenv(name, value)
        yield CLOUD


@pytest.fixture(scope="module")
def shared(bed: Bed, login: str) -> Iterator[Place]:
    """A network with both families that the tests of this file share."""
    with plugin(environment=bed.variables()) as found:
        found.configure(cloud=login)
        place = Place(found, bed.connection(), login)
        yield place
        place.clear()


@pytest.fixture
def place(shared: Place) -> Iterator[Place]:
    """The same plug-in; what the test makes is removed after it."""
    found = Place(shared.plugin, shared.cloud, CLOUD)
    yield found
    found.clear()


@pytest.fixture(scope="module")
def network(shared: Place) -> str:
    return shared.make("Network", "network", name="net", mtu=1400, description="shared")[0]


@pytest.fixture(scope="module")
def subnets(shared: Place, network: str) -> tuple[str, str]:
    v4, _ = shared.make("Subnet", "v4", name="v4", network_id=network, ip_version=4, cidr="10.20.0.0/24")
    v6, _ = shared.make(
        "Subnet",
        "v6",
        name="v6",
        network_id=network,
        ip_version=6,
        cidr="fd00:20::/64",
        ipv6_address_mode="dhcpv6-stateful",
        ipv6_ra_mode="dhcpv6-stateful",
    )
    return v4, v6


@pytest.fixture
def port(place: Place, network: str, subnets: tuple[str, str]) -> str:
    return place.make("Port", "port", name="port", network_id=network, fixed_ips=[{"subnet_id": id} for id in subnets])[
        0
    ]


@pytest.fixture
def server(place: Place, port: str) -> str:
    return place.make("Server", "server", name="vm", image=IMAGE, flavor="bed.small", port_ids=[port])[0]


def live(place: Place, life: Life, spoil: Any) -> None:
    """Makes, reads, finds, changes, spoils, repairs, imports and removes an object of a kind."""
    wire, inputs = place.plugin, dict(life.inputs)
    urn = urn_of(life.kind, "life", STACK)
    id, outputs = place.make(life.kind, "life", **inputs)
    assert {name: outputs[name] for name in inputs if name != "fixed_ips"} == {
        name: value for name, value in inputs.items() if name != "fixed_ips"
    }
    # Found by what it carries, and by nothing else.
    assert place.finder.find(token_of(life.kind), urn, inputs) == id
    # A refresh of what nobody touched changes nothing.
    seen = wire.read(life.kind, id, inputs, outputs)
    assert seen is not None
    assert seen[0] == inputs
    assert wire.diff(life.kind, seen[0], inputs, seen[1])[0] == {}
    # An import fills in all inputs, and a program with the same inputs then wants no change.
    imported = wire.read(life.kind, id)
    assert imported is not None
    assert wire.diff(life.kind, imported[0], inputs, imported[1])[0] == {}
    for name, value in life.changes.items():
        new = {**inputs, name: value}
        kinds, _ = wire.diff(life.kind, inputs, new, outputs)
        assert set(kinds) == {name}
        assert kinds[name] in {"ADD", "UPDATE", "DELETE"}, name
        outputs = wire.update(life.kind, id, inputs, new, outputs, "life", stack=STACK)
        inputs = new
        again = wire.read(life.kind, id, inputs, outputs)
        assert again is not None
        assert again[0] == inputs, name
    if life.changes:
        assert place.finder.find(token_of(life.kind), urn, inputs) == id
    if life.drifted:
        spoil(id)
        drifted = wire.read(life.kind, id, inputs, outputs)
        assert drifted is not None
        found = wire.diff(life.kind, drifted[0], inputs, drifted[1])[0]
        assert set(found) == set(life.drifted)
        outputs = wire.update(life.kind, id, drifted[0], inputs, drifted[1], "life", stack=STACK)
        repaired = wire.read(life.kind, id, inputs, outputs)
        assert repaired is not None
        assert repaired[0] == inputs
    place.made[-1] = (life.kind, id, inputs)
    place.remove(id)
    assert wire.read(life.kind, id, inputs, outputs) is None
    # Removing what is gone is fine: an engine that was killed asks again.
    wire.delete(life.kind, id, inputs)
    if life.kind != "Quota":
        assert place.finder.find(token_of(life.kind), urn, inputs) is None


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
    from pulumi.runtime.proto import provider_pb2

    from stacks.provider.values import struct

    request = provider_pb2.DeleteRequest(
        id=id, urn=urn_of(kind, "x"), type=token_of(kind), properties=struct(inputs), timeout=seconds
    )
    wire._ask("Delete", request)


def test_role_assignment(place: Place) -> None:
    project, _ = place.make("Project", name="roles")
    live(place, Life("RoleAssignment", {"project_id": project, "role": "member"}), None)


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


def test_network(place: Place) -> None:
    life = Life(
        "Network", {"name": "n", "mtu": 1450}, {"description": "text", "mtu": 1420, "name": "m"}, ("mtu", "name")
    )
    live(place, life, lambda id: place.cloud.network.update_network(id, mtu=1300, name="spoiled"))


def test_a_network_carries_stack_and_urn(place: Place) -> None:
    id, outputs = place.make("Network", "marked", name="marked", description="by design")
    mark = Mark.of(urn_of("Network", "marked", STACK))
    seen = place.cloud.network.get_network(id)
    assert set(mark.tags) <= set(seen.tags)
    assert seen.description == mark.described("by design")
    assert outputs["status"] == "ACTIVE"
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


def test_subnet_v4(place: Place, network: str) -> None:
    inputs = {
        "name": "s",
        "network_id": network,
        "ip_version": 4,
        "cidr": "10.40.0.0/24",
        "gateway_ip": "10.40.0.254",
        "dns_nameservers": ["10.40.0.53", "10.40.0.52"],
        "allocation_pools": [{"start": "10.40.0.100", "end": "10.40.0.150"}],
    }
    changes = {"enable_dhcp": False, "dns_nameservers": ["10.40.0.54"], "description": "d"}
    life = Life("Subnet", inputs, changes, ("enable_dhcp", "dns_nameservers"))
    network_of = place.cloud.network
    live(place, life, lambda id: network_of.update_subnet(id, is_dhcp_enabled=True, dns_nameservers=["10.0.0.1"]))


def test_subnet_v6(place: Place, network: str) -> None:
    inputs = {
        "name": "s6",
        "network_id": network,
        "ip_version": 6,
        "cidr": "FD00:40:0::/64",
        "ipv6_address_mode": "dhcpv6-stateful",
        "ipv6_ra_mode": "dhcpv6-stateful",
        "dns_nameservers": ["fd00:0:0::53"],
    }
    life = Life("Subnet", inputs, {"name": "t6"}, ("name",))
    live(place, life, lambda id: place.cloud.network.update_subnet(id, name="spoiled"))
    assert place.plugin.diff("Subnet", inputs, {**inputs, "cidr": "fd00:41::/64"}) == ({"cidr": "UPDATE_REPLACE"}, True)


def test_overlapping_prefixes_are_named(place: Place, network: str, subnets: tuple[str, str]) -> None:
    assert subnets
    inputs = {"name": "twice", "network_id": network, "ip_version": 4, "cidr": "10.20.0.128/25"}
    with pytest.raises(
        FailedError, match=r"Subnet twice: something else is in the way.*overlap.*\[cloud-conflict\]"
    ) as got:
        place.make("Subnet", **inputs)
    assert got.value.init is None


def test_router(place: Place) -> None:
    life = Life(
        "Router",
        {"name": "r", "external_network": EXTERNAL},
        {"external_network": "", "description": "d"},
        ("name", "external_network"),
    )
    external = place.cloud.network.find_network(EXTERNAL).id
    gateway = {"network_id": external}
    live(place, life, lambda id: place.cloud.network.update_router(id, name="q", external_gateway_info=gateway))


def test_an_unknown_external_network_is_named(place: Place) -> None:
    failures = place.plugin.failures("Router", {"name": "r", "external_network": "externl"})
    assert set(failures) == {"external_network"}
    assert "nearest: external" in failures["external_network"]


def test_router_interface(place: Place, subnets: tuple[str, str]) -> None:
    router, _ = place.make("Router", name="r")
    for subnet in subnets:
        live(place, Life("RouterInterface", {"router_id": router, "subnet_id": subnet}), None)


def test_security_group(place: Place) -> None:
    life = Life("SecurityGroup", {"name": "g", "description": "web"}, {"name": "h"}, ("name", "description"))
    change = place.cloud.network.update_security_group
    live(place, life, lambda id: change(id, name="spoiled", description="spoiled"))


def test_a_new_group_lets_nothing_through(place: Place) -> None:
    id, _ = place.make("SecurityGroup", name="tight")
    assert list(place.cloud.network.security_group_rules(security_group_id=id)) == []


@pytest.mark.parametrize(
    "rule",
    [
        {"ether_type": "IPv4", "protocol": "tcp", "port_range_min": 443, "port_range_max": 444},
        {"ether_type": "IPv6", "protocol": "tcp", "port_range_min": 443, "port_range_max": 443, "remote_ip_prefix": "FD00::/16"},
        {"ether_type": "IPv6", "protocol": "ipv6-icmp"},
        {"ether_type": "IPv4", "remote_ip_prefix": "10.0.0.0/8"},
    ],
    ids=["tcp", "v6", "icmp", "any"],
)  # fmt: skip
@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_security_group_rule(place: Place, rule: dict[str, Any], direction: str) -> None:
    group, _ = place.make("SecurityGroup", name="g")
    live(place, Life("SecurityGroupRule", {"security_group_id": group, "direction": direction, **rule}), None)


def test_rules_of_others_are_reported(place: Place) -> None:
    group, _ = place.make("SecurityGroup", name="g")
    known, _ = place.make("SecurityGroupRule", security_group_id=group, direction="ingress", ether_type="IPv4", protocol="tcp",
                          port_range_min=22, port_range_max=22, remote_ip_prefix="10.0.0.0/8")  # fmt: skip
    by_hand = place.cloud.network.create_security_group_rule(
        security_group_id=group, direction="ingress", ether_type="IPv4", protocol="tcp", port_range_min=3389,
        port_range_max=3389, remote_ip_prefix="0.0.0.0/0", description="temporary",
    )  # fmt: skip
    (found,) = place.finder.unmanaged_rules([group], [known])
    assert (found.id, found.ports, found.remote, found.protocol) == (by_hand.id, (3389, 3389), "0.0.0.0/0", "tcp")
    assert found.description == "temporary"


def test_port(place: Place, network: str, subnets: tuple[str, str]) -> None:
    group, _ = place.make("SecurityGroup", name="g")
    inputs = {
        "name": "p",
        "network_id": network,
        "security_group_ids": [group],
        "fixed_ips": [{"subnet_id": subnets[0], "ip_address": "10.20.0.50"}, {"subnet_id": subnets[1], "ip_address": "FD00:20:0::50"}],
    }  # fmt: skip
    changes = {"fixed_ips": [{"subnet_id": subnets[0], "ip_address": "10.20.0.51"}], "description": "d"}
    change = place.cloud.network.update_port
    spoiled = [{"subnet_id": subnets[0], "ip_address": "10.20.0.77"}]
    life = Life("Port", inputs, changes, ("fixed_ips", "security_group_ids"))
    live(place, life, lambda id: change(id, fixed_ips=spoiled, security_group_ids=[]))


def test_outputs_of_a_port_have_all_addresses(place: Place, network: str, subnets: tuple[str, str]) -> None:
    _, outputs = place.make("Port", name="p", network_id=network, fixed_ips=[{"subnet_id": subnets[0]}])
    ((address,), mac) = ([row["ip_address"] for row in outputs["fixed_ips"]], outputs["mac_address"])
    assert address.startswith("10.20.0.")
    assert len(mac) == 17


def test_a_taken_address_is_named(place: Place, network: str, subnets: tuple[str, str]) -> None:
    wish = {"network_id": network, "fixed_ips": [{"subnet_id": subnets[0], "ip_address": "10.20.0.60"}]}
    place.make("Port", "one", name="one", **wish)
    with pytest.raises(FailedError, match=r"Port two.*10\.20\.0\.60.*\[cloud-conflict\]"):
        place.make("Port", "two", name="two", **wish)


def test_keypair(place: Place) -> None:
    live(place, Life("Keypair", {"name": "ops", "public_key": KEY}), None)


def test_server(place: Place, port: str) -> None:
    inputs = {
        "name": "s",
        "image": IMAGE,
        "flavor": "bed.small",
        "port_ids": [port],
        "metadata": {"system": "a", "role": "web"},
        "user_data": "#cloud-config\npassword: hunter2-secret",
    }
    changes = {"name": "t", "metadata": {"system": "b"}}
    compute = place.cloud.compute
    live(
        place,
        Life("Server", inputs, changes, ("name", "metadata")),
        lambda id: (compute.update_server(id, name="u"), compute.set_server_metadata(id, system="spoiled")),
    )


def test_servers_are_replaced_by_image_and_flavor_whatever_their_spelling(place: Place, server: str) -> None:
    inputs = {"name": "vm", "image": IMAGE, "flavor": "bed.small", "port_ids": ["p"]}
    image, flavor = (
        place.cloud.image.find_image(IMAGE).id,
        place.cloud.compute.find_flavor("bed.small").id,
    )
    seen = place.plugin.read("Server", server, inputs, {"image_id": image, "flavor_id": flavor, "ready": True})
    assert seen is not None
    outputs = seen[1]
    assert (outputs["image_id"], outputs["flavor_id"], outputs["ready"]) == (image, flavor, True)
    by_id = {**inputs, "image": image, "flavor": flavor}
    assert place.plugin.diff("Server", inputs, by_id, outputs)[0] == {}
    assert place.plugin.diff("Server", by_id, inputs, outputs)[0] == {}
    kinds, first = place.plugin.diff("Server", inputs, {**inputs, "flavor": "bed.medium"}, outputs)
    assert (kinds, first) == ({"flavor": "UPDATE_REPLACE"}, True)


def test_unknown_images_and_flavors_are_named_with_the_nearest(place: Place) -> None:
    inputs = {"name": "s", "image": "bed-imgae", "flavor": "bed.smal", "port_ids": ["p"]}
    failures = place.plugin.failures("Server", inputs)
    assert set(failures) == {"image", "flavor"}
    assert "nearest: bed-image" in failures["image"]
    assert "bed.small" in failures["flavor"]
    # What was there before is not asked for again: an unchanged preview asks nothing.
    assert place.plugin.failures("Server", inputs, inputs) == {}


def test_no_valid_host_is_half_made_and_then_replaced(place: Place, port: str) -> None:
    inputs = {"name": "huge", "image": IMAGE, "flavor": HUGE_FLAVOR, "port_ids": [port]}
    own = place.cloud.session.get_project_id()
    with pytest.raises(FailedError, match=r"Server huge: the quota is used up: .*cores.*\[cloud-quota\]"):
        place.make("Server", "huge", **inputs)
    place.cloud.compute.update_quota_set(own, cores=-1, ram=-1)
    try:
        with pytest.raises(FailedError, match=r"Server huge is ERROR: .*[Nn]o valid host.*\[cloud-failed\]") as caught:
            place.make("Server", "huge", **inputs)
    finally:
        place.cloud.compute.revert_quota_set(own)
    init = caught.value.init
    assert init is not None
    place.made.append(("Server", init.id, inputs))
    assert (init.outputs["status"], init.outputs["ready"]) == ("ERROR", False)
    assert init.inputs == inputs
    # The engine asks for an update of what was half made: a machine in ERROR is never called good.
    with pytest.raises(FailedError, match="cloud-failed") as again:
        place.plugin.update("Server", init.id, inputs, inputs, init.outputs, "huge", stack=STACK)
    assert again.value.init is not None
    assert again.value.init.outputs["ready"] is False
    seen = place.plugin.read("Server", init.id, inputs, init.outputs)
    assert seen is not None
    assert seen[1]["ready"] is False
    fixed = {**inputs, "flavor": "bed.tiny"}
    kinds, first = place.plugin.diff("Server", inputs, fixed, seen[1])
    assert (kinds, first) == ({"ready": "UPDATE_REPLACE", "flavor": "UPDATE_REPLACE"}, True)
    place.remove(init.id)
    id, outputs = place.make("Server", "huge", **fixed)
    assert (outputs["status"], outputs["ready"]) == ("ACTIVE", True)
    assert place.finder.find(token_of("Server"), urn_of("Server", "huge", STACK), fixed) == id


def test_a_server_that_broke_later_is_not_replaced(place: Place, server: str) -> None:
    inputs = {"name": "vm", "image": IMAGE, "flavor": "bed.small", "port_ids": ["p"]}
    place.cloud.compute.reset_server_state(server, "error")
    seen = place.plugin.read("Server", server, inputs, {**inputs, "status": "ACTIVE", "ready": True})
    assert seen is not None
    assert (seen[1]["status"], seen[1]["ready"]) == ("ERROR", True)
    assert place.plugin.diff("Server", inputs, inputs, seen[1])[0] == {}
    with pytest.raises(FailedError) as caught:
        place.plugin.update("Server", server, inputs, {**inputs, "name": "new"}, seen[1], "server", stack=STACK)
    assert caught.value.init is not None
    assert caught.value.init.outputs["ready"] is True


def test_volume(place: Place) -> None:
    inputs = {"name": "v", "size_gib": 2, "metadata": {"a": "b"}, "description": "data"}
    changes = {"size_gib": 3, "metadata": {"c": "d"}, "name": "w"}
    change = place.cloud.block_storage.update_volume
    life = Life("Volume", inputs, changes, ("name", "description"))
    live(place, life, lambda id: change(id, name="spoiled", description="spoiled"))


def test_volume_attachment(place: Place, server: str) -> None:
    volume, _ = place.make("Volume", name="v", size_gib=1)
    live(place, Life("VolumeAttachment", {"server_id": server, "volume_id": volume}), None)
    assert place.cloud.block_storage.get_volume(volume).status == "available"


def test_a_volume_in_use_grows(place: Place, server: str) -> None:
    inputs = {"name": "v", "size_gib": 1}
    volume, outputs = place.make("Volume", **inputs)
    place.make("VolumeAttachment", server_id=server, volume_id=volume)
    try:
        place.plugin.update("Volume", volume, inputs, {"name": "v", "size_gib": 2}, outputs)
    except FailedError as error:
        pytest.fail(error.text)
    assert place.cloud.block_storage.get_volume(volume).size == 2


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


def test_quota_that_is_used_up_is_named(place: Place) -> None:
    project = place.cloud.session.get_project_id()
    used = len(list(place.cloud.network.networks(project_id=project)))
    place.cloud.network.update_quota(project, networks=used)
    cores = place.cloud.compute.get_quota_set(project).cores
    place.cloud.block_storage.update_quota_set(project, gigabytes=1)
    try:
        with pytest.raises(FailedError, match=r"Network over: the quota is used up: .*\[cloud-quota\]"):
            place.make("Network", name="over")
        with pytest.raises(FailedError, match=r"Volume over: the quota is used up: .*\[cloud-quota\]"):
            place.make("Volume", name="over", size_gib=50)
    finally:
        place.cloud.network.delete_quota(project)
        place.cloud.block_storage.revert_quota_set(project)
    assert cores
    place.make("Network", name="over")


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
