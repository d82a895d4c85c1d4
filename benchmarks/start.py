"""Starting the command: ``qianyun --help`` beside the help of other command lines and terminal programs in Python.

Peers are looked for beside this interpreter, in the folder of ``--peers`` and on PATH; those found are measured.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks._measure import Usage, measure, qianyun
from benchmarks._report import Required, note, parser, publish, row

REQUIRED: Required = {("qianyun --help", None): {"wall_seconds": 0.2}}
OURS = (("--help",), ("--lang", "zh", "--help"), ("inventory", "--help"), ("plan", "make", "--help"))
PEERS = (("ansible", "ansible-core"), ("annet", "annet"), ("posting", "posting"), ("harlequin", "harlequin"))
"""Command -> the package that brings it; each gets an environment of its own, since they disagree about versions."""


def peer_folder() -> Path:
    """Where peers are installed: among the user's cached files, outside of the project."""
    import platformdirs

    return platformdirs.user_cache_path("qianyun") / "benchmark-peers"


def install(package: str) -> None:
    """Install a peer into its own environment; says so where that is not possible."""
    place = peer_folder() / package
    note(f"installing {package}")
    venv.create(place, with_pip=True, clear=True)
    command = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
    if subprocess.run(command, check=False).returncode:
        shutil.rmtree(place)
        note(f"{package} could not be installed; it is left out")


def found(command: str, package: str) -> str | None:
    """Path of a peer's command, None where it is not installed."""
    beside = [Path(sys.executable).parent, peer_folder() / package / "bin"]
    return next((path for place in beside if (path := shutil.which(command, path=str(place)))), shutil.which(command))


def rows(runs: int) -> Iterator[dict[str, Any]]:
    script = shutil.which("qianyun", path=str(Path(sys.executable).parent))
    start = [script] if script else qianyun()
    for arguments in OURS:
        case = " ".join(("qianyun", *arguments))
        note(case)
        yield row(case, _warm([*start, *arguments], runs))
    note("python -c pass")
    yield row("floor: python -c pass", _warm([sys.executable, "-c", "pass"], runs), against="qianyun --help")
    for command, package in PEERS:
        path = found(command, package)
        case = f"peer: {command} --help"
        note(case)
        used = _warm([path, "--help"], runs) if path else Usage("skipped", note=f"{package} not installed")
        yield row(case, used, against="qianyun --help")


def _warm(command: list[str], runs: int) -> Usage:
    """Measured after one run that fills the caches of compiled modules and of the disk."""
    measure(command)
    return measure(command, runs=runs)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--runs", type=int, default=11, help="runs of each command; the median is reported")
    options.add_argument(
        "--peers", action="store_true", help="first install missing peers into the user's cache folder"
    )
    chosen = options.parse_args()
    if chosen.peers:
        for command, package in PEERS:
            if found(command, package) is None:
                install(package)
    publish("start", rows(chosen.runs), chosen, REQUIRED)


if __name__ == "__main__":
    main()
