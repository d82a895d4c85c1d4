"""The same push on many devices, side by side: ours, stock netmiko, Nornir with netmiko, paramiko, Ansible network_cli.

A push: log in, send 60 lines, commit, read the configuration back. The guarded one sends them on trial, reads back from
a new login, confirms and saves. Devices are simulated VRP 8 (300 ms until a login is answered, 30 ms a line), served by
a process of their own, and FRR routers of a laboratory, where lines act at once and the guard is our timer. Rates are
devices per second; the limit is the SSH handshake alone, without any delay.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

from benchmarks._measure import Usage, measure, task
from benchmarks._places import lacking, routers, serve, served
from benchmarks._pushes import TASKS
from benchmarks._report import Required, note, parser, publish, row

__all__ = ["TASKS"]

OURS, GUARDED = "ours", "ours, guarded"
NETMIKO, NORNIR = "peer: netmiko", "peer: Nornir with netmiko"
NETMIKO_GUARDED = "peer: netmiko, guarded"
PARAMIKO, ANSIBLE = "peer: paramiko", "peer: Ansible network_cli"
PEERS = ((PARAMIKO, "paramiko"), (NETMIKO, "netmiko"), (NORNIR, "nornir"), (ANSIBLE, "ansible"))
EXTRA = {"nornir": "nornir_netmiko", "ansible": "ansible_collections"}
"""What no other part of the program needs."""
LIMIT = "SSH handshake alone"
SIDE_BY_SIDE = 20
"""Threads of the cases that are compared."""
LONGEST = 900
ROUTERS = 9
REQUIRED: Required = {
    (f"{ANSIBLE}, {SIDE_BY_SIDE} threads", None): {"plain_share": 0.1, "guarded_share": 0.2},
    (f"{ANSIBLE}, FRR, {ROUTERS} threads", None): {"plain_share": 0.1, "guarded_share": 0.2},
    (f"{NETMIKO}, {SIDE_BY_SIDE} threads", None): {"guarded_share": 1 / 6},
    (f"{NETMIKO_GUARDED}, {SIDE_BY_SIDE} threads", None): {"guarded_share": 1 / 6},
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
                used = measure(task("sessions", job, places=places, threads=count, **more), longest=LONGEST)
            against = _against(case, f", {count} threads")
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
        for case, job in PEERS:
            peer = one(case, job, compared, SIDE_BY_SIDE)
            yield peer | _shares(peer, plain, guarded)
        peer = one(NETMIKO_GUARDED, "netmiko", compared, SIDE_BY_SIDE, guarded=True)
        yield peer | _shares(peer, {}, guarded)
        yield one(GUARDED, "ours", most, 50, delays=False, guarded=True)


def _against(case: str, more: str) -> str:
    """Our case that does what a peer's does."""
    if "peer" not in case:
        return ""
    return case.replace(NETMIKO_GUARDED, GUARDED) if NETMIKO_GUARDED in case else f"{OURS}{more}"


def rows_of_routers(count: int) -> Iterator[dict[str, Any]]:
    """Side by side on FRR routers, each program on all of them at once."""
    more = f", FRR, {count} threads"
    reason = lacking(count)
    if reason:
        yield row(f"{OURS}{more}", Usage("skipped", note=f"no laboratory: {reason}"), size=count)
        return
    with tempfile.TemporaryDirectory(prefix="bench-routers-") as name, routers(count, Path(name)) as on:

        def one(case: str, job: str, **options: Any) -> dict[str, Any]:
            if job in EXTRA and find_spec(EXTRA[job]) is None:
                return row(f"{case}{more}", Usage("skipped", note="not installed: requirements/peers.txt"), size=count)
            note(f"{case}{more}")
            on.clear()
            command = on.inside(task("sessions", job, places=on.places, threads=count, **options))
            used = measure(command, environment=on.environment, longest=LONGEST)
            return row(f"{case}{more}", used, size=count, against=_against(case, more), **used.answer)

        yield one(LIMIT, "handshake")
        plain, guarded = one(OURS, "ours", guarded=False), one(GUARDED, "ours", guarded=True)
        yield from (plain, guarded)
        for case, job in PEERS:
            peer = one(case, job)
            yield peer | _shares(peer, plain, guarded)


def _shares(peer: dict[str, Any], plain: dict[str, Any], guarded: dict[str, Any]) -> dict[str, float]:
    """Our time by the peer's, without and with the guard."""
    shares = (("plain_share", plain), ("guarded_share", guarded))
    return {
        key: round(each["seconds"] / peer["seconds"], 3)
        for key, each in shares
        if "seconds" in each and "seconds" in peer
    }


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--compared", type=int, default=40, metavar="N", help="devices of the cases side by side")
    options.add_argument("--many", type=int, default=200, metavar="N", help="devices of our own cases")
    options.add_argument("--most", type=int, default=2000, metavar="N", help="devices of the last case")
    options.add_argument("--threads", type=int, nargs="+", default=[10, 20, 50, 100], metavar="N")
    options.add_argument(
        "--routers", type=int, default=ROUTERS, metavar="N", help="FRR routers of a laboratory; 0: none"
    )
    options.add_argument("--serve", metavar="JSON", help="be the devices: [number, seconds a login, seconds a line]")
    chosen = options.parse_args()
    if chosen.serve:
        serve(*json.loads(chosen.serve))
        return
    simulated = rows(chosen.compared, chosen.many, chosen.most, chosen.threads)
    publish("sessions", chain(simulated, rows_of_routers(chosen.routers)), chosen, REQUIRED)


if __name__ == "__main__":
    main()
