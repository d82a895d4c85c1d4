"""Machines for the tests of roles, once a module."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from inventory.load import load_estate
from network.lab import Lab, build
from tests.playbooks.roles.machines import HOSTS, SECRETS, SOURCE, TARGET, Machines

ESTATE = Path(__file__).resolve().parents[3] / "examples" / "lab"


@pytest.fixture(scope="module")
def machines(request: pytest.FixtureRequest) -> Iterator[Machines]:
    """Hosts with nothing but password files; each module installs what it needs."""
    inventory = load_estate(ESTATE, cache=False).inventory
    name = f"roles-{os.getpid()}-{request.module.__name__.rpartition('_')[2][:8]}"
    lab: Lab = build(inventory, name=name, only=HOSTS[:-1], owned=True)
    with lab, tempfile.TemporaryDirectory(prefix="qy-roles-") as folder:
        made = Machines(lab, Path(folder))
        for host in (SOURCE, TARGET):
            made.run(host, SECRETS)
        yield made
