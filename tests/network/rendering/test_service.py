"""Services over IPv6: what hosts are told, and the servers that devices use."""

from __future__ import annotations

import pytest

from inventory.kinds.network import Ipv6Stage
from tests.network.rendering.test_stages import router, text_of

EDGE = "#\ninterface GE2\n ip address 10.2.0.1 255.255.255.0\n{more}#\n"
SERVERS = {"ntp": [{"ipv4": "10.9.0.1", "ipv6": "3fff:9::1"}, {"ipv6": "3fff:9::123"}]}


def service(running: str, platform: str = "huawei_vrp8", **more: object) -> list[str]:
    return text_of(Ipv6Stage.SERVICE, running, router(platform, **more))


def test_edges_advertise_and_backbones_do_not() -> None:
    running = EDGE.format(more="") + "interface GE1\n ip address 10.1.0.1 255.255.255.252\n#\n"
    assert service(running) == ["interface GE2", " undo ipv6 nd ra halt"]


def test_not_where_the_settings_say_so() -> None:
    assert service(EDGE.format(more=""), hosts={"router_advertisements": False}) == []


def test_flags() -> None:
    lines = service(EDGE.format(more=""), hosts={"managed": True, "other": True})
    assert lines[2:] == [" ipv6 nd autoconfig managed-address-flag", " ipv6 nd autoconfig other-flag"]


def test_a_relay_tells_hosts_to_ask() -> None:
    lines = service(EDGE.format(more=" ip relay address 10.9.0.1\n dhcp select relay\n"))
    assert lines == [
        "interface GE2",
        " undo ipv6 nd ra halt",
        " ipv6 nd autoconfig managed-address-flag",
        " ipv6 nd autoconfig other-flag",
        " dhcpv6 relay destination 3fff:9::1",
    ]


def test_a_relay_of_comware() -> None:
    lines = service(EDGE.format(more=" dhcp select relay\n dhcp relay server-address 10.9.0.1\n"), "h3c_comware7")
    assert lines[-2:] == [" ipv6 dhcp select relay", " ipv6 dhcp relay server-address 3fff:9::1"]


@pytest.mark.parametrize(
    ("platform", "line", "wanted"),
    [
        ("huawei_vrp8", "ntp-service unicast-server 10.9.0.1 pref", "ntp-service unicast-server ipv6 3fff:9::1 pref"),
        ("huawei_vrp8", "info-center loghost 10.9.0.1 facility 6", "info-center loghost ipv6 3fff:9::1 facility 6"),
        ("huawei_vrp8", "dns server 10.9.0.1", "dns server ipv6 3fff:9::1"),
        (
            "huawei_vrp8",
            "snmp-agent target-host trap address udp-domain 10.9.0.1 params securityname u v3 privacy",
            "snmp-agent target-host trap ipv6 address udp-domain 3fff:9::1 params securityname u v3 privacy",
        ),
        ("h3c_comware7", "ntp-service unicast-server 10.9.0.1", "ntp-service ipv6 unicast-server 3fff:9::1"),
        (
            "h3c_comware7",
            "snmp-agent target-host trap address udp-domain 10.9.0.1 params securityname u v3",
            "snmp-agent target-host trap address udp-domain ipv6 3fff:9::1 params securityname u v3",
        ),
        ("cisco_ios", "ntp server 10.9.0.1 prefer", "ntp server 3fff:9::1 prefer"),
    ],
)  # fmt: skip
def test_servers_keep_their_other_words(platform: str, line: str, wanted: str) -> None:
    assert [one.strip() for one in service(f"{line}\n", platform)] == [wanted]


def test_a_server_without_counterpart_has_no_line() -> None:
    assert service("#\ndns server 10.77.0.1\n#\n") == []


def test_servers_of_the_settings_are_added_once() -> None:
    lines = service("#\nntp-service unicast-server 10.9.0.1 preference\n#\n", services=SERVERS)
    assert lines == [
        "ntp-service unicast-server ipv6 3fff:9::1 preference",
        "ntp-service unicast-server ipv6 3fff:9::123",
    ]


def test_the_word_for_ntp_is_that_of_the_release() -> None:
    lines = service("#\nntp server disable\n#\n", services=SERVERS)
    assert lines == ["ntp unicast-server ipv6 3fff:9::1", "ntp unicast-server ipv6 3fff:9::123"]


AAA = "#\nhwtacacs scheme gov\n primary authentication 10.9.0.1\n key authentication cipher $c$3$abc\n#\n"


def test_the_ipv4_server_of_aaa_stays_the_first_and_the_key_is_not_repeated() -> None:
    assert service(AAA, "h3c_comware7") == ["hwtacacs scheme gov", " secondary authentication ipv6 3fff:9::1"]
