"""Access lists and management access: the same in IPv6, or nothing."""

from __future__ import annotations

import pytest

from inventory.kinds.network import Ipv6Stage
from tests.network.rendering.test_stages import router, text_of

RULES = """#
acl {head}
 {rules}
#
interface GE2
 ip address 10.2.0.1 255.255.255.0
 {bind}
#
"""
VRP = {"head": "number 3001", "bind": "traffic-filter inbound acl 3001"}
NEEDED = [f" rule {number} permit icmpv6 icmp6-type {type} 0" for number, type in enumerate((2, 133, 134, 135, 136))]


def security(rules: str, platform: str = "huawei_vrp8", head: str = VRP["head"], bind: str = VRP["bind"]) -> list[str]:
    return text_of(Ipv6Stage.SECURITY, RULES.format(head=head, rules=rules, bind=bind), router(platform))


def test_rules_keep_number_action_and_ports() -> None:
    rules = "rule 5 permit tcp source 10.2.0.0 0.0.0.255 destination 10.9.0.0 0.0.255.255 destination-port eq 443"
    assert security(rules) == [
        "acl ipv6 number 3001",
        " rule 5 permit tcp source 3fff:2::/64 destination 3fff:9::/48 destination-port eq 443",
        "interface GE2",
        " traffic-filter inbound acl ipv6 3001",
    ]


def test_a_general_deny_does_not_cut_the_link_off() -> None:
    """Neighbour discovery and packet-too-big pass first (RFC 4890)."""
    assert security("rule 10 permit ip source 10.9.0.0 0.0.255.255\n rule 20 deny ip")[1:-2] == [
        *(line.replace(f"rule {number}", f"rule {number + 5}") for number, line in enumerate(NEEDED)),
        " rule 10 permit ipv6 source 3fff:9::/48",
        " rule 20 deny ipv6",
    ]


def test_without_room_for_them_the_list_is_left_out() -> None:
    assert security("rule 0 permit ip source 10.9.0.0 0.0.255.255\n rule 20 deny ip") == []


def test_a_network_without_counterpart_has_no_rule() -> None:
    lines = security("rule 5 permit ip source 10.77.0.0 0.0.255.255\n rule 10 permit ip source 10.9.0.0 0.0.255.255")
    assert lines[1:-2] == [" rule 10 permit ipv6 source 3fff:9::/48"]


@pytest.mark.parametrize(
    "rule", ["rule 5 deny icmp icmp-type echo", "rule 5 permit ip precedence critical", "rule 5 permit ip tos 4"]
)
def test_what_ipv6_does_not_have_leaves_the_whole_list_out(rule: str) -> None:
    assert security(f"{rule}\n rule 10 permit ip source 10.9.0.0 0.0.255.255") == []


def test_a_wildcard_with_holes_has_no_counterpart() -> None:
    assert security("rule 5 permit ip source 10.9.0.0 0.255.0.255") == []


def test_a_host_is_found_among_addresses() -> None:
    assert security("rule 5 permit ip source 10.9.0.1 0")[1] == " rule 5 permit ipv6 source 3fff:9::1/128"


def test_a_list_of_the_same_name_with_other_rules_stays_as_it_is() -> None:
    there = "\n#\nacl ipv6 number 3001\n rule 5 permit ipv6 source 3fff:aaaa::/48"
    assert security(f"rule 5 permit ip source 10.9.0.0 0.0.255.255{there}") == []


def test_lists_that_are_not_ipv4_are_left_alone() -> None:
    running = "#\nacl number 4001\n rule 5 permit\n#\n"
    assert text_of(Ipv6Stage.SECURITY, running) == []


@pytest.mark.parametrize(
    ("head", "bind", "wanted"),
    [
        ("advanced 3001", "packet-filter 3001 inbound", ("acl ipv6 advanced 3001", " packet-filter ipv6 3001 inbound")),
        (
            "advanced name USERS",
            "packet-filter name USERS inbound",
            ("acl ipv6 advanced name USERS", " packet-filter ipv6 name USERS inbound"),
        ),
    ],
)
def test_comware(head: str, bind: str, wanted: tuple[str, str]) -> None:
    lines = security("rule 5 permit ip source 10.9.0.0 0.0.255.255", "h3c_comware7", head, bind)
    assert (lines[0], lines[-1]) == wanted
    assert lines[1] == " rule 5 permit ipv6 source 3fff:9::/48"


def test_named_lists_of_vrp() -> None:
    bind = "traffic-filter inbound acl name USERS"
    lines = security("rule 5 permit ip", "huawei_vrp8", "name USERS advance", bind)
    assert (lines[0], lines[-1]) == ("acl ipv6 name USERS advance", " traffic-filter inbound acl ipv6 name USERS")


CLASSIFIER = """#
acl number 3001
 rule 5 permit ip source 10.9.0.0 0.0.255.255
#
traffic classifier USERS operator {operator}
 if-match acl 3001
#
"""


def test_a_classifier_of_alternatives_gets_one_more() -> None:
    lines = text_of(Ipv6Stage.SECURITY, CLASSIFIER.format(operator="or"))
    assert lines[-2:] == ["traffic classifier USERS operator or", " if-match ipv6 acl 3001"]


def test_a_classifier_of_conditions_gets_none_because_ipv4_would_no_longer_match() -> None:
    lines = text_of(Ipv6Stage.SECURITY, CLASSIFIER.format(operator="and"))
    assert lines == ["acl ipv6 number 3001", " rule 5 permit ipv6 source 3fff:9::/48"]


MANAGEMENT = """#
acl number 2998
 rule 5 permit source 10.9.0.0 0.0.255.255
 rule 10 deny
#
ssh server acl 2998
#
stelnet ipv4 server enable
#
user-interface vty 0 4
 acl 2998 inbound
#
"""


def test_management_access() -> None:
    assert text_of(Ipv6Stage.SECURITY, MANAGEMENT) == [
        "acl ipv6 number 2998",
        " rule 5 permit source 3fff:9::/48",
        " rule 10 deny",
        "ssh ipv6 server acl 2998",
        "stelnet ipv6 server enable",
        "user-interface vty 0 4",
        " acl ipv6 2998 inbound",
    ]


def test_a_guard_of_which_nothing_is_left_denies_all() -> None:
    running = MANAGEMENT.replace("10.9.0.0", "10.77.0.0").replace(" rule 10 deny\n", "")
    assert text_of(Ipv6Stage.SECURITY, running)[:2] == ["acl ipv6 number 2998", " rule 5 deny"]


FRR = """!
access-list management seq 5 permit 10.9.0.0/16
access-list management seq 10 deny any
!
access-list other seq 5 permit 10.77.0.0/16
!
ip prefix-list longer seq 5 permit 10.9.0.0/16 le 24
!
line vty
 access-class management
exit
!
"""


def test_frr() -> None:
    assert text_of(Ipv6Stage.SECURITY, FRR, router("frr", vpns=[])) == [
        "ipv6 access-list management seq 5 permit 3fff:9::/48",
        "ipv6 access-list management seq 10 deny any",
        "ipv6 access-list other seq 5 deny any",
        "line vty",
        " ipv6 access-class management",
    ]
