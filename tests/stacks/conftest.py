"""What tests of cloud stacks share: the Pulumi engine, a real OpenStack control plane."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from stacks.engine import EngineFound, find_engine
from tests.components import ROOT, strict, verdict
from tools.cloudbed import Bed

RUNNING_BED = "QIANYUN_TEST_BED"
"""Variable with the folder of a running bed, which then is used and left running: faster while one works on a test."""


@pytest.fixture(scope="session")
def engine() -> EngineFound:
    """The engine of this machine; for tests with @pytest.mark.component("pulumi")."""
    return find_engine()


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    """A file with a passphrase."""
    path = tmp_path / "passphrase"
    path.write_text("correct horse\n", encoding="utf-8")
    return path


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tests on the bed are slow, need OpenStack and belong into one worker: two beds overload a machine."""
    if "bed" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.component("openstack"))
        item.add_marker(pytest.mark.slow)
        item.add_marker(pytest.mark.xdist_group("bed"))


@pytest.fixture(scope="session")
def bed() -> Iterator[Bed]:
    """A running OpenStack: see docs/cloudbed.md. It goes with this process, however that ends.

    Use ``fresh_bed`` in a test that counts on finding nothing of others.
    """
    match verdict("openstack", must_have=strict()):
        case ("skip", reason):
            pytest.skip(reason)
        case ("fail", reason):
            pytest.fail(reason, pytrace=False)
    if folder := os.environ.get(RUNNING_BED):
        yield Bed(Path(folder))
        return
    made = Bed(Path(tempfile.mkdtemp(prefix="qianyun-cloudbed-")))
    command = [sys.executable, "-m", "tools.cloudbed", "start", str(made.layout.root), "--owner", str(os.getpid())]
    try:
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.fail(f"no bed: {done.stderr.strip()}", pytrace=False)
        yield made
    finally:
        made.discard()
        shutil.rmtree(made.layout.root, ignore_errors=True)


@pytest.fixture
def fresh_bed(bed: Bed) -> Bed:
    """The bed with nothing in it but its own."""
    bed.reset()
    return bed
