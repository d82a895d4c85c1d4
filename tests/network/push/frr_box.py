"""A Linux machine with an FRR that is only files: what ``frr_guard.sh`` calls, and a session that runs it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

VTYSH = """#!/bin/sh
# -c 'show running-config' | -c 'write memory' | -f FILE, whose first line is left out
[ "$1" = -f ] && { cat "$2" >>"$BOX/loaded"; sed 1d "$2" >"$BOX/running"; exit 0; }
case "$2" in
'show running-config')
    printf 'Building configuration...\\n\\nCurrent configuration:\\n!\\n'; cat "$BOX/running" ;;
'write memory') [ -e "$BOX/full" ] || cp "$BOX/running" "$BOX/etc/frr.conf" ;;
esac
"""
RELOAD = """#!/bin/sh
# MODE --stdout --rundir DIR --confdir DIR FILE
for file; do :; done
[ -e "$BOX/broken" ] && { echo 'no permission'; exit 1; }
[ "$1" = --reload ] && cp "$file" "$BOX/running"
exit 0
"""
PING = """#!/bin/sh
for address; do :; done
grep -qx "$address" "$BOX/reaches" 2>/dev/null
"""
BEFORE = "frr version 8.4.4\nhostname R1\n!\ninterface eth0\n ip address 10.0.0.1/30\nexit\n!\nend\n"


class FrrBox:
    """The machine. ``running`` and ``saved`` are its configurations."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("bin", "etc", "home"):
            (folder / name).mkdir()
        for name, text in (("vtysh", VTYSH), ("frr-reload.py", RELOAD), ("ping", PING)):
            (folder / "bin" / name).write_text(text)
            (folder / "bin" / name).chmod(0o755)
        self.running = BEFORE
        (folder / "etc" / "frr.conf").write_text(BEFORE)

    @property
    def running(self) -> str:
        return (self.folder / "running").read_text()

    @running.setter
    def running(self, text: str) -> None:
        (self.folder / "running").write_text(text)

    @property
    def saved(self) -> str:
        return (self.folder / "etc" / "frr.conf").read_text()

    def reaches(self, *addresses: str) -> None:
        """Addresses that answer its ping."""
        (self.folder / "reaches").write_text("".join(f"{address}\n" for address in addresses))

    def set_fault(self, name: str) -> None:
        """``broken``: frr-reload fails; ``full``: nothing can be saved."""
        (self.folder / name).touch()

    def shell(self, script: str, *, stdin: str = "", timeout: float = 30) -> str:
        """As ``Session.shell``."""
        environment = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.folder / "home"),
            "BOX": str(self.folder),
            "QIANYUN_FRR_RELOAD": str(self.folder / "bin" / "frr-reload.py"),
            "QIANYUN_FRR_CONFIGURATION": str(self.folder / "etc"),
        }
        done = subprocess.run(
            ["sh", "-c", script], input=stdin, env=environment, capture_output=True, text=True, timeout=timeout,
            check=False,
        )  # fmt: skip
        return done.stdout + done.stderr
