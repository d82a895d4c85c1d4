"""The plan of small estates, address by address."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import Any

import pytest

from inventory.inventory import Inventory
from inventory.kinds.network import Prefix
from inventory.problems import Severity
from network.addressing import Addresses, plan_addresses
from network.addressing.check import check_plan, overlaps
from network.errors import AddressingError
from tests.network.addressing.estates import ALLOCATION, BLOCKS, DIVISIONS, LEVELS, addressing, estate


def prefixes(addresses: Addresses) -> dict[str, str]:
    return {each.id: str(each.prefix) for each in addresses.prefixes}


def codes(addresses: Addresses) -> list[str]:
    return [found.code for found in addresses.findings]


def test_divisions_have_their_places_by_code() -> None:
    found = prefixes(plan_addresses(estate({})))
    assert found == {
        "v6.users.division.140000": "3fff:148::/32",
        "v6.users.own.140000": "3fff:148::/40",
        "v6.users.division.140100": "3fff:148:100::/40",
        "v6.users.own.140100": "3fff:148:100::/48",
        "v6.users.division.140105": "3fff:148:105::/48",
        "v6.users.own.140105": "3fff:148:105::/52",
    }


def test_a_county_directly_below_the_province_has_the_place_of_its_whole_code() -> None:
    county = {"id": "149001", "code": "149001", "level": "county"}
    found = prefixes(plan_addresses(estate({"division": [*DIVISIONS, county]})))
    assert found["v6.users.division.149001"] == "3fff:148:9001::/48"


def test_zones_stand_where_no_code_leads() -> None:
    zones = [{"id": f"z{n}", "level": "county", "parent": "140100", "functional_zone": True} for n in range(3)]
    found = prefixes(plan_addresses(estate({"division": [*DIVISIONS, *zones]})))
    assert [found[f"v6.users.division.z{n}"] for n in range(3)] == [
        "3fff:148:1c0::/48", "3fff:148:1a0::/48", "3fff:148:1e0::/48",
    ]  # fmt: skip


def test_townships_departments_and_sites() -> None:
    records = {
        "division": [*DIVISIONS, {"id": "140105100", "code": "140105100", "level": "township"}],
        "department": [
            {"id": "p", "division": "140000"},
            {"id": "c", "division": "140105"},
            {"id": "t", "division": "140105100"},
        ],
        "room": [
            {"id": "stays", "department": "p", "division": "140000", "intention": "keep"},
            {"id": "closes", "department": "p", "division": "140000"},
        ],
    }
    found = prefixes(plan_addresses(estate(records)))
    assert found["v6.users.division.140105100"] == "3fff:148:105:8000::/56"
    assert found["v6.users.department.p"] == "3fff:148:80::/52"
    assert found["v6.users.site.stays"] == "3fff:148:80:800::/56"
    assert "v6.users.site.closes" not in found
    assert found["v6.users.department.c"] == "3fff:148:105:800::/60"
    assert found["v6.users.department.t"] == "3fff:148:105:8080::/60"


def test_members_of_a_vpn_have_prefixes_in_its_block() -> None:
    blocks = [
        *BLOCKS[:-1],
        {"purpose": "users", "block": 8, "length": 64, "vpn": "a"},
        {"purpose": "users", "block": 9, "length": 64, "vpn": "b"},
    ]
    records = {
        "vpn": [{"id": "a", "members": "kind:department -id:p2"}, {"id": "b"}],
        "department": [{"id": "p1", "division": "140000"}, {"id": "p2", "division": "140000"}],
    }
    found = prefixes(plan_addresses(estate(records, addressing(blocks=blocks))))
    assert {id: text[:9] for id, text in found.items() if ".department." in id} == {
        "v6.users.a.department.p1": "3fff:148:", "v6.users.b.department.p1": "3fff:149:",
        "v6.users.b.department.p2": "3fff:149:",
    }  # fmt: skip


def device(id: str, division: str, loopback: str, interfaces: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    return {
        "id": id,
        "division": division,
        "level": "city",
        "role": "core",
        "loopbacks": [loopback],
        "interfaces": interfaces,
    } | fields


def pair_of_routers(**fields: Any) -> dict[str, list[dict[str, Any]]]:
    core = device("core", "140100", "10.252.0.1", [{"name": "ge0", "addresses": ["10.240.0.1/30"]}])
    lan = {"name": "ge1", "addresses": ["10.14.3.1/24"], "vpn": "v"}
    edge = device("edge", "140105", "10.252.0.2", [{"name": "ge0", "addresses": ["10.240.0.2/30"]}, lan])
    link = {
        "id": "l",
        "a_device": "core",
        "a_interface": "ge0",
        "b_device": "edge",
        "b_interface": "ge0",
        "bandwidth_mbps": 10,
    }
    return {"device": [core, edge | fields], "link": [link], "vpn": [{"id": "v"}]}


def test_links_loopbacks_and_segments() -> None:
    found = plan_addresses(estate(pair_of_routers()))
    assert found.loopbacks == {
        "core": IPv6Address("3fff:142:100:0:10:252:0:1"),
        "edge": IPv6Address("3fff:142:105:0:10:252:0:2"),
    }
    assert found.interfaces == {
        ("core", "ge0"): (IPv6Interface("3fff:141:105::/127"),),
        ("edge", "ge0"): (IPv6Interface("3fff:141:105::1/127"),),
        ("edge", "ge1"): (IPv6Interface("3fff:148:105::10:14:3:1/64"),),
    }
    assert found.pairs == {
        IPv4Network("10.240.0.0/30"): IPv6Network("3fff:141:105::/127"),
        IPv4Network("10.14.3.0/24"): IPv6Network("3fff:148:105::/64"),
        IPv4Network("10.252.0.1/32"): IPv6Network("3fff:142:100:0:10:252:0:1/128"),
        IPv4Network("10.252.0.2/32"): IPv6Network("3fff:142:105:0:10:252:0:2/128"),
    }
    assert found.pairs_of_vpn["v"] == {IPv4Network("10.14.3.0/24"): IPv6Network("3fff:148:105::/64")}


def test_links_of_64_bits_and_counted_hosts() -> None:
    blocks = [{**row, "length": 64} if row["purpose"] == "link" else row for row in BLOCKS]
    found = plan_addresses(estate(pair_of_routers(), addressing(blocks=blocks, host_numbers="order")))
    assert found.interfaces["core", "ge0"] == (IPv6Interface("3fff:141:105::1/64"),)
    assert found.interfaces["edge", "ge0"] == (IPv6Interface("3fff:141:105::2/64"),)
    assert found.interfaces["edge", "ge1"] == (IPv6Interface("3fff:148:105::1/64"),)
    assert found.loopbacks["core"] == IPv6Address("3fff:142:100::1")


def test_what_interfaces_have_already_stays() -> None:
    records = pair_of_routers()
    records["device"][0]["interfaces"][0]["addresses"].append("2001:db8:9::5/64")
    records["device"][1]["interfaces"][1]["addresses"].append("2001:db8:7::1/64")
    records["device"][1]["loopbacks"].append("2001:db8::2")
    found = plan_addresses(estate(records))
    assert found.interfaces["core", "ge0"] == (IPv6Interface("2001:db8:9::5/64"),)
    assert found.interfaces["edge", "ge0"] == (IPv6Interface("2001:db8:9::2/64"),)
    assert found.interfaces["edge", "ge1"] == (IPv6Interface("2001:db8:7::1/64"),)
    assert found.loopbacks["edge"] == IPv6Address("2001:db8::2")
    assert found.pairs[IPv4Network("10.14.3.0/24")] == IPv6Network("2001:db8:7::/64")


def test_segments_lie_in_the_prefix_of_the_department_or_pool_that_they_belong_to() -> None:
    records = pair_of_routers(department="d")
    records["department"] = [{"id": "d", "division": "140105"}]
    records["cloud"] = [{"id": "yun", "tier": "city", "division": "140100"}]
    records["pool"] = [{"id": "yun-a", "cloud": "yun"}]
    gateway = device("gw", "140100", "10.252.0.3", [{"name": "ge0", "addresses": ["10.128.4.1/24"]}])
    records["device"] = [*records["device"], gateway]
    records["prefix"] = [
        {"id": "pool", "prefix": "10.128.0.0/16", "purpose": "pool", "site": "yun-a", "division": "140100"}
    ]
    found = plan_addresses(estate(records))
    assert found.pairs[IPv4Network("10.14.3.0/24")].subnet_of(IPv6Network(prefixes(found)["v6.users.department.d"]))
    pool = found.pairs[IPv4Network("10.128.0.0/16")]
    assert (str(pool), pool.prefixlen) == (prefixes(found)["v6.pool.pool.yun-a"], 56)
    assert found.pairs[IPv4Network("10.128.4.0/24")].subnet_of(pool)


def test_a_division_s_ipv4_prefix_is_the_pair_of_its_own_part_and_a_second_one_of_a_segment() -> None:
    users = [{"id": f"u{n}", "prefix": f"10.{n}.0.0/16", "purpose": "users", "division": "140105"} for n in range(2)]
    found = plan_addresses(estate({"prefix": users}))
    assert [str(found.pairs[IPv4Network(each["prefix"])]) for each in users] == [
        "3fff:148:105::/52",
        "3fff:148:105::/64",
    ]
    assert {each.pair: each.id for each in found.prefixes if each.pair} == {
        "u0": "v6.users.own.140105", "u1": "v6.users.segment.10.1.0.0_16",
    }  # fmt: skip


def test_the_same_network_in_two_vpns_is_a_pair_in_each() -> None:
    users = [
        {"id": f"u{vpn}", "prefix": "10.1.0.0/16", "purpose": "users", "division": "140105", "vpn": vpn} for vpn in "ab"
    ]
    found = plan_addresses(estate({"prefix": users, "vpn": [{"id": "a"}, {"id": "b"}]}))
    network = IPv4Network("10.1.0.0/16")
    assert network not in found.pairs
    assert found.pairs_of_vpn["a"][network] != found.pairs_of_vpn["b"][network]


def test_a_prefix_by_hand_is_kept_and_nothing_else_is_put_into_it() -> None:
    pinned = {"id": "by-hand", "prefix": "3fff:148:106::/52", "purpose": "users", "division": "140105", "pinned": True}
    far = {"id": "far", "prefix": "3fff:148:105:800::/60", "purpose": "users", "site": "hall", "pinned": True}
    departments = [{"id": f"d{n}", "division": "140105"} for n in range(4)]
    county = {"id": "140106", "code": "140106", "level": "county"}
    inventory = estate({"prefix": [pinned, far], "department": departments, "division": [*DIVISIONS, county]})
    found = plan_addresses(inventory)
    assert prefixes(found)["by-hand"] == "3fff:148:106::/52"
    assert "v6.users.own.140105" not in prefixes(found)
    own = IPv6Network("3fff:148:106::/52")
    assert all(each.prefix.subnet_of(own) for each in found.prefixes if each.department)
    assert codes(found) == ["addresses-code-taken"]
    assert not IPv6Network(prefixes(found)["v6.users.division.140106"]).overlaps(own)
    assert list(overlaps(inventory, found.prefixes)) == []


def test_exhaustion_is_foretold_with_the_level_then_said() -> None:
    levels = [{**row, "own_length": 56, "department_length": 60} if row["level"] == "county" else row for row in LEVELS]
    settings = addressing(levels=levels)

    def planned(count: int) -> Addresses:
        departments = [{"id": f"d{n}", "division": "140105"} for n in range(count)]
        return plan_addresses(estate({"department": departments}, settings))

    assert codes(planned(11)) == []
    warned = planned(12)
    assert codes(warned) == ["addresses-reserve"]
    assert warned.findings[0].data["level"] == "county"
    assert warned.findings[0].data["left"] == 3
    full = planned(17)
    errors = [found for found in full.findings if found.severity is Severity.ERROR]
    assert [(found.code, found.data["name"]) for found in errors] == [
        ("addresses-exhausted", "department:d15"), ("addresses-exhausted", "department:d16"),
    ]  # fmt: skip
    assert "county" in errors[0].message


def test_a_second_allocation_is_used_when_the_first_is_full() -> None:
    levels = [{**row, "length": 36, "own_length": 40} if row["level"] == "province" else row for row in LEVELS]
    levels = [{**row, "by": "order"} if row["level"] == "city" else row for row in levels]
    more = {"prefix": "3fff:240::/32", "division": "140000"}
    cities = [{"id": f"14{n:02d}00", "code": f"14{n:02d}00", "level": "city"} for n in range(1, 18)]
    settings = addressing(allocations=[{**ALLOCATION, "prefix": "3fff:140::/32"}, more], block_length=36, levels=levels)
    found = prefixes(plan_addresses(estate({"division": [DIVISIONS[0], *cities]}, settings)))
    assert [found[f"v6.users.division.{each['id']}"][:9] for each in cities] == ["3fff:140:"] * 15 + ["3fff:240:"] * 2


def test_a_division_with_an_allocation_of_its_own_and_one_without_any() -> None:
    own = {"prefix": "3fff:800::/36", "division": "140100"}
    elsewhere = {"id": "150000", "code": "150000", "level": "province"}
    settings = addressing(allocations=[own], block_length=40)
    found = prefixes(plan_addresses(estate({"division": [*DIVISIONS, elsewhere]}, settings)))
    assert found == {
        "v6.users.division.140100": "3fff:800:800::/40",
        "v6.users.own.140100": "3fff:800:800::/48",
        "v6.users.division.140105": "3fff:800:805::/48",
        "v6.users.own.140105": "3fff:800:805::/52",
    }


def test_without_settings_the_plan_is_what_is_there() -> None:
    records = pair_of_routers()
    records["device"][0]["loopbacks"].append("2001:db8::1")
    records["prefix"] = [
        {"id": "four", "prefix": "10.14.0.0/16", "purpose": "users", "division": "140100", "pair": "six"},
        {"id": "six", "prefix": "2001:db8:1::/48", "purpose": "users", "division": "140100"},
    ]
    inventory = estate(records)
    settings = inventory.estate.settings.model_copy(update={"addressing": None})
    found = plan_addresses(inventory.replace(estate=inventory.estate.model_copy(update={"settings": settings})))
    assert [(each.id, each.pair, each.kept) for each in found.prefixes] == [("six", "four", True)]
    assert found.pairs[IPv4Network("10.14.0.0/16")] == IPv6Network("2001:db8:1::/48")
    assert found.loopbacks == {"core": IPv6Address("2001:db8::1")}
    assert found.interfaces == {}


def test_settings_that_contradict_themselves_plan_nothing() -> None:
    with pytest.raises(AddressingError, match=r"levels\.0\.own_length"):
        plan_addresses(estate({}, addressing(levels=[{**LEVELS[0], "own_length": 32}])))


def test_ids_of_long_names_are_short_and_different() -> None:
    departments = [{"id": "d" * 78 + end, "division": "140000"} for end in "ab"]
    found = [each.id for each in plan_addresses(estate({"department": departments})).prefixes if each.department]
    assert len(set(found)) == 2
    assert all(Prefix(id=id, prefix="::/0", purpose="users").id == id for id in found)  # type: ignore[arg-type]


def test_the_check_finds_what_overlaps_across_vpns_and_addresses_taken_twice() -> None:
    records = pair_of_routers()
    records["vpn"] = [{"id": "v"}, {"id": "w"}]
    records["prefix"] = [
        {
            "id": f"p{vpn}",
            "prefix": f"2001:db8::/{length}",
            "purpose": "users",
            "division": "140105",
            "vpn": vpn,
            "site": vpn,
        }
        for vpn, length in (("v", 48), ("w", 64))
    ]
    for router in records["device"]:
        router["loopbacks"].append("2001:db8:1::1")
    inventory: Inventory = estate(records)
    found = [
        (each.code, each.id) for each in check_plan(inventory, plan_addresses(inventory)) if each.severity == "error"
    ]
    assert found == [("addresses-overlap", "pw"), ("addresses-twice", "edge")]
