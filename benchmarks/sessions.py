"""The same push on many devices, side by side: ours, stock netmiko, Nornir with netmiko, paramiko, Ansible network_cli.

A push: log in, send 60 lines, commit, read the configuration back. The guarded one sends them on trial, reads back from
a new login, confirms and saves. Devices are simulated VRP 8 (300 ms until a login is answered, 30 ms a line), served by
a process of their own. Rates are devices per second; the limit is the SSH handshake alone, without any delay.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from benchmarks._measure import ROOT, Usage, measure, task
from benchmarks._report import Required, note, parser, publish, row

if TYPE_CHECKING:
    from network.transport import Session, Target

USER, PASSWORD = "netops", "Lab-Pass-1"
LOGIN_SECONDS, LINE_SECONDS = 0.3, 0.03
INTERFACES = 20
PORTS = [f"GigabitEthernet0/1/{number}" for number in range(INTERFACES)]
LINES = [
    line
    for number, port in enumerate(PORTS, 1)
    for line in (f"interface {port}", "ipv6 enable", f"ipv6 address 2001:db8:{number:x}::1/64")
]
LAST = f"ipv6 address 2001:db8:{INTERFACES:x}::1/64"
"""What the configuration that is read back must hold."""
PROMPT = re.compile(r"(?:<[^<>\r\n]+>|\[[~*]?[^\[\]\r\n]+\])\s*$")
PLAYBOOKS = ROOT / "benchmarks" / "_network_cli"
OURS, GUARDED = "ours", "ours, guarded"
NETMIKO, NORNIR = "peer: netmiko", "peer: Nornir with netmiko"
PARAMIKO, ANSIBLE = "peer: paramiko", "peer: Ansible network_cli"
EXTRA = {"nornir": "nornir_netmiko", "ansible": "ansible_collections"}
"""What no other part of the program needs."""
LIMIT = "SSH handshake alone"
SIDE_BY_SIDE = 20
"""Threads of the cases that are compared."""
REQUIRED: Required = {
    (f"{ANSIBLE}, {SIDE_BY_SIDE} threads", None): {"plain_share": 0.1, "guarded_share": 0.2},
    (f"{NETMIKO}, {SIDE_BY_SIDE} threads", None): {"guarded_share": 1 / 6},
}


# ---- devices ---------------------------------------------------------------------------------------------------------


def configuration(name: str) -> str:
    """A device before the push."""
    ports = "".join(
        f"interface {port}\n ip address 10.0.{number}.1 255.255.255.0\n#\n" for number, port in enumerate(PORTS)
    )
    return f"sysname {name}\n#\n{ports}return\n"


def serve(devices: int, login: float, line: float) -> None:
    """Serve devices until stdin ends; where they are is the first line of stdout."""
    from network.testing.simulators import Faults, Simulator
    from network.testing.simulators import serve as serve_devices

    faults = Faults(login_delay=login, line_delay=line)
    made = [Simulator("huawei_vrp8", configuration(f"SIM{number}"), faults=faults) for number in range(devices)]
    with serve_devices(made) as found:
        print(json.dumps([[name, *at] for name, at in found.items()]), flush=True)
        sys.stdin.read()
        status = Path("/proc/self/status").read_text(encoding="ascii")
        peak = re.search(r"VmHWM:\s*(\d+)", status)
        print(json.dumps({"device_mb": round(int(peak[1]) * 1024 / 1e6, 1) if peak else None}), flush=True)


@contextmanager
def served(devices: int, folder: Path, *, delays: bool = True) -> Iterator[tuple[str, dict[str, Any]]]:
    """(file that says where the devices are, facts that are there once this has ended)."""
    delay = (LOGIN_SECONDS, LINE_SECONDS) if delays else (0.0, 0.0)
    command = [sys.executable, "-m", "benchmarks.sessions", "--serve", json.dumps([devices, *delay])]
    facts: dict[str, Any] = {}
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            path = folder / f"devices-{process.pid}.json"
            path.write_text(process.stdout.readline(), encoding="utf-8")
            yield str(path), facts
            process.stdin.close()
            facts |= json.loads(process.stdout.readline())
        finally:
            process.kill()


def _places(path: str) -> list[tuple[str, str, int, str]]:
    return [(name, host, port, key) for name, host, port, key in json.loads(Path(path).read_text(encoding="utf-8"))]


# ---- pushes ----------------------------------------------------------------------------------------------------------


def _timed(work: Callable[[Any], str], on: Sequence[Any], threads: int) -> dict[str, Any]:
    began = perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        read = list(pool.map(work, on))
    return _judged(read, perf_counter() - began)


def _judged(read: Sequence[str], seconds: float) -> dict[str, Any]:
    wrong = [text for text in read if LAST not in text]
    if wrong:
        raise RuntimeError(f"{len(wrong)} of {len(read)} devices were not changed: {wrong[0][-200:]}")
    return {"seconds": round(seconds, 3), "devices_per_second": round(len(read) / seconds, 2)}


def ours(places: str, threads: int, guarded: bool, by: str = "netmiko") -> dict[str, Any]:
    """Our transports."""
    from network.platforms import platform_of
    from network.transport import Login, NetmikoTransport, ParamikoTransport, Target

    platform = platform_of("huawei_vrp8")
    transport = NetmikoTransport() if by == "netmiko" else ParamikoTransport()
    login = Login(password=PASSWORD)
    targets = [Target(name, platform, host, port, key, USER, "utf-8") for name, host, port, key in _places(places)]

    def send(session: Session, *lines: str) -> None:
        for reply in session.lines(lines):
            if reply.refused:
                raise RuntimeError(f"{reply.line} was refused")

    def push(target: Target) -> str:
        with transport.open(target, login, timeout=120) as session:
            session.enter()
            if not guarded:
                send(session, *LINES, "commit")
                session.leave()
                return session.running()
            send(session, *LINES, "commit trial 600")
            with transport.open(target, login, timeout=120) as fresh:
                read = fresh.running()
                send(session, "commit")
                fresh.command("save")
            return read

    return _timed(push, targets, threads)


def netmiko(places: str, threads: int) -> dict[str, Any]:
    """Stock netmiko, as its documentation shows it."""
    from netmiko import ConnectHandler

    def push(place: tuple[str, str, int, str]) -> str:
        with ConnectHandler(
            device_type="huawei_vrpv8", host=place[1], port=place[2], username=USER, password=PASSWORD, conn_timeout=60
        ) as connection:
            connection.send_config_set(LINES)
            connection.commit()
            return str(connection.send_command("display current-configuration"))

    return _timed(push, _places(places), threads)


def nornir(places: str, threads: int) -> dict[str, Any]:
    """Nornir with its netmiko tasks."""
    from nornir.core import Nornir
    from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
    from nornir.core.plugins.connections import ConnectionPluginRegister
    from nornir.core.task import Result, Task
    from nornir.plugins.runners import ThreadedRunner
    from nornir_netmiko.tasks import netmiko_commit, netmiko_send_command, netmiko_send_config

    ConnectionPluginRegister.auto_register()
    options = {"netmiko": ConnectionOptions(extras={"conn_timeout": 60})}
    hosts = Hosts()
    for name, host, port, _ in _places(places):
        hosts[name] = Host(
            name, hostname=host, port=port, username=USER, password=PASSWORD, platform="huawei_vrpv8",
            connection_options=options,
        )  # fmt: skip

    def push(task: Task) -> Result:
        task.run(netmiko_send_config, config_commands=LINES)
        task.run(netmiko_commit)
        said = task.run(netmiko_send_command, command_string="display current-configuration")
        return Result(host=task.host, result=str(said[0].result))

    runner = Nornir(inventory=Inventory(hosts, Groups(), Defaults()), runner=ThreadedRunner(num_workers=threads))
    began = perf_counter()
    done = runner.run(task=push)
    return _judged([str(one[0].result) for one in done.values()], perf_counter() - began)


def paramiko(places: str, threads: int) -> dict[str, Any]:
    """paramiko by hand: read until something like a prompt; no host keys, no refusals, no paging."""
    from paramiko import MissingHostKeyPolicy, SSHClient

    class Accept(MissingHostKeyPolicy):
        def missing_host_key(self, *_: Any) -> None:
            """The peer looks at no key."""

    def push(place: tuple[str, str, int, str]) -> str:
        with SSHClient() as client:
            client.set_missing_host_key_policy(Accept())
            client.connect(
                place[1], place[2], USER, PASSWORD, look_for_keys=False, allow_agent=False,
                banner_timeout=60, auth_timeout=60,
            )  # fmt: skip
            channel = client.invoke_shell(width=511)
            said = ""
            for line in ("", "screen-length 0 temporary", "system-view", *LINES, "commit", "return",
                         "display current-configuration"):  # fmt: skip
                if line:
                    channel.sendall(f"{line}\n".encode())
                said = ""
                while not PROMPT.search(said) or (line and "\n" not in said):
                    said += channel.recv(65536).decode()
            return said

    return _timed(push, _places(places), threads)


def ansible(places: str, threads: int) -> dict[str, Any]:
    """Ansible with network_cli; the whole time of its process counts, as an operator waits for it."""
    with tempfile.TemporaryDirectory(prefix="bench-ansible-") as name:
        folder = Path(name)
        (folder / ".ssh").mkdir(mode=0o700)
        known = [f"[{host}]:{port} {key}\n" for _, host, port, key in _places(places)]
        (folder / ".ssh" / "known_hosts").write_text("".join(known), encoding="utf-8")
        hosts = {one: {"ansible_host": host, "ansible_port": port} for one, host, port, _ in _places(places)}
        variables = {
            "ansible_connection": "ansible.netcommon.network_cli",
            "ansible_network_os": "vrp8",
            "ansible_network_cli_ssh_type": "paramiko",
            "ansible_user": USER,
            "ansible_password": PASSWORD,
            "ansible_python_interpreter": sys.executable,
        }
        inventory = {"all": {"hosts": hosts, "vars": variables}}
        read = {"ansible.netcommon.cli_command": {"command": "display current-configuration"}, "register": "found"}
        play = {
            "hosts": "all",
            "gather_facts": False,
            "tasks": [
                {"ansible.netcommon.cli_config": {"config": "\n".join(LINES)}},
                read,
                {"ansible.builtin.assert": {"that": [f"'{LAST}' in found.stdout"]}},
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
    from network.platforms import platform_of
    from network.transport import Login, Target
    from network.transport.connecting import connect

    platform = platform_of("huawei_vrp8")

    def once(place: tuple[str, str, int, str]) -> str:
        name, host, port, key = place
        target = Target(name, platform, host, port, key, USER, "utf-8")
        connect(target, Login(password=PASSWORD), timeout=60).close()
        return LAST

    return _timed(once, _places(places), threads)


TASKS = {
    "ours": ours,
    "netmiko": netmiko,
    "nornir": nornir,
    "paramiko": paramiko,
    "ansible": ansible,
    "handshake": handshake,
}


# ---- cases -----------------------------------------------------------------------------------------------------------


def rows(compared: int, many: int, most: int, threads: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Ours at several numbers of threads, then side by side, then a great many."""
    with tempfile.TemporaryDirectory(prefix="bench-sessions-") as name:
        folder = Path(name)

        def one(case: str, job: str, devices: int, count: int, *, delays: bool = True, **more: Any) -> dict[str, Any]:
            case = f"{case}, {count} threads"
            if job in EXTRA and find_spec(EXTRA[job]) is None:
                return row(case, Usage("skipped", note="not installed: requirements/peers.txt"), size=devices)
            note(f"{case}, {devices} devices")
            with served(devices, folder, delays=delays) as (places, facts):
                used = measure(task("sessions", job, places=places, threads=count, **more), longest=900)
            against = f"{OURS}, {count} threads" if case.startswith("peer") else ""
            return row(case, used, size=devices, against=against, **used.answer, **facts)

        yield one(LIMIT, "handshake", many, SIDE_BY_SIDE, delays=False)
        for count in threads:
            yield one(GUARDED, "ours", many, count, guarded=True)
        plain = one(OURS, "ours", compared, SIDE_BY_SIDE, guarded=False)
        guarded = one(GUARDED, "ours", compared, SIDE_BY_SIDE, guarded=True)
        yield from (
            plain,
            guarded,
            one(f"{OURS}, paramiko below", "ours", compared, SIDE_BY_SIDE, guarded=False, by="paramiko"),
        )
        for case, job in ((PARAMIKO, "paramiko"), (NETMIKO, "netmiko"), (NORNIR, "nornir"), (ANSIBLE, "ansible")):
            peer = one(case, job, compared, SIDE_BY_SIDE)
            yield peer | _shares(peer, plain, guarded)
        yield one(GUARDED, "ours", most, 50, delays=False, guarded=True)


def _shares(peer: dict[str, Any], plain: dict[str, Any], guarded: dict[str, Any]) -> dict[str, float]:
    """Our time by the peer's, without and with the guard."""
    if not all("seconds" in each for each in (peer, plain, guarded)):
        return {}
    return {
        key: round(each["seconds"] / peer["seconds"], 3)
        for key, each in (("plain_share", plain), ("guarded_share", guarded))
    }


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--compared", type=int, default=40, metavar="N", help="devices of the cases side by side")
    options.add_argument("--many", type=int, default=200, metavar="N", help="devices of our own cases")
    options.add_argument("--most", type=int, default=2000, metavar="N", help="devices of the last case")
    options.add_argument("--threads", type=int, nargs="+", default=[10, 20, 50, 100], metavar="N")
    options.add_argument("--serve", metavar="JSON", help="be the devices: [number, seconds a login, seconds a line]")
    chosen = options.parse_args()
    if chosen.serve:
        serve(*json.loads(chosen.serve))
        return
    publish("sessions", rows(chosen.compared, chosen.many, chosen.most, chosen.threads), chosen, REQUIRED)


if __name__ == "__main__":
    main()
