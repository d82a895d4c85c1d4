"""Names, groups and addresses of a system's machines, and sites of objects."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import UnknownObjectError
from inventory.kinds.systems import Component, ComponentRole, Endpoint
from migration.graph.slices import SliceItem, slice_hash
from migration.runbook.hosts import address_of, family_of, hosts_of, site_of
from tests.migration.check.builder import Draft


def draft_with(*components: Component) -> Draft:
    draft = Draft()
    draft.system("s1", components=components, runs_in="room:room-1")
    return draft


def test_each_component_has_a_source_and_a_target() -> None:
    web = Component(
        id="web", role=ComponentRole.WEB, technology="nginx", endpoints=(Endpoint(address="10.0.0.1", port=80),)
    )
    db = Component(
        id="db",
        role=ComponentRole.DATABASE,
        technology="oracle-11g",
        target_technology="postgresql-13",
        target_endpoints=(Endpoint(name="db.example.cn"), Endpoint(address_v6="2001:db8::1")),
        runs_in="room:room-2",
    )
    found = {host.name: host for host in hosts_of(draft_with(web, db).inventory(), "s1", "pool-1")}
    assert list(found) == ["s1.web.source", "s1.web.target", "s1.db.source", "s1.db.target"]
    assert [found[name].address for name in found] == ["10.0.0.1", "", "", "2001:db8::1"]
    assert [found[name].place for name in found] == ["room:room-1", "pool:pool-1", "room:room-2", "pool:pool-1"]
    assert found["s1.db.source"].groups == ("source", "database")
    assert found["s1.db.target"].groups == ("target", "database", "postgresql")
    assert found["s1.web.source"].object == "component:s1/web"


def test_names_of_the_longest_ids_are_host_names() -> None:
    system, component = "s" * 80, "c" * 80
    draft = Draft()
    draft.system(system, components=(Component(id=component),), runs_in="room:room-1")
    assert hosts_of(draft.inventory(), system)[1].name == f"{system}.{component}.target"


def test_a_name_alone_is_no_address() -> None:
    assert address_of((Endpoint(name="a.example.cn", port=80),)) == ""
    assert address_of((Endpoint(address_v6="2001:db8::1"), Endpoint(address="10.0.0.1"))) == "10.0.0.1"


@pytest.mark.parametrize(
    ("technology", "role", "family"),
    [
        ("PostgreSQL-11", "database", "postgresql"),
        ("mysql-5.7", "database", "mariadb"),
        ("mariadb-10.11", "database", "mariadb"),
        ("oracle-11g", "database", ""),
        ("nfs-4", "file", "files"),
        ("", "file", "files"),
        ("minio", "file", ""),
        ("nginx", "web", ""),
    ],
)
def test_families(technology: str, role: str, family: str) -> None:
    assert family_of(technology, ComponentRole(role)) == family


@given(st.text(max_size=20), st.sampled_from(list(ComponentRole)))
def test_any_technology_has_a_family_or_none(technology: str, role: ComponentRole) -> None:
    assert family_of(technology, role) in ("", "files", "postgresql", "mariadb")


def test_unknown_objects_are_named() -> None:
    inventory = Draft().inventory()
    with pytest.raises(UnknownObjectError):
        hosts_of(inventory, "nothing")
    with pytest.raises(UnknownObjectError):
        site_of(inventory, "room", "nothing")


def test_sites_are_cities_and_the_province() -> None:
    draft = Draft()
    draft.system("s1", department="county", runs_in="room:room-1")
    inventory = draft.add("internet_exit", id="exit").inventory()
    cases = {
        ("system", "s1"): "140100",
        ("room", "room-2"): "140100",
        ("pool", "prov"): "140000",
        ("pool", "city-a"): "140100",
        ("device", "edge"): "140100",
        ("division", "140105"): "140100",
        ("division", "140000"): "140000",
        ("internet_exit", "exit"): "default",
    }
    assert {key: site_of(inventory, *key) for key in cases} == cases


def test_addresses_in_the_cloud_make_no_plan_stale() -> None:
    """They are given out after a request that the plan itself makes."""
    bare = draft_with(Component(id="db")).inventory()
    ends = (Endpoint(address="10.1.0.1"),)
    known = draft_with(Component(id="db", target_endpoints=ends)).inventory()
    moved = draft_with(Component(id="db", endpoints=ends)).inventory()
    hashes = [slice_hash(one, [SliceItem("x", "system:s1")]).all for one in (bare, known, moved)]
    assert hashes[0] == hashes[1] != hashes[2]
