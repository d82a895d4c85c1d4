"""What a runbook is made of: items, their order, their steps by technology, and what is lacking."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from inventory.errors import FileError, SelectorError
from migration.plan import Disposed, Disposition, Plan
from migration.runbook.build import Built, make_runbook
from migration.runbook.errors import RunbookError
from migration.runbook.lint import lint_runbook
from migration.runbook.model import ExecutorKind, OnFailure, RunbookItem, Stage
from migration.runbook.site_values import read_values
from migration.runbook.template_file import read_templates
from tests.migration.check.builder import MONDAY, Draft, plan_of, step_of

WAVE = "2021-W02/yun-city"


def part(id: str, role: str, technology: str, after: str = "", **fields: Any) -> dict[str, Any]:
    ends = [{"address": "10.0.0.1", "name": f"{id}.cn", "port": 8080}]
    return {
        "id": id, "role": role, "technology": technology, "target_technology": after, "data_gib": 5,
        "endpoints": ends, "target_endpoints": [{"address": "10.1.0.1"}], **fields,
    }  # fmt: skip


WEB = part("web", "web", "nginx-1.16")


def draft_of(**systems: dict[str, Any]) -> Draft:
    draft = Draft()
    for id, fields in systems.items():
        draft.system(id, **({"runs_in": "room:room-1", "components": [WEB]} | fields))
    return draft


def made(draft: Draft, plan: Plan | None = None, stage: Stage = Stage.CUTOVER, **options: Any) -> Built:
    inventory = draft.inventory()
    if plan is None:
        plan = plan_of(inventory, dict.fromkeys(inventory.systems, (1, "city-a")))
    where = {} if stage is Stage.ITEMS else {"wave": WAVE}
    return make_runbook(inventory, plan, stage=stage, **(where | options))


def only(built: Built) -> RunbookItem:
    (item,) = built.runbook.items
    return item


def steps(item: RunbookItem) -> list[str]:
    return [step.id for step in item.steps]


def names(built: Built) -> list[str]:
    return [item.object.partition(":")[2] for item in built.runbook.items]


# ---- order -----------------------------------------------------------------------------------------------------------


def test_the_smallest_risk_goes_first_and_is_the_canary() -> None:
    built = made(draft_of(a={"criticality": "critical"}, b={"grade": 3}, c={"criticality": "low"}))
    assert names(built) == ["c", "b", "a"]
    assert [item.canary for item in built.runbook.items] == [True, False, False]
    assert [item.priority for item in built.runbook.items] == [0, 1, 2]


def test_clients_wait_for_their_providers_and_are_no_canary() -> None:
    draft = draft_of(a={"criticality": "low"}, b={}, c={"criticality": "high"}, d={}).needs("a", "b").needs("b", "c")
    draft.needs("d", "c", strength="soft").needs("d", "b", source="observed").needs("d", "a", order="together")
    built = made(draft)
    after = {item.object: item.after for item in built.runbook.items}
    assert after == {
        "system:a": ("system/b/cutover",),
        "system:b": ("system/c/cutover",),
        "system:c": (),
        "system:d": (),
    }
    assert [item.object for item in built.runbook.items if item.canary] == ["system:d"]
    assert not [one for one in lint_runbook(built.runbook) if one.code.startswith(("lint-canary", "lint-after"))]


def test_providers_that_need_each_other_go_side_by_side() -> None:
    built = made(draft_of(a={}, b={}, c={}).needs("a", "b").needs("b", "a").needs("a", "c"))
    assert {item.object: item.after for item in built.runbook.items} == {
        "system:a": ("system/c/cutover",),
        "system:b": (),
        "system:c": (),
    }


def test_a_provider_whose_window_begins_later_is_not_waited_for() -> None:
    draft = draft_of(a={}, b={}).needs("a", "b")
    inventory = draft.inventory()
    late = dt.datetime.combine(MONDAY + dt.timedelta(days=9), dt.time(), dt.timezone(dt.timedelta(hours=8)))
    plan = plan_of(inventory, {"a": (1, "city-a"), "b": (1, "city-a")}, fields={"b": {"window_start": late}})
    built = make_runbook(inventory, plan, stage=Stage.CUTOVER, wave=WAVE)
    assert {item.after for item in built.runbook.items} == {()}


def test_steps_of_one_object_follow_each_other() -> None:
    built = made(draft_of(a={}), stage=Stage.ITEMS, items="kind:system id:a")
    assert [(item.item, item.after) for item in built.runbook.items] == [
        ("system/a/cutover", ()),
        ("system/a/verify", ("system/a/cutover",)),
        ("system/a/decommission", ("system/a/verify",)),
    ]
    assert not any(item.canary for item in built.runbook.items)


# ---- choosing --------------------------------------------------------------------------------------------------------


def test_stages_of_a_wave() -> None:
    draft = draft_of(a={})
    draft.prepared = False
    inventory = draft.inventory()
    ahead = [
        step_of(inventory, "system:a", "prepare", MONDAY),
        step_of(inventory, "system:a", "replicate", MONDAY + dt.timedelta(days=2)),
    ]
    plan = plan_of(inventory, {"a": (1, "city-a")}, extra=ahead)
    found = {
        stage: [item.item for item in make_runbook(inventory, plan, stage=stage, wave=WAVE).runbook.items]
        for stage in (Stage.PREPARE, Stage.CUTOVER, Stage.DECOMMISSION)
    }
    assert found == {
        Stage.PREPARE: ["system/a/prepare", "system/a/replicate"],
        Stage.CUTOVER: ["system/a/cutover"],
        Stage.DECOMMISSION: ["system/a/decommission"],
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("step:verify", ["system/a/verify", "system/b/verify"]),
        ("-step:verify,decommission id:b", ["system/b/cutover"]),
        ("track:system wave:2021-W02* kind:system id:a", ["system/a/cutover"]),
        ("system/b/verify system/a/cutover", ["system/b/verify", "system/a/cutover"]),
        ("department.sector:finance step:cut*", ["system/b/cutover"]),
    ],
)
def test_items_by_id_or_selector(text: str, expected: list[str]) -> None:
    built = made(draft_of(a={}, b={"department": "county"}), stage=Stage.ITEMS, items=text)
    assert {item.item for item in built.runbook.items} == set(expected)


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("step:replicate", RunbookError, "runbook-selection"),
        ("system/a/prepare", RunbookError, "runbook-selection"),  # done already
        ("", RunbookError, "runbook-selection"),
        ("system/a/cutover system/z/cutover", RunbookError, "runbook-item"),
        ("track:sytem", SelectorError, "selector-value"),
        ("nothing>3", SelectorError, "selector-field"),
    ],
)
def test_selections_of_nothing(text: str, kind: type[RunbookError | SelectorError], code: str) -> None:
    with pytest.raises(kind) as caught:
        made(draft_of(a={}), stage=Stage.ITEMS, items=text)
    assert caught.value.code == code


def test_waves_that_are_not_there() -> None:
    with pytest.raises(RunbookError) as caught:
        made(draft_of(a={}), wave="2021-W02/yun-cty")
    assert (caught.value.code, caught.value.data["nearest"]) == ("runbook-wave", WAVE)
    with pytest.raises(RunbookError) as caught:
        made(draft_of(a={}), stage=Stage.PREPARE)
    assert caught.value.code == "runbook-nothing"
    assert only(made(draft_of(a={}), wave="2021-W02")).item == "system/a/cutover"


def test_one_of_wave_and_items() -> None:
    with pytest.raises(ValueError, match="wave"):
        made(draft_of(a={}), items="x")


# ---- steps by technology ---------------------------------------------------------------------------------------------

TECHNOLOGIES = {
    "postgresql": (
        part("db", "database", "postgresql-11"),
        ["precheck", "cutover-go", "copy-in-step", "system-cutover", "system-verify", "acceptance"],
    ),
    "service": (WEB, ["precheck", "cutover-go", "system-cutover", "acceptance"]),
    "change": (
        part("db", "database", "oracle-11g", "dm8"),
        ["cutover-go", "db-empty", "db-export", "db-import", "open", "db-compare", "acceptance"],
    ),
    "own replication": (
        part("db", "database", "oracle-11g"),
        ["cutover-go", "db-in-step", "db-switch", "open", "db-compare", "acceptance"],
    ),
    "queue": (part("mq", "queue", "rabbitmq-3.8"), ["cutover-go", "mq-drain", "open", "acceptance"]),
    "object store": (part("os", "file", "minio"), ["cutover-go", "os-move", "open", "os-compare", "acceptance"]),
    "appliance": (part("box", "other", "hsm"), ["cutover-go", "box-move", "open", "box-compare", "acceptance"]),
}  # fmt: skip


@pytest.mark.parametrize("name", TECHNOLOGIES)
def test_steps_of_a_cutover(name: str) -> None:
    component, expected = TECHNOLOGIES[name]
    item = only(made(draft_of(a={"components": [component]})))
    assert steps(item) == expected
    assert item.on_failure is OnFailure.ROLLBACK
    assert sum(step.worst_case_seconds for step in item.steps if step.in_window) == 90 * 60


def test_a_system_of_several_technologies_stops_before_people_move_data() -> None:
    mixed = [WEB, part("db", "database", "oracle-11g", "dm8"), part("files", "file", "nfs")]
    built = made(draft_of(a={"components": mixed}))
    item = only(built)
    assert steps(item) == [
        "precheck", "cutover-go", "copy-in-step", "db-empty", "stop-services", "db-export", "db-import",
        "system-cutover", "system-verify", "db-compare", "acceptance",
    ]  # fmt: skip
    by_id = {step.id: step for step in item.steps}
    assert [one["name"] for one in by_id["stop-services"].parameters["components"]] == ["web"]
    assert [one["name"] for one in item.parameters["components"]] == ["files", "web"]
    assert {step.worst_case_seconds for step in item.steps if step.in_window} == {90 * 60 // 4}
    assert by_id["system-cutover"].limits == ("room:room-1",)
    assert {host.name for host in built.runbook.hosts} == {
        f"a.{name}.{side}" for name in ("web", "files") for side in ("source", "target")
    }


@pytest.mark.parametrize(
    ("component", "expected"),
    [
        (part("db", "database", "postgresql-11"), ["db-replica"]),
        (part("db", "database", "postgresql-11", "postgresql-13"), ["db-replica"]),
        (part("db", "database", "mysql-5.7"), ["db-replica"]),
        (part("f", "file", ""), ["f-replica"]),
        (part("db", "database", "oracle-11g", "dm8"), ["db-backup", "db-trial"]),
        (part("db", "database", "dm8"), ["db-backup", "db-replica"]),
    ],
)
def test_steps_of_a_copy(component: dict[str, Any], expected: list[str]) -> None:
    inventory = draft_of(a={"components": [component]}).inventory()
    copy = step_of(inventory, "system:a", "replicate", MONDAY)
    plan = plan_of(inventory, {"a": (1, "city-a")}, extra=[copy])
    item = only(make_runbook(inventory, plan, stage=Stage.PREPARE, wave=WAVE))
    assert [id for id in steps(item) if id not in ("precheck", "backup")] == expected
    assert ("backup" in steps(item)) == (expected[-1].endswith("replica") and "db-backup" not in expected)


def test_the_kind_of_copy_is_that_of_the_technology() -> None:
    kinds = {
        ("postgresql-11", ""): "postgresql_replica",
        ("postgresql-11", "postgresql-13"): "postgresql_logical",
        ("mysql-5.7", "mariadb-10.6"): "mariadb_replica",
    }
    for (now, after), role in kinds.items():
        inventory = draft_of(a={"components": [part("db", "database", now, after)]}).inventory()
        copy = step_of(inventory, "system:a", "replicate", MONDAY)
        plan = plan_of(inventory, {"a": (1, "city-a")}, extra=[copy])
        item = only(make_runbook(inventory, plan, stage=Stage.PREPARE, wave=WAVE))
        (replica,) = [step for step in item.steps if step.id == "db-replica"]
        assert replica.act.do == role
        assert replica.targets == ("a.db.source", "a.db.target")
        assert [one["kind"] for one in replica.parameters["components"]] == [role.replace("_replica", "")]


def test_portals_are_moved_as_portals() -> None:
    item = only(made(draft_of(a={"kind": "portal"})))
    assert "web-freeze" in steps(item)
    assert "web-pages" in steps(item)


def test_a_new_system_is_only_opened() -> None:
    built = made(draft_of(a={"lifecycle": "planned", "components": [WEB, part("db", "database", "mysql-8")]}))
    item = only(built)
    assert steps(item) == ["precheck", "cutover-go", "system-cutover", "acceptance"]
    assert all("source" not in one for one in item.parameters["components"])
    assert item.sets["system:a"] == {"runs_in": "pool:city-a", "moved": "{date}", "lifecycle": "in_service"}


def test_what_a_cutover_sets_goes_with_the_components() -> None:
    own = part("db", "database", "mysql-8", runs_in="room:room-2")
    item = only(made(draft_of(a={"components": [WEB, own]})))
    assert item.sets == {
        "system:a": {"runs_in": "pool:city-a", "moved": "{date}"},
        "component:a/db": {"runs_in": "pool:city-a"},
    }
    (cutover,) = [step for step in item.steps if step.id == "system-cutover"]
    assert set(cutover.limits) == {"room:room-1", "room:room-2"}


def test_a_retired_system_is_switched_off_and_removed() -> None:
    draft = draft_of(a={"grade": 3})
    inventory = draft.inventory()
    items = [
        step_of(inventory, "system:a", "switch_off", MONDAY),
        step_of(inventory, "system:a", "observe", MONDAY + dt.timedelta(days=1)),
        step_of(inventory, "system:a", "remove", MONDAY + dt.timedelta(days=9)),
    ]
    plan = plan_of(inventory, {}, extra=items).model_copy(
        update={"dispositions": (Disposed(system="a", disposition=Disposition.RETIRE, rule="x"),)}
    )
    built = make_runbook(inventory, plan, stage=Stage.ITEMS, items="track:system")
    off, watch, remove = built.runbook.items
    assert [steps(one) for one in (off, watch, remove)] == [
        ["switch-off-go", "switch-off"],
        ["not-before", "nobody-missed-it"],
        ["remove-go", "archive-readable", "wipe"],
    ]
    assert (off.sets, remove.sets) == ({"system:a": {}}, {"system:a": {"lifecycle": "closed"}})
    assert off.steps[0].parameters == {"grade": 3, "level": "city"}
    assert watch.steps[0].parameters == {"date": plan.by_id["system/a/observe"].end.isoformat()}
    assert [step.id for step in remove.steps if step.point_of_no_return] == ["wipe"]


# ---- what is lacking, and what a file gives --------------------------------------------------------------------------


def test_nothing_is_invented() -> None:
    bare = part("db", "database", "postgresql-11", target_endpoints=[])
    built = made(draft_of(a={"components": [bare]}))
    lacking = {(one.code, one.id, one.path) for one in built.problems}
    assert lacking == {
        ("runbook-lacks-value", "a", "db.source.data"),
        ("runbook-lacks-value", "a", "db.target.data"),
        ("runbook-lacks-value", "a", "db.dns.zone"),
        ("runbook-lacks-value", "a", "db.dns.server"),
        ("runbook-lacks-value", "a", "db.dns.key_file"),
        ("runbook-lacks-field", "a", "components.db.target_endpoints.address"),
    }
    item = only(built)
    assert item.parameters["components"][0]["source"] == {"host": "a.db.source", "port": 8080, "data": None}
    assert item.parameters["records"][0]["target"] is None
    assert {one.code for one in lint_runbook(built.runbook)} == {"lint-parameter", "lint-no-address"}


def test_a_file_of_values(tmp_path: Path) -> None:
    path = tmp_path / "values.yaml"
    path.write_text(
        "values:\n"
        "- {technology: 'NGINX*', source: {unit: web}, target: {unit: web}}\n"
        "- {parameters: {system_cutover_open_seconds: 9}}\n"
        "- {systems: 'id:b', component: w*, target: {start_command: [up], stop_command: [down], unit: null}}\n"
        "- {dns: {zone: cn, server: 10.0.0.53, key_file: /k, ttl: 5, host: ops}}\n"
        "hosts:\n- {name: ops, address: 10.0.0.9}\n"
    )
    built = made(draft_of(a={}, b={}), values=read_values(path))
    assert built.problems == ()
    first, second = sorted(built.runbook.items, key=lambda item: item.object)
    assert first.parameters["components"][0]["target"] == {"host": "a.web.target", "unit": "web"}
    assert second.parameters["components"][0]["target"] == {
        "host": "b.web.target", "start_command": ["up"], "stop_command": ["down"],
    }  # fmt: skip
    assert first.parameters["system_cutover_open_seconds"] == 9
    assert first.parameters["records"] == [
        {
            "name": "web.cn", "type": "A", "source": ["10.0.0.1"], "target": ["10.1.0.1"], "zone": "cn",
            "server": "10.0.0.53", "key_file": "/k", "host": "ops", "ttl": 5,
        }
    ]  # fmt: skip
    (step,) = [step for step in first.steps if step.id == "system-cutover"]
    assert step.targets == ("a.web.source", "a.web.target", "ops")
    assert "ops" in built.runbook.by_host


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("values:\n- {sources: {}}\n", "values-invalid"),
        ("valuess: []\n", "values-invalid"),
        ("values:\n- {systems: 'nothing>3'}\n", "selector-field"),
        ("values: [\n", "file-syntax"),
        (None, "file-missing"),
    ],
)
def test_files_of_values_that_are_wrong(tmp_path: Path, text: str | None, code: str) -> None:
    path = tmp_path / "values.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises((RunbookError, FileError, SelectorError)) as caught:
        read_values(path)
    assert getattr(caught.value, "code") == code  # noqa: B009
    if code == "values-invalid":
        assert caught.value.data["place"].startswith(f"{path}:")


def test_own_templates_and_the_language(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "format: 1\nid: mine\nuse: {of: component, track: system, steps: [cutover], technology: ['nginx*']}\n"
        "groups:\n- id: ready\n  steps:\n"
        "  - {id: '{component}-warm', name: {en: Warm up, zh: 预热}, executor: command, changes: false,\n"
        "     act: {argv: [warm, '{target}']}, targets: ['{target}']}\n"
    )
    item = only(made(draft_of(a={}), templates=read_templates(tmp_path), language="zh"))
    (warm,) = [step for step in item.steps if step.id == "web-warm"]
    assert (warm.name, warm.executor, warm.act.argv) == ("预热", ExecutorKind.COMMAND, ("warm", "a.web.target"))
    assert item.groups[-1].name == "验证"


def test_names_and_hashes_of_a_runbook() -> None:
    built = made(draft_of(a={}), plan_hash="p", declared_hash="d")
    runbook = built.runbook
    assert (runbook.name, runbook.wave, runbook.plan_hash, runbook.declared_hash) == (
        "2021-W02-yun-city-cutover", WAVE, "p", "d",
    )  # fmt: skip
    one = made(draft_of(a={}), stage=Stage.ITEMS, items="system/a/verify").runbook
    assert one.name == "system-a-verify"
    many = made(draft_of(a={}), stage=Stage.ITEMS, items="track:system").runbook
    assert many.name.startswith("system-3-items-")
    assert made(draft_of(a={}), name="tonight").runbook.name == "tonight"
