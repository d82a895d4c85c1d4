"""The second way, with the real engine and bridge: the components of OpenStack clouds, by a Terraform provider."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stacks.components import program_of
from stacks.design.model import Place, SystemDesign, Way, ZoneDesign, ZoneOutputs
from stacks.engine import Engine, Op, StackPreview, find_engine
from stacks.errors import EngineError
from tests.stacks.requests.made import machine_of, system_of, zone_of
from tests.stacks.ways.vendor_cloud import VendorCloud

pytestmark = [pytest.mark.component("bridge"), pytest.mark.slow]

PLACE = Place(cloud="yun", pool="yun-a", way=Way.TERRAFORM, login="vendor")
ZONE = "zone.yun-a.mzt"


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VendorCloud:
    made = VendorCloud(tmp_path / "cloud")
    for name, value in made.variables.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    (tmp_path / "state").mkdir()
    (tmp_path / "passphrase").write_text("words\n", encoding="utf-8")
    backend = f"file://{tmp_path / 'state'}"
    return Engine(find_engine(), backend=backend, passphrase_file=tmp_path / "passphrase", home=tmp_path / "home")


def zone() -> ZoneDesign:
    design = zone_of()
    network = design.network.model_copy(update={"external_network": "outside"})
    return design.model_copy(update={"place": PLACE, "network": network, "dns_mail": "hostmaster@mzt.yun"})


def system(*addresses: str) -> SystemDesign:
    made = system_of("hydj", machine_of("hydj", "web", *(addresses or ("10.128.3.20", "2001:db8:77::20"))))
    return made.model_copy(update={"place": PLACE})


def ops(preview: StackPreview) -> dict[str, Op]:
    return {change.name: change.op for change in preview.changes if change.op is not Op.SAME}


def test_the_life_of_a_zone_and_a_system(engine: Engine, cloud: VendorCloud) -> None:
    zone_program = program_of(zone())
    made = engine.up(ZONE, zone_program)
    outputs = ZoneOutputs.model_validate(dict(made.outputs))
    assert set(outputs.subnets) == {"4", "6"}
    assert set(outputs.groups) == {"bastion"}
    assert outputs.dns_zone_id in cloud.all("dns_zone")
    assert cloud.all("network")[outputs.network_id]["owner"] == outputs.project_id
    (quota,) = cloud.all("project_quota").values()
    assert (quota["cores"], quota["memory_mib"], quota["storage_gib"]) == (8, 16 * 1024, 300)
    subnets = cloud.all("subnet")
    assert (subnets[outputs.subnets["4"]]["dns_servers"], subnets[outputs.subnets["6"]]["ip_version"]) == (
        ["10.14.0.53"],
        6,
    )

    system_program = program_of(system(), outputs)
    done = engine.up("system.hydj", system_program)
    (server,) = cloud.all("server").values()
    (port,) = cloud.all("port").values()
    assert done.outputs["machines"]["web"]["addresses"] == ["10.128.3.20", "2001:db8:77::20"]
    assert {cloud.all("secgroup")[id]["name"] for id in port["secgroup_ids"]} == {"hydj-web", "bastion"}
    assert server["port_ids"] == [*cloud.all("port")]
    assert len(cloud.all("volume_attach")) == 1
    (record,) = cloud.all("dns_recordset").values()
    assert record["records"] == ["10.128.3.9"]

    # Unchanged
    for stack, program in ((ZONE, zone_program), ("system.hydj", system_program)):
        assert ops(engine.preview(stack, program)) == {}
        assert ops(engine.preview(stack, program, refresh=True)) == {}
        assert engine.drift(stack).changes == ()

    # Drift, found and repaired
    cloud.change("network", outputs.network_id, mtu=9000, name="renamed")
    drifted = {change.name for change in engine.drift(ZONE).changes if change.op is not Op.SAME}
    assert drifted == {"network"}
    engine.refresh(ZONE)
    assert ops(engine.preview(ZONE, zone_program)) == {"network": Op.UPDATE}
    engine.up(ZONE, zone_program)
    assert cloud.all("network")[outputs.network_id]["name"] == "yun-a.mzt"

    # An address that changes replaces the port, and the machine that has it
    moved = program_of(system("10.128.3.21", "2001:db8:77::21"), outputs)
    changed = ops(engine.preview("system.hydj", moved))
    assert changed["port-web"] is Op.REPLACE
    assert changed["server-web"] is Op.REPLACE
    done = engine.up("system.hydj", moved)
    assert done.outputs["machines"]["web"]["addresses"] == ["10.128.3.21", "2001:db8:77::21"]
    assert (len(cloud.all("port")), len(cloud.all("server"))) == (1, 1)

    # Nothing stays
    engine.destroy("system.hydj", remove=True)
    engine.destroy(ZONE, remove=True)
    assert cloud.count == 0


def test_a_refusal_is_named_and_the_rest_made_later(engine: Engine, cloud: VendorCloud) -> None:
    cloud.refuse("secgroup_rule", "Quota exceeded for resources: ['security_group_rule']")
    with pytest.raises(EngineError) as refused:
        engine.up(ZONE, program_of(zone()))
    assert "Quota exceeded" in str(refused.value)
    there = set(cloud.all("network"))
    (cloud.objects / "refuse").unlink()
    engine.up(ZONE, program_of(zone()))
    assert set(cloud.all("network")) == there
    assert len(cloud.all("secgroup_rule")) == 1


def test_a_preview_without_the_zone(engine: Engine, cloud: VendorCloud) -> None:
    found = ops(engine.preview("system.hydj", program_of(system())))
    assert found["server-web"] is Op.CREATE
    assert cloud.count == 0


def test_what_is_there_is_taken_over(engine: Engine, cloud: VendorCloud) -> None:
    there = json.dumps({"name": "bastion", "description": "", "status": "ACTIVE"})
    (cloud.objects / "secgroup-feed01.json").write_text(there, encoding="utf-8")
    engine.up(ZONE, program_of(zone().model_copy(update={"groups": ()})))
    engine.import_(ZONE, program_of(zone()), {"group-bastion": "feed01"})
    assert [*cloud.all("secgroup")] == ["feed01"]
    assert [rule["secgroup_id"] for rule in cloud.all("secgroup_rule").values()] == ["feed01"]
