"""What the components ask of the engine, with the cloud mocked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pulumi
import pytest
from pulumi.output import Unknown
from pulumi.runtime import Mocks, set_mocks
from pulumi.runtime import test as in_mocks
from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs

from stacks.components import program_of
from stacks.design.addresses import assign_addresses
from stacks.design.designs import Designs, designs_of
from stacks.design.model import StackDesign, SystemOutputs, ZoneOutputs
from stacks.errors import StackError
from stacks.provider.tables.kinds import KINDS
from stacks.ways import FIELDS, Kind
from tests.stacks.design.made import component, estate, plan_of, system

ZONE = ZoneOutputs(
    project_id="project", network_id="network", subnets={"4": "four", "6": "six"},
    groups={"dns": "g-dns", "operators": "g-operators", "users-web": "g-users"}, dns_zone_id="zone",
)  # fmt: skip


@dataclass
class Cloud(Mocks):
    """Gives everything an id made of its name, and keeps what was asked for."""

    asked: dict[str, MockResourceArgs] = field(default_factory=dict)

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.asked[args.name] = args
        return f"id-{args.name}", {**args.inputs, "mac_address": "fa:16:3e:00:00:01", "status": "ACTIVE"}

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        raise AssertionError(args.token)

    def inputs(self, name: str) -> dict[str, Any]:
        """Inputs of a resource of the provider, without the outputs that nothing is known of."""
        return {key: value for key, value in self.asked[name].inputs.items() if value is not None}

    @property
    def made(self) -> dict[str, str]:
        """Logical name -> kind, of the provider's resources."""
        found = {name: args.typ for name, args in self.asked.items() if args.typ.startswith("qianyun:openstack:")}
        return {name: typ.rpartition(":")[2] for name, typ in found.items()}


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {}
    monkeypatch.setattr(pulumi, "export", lambda name, value: found.__setitem__(name, pulumi.Output.from_input(value)))
    return found


def designs() -> Designs:
    parts = (component(), component("db", role="database"))
    inventory = estate([system("a", *parts), system("b")], [{"from": "b", "to": "a/web", "port": 443}])
    plan = plan_of({"a": "yun-a", "b": "yun-a"})
    return designs_of(assign_addresses(inventory, plan).into(inventory), plan)


def run(
    design: StackDesign, exported: dict[str, Any], zone: ZoneOutputs | None = None, *, preview: bool = False
) -> tuple[Cloud, dict[str, Any]]:
    """Run the program of a design; what was asked for, and the exports as far as they are known."""
    cloud = Cloud()
    set_mocks(cloud, project="qianyun", stack=design.stack, preview=preview)
    values: dict[str, Any] = {}

    @in_mocks  # type: ignore[untyped-decorator]  # of a library without types there
    def program() -> Any:
        program_of(design, zone)()
        return pulumi.Output.from_input(dict(exported)).apply(values.update)

    program()
    return cloud, values


def test_our_kinds_are_those_of_the_provider() -> None:
    theirs = {kind.name: kind for kind in KINDS}
    assert {kind.value for kind in Kind} == theirs.keys()
    for kind, fields in FIELDS.items():
        known = {each.name: each for each in theirs[kind.value].properties}
        assert set(fields.inputs) == known.keys()
        assert set(fields.required) == {name for name, each in known.items() if each.required}
        assert set(fields.outputs) <= {*theirs[kind.value].outputs, *fields.inputs}


def test_a_landing_zone(exported: dict[str, Any]) -> None:
    cloud, outputs = run(designs().zone("yun-a.mzt"), exported)
    rules = [name for name, kind in cloud.made.items() if kind == "SecurityGroupRule"]
    others = {name: kind for name, kind in cloud.made.items() if name not in rules}
    assert others == {
        "project": "Project", "role-member": "RoleAssignment", "quota": "Quota", "network": "Network",
        "subnet-v4": "Subnet", "subnet-v6": "Subnet", "router": "Router", "router-v4": "RouterInterface",
        "router-v6": "RouterInterface", "group-dns": "SecurityGroup", "group-operators": "SecurityGroup",
        "group-users-web": "SecurityGroup", "dns-zone": "DnsZone",
    }  # fmt: skip
    assert cloud.inputs("subnet-v6") == {
        "name": "yun-a.mzt-v6", "network_id": "id-network", "ip_version": 6, "cidr": "3fff:a::/64",
        "dns_nameservers": ["3fff:1::53"], "allocation_pools": [{"start": "3fff:a::2", "end": "3fff:a::ff"}],
        "ipv6_address_mode": "dhcpv6-stateful", "ipv6_ra_mode": "dhcpv6-stateful",
    }  # fmt: skip
    assert cloud.inputs("quota")["ram_mib"] == 15 * 1024
    assert cloud.inputs("rule-operators-in-ipv6-icmp-3fff_f__-64") == {
        "security_group_id": "id-group-operators", "direction": "ingress", "ether_type": "IPv6",
        "protocol": "ipv6-icmp", "remote_ip_prefix": "3fff:f::/64",
    }  # fmt: skip
    assert ZoneOutputs.model_validate(outputs) == ZoneOutputs(
        project_id="id-project", network_id="id-network", subnets={"4": "id-subnet-v4", "6": "id-subnet-v6"},
        groups={"dns": "id-group-dns", "operators": "id-group-operators", "users-web": "id-group-users-web"},
        dns_zone_id="id-dns-zone",
    )  # fmt: skip


def test_a_zone_is_made_from_within_its_project(exported: dict[str, Any]) -> None:
    cloud, _ = run(designs().zone("yun-a.mzt"), exported)
    assert cloud.inputs("login") == {"cloud": "bed", "region": "RegionOne", "project_id": ""}
    assert cloud.inputs("project")["name"] == "yun-a.mzt"
    outside = {name for name, args in cloud.asked.items() if args.provider and args.provider.split("::")[3] == "login"}
    assert {name for name in cloud.made if name in outside} == {"project", "role-member", "quota"}
    within = [args for name, args in cloud.asked.items() if name in cloud.made and name not in outside]
    assert {args.provider.split("::")[3] for args in within if args.provider} == {"login-project"}


def test_without_a_router_nobody_of_the_project_announces_addresses(exported: dict[str, Any]) -> None:
    zone = designs().zone("yun-a.mzt")
    network = zone.network.model_copy(update={"external_network": ""})
    cloud, _ = run(zone.model_copy(update={"network": network}), exported)
    assert "Router" not in cloud.made.values()
    assert "ipv6_ra_mode" not in cloud.inputs("subnet-v6")
    assert cloud.inputs("subnet-v6")["ipv6_address_mode"] == "dhcpv6-stateful"


def test_a_system(exported: dict[str, Any]) -> None:
    cloud, outputs = run(designs().system("a"), exported, ZONE)
    assert cloud.inputs("port-web") == {
        "name": "a-web", "network_id": "network",
        "fixed_ips": [
            {"subnet_id": "four", "ip_address": "10.128.0.10"},
            {"subnet_id": "six", "ip_address": "3fff:a::10:128:0:10"},
        ],
        "security_group_ids": ["id-group-a", "id-group-a-web", "g-dns", "g-operators", "g-users"],
    }  # fmt: skip
    assert cloud.inputs("server-db") == {
        "name": "a-db", "image": "database", "flavor": "small", "port_ids": ["id-port-db"], "key_name": "ops",
        "availability_zone": "1", "metadata": {"system": "a", "component": "db"},
    }  # fmt: skip
    assert cloud.inputs("volume-db-data") == {
        "name": "a-db-data", "size_gib": 20, "volume_type": "ssd", "availability_zone": "1",
    }  # fmt: skip
    assert cloud.inputs("attachment-db-data") == {"server_id": "id-server-db", "volume_id": "id-volume-db-data"}
    assert cloud.inputs("record-web.a.mzt.yun-a.yun.cegn-AAAA")["records"] == ["3fff:a::10:128:0:10"]
    among = cloud.inputs("rule-a-in-any4-a")
    assert (among["security_group_id"], among["remote_group_id"]) == ("id-group-a", "id-group-a")
    assert cloud.inputs("rule-a-web-in-tcp-443-10.128.0.12-32")["port_range_max"] == 443
    machines = SystemOutputs.model_validate(outputs).machines
    assert machines["web"].id == "id-server-web"
    assert machines["web"].addresses == ("10.128.0.10", "3fff:a::10:128:0:10")
    assert machines["web"].mac == "fa:16:3e:00:00:01"


def test_a_machine_without_fixed_addresses_gets_any_of_each_family(exported: dict[str, Any]) -> None:
    design = designs().system("b")
    bare = design.machines[0].model_copy(update={"addresses": ()})
    cloud, _ = run(design.model_copy(update={"machines": (bare,)}), exported, ZONE)
    assert cloud.inputs("port-web")["fixed_ips"] == [{"subnet_id": "four"}, {"subnet_id": "six"}]


def test_before_its_zone_a_system_can_be_previewed_but_not_made(exported: dict[str, Any]) -> None:
    design = designs().system("a")
    whole, _ = run(design, exported, ZONE)
    cloud, outputs = run(design, exported, None, preview=True)
    assert cloud.made == whole.made
    for name in ("fixed_ips", "network_id"):
        assert isinstance(cloud.inputs("port-web")[name], Unknown)
    assert "machines" not in outputs
    with pytest.raises(StackError) as raised:
        run(design, exported, None)
    assert raised.value.code == "stack-zone-first"


@pytest.mark.parametrize(
    ("lacking", "what"),
    [({"subnets": {"4": "four"}}, "subnet-v6"), ({"groups": {}}, "group-dns"), ({"dns_zone_id": ""}, "dns-zone")],
)
def test_a_zone_that_lacks_something_is_named(exported: dict[str, Any], lacking: dict[str, Any], what: str) -> None:
    with pytest.raises(StackError) as raised:
        run(designs().system("a"), exported, ZONE.model_copy(update=lacking))
    assert (raised.value.code, raised.value.data["what"]) == ("stack-zone-lacks", what)
