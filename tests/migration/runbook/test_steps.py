"""Steps by technology and disposition, and what they set."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from migration.plan import Disposed, Disposition
from migration.runbook.build import make_runbook
from migration.runbook.model import OnFailure, Stage
from tests.migration.check.builder import MONDAY, plan_of, step_of
from tests.migration.runbook.drafts import WAVE, WEB, draft_of, made, only, part, steps

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
    assert item.restores["system:a"].keys() == item.sets["system:a"].keys()
    assert item.restores["system:a"]["moved"] is None


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
