"""Real components that some tests need, how to see whether this machine has them, and how it could get them.

A test says `@pytest.mark.component("git")`. Where the component is missing the test is skipped and named in the
summary; with QIANYUN_CI=1 (or CI=true) it fails instead, if this machine could have the component.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
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
