"""What the model must be able to say: each sentence is said once in tests/data/sayable and asked back here."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from inventory.inventory import Inventory, end_of, split_ref
from inventory.kinds.clouds import Access, CloudTier, Intention
from inventory.kinds.network import Ipv6Capability
from inventory.kinds.rooms import RoomIntention
from inventory.kinds.systems import Lifecycle, ReachesBy
from inventory.kinds.territory import Level
from inventory.load import Loaded, load_estate
from inventory.selectors import find, parse_selector

ESTATE = Path(__file__).parent.parent / "data" / "sayable"


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load_estate(ESTATE, cache=False)


@pytest.fixture(scope="module")
def inventory(loaded: Loaded) -> Inventory:
    return loaded.inventory


def _ids(inventory: Inventory, selector: str) -> list[str]:
    return [record.id for _, record in find(inventory, selector)]


def test_the_estate_has_no_fault(loaded: Loaded) -> None:
    assert [(found.code, str(found.origin), found.path) for found in loaded.problems] == []
    assert loaded.quarantined == frozenset()


def test_01_county_without_a_cloud_whose_systems_go_to_the_city_cloud(inventory: Inventory) -> None:
    assert _ids(inventory, "kind:cloud division:140121") == []
    (system,) = find(inventory, "kind:system division:140121")
    department = inventory.departments[getattr(system[1], "department")]  # noqa: B009
    serving = [
        cloud.id
        for division in inventory.lineage(department.division)
        for cloud in inventory.clouds.values()
        if cloud.division == division and cloud.tier is CloudTier.CITY and cloud.intention is Intention.TARGET
    ]
    assert serving == ["yun-ty"]


def test_02_existing_department_cloud_that_is_absorbed(inventory: Inventory) -> None:
    cloud = inventory.clouds["yun-mzt"]
    assert (cloud.tier, cloud.intention, cloud.department) == (CloudTier.DEPARTMENT, Intention.ABSORB, "sheng-mzt")
    assert _ids(inventory, "kind:system runs_in:cloud:yun-mzt") == ["mz-hydj"]


def test_03_industry_cloud_that_serves_one_sector_in_all_cities(inventory: Inventory) -> None:
    cloud = inventory.clouds["yun-jr"]
    assert (cloud.tier, cloud.sector) == (CloudTier.INDUSTRY, "finance")
    assert inventory.divisions[cloud.division].level is Level.PROVINCE
    assert _ids(inventory, f"kind:system within:{cloud.division} department.sector:{cloud.sector} level:city") == [
        "jr-jg"
    ]


def test_04_pool_that_grows_in_june(inventory: Inventory) -> None:
    steps = inventory.pools["yun-ty-a"].capacity
    assert [(step.start, step.vcpu) for step in steps] == [(None, 400), (dt.date(2021, 6, 1), 800)]


def test_05_cloud_reached_only_by_request_forms_with_ten_days_lead(inventory: Inventory) -> None:
    cloud = inventory.clouds["yun-jr"]
    assert (cloud.access, cloud.lead_time_days) == (Access.REQUEST_FORM, 10)


def test_06_system_half_moved(inventory: Inventory) -> None:
    system = inventory.systems["mz-hydj"]
    places = {part.id: part.runs_in or system.runs_in for part in system.components}
    assert places == {"web": "pool:yun-sheng-a", "db": "cloud:yun-mzt"}
    assert system.moved is None


def test_07_system_not_yet_built_that_goes_straight_to_the_cloud(inventory: Inventory) -> None:
    system = inventory.systems["mz-yanglao"]
    assert system.lifecycle is Lifecycle.PLANNED
    assert system.runs_in is None
    assert system.decisions.target is not None
    kind, name = split_ref(system.decisions.target.value)
    assert inventory.get(kind, name) is inventory.pools["yun-sheng-a"]


def test_08_department_attached_at_two_levels(inventory: Inventory) -> None:
    attachments = inventory.departments["xian-mzj"].attached_to
    assert [(item.device, item.level) for item in attachments] == [
        ("qx-access-1", Level.COUNTY),
        ("ty-access-1", Level.CITY),
    ]
    assert [item.role.value for item in attachments] == ["primary", "backup"]


def test_09_township_reached_only_through_another(inventory: Inventory) -> None:
    (only,) = (link for link in inventory.links.values() if "yx-1" in (link.a_device, link.b_device))
    neighbour = inventory.devices[only.a_device]
    assert (neighbour.division, neighbour.level) == ("140121001", Level.TOWNSHIP)
    assert inventory.devices["yx-1"].division == "140121002"


def test_10_two_carriers_to_one_county(inventory: Inventory) -> None:
    links = [
        link for link in inventory.links.values() if {link.a_device, link.b_device} == {"ty-core-1", "qx-access-1"}
    ]
    assert {link.carrier for link in links} == {"carrier-a", "carrier-b"}
    assert _ids(inventory, "kind:carrier divisions:140121") == ["carrier-a", "carrier-b"]


def test_11_line_shared_by_two_systems(inventory: Inventory) -> None:
    assert inventory.lines["mz-zx-1"].systems == ("mz-hydj", "mz-dibao")
    assert _ids(inventory, "kind:line systems:mz-dibao") == ["mz-zx-1"]


def test_12_line_kept_as_backup_of_the_shared_path(inventory: Inventory) -> None:
    decision = inventory.lines["mz-zx-2"].decisions.outcome
    assert decision is not None
    assert (decision.value, decision.role, decision.until) == ("backup", "省民政厅", dt.date(2022, 12, 31))


def test_13_room_with_equipment_of_a_politics_and_law_department_that_stays(inventory: Inventory) -> None:
    assert _ids(inventory, "kind:asset department.politics_and_law:true") == ["gat-fwq-1"]
    room = inventory.rooms[inventory.assets["gat-fwq-1"].room]
    assert room.intention is RoomIntention.COLOCATION
    assert inventory.systems["gat-hj"].components[0].assets == ("gat-fwq-1",)


def test_14_system_whose_dependency_lies_outside_the_estate(inventory: Inventory) -> None:
    (dependency,) = (item for item in inventory.dependencies.values() if end_of(item.provider).external)
    outside = inventory.external_objects[end_of(dependency.provider).external]
    assert (end_of(dependency.client).system, outside.owner) == ("mz-hydj", "国家级平台")


def test_15_client_with_a_written_in_address(inventory: Inventory) -> None:
    (dependency,) = (item for item in inventory.dependencies.values() if item.reaches_by is ReachesBy.ADDRESS)
    assert dependency.client == "mz-dibao"
    provider = end_of(dependency.provider)
    component = inventory.component(provider.system, provider.component)
    assert component is not None
    assert [str(endpoint.address) for endpoint in component.endpoints] == ["10.14.0.8"]


def test_16_private_network_of_mixed_classification(inventory: Inventory) -> None:
    network = inventory.private_networks["mz-zw"]
    assert network.mixed_classification
    assert not network.classified


def test_17_device_that_cannot_do_ipv6_and_must_be_replaced_first(inventory: Inventory) -> None:
    assert inventory.devices["qx-access-1"].ipv6_capability is Ipv6Capability.REPLACE
    assert _ids(inventory, "kind:device ipv6_capability:replace") == ["qx-access-1"]


def test_18_shared_platform_whose_clients_move_over_two_years(inventory: Inventory) -> None:
    clients = {
        end_of(item.client).system for item in inventory.dependencies.values() if end_of(item.provider).system == "tysf"
    }
    assert clients == {"mz-hydj", "mz-dibao", "qx-dibao"}
    due = {
        id: target.date
        for target in inventory.targets.values()
        for id in parse_selector(target.selector).select(inventory, "system")
    }
    assert due["tysf"] <= min(due[client] for client in clients)
    assert {due[client].year for client in clients} == {2021, 2022}


def test_19_database_that_changes_its_make_on_the_way(inventory: Inventory) -> None:
    database = inventory.component("mz-hydj", "db")
    assert database is not None
    assert (database.technology, database.target_technology) == ("oracle-11g", "dm8")
