"""Octet counters of interfaces, read from many devices at once.

The templates of ntc-templates for ``display interface`` leave the counters out: those of Huawei and H3C are read by TTP
templates of this package, FRRouting's from the kernel's ``/proc/net/dev``, because vtysh shows none.
"""

from __future__ import annotations

import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inventory.errors import QianyunError
from network.collection.views import ttp_rows
from network.errors import CollectionError, RefusedError
from network.platforms import Platform

if TYPE_CHECKING:
    from network.transport import Login, Session, Target, Transport

__all__ = ["Counted", "InterfaceCounters", "interface_counters", "read_counters"]

KERNEL = "cat /proc/net/dev"
SITE_SESSIONS = 20
"""Sessions at a time with devices of one site, as runs have it."""
_DEV = re.compile(r"^\s*(?P<name>[^\s:]+):\s*(?P<rx>\d+)(?:\s+\d+){7}\s+(?P<tx>\d+)", re.MULTILINE)


@dataclass(frozen=True)
class InterfaceCounters:
    """Octets that an interface has taken in and given out since they were last cleared."""

    name: str
    octets_in: int
    octets_out: int


@dataclass(frozen=True)
class Counted:
    """(device, interface) -> moment (seconds since 1970) and counters; what could not be read, with why: a device, or
    one interface of it."""

    found: Mapping[tuple[str, str], tuple[float, InterfaceCounters]] = field(default_factory=dict)
    failed: Mapping[tuple[str, str], QianyunError] = field(default_factory=dict)


def interface_counters(platform: Platform, text: str) -> tuple[InterfaceCounters, ...]:
    """From ``display interface``, or ``/proc/net/dev`` of FRRouting; interfaces without counters are left out."""
    if platform.dialect == "frr":
        return tuple(InterfaceCounters(one["name"], int(one["rx"]), int(one["tx"])) for one in _DEV.finditer(text))
    return tuple(
        InterfaceCounters(row["interface"], int(row["octets_in"]), int(row["octets_out"]))
        for row in ttp_rows(platform, "interface_counters", text)
        if {"octets_in", "octets_out"} <= row.keys()
    )


def read_counters(
    transport: Transport,
    targets: Mapping[str, Target],
    login_of: Callable[[Target], Login],
    wanted: Mapping[str, Sequence[str]],
    *,
    site_of: Mapping[str, str],
    workers: int = 8,
    progress: Callable[[int, int], None] | None = None,
    clock: Callable[[], float] = time.time,
) -> Counted:
    """Read the counters of ``wanted`` (device -> interfaces) on all targets; what fails leaves the rest alone.

    At most ``SITE_SESSIONS`` sessions at a time with devices of one site. ``progress`` gets (done, total), in the
    calling thread.
    """
    found: dict[tuple[str, str], tuple[float, InterfaceCounters]] = {}
    failed: dict[tuple[str, str], QianyunError] = {}
    sites: dict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(SITE_SESSIONS))
    places = {device: sites[site_of.get(device, "")] for device in targets}

    def one(device: str, target: Target) -> None:
        with places[device], transport.open(target, login_of(target)) as session:
            for interface in wanted[device]:
                try:
                    found[device, interface] = _read(session, target, interface, clock)
                except (CollectionError, RefusedError) as error:
                    failed[device, interface] = error

    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="counters") as pool:
        waiting = {pool.submit(one, device, target): device for device, target in targets.items()}
        for done, future in enumerate(as_completed(waiting), 1):
            try:
                future.result()
            except QianyunError as error:
                failed[waiting[future], ""] = error
            if progress is not None:
                progress(done, len(targets))
    return Counted(dict(sorted(found.items())), dict(sorted(failed.items())))


def _read(
    session: Session, target: Target, interface: str, clock: Callable[[], float]
) -> tuple[float, InterfaceCounters]:
    platform = target.platform
    if platform.dialect == "frr":
        command, said = KERNEL, session.shell(KERNEL)
    elif "counters" in platform.commands:
        command = platform.command("counters", interface=interface)
        said = session.command(command)
    else:
        raise CollectionError(
            "collection-parse", device=target.device, command="-", reason=f"{platform.name}: no command is known"
        )
    at = clock()
    counters = next((one for one in interface_counters(platform, said) if _same(one.name, interface)), None)
    if counters is None:
        reason = f"no counters of {interface}"
        raise CollectionError("collection-parse", device=target.device, command=command, reason=reason)
    return at, counters


def _same(one: str, other: str) -> bool:
    """Whether two names are of one interface: devices write GE for GigabitEthernet."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    letters, digits = re.fullmatch(r"(\D*)(.*)", name.replace(" ", "")).groups()  # type: ignore[union-attr]
    short = {"gigabitethernet": "ge", "xgigabitethernet": "xge", "ten-gigabitethernet": "xge", "ethernet": "eth"}
    return short.get(letters.lower(), letters.lower()) + digits
