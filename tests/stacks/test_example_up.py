"""The example estate on the real engine and a real OpenStack: a landing zone and five systems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stacks.components import program_of
from stacks.engine import EngineFound, StateResource
from stacks.journal import Journal
from stacks.operations import Desk
from stacks.provider.finding import Finder
from stacks.provider.marks import Mark
from stacks.ways import Kind
from tests.stacks.spoils import SPOILS, UNSPOILED
from tests.stacks.standing import ZONE, Site, Standing
from tools.cloudbed import Bed

SYSTEM = "140100-mzj-0005"
STACKS = (f"zone.{ZONE}", f"system.{SYSTEM}")

pytestmark = pytest.mark.component("pulumi")


@pytest.fixture(scope="module")
def site(bed: Bed, engine: EngineFound, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    bed.reset()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in bed.variables().items():
            patch.setenv(name, value)
        yield Site.on(bed, engine, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def standing(site: Site) -> Standing:
    """All of the example. Tests leave it as they find it, but for the last of this file."""
    return Standing.made_on(site)


def test_a_system_can_be_previewed_before_its_zone_stands(site: Site) -> None:
    design = site.designs.system("140100-mzj-0001")
    made = {change.name for change in site.preview(design, None).changes}
    assert {"server-app", "port-app", "volume-app-data"} <= made


def test_the_example_is_made_and_then_nothing_is_left_to_do(standing: Standing) -> None:
    site = standing.site
    assert standing.findings == ()
    for design in site.designs.all():
        assert site.preview(design, standing.zone).changes == ()
    cloud = site.bed.connection()
    servers = {server.id: server for server in cloud.compute.servers(all_projects=True)}
    assert set(standing.systems) == set(site.designs.names[1:])
    for name, outputs in standing.systems.items():
        for component, machine in outputs.machines.items():
            assert servers[machine.id].status == "ACTIVE"
            (designed,) = [one for one in site.designs.system(name[7:]).machines if one.component == component]
            assert set(machine.addresses) == set(designed.addresses)
            assert machine.mac
    assert len(servers) == 8


def test_the_cloud_has_what_was_made(standing: Standing) -> None:
    for design in (standing.site.designs.zone(ZONE), standing.site.designs.system("140100-mzj-0002")):
        again = standing.site.preview(design, standing.zone, refresh=True)
        assert {change.name: change.diff for change in again.changes} == {}


# Drift of every kind, by command


def chosen_of(standing: Standing) -> dict[Kind, tuple[str, StateResource]]:
    """(stack, object) of each kind that is spoiled: of a landing zone and a system in it."""
    found: dict[Kind, tuple[str, StateResource]] = {}
    for stack in STACKS:
        for row in standing.state(stack).made:
            if row.type.startswith("qianyun:openstack:"):
                found.setdefault(Kind(row.type.rpartition(":")[2]), (stack, row))
    return found


def drift(standing: Standing, code: int) -> dict[str, Any]:
    chosen = [word for stack in STACKS for word in ("--stack", stack)]
    found = standing.site.command("drift", *chosen, code=code)
    assert [row["status"] for row in found["stacks"]] == ["done"] * len(STACKS)
    assert [row["orphans"] for row in found["stacks"]] == [[]] * len(STACKS)
    return found


def test_drift_of_every_kind_is_named_and_repaired(standing: Standing) -> None:
    site, cloud = standing.site, standing.site.bed.connection()
    site.command("addresses", "--write")
    chosen = chosen_of(standing)
    assert set(SPOILS) == set(chosen) == set(Kind) - UNSPOILED
    assert not drift(standing, 0)["differs"]

    looks = {kind: spoil.look(cloud, chosen[kind][1]) for kind, spoil in SPOILS.items()}
    for kind, spoil in SPOILS.items():
        spoil.do(cloud, chosen[kind][1])
        assert spoil.look(cloud, chosen[kind][1]) != looks[kind], kind
    group = chosen[Kind.SECURITY_GROUP][1].id
    by_hand = cloud.network.create_security_group_rule(
        security_group_id=group, direction="ingress", ether_type="IPv4", protocol="tcp", port_range_min=3389,
        port_range_max=3389, remote_ip_prefix="0.0.0.0/0", description="by hand",
    )  # fmt: skip

    found = {row["stack"]: row for row in drift(standing, 1)["stacks"]}
    named = {
        (stack, change["name"]): (change["op"], tuple(sorted(change["diff"])))
        for stack, row in found.items()
        for change in row["changes"]
    }
    assert named == {
        (chosen[kind][0], chosen[kind][1].name): (spoil.op, spoil.properties) for kind, spoil in SPOILS.items()
    }
    (unmanaged,) = [rule for row in found.values() for rule in row["unmanaged_rules"]]
    assert (unmanaged["id"], unmanaged["ports"]) == (by_hand.id, [3389, 3389])

    selection = [word for stack in STACKS for word in ("--stack", stack)]
    agreed = site.command("preview", *selection, "--refresh")["hash"]
    site.command("up", *selection, "--refresh", "--yes", agreed)
    for kind, spoil in SPOILS.items():
        assert spoil.look(cloud, chosen[kind][1]) == looks[kind], kind
    left = drift(standing, 1)
    assert [row["changes"] for row in left["stacks"]] == [[], []]
    assert [rule["id"] for row in left["stacks"] for rule in row["unmanaged_rules"]] == [by_hand.id]
    cloud.network.delete_security_group_rule(by_hand.id)
    assert not drift(standing, 0)["differs"]


# The end of it all


def lose_a_port_and_a_network(standing: Standing) -> tuple[str, str]:
    """What carries the landing zone's mark and is in no state, with a port of somebody that holds the network."""
    cloud, stack = standing.site.bed.connection(), f"zone.{ZONE}"
    marked = {
        "project_id": standing.zone.project_id,
        "description": Mark.of(f"urn:pulumi:{stack}::qianyun::qianyun:openstack:Port::port-lost").described(""),
    }
    port = cloud.network.create_port(network_id=standing.zone.network_id, name="lost", **marked)
    network = cloud.network.create_network(name="lost", **marked)
    cloud.network.create_port(network_id=network.id, name="of somebody", project_id=standing.zone.project_id)
    return port.id, network.id


def test_destroying_leaves_nothing_not_even_what_the_state_does_not_know(standing: Standing, tmp_path: Path) -> None:
    site, cloud = standing.site, standing.site.bed.connection()
    for name in standing.systems:
        # Of disks that are protected too: by hand, as a person who means it would.
        site.engine.unprotect(name, [row.urn for row in standing.state(name).resources if row.protect])
        site.engine.destroy(name, remove=True)
    assert not list(cloud.compute.servers(all_projects=True))
    assert not list(cloud.network.ports(device_owner="compute:nova"))
    assert not list(cloud.block_storage.volumes(all_projects=True))

    stack = f"zone.{ZONE}"
    desk = Desk(site.engine, Journal(tmp_path), Finder, program_of, "test")
    assert desk.orphans(stack) == ()
    port, network = lose_a_port_and_a_network(standing)
    found = desk.orphans(stack)
    assert [one.owned.id for one in found] == [port, network]
    (foreign,) = cloud.network.ports(name="of somebody")
    cloud.network.delete_port(foreign.id)
    desk.destroy(stack, orphans=found)
    assert desk.state(stack) is None
    assert site.projects() == standing.projects
    assert not list(cloud.network.networks(name="lost"))
    assert not list(cloud.network.ports(name="lost"))
