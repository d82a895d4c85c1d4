"""Real FRR: nine routers with two VPNs converge, let operators in, keep what is saved, and go back by themselves."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from ipaddress import IPv4Network
from itertools import permutations, product
from pathlib import Path

import pytest

from inventory.load import load_estate
from network.lab import Lab, Ping, Pinger, build, reached
from network.lab.convergence import _table
from network.lab.namespaces import namespace_of
from tests.components import verdict
from tests.network.lab.conftest import NEEDED
from tests.network.lab.estates import leftovers
from tools.example_twin import SIZES, write_twin
from tools.lab_ipv6.twin import Twin
from tools.push_kills.laboratory import kill_on

pytestmark = [pytest.mark.component("frr"), pytest.mark.component("namespaces")]
GUARD = 6
"""Seconds."""
ROUTER = "140105101-r1"
LINES = [
    ["interface eth1", "ipv6 address 2001:db8:1::1/64", "ipv6 address 2001:db8:2::1/64", "exit"],
    ["ip route 192.0.2.0/24 blackhole", "ipv6 route 2001:db8:3::/48 blackhole"],
    ["interface mgmt0", "shutdown"],
]
"""Changes of the running configuration; the last one takes the management away."""
PUSH = """
import sys, time
from pathlib import Path
from inventory.load import load_estate
from network.push.access import Access, facts_of, login_of, target_of
from network.push.guards import guard_of
from network.transport import NetmikoTransport
estate, key, device, seconds, *lines = sys.argv[1:]
inventory = load_estate(Path(estate), cache=False).inventory
access = Access(user="operator", key_file=Path(key))
target = target_of(inventory, device, access)
with NetmikoTransport().open(target, login_of(device, facts_of(inventory.devices[device]), access)) as session:
    guard = guard_of(target.platform, device)
    guard.arm(session, int(seconds), "0123456789abcdef", tuple)
    print("armed", flush=True)
    for line in lines:
        session.line(line, timeout=2)
        print("sent", flush=True)
    time.sleep(60)
"""
"""A pusher that never confirms."""


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory, lab_name: Callable[[str], str]) -> Iterator[Twin]:
    for component in (*NEEDED, "frr"):
        if (found := verdict(component, must_have=False)) is not None:
            pytest.skip(found[1])
    folder = tmp_path_factory.mktemp("twin")
    write_twin(folder, SIZES[9])
    with build(load_estate(folder, cache=False).inventory, name=lab_name("twin"), owned=True) as lab:
        keys = {host.name: host.host_key for host in lab.hosts.values() if host.kind == "router"}
        write_twin(folder, SIZES[9], host_keys=keys)
        yield Twin(lab, folder)
    assert leftovers(lab.name) == []


def running(lab: Lab, router: str) -> str:
    return lab.run(router, ["vtysh", "-c", "show running-config"]).stdout


def ssh(lab: Lab, router: str, command: str) -> subprocess.CompletedProcess[str]:
    words = ["ssh", "-F", str(lab.ssh_config), f"operator@{router}", command]
    return subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)


def test_users_reach_each_other_in_their_vpn_and_nobody_else(twin: Twin) -> None:
    inside = [Ping(a.name, b.addresses[0]) for hosts in twin.users.values() for a, b in permutations(hosts, 2)]
    one, other = twin.users["gov-public"], twin.users["gov-internet"]
    across = [Ping(a.name, b.addresses[0]) for a, b in product(one, other)]
    assert len(inside) == 5 * 4 + 4 * 3
    assert reached(twin.lab, inside, seconds=10) == set(inside)
    assert reached(twin.lab, across, seconds=1) == set()


def test_ways_are_read_as_ip_shows_them(twin: Twin) -> None:
    router = twin.lab.host(ROUTER)
    for vpn in ("", *router.vpns):
        command = ["ip", *(["-netns", vpn] if vpn else []), "-json", "-4", "route", "show"]
        routes = json.loads(twin.lab.run(ROUTER, command).stdout)
        shown = {IPv4Network("0.0.0.0/0" if one["dst"] == "default" else one["dst"]) for one in routes}
        assert _table(namespace_of(router.pid, vpn)) == shown
        assert len(shown) > 5
    assert _table(namespace_of(router.pid, "none")) == set()


def test_an_operator_logs_in_strictly_and_saves(twin: Twin) -> None:
    done = ssh(twin.lab, ROUTER, "id -nG; vtysh -c 'write memory'; cat /etc/frr/frr.conf")
    assert done.returncode == 0, done.stderr
    assert {"frr", "frrvty"} <= set(done.stdout.splitlines()[0].split())
    saved = done.stdout.partition("saved to /etc/frr/frr.conf")[2]
    shown = [line for line in running(twin.lab, ROUTER).splitlines() if line.startswith((" ", "interface", "router"))]
    assert shown
    assert set(shown) <= set(saved.splitlines())
    # By its host name as well, and only with the key that is on record.
    assert ssh(twin.lab, ROUTER.upper(), "hostname").stdout.strip() == ROUTER.upper()


def test_pushers_are_killed_and_no_ping_is_lost(twin: Twin) -> None:
    ended = kill_on(twin, 2, seed=4)
    assert "kills=2 seed=4" in ended.line, ended
    assert ("faults=0" in ended.line, ended.code, ended.lost) == (True, 0, 0), ended
    assert ended.sent > 500
    assert not ended.failed


def test_a_cut_cable_is_gone_around(twin: Twin) -> None:
    towns = [host for host in twin.users["gov-public"] if host.name.startswith(("140105101", "140106101"))]
    pings = [Ping(a.name, b.addresses[0]) for a, b in permutations(towns, 2)]
    before = running(twin.lab, "140100-r1")
    with Pinger(twin.lab, pings, interval=0.05) as pinger:
        twin.lab.cut("140100-r1")
        time.sleep(3)
        twin.lab.mend("140100-r1")
        time.sleep(2)
    assert pinger.sent > 100
    assert pinger.gap < 3
    assert running(twin.lab, "140100-r1") == before


@pytest.mark.parametrize("lines", LINES, ids=["addresses", "routes", "management"])
def test_a_router_goes_back_when_its_pusher_dies(twin: Twin, lines: list[str]) -> None:
    lab = twin.lab
    before = running(lab, ROUTER)
    key = str(lab.folder / "id_ed25519")
    words = [sys.executable, "-c", PUSH, str(twin.estate), key, ROUTER, str(GUARD), *lines]
    others = [Ping(a.name, b.addresses[0]) for a, b in permutations(twin.users["gov-public"], 2)]
    with Pinger(lab, others) as pinger:
        pusher = lab.start(
            "ops",
            words,
            machine_files=True,
            environment={"PYTHONPATH": str(Path(__file__).resolve().parents[3])},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert pusher.stdout is not None
            assert pusher.stdout.readline() == "armed\n"
            began = time.monotonic()
            for _ in lines[:-1]:  # of the last one nobody hears any more where it cuts the management
                assert pusher.stdout.readline() == "sent\n"
            time.sleep(0.5)
            assert running(lab, ROUTER) != before
        finally:
            pusher.kill()
            pusher.wait()
        while running(lab, ROUTER) != before and time.monotonic() - began < GUARD + 30:
            time.sleep(0.2)
        took = time.monotonic() - began
    assert running(lab, ROUTER) == before, "it did not go back"
    assert took > GUARD - 1, "it went back before its time"
    assert pinger.lost == 0
    assert ssh(lab, ROUTER, "true").returncode == 0
