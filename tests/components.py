"""Real components that some tests need, how to see whether this machine has them, and how it could get them.

A test says `@pytest.mark.component("git")`. Where the component is missing the test is skipped and named in the
summary; with QIANYUN_CI=1 (or CI=true) it fails instead, if this machine could have the component.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Component:
    """A component outside of Python that tests run against.

    Attributes:
        missing: looks; returns why the component is not usable here, or None when it is.
        obtainable: whether this machine, with this user, could have it by doing what `how` says.
        how: what a person does to get it.
    """

    missing: Callable[[], str | None]
    obtainable: Callable[[], bool]
    how: str


def is_root() -> bool:
    """Whether this process may install system packages and switch to another user."""
    return os.geteuid() == 0


def debian_packages() -> bool:
    """Whether this user can install packages of Debian or a descendant."""
    return is_root() and shutil.which("apt-get") is not None


def _git_missing() -> str | None:
    if shutil.which("git") is None:
        return "git is not installed"
    command = ["git", "-c", "safe.directory=*", "rev-parse", "--is-inside-work-tree"]
    if subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode:
        return "this tree is not a git clone"
    return None


def _debian(package: str, program: str, folders: str = "usr/sbin", *, extra: tuple[str, ...] = ()) -> Component:
    """A program of a Debian package; ``folders``: a pattern of where it is, beside the usual places."""

    def missing() -> str | None:
        places = ":".join([os.environ.get("PATH", ""), *(str(path) for path in Path("/").glob(folders))])
        lacking = [name for name in (program, *extra) if shutil.which(name, path=places) is None]
        return f"{', '.join(lacking)} not found" if lacking else None

    return Component(
        missing=missing, obtainable=debian_packages, how=f"bash tools/system_packages.sh, or: apt-get install {package}"
    )


@cache
def _kernel_lacks() -> tuple[str, ...]:
    from network.lab.kernel import lacking

    return lacking()


def _namespaces_missing() -> str | None:
    from network.lab.kernel import lacking_programs

    if not sys.platform.startswith("linux") or not is_root():
        return "only root on Linux may make them"
    if lacking_programs():
        return f"{', '.join(lacking_programs())} not found"
    return f"this kernel lacks {', '.join(_kernel_lacks())}" if _kernel_lacks() else None


def _openstack_missing() -> str | None:
    from tools.cloudbed.cache import missing_packages

    lacking = missing_packages()
    return f"Debian packages {', '.join(lacking)} are not installed" if lacking else None


@cache
def _engine_missing() -> str | None:
    from stacks.engine import find_engine
    from stacks.errors import EngineSetupError

    if not find_spec("pulumi"):
        return "Pulumi's library is not installed"
    try:
        find_engine()
    except EngineSetupError as error:
        return str(error)
    return None


@cache
def _bridge_missing() -> str | None:
    from stacks.engine.finding import cached_programs

    programs = ("pulumi-resource-terraform-provider", "terraform-provider-qytest")
    lacking = [name for name in programs if not shutil.which(name) and not (cached_programs() / name).exists()]
    return _engine_missing() or (f"{', '.join(lacking)} not built" if lacking else None)


COMPONENTS: dict[str, Component] = {
    "git": Component(
        missing=_git_missing,
        obtainable=(ROOT / ".git").exists,
        how="apt-get install git, and work in a clone",
    ),
    "ssh-keygen": Component(
        missing=lambda: None if shutil.which("ssh-keygen") and shutil.which("ssh-agent") else "not installed",
        obtainable=debian_packages,
        how="apt-get install openssh-client",
    ),
    "sshd": _debian("openssh-server", "sshd"),
    "namespaces": Component(
        missing=_namespaces_missing,
        obtainable=lambda: debian_packages() and not _kernel_lacks(),
        how="apt-get install util-linux iproute2 tar, as root on a machine or in a container that may make namespaces",
    ),
    "postgresql": _debian("postgresql", "initdb", "usr/lib/postgresql/*/bin"),
    "mariadb": _debian("mariadb-server", "mariadbd"),
    "bind": _debian("bind9", "named", extra=("nsupdate",)),
    "rsync": _debian("rsync", "rsync"),
    "frr": _debian("frr", "vtysh", "usr/lib/frr", extra=("zebra", "frr-reload.py")),
    "faketime": _debian("faketime", "faketime"),
    "openstack": Component(
        missing=_openstack_missing, obtainable=debian_packages, how="bash tools/system_packages.sh; docs/cloudbed.md"
    ),
    "shellcheck": _debian("shellcheck", "shellcheck"),
    "ansible": Component(
        missing=lambda: None if find_spec("ansible") and find_spec("ansible_runner") else "not installed",
        obtainable=lambda: True,
        how="pip install 'qianyun[run]'",
    ),
    "pulumi": Component(
        missing=_engine_missing,
        obtainable=lambda: shutil.which("go") is not None,
        how="make tools, with Go; or put Pulumi's program on PATH",
    ),
    "bridge": Component(
        missing=_bridge_missing, obtainable=lambda: shutil.which("go") is not None, how="make tools, with Go"
    ),
    "accounts": Component(
        missing=lambda: (
            None if is_root() and shutil.which("sudo") and shutil.which("useradd") else "only root with sudo makes them"
        ),
        obtainable=debian_packages,
        how="apt-get install sudo passwd, and run as root",
    ),
    # The opposite of most: root may read what permissions forbid, so tests of refusals need a person's account.
    "ordinary-user": Component(
        missing=lambda: "root is not bound by file permissions" if is_root() else None,
        obtainable=lambda: False,
        how="run `make test` as an ordinary user",
    ),
}


def strict() -> bool:
    """Whether a component that this machine could have must be there (continuous integration)."""
    return os.environ.get("QIANYUN_CI") == "1" or os.environ.get("CI", "").lower() == "true"


def verdict(name: str, *, must_have: bool) -> tuple[str, str] | None:
    """What to do with a test that needs a component: None (run it), or ("skip" | "fail", reason).

    Raises:
        KeyError: no such component.
    """
    component = COMPONENTS[name]
    reason = component.missing()
    if reason is None:
        return None
    text = f"component {name}: {reason}; to run it: {component.how}"
    return ("fail", text) if must_have and component.obtainable() else ("skip", text)
