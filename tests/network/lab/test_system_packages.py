"""The script that installs Debian packages: silent when all are there, plain when it may not, careful when it does."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.borders.tree import ROOT
from tests.components import is_root

SCRIPT = ROOT / "tools" / "system_packages.sh"
ALL_INSTALLED = 'shift 2; for name; do echo "installed $name"; done'
ALL_BUT_BIND = 'shift 2; for name; do [ "$name" = bind9 ] || echo "installed $name"; done; exit 1'


def run(folder: Path, *, nobody: bool = False, **programs: str) -> subprocess.CompletedProcess[str]:
    """Run it with programs of our own before those of the machine."""
    for name, text in programs.items():
        program = folder / name.replace("_", "-")
        program.write_text(f"#!/bin/bash\n{text}\n", encoding="utf-8")
        program.chmod(0o755)
    command = ["bash", "-s"]
    if nobody and is_root():
        for place in (folder, *folder.parents[:3]):
            place.chmod(place.stat().st_mode | 0o055)
        command = ["setpriv", "--reuid=65534", "--clear-groups", *command]
    environment = {"PATH": f"{folder}:/usr/sbin:/usr/bin:/sbin:/bin", "OUT": str(folder / "out")}
    script = SCRIPT.read_text(encoding="utf-8")
    return subprocess.run(command, input=script, env=environment, capture_output=True, text=True, check=False)


def test_silent_when_all_are_there(tmp_path: Path) -> None:
    done = run(tmp_path, dpkg_query=ALL_INSTALLED, apt_get="exit 9")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_who_is_not_root_reads_what_is_missing(tmp_path: Path) -> None:
    done = run(tmp_path, nobody=True, dpkg_query=ALL_BUT_BIND, apt_get="exit 9")
    assert done.returncode == 0
    assert done.stderr.endswith("apt-get install --no-install-recommends bind9\n")


@pytest.mark.skipif(not is_root(), reason="only root installs")
def test_root_installs_what_is_missing_and_starts_nothing(tmp_path: Path) -> None:
    policy = Path("/usr/sbin/policy-rc.d")
    before = policy.read_bytes() if policy.exists() else None
    note = 'echo "$*" >>"$OUT"; sh /usr/sbin/policy-rc.d; echo "policy $?" >>"$OUT"'
    done = run(tmp_path, dpkg_query=ALL_BUT_BIND, apt_get=note, systemctl="exit 1")
    assert (done.returncode, done.stderr) == (0, "qianyun: installing bind9\n")
    calls, said = (tmp_path / "out").read_text(encoding="utf-8").splitlines()
    assert calls.endswith("install --no-install-recommends bind9")
    assert said == "policy 101"
    assert (policy.read_bytes() if policy.exists() else None) == before


@pytest.mark.skipif(not is_root(), reason="only root installs")
def test_without_a_network_the_rest_goes_on(tmp_path: Path) -> None:
    done = run(tmp_path, dpkg_query=ALL_BUT_BIND, apt_get="echo 'E: no network' >&2; exit 100", systemctl="exit 1")
    assert done.returncode == 0
    assert "E: no network" in done.stderr
    assert "will not run: bind9" in done.stderr


def test_another_system_is_left_alone(tmp_path: Path) -> None:
    bash = next(Path(place, "bash") for place in os.environ["PATH"].split(":") if Path(place, "bash").exists())
    environment = {"PATH": str(tmp_path)}
    done = subprocess.run([bash, SCRIPT], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
