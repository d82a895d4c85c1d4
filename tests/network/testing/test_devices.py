"""Simulated devices: commits, trials, delays, files, restarts, levels."""

from __future__ import annotations

import pytest

from network.testing.simulators import Account, Faults, ManualClock, Simulator
from network.testing.simulators.console import Console

VRP = "sysname A\n#\ninterface LoopBack0\n ip address 10.0.0.1 255.255.255.255\n#\nreturn\n"
COMWARE = " version 7.1.070\n#\n sysname B\n#\ninterface LoopBack0\n ip address 10.0.0.2 255.255.255.255\n#\nreturn\n"
CHANGE = ("interface LoopBack0", "ipv6 enable", "ipv6 address 2001:db8::1 128")


def vrp(**more: object) -> Simulator:
    return Simulator("huawei_vrp8", VRP, **more)  # type: ignore[arg-type]


def comware(**more: object) -> Simulator:
    return Simulator("h3c_comware7", COMWARE, **more)  # type: ignore[arg-type]


def say(console: Console, *lines: str) -> str:
    """The answer to the last line."""
    said = ""
    for line in lines:
        said = console.submit(line).text
    return said


def advance(device: Simulator, seconds: float) -> None:
    assert isinstance(device.clock, ManualClock)
    device.clock.advance(seconds)


def test_a_candidate_acts_when_it_is_committed() -> None:
    device = vrp()
    console = Console(device, "netops")
    before = device.running
    say(console, "system-view", *CHANGE)
    assert console.prompt == "[*A-LoopBack0]"
    assert device.running == before
    assert console.candidate is not None
    assert "2001:db8::1/128" in console.candidate
    assert say(console, "commit") == ""
    assert console.prompt == "[~A-LoopBack0]"
    assert "ipv6 address 2001:db8::1/128" in device.running
    assert "ipv6" not in device.startup
    assert [one.user for one in device.commits] == ["netops"]


@pytest.mark.parametrize(
    ("answer", "committed", "inside"), [("Y", True, False), ("N", False, False), ("C", False, True)]
)
def test_leaving_with_uncommitted_lines(answer: str, *, committed: bool, inside: bool) -> None:
    device = vrp()
    console = Console(device, "netops")
    say(console, "system-view", *CHANGE)
    assert console.submit("return").asks
    console.submit(answer)
    assert ("2001:db8" in device.running) is committed
    assert console.prompt.startswith("[*" if inside else "<")


def test_a_trial_comes_back_by_itself_and_not_after_the_commit() -> None:
    for confirm in (False, True):
        device = vrp()
        before = device.running
        console = Console(device, "netops")
        said = say(console, "system-view", *CHANGE, "commit trial 60")
        assert "not confirmed in 60 seconds" in said
        assert "active" in say(console, "display configuration trial status")
        assert "2001:db8" in device.running
        assert say(console, "ipv6 mtu 1400").startswith("Error")
        assert say(Console(device, "netops"), "system-view", "commit").startswith("Error")
        advance(device, 59)
        if confirm:
            assert say(console, "commit") == ""
        advance(device, 2)
        assert (device.running == before) is not confirm
        assert say(console, "display configuration trial status") == "Trial status: inactive"
        assert len(device.commits) == int(confirm)


def test_a_trial_outlives_its_session_and_ends_by_abort() -> None:
    device = vrp()
    before = device.running
    console = Console(device, "netops")
    say(console, "system-view", *CHANGE, "commit trial")
    console.cut()
    other = Console(device, "netops")
    other.submit("system-view")
    assert other.submit("abort trial").asks
    other.submit("Y")
    assert device.running == before
    assert say(other, "abort trial").startswith("Error")


@pytest.mark.parametrize("seconds", [59, 65536])
def test_trial_times(seconds: int) -> None:
    console = Console(vrp(), "netops")
    assert say(console, "system-view", *CHANGE, f"commit trial {seconds}").startswith("Error")


def test_a_candidate_that_somebody_has_overtaken_is_refused() -> None:
    device = vrp()
    console = Console(device, "netops")
    say(console, "system-view", *CHANGE)
    device.change("interface LoopBack0", "description by another hand")
    assert say(console, "commit").startswith("Error")
    assert "2001:db8" not in device.running
    with pytest.raises(ValueError, match="nonsense"):
        device.change("nonsense")


def test_rolling_back_commits() -> None:
    device = vrp()
    before = device.running
    console = Console(device, "netops")
    say(console, "system-view", *CHANGE, "commit label one", "description two", "commit", "return")
    first = device.commits[0].id
    assert f"CommitId: {first}  Label: one" in say(console, "display configuration commit list")
    assert console.submit("rollback configuration last 2").asks
    console.submit("Y")
    assert device.running == before
    assert device.commits[-1].id == first + 2


def test_a_delay_comes_back_by_itself_and_not_after_the_commit() -> None:
    for confirm in (False, True):
        device = comware()
        before = device.running
        console = Console(device, "netops")
        show = 'display current-configuration | include "configuration commit"'
        assert say(console, show) == ""
        assert say(console, "system-view", "configuration commit delay 2") == ""
        assert say(console, show) == "configuration commit delay 2"
        say(console, "interface LoopBack0", "ipv6 address 2001:db8::2/128")
        assert "2001:db8::2/128" in device.running
        advance(device, 119)
        if confirm:
            assert say(console, "configuration commit") == ""
        advance(device, 2)
        assert (device.running == before) is not confirm
        assert "%" in say(console, "configuration commit")


def test_what_a_device_cannot_restore_stays() -> None:
    device = comware(faults=Faults(not_restored="description"))
    console = Console(device, "netops")
    lines = ("interface LoopBack0", "ipv6 address 2001:db8::2/128", "description kept")
    say(console, "system-view", "configuration commit delay 1", *lines)
    advance(device, 61)
    assert "description kept" in device.running
    assert "2001:db8" not in device.running


def test_replacing_the_configuration_by_a_file() -> None:
    device = comware()
    before = device.running
    console = Console(device, "netops")
    say(console, "save before.cfg", "Y")
    say(console, "system-view", "interface LoopBack0", "description new", "quit")
    assert console.submit("configuration replace file before.cfg").asks
    assert "Succeeded" in console.submit("N").text
    assert device.running == before
    assert "%" in say(console, "configuration replace file absent.cfg")


def test_save_questions() -> None:
    device = comware()
    console = Console(device, "netops")
    say(console, "system-view", "interface LoopBack0", "description new", "return")
    assert "Are you sure" in console.submit("save").text
    assert "file name" in console.submit("Y").text
    assert "overwrite" in console.submit("").text
    assert console.submit("N").text == ""
    assert "new" not in device.startup
    assert "successfully" in say(console, "save force")
    assert device.startup == device.running


def test_a_restart_forgets_what_was_not_saved() -> None:
    device = vrp(faults=Faults(reboot_seconds=5))
    before = device.running
    console = Console(device, "netops")
    say(console, "system-view", *CHANGE, "commit trial 60")
    device.reboot()
    assert device.running == before
    assert device.armed is None
    assert console.over
    assert not device.consoles
    assert device.down
    advance(device, 6)
    assert not device.down


def test_levels() -> None:
    device = vrp(accounts={"look": Account("p", level=1), "none": Account("p", level=0)})
    assert "LoopBack0" in say(Console(device, "look"), "display current-configuration")
    assert "permission" in say(Console(device, "look"), "system-view")
    assert "permission" in say(Console(device, "none"), "display version")
    assert "secret-word" not in repr(Account("secret-word"))


def test_faults_of_lines() -> None:
    device = vrp(faults=Faults(refuse=(("mtu", "Error: The system is busy."),), ignore="description"))
    console = Console(device, "netops")
    say(console, "system-view", "interface LoopBack0")
    assert say(console, "mtu 1400") == "Error: The system is busy."
    assert say(console, "description lost") == ""
    assert say(console, "commit") == ""
    assert "lost" not in device.running


def test_ping_and_interfaces() -> None:
    console = Console(vrp(unreachable=["10.9.9.9"]), "netops")
    assert "3 packet(s) received" in say(console, "ping -c 3 -t 1000 10.0.0.1")
    assert "0 packet(s) received" in say(console, "ping -c 3 -t 1000 10.9.9.9")
    assert "10.0.0.1/32" in say(console, "display ip interface brief")
