"""The executor of device steps, on routers that are only files."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from inventory.kinds.network import Ipv6Stage
from migration.run.events import Probed, StepOutput
from migration.run.ports import Executor, Outcome, StepCall
from migration.run.settings import WorkerSettings
from migration.runbook.model import Call, ExecutorKind, Host, Runbook, RunbookItem, Stage, Step, StepGroup
from migration.runbook.read import read_runbook, write_runbook
from network.addressing import plan_addresses
from network.config import parse, to_text
from network.errors import PushError, PushRefusedError
from network.executor import STAGES, DeviceExecutor
from network.intent import Intents
from network.operations import READING
from network.platforms import platform_of
from network.push import preview
from network.push.facts import intent_of_host, probes_of_host, with_devices
from network.push.journal import Event, Journal
from network.push.model import same_config
from network.rendering import intended
from tests.network.push.devices import Box, Faults
from tests.network.push.small_network import boxes_of, small_network, transport_of

FRR = platform_of("frr")


def step_of(do: str, *targets: str) -> Step:
    call = Call(do=do)
    return Step(
        id="stage",
        executor=ExecutorKind.DEVICE,
        targets=targets or ("r2",),
        act=call,
        probe=call,
        verify=call,
        rollback=call,
    )


def runbook_of(step: Step) -> Runbook:
    item = RunbookItem(
        item="network/r2/addressed", object="device:r2", site="140000", groups=(StepGroup(id="g", steps=(step,)),)
    )
    return Runbook(name="trial", stage=Stage.ITEMS, items=(item,))


class Scene:
    """Two routers, an executor, and calls of a step."""

    def __init__(self, folder: Path, faults: dict[str, Faults] | None = None) -> None:
        self.inventory = small_network()
        self.boxes: dict[str, Box] = boxes_of(self.inventory, folder / "boxes", faults)
        self.transport = transport_of(self.boxes)
        self.settings = WorkerSettings(device_folder=str(folder / "journal"), guard_seconds=5)
        self.executor: Executor = DeviceExecutor(self.settings, self.transport)
        self.journal = Journal(folder / "journal")
        self.said: list[StepOutput] = []
        self.before = {name: box.now for name, box in self.boxes.items()}

    def call(self, do: str = "ipv6-addressed", *targets: str, hosts: Mapping[str, Host] | None = None) -> StepCall:
        step = step_of(do, *targets)
        made, lacks = with_devices(runbook_of(step), self.inventory)
        assert lacks == ()
        return StepCall(
            run="run-1", item="network/r2/addressed", step=step, call=step.act, attempt=1, parameters={},
            hosts=made.by_host if hosts is None else hosts, timeout=60, cancel=threading.Event(),
            emit=self.said.append, launch=_no_child, folder=Path(),
        )  # fmt: skip


def _no_child(*_: Any, **__: Any) -> Any:
    raise AssertionError("no child process is needed")


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_every_operation_of_the_shipped_templates_is_known() -> None:
    named = set()
    for file in files("migration.runbook").joinpath("templates").iterdir():
        if not file.name.startswith("device-"):
            continue
        template = yaml.safe_load(file.read_text(encoding="utf-8"))
        for step in (one for group in template["groups"] for one in group["steps"] if one.get("executor") == "device"):
            calls = [step[name]["do"] for name in ("act", "probe", "verify", "rollback") if name in step]
            named |= {do.replace("{step}", stage) for do in calls for stage in template["use"]["steps"]}
    assert named == {*STAGES, *READING}
    executor = DeviceExecutor(WorkerSettings(), transport_of({}))
    assert all(executor.inspect(step_of(do), {}) == () for do in named)


def test_unknown_operations_are_found_beforehand() -> None:
    executor = DeviceExecutor(WorkerSettings(), transport_of({}))
    (flaw,) = executor.inspect(step_of("ipv6-adressed"), {})
    assert flaw.code == "operation-unknown"
    assert "ipv6-addressed" in flaw.data["nearest"]
    (flaw,) = executor.inspect(step_of("ipv6-addressed").model_copy(update={"targets": ()}), {})
    assert flaw.code == "no-targets"


def test_a_stage_is_previewed_done_verified_and_undone(scene: Scene) -> None:
    call, box = scene.call(), scene.boxes["r2"]
    assert scene.executor.probe(call).found is Probed.NOT_DONE
    preview = scene.executor.preview(call)
    assert preview.ok
    assert preview.changes
    assert box.now == scene.before["r2"]
    assert any("ipv6 address" in one.diff for one in scene.said)

    done = scene.executor.act(call)
    assert done.ok, done
    assert done.evidence["r2.lines"] == preview.changes
    assert "ipv6 address" in box.now
    assert "ipv6 address" in (box.frr.saved if box.frr else "")
    assert scene.executor.probe(call).found is Probed.DONE
    assert scene.executor.verify(call).ok

    back = scene.executor.rollback(call)
    assert back.ok, back
    assert same_config(FRR, box.now, scene.before["r2"])
    assert scene.executor.probe(call).found is Probed.NOT_DONE
    assert scene.executor.rollback(call).ok
    assert scene.boxes["r1"].logins == 0


def test_a_rehearsal_names_sessions_that_may_be_opened_anew(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    told = PushRefusedError("push-may-reset-bgp", device="r2", peers="10.0.0.9")
    monkeypatch.setattr(preview, "may_reset", lambda _change: told)
    assert scene.executor.preview(scene.call()).ok
    assert [(one.host, one.message) for one in scene.said if one.task == told.code] == [("r2", "10.0.0.9")]


def test_acting_again_changes_nothing(scene: Scene) -> None:
    assert scene.executor.act(scene.call()).ok
    sent = len(scene.boxes["r2"].sent)
    assert scene.executor.act(scene.call()).ok
    assert len(scene.boxes["r2"].sent) == sent


def test_undoing_what_was_never_done_succeeds(scene: Scene) -> None:
    assert scene.executor.rollback(scene.call()).ok
    assert scene.boxes["r2"].sent == []


def test_what_was_changed_since_is_not_undone(scene: Scene) -> None:
    assert scene.executor.act(scene.call()).ok
    box = scene.boxes["r2"]
    box.set(box.now.replace("hostname R2", "hostname R2b"))
    found = box.now
    with pytest.raises(PushError) as caught:
        scene.executor.rollback(scene.call())
    assert caught.value.code == "push-changed-since"
    assert box.now == found


def test_verifying_finds_what_is_missing(scene: Scene) -> None:
    assert scene.executor.verify(scene.call()).code == "push-differs"


def test_a_refused_line_fails_the_step_and_leaves_the_device_as_before(tmp_path: Path) -> None:
    scene = Scene(tmp_path, {"r2": Faults(refuse="^ipv6 address")})
    found = scene.executor.act(scene.call())
    assert (found.ok, found.code, found.evidence["r2.status"]) == (False, "push-line-refused", "undone")
    assert same_config(FRR, scene.boxes["r2"].now, scene.before["r2"])


def test_a_push_that_a_crash_has_left_is_awaited_by_the_probe(scene: Scene) -> None:
    call = scene.call()
    cancel_at_second = Faults(after_line=lambda _box, number: call.cancel.set() if number == 2 else None)
    scene.boxes["r2"].faults = cancel_at_second
    assert scene.executor.act(call).code == "push-canceled"
    assert scene.journal.unfinished_of("r2") is not None
    again = scene.call()
    assert scene.executor.probe(again).found is Probed.NOT_DONE
    assert scene.journal.unfinished_of("r2") is None
    assert same_config(FRR, scene.boxes["r2"].now, scene.before["r2"])


def test_a_runbook_that_says_nothing_of_a_device_is_refused(scene: Scene) -> None:
    for hosts in ({}, {"r2": Host(name="r2", address="10.255.0.2")}):
        with pytest.raises(PushError) as caught:
            scene.executor.act(scene.call(hosts=hosts))
        assert caught.value.code == "push-no-facts"


def test_the_intent_of_a_runbook_is_that_of_the_estate(scene: Scene) -> None:
    for do in ("ipv6-addressed", "ipv6-security"):
        host = scene.call(do).hosts["r2"]
        intent = Intents(scene.inventory, plan_addresses(scene.inventory))["r2"]
        read = intent_of_host(host.variables)
        assert read.model_dump(exclude={"pairs"}) == intent.model_dump(exclude={"pairs"})
        if do == "ipv6-security":
            assert read.pairs.digest == intent.pairs.digest
    assert STAGES["ipv6-security"] is Ipv6Stage.SECURITY


def test_the_pairs_of_the_estate_stand_in_a_runbook_once(scene: Scene, tmp_path: Path) -> None:
    step = step_of("ipv6-security", "r1", "r2")
    made, _ = with_devices(runbook_of(step), scene.inventory)
    write_runbook(tmp_path / "r.yaml", made)
    read = read_runbook(tmp_path / "r.yaml")
    assert ["pairs" in host.variables for host in read.hosts] == [False, False]
    assert [group.name for group in read.host_groups] == ["paired"]
    wanted = Intents(scene.inventory, plan_addresses(scene.inventory)).pairs.digest
    assert [intent_of_host(read.by_host[name].variables).pairs.digest for name in ("r1", "r2")] == [wanted, wanted]
    only_addressed, _ = with_devices(runbook_of(step_of("ipv6-addressed", "r1")), scene.inventory)
    assert only_addressed.host_groups == ()


def test_assessing_reads_and_keeps_the_configuration(scene: Scene) -> None:
    found = scene.executor.act(scene.call("ipv6-assess"))
    assert found.ok
    assert found.evidence["r2.proof"] == "proven"
    assert scene.boxes["r2"].now == scene.before["r2"]
    assert [entry.event for entry in scene.journal.entries()] == []


def test_nothing_is_saved_on_a_device_with_an_alarm(scene: Scene) -> None:
    scene.journal.append("old", "r2", Event.ALARM, why="something")
    for do in ("save-configuration", "ipv6-addressed"):
        found = None
        try:
            found = scene.executor.act(scene.call(do)).code
        except PushError as error:
            found = error.code
        assert found == "push-alarmed"
    assert scene.boxes["r2"].now == scene.before["r2"]


def test_state_is_compared_with_what_was_saved(scene: Scene) -> None:
    assert scene.executor.act(scene.call("save-configuration")).ok
    assert scene.executor.act(scene.call("compare-state")).ok


def verified(scene: Scene, device: str, *addresses: str, **recorded: Ipv6Stage) -> Outcome:
    """A device at ``security`` is verified while only these addresses answer it; ``recorded``: stages of others."""
    devices = scene.inventory.devices
    intent = Intents(scene.inventory, plan_addresses(scene.inventory))[device]
    box = scene.boxes[device]
    box.set(to_text(FRR, intended(intent, Ipv6Stage.SECURITY, parse(FRR, box.now))))
    scene.inventory = scene.inventory.replace(
        devices={**devices} | {id: devices[id].model_copy(update={"ipv6_stage": at}) for id, at in recorded.items()}
    )
    assert box.frr is not None
    box.frr.reaches(*addresses)
    return scene.executor.act(scene.call("ipv6-verified", device))


def test_a_device_is_verified_before_what_lies_behind_it(scene: Scene) -> None:
    found = verified(scene, "r1", "10.1.0.2", "10.0.0.2")
    assert found.ok, found
    assert found.evidence["r1.reached_ipv6"] == 0


def test_what_is_behind_counts_once_its_addresses_are_on_record(scene: Scene) -> None:
    found = verified(scene, "r1", "10.1.0.2", r2=Ipv6Stage.ADDRESSED)
    assert (found.ok, found.code) == (False, "push-worse")
    assert "r2" in found.message


def test_upstreams_have_to_be_reached_in_both_families(scene: Scene) -> None:
    probes = probes_of_host(scene.call().hosts["r2"].variables)
    found = verified(scene, "r2", *(one.address for one in probes if one.version == 4))
    assert (found.ok, found.code) == (False, "push-worse")
    assert "r1" in found.message
    assert verified(scene, "r2", *(one.address for one in probes)).ok


def test_a_runbook_that_does_not_say_what_is_reached_is_refused(scene: Scene) -> None:
    host = scene.call("ipv6-addressed").hosts["r2"]
    with pytest.raises(PushError) as caught:
        scene.executor.act(scene.call("ipv6-verified", hosts={"r2": host}))
    assert caught.value.code == "push-no-facts"


def test_cancelled_steps_do_not_begin_with_further_devices(scene: Scene) -> None:
    call = scene.call("ipv6-addressed", "r1", "r2")
    call.cancel.set()
    assert scene.executor.act(call).code == "canceled"
    assert [entry.event for entry in scene.journal.entries() if entry.event is Event.ARMING] == []
