"""Starts the daemons of one project out of one process, with Debian's Python: modules are imported once, pages shared.

``launch.py MODULE...`` imports the modules, then reads a JSON object a line from standard input, each a daemon:
``{"name", "module", "words", "log", "note"}``. For each it forks a process in its own session, which writes its id into
``note``, its output into ``log``, and calls ``main()`` of ``module`` with ``words`` as its command line. It ends when
its input ends; the daemons stay.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any


def become(daemon: dict[str, Any]) -> None:
    """Turns this forked process into the daemon."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(daemon["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for number, target in ((0, nothing), (1, log), (2, log)):
        os.dup2(target, number)
    started = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    Path(daemon["note"]).write_text(json.dumps([os.getpid(), int(started)]), encoding="utf-8")
    sys.argv = [daemon["name"], *daemon["words"]]
    sys.exit(sys.modules[daemon["module"]].main())


def main() -> None:
    """Imports, then forks for each line."""
    for module in sys.argv[1:]:
        importlib.import_module(module)
    # Daemons that end while this process still waits for lines leave nothing behind.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # Unbuffered: a forked process must not find lines in a buffer of its own.
    line = b""
    while piece := os.read(0, 1):
        line += piece
        if piece == b"\n":
            if os.fork() == 0:
                become(json.loads(line))
            line = b""


main()
