"""Steps of runs on stacks: probed, acted, verified, undone, taken up again after a kill."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from migration.run.events import Probed
from stacks.design.model import StackDesign
from stacks.engine import Cancel, LockInfo
from stacks.errors import CloudError, EngineError, StackBoundError, StackError, StackWorkError
from stacks.journal import Action, Event
from stacks.steps import StepAnswer, StepRequest, carry_out
from tests.stacks.made_engine import SINCE, MadeEngine, MadeLooker, made_desk
from tests.stacks.made_places import ZONE, system_of

SYSTEM = system_of("a", 10)


class Steps:
    """Calls of steps on one backend."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.engine, self.looker = folder, MadeEngine(), MadeLooker()
        self.said: list[Mapping[str, str]] = []
        self.cancel = Cancel()

    def __call__(self, call: Any, design: StackDesign, step: str = "s", seconds: float = 0.0) -> StepAnswer:
        desk = made_desk(self.engine, self.folder, self.looker, step)
        request = StepRequest(call=call, design=design, step=step, who="run-1", seconds=seconds)
        return carry_out(request, desk, self.said.append, self.cancel)

    def made(self, stack: str) -> list[str]:
        """Names of what stands."""
        state = self.engine.kept.get(stack)
        return [] if state is None else sorted(one.name for one in state.made)


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    return Steps(tmp_path)


def test_a_place_is_made_proven_and_found_again(steps: Steps) -> None:
    assert steps("probe", ZONE).found is Probed.NOT_DONE
    assert steps("act", ZONE).ok
    assert steps("verify", ZONE).evidence["outputs"]["project_id"] == "p-1"
    assert steps("probe", ZONE).found is Probed.DONE
    assert steps("act", SYSTEM, "t").evidence["changed"] == 2
    proven = steps("verify", SYSTEM, "t")
    assert proven.evidence["outputs"]["machines"]["web"]["addresses"] == ["10.128.0.10", "3fff:a::10"]
    assert {name.rpartition("::")[2] for name in proven.evidence["made"]} == {"port-web", "server-web", "cloud"}


def test_a_preview_says_what_would_come_and_changes_nothing(steps: Steps) -> None:
    shown = steps("preview", SYSTEM)
    assert (shown.changes, shown.text) == (2, "create Port port-web\ncreate Server server-web")
    assert steps.made("system.a") == []
    assert not (steps.folder / "journal.jsonl").exists()


def test_a_system_waits_for_its_landing_zone(steps: Steps) -> None:
    with pytest.raises(StackError) as raised:
        steps("act", SYSTEM)
    assert raised.value.code == "stack-no-zone"


def test_what_is_otherwise_than_designed_is_not_verified(steps: Steps) -> None:
    steps("act", ZONE)
    steps.engine.change_by_hand("zone.yun-a.mzt", "subnet-v4", cidr="10.128.9.0/26")
    assert steps("probe", ZONE).found is Probed.NOT_DONE
    with pytest.raises(StackWorkError) as raised:
        steps("verify", ZONE)
    assert raised.value.data["changes"] == "update subnet-v4"


def test_addresses_that_are_not_handed_on_are_not_verified(steps: Steps) -> None:
    steps("act", ZONE)
    steps("act", SYSTEM)
    state = steps.engine.kept["system.a"]
    outputs = {"machines": {"web": {**state.outputs["machines"]["web"], "addresses": ["10.128.0.10"]}}}
    steps.engine.kept["system.a"] = type(state)(state.stack, state.resources, outputs)
    with pytest.raises(StackWorkError) as raised:
        steps("verify", SYSTEM)
    assert raised.value.data["lacking"] == "web: 3fff:a::10"


def test_undoing_takes_away_what_the_step_made_and_nothing_else(steps: Steps) -> None:
    steps("act", ZONE)
    steps("act", SYSTEM, "first")
    assert steps("rollback", SYSTEM, "second").evidence["destroyed"] == []  # it has made nothing
    assert steps.made("system.a") == ["port-web", "server-web"]
    assert steps("probe", SYSTEM, "second").found is Probed.NOT_DONE  # undone, as far as that step goes
    assert steps("probe", SYSTEM, "first").found is Probed.DONE
    gone = steps("rollback", SYSTEM, "first").evidence["destroyed"]
    assert {name.rpartition("::")[2] for name in gone} == {"cloud", "port-web", "server-web"}
    assert "system.a" not in steps.engine.kept
    assert steps("probe", SYSTEM, "first").found is Probed.NOT_DONE


def test_undoing_leaves_what_was_there_before_the_step(steps: Steps) -> None:
    steps("act", ZONE)
    steps("act", SYSTEM, "by-hand")
    larger = SYSTEM.model_copy(update={"machines": (*SYSTEM.machines, *system_of("b", 11).machines)})
    more = larger.model_copy(
        update={"machines": (larger.machines[0], larger.machines[1].model_copy(update={"component": "db"}))}
    )
    steps("act", more, "step")
    assert steps.made("system.a") == ["port-db", "port-web", "server-db", "server-web"]
    steps("rollback", more, "step")
    assert steps.made("system.a") == ["port-web", "server-web"]


def test_a_landing_zone_with_other_systems_in_it_is_left(steps: Steps) -> None:
    steps("act", ZONE, "zone")
    steps("act", SYSTEM, "system")
    undone = steps("rollback", ZONE, "zone")
    assert undone.evidence == {"stack": "zone.yun-a.mzt", "destroyed": [], "kept_for": ["system.a"]}
    assert steps.made("zone.yun-a.mzt") == ["network", "subnet-v4", "subnet-v6"]
    assert steps("probe", ZONE, "zone").found is Probed.NOT_DONE


def test_what_a_killed_engine_left_is_ended_before_the_step_goes_on(steps: Steps) -> None:
    steps("act", ZONE)
    steps.engine.leave_pending("system.a", "Server", "server-web")
    steps.looker.found["server-web"] = "s-77"
    assert steps("probe", SYSTEM).found is Probed.NOT_DONE
    assert steps.said[-1]["message"] == "adopted 1, dropped 0"
    steps("act", SYSTEM)
    assert next(one.id for one in steps.engine.kept["system.a"].made if one.name == "server-web") == "s-77"


def test_the_lock_of_an_earlier_attempt_is_taken_away_and_that_of_others_awaited(steps: Steps) -> None:
    steps("act", ZONE)
    journal = made_desk(steps.engine, steps.folder).journal
    elsewhere = LockInfo("worker@elsewhere", 7, SINCE, alive=None)
    steps.engine.locks["zone.yun-a.mzt"] = elsewhere
    with pytest.raises(StackBoundError) as raised:
        steps("probe", ZONE)
    assert raised.value.code == "stack-locked"
    journal.append(Event.BEGIN, Action.UP, "zone.yun-a.mzt", step="s")  # it was this step, on another machine
    assert steps("probe", ZONE).found is Probed.DONE
    assert ("recover", "zone.yun-a.mzt") in steps.engine.calls


def test_a_lock_that_is_given_back_is_waited_for(steps: Steps) -> None:
    steps("act", ZONE)
    steps.engine.locks["zone.yun-a.mzt"] = LockInfo("other@host", 7, SINCE, alive=True)
    threading.Timer(0.3, steps.engine.locks.clear).start()
    assert steps("probe", ZONE, seconds=30).found is Probed.DONE
    assert steps.said[-1]["task"] == "waiting"


def test_a_failure_of_the_cloud_is_on_record_and_the_next_attempt_goes_on(steps: Steps) -> None:
    steps("act", ZONE)
    steps.engine.failures["system.a"] = [CloudError("cloud-quota", what="Server a-web", reason="cores")]
    with pytest.raises(CloudError):
        steps("act", SYSTEM)
    entries = list(made_desk(steps.engine, steps.folder).journal.entries("system.a"))
    assert [one.event for one in entries] == [Event.BEGIN, Event.END]
    assert entries[-1].data == {"status": "failed", "code": "cloud-quota"}
    assert steps.made("system.a") == ["port-web"]
    steps("act", SYSTEM)
    assert steps.made("system.a") == ["port-web", "server-web"]
    assert len(steps("rollback", SYSTEM).evidence["destroyed"]) == 3  # that of the first attempt too


def test_protected_resources_are_never_deleted_by_a_step(steps: Steps) -> None:
    steps("act", ZONE)
    steps("act", system_of("a", 10, protected=("server-*",)), "step")
    with pytest.raises(StackWorkError) as raised:
        steps("act", SYSTEM.model_copy(update={"machines": ()}), "step")
    assert raised.value.code == "stack-refused"
    with pytest.raises(EngineError):
        steps("rollback", SYSTEM, "step")
    assert "server-web" in steps.made("system.a")
