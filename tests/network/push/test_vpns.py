"""What depends on a device is looked at inside of each VPN that it carries, and outside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inventory.inventory import Inventory
from inventory.kinds.network import Device, Link, Vpn
from network.addressing import plan_addresses
from network.platforms import platform_of
from network.push.probes import Dependents
from network.push.state import DeviceState, Probe, _script, carried_vpns, differences, read_state
from network.testing.fake import FakeTransport
from network.testing.simulators import Simulator
from network.transport import Login
from tests.network.push.devices import BoxTransport, make_box
from tests.network.push.small_network import small_network
from tests.network.push.targets import target

TEXTS = {
    "huawei_vrp8": "sysname r1\n#\nip vpn-instance gov\n ipv4-family\n#\ninterface GigabitEthernet0/0/1\n"
    " ip binding vpn-instance gov\n ip address 10.2.0.1 255.255.255.252\n#\nreturn\n",
    "h3c_comware7": " version 7.1.070\n#\n sysname r1\n#\nip vpn-instance gov\n#\ninterface GigabitEthernet1/0/1\n"
    " ip binding vpn-instance gov\n ip address 10.2.0.1 255.255.255.252\n#\nreturn\n",
    "frr": "frr version 8.4.4\nhostname r1\n!\ninterface eth1.100 vrf gov\n ip address 10.2.0.1/30\nexit\n!\nend\n",
}
ROUTES = (
    "Routing Tables: gov\nDestination/Mask    Proto   Pre  Cost        Flags NextHop         Interface\n\n"
    "     10.7.0.0/24    OSPF    10   2             D  10.2.0.2        GE0/0/1\n"
)
FRR = platform_of("frr")
PROBES = (Probe("10.1.0.2", "r2"), Probe("10.2.0.2", "r2", "gov"), Probe("10.9.0.2", "r2", "other"))


@pytest.mark.parametrize("kind", list(TEXTS))
def test_a_configuration_names_the_instances_that_are_carried(kind: str) -> None:
    assert carried_vpns(platform_of(kind), TEXTS[kind]) == ("gov",)
    assert carried_vpns(platform_of(kind), TEXTS[kind].replace("gov", "gov;reboot")) == ()
    assert carried_vpns(platform_of(kind), "") == ()
    assert carried_vpns(platform_of("cisco_ios"), TEXTS[kind]) == ()


def look(simulator: Simulator) -> DeviceState:
    platform = platform_of(simulator.platform)
    transport = FakeTransport({"r1": simulator})
    with transport.open(target("r1", platform), Login(password="Lab-Pass-1")) as session:
        return read_state(session, platform, PROBES, session.running())


@pytest.mark.parametrize("kind", ["huawei_vrp8", "h3c_comware7"])
def test_what_is_lost_inside_of_a_vpn_is_found_there(kind: str) -> None:
    text = TEXTS[kind]
    before = look(Simulator(kind, text, answers=[(r"^display ip routing-table vpn-instance gov$", ROUTES)]))
    assert before.routes == {"gov 10.7.0.0/24"}
    assert before.reached == {PROBES[0], PROBES[1]}, "what is in no instance of the device is not asked for"
    after = look(Simulator(kind, text, unreachable=["gov 10.2.0.2"]))
    assert [str(one) for one in differences(before, after)] == [
        "- IPv4 reachability gov 10.2.0.2 r2", "- IPv4 route gov 10.7.0.0/24",
    ]  # fmt: skip


def with_vpn() -> Inventory:
    """The two routers, with a sub-interface in a VPN beside their link, and users there behind the second."""
    inventory = small_network()
    devices = {}
    for id, device in inventory.devices.items():
        number = id[1]
        plain: dict[str, Any] = device.model_dump(mode="json", exclude_unset=True)
        plain["interfaces"].append(
            {"name": "eth1.100", "vlan": 100, "vpn": "v1", "addresses": [f"10.2.0.{number}/30", f"3fff:2::{number}/64"]}
        )
        plain["interfaces"].append({"name": "lan", "vpn": "v1", "addresses": [f"172.18.{number}.1/24"]})
        plain["interfaces"].append({"name": "lan2", "vpn": "v2", "addresses": [f"172.19.{number}.1/24"]})
        devices[id] = Device.model_validate(plain)
    vpns = {id: Vpn.model_validate({"id": id, "name": name}) for id, name in (("v1", "gov"), ("v2", "政务"))}
    return inventory.replace(devices=devices, vpns=vpns)


def test_probes_inside_of_each_vpn() -> None:
    inventory = with_vpn()
    dependents = Dependents(inventory, plan_addresses(inventory))
    found = {(one.vpn, one.address) for one in dependents.of("r1") if one.version == 4}
    assert found == {
        ("", "10.1.0.2"), ("", "10.0.0.2"), ("gov", "10.2.0.2"), ("gov", "172.18.2.1"), ("v2", "172.19.2.1"),
    }  # fmt: skip
    six = {one.vpn for one in dependents.of("r1") if one.version == 6}
    assert {"", "gov"} <= six
    verified = {(one.vpn, one.address) for one in dependents.verified("r2", carried=True) if one.version == 4}
    assert verified == {("", "10.1.0.1"), ("", "10.0.0.1"), ("gov", "10.2.0.1")}


def test_a_vpn_on_a_link_of_its_own() -> None:
    inventory = with_vpn()
    link = Link.model_validate(
        {
            "id": "l2",
            "a_device": "r1",
            "a_interface": "lan",
            "b_device": "r2",
            "b_interface": "lan",
            "bandwidth_mbps": 1,
        }
    )
    inventory = inventory.replace(links={**inventory.links, "l2": link})
    found = {(one.vpn, one.address) for one in Dependents(inventory).of("r2") if one.version == 4}
    assert ("gov", "172.18.1.1") in found
    assert sum(address.startswith("172.18") for _, address in found) == 1


def test_frr_is_asked_in_the_namespace_of_each_vpn(tmp_path: Path) -> None:
    """A shell on the router: ``sudo`` enters the namespace, all pings of a VPN at once."""
    box = make_box("frr", tmp_path / "box")
    assert box.frr is not None
    box.set(TEXTS["frr"])
    box.frr.reaches("10.1.0.2", "10.2.0.2")
    sudo = box.frr.folder / "bin" / "sudo"
    sudo.write_text('#!/bin/sh\necho "$@" >>"$BOX/sudo"\n[ "$5" = gov ] && shift 5 && exec "$@"\n')
    sudo.chmod(0o755)
    probes = (*PROBES, Probe("10.2.0.3", "r3", "gov"))
    script = _script(FRR, list(probes[:2] + probes[3:])).replace("/run/netns", str(tmp_path))
    (tmp_path / "gov").write_text("")
    with BoxTransport({"r1": box}).open(target("r1", FRR), Login(agent=True)) as session:
        said = session.shell(f"{script}wait").split()
    assert sorted(said) == sorted(["qianyun-reached", "0", "qianyun-reached", "1"])
    assert len((box.frr.folder / "sudo").read_text().split("ip netns exec gov")) == 2, "entered once"
