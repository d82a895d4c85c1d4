"""``python -m tools.lab_ipv6``: retrofit a network of FRR routers with IPv6 while IPv4 is pinged without pause."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from inventory.errors import QianyunError
from network.lab import Pinger
from tools.example_twin import SIZES, Size
from tools.lab_ipv6.retrofit import Retrofit
from tools.lab_ipv6.twin import DAYS_BEFORE, Reached, Twin, twin_of
from tools.lab_migrate.estate import china_today
from tools.lab_migrate.program import CommandError, Program, StandstillError
from tools.lab_migrate.runs import RunFailedError

ROOT = Path(__file__).resolve().parents[2]
WAYS = ("run", "push")
FEWEST = 5000
"""IPv4 pings below which nothing is shown."""
INTERVAL = 0.05
FAILED, INTERRUPTED = 1, 130
NOT_SHOWN = """\
Not shown by this twin: MPLS and SRv6 (VPNs go hop by hop over sub-interfaces), hence neither 6PE nor 6VPE; IS-IS; the
makers' own commands, timing and faults; carriers' links with loss and delay; forwarding in hardware."""


@dataclass(frozen=True)
class Result:
    """What one way has shown."""

    way: str
    routers: int
    vpns: int
    reached: Reached
    sent: int
    lost: int
    gap: float
    seconds: float

    def __str__(self) -> str:
        return (
            f"routers={self.routers} vpns={self.vpns} ipv6={self.reached.reached}/{self.reached.pairs} "
            f"ipv4_sent={self.sent} ipv4_lost={self.lost}"
        )

    def faults(self) -> list[str]:
        """What is not as it must be, one line each."""
        found = []
        if not self.reached.pairs or self.reached.reached < self.reached.pairs:
            found.append(
                f"{self.way}: {self.reached.pairs - self.reached.reached} pairs do not reach each other by IPv6"
            )
        if self.reached.across:
            found.append(f"{self.way}: {self.reached.across} pairs reach each other across VPNs")
        if self.lost:
            found.append(f"{self.way}: {self.lost} IPv4 pings lost")
        if self.sent < FEWEST:
            found.append(f"{self.way}: {self.sent} IPv4 pings sent, fewer than {FEWEST}")
        return found


def main(words: Sequence[str] | None = None) -> int:
    """The exit code: 0 all as it must be, 1 something is not, 130 interrupted."""
    asked = _arguments(words)
    signal.signal(signal.SIGTERM, _interrupt)
    ways = WAYS if asked.by == "both" else (asked.by,)
    try:
        results = [retrofit(way, SIZES[asked.routers], asked.folder / way, asked.name) for way in ways]
    except KeyboardInterrupt:
        print("interrupted; nothing is left running", file=sys.stderr)
        return INTERRUPTED
    except (
        CommandError,
        QianyunError,
        RunFailedError,
        RuntimeError,
        StandstillError,
        subprocess.SubprocessError,
    ) as error:
        print(f"{type(error).__name__}: {error}\nLogs: {asked.folder}", file=sys.stderr)
        return FAILED
    faults = [fault for result in results for fault in result.faults()]
    print(NOT_SHOWN, file=sys.stderr)
    for fault in faults:
        print(fault, file=sys.stderr)
    for result in results:
        print(f"{result.way}: {result.seconds:.0f} s, longest IPv4 gap {result.gap * 1000:.0f} ms", file=sys.stderr)
    for result in results:
        print(result)
    return FAILED if faults else 0


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.lab_ipv6", description=__doc__)
    parser.add_argument("--routers", type=int, default=24, choices=sorted(SIZES), help="size of the twin")
    parser.add_argument(
        "--by", default="both", choices=("both", *WAYS), help="through a run, net push, or both in turn"
    )
    parser.add_argument("--name", default="ipv6", help="name of the lab")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "lab-ipv6", help="estate, plan, logs")
    return parser.parse_args(words)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def retrofit(way: str, size: Size, folder: Path, name: str) -> Result:
    """Build the twin, retrofit it, count, take it down whatever happens."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    began = time.monotonic()
    with twin_of(size, folder / "estate", name, china_today() - dt.timedelta(days=DAYS_BEFORE)) as twin:
        built = time.monotonic() - began
        with _program(twin, folder) as program:
            program.say(f"{len(twin.routers)} routers built and converged in {built:.1f} s")
            with Pinger(twin.lab, twin.ring(), interval=INTERVAL) as pings:
                done = Retrofit(twin, program, folder)
                plan = done.plan()
                changed = time.monotonic()
                if way == "push":
                    program.say(f"{done.by_push(plan)} lines pushed")
                else:
                    done.by_run(plan)
                seconds = time.monotonic() - changed
                reached = twin.reach(twin.ipv6())
                program.say(f"by {way}: {reached}")
        return Result(
            way=way,
            routers=len(twin.routers),
            vpns=sum(1 for vpn in twin.users if vpn),
            reached=reached,
            sent=pings.sent,
            lost=pings.lost,
            gap=pings.gap,
            seconds=seconds,
        )


def _program(twin: Twin, folder: Path) -> Program:
    store = {"QIANYUN_STORE": f"sqlite:///{twin.estate}/.qianyun/runs.db"}
    mark = twin.lab.environment(machine_files=True)
    extra = {name: value for name, value in mark.items() if name not in os.environ}
    return Program(folder, store | extra, inside=twin.lab.command("ops", (), machine_files=True))


if __name__ == "__main__":
    sys.exit(main())
