"""What the lint finds, and what it leaves alone."""

from __future__ import annotations

import json
from ipaddress import IPv4Network, IPv6Network
from typing import Any

import jsonschema
import pytest

from network.config import parse
from network.parity import Finding, message, parity, sarif
from network.parity.tables.rules import LEVELS, MESSAGES
from network.platforms import platform_of
from tests.network.made_configs import made_configs

PAIRS = {
    IPv4Network("10.1.0.0/16"): IPv6Network("2001:db8:1::/48"),
    IPv4Network("10.2.0.0/24"): IPv6Network("2001:db8:2::/64"),
    IPv4Network("10.8.0.0/24"): IPv6Network("2001:db8:8::/64"),
}

VRP = """\
acl number 3000
 rule 5 permit tcp source 10.1.0.0 0.0.255.255 destination 10.2.0.0 0.0.0.255 destination-port eq 443
 rule 10 permit icmp source 10.1.0.0 0.0.255.255
 rule 15 permit udp source 10.8.0.7 0 destination-port eq 53
 rule 20 permit ip source 10.77.0.0 0.0.255.255
 rule 25 permit ip source 10.1.3.0 0.0.255.0
 rule 30 deny ip
ip vpn-instance GOV
 ipv4-family
  vpn-target 65000:1 65000:2 export-extcommunity
  vpn-target 65000:1 import-extcommunity
interface GigabitEthernet0/0/1
 ip address 10.1.0.1 255.255.0.0
 ipv6 enable
 traffic-filter inbound acl 3000
interface GigabitEthernet0/0/2
 ip address 10.3.0.1 255.255.255.0
 traffic-filter inbound acl 3000
ip route-static 0.0.0.0 0.0.0.0 10.1.0.2
ip route-static 10.2.0.0 255.255.255.0 10.1.0.2
ip route-static vpn-instance GOV 10.2.0.0 255.255.255.0 10.1.0.3
ip route-static 10.77.0.0 255.255.0.0 10.1.0.2
dns server 10.8.0.53
ntp-service unicast-server 10.8.0.123
ntp-service unicast-server 10.8.0.124
snmp-agent target-host trap address udp-domain 10.8.0.9 params securityname ops v3
ssh server acl 2001
user-interface vty 0 4
 acl 2001 inbound
"""

VRP6 = """\
acl ipv6 number 3000
 rule 5 permit tcp source 2001:DB8:1::/48 destination 2001:db8:2::/64 destination-port eq 443
 rule 10 permit icmpv6 source 2001:db8:1:: 48
 rule 15 permit udp source 2001:db8:8::7/128 destination-port eq 53
 rule 30 deny ipv6
ip vpn-instance GOV
 ipv6-family
  vpn-target 65000:1 65000:2 export-extcommunity
  vpn-target 65000:1 import-extcommunity
interface GigabitEthernet0/0/1
 traffic-filter inbound acl ipv6 3000
ipv6 route-static :: 0 2001:db8:1::2
ipv6 route-static 2001:db8:2:: 64 2001:db8:1::2
ipv6 route-static vpn-instance GOV 2001:db8:2:: 64 2001:db8:1::3
dns server ipv6 2001:db8:8::53
ntp-service unicast-server ipv6 2001:db8:8::123
ntp-service unicast-server ipv6 2001:db8:8::124
snmp-agent target-host trap ipv6 address udp-domain 2001:db8:8::9 params securityname ops v3
ssh ipv6 server acl 2001
user-interface vty 0 4
 acl ipv6 2001 inbound
"""


def found(platform: str, text: str) -> list[tuple[str, int]]:
    known = platform_of(platform)
    return [(finding.code, finding.number) for finding in parity(known, parse(known, text), PAIRS)]


def test_ipv4_alone() -> None:
    assert found("huawei_vrp8", VRP) == [
        ("parity-acl-rule", 2),
        ("parity-acl-rule", 3),
        ("parity-acl-rule", 4),
        ("parity-acl-unpaired", 5),
        ("parity-acl-unpaired", 6),
        ("parity-acl-rule", 7),
        ("parity-vpn-target", 10),
        ("parity-vpn-target", 10),
        ("parity-vpn-target", 11),
        ("parity-acl-use", 15),
        ("parity-route", 19),
        ("parity-route", 20),
        ("parity-route", 21),
        ("parity-route-unpaired", 22),
        ("parity-dns", 23),
        ("parity-ntp", 24),
        ("parity-ntp", 25),
        ("parity-snmp", 26),
        ("parity-management", 27),
        ("parity-management", 29),
    ]


def test_with_all_counterparts() -> None:
    assert found("huawei_vrp8", VRP + VRP6) == [
        ("parity-acl-unpaired", 5),
        ("parity-acl-unpaired", 6),
        ("parity-route-unpaired", 22),
    ]


@pytest.mark.parametrize(
    "gone",
    [line for line in VRP6.splitlines() if not line.startswith(("ip vpn", "interface", "user", "acl", " ipv6-f"))],
)
def test_each_counterpart_counts(gone: str) -> None:
    lines = [line for line in VRP6.splitlines() if line != gone]
    assert len(found("huawei_vrp8", VRP + "\n".join(lines) + "\n")) > 3


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("rule 5 permit tcp source 2001:DB8:1::/48", "rule 5 permit udp source 2001:DB8:1::/48"),
        ("rule 10 permit icmpv6", "rule 10 deny icmpv6"),
        ("source 2001:db8:8::7/128", "source 2001:db8:9::7/128"),
        ("destination-port eq 443", "destination-port eq 444"),
        ("ipv6 route-static vpn-instance GOV 2001", "ipv6 route-static vpn-instance PUB 2001"),
        ("dns server ipv6 2001:db8:8::53", "dns server ipv6 2001:db8:9::53"),
        ("acl ipv6 2001 inbound", "acl ipv6 2001 outbound"),
        ("65000:1 65000:2 export", "65000:1 65000:3 export"),
    ],
)
def test_a_counterpart_that_is_none(line: str, wrong: str) -> None:
    assert VRP6.count(line) == 1
    assert len(found("huawei_vrp8", VRP + VRP6.replace(line, wrong))) == 4


COMWARE = """\
acl advanced 3000
 rule 0 permit tcp source 10.1.0.0 0.0.255.255 destination-port eq 22
ip vpn-instance GOV
 route-distinguisher 65000:1
 vpn-target 65000:9 import-extcommunity
 address-family ipv4
  vpn-target 65000:1 import-extcommunity
interface Ten-GigabitEthernet1/0/1
 ipv6 address 2001:db8:1::1/64
 packet-filter 3000 inbound
ntp-service unicast-server 10.8.0.123
ssh server acl 2001
"""
COMWARE6 = """\
acl ipv6 advanced 3000
 rule 0 permit tcp source 2001:db8:1::/48 destination-port eq 22
ip vpn-instance GOV
 address-family ipv6
  vpn-target 65000:1 import-extcommunity
interface Ten-GigabitEthernet1/0/1
 packet-filter ipv6 3000 inbound
ntp-service ipv6 unicast-server 2001:db8:8::123
ssh server ipv6 acl 2001
"""


def test_comware() -> None:
    assert found("h3c_comware7", COMWARE) == [
        ("parity-acl-rule", 2),
        ("parity-vpn-target", 7),
        ("parity-acl-use", 10),
        ("parity-ntp", 11),
        ("parity-management", 12),
    ]
    assert found("h3c_comware7", COMWARE + COMWARE6) == []


def test_frr_and_ios() -> None:
    frr = "access-list SITES seq 5 permit 10.1.0.0/16\nip route 10.2.0.0/24 10.1.0.2\nip route 0.0.0.0/0 10.1.0.2\n"
    assert found("frr", frr) == [("parity-acl-rule", 1), ("parity-route", 2), ("parity-route", 3)]
    both = (
        frr
        + "ipv6 access-list SITES seq 5 permit 2001:db8:1::/48\nipv6 route 2001:db8:2::/64 ::1\nipv6 route ::/0 ::1\n"
    )
    assert found("frr", both) == []
    ios = "ip access-list extended IN\n permit tcp 10.1.0.0 0.0.255.255 any eq 443\nntp server 10.8.0.123\n"
    assert found("cisco_ios", ios) == [("parity-acl-rule", 2), ("parity-ntp", 3)]
    assert (
        found(
            "cisco_ios",
            ios + "ipv6 access-list IN6\n permit tcp 2001:db8:1::/48 any eq 443\nntp server 2001:db8:8::123\n",
        )
        == []
    )


def test_what_the_retrofit_renders_is_at_par() -> None:
    """Access rules that are rendered from pairs are found again; nothing but what has no pair is left."""
    for case in made_configs()[::6]:
        platform = platform_of(case.platform)
        pairs = case.intent.pairs.networks
        bare = parity(platform, case.running, pairs)
        done = parity(platform, case.intended, pairs)
        assert len(done) < len(bare)
        assert not {finding.code for finding in done} & {"parity-management", "parity-vpn-target", "parity-ntp"}


# What the OASIS schema of SARIF 2.1.0 requires of the objects that are written, with its types and words.
SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "$schema": {"type": "string", "format": "uri"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "properties": {
                                                "shortDescription": {"type": "object", "required": ["text"]},
                                                "defaultConfiguration": {
                                                    "properties": {
                                                        "level": {"enum": ["none", "note", "warning", "error"]}
                                                    }
                                                },
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message"],
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": -1},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {"type": "object", "required": ["text"]},
                                "locations": {
                                    "type": "array",
                                    "items": {
                                        "properties": {
                                            "physicalLocation": {
                                                "required": ["artifactLocation"],
                                                "properties": {
                                                    "artifactLocation": {"properties": {"uri": {"type": "string"}}},
                                                    "region": {
                                                        "properties": {
                                                            "startLine": {"type": "integer", "minimum": 1},
                                                            "snippet": {"type": "object"},
                                                        }
                                                    },
                                                },
                                            }
                                        }
                                    },
                                },
                                "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
                            },
                        },
                    },
                },
            },
        },
    },
}


def test_sarif() -> None:
    platform = platform_of("huawei_vrp8")
    findings = parity(platform, parse(platform, VRP), PAIRS)
    log = sarif({"backup/core.cfg": findings, "backup/edge.cfg": ()})
    jsonschema.validate(log, SARIF)
    assert json.loads(json.dumps(log)) == log
    run = log["runs"][0]
    assert len(run["results"]) == len(findings)
    for result, finding in zip(run["results"], findings, strict=True):
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == finding.code
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "backup/core.cfg"
        assert VRP.splitlines()[place["region"]["startLine"] - 1].strip() == place["region"]["snippet"]["text"]
        assert "{" not in result["message"]["text"]


def test_fingerprints_stay_when_lines_come_above() -> None:
    platform = platform_of("huawei_vrp8")

    def marks(text: str) -> list[Any]:
        log = sarif({"a": parity(platform, parse(platform, text), PAIRS)})
        return [result["partialFingerprints"] for result in log["runs"][0]["results"]]

    assert marks("sysname A\n" + VRP) == marks(VRP)


def test_a_finding_without_a_line_has_no_region() -> None:
    log = sarif({"a": [Finding("parity-dns", 0, "dns server 10.0.0.1", {"address": "10.0.0.1"})]})
    assert "region" not in log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    jsonschema.validate(log, SARIF)


def test_each_rule_has_a_level_and_a_message() -> None:
    assert set(MESSAGES) == set(LEVELS)
    assert (
        message(Finding("parity-dns", 1, "", {"address": "10.0.0.1"})) == "no IPv6 name server stands beside 10.0.0.1"
    )
