"""Starts the processes of a bed, each as soon as what it needs is there."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.cloudbed import backing
from tools.cloudbed.errors import BedError
from tools.cloudbed.layout import Layout
from tools.cloudbed.processes import begin, end, ended, environment, record, recorded, spawn, tail
from tools.cloudbed.services import APPLICATIONS, DAEMONS, PROJECTS, PYTHON, Application, Daemon
from tools.cloudbed.waiting import PATIENCE, wait_http, wait_port

__all__ = ["Launch", "revive", "start_application", "start_backing", "start_control_plane", "wait_for_queues"]

INSIDE = Path(__file__).with_name("inside")

LAUNCH = "launch"
"""The process that starts daemons, as its note and its log are called."""


@dataclass
class Launch:
    """A process that imports the modules of daemons, and starts them on demand."""

    layout: Layout
    daemons: Sequence[Daemon]
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        more = {"OS_CINDER_CONFIG_DIR": str(self.layout.etc)}
        self.process = begin(self.layout, LAUNCH, [PYTHON, str(INSIDE / "launch.py")], more, subprocess.PIPE)
        record(self.layout, LAUNCH, self.process.pid)
        for project in PROJECTS:
            if modules := sorted({one.module for one in self.daemons if one.project == project}):
                self._send({"project": project, "modules": modules})

    def start(self, daemon: Daemon) -> None:
        """Has a daemon started as soon as its modules are there."""
        self._send(
            {
                "project": daemon.project,
                "name": daemon.name,
                "module": daemon.module,
                "words": ["--config-file", str(self.layout.etc / daemon.config)],
                "log": str(self.layout.log / f"{daemon.name}.log"),
                "note": str(self.layout.run / f"{daemon.name}.json"),
            }
        )

    def close(self) -> None:
        """No more daemons; those that were asked for are started when this returns."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        if self.process.wait(PATIENCE):
            raise self._failed()
        ended(self.layout, LAUNCH)

    def _send(self, row: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(row).encode() + b"\n")
            self.process.stdin.flush()
        except OSError as error:
            raise self._failed() from error

    def _failed(self) -> BedError:
        return BedError(f"daemons cannot be started: {tail(self.layout, LAUNCH)}")


def start_backing(layout: Layout, ports: dict[str, int]) -> None:
    """The database server answers; the message queue is on its way."""
    backing.queue(layout, ports)
    backing.database(layout, ports["database"])
    wait_port(layout, "database", ports["database"])


def start_application(layout: Layout, application: Application, ports: dict[str, int]) -> None:
    """Starts a WSGI application."""
    words = [PYTHON, str(INSIDE / "serve.py"), str(ports[application.port]), str(application.threads)]
    spawn(
        layout,
        application.name,
        [*words, application.target],
        OS_KEYSTONE_CONFIG_DIR=str(layout.etc),
        OS_PLACEMENT_CONFIG_DIR=str(layout.etc),
    )


def start_control_plane(layout: Layout, ports: dict[str, int]) -> None:
    """All that stands on the database and the message queue; it is ready for requests when this returns."""
    launch = Launch(layout, DAEMONS)
    backing.named(layout)
    for application in APPLICATIONS:
        start_application(layout, application, ports)
    wait_port(layout, "queue", ports["queue"])
    for application in APPLICATIONS:
        wait_http(layout, application.name, ports[application.port])
    _start(layout, ports, launch)
    _wait(layout, ports, DAEMONS)


def revive(layout: Layout, ports: dict[str, int], dead: Collection[str]) -> None:
    """Starts single processes of a bed again; they are ready when this returns."""
    daemons = [one for one in DAEMONS if one.name in dead]
    launch = Launch(layout, daemons) if daemons else None
    if "database" in dead:
        backing.database(layout, ports["database"])
        wait_port(layout, "database", ports["database"])
    if {"queue", "epmd"} & set(dead):
        end([one for name, one in recorded(layout).items() if name in {"queue", "epmd"}], patience=5)
        backing.queue(layout, ports)
        wait_port(layout, "queue", ports["queue"])
    if "named" in dead:
        backing.named(layout)
    for application in APPLICATIONS:
        if application.name in dead:
            start_application(layout, application, ports)
            wait_http(layout, application.name, ports[application.port])
    if launch is not None:
        _start(layout, ports, launch)
    # After the message queue was away, all have to come back to it.
    _wait(layout, ports, DAEMONS if "queue" in dead else daemons)


def _start(layout: Layout, ports: dict[str, int], launch: Launch) -> None:
    awaited = {daemon.after for daemon in launch.daemons if daemon.after}
    for later in (False, True):
        for daemon in launch.daemons:
            if bool(daemon.after) == later:
                launch.start(daemon)
        if not later:
            wait_for_queues(layout, ports, [one for one in DAEMONS if one.name in awaited])
    launch.close()


def _wait(layout: Layout, ports: dict[str, int], daemons: Sequence[Daemon]) -> None:
    for daemon in daemons:
        if daemon.port == "transfer":
            wait_port(layout, daemon.name, ports[daemon.port])
        elif daemon.port:
            wait_http(layout, daemon.name, ports[daemon.port])
    wait_for_queues(layout, ports, [one for one in daemons if one.queue])


def wait_for_queues(layout: Layout, ports: dict[str, int], daemons: Iterable[Daemon]) -> None:
    """Until each daemon takes messages.

    Raises:
        BedError: one ended, or took too long.
    """
    silent = {one.queue: one.name for one in daemons}
    end = time.monotonic() + PATIENCE
    while silent:
        ask = [PYTHON, str(INSIDE / "consumers.py"), str(ports["queue"]), "2", *silent]
        variables = environment(layout, BED_QUEUE_PASSWORD=layout.secrets()["queue"])
        done = subprocess.run(ask, stdout=subprocess.PIPE, text=True, env=variables, check=False)
        silent = {queue: silent[queue] for queue in done.stdout.split()}
        for name in silent.values():
            process = recorded(layout).get(name)
            if process is not None and not process.alive:
                raise BedError(f"{name} ended while starting: {tail(layout, name)}")
            if time.monotonic() > end:
                raise BedError(f"{name} did not take messages within {PATIENCE:.0f} s: {tail(layout, name)}")
