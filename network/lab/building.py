"""Building a laboratory: hosts side by side, then the cables, then their services; all or nothing."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from subprocess import run as run_command
from typing import Protocol, TypeVar

from inventory.files import write_atomic
from inventory.inventory import Inventory
from network.errors import LabFailedError
from network.lab import access, names, state
from network.lab.baseline import baselines
from network.lab.convergence import wait_until_converged
from network.lab.hosts import OPS, hostname, topology_of
from network.lab.kernel import PATH, check_machine
from network.lab.lab import Lab
from network.lab.layer import accounts, file, folder, masks, pack
from network.lab.processes import boot, end, marked, start_time, to_enter
from network.lab.routers import PROGRAMS as ROUTER_PROGRAMS
from network.lab.routers import routers_of
from network.lab.state import LabHost, Plug, Record
from network.lab.topology import BACKBONE, Cable, Node, Topology, bridge_name, port_name
from network.lab.wiring import configure, interface_name, plug_in

__all__ = ["build"]

Report = Callable[[str, int, int], None]
T = TypeVar("T")
_PROGRAMS = {
    "sshd": "openssh-server",
    "ssh-keygen": "openssh-client",
    "named": "bind9",
    "sudo": "sudo",
}


class _Each(Protocol):
    """``_each`` with its pool and its listener."""

    def __call__(self, stage: str, nodes: Sequence[Node], work: Callable[[Node], T]) -> Mapping[str, T]: ...


_SIDE_BY_SIDE = 4 * (os.cpu_count() or 1)
"""Hosts in work at a time; most of the time each waits for the kernel."""


def build(
    inventory: Inventory,
    *,
    name: str,
    only: Sequence[str] = (),
    owned: bool = False,
    progress: Report | None = None,
) -> Lab:
    """Build the laboratory of an estate: a host for every machine of its components, at source and target, and its
    routers that run FRR; these have found all ways of IPv4 when it returns.

    ``only``: names, systems, patterns or addresses of the machines wanted; without them, all. ``owned``: it belongs to
    this process, and when that has died, the next call for any laboratory takes it down. ``progress``: called with the
    stages keys, boot, start and, with routers, converge. Whatever goes wrong, nothing is left.

    Raises:
        LabError: this machine cannot, or the inventory does not give what is needed. LabFailedError: lab-failed,
            lab-not-converged.
    """
    routers = routers_of(inventory)
    check_machine(_PROGRAMS | (ROUTER_PROGRAMS if routers else {}))
    state.sweep()
    key = names.key_text()
    topology = topology_of(inventory, only, key, baselines(inventory, [router.names[0] for router in routers]))
    report = progress or _silent
    with state.claim(name, str(inventory.path)) as place, ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        try:
            write_atomic(place / "tsig.key", key, private=True)
            for etc in ("resolv.conf", "hosts"):
                write_atomic(place / etc, topology.nodes[0].files[f"/etc/{etc}"].content or b"")
            hosts = _bring_up(place, topology, partial(_each, pool, report))
            wait_until_converged(topology, {host.name: host.pid for host in hosts}, partial(report, "converge"))
            own = os.getpid() if owned else 0
            record = Record(
                name=name,
                estate=str(inventory.path),
                ready=True,
                owner=own,
                owner_started=start_time(own) if own else 0,
                hosts=hosts,
            )
            access.write_client_files(place, hosts, next(host.pid for host in hosts if host.name == OPS))
            state.write(place, record)
        except BaseException:
            # First the processes, or those who wait for them would wait for ever; then what was started meanwhile.
            with _undisturbed():
                pool.shutdown(wait=False, cancel_futures=True)
                end(marked(place))
                pool.shutdown()
                state.remove(name, held=True)
            raise
    return Lab(record)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl-C counts for nothing meanwhile: people press it again when nothing seems to happen, and would leave half of
    the hosts behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def _bring_up(place: Path, topology: Topology, each: _Each) -> tuple[LabHost, ...]:
    (place / "stage").mkdir()
    with tempfile.TemporaryDirectory(dir=place) as keys:
        operators, public = access.make_key(Path(keys) / "operators")
        open_to = [node for node in topology.nodes if node.access]
        made = {
            **dict.fromkeys((node.name for node in topology.nodes), ("", "")),
            **each("keys", open_to, lambda node: access.make_key(Path(keys) / node.name)),
        }
    write_atomic(place / "id_ed25519", operators, private=True)
    unborn = (_record(topology, node, 0, made[node.name][1]) for node in topology.nodes)
    known = access.known_hosts(unborn)
    ready = {
        node.name: replace(
            node,
            files={
                **masks(homes=node.kind != OPS),
                **accounts(access.OPERATOR, access.OPERATOR_NUMBER),
                **(access.server_files(made[node.name][0], public) if node.access else {}),
                "/etc/ssh/ssh_known_hosts": file(known),
                **({"/root/.ssh/id_ed25519": file(operators, 0o600)} if node.kind == OPS else {}),
                **node.files,
                "/etc/qianyun-lab": folder(),
                "/etc/qianyun-lab/sysctl": file("".join(f"{k} {v}\n" for k, v in node.sysctls.items())),
                "/etc/qianyun-lab/vpns": file("".join(f"{vpn}\n" for vpn in node.vpns)),
            },
        )
        for node in topology.nodes
    }
    own = {access.OPERATOR: access.OPERATOR_NUMBER}
    pids = each(
        "boot",
        tuple(ready.values()),
        lambda node: boot(
            place, f"qy-{place.name}-{node.name}", node.hostname or hostname(node.name), pack(node.files, own)
        ),
    )
    plug_in(topology, pids)
    # Routers first: they find their ways while the other hosts start.
    ordered = sorted(topology.nodes, key=lambda node: node.kind != "router")
    each("start", ordered, lambda node: _start(node, pids[node.name], topology.cables))
    return tuple(_record(topology, node, pids[node.name], made[node.name][1]) for node in topology.nodes)


def _start(node: Node, pid: int, cables: Sequence[Cable]) -> None:
    configure(node, pid, cables)
    for service in (*((access.SERVICE,) if node.access else ()), *node.services):
        done = run_command(  # noqa: S603
            to_enter(pid, service),
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8"},
        )
        if done.returncode:
            reason = " ".join((done.stderr or done.stdout).split())
            raise LabFailedError("lab-failed", host=node.name, command=service[0], reason=reason or done.returncode)


def _each(
    pool: Executor, report: Report, stage: str, nodes: Sequence[Node], work: Callable[[Node], T]
) -> Mapping[str, T]:
    """Do the work for all nodes, several at a time: name -> what came of it. The first failure is raised at once."""
    report(stage, 0, len(nodes))
    waiting = {pool.submit(work, node): node.name for node in nodes}
    found: dict[str, T] = {}
    for done in as_completed(waiting):
        found[waiting[done]] = done.result()
        report(stage, len(found), len(nodes))
    return found


def _record(topology: Topology, node: Node, pid: int, key: str) -> LabHost:
    plugs = [
        Plug(
            name=interface_name(port, number),
            port=port_name(node.name, number),
            segment=port.segment,
            vpn=port.vpn,
            addresses=port.addresses,
        )
        for number, port in enumerate(node.ports)
    ]
    ends = [(own, other) for cable in topology.cables for own, other in ((cable.a, cable.b), (cable.b, cable.a))]
    plugs += [Plug(name=own[1], segment=other[0], vpn=own[2]) for own, other in ends if own[0] == node.name]
    if node.name == BACKBONE:
        bridges = {bridge_name(segment.name): segment for segment in topology.segments}
        plugs = [
            Plug(name=name, port=name, segment=segment.name, addresses=segment.gateways)
            for name, segment in bridges.items()
        ]
    return LabHost(
        name=node.name,
        kind=node.kind,
        names=node.names,
        place=node.place,
        plugs=tuple(plugs),
        vpns=node.vpns,
        pid=pid,
        host_key=key,
        login=node.login,
    )
