"""What a runbook is made of: items, their order, their steps by technology, and what is lacking."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from inventory.errors import FileError, SelectorError
from migration.runbook.build import Built, make_runbook
from migration.runbook.errors import RunbookError
from migration.runbook.lint import lint_runbook
from migration.runbook.model import ExecutorKind, Stage
from migration.runbook.site_values import read_values
from migration.runbook.template_file import read_templates
from tests.migration.check.builder import MONDAY, plan_of, step_of
from tests.migration.runbook.drafts import WAVE, draft_of, made, only, part
from tests.migration.tracks.making import fresh


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


def test_devices_follow_the_upstreams_that_the_plan_has_them_wait_for() -> None:
    """Ways of ``x`` to the root: over ``aggregate``, the backup over ``aside``; the plan has ``aside`` first."""
    draft = fresh()
    for name in ("aside", "x"):
        draft.add("device", id=name, division="140100", level="city", role="access", platform="frr")
    ways = [("aggregate", "root", 1), ("aside", "root", 2), ("x", "aggregate", 3), ("x", "aside", 5)]
    for number, (a, b, metric) in enumerate(ways):
        ends = {"a_device": a, "a_interface": f"w{number}", "b_device": b, "b_interface": f"w{number}"}
        draft.add("link", id=f"way-{number}", bandwidth_mbps=1000, metric_ab=metric, metric_ba=metric, **ends)
    inventory = draft.inventory().replace(done={})
    days = {"root": 0, "aside": 3, "aggregate": 6, "x": 9}
    extra = [
        step_of(inventory, f"device:{name}", step, MONDAY + dt.timedelta(days=day + later))
        for name, day in days.items()
        for step, later in (("routing", 0), ("service", 10))
    ]
    plan = plan_of(inventory, {}, extra=extra)

    def after(selector: str) -> dict[str, tuple[str, ...]]:
        built = make_runbook(inventory, plan, stage=Stage.ITEMS, items=selector)
        assert not [one for one in lint_runbook(built.runbook) if one.code.startswith("lint-after")]
        return {item.item: item.after for item in built.runbook.items}

    found = after("kind:device")
    assert found["network/root/routing"] == ()
    assert set(found["network/x/routing"]) == {"network/aggregate/routing", "network/aside/routing"}
    assert set(found["network/x/service"]) == {"network/x/routing", "network/aside/service"}
    assert after("network/x/service network/aggregate/service network/root/service") == {
        "network/root/service": (),
        "network/aggregate/service": ("network/root/service",),
        "network/x/service": ("network/aggregate/service",),
    }


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


def test_one_machine_of_a_system_sends_its_dns_updates() -> None:
    item = only(made(draft_of(a={"components": [part("db", "database", "mysql-8"), part("web", "web", "nginx")]})))
    assert {record["host"] for record in item.parameters["records"]} == {"a.web.target"}
    assert len(item.parameters["records"]) == 2
