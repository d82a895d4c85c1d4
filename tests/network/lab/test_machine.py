"""Machines that cannot have laboratories say so before anything is done."""

from __future__ import annotations

import pytest

from network.errors import LabError
from network.lab import build, kernel
from tests.network.lab.estates import leftovers, small


def refusal(name: str = "refused") -> LabError:
    with pytest.raises(LabError) as refused:
        build(small(), name=name)
    assert leftovers(name) == []
    return refused.value


def test_only_root_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("network.lab.kernel.os.geteuid", lambda: 1000)
    assert refusal().code == "lab-needs-root"


def test_only_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("network.lab.kernel.sys.platform", "darwin")
    assert refusal().code == "lab-needs-root"


def test_all_missing_programs_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("network.lab.kernel.os.geteuid", lambda: 0)
    monkeypatch.setattr("network.lab.kernel.shutil.which", lambda name, path: None if name in ("sshd", "ip") else path)
    error = refusal()
    assert error.code == "lab-needs-programs"
    assert error.data == {"programs": "ip, sshd", "packages": "iproute2 openssh-server"}


def test_what_the_kernel_refuses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("network.lab.kernel.os.geteuid", lambda: 0)
    monkeypatch.setattr("network.lab.kernel.shutil.which", lambda _name, path: path)
    monkeypatch.setattr(kernel, "lacking", lambda: ("overlayfs", "veth"))
    error = refusal()
    assert (error.code, error.data) == ("lab-needs-kernel", {"missing": "overlayfs, veth"})
