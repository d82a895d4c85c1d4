"""What is rendered for FRRouting, typed into real FRRouting."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inventory.kinds.network import Ipv6Stage
from network.config import ConfigTree, parse
from network.diff import patch
from network.platforms import platform_of
from network.rendering import STAGES, baseline, intended
from tests.network.diff.frr import Router, router
from tests.network.diff.test_frr import lines
from tests.network.rendering import test_stages

pytestmark = [pytest.mark.component("frr"), pytest.mark.component("namespaces")]
FRR = platform_of("frr")
INTENT = test_stages.router(
    "frr",
    vpns=[],
    igp={"protocol": "ospf", "hello_seconds": 1, "dead_seconds": 4},
    bgp={
        "asn": 65000,
        "peers": [test_stages.PEER | {"client": True}],
        "networks_ipv4": ["10.2.0.0/24"],
        "networks_ipv6": ["3fff:2::/64"],
        "reflector": True,
        "keepalive_seconds": 3,
        "hold_seconds": 9,
    },
    interfaces=[
        {"name": "eth0", "role": "backbone", "ipv4": ["10.1.0.1/30"], "ipv6": ["3fff:1::1/127"], "metric": 30,
         "description": "至省核心"},
        {"name": "eth2", "role": "edge", "ipv4": ["10.2.0.1/24"], "ipv6": ["3fff:2::1/64"]},
        {"name": "eth4", "role": "edge", "ipv4": [], "ipv6": ["3fff:4::1/64"]},
    ],
    management_ipv4=["10.9.0.0/16"],
    hosts={"other": True},
    services={"dns": [{"ipv6": "3fff:9::53"}]},
)  # fmt: skip


@pytest.fixture(scope="module")
def device() -> Iterator[Router]:
    with router() as made:
        yield made


def test_from_nothing_through_all_stages_and_back(device: Router) -> None:
    running = baseline(INTENT)
    tree = ConfigTree()
    for stage in (Ipv6Stage.NONE, *STAGES):
        after = intended(INTENT, stage, running)
        refused, answer = device.type(patch(FRR, tree, after).commands)
        assert refused == 0, f"{stage}: {answer}"
        assert lines(after) - lines(parse(FRR, device.running())) == set(), stage
        tree = after
    read = parse(FRR, device.running())
    assert patch(FRR, read, intended(INTENT, Ipv6Stage.VERIFIED, read)).empty
    refused, answer = device.type(patch(FRR, tree, running).commands)
    assert refused == 0, answer
    left = lines(parse(FRR, device.running()))
    assert lines(running) - left == set()
    assert {line for line in left if "3fff:" in line or "ospf6" in line} == set()
