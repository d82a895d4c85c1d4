"""Whether laboratories can be built here: the kernel is asked by doing, never by its version."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping

from network.errors import LabError

__all__ = ["PATH", "check_machine", "check_root", "lacking", "lacking_programs"]

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

_TRY = """
mount -t tmpfs lab /tmp 2>/dev/null || echo tmpfs
mkdir /tmp/upper /tmp/work /tmp/root &&
    mount -t overlay -o lowerdir=/,upperdir=/tmp/upper,workdir=/tmp/work lab /tmp/root 2>/dev/null || echo overlayfs
mount -t proc proc /tmp/upper 2>/dev/null || echo proc
ip link add name br0 type bridge 2>/dev/null || echo bridge
ip link add name veth0 type veth peer name veth1 2>/dev/null || echo veth
[ -d /proc/sys/net/ipv6 ] || echo IPv6
"""

_PROGRAMS = {
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
    "ip": "iproute2",
    "tar": "tar",
}
"""Programs that the base needs -> their Debian packages."""


def check_root() -> None:
    """Refuse who cannot have to do with laboratories; LabError (lab-needs-root)."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise LabError("lab-needs-root")


def lacking_programs(programs: Mapping[str, str] = {}) -> dict[str, str]:
    """Programs of the base and of ``programs`` (name -> Debian package) that are missing, with their packages."""
    wanted = _PROGRAMS | dict(programs)
    return {name: package for name, package in wanted.items() if shutil.which(name, path=PATH) is None}


def lacking() -> tuple[str, ...]:
    """What this kernel, or the container around us, does not give to root: tried in namespaces of its own."""
    command = ["unshare", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "/bin/sh", "-c", _TRY]
    tried = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": PATH})  # noqa: S603
    if tried.returncode and not tried.stdout:
        return ("namespaces",)
    return tuple(tried.stdout.split())


def check_machine(programs: Mapping[str, str]) -> None:
    """Refuse a machine on which no laboratory can be built, with everything that it lacks.

    Raises:
        LabError: lab-needs-root, lab-needs-programs, lab-needs-kernel.
    """
    check_root()
    missing = lacking_programs(programs)
    if missing:
        packages = " ".join(sorted(set(missing.values())))
        raise LabError("lab-needs-programs", programs=", ".join(sorted(missing)), packages=packages)
    refused = lacking()
    if refused:
        raise LabError("lab-needs-kernel", missing=", ".join(refused))
