"""Work beside: the same results and errors as in place."""

from __future__ import annotations

import os
import signal

import pytest

from migration.aside import aside
from migration.errors import PolicyError
from migration.planning import make_plan
from tests.migration.check.builder import Draft


def test_a_result_comes_from_another_process() -> None:
    assert aside(os.getpid)() != os.getpid()


def test_an_error_is_raised_where_the_result_is_asked_for() -> None:
    def fails() -> None:
        raise PolicyError("unknown-disposition", record="system:s", value="x", known="retire")

    asked = aside(fails)
    with pytest.raises(PolicyError) as caught:
        asked()
    assert caught.value.data["record"] == "system:s"


def test_the_work_of_a_killed_process_is_done_in_place() -> None:
    here = os.getpid()

    def killed_elsewhere() -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return 7

    assert aside(killed_elsewhere)() == 7


def test_a_plan_checked_beside_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    inventory = Draft().system("s").system("t", grade=5).inventory()
    plain = make_plan(inventory, effort=1)
    monkeypatch.setattr("migration.planning.MANY", 0)
    assert make_plan(inventory, effort=1) == plain
