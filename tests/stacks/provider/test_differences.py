"""Update or replace, property by property."""

from __future__ import annotations

from typing import Any

import pytest

from stacks.provider.differences import difference
from stacks.provider.model import Change, Difference
from stacks.provider.tables.kinds import KINDS
from stacks.provider.values import UNKNOWN

BY_NAME = {kind.name: kind for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_property_asks_for_what_its_row_says(kind: Any) -> None:
    for row in kind.properties:
        old: dict[str, Any] = {row.name: "a"}
        new: dict[str, Any] = {row.name: "b"}
        if row.shape in {"texts", "pools", "addresses"}:
            old, new = {row.name: []}, {row.name: ["x"] if row.shape == "texts" else [{"start": "x"}]}
        elif row.shape == "map":
            old, new = {row.name: {"a": "1"}}, {row.name: {"a": "2"}}
        elif row.shape == "integer":
            old, new = {row.name: 5}, {row.name: 4}
        elif row.shape == "boolean":
            old, new = {row.name: True}, {row.name: False}
        found = difference(kind, old, {}, new)
        replaces = row.change in {Change.REPLACE, Change.GROW}
        assert found.changes == {row.name: replaces}, row.name
        assert found.delete_first == (replaces and kind.clashes)


def test_a_volume_grows_in_place() -> None:
    volume = BY_NAME["Volume"]
    assert difference(volume, {"size_gib": 10}, {}, {"size_gib": 20}).changes == {"size_gib": False}
    assert difference(volume, {"size_gib": 20}, {}, {"size_gib": 10}).changes == {"size_gib": True}


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("Network", {"name": "n", "mtu": 1450}, {"name": "n"}),
        ("Network", {"name": "n"}, {"name": "n", "description": ""}),
        ("Subnet", {"cidr": "fd00:0:0::/64"}, {"cidr": "fd00::/64"}),
        ("Subnet", {"enable_dhcp": True, "dns_nameservers": ["fd00:0::1"]}, {"dns_nameservers": ["fd00::1"]}),
        ("Port", {"security_group_ids": ["b", "a"]}, {"security_group_ids": ["a", "b"]}),
        ("RecordSet", {"records": ["10.0.0.2", "10.0.0.1"]}, {"records": ["10.0.0.1", "10.0.0.2"]}),
        (
            "Port",
            {"fixed_ips": [{"subnet_id": "s6", "ip_address": "FD00::5"}, {"subnet_id": "s4"}]},
            {"fixed_ips": [{"subnet_id": "s4"}, {"subnet_id": "s6", "ip_address": "fd00:0::5"}]},
        ),
    ],
)
def test_what_means_the_same_is_no_difference(kind: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    assert difference(BY_NAME[kind], old, {}, new).changes == {}


def test_order_counts_where_it_has_a_meaning() -> None:
    server = BY_NAME["Server"]
    assert difference(server, {"port_ids": ["a", "b"]}, {}, {"port_ids": ["b", "a"]}).changes == {"port_ids": True}


def test_unknown_values_are_differences() -> None:
    subnet = BY_NAME["Subnet"]
    assert difference(subnet, {"network_id": "n"}, {}, {"network_id": UNKNOWN}).changes == {"network_id": True}


def test_what_never_became_ready_is_replaced() -> None:
    server = BY_NAME["Server"]
    same = {"name": "a"}
    found = difference(server, same, {"ready": False}, same)
    assert found == Difference({"ready": True}, delete_first=True, observed=frozenset({"ready"}))
    assert difference(server, same, {"ready": True, "status": "ERROR"}, same).changes == {}


def test_what_an_import_cannot_know_is_no_difference() -> None:
    server = BY_NAME["Server"]
    assert difference(server, {}, {}, {"user_data": "x"}).changes == {}
    assert difference(server, {"user_data": "x"}, {}, {"user_data": "y"}).changes == {"user_data": True}
