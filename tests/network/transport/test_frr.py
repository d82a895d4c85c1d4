"""Sessions with real FRR through a real SSH server."""

from __future__ import annotations

import getpass
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from network.errors import RefusedError, TransportError
from network.platforms import platform_of
from network.transport import Login, NetmikoTransport, ParamikoTransport, Target, Transport
from tests.network.diff.frr import Router, router
from tests.playbooks.sshd import served

pytestmark = [pytest.mark.component("frr"), pytest.mark.component("sshd"), pytest.mark.component("namespaces")]
TRANSPORTS: dict[str, Transport] = {"netmiko": NetmikoTransport(), "paramiko": ParamikoTransport()}
each_transport = pytest.mark.parametrize("transport", TRANSPORTS.values(), ids=TRANSPORTS)


@dataclass(frozen=True)
class Box:
    router: Router
    target: Target
    login: Login


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    folder = tmp_path_factory.mktemp("frr")
    with router() as made, served(folder, f"FRR_PATHSPACE={made.name}") as server:
        target = Target("r1", platform_of("frr"), "127.0.0.1", server.port, server.host_key, getpass.getuser(), "utf-8")
        yield Box(made, target, Login(key_file=Path(folder / "client")))


@each_transport
def test_lines_views_and_refusals(box: Box, transport: Transport) -> None:
    box.router.clear()
    with transport.open(box.target, box.login) as session:
        before = session.running()
        assert before.strip() == box.router.running().strip()
        session.enter()
        assert not session.line("interface eth0").refused
        assert not session.line("description 至县政务中心 " + "x" * 180).refused
        assert not session.line("ipv6 address 2001:db8:1:0::1/64").refused
        refused = session.line("no such line")
        assert refused.refused
        assert "Unknown command" in refused.text
        assert "2001:db8:1::1/64" in session.command("show running-config")  # from inside the view
        session.enter()
        assert session.line("router bgp 65000").refused is False
        assert session.line(" neighbor 2001:db8::9 activate").refused
        session.leave()
        session.leave()
        now = session.running()
        assert " description 至县政务中心 " + "x" * 180 in now.splitlines()
        assert " ipv6 address 2001:db8:1::1/64" in now.splitlines()
        with pytest.raises(RefusedError, match="nonsense"):
            session.command("show nonsense")
        assert session.running() == now


@each_transport
def test_a_long_configuration_is_not_paged(box: Box, transport: Transport) -> None:
    box.router.clear()
    lines = [f"ip route 10.{number // 250}.{number % 250}.0/24 Null0" for number in range(150)]
    with transport.open(box.target, box.login) as session:
        session.enter()
        assert not [line for line in lines if session.line(line).refused]
        session.leave()
        assert [line for line in session.running().splitlines() if line.startswith("ip route")] == sorted(
            lines, key=lambda line: [int(word) for word in line.split()[2].replace("/", ".").split(".")]
        )


@each_transport
def test_the_shell(box: Box, transport: Transport) -> None:
    with transport.open(box.target, box.login) as session:
        assert session.shell('cat; echo "$1 $HOME"', stdin="text\n" * 20000).startswith("text\n" * 20000)
        assert "absent" in session.shell("ls /absent")
        assert "frr" in session.shell("vtysh -N $FRR_PATHSPACE -c 'show version'").lower()
        began = time.monotonic()
        with pytest.raises(TransportError) as caught:
            session.shell("sleep 20", timeout=0.3)
        assert caught.value.code == "transport-timed-out"
        assert time.monotonic() - began < 10


@each_transport
def test_an_account_that_may_not(box: Box, transport: Transport, tmp_path: Path) -> None:
    with served(tmp_path, "FRR_PATHSPACE=absent") as server:
        other = replace(box.target, port=server.port, host_key=server.host_key)
        with pytest.raises(TransportError) as caught:
            transport.open(other, Login(key_file=tmp_path / "client"))
    assert caught.value.code == "transport-privilege"
    assert "\n" not in str(caught.value)
