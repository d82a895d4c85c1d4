"""``python -m tools.lab_migrate``: migrate the lab's systems and print what it has cost as the last line."""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import yaml

from inventory.errors import QianyunError
from inventory.load import load_estate
from network.errors import UnknownLabError
from network.lab import Lab
from tools.lab_migrate.estate import china_today, dated_copy, systems_of
from tools.lab_migrate.hosts import Secrets, set_up
from tools.lab_migrate.migration import Kills, Migration, Result
from tools.lab_migrate.program import CommandError, Program, StandstillError
from tools.lab_migrate.runs import APPROVER, Crew, RunFailedError, Workers
from tools.soak.record import record

ROOT = Path(__file__).resolve().parents[2]
MAKES = ("postgresql", "mariadb")
OUTAGE_LIMIT = 5.0
"""Seconds without an acknowledged write that are not reached."""
LEASE_SECONDS = 5.0
KILLED_LIMIT = LEASE_SECONDS + 10
"""The same where workers are killed at step boundaries."""
IN_OUTAGE_LIMIT = 2 * KILLED_LIMIT
"""The same where they are killed while neither side is open: the next one has to look at both sides first."""
SITE = "140100"
FAILED, INTERRUPTED = 1, 130


def main(words: Sequence[str] | None = None) -> int:
    """The exit code: 0 all as it must be, 1 something is not, 130 interrupted."""
    asked = _arguments(words)
    signal.signal(signal.SIGTERM, _interrupt)
    started = time.monotonic()
    try:
        results = migrate(
            asked.make or MAKES,
            asked.folder,
            name=asked.name,
            kills=_kills(asked.kill, asked.seed),
        )
    except KeyboardInterrupt:
        print("interrupted; nothing is left running", file=sys.stderr)
        return INTERRUPTED
    except (
        CommandError,
        RunFailedError,
        StandstillError,
        QianyunError,
        RuntimeError,
        subprocess.SubprocessError,
    ) as error:
        print(f"{type(error).__name__}: {error}\nLogs: {asked.folder}", file=sys.stderr)
        return FAILED
    limit = {"0": OUTAGE_LIMIT, "outage": IN_OUTAGE_LIMIT}.get(asked.kill, KILLED_LIMIT)
    faults = [fault for result in results for fault in result.faults(limit)]
    for result in results:
        killed = f", worker killed at {', '.join(map(str, result.died))}" if result.died else ""
        print(f"{result.make}: {result.rows} rows acknowledged{killed}", file=sys.stderr)
    print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)
    for fault in faults:
        print(fault, file=sys.stderr)
    line = f"lab-migrate {'; '.join(map(str, results))}"
    if asked.record:
        died = "; ".join(f"{result.make} {len(result.died)} times" for result in results)
        record(
            f"migration, {asked.kill}",
            [f"Worker killed: {died}; outages below {limit:g} s allowed.", "", f"    {line}"],
        )
    print(line)
    return FAILED if faults else 0


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.lab_migrate", description=__doc__)
    parser.add_argument("--make", action="append", choices=MAKES, help="only the system with this database")
    kill = "kill the worker at so many step boundaries, at all of them, or while neither side is open"
    parser.add_argument("--kill", default="0", metavar="N|all|outage", help=kill)
    parser.add_argument("--seed", type=int, default=1, help="chooses these boundaries")
    parser.add_argument("--record", action="store_true", help="put the last line into docs/benchmarks.md")
    parser.add_argument("--name", default="migrate", help="name of the lab")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "lab-migrate", help="estate, plan, logs")
    asked = parser.parse_args(words)
    if asked.kill not in ("all", "outage") and not asked.kill.isdecimal():
        parser.error(f"--kill: a number, all or outage, not {asked.kill!r}")
    return asked


def _kills(asked: str, seed: int) -> Kills:
    if asked == "outage":
        return Kills(in_outage=True)
    return Kills(None if asked == "all" else int(asked), seed)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def migrate(makes: Sequence[str], folder: Path, *, name: str, kills: Kills) -> list[Result]:
    """Build the lab, migrate the systems one after the other, take the lab down whatever happens."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    estate = dated_copy(folder / "estate", china_today())
    known = systems_of(load_estate(estate, cache=False).inventory)
    systems = [known[make] for make in makes]
    _take_down(name)
    only = [word for system in systems for word in ("--only", system.id)]
    environment = {"QIANYUN_STORE": f"sqlite:///{estate}/.qianyun/runs.db"}
    try:
        with Program(folder, environment) as program:
            program.run("lab", "up", str(estate), "--name", name, *only)
            lab = Lab.open(name)
            set_up(lab, systems, Secrets())
            config, key = _worker_files(lab, folder)
            program.environment["QIANYUN_WORKER_CONFIG"] = str(config)
            plan = folder / "plan.json"
            program.run("plan", "make", str(estate), "-o", str(plan), "--effort", "20")
            crew = Crew(program, Workers(program, SITE, config), key)
            return [
                Migration(lab, system, program, crew, estate, plan, folder, kills).carry_out() for system in systems
            ]
    finally:
        # A second Ctrl-C would leave the lab behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _take_down(name)


def _take_down(name: str) -> None:
    try:
        lab = Lab.open(name)
    except UnknownLabError:
        return
    lab.down()


def _worker_files(lab: Lab, folder: Path) -> tuple[Path, Path]:
    """Settings of the worker, outside of the estate, and the approver's key. Returns both paths."""
    key = folder / "approver"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", APPROVER, "-f", str(key)]
    subprocess.run(command, check=True, capture_output=True)
    public = key.with_suffix(".pub").read_text("utf-8")
    (folder / "allowed_signers").write_text(f'{APPROVER} namespaces="qianyun-approval" {public}', "utf-8")
    policy = {"format": 1, "principals": {APPROVER: ["change-manager"]}, "rules": [{"role": "change-manager"}]}
    (folder / "approval-policy.yaml").write_text(yaml.safe_dump(policy), "utf-8")
    settings = yaml.safe_load((lab.folder / "worker.yaml").read_text("utf-8"))
    settings |= {"signers": "allowed_signers", "approval_policy": "approval-policy.yaml"}
    settings |= {"lease_seconds": LEASE_SECONDS, "settle_seconds": 1, "poll_seconds": 0.1}
    config = folder / "worker.yaml"
    config.write_text(yaml.safe_dump(settings), "utf-8")
    return config, key


if __name__ == "__main__":
    sys.exit(main())
