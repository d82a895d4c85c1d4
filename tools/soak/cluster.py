"""A PostgreSQL cluster of its own, in a temporary folder, reached by a socket only."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

__all__ = ["Cluster"]

PATIENCE = 60.0
"""Seconds in which a server starts or ends."""


class Cluster:
    """Started with the block, ended and removed with it.

    Attributes:
        url: address of the database for a store.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.url = ""
        found = shutil.which("initdb") or max(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), default="")
        if not found:
            raise FileNotFoundError("initdb of PostgreSQL")
        self._programs = Path(found).resolve().parent
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True)
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
            for parent in self._folder.parents[:-2]:
                parent.chmod(parent.stat().st_mode | 0o011)  # the server's user has to pass through
        initdb = [str(self._programs / "initdb"), "-D", str(self._data), "-A", "trust", "-N", "-E", "UTF8"]
        subprocess.run([*self._as_user(), *initdb], check=True, capture_output=True, cwd=self._folder)
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"listen_addresses = ''\nunix_socket_directories = '{self._folder}'\nmax_connections = 200\n"
            )
        self.start()
        self.url = self.database("qianyun")
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def database(self, name: str) -> str:
        """Make one more database; its address for a store."""
        create = [str(self._programs / "createdb"), "-h", str(self._folder), "-U", self._user, name]
        subprocess.run(create, check=True, capture_output=True, cwd=self._folder)
        return f"postgresql://{self._user}@/{name}?host={self._folder}"

    def _as_user(self) -> list[str]:
        if os.geteuid():
            return []
        return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]

    def start(self) -> None:
        """Until it takes connections."""
        until = time.monotonic() + PATIENCE
        ready = [str(self._programs / "pg_isready"), "-q", "-h", str(self._folder), "-d", "postgres"]
        while subprocess.run([*ready, "-U", self._user], check=False).returncode:
            if self._server is None or self._server.poll() is not None:  # what a killed one left may be in its way
                with (self._folder / "log").open("ab") as log:
                    self._server = subprocess.Popen(
                        [*self._as_user(), str(self._programs / "postgres"), "-D", str(self._data)],
                        stdout=log, stderr=log, cwd=self._folder, start_new_session=True,
                    )  # fmt: skip
            if time.monotonic() > until:
                raise TimeoutError((self._folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.1)

    def stop(self) -> None:
        """End it properly, breaking off what is connected."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it as a power failure would."""
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> None:
        if self._server is None:
            return
        with suppress(ProcessLookupError):
            os.kill(self._server.pid, number)
        self._server.wait(PATIENCE)
        self._server = None
