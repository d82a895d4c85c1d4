"""Counters of interfaces: answers in the form that the makers' documents print, and simulated devices."""

from __future__ import annotations

import pytest

from network.collection import InterfaceCounters, interface_counters, read_counters
from network.platforms import platform_of
from network.testing.fake import FakeTransport
from network.testing.simulators.device import Simulator
from network.transport import Login, Target

VRP = """GigabitEthernet0/0/1 current state : UP (ifindex: 7)
Line protocol current state : UP
Description: zx-1
Last 300 seconds input rate: 120 bits/sec, 0 packets/sec
Input peak rate 8888 bits/sec, Record time: 2024-05-06 07:08:09
    Input: 1000 packets, 123456789 bytes
           Unicast: 100 packets, Multicast: 20 packets
    Output: 2000 packets,987654321 bytes
    Input bandwidth utilization  : 0.01%
GigabitEthernet0/0/2 current state : DOWN
    Input:  7 packets, 70 bytes
    Output:  8 packets, 80 bytes
NULL0 current state : UP
"""
COMWARE = """GigabitEthernet1/0/1
Current state: UP
Line protocol state: UP
Description: zx-1
 Last 300 seconds input rate:  12 bytes/sec, 96 bits/sec, 0 packets/sec
 Input (total):  1000 packets, 123456789 bytes
         1000 unicasts, 0 broadcasts, 0 multicasts, 0 pauses
 Input (normal):  1000 packets, 5 bytes
 Input:  0 input errors, 0 runts, 0 giants, 0 throttles
 Output (total): 2000 packets, 987654321 bytes
 Output (normal): 2000 packets, 6 bytes
 Output: 0 output errors, - underruns, 0 buffer failures

GigabitEthernet1/0/2
Current state: DOWN
 Input (total):  - packets, - bytes
 Output (total): - packets, - bytes
"""
KERNEL = """Inter-|   Receive                            |  Transmit
 face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier compressed
    lo: 100 2 0 0 0 0 0 0 100 2 0 0 0 0 0 0
  eth0: 123456789  1000    0    0    0     0    0    0 987654321    2000    0    0    0     0    0    0
"""
CONFIG = "#\ninterface GigabitEthernet0/0/1\n ip address 10.0.0.1 255.255.255.252\n#\nreturn\n"


def test_answers_of_the_makers() -> None:
    first = (123456789, 987654321)
    assert interface_counters(platform_of("huawei_vrp8"), VRP) == (
        InterfaceCounters("GigabitEthernet0/0/1", *first),
        InterfaceCounters("GigabitEthernet0/0/2", 70, 80),
    )
    assert interface_counters(platform_of("h3c_comware7"), COMWARE) == (
        InterfaceCounters("GigabitEthernet1/0/1", *first),
    )
    assert interface_counters(platform_of("frr"), KERNEL)[1] == InterfaceCounters("eth0", *first)


def _target(device: str, platform: str) -> Target:
    return Target(device, platform_of(platform), "192.0.2.1", 22, "ssh-ed25519 AAAA", "netops", "utf-8")


@pytest.mark.parametrize("platform", ["huawei_vrp8", "h3c_comware7"])
def test_simulated_devices(platform: str) -> None:
    device = Simulator(platform, CONFIG, name="r1")
    device.traffic["GigabitEthernet0/0/1"] = (4_000, 5_000)
    found = read_counters(
        FakeTransport({"r1": device}),
        {"r1": _target("r1", platform), "r2": _target("r2", platform)},
        lambda _: Login(password="Lab-Pass-1"),
        {"r1": ("GE0/0/1", "GigabitEthernet0/0/1"), "r2": ("GE0/0/1",)},
        site_of={"r1": "a", "r2": "a"},
        clock=lambda: 1000.0,
    )
    at, counters = found.found["r1", "GigabitEthernet0/0/1"]
    assert (at, counters.octets_in, counters.octets_out) == (1000.0, 4_000, 5_000)
    assert found.failed["r2", ""].code == "transport-unreachable"


def test_what_an_interface_lacks_leaves_the_others_alone() -> None:
    device = Simulator(
        "huawei_vrp8", CONFIG, name="r1", answers=[("display interface GE9", "GE9 current state : DOWN")]
    )
    found = read_counters(
        FakeTransport({"r1": device}),
        {"r1": _target("r1", "huawei_vrp8")},
        lambda _: Login(password="Lab-Pass-1"),
        {"r1": ("GE9", "GigabitEthernet0/0/1")},
        site_of={},
    )
    assert found.failed["r1", "GE9"].code == "collection-parse"
    assert ("r1", "GigabitEthernet0/0/1") in found.found
