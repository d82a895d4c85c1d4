"""Prefixes of landing zones and addresses of machines: given once, then kept."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.inventory import Inventory
from inventory.load import load_estate
from inventory.problems import Severity
from inventory.stack_settings import StackSettings
from stacks.design.addresses import PREFIX_FILE, assign_addresses, write_assigned
from stacks.design.designs import designs_of
from stacks.errors import StackError
from tests.stacks.design.made import EXAMPLE, SETTINGS, component, estate, plan_of, plan_of_example, system

AT = dt.datetime(2021, 4, 12, 8, 0, tzinfo=dt.UTC)


def addresses(inventory: Inventory) -> dict[str, tuple[str | None, str | None]]:
    """SYSTEM/COMPONENT -> first target addresses."""
    return {
        f"{record.id}/{part.id}": (part.target_endpoints[0].address, part.target_endpoints[0].address_v6)
        for record in inventory.systems.values()
        for part in record.components
        if part.target_endpoints
    }


def zones(inventory: Inventory) -> dict[str, str]:
    return {id: record.prefix for id, record in inventory.prefixes.items() if record.department and record.site}


@st.composite
def populations(draw: st.DrawFn) -> dict[str, tuple[str, str, int]]:
    """System -> department, pool, number of components."""
    ids = draw(st.lists(st.from_regex(r"[a-d][0-9]", fullmatch=True), unique=True, min_size=1, max_size=12))
    department, pool = st.sampled_from(["mzt", "gat"]), st.sampled_from(["yun-a", "yun-b"])
    return {id: draw(st.tuples(department, pool, st.integers(1, 4))) for id in ids}


def populated(population: Mapping[str, tuple[str, str, int]]) -> Inventory:
    return estate(
        system(id, *(component(f"c{number}") for number in range(parts)), department=department)
        for id, (department, _, parts) in population.items()
    )


def landing(population: Mapping[str, tuple[str, str, int]]) -> dict[str, str]:
    return {id: pool for id, (_, pool, _) in population.items()}


@given(populations(), populations())
def test_systems_that_are_added_change_nothing_of_the_others(
    first: dict[str, tuple[str, str, int]], further: dict[str, tuple[str, str, int]]
) -> None:
    plan = plan_of(landing(first))
    before = assign_addresses(populated(first), plan).into(populated(first))
    both = further | first
    grown = populated(both).replace(prefixes=before.prefixes)
    grown = grown.replace(systems={**grown.systems, **{id: before.systems[id] for id in first}})
    after = assign_addresses(grown, plan_of(landing(both))).into(grown)
    assert addresses(before).items() <= addresses(after).items()
    assert zones(before).items() <= zones(after).items()
    known = designs_of(before, plan)
    for design in known.all(f"system.{id}" for id in first):
        assert designs_of(after, plan_of(landing(both))).get(design.stack) == design


@given(populations())
def test_zones_are_apart_and_each_address_lies_in_its_own_once(population: dict[str, tuple[str, str, int]]) -> None:
    inventory, plan = populated(population), plan_of(landing(population))
    assigned = assign_addresses(inventory, plan)
    assert assigned.problems == ()
    made = assigned.into(inventory)
    assert assign_addresses(made, plan).empty
    networks = [ip_network(prefix) for prefix in zones(made).values()]
    for one, other in combinations(networks, 2):
        assert one.version != other.version or not one.overlaps(other)
    given_addresses = [address for pair in addresses(made).values() for address in pair if address]
    assert len(set(given_addresses)) == len(given_addresses)
    for design in designs_of(made, plan).all(f"system.{id}" for id in population):
        for machine in design.machines:  # type: ignore[union-attr]  # systems only
            versions = {ip_address(address).version for address in machine.addresses}
            assert versions == ({4, 6} if population[design.id][1] == "yun-a" else {4})
            for address in machine.addresses:
                of = made.prefixes[f"{population[design.id][1]}.{design.department}-v{ip_address(address).version}"]
                assert ip_address(address) in ip_network(of.prefix)


def test_a_zone_is_where_its_target_addresses_are() -> None:
    inventory = estate(
        [
            system("a", component(target_endpoints=[{"address": "10.128.2.77"}])),
            system("b", component(target_endpoints=[{"address": "10.128.0.20"}]), department="gat"),
            system("c"),
        ]
    )
    made = assign_addresses(inventory, plan_of({"a": "yun-a", "c": "yun-a"})).into(inventory)
    assert zones(made)["yun-a.mzt-v4"] == "10.128.2.64/26"
    assert addresses(made)["a/web"] == ("10.128.2.77", "3fff:a::10:128:2:77")
    assert addresses(made)["c/web"][0] == "10.128.2.74"


def test_a_piece_in_which_others_have_addresses_is_passed_over() -> None:
    inventory = estate(
        [system("a"), system("b", component(target_endpoints=[{"address": "10.128.0.20"}]), department="gat")]
    )
    made = assign_addresses(inventory, plan_of({"a": "yun-a"})).into(inventory)
    assert zones(made)["yun-a.mzt-v4"] == "10.128.0.64/26"


def test_many_machines_get_a_longer_piece() -> None:
    inventory = estate([system("a", *(component(f"c{number}") for number in range(60)))])
    assigned = assign_addresses(inventory, plan_of({"a": "yun-a"}))
    assert zones(assigned.into(inventory))["yun-a.mzt-v4"] == "10.128.0.0/24"
    assert len(assigned.endpoints) == 60


def test_endpoints_keep_names_and_ports_and_lose_the_old_address() -> None:
    end = {"address": "10.14.0.1", "name": "hydj.sx.cegn", "port": 443, "public_address": "203.0.113.1"}
    inventory = estate([system("a", component(endpoints=[end, {"port": 80}]))])
    assigned = assign_addresses(inventory, plan_of({"a": "yun-a"}))
    found = [each.model_dump(exclude_none=True, exclude_defaults=True) for each in assigned.endpoints["a", "web"]]
    new = {"address": "10.128.0.10", "address_v6": "3fff:a::10:128:0:10"}
    assert found == [new | {"name": "hydj.sx.cegn", "port": 443}, new | {"port": 80}]


def test_pools_without_room_or_prefix_are_named() -> None:
    full = [
        {"id": "b4", "prefix": "10.129.0.0/26", "purpose": "pool", "site": "yun-b"},
        {"id": "taken", "prefix": "10.129.0.0/27", "purpose": "pool", "site": "yun-b", "department": "gat"},
    ]
    inventory = estate([system("a"), system("b")], prefix=full)
    found = assign_addresses(inventory, plan_of({"a": "yun-a", "b": "yun-b"}))
    assert [(each.code, each.id) for each in found.problems] == [
        ("stack-pool-no-prefix", "yun-a"), ("stack-pool-full", "yun-b"),
    ]  # fmt: skip
    assert found.empty


def test_a_full_zone_is_named() -> None:
    small = [{"id": "z", "prefix": "10.129.0.0/29", "purpose": "pool", "site": "yun-b", "department": "mzt"}]
    inventory = estate([system("a", *(component(f"c{n}") for n in range(5)))], prefix=small)
    found = assign_addresses(inventory, plan_of({"a": "yun-b"}))
    assert [each.code for each in found.problems] == ["stack-zone-full"]
    assert len(found.endpoints) == 4  # .3 to .6: the gateway and one for the cloud itself stand before


def test_what_is_written_is_read_again_and_checks_clean(tmp_path: Path) -> None:
    folder = tmp_path / "estate"
    shutil.copytree(EXAMPLE, folder)
    inventory = load_estate(folder, cache=False).inventory
    plan = plan_of_example(inventory)
    assigned = assign_addresses(inventory, plan)
    assert write_assigned(inventory, assigned, AT) == (PREFIX_FILE, "state/stack-addresses.yaml")
    loaded = load_estate(folder, cache=False)
    assert not [problem for problem in loaded.problems if problem.severity is not Severity.NOTE]
    assert addresses(loaded.inventory) == addresses(assigned.into(inventory))
    assert zones(loaded.inventory) == zones(assigned.into(inventory))
    assert not loaded.inventory.done
    assert assign_addresses(loaded.inventory, plan).empty
    before = list(designs_of(assigned.into(inventory), plan).all())
    assert list(designs_of(loaded.inventory, plan).all()) == before


def test_a_file_with_other_columns_is_left_alone(tmp_path: Path) -> None:
    inventory = estate([system("a")]).replace(path=tmp_path)
    (tmp_path / PREFIX_FILE).write_text("id,prefix\nx,10.0.0.0/8\n")
    with pytest.raises(StackError) as raised:
        write_assigned(inventory, assign_addresses(inventory, plan_of({"a": "yun-a"})), AT)
    assert raised.value.code == "stack-columns"
    assert (tmp_path / PREFIX_FILE).read_text() == "id,prefix\nx,10.0.0.0/8\n"
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("length", [24, 27])
def test_the_length_is_the_settings(length: int) -> None:
    settings: dict[str, Any] = SETTINGS | {"zone_length": length}
    assert StackSettings.model_validate(settings).zone_length == length
    inventory = estate([system("a")], settings=settings)
    made = assign_addresses(inventory, plan_of({"a": "yun-a"})).into(inventory)
    assert zones(made)["yun-a.mzt-v4"] == f"10.128.0.0/{length}"
