"""Starts daemons with Debian's Python, so that modules are imported once for all that need them, and pages shared.

Reads a JSON object a line from standard input. ``{"project", "modules"}``: forks a process for the project, which
imports its modules (those of two projects do not go into one process: they share one configuration). Then ``{"project",
"name", "module", "words", "log", "note"}``, each a daemon: the project's process forks it into a session of its own; it
writes its id into ``note``, its output into ``log``, and calls ``main()`` of ``module`` with ``words`` as its command
line. All but the daemons end when the input ends; the exit code is 1 when a project's process failed.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

COMMON = (
    "jsonschema",
    "keystonemiddleware.auth_token",
    "oslo_db.sqlalchemy.enginefacade",
    "oslo_log.log",
    "oslo_messaging",
    "oslo_middleware",
    "oslo_policy.policy",
    "oslo_reports.guru_meditation_report",
    "oslo_service.wsgi",
    "oslo_versionedobjects.base",
    "sqlalchemy.orm",
)
"""What all projects import, half of the time that an import takes."""


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


def lines(source: int) -> Iterator[bytes]:
    """Lines of a file, unbuffered: a forked process must not find lines in a buffer of its own."""
    line = b""
    while piece := os.read(source, 1):
        line += piece
        if piece == b"\n":
            yield line
            line = b""


def serve(source: int) -> None:
    """The project's process: imports, then forks for each line."""
    # Daemons that end while this process still waits for lines leave nothing behind.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in lines(source):
        asked = json.loads(line)
        for module in asked.get("modules", ()):
            importlib.import_module(module)
        if "name" in asked and os.fork() == 0:
            os.close(source)
            become(asked)


def begin(others: list[int]) -> tuple[int, int]:
    """Forks a project's process; (its id, where its lines go)."""
    source, target = os.pipe()
    process = os.fork()
    if process:
        os.close(source)
        return process, target
    for one in (0, target, *others):  # else the input of the others would never end
        os.close(one)
    os.open(os.devnull, os.O_RDONLY)
    serve(source)
    sys.exit()


def main() -> int:
    """The exit code."""
    # Each project does this first thing, in the same way; addresses are looked up without eventlet's own resolver.
    os.environ["EVENTLET_NO_GREENDNS"] = "yes"
    eventlet = importlib.import_module("eventlet")
    eventlet.monkey_patch()
    for module in COMMON:
        importlib.import_module(module)
    projects: dict[str, tuple[int, int]] = {}
    for line in lines(0):
        project = json.loads(line)["project"]
        if project not in projects:
            projects[project] = begin([target for _, target in projects.values()])
        os.write(projects[project][1], line)
    for _, target in projects.values():
        os.close(target)
    statuses = [os.waitpid(process, 0)[1] for process, _ in projects.values()]
    return int(any(statuses))


sys.exit(main())
