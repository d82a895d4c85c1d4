"""Sessions over real SSH: what is read is whole, what is typed arrives, and what goes wrong has its own code."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

import pytest

from network.errors import RefusedError, TransportError
from network.testing.simulators import Account, Faults
from network.transport import Login, NetmikoTransport, ParamikoTransport, Transport
from tests.network.transport.devices import INTERFACES, LOGIN, PASSWORD, SIMULATED, Device, configuration, served

TRANSPORTS: dict[str, Transport] = {"netmiko": NetmikoTransport(), "paramiko": ParamikoTransport()}
each_transport = pytest.mark.parametrize("transport", TRANSPORTS.values(), ids=TRANSPORTS)
each_platform = pytest.mark.parametrize("platform", SIMULATED)


def failure(device: Device, transport: Transport, login: Login = LOGIN, **change: object) -> TransportError:
    """The error that opening a session ends with."""
    with pytest.raises(TransportError) as caught:
        transport.open(replace(device.target, **change), login, timeout=5)  # type: ignore[arg-type]
    assert PASSWORD not in f"{caught.value}{caught.value.data}"
    return caught.value


@each_platform
@each_transport
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_configuration_is_read_exactly(platform: str, transport: Transport, encoding: str) -> None:
    text = configuration(platform, name="核心SW１", lines=400)
    with served(platform, encoding=encoding, text=text) as device, transport.open(device.target, LOGIN) as session:
        assert session.running() == device.simulator.running.rstrip("\n")
        assert "至县政务中心" in session.running()
        session.enter()
        session.line(f"interface {INTERFACES[platform]}")
        assert not session.line("description 至乡镇㐀𠮷卫生院").refused
        if platform == "huawei_vrp8":
            session.line("commit")
        session.leave()
        assert "至乡镇㐀𠮷卫生院" in device.simulator.running


@each_platform
@each_transport
def test_views_and_refusals(platform: str, transport: Transport) -> None:
    with served(platform) as device, transport.open(device.target, LOGIN) as session:
        session.enter()
        assert not session.line(f"interface {INTERFACES[platform]}").refused
        refused = session.line("no such line")
        assert refused.refused
        assert "Unrecognized command" in refused.text
        session.enter()  # from a view below it
        assert not session.line("ip route-static 10.200.0.0 255.255.0.0 10.0.0.2").refused
        with pytest.raises(RefusedError, match="nonsense"):
            session.command("display nonsense")
        with pytest.raises(RefusedError):
            session.shell("id")
        if platform == "huawei_vrp8":
            session.line("commit")
        session.leave()
        session.leave()
        assert "10.200.0.0" in session.running()


def static(number: int) -> str:
    return f"ip route-static 10.{number}.0.0 255.255.0.0 10.0.0.2"


@each_platform
@each_transport
def test_many_lines_have_their_replies_in_order(platform: str, transport: Transport) -> None:
    leave = ("quit",)
    views = [line for number in range(30) for line in (f"interface {INTERFACES[platform]}", f"description {number}")]
    views.append(f"description {'x' * 220}")
    lines = [*views, *leave, *(static(number) for number in range(50)), "sysname SW2", static(50), static(51)]
    with served(platform) as device, transport.open(device.target, LOGIN) as session:
        session.enter()
        replies = list(session.lines(lines))
        assert [reply.line for reply in replies] == lines
        assert not any(reply.refused or reply.text for reply in replies)
        assert [line for _, line in device.simulator.typed][-len(lines) :] == lines
        wrong = [static(60), "no such line", static(61), "?", static(62)]
        replies = list(session.lines(wrong))
        assert [(reply.line, reply.refused) for reply in replies] == [(wrong[0], False), (wrong[1], True)]
        assert "Unrecognized command" in replies[1].text
        assert [reply.refused for reply in session.lines(wrong[3:])] == [True]
        assert not list(session.lines([]))
        if platform == "huawei_vrp8":
            assert not session.line("commit").refused
        session.leave()
        running = session.running()
        assert all(f"10.{number}.0.0" in running for number in range(52))
        # Where lines act at once none is typed after a refused one.
        assert ("10.61.0.0" in running) == (platform == "huawei_vrp8")


@each_transport
@pytest.mark.parametrize("fault", [Faults(hang_on=r"10\.1\."), Faults(drop_on=r"10\.1\.")])
def test_lines_typed_ahead_of_a_fault_reach_nothing(transport: Transport, fault: Faults) -> None:
    with served("huawei_vrp8", faults=fault) as device:
        before = device.simulator.running
        with transport.open(device.target, LOGIN) as session:
            session.enter()
            with pytest.raises(TransportError) as caught:
                list(session.lines([static(number) for number in range(5)], timeout=1))
            assert caught.value.code in ("transport-timed-out", "transport-dropped")
            assert "10.1.0.0" in str(caught.value)
        assert device.simulator.running == before


@each_transport
def test_a_question_among_lines_that_were_typed_ahead_ends_the_session(transport: Transport) -> None:
    with served("huawei_vrp8") as device:
        before = device.simulator.running
        with transport.open(device.target, LOGIN) as session:
            session.enter()
            with pytest.raises(TransportError) as caught:
                list(session.lines([static(1), "save", static(2)]))
            assert caught.value.code == "transport-dropped"
            assert "save" in str(caught.value)
        with transport.open(device.target, LOGIN) as session:
            session.enter()
            asked = list(session.lines([static(1), "quit", "Y", static(2)]))
            assert [reply.refused for reply in asked] == [False, True], "nothing is typed ahead that would answer"
        assert device.simulator.running == before


@each_transport
def test_leaving_drops_uncommitted_lines_and_says_so(transport: Transport) -> None:
    with served("huawei_vrp8") as device, transport.open(device.target, LOGIN) as session:
        before = device.simulator.running
        session.enter()
        session.line("ip route-static 10.200.0.0 255.255.0.0 10.0.0.2")
        with pytest.raises(RefusedError, match="dropped"):
            session.leave()
        assert device.simulator.running == before
        session.command("display version")


@each_platform
@each_transport
def test_questions_and_saving(platform: str, transport: Transport) -> None:
    with served(platform) as device, transport.open(device.target, LOGIN) as session:
        device.simulator.change("ip route-static 10.200.0.0 255.255.0.0 10.0.0.2")
        assert device.simulator.startup != device.simulator.running
        assert "successfully" in session.command(device.target.platform.command("save"))
        assert device.simulator.startup == device.simulator.running
        if platform == "h3c_comware7":
            session.enter()
            device.simulator.change("ip route-static 10.201.0.0 255.255.0.0 10.0.0.2")
            assert "Succeeded" in session.line("configuration replace file startup.cfg").text
            session.leave()
            assert device.simulator.startup == device.simulator.running


@each_platform
@each_transport
def test_a_question_nobody_knows_is_denied(platform: str, transport: Transport) -> None:
    with served(platform) as device:
        row = device.target.platform.model_copy(update={"questions": ()})
        device.simulator.change("ip route-static 10.200.0.0 255.255.0.0 10.0.0.2")
        with transport.open(replace(device.target, platform=row), LOGIN) as session:
            with pytest.raises(RefusedError, match=r"\[Y/N\]"):
                session.command("save")
            assert session.command("display version")
        assert "10.200.0.0" not in device.simulator.startup


@each_transport
def test_paging_that_cannot_be_switched_off(transport: Transport) -> None:
    for platform in SIMULATED:
        refuse = ((r"^screen-length", "Error: Unrecognized command found at '^' position."),)
        with served(platform, faults=Faults(refuse=refuse)) as device, transport.open(device.target, LOGIN) as session:
            assert session.running() == device.simulator.running.rstrip("\n")


@each_transport
def test_a_greeting_that_looks_like_a_prompt(transport: Transport) -> None:
    greeting = "Welcome\n<OTHER>\n[OTHER]\n警告：未经授权不得登录"
    faults = Faults(greeting=greeting, ask_password=True, chatter="May  6 2024 07:08:09 CITY-CORE %%01SSH/4/LOGIN: x")
    with (
        served("huawei_vrp8", faults=faults, encoding="gb18030") as device,
        transport.open(device.target, LOGIN) as session,
    ):
        assert "CITY-CORE" in session.running()
        assert "V800R022" in session.command("display version")


@each_transport
def test_another_encoding_is_said(transport: Transport) -> None:
    with served("h3c_comware7", faults=Faults(encoding="gb18030")) as device:
        with transport.open(device.target, LOGIN) as session, pytest.raises(TransportError) as caught:
            session.running()
        assert caught.value.code == "transport-encoding"


@each_transport
def test_lines_that_cannot_be_typed(transport: Transport) -> None:
    with served("h3c_comware7") as device, transport.open(device.target, LOGIN) as session:
        session.enter()
        for text in ("description why?", "description a\nsave force", "description a\x1a", "description a\tb"):
            assert session.line(text).refused
        assert all("description" not in line for _, line in device.simulator.typed)


@each_transport
def test_a_new_name_of_the_device(transport: Transport) -> None:
    with served("h3c_comware7") as device, transport.open(device.target, LOGIN) as session:
        session.enter()
        assert not session.line("sysname NEW-NAME").refused
        assert not session.line("ip route-static 10.200.0.0 255.255.0.0 10.0.0.2").refused
        session.leave()
        assert "sysname NEW-NAME" in session.running()


# ---- what goes wrong -------------------------------------------------------------------------------------------------


@each_transport
def test_logins_that_fail(transport: Transport) -> None:
    accounts = {"netops": Account(PASSWORD), "low": Account(PASSWORD, level=1)}
    with served("huawei_vrp8", accounts=accounts) as device:
        with served("h3c_comware7") as other:
            stranger = other.served.host_key
        assert failure(device, transport, host_key=stranger).code == "transport-host-key"
        assert failure(device, transport, host_key="ssh-ed25519 rubbish").code == "transport-host-key"
        rsa = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCfakeQ=="
        assert failure(device, transport, host_key=rsa).code == "transport-host-key"
        assert failure(device, transport, Login(password="wrong")).code == "transport-login-refused"
        assert failure(device, transport, Login()).code == "transport-login-refused"
        assert failure(device, transport, user="nobody").code == "transport-login-refused"
        assert failure(device, transport, port=1).code == "transport-unreachable"
        assert failure(device, transport, address="no-such-host.invalid").code == "transport-unreachable"
        with transport.open(replace(device.target, user="low"), LOGIN) as session:
            assert session.running()
            with pytest.raises(TransportError) as caught:
                session.enter()
            assert caught.value.code == "transport-privilege"


@each_transport
def test_devices_that_hang_or_hang_up(transport: Transport) -> None:
    faults = Faults(hang_on="ip route-static", slow=(("display version", 0.5),))
    with served("huawei_vrp8", faults=faults) as device, transport.open(device.target, LOGIN) as session:
        assert "VRP" in session.command("display version", timeout=10)
        session.enter()
        began = time.monotonic()
        with pytest.raises(TransportError) as caught:
            session.line("ip route-static 10.200.0.0 255.255.0.0 10.0.0.2", timeout=0.3)
        assert caught.value.code == "transport-timed-out"
        assert time.monotonic() - began < 5
        with pytest.raises(TransportError):
            session.command("display version")
    with served("huawei_vrp8", faults=Faults(login_delay=3)) as device:
        with pytest.raises(TransportError) as caught:
            transport.open(device.target, LOGIN, timeout=0.5)
        assert caught.value.code == "transport-timed-out"
    with served("huawei_vrp8", faults=Faults(max_sessions=0)) as device:
        assert failure(device, transport).code == "transport-dropped"


@each_platform
@each_transport
def test_a_session_that_is_cut(platform: str, transport: Transport) -> None:
    with served(platform, faults=Faults(drop_on=r"10\.200\.")) as device:
        before = device.simulator.running
        with transport.open(device.target, LOGIN) as session:
            session.enter()
            with pytest.raises(TransportError) as caught:
                session.line("ip route-static 10.200.0.0 255.255.0.0 10.0.0.2")
            assert caught.value.code == "transport-dropped"
        with transport.open(device.target, LOGIN) as session:
            assert session.running() == before.rstrip("\n")
        assert device.simulator.running == before


@each_transport
def test_a_restart_in_the_middle(transport: Transport) -> None:
    with served("h3c_comware7", faults=Faults(reboot_on=r"10\.201\.", reboot_seconds=50)) as device:
        before = device.simulator.running
        with transport.open(device.target, LOGIN) as session:
            session.enter()
            session.line("ip route-static 10.200.0.0 255.255.0.0 10.0.0.2")
            assert device.simulator.running != before
            with pytest.raises(TransportError) as caught:
                session.line("ip route-static 10.201.0.0 255.255.0.0 10.0.0.2")
            assert caught.value.code == "transport-dropped"
        assert failure(device, transport).code == "transport-dropped"  # 0.5 s
        time.sleep(0.6)
        with transport.open(device.target, LOGIN) as session:
            assert session.running() == before.rstrip("\n")


@each_platform
@each_transport
def test_guards_of_the_makers(platform: str, transport: Transport) -> None:
    arm = {"huawei_vrp8": "commit trial 60", "h3c_comware7": "configuration commit delay 1"}[platform]
    with served(platform) as device:
        before = device.simulator.running
        with transport.open(device.target, LOGIN) as session:
            session.enter()
            if not device.simulator.two_stage:
                assert not session.line(arm).refused
            session.line("ip route-static 10.200.0.0 255.255.0.0 10.0.0.2")
            if device.simulator.two_stage:
                assert "60 seconds" in session.line(arm).text
            session.leave()
            assert "10.200.0.0" in session.running()
        deadline = time.monotonic() + 10  # 0.6 s
        while device.simulator.running != before and time.monotonic() < deadline:
            time.sleep(0.05)
        assert device.simulator.running == before


@each_transport
def test_secrets_are_in_no_log_and_no_error(transport: Transport, caplog: pytest.LogCaptureFixture) -> None:
    secret = "hunter2-cleartext"
    caplog.set_level(logging.DEBUG)
    with served("huawei_vrp8", faults=Faults(hang_on="hang")) as device:
        with transport.open(device.target, LOGIN) as session:
            session.enter()
            reply = session.line(f"radius-server shared-key {secret}")
            with pytest.raises(RefusedError) as refused:
                session.command(f"display radius-server shared-key {secret}")
            with pytest.raises(TransportError) as caught:
                session.line(f"radius-server shared-key {secret} hang", timeout=0.1)
        errors = f"{caught.value} {caught.value.data} {refused.value} {refused.value.data}"
        shown = f"{errors} {reply!r} {LOGIN!r} {session!r} {caplog.text}"
        assert "radius-server" in errors
        assert secret not in shown
        assert PASSWORD not in shown
