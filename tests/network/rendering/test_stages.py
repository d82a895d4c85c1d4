"""What each stage adds: only IPv6, from what runs, the same however often and in whatever steps it is applied."""

from __future__ import annotations

import shutil
import subprocess
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Any

import pytest

from inventory.kinds.network import Ipv6Stage
from network.config import ConfigTree, merge, parse, to_text
from network.diff import neutral, patch
from network.errors import RenderingError
from network.intent import DeviceIntent, PairTable
from network.platforms import platform_of
from network.rendering import STAGES, baseline, fragment, intended
from tests.network.made_configs import PLATFORMS, MadeConfig, made_config, made_configs

PEER = {"device": "p1", "name": "P1", "asn": 65000, "ipv4": "10.0.0.9", "ipv6": "3fff::9"}
ROUTER: dict[str, Any] = {
    "device": "r1",
    "name": "R1",
    "level": "city",
    "role": "aggregation",
    "router_id": "10.0.0.1",
    "loopback": {"ipv4": "10.0.0.1", "ipv6": "3fff::1"},
    "igp": {"protocol": "ospf"},
    "bgp": {"asn": 65000, "peers": [PEER]},
    "interfaces": [
        {"name": "GE1", "role": "backbone", "ipv4": ["10.1.0.1/30"], "ipv6": ["3fff:1::1/127"]},
        {"name": "GE2", "role": "edge", "ipv4": ["10.2.0.1/24"], "ipv6": ["3fff:2::1/64"]},
        {"name": "GE3", "role": "edge", "ipv4": ["10.3.0.1/24"], "ipv6": ["3fff:3::1/64"], "vpn": "gov"},
    ],
}  # fmt: skip
VPN = {
    "id": "gov",
    "name": "gov",
    "number": 1,
    "technology": "mpls_l3vpn",
    "ipv6": "6vpe",
    "route_distinguisher": "1:1",
}
PAIRS = PairTable(
    {IPv4Network("10.9.0.0/16"): IPv6Network("3fff:9::/48"), IPv4Network("10.8.0.0/16"): IPv6Network("3fff:8::/48")},
    {},
    {IPv4Address("10.9.0.1"): IPv6Address("3fff:9::1")},
)


def router(platform: str = "huawei_vrp8", **more: Any) -> DeviceIntent:
    return DeviceIntent.model_validate(ROUTER | {"platform": platform, "vpns": [VPN], "pairs": PAIRS} | more)


def text_of(stage: Ipv6Stage, running: str, intent: DeviceIntent | None = None) -> list[str]:
    """The lines of a stage's fragment for a running configuration."""
    intent = intent or router()
    platform = platform_of(intent.platform)
    made = to_text(platform, fragment(intent, stage, parse(platform, running)))
    return [line for line in made.splitlines() if line.strip() not in {"#", "!", "return", "end", "exit"} and line]


# Every maker, every size


@pytest.mark.parametrize("platform", PLATFORMS)
def test_configurations_are_of_the_size_of_real_ones(platform: str) -> None:
    lines = [made.lines for made in made_configs() if made.platform == platform]
    assert len(lines) >= 10
    assert min(lines) >= 500
    assert max(lines) <= 3000


@pytest.fixture(scope="module", params=PLATFORMS)
def made(request: pytest.FixtureRequest) -> MadeConfig:
    return made_config(request.param, 50, 0)


def test_stage_by_stage_is_the_same_as_at_once(made: MadeConfig) -> None:
    tree = made.running
    for stage in STAGES:
        tree = merge(tree, fragment(made.intent, stage, tree))
    assert tree == made.intended


def test_a_second_time_changes_nothing(made: MadeConfig) -> None:
    assert intended(made.intent, Ipv6Stage.VERIFIED, made.intended) == made.intended


def test_nothing_of_ipv4_changes(made: MadeConfig) -> None:
    assert neutral(platform_of(made.platform), made.running, made.intended) == ()


def test_every_change_adds(made: MadeConfig) -> None:
    """A command that takes something back may only deny a default of IPv6."""
    commands = patch(platform_of(made.platform), made.running, made.intended).commands
    denials = {command for command in commands if command.startswith(("undo ", "no "))}
    assert denials <= {
        "undo ipv6 nd ra halt",
        "undo synchronization",
        "undo policy vpn-target",
        "no ipv6 nd suppress-ra",
    }
    assert len(commands) > 200


@pytest.mark.parametrize("stage", [Ipv6Stage.ASSESSED, Ipv6Stage.VERIFIED])
def test_looking_changes_nothing(made: MadeConfig, stage: Ipv6Stage) -> None:
    assert fragment(made.intent, stage, made.running) == ConfigTree()


def test_none_is_what_runs(made: MadeConfig) -> None:
    assert intended(made.intent, Ipv6Stage.NONE, made.running) == made.running


@pytest.mark.parametrize(
    "platform", [*PLATFORMS, "huawei_vrp5", "h3c_comware5", "cisco_ios", "ruijie_rgos", "zte_zxros"]
)
def test_each_platform_has_all_stages(platform: str) -> None:
    intent = router(platform)
    running = baseline(intent)
    whole = to_text(platform_of(platform), intended(intent, Ipv6Stage.VERIFIED, running))
    for address in ("3fff::1/128", "3fff:1::1/127", "3fff:2::1/64"):
        assert address in whole
    assert "3fff::9" in whole


@pytest.mark.parametrize("platform", ["huawei_vrp5", "h3c_comware5"])
def test_older_systems_switch_ipv6_on_first(platform: str) -> None:
    intent = router(platform)
    assert fragment(intent, Ipv6Stage.ADDRESSED, baseline(intent)).lines[0].text == "ipv6"


@pytest.mark.component("frr")
@pytest.mark.parametrize("seed", [0, 3])
def test_frr_takes_the_syntax(tmp_path: Path, seed: int) -> None:
    one = made_config("frr", 40, seed)
    for name, tree in (("running", one.running), ("intended", one.intended)):
        path = tmp_path / name
        path.write_text(to_text(platform_of("frr"), tree), encoding="utf-8")
        vtysh = shutil.which("vtysh") or "/usr/bin/vtysh"
        checked = subprocess.run(
            [vtysh, "-C", "-f", str(path)], capture_output=True, text=True, check=False, timeout=60
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr


# Addresses


def test_an_interface_is_found_by_its_address_when_its_name_differs() -> None:
    running = "#\ninterface GigabitEthernet0/0/1\n ip address 10.1.0.1 255.255.255.252\n#\n"
    assert text_of(Ipv6Stage.ADDRESSED, running)[-3:] == [
        "interface GigabitEthernet0/0/1",
        " ipv6 enable",
        " ipv6 address 3fff:1::1/127",
    ]


def test_an_interface_that_is_not_there_is_not_made() -> None:
    assert not any("GE2" in line for line in text_of(Ipv6Stage.ADDRESSED, "#\ninterface GE1\n#\n"))


def test_a_vpn_gets_its_family_before_its_interfaces_get_addresses() -> None:
    running = (
        "#\nip vpn-instance gov\n ipv4-family\n  route-distinguisher 65000:7\n#\n"
        "interface GE3\n ip binding vpn-instance gov\n ip address 10.3.0.1 24\n#\n"
    )
    lines = text_of(Ipv6Stage.ADDRESSED, running)
    assert lines[:3] == ["ip vpn-instance gov", " ipv6-family", "  route-distinguisher 65000:7"]
    assert lines[-1] == " ipv6 address 3fff:3::1/64"


# Underlay

OSPF = """#
interface GE1
 ip address 10.1.0.1 255.255.255.252
 ospf cost 30
 ospf network-type p2p
#
interface GE2
 ip address 10.2.0.1 255.255.255.0
#
interface LoopBack7
 ip address 10.0.0.1 255.255.255.255
#
ospf 9 router-id 10.7.7.7
 area 0.0.0.3
  network 10.1.0.0 0.0.0.3
  network 10.0.0.1 0.0.0.0
#
"""


def test_the_mirror_follows_what_runs_not_what_the_settings_say() -> None:
    assert text_of(Ipv6Stage.UNDERLAY, OSPF) == [
        "ospfv3 9",
        " router-id 10.7.7.7",
        " area 0.0.0.3",
        "interface LoopBack7",
        " ospfv3 9 area 0.0.0.3",
        "interface GE1",
        " ospfv3 9 area 0.0.0.3",
        " ospfv3 cost 30",
        " ospfv3 network-type p2p",
    ]


def test_an_interface_outside_the_igp_stays_outside() -> None:
    assert not any("GE2" in line for line in text_of(Ipv6Stage.UNDERLAY, OSPF))


def test_a_core_without_ipv6_gets_no_underlay() -> None:
    intent = router(igp={"protocol": "ospf", "ipv6": False})
    assert text_of(Ipv6Stage.UNDERLAY, OSPF, intent) == []


ISIS = """#
isis 1
 cost-style {style}
 network-entity 49.0001.0100.0000.0001.00
#
interface GE1
 ip address 10.1.0.1 255.255.255.252
 isis enable 1
 isis cost 15
#
"""


def test_isis_gets_a_topology_of_its_own() -> None:
    assert text_of(Ipv6Stage.UNDERLAY, ISIS.format(style="wide")) == [
        "isis 1",
        " ipv6 enable topology ipv6",
        "interface GE1",
        " isis ipv6 enable 1",
        " isis ipv6 cost 15",
    ]


def test_narrow_metrics_are_refused_because_widening_them_touches_ipv4() -> None:
    with pytest.raises(RenderingError) as caught:
        text_of(Ipv6Stage.UNDERLAY, ISIS.format(style="narrow"))
    assert caught.value.code == "render-narrow-metrics"


# Routing

BGP = """#
bgp 65000
 peer 10.0.0.9 as-number 65000
 peer 10.0.0.9 connect-interface LoopBack0
 peer 10.0.0.9 password cipher %^%#secret%^%#
 peer 10.77.0.1 as-number 65000
 #
 ipv4-family unicast
  network 10.2.0.0 255.255.255.0
  peer 10.0.0.9 enable
  peer 10.0.0.9 reflect-client
  {more}
  peer 10.77.0.1 enable
 #
 ipv4-family vpnv4
  undo policy vpn-target
  peer 10.0.0.9 enable
  peer 10.0.0.9 reflect-client
#
interface GE2
 ip address 10.2.0.1 255.255.255.0
#
{policy}
#
"""


def bgp(more: str = "peer 10.0.0.9 next-hop-local", policy: str = "ip route-static 0.0.0.0 0 10.9.0.1") -> str:
    return BGP.format(more=more, policy=policy)


def test_native_sessions_mirror_those_with_a_known_peer() -> None:
    lines = text_of(Ipv6Stage.ROUTING, bgp(), router(bgp=ROUTER["bgp"] | {"vpn": True}))
    assert lines == [
        "ipv6 route-static :: 0 3fff:9::1",
        "bgp 65000",
        " peer 3fff::9 as-number 65000",
        " peer 3fff::9 connect-interface LoopBack0",
        " ipv6-family unicast",
        "  network 3fff:2:: 64",
        "  peer 3fff::9 enable",
        "  peer 3fff::9 reflect-client",
        "  peer 3fff::9 next-hop-local",
        " ipv6-family vpnv6",
        "  undo policy vpn-target",
        "  peer 10.0.0.9 enable",
        "  peer 10.0.0.9 reflect-client",
    ]


def test_6pe_uses_the_ipv4_sessions() -> None:
    lines = text_of(Ipv6Stage.ROUTING, bgp(), router(bgp=ROUTER["bgp"] | {"ipv6": "6pe"}))
    assert "  peer 10.0.0.9 label-route-capability" in lines
    assert not any("as-number" in line for line in lines)


def test_a_secret_is_never_copied() -> None:
    assert not any("secret" in line for line in text_of(Ipv6Stage.ROUTING, bgp()))


def test_a_policy_that_looks_at_ipv4_keeps_the_peer_out() -> None:
    policy = "route-policy IN permit node 10\n if-match ip-prefix A"
    lines = text_of(Ipv6Stage.ROUTING, bgp("peer 10.0.0.9 route-policy IN import", policy))
    assert not any("3fff::9" in line for line in lines)


def test_a_policy_that_does_not_is_taken_over() -> None:
    policy = "route-policy IN permit node 10\n apply local-preference 200"
    lines = text_of(Ipv6Stage.ROUTING, bgp("peer 10.0.0.9 route-policy IN import", policy))
    assert "  peer 3fff::9 route-policy IN import" in lines


def test_a_filter_by_ipv4_prefixes_keeps_the_peer_out() -> None:
    lines = text_of(Ipv6Stage.ROUTING, bgp("peer 10.0.0.9 ip-prefix A import"))
    assert not any("3fff::9" in line for line in lines)


def test_sources_of_routes_have_other_names_in_ipv6() -> None:
    running = (
        "#\nbgp 65000\n #\n ipv4-family vpn-instance gov\n  import-route direct\n  import-route ospf 101\n"
        "  import-route rip 1 route-policy GONE\n#\nip vpn-instance gov\n#\n"
    )
    lines = text_of(Ipv6Stage.ROUTING, running)
    assert lines[-3:] == [" ipv6-family vpn-instance gov", "  import-route direct", "  import-route ospfv3 101"]


def test_frr_does_not_let_an_ipv6_session_carry_ipv4() -> None:
    running = (
        "router bgp 65000\n neighbor 10.0.0.9 remote-as 65000\n {default}!\n address-family ipv4 unicast\n"
        "  neighbor 10.0.0.9 activate\n exit-address-family\n!\n"
    )
    intent = router("frr", vpns=[])
    denied = "  no neighbor 3fff::9 activate"
    assert denied in text_of(Ipv6Stage.ROUTING, running.format(default=""), intent)
    usual = running.format(default="no bgp default ipv4-unicast\n ")
    assert denied not in text_of(Ipv6Stage.ROUTING, usual, intent)
