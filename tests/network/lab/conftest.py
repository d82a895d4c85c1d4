"""A running laboratory that tests of one module share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from network.lab import Lab, build
from tests.components import verdict
from tests.network.lab.estates import leftovers, small

NEEDED = ("namespaces", "sshd", "bind")
"""Components without which no laboratory can be built."""


@pytest.fixture(scope="module")
def lab_name() -> Callable[[str], str]:
    """A name that no test beside this one uses."""
    return lambda word: f"t{os.getpid()}-{word}"


@pytest.fixture(scope="module")
def lab(lab_name: Callable[[str], str]) -> Iterator[Lab]:
    """The database of ``estates.small`` at both sides."""
    for component in NEEDED:
        if (found := verdict(component, must_have=False)) is not None:
            pytest.skip(found[1])
    with build(small(), name=lab_name("shared"), owned=True) as built:
        yield built
    assert leftovers(built.name) == []
