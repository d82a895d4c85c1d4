"""A running laboratory: hosts apart from each other and from the machine, reached as their owners would reach them."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from network.errors import LabFailedError, UnknownLabError
from network.lab import Lab
from tests.network.lab.estates import SOURCE, TARGET, ZONE

pytestmark = [pytest.mark.component("namespaces"), pytest.mark.component("sshd"), pytest.mark.component("bind")]
PING = ("ping", "-c1", "-W1")


def ssh(lab: Lab, host: str, *command: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    argv = ["ssh", "-F", str(lab.ssh_config), *options, host, *command]
    return subprocess.run(argv, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def reaches(lab: Lab, host: str, address: str) -> bool:
    return lab.run(host, [*PING, address], check=False).returncode == 0


def within(seconds: float, true: object) -> bool:
    deadline = time.monotonic() + seconds
    while not (found := bool(true())) and time.monotonic() < deadline:  # type: ignore[operator]
        time.sleep(0.05)
    return found


# Access


@pytest.mark.parametrize("word", [SOURCE, "10.14.3.12", "2001:db8:14:3::12"])
def test_ssh_by_name_and_by_address(lab: Lab, word: str) -> None:
    done = ssh(lab, word, "hostname; id -un")
    assert (done.returncode, done.stdout) == (0, f"{SOURCE}\nroot\n"), done.stderr


def test_ssh_as_an_operator_with_sudo(lab: Lab) -> None:
    done = ssh(lab, f"operator@{TARGET}", "id -un; sudo id -un")
    assert (done.returncode, done.stdout) == (0, "operator\nroot\n"), done.stderr


def test_a_wrong_host_key_is_refused(lab: Lab, tmp_path: Path) -> None:
    lines = (lab.folder / "known_hosts").read_text(encoding="utf-8").splitlines()
    keys = {line.split(",")[0].split()[0]: line.split(" ", 1)[1] for line in lines}
    wrong = tmp_path / "known_hosts"
    wrong.write_text(f"10.14.3.12 {keys[TARGET]}\n", encoding="utf-8")
    done = ssh(lab, SOURCE, "true", options=("-o", f"UserKnownHostsFile={wrong}"))
    assert done.returncode == 255
    assert "Host key verification failed" in done.stderr
    wrong.write_text("", encoding="utf-8")
    assert ssh(lab, SOURCE, "true", options=("-o", f"UserKnownHostsFile={wrong}")).returncode == 255


def test_another_key_is_not_let_in(lab: Lab, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    config = tmp_path / "config"
    text = lab.ssh_config.read_text(encoding="utf-8").replace(str(lab.folder / "id_ed25519"), str(key))
    config.write_text(text, encoding="utf-8")
    done = subprocess.run(["ssh", "-F", config, SOURCE, "true"], capture_output=True, text=True, check=False)
    assert done.returncode == 255
    assert "Permission denied" in done.stderr


def test_from_ops_to_a_host_by_ssh(lab: Lab) -> None:
    done = lab.run("ops", ["ssh", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", TARGET, "hostname"])
    assert done.stdout == f"{TARGET}\n"


# Apart


def test_file_trees_are_apart(lab: Lab) -> None:
    lab.run(SOURCE, ["sh", "-c", "echo here >/etc/only-here; rm /usr/bin/tar; mkdir /var/lib/postgresql/15"])
    for host in (TARGET, "ops"):
        assert lab.run(host, ["sh", "-c", "ls /etc/only-here /var/lib/postgresql/15"], check=False).returncode != 0
        assert lab.run(host, ["tar", "--version"]).returncode == 0
    assert not Path("/etc/only-here").exists()
    assert Path("/usr/bin/tar").exists()
    assert ssh(lab, SOURCE, "cat /etc/only-here").stdout == "here\n"


def test_nothing_of_the_machines_data_is_seen(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("secret", encoding="utf-8")
    assert lab.run(SOURCE, ["cat", str(tmp_path / "data")], check=False).returncode != 0
    assert lab.run(SOURCE, ["sh", "-c", "cut -d: -f2 /etc/shadow | sort -u"]).stdout == "*\n"
    assert lab.run(SOURCE, ["sh", "-c", "ls -A /root /home; test ! -e /run/qianyun"]).stdout.split() == [
        "/home:",
        "operator",
        "/root:",
        ".ssh",
    ]
    assert "/proc/self" in lab.run(SOURCE, ["ls", "-d", "/proc/self"]).stdout
    mounted = lab.run(SOURCE, ["cat", "/proc/self/mountinfo"]).stdout
    assert all(line.split()[4].startswith(("/dev", "/proc", "/sys")) for line in mounted.splitlines()[1:])


def test_python_for_ansible_modules(lab: Lab) -> None:
    assert lab.run(SOURCE, ["/usr/bin/python3", "-c", "import json, platform; print(platform.node())"]).stdout == (
        f"{SOURCE}\n"
    )


def test_processes_are_apart_and_reaped(lab: Lab) -> None:
    lab.run(SOURCE, ["sh", "-c", "(sleep 1000; :) >/dev/null 2>&1 & (sleep 0 &) >/dev/null 2>&1"])
    assert lab.run(SOURCE, ["pgrep", "-x", "sleep"]).stdout.count("\n") == 2  # its init has one too
    assert lab.run(TARGET, ["pgrep", "-x", "sleep"]).stdout.count("\n") == 1
    assert within(5, lambda: "Z" not in lab.run(SOURCE, ["ps", "-eo", "stat="]).stdout)


def test_a_command_ends_with_who_started_it(lab: Lab) -> None:
    started = lab.start(TARGET, ["sleep", "777"])
    assert within(5, lambda: lab.run(TARGET, ["pgrep", "-f", "sleep 777"], check=False).stdout)
    started.kill()
    started.wait()
    assert within(5, lambda: not lab.run(TARGET, ["pgrep", "-f", "^sleep 777"], check=False).stdout)


def test_a_command_that_takes_too_long(lab: Lab) -> None:
    with pytest.raises(LabFailedError) as failed:
        lab.run(TARGET, ["sleep", "778"], timeout=0.3)
    assert failed.value.code == "lab-timeout"
    assert within(5, lambda: not lab.run(TARGET, ["pgrep", "-f", "^sleep 778"], check=False).stdout)


def test_a_command_that_fails(lab: Lab) -> None:
    with pytest.raises(LabFailedError) as failed:
        lab.run(TARGET, ["sh", "-c", "echo wrong >&2; exit 7"])
    assert failed.value.data == {"host": TARGET, "command": "sh", "status": 7, "reason": "wrong"}


def test_hosts_by_any_name(lab: Lab) -> None:
    assert lab.host("10.128.1.12") is lab.host("2001:db8:128::12") is lab.host(TARGET)
    with pytest.raises(UnknownLabError) as unknown:
        lab.host("mzj-1.db.targt")
    assert unknown.value.data["nearest"] == TARGET


def test_with_the_machines_files(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("open", encoding="utf-8")
    words = ["sh", "-c", f"cat {tmp_path}/data /etc/resolv.conf; echo $HOME; getent hosts db.{ZONE}"]
    said = lab.run("ops", words, machine_files=True, environment={"HOME": "/home"}).stdout
    assert said.startswith("opennameserver 198.18.0.53\n")
    assert "/home\n" in said
    assert reaches(lab, "ops", "10.14.3.12")


# Network


@pytest.mark.parametrize("address", ["10.14.3.12", "2001:db8:14:3::12", "10.128.1.12", "2001:db8:128::12"])
def test_everything_reaches_everything(lab: Lab, address: str) -> None:
    assert all(reaches(lab, host, address) for host in ("client", SOURCE, TARGET))


def test_rooms_and_pools_are_routed(lab: Lab) -> None:
    way = lab.run(SOURCE, ["ip", "route", "get", "10.128.1.12"]).stdout
    assert "via 10.14.3.1 dev eth0" in way
    assert "via 2001:db8:14:3::1" in lab.run(SOURCE, ["ip", "route", "get", "2001:db8:128::12"]).stdout


def test_cut_and_mend(lab: Lab) -> None:
    lab.cut(TARGET)
    try:
        assert not reaches(lab, "client", "10.128.1.12")
        assert reaches(lab, "client", "10.14.3.12")
    finally:
        lab.mend(TARGET)
    for address in ("10.128.1.12", "2001:db8:128::12"):
        assert within(10, lambda address=address: reaches(lab, "client", address))


def test_a_service_address_moves_from_the_room_to_the_pool(lab: Lab) -> None:
    for address, route in (("10.14.3.100", "/32 via 10.128.1.12"), ("2001:db8:14:3::100", "/128 via 2001:db8:128::12")):
        lab.run(SOURCE, ["ip", "addr", "add", address, "dev", "eth0"])
        assert reaches(lab, "client", address)
        lab.run(SOURCE, ["ip", "addr", "del", address, "dev", "eth0"])
        lab.run(TARGET, ["ip", "addr", "add", address, "dev", "eth0"])
        assert ssh(lab, "backbone", f"ip route replace {address}{route}").returncode == 0
        assert reaches(lab, "client", address)
        if "." in address:
            # The room believes that it is next door: the backbone answers in its place.
            assert within(5, lambda address=address: reaches(lab, SOURCE, address))


# Names


def update(lab: Lab, *lines: str, key: str = "/etc/qianyun/tsig.key") -> subprocess.CompletedProcess[str]:
    words = ["nsupdate", *(["-k", key] if key else [])]
    return lab.run("ops", words, stdin="\n".join(["server 198.18.0.53", *lines, "send", ""]), check=False)


def test_names_lead_to_the_source_until_they_are_changed(lab: Lab) -> None:
    name = f"db.{ZONE}"
    look = ["dig", "+noall", "+answer", name, "A", name, "AAAA"]
    assert [line.split()[1:] for line in lab.run("client", look).stdout.splitlines()] == [
        ["1", "IN", "A", "10.14.3.12"],
        ["1", "IN", "AAAA", "2001:db8:14:3::12"],
    ]
    changed = update(lab, f"update delete {name}. A", f"update add {name}. 1 A 10.128.1.12")
    assert changed.returncode == 0, changed.stderr
    for host in ("client", SOURCE):
        assert lab.run(host, ["getent", "ahostsv4", name]).stdout.split()[0] == "10.128.1.12"


def test_unsigned_and_wrongly_signed_changes_are_refused(lab: Lab) -> None:
    record = f"update add other.{ZONE}. 1 A 10.0.0.1"
    assert "REFUSED" in update(lab, record, key="").stderr
    secret = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U="
    text = f'key "qianyun-lab" {{ algorithm hmac-sha256; secret "{secret}"; }};'
    lab.run("ops", ["tee", "/tmp/wrong.key"], stdin=text)
    assert "BADSIG" in update(lab, record, key="/tmp/wrong.key").stderr
    assert lab.run("client", ["dig", "+short", f"other.{ZONE}"]).stdout == ""


# Last, since it ends a host.


def test_the_end_of_its_first_process_is_the_end_of_a_host(lab: Lab) -> None:
    child = lab.start("client", ["sleep", "779"])
    os.kill(lab.host("client").pid, 9)
    child.wait(5)
    assert within(5, lambda: not subprocess.run(["pgrep", "-f", "^sleep 779"], capture_output=True, check=False).stdout)
    assert reaches(lab, SOURCE, "10.128.1.12")
