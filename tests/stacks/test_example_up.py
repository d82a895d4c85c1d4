"""The example estate on the real engine and a real OpenStack: a landing zone and five systems."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from inventory.load import load_estate
from stacks.components import program_of
from stacks.design.addresses import assign_addresses
from stacks.design.designs import Designs, designs_of
from stacks.design.model import StackDesign, SystemOutputs, ZoneOutputs
from stacks.engine import Engine, EngineFound
from stacks.journal import Journal
from stacks.operations import Desk
from stacks.policy import check_designs, check_preview
from stacks.provider.finding import Finder
from stacks.provider.marks import Mark
from tests.stacks.design.made import EXAMPLE, plan_of_example
from tools.cloudbed import Bed
from tools.cloudbed.content import identity_of


@dataclass(frozen=True)
class Site:
    """The example's designs, and an engine that reaches the bed."""

    bed: Bed
    engine: Engine
    designs: Designs
    zone: ZoneOutputs | None = None

    def up(self, design: StackDesign) -> dict[str, object]:
        """Outputs of a stack once it is made."""
        return dict(self.engine.up(design.stack, program_of(design, self.zone)).outputs)

    def with_zone(self) -> Site:
        """The same once the landing zone stands."""
        return replace(self, zone=ZoneOutputs.model_validate(self.up(self.designs.zone(ZONE))))


ZONE = "yun-1401-a.140100-mzj"


@pytest.fixture
def site(fresh_bed: Bed, engine: EngineFound, passphrase: Path, tmp_path: Path) -> Site:
    inventory = load_estate(EXAMPLE, cache=False).inventory
    plan = plan_of_example(inventory)
    folder = tmp_path / "state"
    folder.mkdir()
    found = Engine(
        engine,
        backend=f"file://{folder}",
        passphrase_file=passphrase,
        home=tmp_path / "home",
        variables=fresh_bed.variables(),
    )
    return Site(fresh_bed, found, designs_of(assign_addresses(inventory, plan).into(inventory), plan))


def test_the_example_is_made_and_then_nothing_is_left_to_do(site: Site) -> None:
    designs = site.designs
    assert check_designs(designs, designs.all()) == ()
    site = site.with_zone()
    made: dict[str, SystemOutputs] = {}
    for name in designs.names[1:]:
        design = designs.get(name)
        preview = site.engine.preview(name, program_of(design, site.zone))
        assert check_preview(design, preview) == ()
        made[name] = SystemOutputs.model_validate(site.up(design))
    for design in designs.all():
        assert site.engine.preview(design.stack, program_of(design, site.zone)).changes == ()
    cloud = site.bed.connection()
    servers = {server.id: server for server in cloud.compute.servers(all_projects=True)}
    for name, outputs in made.items():
        for component, machine in outputs.machines.items():
            assert servers[machine.id].status == "ACTIVE"
            (designed,) = [one for one in designs.system(name[7:]).machines if one.component == component]
            assert set(machine.addresses) == set(designed.addresses)
            assert machine.mac
    assert len(servers) == 8


def test_the_cloud_has_what_was_made(site: Site) -> None:
    site = site.with_zone()
    design = site.designs.system("140100-mzj-0002")
    site.up(design)
    for each in (site.designs.zone(ZONE), design):
        again = site.engine.preview(each.stack, program_of(each, site.zone), refresh=True)
        assert {change.name: change.diff for change in again.changes} == {}


def test_a_system_can_be_previewed_before_its_zone_stands(site: Site) -> None:
    design = site.designs.system("140100-mzj-0001")
    preview = site.engine.preview(design.stack, program_of(design, None))
    made = {change.name for change in preview.changes}
    assert {"server-app", "port-app", "volume-app-data"} <= made


def test_destroying_leaves_nothing(site: Site) -> None:
    cloud = site.bed.connection()
    before = {project.name for project in identity_of(cloud).projects()}
    site = site.with_zone()
    design = site.designs.system("140100-mzj-0005")
    site.up(design)
    for stack in (design.stack, f"zone.{ZONE}"):
        site.engine.destroy(stack, remove=True)
    assert {project.name for project in identity_of(cloud).projects()} == before
    assert not list(cloud.compute.servers(all_projects=True))
    assert not list(cloud.network.ports(device_owner="compute:nova"))


def test_destroying_takes_what_the_state_does_not_know_with_it(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in site.bed.variables().items():
        monkeypatch.setenv(name, value)
    cloud = site.bed.connection()
    before = {project.name for project in identity_of(cloud).projects()}
    site = site.with_zone()
    assert site.zone is not None
    stack = f"zone.{ZONE}"
    desk = Desk(site.engine, Journal(tmp_path), Finder, program_of, "test")
    assert desk.orphans(stack) == ()
    marked = {
        "project_id": site.zone.project_id,
        "description": Mark.of(f"urn:pulumi:{stack}::qianyun::qianyun:openstack:Port::port-lost").described(""),
    }
    port = cloud.network.create_port(network_id=site.zone.network_id, name="lost", **marked)
    network = cloud.network.create_network(name="lost", **marked)
    cloud.network.create_port(network_id=network.id, name="of somebody", project_id=site.zone.project_id)
    found = desk.orphans(stack)
    assert [one.owned.id for one in found] == [port.id, network.id]
    (foreign,) = cloud.network.ports(name="of somebody")
    cloud.network.delete_port(foreign.id)
    desk.destroy(stack, orphans=found)
    assert desk.state(stack) is None
    assert {project.name for project in identity_of(cloud).projects()} == before
    assert not list(cloud.network.networks(name="lost"))
    assert not list(cloud.network.ports(name="lost"))
