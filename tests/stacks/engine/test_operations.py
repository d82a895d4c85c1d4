"""What engines do to stacks, with the real engine and a cloud that is a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pulumi
import pytest

from stacks.design.model import Place
from stacks.design.model import Way as WayKind
from stacks.engine import SECRET, UNKNOWN, Op, Program, Progress
from stacks.errors import (
    CloudError,
    CloudUnreachableError,
    EngineError,
    EngineSetupError,
    ResourceUnreachableError,
    StackBoundError,
    said_in_one_line,
)
from stacks.ways import Kind, Making, way_of
from tests.stacks.engine.conftest import World, things
from tools.stack_kills.folder import TOKEN

pytestmark = pytest.mark.component("pulumi")

STACK = "system.140000-mzt-0003"


class Thing(pulumi.CustomResource):
    """An object of the folder."""

    status: pulumi.Output[str]

    def __init__(self, name: str, **inputs: object) -> None:
        super().__init__(TOKEN, name, {**inputs, "status": None})


def linked(text: str = "a") -> Program:
    def program() -> None:
        first = Thing("first", text=text, secret=pulumi.Output.secret("s3cret"))
        Thing("second", text=first.status, tags=["x"])
        pulumi.export("id", first.id)
        pulumi.export("secret", pulumi.Output.secret("hidden"))

    return program


def test_from_nothing_to_nothing(world: World) -> None:
    engine = world.engine
    before = engine.preview(STACK, linked())
    assert [(change.name, change.op) for change in before.changes] == [("first", Op.CREATE), ("second", Op.CREATE)]
    assert before.changes[0].diff == {"secret": (None, SECRET), "text": (None, "a")}
    assert before.changes[1].diff["text"] == (None, UNKNOWN)
    assert engine.preview(STACK, linked()).hash == before.hash
    assert engine.preview(STACK, linked("b")).hash != before.hash
    assert not world.cloud.objects()

    seen: list[Progress] = []
    made = engine.up(STACK, linked(), on_event=seen.append)
    assert made.counts == {"create": 2}
    assert [(row.kind, row.name) for row in seen if row.name == "first"] == [("begin", "first"), ("done", "first")]
    assert made.outputs == {"id": engine.state(STACK).made[0].id, "secret": SECRET}  # type: ignore[union-attr]
    assert {row["inputs"]["text"] for row in world.cloud.objects().values()} == {"a", "FINE"}
    assert b"s3cret" not in world.state_file(STACK).read_bytes()

    unchanged = engine.preview(STACK, linked())
    assert unchanged.empty
    assert unchanged.counts == {"same": 2}
    (change,) = engine.preview(STACK, linked("b")).changes
    assert (change.op, change.diff) == (Op.UPDATE, {"text": ("a", "b")})

    (info,) = engine.stacks()
    assert (info.name, info.resources, info.lock, info.damaged) == (STACK, 2, None, False)
    assert [(row.name, row.op) for row in engine.preview_destroy(STACK).changes] == [
        ("first", Op.DELETE),
        ("second", Op.DELETE),
    ]
    assert engine.destroy(STACK, remove=True).counts == {"delete": 2}
    assert not world.cloud.objects()
    assert engine.stacks() == ()


def test_another_place_is_a_replacement(world: World) -> None:
    world.engine.up(STACK, things("x", place="here"))
    (change,) = world.engine.preview(STACK, things("x", place="there")).changes
    assert (change.op, change.diff, change.replaces) == (Op.REPLACE, {"place": ("here", "there")}, ("place",))
    assert world.engine.up(STACK, things("x", place="there")).counts == {"replace": 1}
    assert len(world.cloud.objects()) == 1


def test_drift_is_found_and_taken_over(world: World) -> None:
    engine, program = world.engine, things("changed", "gone", "same", text="a")
    engine.up(STACK, program)
    assert engine.drift(STACK).empty
    ids = {row.name: row.id for row in engine.state(STACK).made}  # type: ignore[union-attr]
    row = world.cloud.objects()[ids["changed"]]
    world.cloud.write(ids["changed"], row["urn"], {**row["inputs"], "text": "b"})
    world.cloud.remove(ids["gone"])
    found = engine.drift(STACK)
    assert [(change.name, change.op) for change in found.changes] == [("changed", Op.UPDATE), ("gone", Op.DELETE)]
    assert found.changes[0].diff == {"text": ("a", "b")}
    assert engine.preview(STACK, program).empty, "looking wrote something"
    assert engine.refresh(STACK).changes == found.changes
    assert engine.up(STACK, program).counts == {"create": 1, "same": 1, "update": 1}
    assert engine.drift(STACK).empty


@pytest.mark.parametrize("planned", [False, True], ids=["alone", "by a plan"])
def test_drift_is_repaired_where_the_cloud_is_read_first(world: World, tmp_path: Path, *, planned: bool) -> None:
    engine, cloud = world.engine, world.cloud
    program = things("changed", "gone", text="a")
    engine.up(STACK, program)
    rows = {row["urn"].rpartition("::")[2]: (id, row) for id, row in cloud.objects().items()}
    id, row = rows["changed"]
    cloud.write(id, row["urn"], {**row["inputs"], "text": "spoiled"})
    cloud.remove(rows["gone"][0])
    plan = tmp_path / "plan.json"

    found = engine.preview(STACK, program, refresh=True, plan_file=plan)
    assert {(change.name, change.op) for change in found.changes} == {("changed", Op.UPDATE), ("gone", Op.CREATE)}
    assert not world.engine.preview(STACK, program).changes  # it wrote nothing down
    engine.up(STACK, program, plan_file=plan if planned else None, refresh=True)
    assert sorted(row["inputs"]["text"] for row in cloud.objects().values()) == ["a", "a"]
    assert engine.drift(STACK).empty


def test_what_the_cloud_has_otherwise_is_repaired_when_it_is_read_first(world: World, tmp_path: Path) -> None:
    """By the plan of a preview that has read the cloud: without reading again nothing would seem to be wrong."""
    world.engine.up(STACK, things("a", text="right"))
    ((id, row),) = world.cloud.objects().items()
    world.cloud.write(id, row["urn"], {"text": "by hand"})
    plan = tmp_path / "plan.json"
    found = world.engine.preview(STACK, things("a", text="right"), refresh=True, plan_file=plan)
    assert [(change.name, change.op) for change in found.changes] == [("a", Op.UPDATE)]
    done = world.engine.up(STACK, things("a", text="right"), plan_file=plan, refresh=True)
    assert [(change.name, change.op) for change in done.changes] == [("a", Op.UPDATE)]
    assert world.cloud.objects()[id]["inputs"]["text"] == "right"
    assert world.engine.preview(STACK, things("a", text="right"), refresh=True).empty


def test_only_some_are_destroyed(world: World) -> None:
    world.engine.up(STACK, things("a", "b"))
    urns = {row.name: row.urn for row in world.engine.state(STACK).made}  # type: ignore[union-attr]
    assert [change.name for change in world.engine.destroy(STACK, only=[urns["a"]]).changes] == ["a"]
    assert [row.name for row in world.engine.state(STACK).made] == ["b"]  # type: ignore[union-attr]
    assert world.engine.destroy(STACK, only=[]).counts == {}
    assert len(world.cloud.objects()) == 1


def test_what_was_taken_over_stays(world: World) -> None:
    engine = world.engine
    world.cloud.write("legacy", "", {"text": "a"})
    with pytest.raises(EngineError) as differs:
        engine.import_(STACK, things("net", text="b"), {"net": "legacy"})
    assert differs.value.code == "import-differs"
    assert world.cloud.objects()["legacy"]["inputs"] == {"text": "a"}
    assert engine.import_(STACK, things("net", "other", text="a"), {"net": "legacy"}).counts == {
        "create": 1,
        "import": 1,
    }
    assert engine.preview(STACK, things("net", "other", text="a")).empty
    engine.up(STACK, things("net", text="a"))  # protection outlives an `up` that does not speak of it
    with pytest.raises(EngineError) as left_out:
        engine.up(STACK, things())
    with pytest.raises(EngineError) as destroyed:
        engine.destroy(STACK)
    for refused in (left_out.value, destroyed.value):
        assert (refused.code, refused.data["name"]) == ("resource-protected", "net")
    assert "legacy" in world.cloud.objects()
    engine.unprotect(STACK, [row.urn for row in engine.state(STACK).made])  # type: ignore[union-attr]
    assert engine.destroy(STACK).counts == {"delete": 1}


def test_up_is_held_to_its_plan(world: World, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    world.engine.preview(STACK, things("a"), plan_file=plan)
    with pytest.raises(StackBoundError) as broken:
        world.engine.up(STACK, things("a", "b"), plan_file=plan)
    assert broken.value.code == "preview-outdated"
    assert broken.value.exit_code == 5
    assert {row["urn"].rpartition("::")[2] for row in world.cloud.objects().values()} <= {"a"}
    assert world.engine.up(STACK, things("a"), plan_file=plan).counts in ({"create": 1}, {"same": 1})


def test_failures_name_the_resource_and_nothing_is_lost(world: World) -> None:
    engine = world.engine
    with pytest.raises(EngineError) as refused:
        engine.up(STACK, things("a", "b", refused=lambda name: "no room [cloud-quota]" if name == "b" else ""))
    assert refused.value.code == "resource-failed"
    assert [(row["name"], row["message"], row["code"]) for row in refused.value.data["failures"]] == [
        ("b", "no room", "cloud-quota")
    ]
    with pytest.raises(EngineError) as broken:
        engine.up(STACK, things("a", "b", broken=lambda name: "is in ERROR" if name == "b" else ""))
    assert broken.value.data["reason"] == "is in ERROR"
    made = {row.name: row.errors for row in engine.state(STACK).made}  # type: ignore[union-attr]
    assert made == {"a": (), "b": ("is in ERROR",)}
    assert len(world.cloud.objects()) == 2
    engine.up(STACK, things("a", "b"))
    assert len(world.cloud.objects()) == 2
    assert not world.doubled()
    with pytest.raises(EngineError) as bad:
        engine.up(STACK, things("c", text="bad"))
    assert bad.value.data["failures"][0]["message"] == "text: may not be 'bad'"


def test_a_cloud_that_is_away_is_told_from_one_that_refuses(world: World) -> None:
    away = said_in_one_line(CloudUnreachableError("cloud-busy", url="https://cloud", status=503, tries=6))
    full = said_in_one_line(CloudError("cloud-quota", what="Server b", reason="cores"))
    with pytest.raises(ResourceUnreachableError) as unreached:
        world.engine.up(STACK, things("a", "b", refused=lambda name: away if name == "b" else ""))
    assert (unreached.value.exit_code, unreached.value.data["name"]) == (4, "b")
    assert len(world.cloud.objects()) == 1
    with pytest.raises(EngineError) as both:
        world.engine.up(STACK, things("a", "b", "c", refused=lambda name: {"a": "", "b": away, "c": full}[name]))
    assert (both.value.code, both.value.exit_code) == ("resource-failed", 1)
    world.engine.up(STACK, things("a", "b", "c"))
    assert len(world.cloud.objects()) == 3


def test_what_was_not_begun_after_a_failure_is_no_failure(world: World, tmp_path: Path) -> None:
    """With an update plan the engine complains of it, too."""

    def program() -> None:
        first = Thing("first", refused="no room [cloud-quota]")
        Thing("second", text=first.status)

    plan = tmp_path / "plan.json"
    world.engine.preview(STACK, program, plan_file=plan)
    with pytest.raises(EngineError) as failed:
        world.engine.up(STACK, program, plan_file=plan)
    assert [row["name"] for row in failed.value.data["failures"]] == ["first"]


def test_a_program_that_fails(world: World) -> None:
    def program() -> None:
        raise ValueError("no such zone")

    with pytest.raises(EngineError) as failed:
        world.engine.preview(STACK, program)
    assert failed.value.code == "program-failed"
    assert "no such zone" in failed.value.message


def test_plugins_that_do_not_do(world: World) -> None:
    with pytest.raises(EngineSetupError) as old:
        world.engine.preview(STACK, things("x", version="9.9.9"))
    assert old.value.code == "plugin-version"
    assert old.value.data == {"plugin": "folder", "version": "9.9.9"}

    def nobodys() -> None:
        pulumi.CustomResource("nosuch:a:B", "x", {})

    with pytest.raises(EngineSetupError) as missing:
        world.engine.preview(STACK, nobodys)
    assert missing.value.code == "plugin-missing"
    assert missing.value.data == {"plugin": "nosuch"}


def test_a_locked_stack(world: World) -> None:
    world.engine.up(STACK, things("x"))
    assert world.engine.lock(STACK) is None
    row = {"pid": 4711, "username": "li", "hostname": "other", "timestamp": "2026-11-22T10:00:00.123456789+08:00"}
    world.lock_folder(STACK).mkdir(parents=True, exist_ok=True)
    (world.lock_folder(STACK) / "1.json").write_text(json.dumps(row))
    with pytest.raises(StackBoundError) as locked:
        world.engine.up(STACK, things("x", "y"))
    assert locked.value.code == "stack-locked"
    assert locked.value.data["who"] == "li@other"
    assert locked.value.data["since"] == "2026-11-22 10:00:00+08:00"
    assert len(world.cloud.objects()) == 1
    held = world.engine.unlock(STACK)
    assert held is not None
    assert (held.who, held.pid, held.alive) == ("li@other", 4711, None)
    assert world.engine.unlock(STACK) is None
    world.engine.up(STACK, things("x", "y"))


def test_passphrases(world: World, tmp_path: Path) -> None:
    def program() -> None:
        Thing("x", secret=pulumi.Output.secret("s"))

    world.engine.up(STACK, program)
    elsewhere = world.another(home=tmp_path / "elsewhere")  # another machine: its settings of the stack are not there
    assert elsewhere.preview(STACK, program).empty
    other = tmp_path / "other"
    other.write_text("battery staple\n")
    with pytest.raises(EngineSetupError) as wrong:
        world.another(home=tmp_path / "third", passphrase_file=other).preview(STACK, program)
    assert wrong.value.code == "passphrase-wrong"
    assert wrong.value.data["path"] == other
    other.write_text("\n")
    with pytest.raises(EngineSetupError) as empty:
        world.another(passphrase_file=other)
    assert empty.value.code == "passphrase-missing"


@pytest.mark.parametrize("backend", ["s3:bucket", "/folder", "https://host/x", "file://folder/x", "file:///proc/x/y"])
def test_backends_that_are_none(world: World, backend: str) -> None:
    with pytest.raises(EngineSetupError) as wrong:
        world.another(backend=backend)
    assert wrong.value.code == "backend-invalid"


def test_stacks_that_there_are_not(world: World) -> None:
    assert world.engine.state(STACK) is None
    assert world.engine.outputs(STACK) == {}
    assert world.engine.lock(STACK) is None
    for attempt in (world.engine.destroy, world.engine.drift, world.engine.refresh):
        with pytest.raises(EngineError) as unknown:
            attempt(STACK)
        assert unknown.value.code == "stack-absent"


@pytest.mark.parametrize("applied", [False, True])
def test_our_own_plugin_in_an_older_version(world: World, monkeypatch: pytest.MonkeyPatch, *, applied: bool) -> None:
    """The one that the program was written for is newer than what is found: named, whatever else fails."""
    monkeypatch.setattr("stacks.ways.openstack.VERSION", "9.9.9")
    place = Place(cloud="yun", pool="yun-a", way=WayKind.OPENSTACK, login="nobody")

    def program() -> None:
        way_of(place).make(Kind.NETWORK, "network", {"name": "network"}, Making())

    with pytest.raises(EngineSetupError) as old:
        world.engine.up(STACK, program) if applied else world.engine.preview(STACK, program)
    assert (old.value.code, old.value.data) == ("plugin-version", {"plugin": "qianyun", "version": "9.9.9"})
    assert world.engine.lock(STACK) is None
