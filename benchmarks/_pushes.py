"""The push of ``benchmarks.sessions`` by each program, each in a process of its own: ours and the peers'."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks._measure import ROOT
from benchmarks._places import CLI_USER, LAST, LINES, PASSWORD, USER, Place, Places, read_places

if TYPE_CHECKING:
    from network.transport import Login, Session, Target

__all__ = ["TASKS"]

PROMPT = re.compile(r"(?:<[^<>\r\n]+>|\[[~*]?[^\[\]\r\n]+\]|[\w.-]+(?:\(config[^)]*\))?#)\s*$")
PLAYBOOKS = ROOT / "benchmarks" / "_network_cli"
DRIVERS = {"huawei_vrp8": "huawei_vrpv8", "frr": "cisco_ios"}
"""netmiko has none for FRR; vtysh takes what it sends to Cisco IOS."""
RUNNING = {"huawei_vrp8": "display current-configuration", "frr": "show running-config"}
GUARD = 60
"""Seconds."""


def _timed(work: Callable[[Any], str], places: Places, on: Sequence[Any], threads: int) -> dict[str, Any]:
    began = perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        read = list(pool.map(work, on))
    return _judged(places, read, perf_counter() - began)


def _judged(places: Places, read: Sequence[str], seconds: float) -> dict[str, Any]:
    wrong = [text for text in read if LAST[places.platform] not in text]
    if wrong:
        raise RuntimeError(f"{len(wrong)} of {len(read)} devices were not changed: {wrong[0][-200:]}")
    return {"seconds": round(seconds, 3), "devices_per_second": round(len(read) / seconds, 2)}


def _targets(places: Places, user: str) -> tuple[list[Target], Login]:
    from network.platforms import platform_of
    from network.transport import Login, Target

    platform = platform_of(places.platform)
    login = Login(key_file=Path(places.key)) if places.key else Login(password=PASSWORD)
    return [Target(name, platform, host, port, key, user, "utf-8") for name, host, port, key in places.devices], login


def _send(session: Session, *lines: str) -> None:
    for reply in session.lines(lines):
        if reply.refused:
            raise RuntimeError(f"{reply.line} was refused: {reply.text}")


def ours(places: str, threads: int, guarded: bool, by: str = "netmiko") -> dict[str, Any]:
    """Our transports."""
    from network.transport import NetmikoTransport, ParamikoTransport

    found = read_places(places)
    targets, login = _targets(found, USER[found.platform])
    transport = NetmikoTransport() if by == "netmiko" else ParamikoTransport()
    lines, frr = LINES[found.platform], found.platform == "frr"

    def push(target: Target) -> str:
        with transport.open(target, login, timeout=120) as session:
            session.enter()
            if not guarded:
                _send(session, *lines, *(() if frr else ("commit",)))
                session.leave()
                return session.running()
            _send(session, *lines, "commit trial 600")
            with transport.open(target, login, timeout=120) as fresh:
                read = fresh.running()
                _send(session, "commit")
                fresh.command("save")
            return read

    def push_frr(target: Target) -> str:
        from network.push.guards import guard_of

        guard, token = guard_of(target.platform, target.device), "0123456789abcdef"
        with transport.open(target, login, timeout=120) as session:
            guard.arm(session, GUARD, token, lambda: [f"no {line}" for line in reversed(lines)])
            _send(session, *lines)
            guard.start(session, GUARD, token)
            with transport.open(target, login, timeout=120) as fresh:
                read = fresh.running()
                guard.confirm(session, fresh, token)
            return read

    return _timed(push_frr if frr and guarded else push, found, targets, threads)


def _of_netmiko(places: Places) -> dict[str, Any]:
    if places.key:
        return {"username": CLI_USER, "use_keys": True, "key_file": places.key}
    return {"username": USER[places.platform], "password": PASSWORD}


def netmiko(places: str, threads: int, guarded: bool = False) -> dict[str, Any]:
    """Stock netmiko, as its documentation shows it. ``guarded``: what ours does with the guard of VRP 8."""
    from netmiko import ConnectHandler

    found = read_places(places)
    options = {"device_type": DRIVERS[found.platform], "conn_timeout": 60, **_of_netmiko(found)}
    running = RUNNING[found.platform]

    def push(place: Place) -> str:
        with ConnectHandler(host=place[1], port=place[2], **options) as connection:
            connection.send_config_set(LINES[found.platform])
            if found.platform == "huawei_vrp8":
                connection.commit()
            return str(connection.send_command(running))

    def push_guarded(place: Place) -> str:
        with ConnectHandler(host=place[1], port=place[2], **options) as connection:
            connection.send_config_set([*LINES[found.platform], "commit trial 600"])
            with ConnectHandler(host=place[1], port=place[2], **options) as fresh:
                read = str(fresh.send_command(running))
                connection.commit()
                fresh.save_config()
            return read

    return _timed(push_guarded if guarded else push, found, found.devices, threads)


def nornir(places: str, threads: int) -> dict[str, Any]:
    """Nornir with its netmiko tasks."""
    from nornir.core import Nornir
    from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
    from nornir.core.plugins.connections import ConnectionPluginRegister
    from nornir.core.task import Result, Task
    from nornir.plugins.runners import ThreadedRunner
    from nornir_netmiko.tasks import netmiko_commit, netmiko_send_command, netmiko_send_config

    ConnectionPluginRegister.auto_register()
    found = read_places(places)
    login = _of_netmiko(found)
    user, password = login.pop("username"), login.pop("password", None)
    options = {"netmiko": ConnectionOptions(extras={"conn_timeout": 60, **login})}
    hosts = Hosts()
    for name, host, port, _ in found.devices:
        hosts[name] = Host(
            name, hostname=host, port=port, username=user, password=password, platform=DRIVERS[found.platform],
            connection_options=options,
        )  # fmt: skip

    def push(task: Task) -> Result:
        task.run(netmiko_send_config, config_commands=LINES[found.platform])
        if found.platform == "huawei_vrp8":
            task.run(netmiko_commit)
        said = task.run(netmiko_send_command, command_string=RUNNING[found.platform])
        return Result(host=task.host, result=str(said[0].result))

    runner = Nornir(inventory=Inventory(hosts, Groups(), Defaults()), runner=ThreadedRunner(num_workers=threads))
    began = perf_counter()
    done = runner.run(task=push)
    return _judged(found, [str(one[0].result) for one in done.values()], perf_counter() - began)


def paramiko(places: str, threads: int) -> dict[str, Any]:
    """paramiko by hand: read until something like a prompt; no host keys, no refusals, no paging."""
    from paramiko import MissingHostKeyPolicy, SSHClient

    class Accept(MissingHostKeyPolicy):
        def missing_host_key(self, *_: Any) -> None:
            """The peer looks at no key."""

    found = read_places(places)
    lines = LINES[found.platform]
    typed = {
        "huawei_vrp8": ("", "screen-length 0 temporary", "system-view", *lines, "commit", "return"),
        "frr": ("", "terminal length 0", "configure terminal", *lines, "end"),
    }[found.platform]
    login: dict[str, Any] = {"username": USER[found.platform], "password": PASSWORD}
    if found.key:
        login = {"username": CLI_USER, "key_filename": found.key}

    def push(place: Place) -> str:
        with SSHClient() as client:
            client.set_missing_host_key_policy(Accept())
            client.connect(
                place[1], place[2], look_for_keys=False, allow_agent=False, banner_timeout=60, auth_timeout=60, **login
            )
            channel = client.invoke_shell(width=511)
            said = ""
            for line in (*typed, RUNNING[found.platform]):
                if line:
                    channel.sendall(f"{line}\n".encode())
                said = ""
                while not PROMPT.search(said) or (line and "\n" not in said):
                    said += channel.recv(65536).decode()
            return said

    return _timed(push, found, found.devices, threads)


def ansible(places: str, threads: int) -> dict[str, Any]:
    """Ansible with network_cli; the whole time of its process counts, as an operator waits for it."""
    found = read_places(places)
    with tempfile.TemporaryDirectory(prefix="bench-ansible-") as name:
        folder = Path(name)
        (folder / ".ssh").mkdir(mode=0o700)
        known = [f"{host if port == 22 else f'[{host}]:{port}'} {key}\n" for _, host, port, key in found.devices]
        (folder / ".ssh" / "known_hosts").write_text("".join(known), encoding="utf-8")
        hosts = {one: {"ansible_host": host, "ansible_port": port} for one, host, port, _ in found.devices}
        variables = {
            "ansible_connection": "ansible.netcommon.network_cli",
            "ansible_network_os": {"huawei_vrp8": "vrp8", "frr": "vtysh"}[found.platform],
            "ansible_network_cli_ssh_type": "paramiko",
            "ansible_python_interpreter": sys.executable,
        }
        if found.key:
            variables |= {"ansible_user": CLI_USER, "ansible_ssh_private_key_file": found.key}
        else:
            variables |= {"ansible_user": USER[found.platform], "ansible_password": PASSWORD}
        inventory = {"all": {"hosts": hosts, "vars": variables}}
        read = {"ansible.netcommon.cli_command": {"command": RUNNING[found.platform]}, "register": "found"}
        play = {
            "hosts": "all",
            "gather_facts": False,
            "tasks": [
                {"ansible.netcommon.cli_config": {"config": "\n".join(LINES[found.platform])}},
                read,
                {"ansible.builtin.assert": {"that": [f"'{LAST[found.platform]}' in found.stdout"]}},
            ],
        }
        (folder / "hosts.json").write_text(json.dumps(inventory), encoding="utf-8")
        (folder / "play.json").write_text(json.dumps([play]), encoding="utf-8")
        (folder / "ansible.cfg").write_text(
            f"[defaults]\nforks = {threads}\nterminal_plugins = {PLAYBOOKS / 'terminal'}\n"
            f"cliconf_plugins = {PLAYBOOKS / 'cliconf'}\n[persistent_connection]\nconnect_timeout = 120\n",
            encoding="utf-8",
        )
        environment = {**os.environ, "HOME": name, "ANSIBLE_CONFIG": str(folder / "ansible.cfg"), "LC_ALL": "C.UTF-8"}
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "hosts.json", "play.json"]
        began = perf_counter()
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        seconds = perf_counter() - began
        if done.returncode:
            raise RuntimeError(" ".join((done.stdout + done.stderr).split())[:600])
    return {"seconds": round(seconds, 3), "devices_per_second": round(len(hosts) / seconds, 2)}


def handshake(places: str, threads: int) -> dict[str, Any]:
    """Log in and out; nothing else."""
    from network.transport.connecting import connect

    found = read_places(places)
    targets, login = _targets(found, USER[found.platform])

    def once(target: Target) -> str:
        connect(target, login, timeout=60).close()
        return LAST[found.platform]

    return _timed(once, found, targets, threads)


TASKS = {
    "ours": ours,
    "netmiko": netmiko,
    "nornir": nornir,
    "paramiko": paramiko,
    "ansible": ansible,
    "handshake": handshake,
}
