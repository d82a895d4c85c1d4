"""Looks at this machine: programs are asked for their versions, the kernel by namespaces. Nothing is changed."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

__all__ = ["PARTS", "Check", "look"]

PARTS = ("base", "run", "stacks", "network", "lab", "fast")
"""Parts of the program, in the order that they are shown in."""

EXTRAS = ("run", "stacks", "network", "fast")
ABILITIES = ("namespaces", "tmpfs", "overlayfs", "proc", "bridge", "veth", "IPv6")
"""What laboratories ask of the kernel, as ``network.lab.kernel`` names it."""

_BESIDE_PATH = ("/usr/sbin", "/sbin", "/usr/lib/frr")
_SECONDS = 10


@dataclass(frozen=True)
class Check:
    """One thing that was looked for.

    Attributes:
        version: empty where it has none, or does not say.
        path: of a program.
        advice, data: text that says how to get it.
    """

    name: str
    part: str
    found: bool
    version: str = ""
    path: str = ""
    advice: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def look() -> tuple[Check, ...]:
    """Everything, in the order of ``PARTS``."""
    found = [*_base(), *_run(), *_stacks(), *_lab()]
    for extra in EXTRAS:
        found += _packages(extra)
    return tuple(sorted(found, key=lambda check: PARTS.index(check.part)))


def _base() -> Iterator[Check]:
    yield Check("qianyun", "base", True, version("qianyun"))
    yield Check("python", "base", True, platform.python_version(), sys.executable)
    yield Check("sqlite", "base", True, sqlite3.sqlite_version)
    yield _program("ssh-keygen", "base", "openssh-client", argument="", like="ssh")


def _run() -> Iterator[Check]:
    yield _program("ssh", "run", "openssh-client", argument="-V")
    beside = Path(sys.executable).with_name("ansible-playbook")
    path = str(beside) if beside.exists() else shutil.which("ansible-playbook") or ""
    yield Check("ansible", "run", bool(path), _package("ansible-core"), path, "doctor.do.extra", {"extra": "run"})


def _stacks() -> Iterator[Check]:
    from stacks.engine import OLDEST, find_engine
    from stacks.errors import EngineSetupError

    oldest = ".".join(map(str, OLDEST))
    try:
        engine = find_engine()
        yield Check("pulumi", "stacks", True, engine.version, str(engine.path))
    except EngineSetupError as error:
        said = {"oldest": oldest, "version": error.data.get("version", "-")}
        key = "doctor.do.engine-old" if error.code == "engine-old" else "doctor.do.engine"
        yield Check("pulumi", "stacks", False, advice=key, data=said)
    yield _own_plugin()
    yield _bridge()


def _own_plugin() -> Check:
    from stacks.provider import PACKAGE, VERSION

    name = f"pulumi-resource-{PACKAGE}"
    beside = Path(sys.executable).with_name(name)
    path = str(beside) if beside.exists() else shutil.which(name) or ""
    return Check(name, "stacks", bool(path), VERSION if path else "", path, "doctor.do.plugin")


def _bridge() -> Check:
    """It says its version to nobody but the engine."""
    from stacks.engine.finding import cached_programs

    name = "pulumi-resource-terraform-provider"
    built = cached_programs() / name
    path = shutil.which(name) or (str(built) if built.exists() else "")
    return Check(name, "stacks", bool(path), "", path, "doctor.do.bridge")


def _lab() -> Iterator[Check]:
    yield _program("frr", "lab", "frr", program="zebra", argument="--version")
    yield _program("sshd", "lab", "openssh-server", argument="-V", like="ssh")
    yield _program("rsync", "lab", "rsync", argument="--version")
    for name, package in {"unshare": "util-linux", "nsenter": "util-linux", "ip": "iproute2"}.items():
        yield _program(name, "lab", package, argument="-V")
    yield from _kernel()


def _kernel() -> Iterator[Check]:
    allowed = sys.platform.startswith("linux") and os.geteuid() == 0 and shutil.which("unshare") is not None
    if allowed:
        from network.lab.kernel import lacking

        missing = set(lacking())
        missing = set(ABILITIES) if "namespaces" in missing else missing
    else:
        missing = set(ABILITIES)
    for ability in ABILITIES:
        advice = "doctor.do.kernel" if allowed else "doctor.do.root"
        yield Check(f"kernel:{ability}", "lab", ability not in missing, platform.release(), advice=advice)


def _packages(extra: str) -> Iterator[Check]:
    """Python packages that an optional part needs, by what the installed project itself declares."""
    for line in requires("qianyun") or ():
        requirement, _, condition = line.partition(";")
        if condition.strip().replace('"', "'") != f"extra == '{extra}'":
            continue
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        said = _package(name)
        yield Check(f"python:{name}", extra, bool(said), said, "", "doctor.do.extra", {"extra": extra})


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _program(
    name: str, part: str, package: str, *, program: str = "", argument: str = "--version", like: str = ""
) -> Check:
    """A program of a Debian package; ``like``: the program of the same release that says its version."""
    path = shutil.which(program or name, path=_places()) or ""
    asked = shutil.which(like, path=_places()) if like else path
    said = _said(asked, "-V" if like else argument) if path and asked else ""
    return Check(name, part, bool(path), said, path, "doctor.do.debian", {"package": package})


def _said(path: str, argument: str) -> str:
    """The first version number in what a program says of itself."""
    try:
        answer = subprocess.run(  # noqa: S603  a program that was found
            [path, argument], capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\d+\.\d+[\w.]*", answer.stdout + answer.stderr)
    return found[0] if found else ""


def _places() -> str:
    """Where programs are, those for administrators too."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), *_BESIDE_PATH])
