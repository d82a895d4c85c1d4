"""What ``benchmarks.sessions`` pushes to: simulated VRP 8 in a process of its own, or FRR routers of a laboratory."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

from benchmarks._measure import ROOT

if TYPE_CHECKING:
    from network.lab import Lab

__all__ = [
    "CLI_USER",
    "LAST",
    "LINES",
    "PASSWORD",
    "USER",
    "Place",
    "Places",
    "Routers",
    "lacking",
    "read_places",
    "routers",
    "serve",
    "served",
]

Place = tuple[str, str, int, str]
"""Name, address, port, host key."""
USER = {"huawei_vrp8": "netops", "frr": "operator"}
CLI_USER = "cli"
"""An account of the laboratory's routers whose shell is vtysh, as peers expect a device: ours begins vtysh itself."""
PASSWORD = "Lab-Pass-1"  # noqa: S105 - the simulators' own
LOGIN_SECONDS, LINE_SECONDS = 0.3, 0.03
INTERFACES = 20
PORTS = [f"GigabitEthernet0/1/{number}" for number in range(INTERFACES)]
LINES = {
    "huawei_vrp8": [
        line
        for number, port in enumerate(PORTS, 1)
        for line in (f"interface {port}", "ipv6 enable", f"ipv6 address 2001:db8:{number:x}::1/64")
    ],
    "frr": [
        f"ipv6 prefix-list BENCHMARK seq {5 * number} permit 2001:db8:{number:x}::/48"
        for number in range(1, 3 * INTERFACES + 1)
    ],
}
LAST = {"huawei_vrp8": f"ipv6 address 2001:db8:{INTERFACES:x}::1/64", "frr": f"2001:db8:{3 * INTERFACES:x}::/48"}
"""What the configuration that is read back must hold."""


@dataclass(frozen=True)
class Places:
    """Where devices are. ``key``: file of the private key that logs in; empty: the password does."""

    platform: str
    devices: Sequence[Place]
    key: str = ""


def read_places(path: str) -> Places:
    """What a process of the benchmark is told."""
    found = json.loads(Path(path).read_text(encoding="utf-8"))
    return Places(
        found["platform"], [(name, host, port, key) for name, host, port, key in found["devices"]], found["key"]
    )


# ---- simulated devices -----------------------------------------------------------------------------------------------


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
        places = Places("huawei_vrp8", [(name, *at) for name, at in found.items()])
        print(json.dumps(asdict(places)), flush=True)
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


# ---- routers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Routers:
    """Routers of a laboratory. ``places``: the file that says where they are. ``inside``: a command as it is run in the
    operators' network, with ``environment``."""

    places: str
    inside: Callable[[Sequence[str]], list[str]]
    environment: dict[str, str]
    lab: Lab

    def clear(self) -> None:
        """Take away what a push has brought."""
        for host in self.lab.hosts.values():
            if host.kind == "router":
                words = ["-c", "configure terminal", "-c", "no ipv6 prefix-list BENCHMARK"]
                self.lab.run(host.name, ["vtysh", *words], check=False)


def lacking(count: int) -> str:
    """Why there can be no laboratory here; empty: there can."""
    if not count:
        return "not asked for"
    if os.geteuid():
        return "needs root"
    return "" if Path("/usr/lib/frr/zebra").exists() and which("sshd") else "needs frr and openssh-server"


@contextmanager
def routers(count: int, folder: Path) -> Iterator[Routers]:
    """A twin of so many routers while the block runs."""
    from inventory.load import load_estate
    from network.lab import build
    from tools.example_twin import SIZES, write_twin

    write_twin(folder / "twin", SIZES[count], as_of=dt.datetime.now(dt.UTC).date())
    account = (
        f"useradd --create-home --shell /usr/bin/vtysh --groups frr,frrvty {CLI_USER} && usermod -p '*' {CLI_USER} && "
        f"cp -r /home/operator/.ssh /home/{CLI_USER} && chown -R {CLI_USER}: /home/{CLI_USER}/.ssh"
    )
    with build(load_estate(folder / "twin", cache=False).inventory, name="benchmark", owned=True) as lab:
        found = [host for host in lab.hosts.values() if host.kind == "router"]
        for host in found:
            lab.run(host.name, ["sh", "-c", account])
        devices = [(host.name, host.login or host.addresses[0], 22, host.host_key) for host in found]
        path = folder / "routers.json"
        path.write_text(json.dumps(asdict(Places("frr", devices, str(lab.folder / "id_ed25519")))), encoding="utf-8")
        yield Routers(
            str(path),
            lambda words: lab.command("ops", words, machine_files=True),
            dict(lab.environment(machine_files=True)),
            lab,
        )
