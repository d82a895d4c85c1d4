"""``python -m tools.cloudbed setup|start|status|stop|discard|reset|smoke DIR``: an OpenStack control plane on loopback.

Exit code 1 where it failed (one line says why), or where ``status`` finds a process missing; 130 when interrupted.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools.cloudbed.bed import Bed
from tools.cloudbed.errors import BedError

__all__ = ["main"]


def main(words: Sequence[str] | None = None) -> int:
    """The exit code."""
    options = argparse.ArgumentParser(prog="python -m tools.cloudbed", description=(__doc__ or "").splitlines()[0])
    commands = options.add_subparsers(dest="command", required=True)
    for name, text in (
        ("setup", "make a stopped bed, from the cache or from nothing"),
        ("start", "start a bed, set it up first if need be"),
        ("status", "what runs, and its memory"),
        ("stop", "end all its processes"),
        ("discard", "end all its processes and remove its folder"),
        ("reset", "remove everything that the bed did not make itself"),
        ("smoke", "use each service of a running bed once"),
        ("watch", "wait for the end of a process, then discard (start --owner does this)"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("folder", type=Path, metavar="DIR")
        if name == "start":
            command.add_argument("--owner", type=int, metavar="PID", help="discard the bed when this process ends")
        if name == "watch":
            command.add_argument("owner", type=int, metavar="PID")
    asked = options.parse_args(words)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    begun = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - begun:5.1f} s  {text}", file=sys.stderr, flush=True)

    try:
        return _run(asked, Bed(asked.folder, say))
    except BedError as error:
        print(f"cloudbed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        left = "; nothing was left running" if asked.command in {"setup", "start"} else ""
        print(f"cloudbed: interrupted{left}", file=sys.stderr)
        return 130


def _run(asked: argparse.Namespace, bed: Bed) -> int:
    match asked.command:
        case "setup":
            bed.set_up()
        case "start":
            bed.start(asked.owner)
            print(bed.clouds)
        case "status":
            return _status(bed)
        case "stop":
            bed.stop()
        case "discard":
            bed.discard()
        case "reset":
            bed.reset()
        case "smoke":
            from tools.cloudbed.smoke import smoke

            smoke(bed)
        case _:
            _watch(bed, asked.owner)
    return 0


def _status(bed: Bed) -> int:
    states = bed.status()
    for state in states:
        print(f"{state.name:18} {state.pid or '-':>8} {state.memory / (1 << 20):7.0f} MiB")
    print(f"{'':18} {'':>8} {sum(state.memory for state in states) / (1 << 20):7.0f} MiB")
    return int(not all(state.pid for state in states))


def _watch(bed: Bed, owner: int) -> None:
    try:
        handle = os.pidfd_open(owner)
    except ProcessLookupError:
        pass
    else:
        select.select([handle], [], [])
    bed.discard()


if __name__ == "__main__":
    sys.exit(main())
