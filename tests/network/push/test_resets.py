"""BGP sessions of IPv4 that a change would have opened anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from network.diff.patch import Patch
from network.push.resets import activated, may_reset
from tests.network.push.devices import make_box
from tests.network.push.test_device import change_of

VRP = "bgp 65000\n peer 10.0.0.2 as-number 65000\n group RR internal\n peer RR connect-interface LoopBack0\n"
FRR = "router bgp 65000\n neighbor 10.0.0.2 remote-as 65000\n neighbor RR peer-group\n"


@pytest.mark.parametrize(
    ("before", "commands", "expected"),
    [
        (VRP, ("bgp 65000", "ipv6-family unicast", "peer 10.0.0.2 enable", "quit"), ("10.0.0.2",)),
        (VRP, ("bgp 65000", "ipv6-family vpnv6", "peer RR enable", "peer 10.0.0.2 enable"), ("RR", "10.0.0.2")),
        (VRP, ("bgp 65000", "address-family ipv6 unicast", "peer 10.0.0.2 enable"), ("10.0.0.2",)),
        (FRR, ("router bgp 65000", "address-family ipv6 unicast", "neighbor RR activate"), ("RR",)),
        (FRR, ("address-family ipv6 vpn", "neighbor 10.0.0.2 activate", "exit-address-family"), ("10.0.0.2",)),
        # sessions of their own, a group that is new, IPv4's own family, and what comes after the family was left
        (FRR, ("neighbor 2001:db8::2 remote-as 1", "address-family ipv6 unicast", "neighbor 2001:db8::2 activate"), ()),
        (VRP, ("group RR-V6 internal", "ipv6-family unicast", "peer RR-V6 enable"), ()),
        (FRR, ("address-family ipv4 unicast", "neighbor 10.0.0.2 activate"), ()),
        (VRP, ("ipv6-family unicast", "quit", "peer 10.0.0.2 enable"), ()),
        (FRR, ("address-family ipv6 unicast", "no neighbor 10.0.0.2 activate"), ()),
        (FRR.replace("10.0.0.2", "10.0.0.20"), ("address-family ipv6 unicast", "neighbor 10.0.0.2 activate"), ()),
    ],
)
def test_which_sessions(before: str, commands: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert activated(before, commands) == expected


def test_what_a_person_is_told(tmp_path: Path) -> None:
    change = change_of(make_box("frr", tmp_path / "box"))
    assert may_reset(change) is None
    lines = ("router bgp 65000", "address-family ipv6 unicast", "neighbor 10.0.0.2 activate")
    told = may_reset(replace(change, before=FRR, patch=Patch(lines)))
    assert told is not None
    assert told.code == "push-may-reset-bgp"
    assert "10.0.0.2" in told.message
