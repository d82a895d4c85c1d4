"""Machines, segments and routers of an inventory."""

from __future__ import annotations

from ipaddress import ip_address, ip_interface

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.inventory import Inventory
from network.errors import LabError
from network.lab.addressing import Networks, machines_of, select
from network.lab.hosts import topology_of
from network.lab.topology import BACKBONE, bridge_name, port_name
from tests.network.lab.estates import component, estate, prefix, small, system


def networks(inventory: Inventory) -> Networks:
    return Networks(inventory, machines_of(inventory))


def test_a_machine_at_each_side() -> None:
    source, target = machines_of(small())
    assert (source.names, source.place) == (("mzj-1.db.source",), "room:mzj-jf")
    assert source.addresses == ("10.14.3.12", "2001:db8:14:3::12")
    assert (target.names, target.addresses) == (("mzj-1.db.target",), ("10.128.1.12", "2001:db8:128::12"))


def test_components_at_one_address_are_one_machine() -> None:
    inventory = estate(system("a", component("web", "10.14.3.5"), component("db", "10.14.3.5"), component("x", "")))
    (machine,) = machines_of(inventory)
    assert machine.names == ("a.web.source", "a.db.source")
    assert machine.dns == ("web.mzj.ty.sx.cegn", "db.mzj.ty.sx.cegn")


def test_one_address_in_two_places_is_refused() -> None:
    inventory = estate(system("a", component("db", "10.14.3.5")), system("b", component("db", "10.14.3.5"), runs_in=""))
    with pytest.raises(LabError) as refused:
        machines_of(inventory)
    assert refused.value.code == "lab-address-twice"
    assert refused.value.data == {"address": "10.14.3.5", "first": "a.db.source", "second": "b.db.source"}


def test_an_address_that_moves_along_is_the_sources_at_first() -> None:
    part = component("db", "10.14.3.5", "10.128.1.5")
    part["target_endpoints"].append({"address": "10.14.3.5"})
    assert [m.addresses for m in machines_of(estate(system("a", part)))] == [("10.14.3.5",), ("10.128.1.5",)]
    with pytest.raises(LabError) as refused:
        machines_of(estate(system("a", component("db", "10.14.3.5", "10.14.3.5"))))
    assert refused.value.code == "lab-no-address"


def test_prefixes_of_the_inventory_else_usual_lengths() -> None:
    found = networks(small())
    assert str(found.network("10.14.3.12")) == "10.14.3.0/25"
    assert str(found.network("10.14.3.200")) == "10.14.0.0/16"
    assert str(found.network("10.99.1.7")) == "10.99.1.0/24"
    assert str(found.network("2001:db8:128::12")) == "2001:db8:128::/56"
    assert str(found.network("2001:db8:14:3::12")) == "2001:db8:14:3::/64"


def test_prefixes_of_links_are_no_segments() -> None:
    inventory = estate(prefixes=(prefix("link", "10.50.0.0/30", purpose="link"),))
    assert str(networks(inventory).network("10.50.0.1")) == "10.50.0.0/24"


def test_both_families_of_a_machine_are_one_segment() -> None:
    segments = list(networks(small()).segments.values())
    assert [(s.place, s.gateways) for s in segments] == [
        ("room:mzj-jf", ("10.14.3.1/25", "2001:db8:14:3::1/64")),
        ("pool:yun-a", ("10.128.1.1/24", "2001:db8:128::1/56")),
    ]


def test_the_router_takes_the_first_address_that_nobody_has() -> None:
    taken = [component(f"c{n}", f"10.14.3.{n}") for n in (1, 2, 9)]
    (segment,) = networks(estate(system("a", *taken))).segments.values()
    assert segment.gateways == ("10.14.3.3/25",)


def test_a_network_without_a_free_address() -> None:
    full = [component(f"c{n}", f"10.60.0.{n}") for n in range(1, 7)]
    inventory = estate(system("a", *full), prefixes=(prefix("full", "10.60.0.0/29"),))
    with pytest.raises(LabError) as refused:
        topology_of(inventory, (), "")
    assert refused.value.code == "lab-gateway"


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("a", ["a.web.source", "a.web.target", "a.db.source"]),
        ("a/web", ["a.web.source", "a.web.target"]),
        ("a.db.source", ["a.db.source"]),
        ("*.source", ["a.web.source", "a.db.source", "ab.db.source"]),
        ("10.14.3.6", ["a.db.source"]),
    ],
)
def test_selection(word: str, names: list[str]) -> None:
    inventory = estate(
        system("a", component("web", "10.14.3.5", "10.128.1.5"), component("db", "10.14.3.6")),
        system("ab", component("db", "10.14.3.7")),
    )
    assert [machine.names[0] for machine in select(machines_of(inventory), [word])] == names


def test_a_word_that_selects_nothing_names_the_nearest() -> None:
    with pytest.raises(LabError) as refused:
        topology_of(small(), ["mzj-1.db.sorce"], "")
    assert (refused.value.code, refused.value.data["nearest"].split(", ")[0]) == ("lab-only", "mzj-1.db.source")


def test_an_estate_without_addresses() -> None:
    with pytest.raises(LabError) as refused:
        topology_of(estate(system("a", component("db", ""))), (), "")
    assert refused.value.code == "lab-no-hosts"


def test_the_services_keep_out_of_the_estates_networks() -> None:
    inventory = estate(system("a", component("db", "198.18.0.9")))
    topology = topology_of(inventory, (), "")
    assert [segment.gateways for segment in topology.segments] == [
        ("198.18.0.1/24",),
        ("198.18.1.1/24", "2001:2::1/64"),
    ]
    dns = next(node for node in topology.nodes if node.name == "dns")
    assert dns.ports[0].addresses == ("198.18.1.53/24", "2001:2::53/64")


ADDRESSES = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(2, 90)).map(lambda t: "10.{}.{}.{}".format(*t))
PAIRS = st.lists(st.tuples(ADDRESSES, st.sampled_from(["", " 2001:db8::{:x}", " 2001:db8:1::{:x}"])), max_size=12)


@given(PAIRS)
def test_every_machine_reaches_its_routers_on_its_own_segment(drawn: list[tuple[str, str]]) -> None:
    unique = dict(drawn)
    parts = [component(f"c{n}", a + v6.format(n + 2)) for n, (a, v6) in enumerate(unique.items())]
    inventory = estate(system("a", *parts, component("last", "10.9.9.9")))
    topology = topology_of(inventory, (), "")
    segments = {segment.name: segment for segment in topology.segments}
    addresses = [address for node in topology.nodes for port in node.ports for address in port.addresses]
    own = [gateway for segment in topology.segments for gateway in segment.gateways]
    bare = [ip_interface(address).ip for address in addresses + own]
    assert len(set(bare)) == len(bare)
    assert len({ip_interface(gateway).network for gateway in own}) == len(own)
    for node in topology.nodes:
        for port in node.ports:
            here = {ip_interface(gateway) for gateway in segments[port.segment].gateways}
            assert {ip_interface(a).network for a in port.addresses} <= {gateway.network for gateway in here}
            assert {ip_address(router) for router in port.routers} <= {gateway.ip for gateway in here}
            assert len(port.routers) == len({ip_interface(a).version for a in port.addresses})
    names = [bridge_name(name) for name in segments] + [port_name(node.name, 0) for node in topology.nodes]
    assert all(len(name) <= 15 for name in names)
    assert len(set(names)) == len(names)
    assert topology.nodes[0].name == BACKBONE
