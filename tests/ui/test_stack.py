"""``qianyun stack`` on the example estate, with an engine in memory."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from stacks.engine import LockInfo, Op, ResourceChange
from stacks.errors import CloudError, CloudUnreachableError
from stacks.journal import Event, Journal
from tests.stacks.made_engine import SINCE, Rule
from tests.ui.commands import Runner
from tests.ui.made_stacks import STACK, SYSTEM, ZONE, Places

# ---- preview and up --------------------------------------------------------------------------------------------------


def test_up_makes_landing_zones_first_and_then_nothing_is_left_to_do(places: Places) -> None:
    done = places.up()
    assert done.code == 0, done
    assert next(stack for call, stack in places.engine.calls if call == "up") == ZONE
    assert places.made() == ["port-web", "server-web"]
    again = places.answer("preview")
    assert sum(len(stack["changes"]) for stack in again["stacks"]) == 0
    assert "nothing to change" in places.up().err


def test_what_was_made_becomes_state_of_the_estate(places: Places) -> None:
    places.up()
    text = (places.estate / "state" / f"stack-{STACK}.yaml").read_text(encoding="utf-8")
    assert f"component:{SYSTEM}/web" in text
    assert "10.128.0." in text
    assert places.run("inventory", "check", places.estate).code == 0


def test_what_is_about_to_be_done_is_on_record_before(places: Places) -> None:
    found = places.answer("preview")["hash"]
    seen: list[tuple[str, str, str]] = []

    def look(stack: str) -> None:
        last = list(Journal(places.estate / ".qianyun" / "stacks").entries(stack))[-1]
        seen.append((last.stack, last.event.value, last.hash))

    places.engine.between = look
    assert places("up", "--yes", found, "--parallel", "1").code == 0
    assert seen[0] == (ZONE, "begin", found)
    assert len(seen) == 6


def test_what_was_previewed_after_a_look_at_the_cloud_is_made_after_one(places: Places) -> None:
    found = json.loads(places("preview", "--refresh", "--json").out)["hash"]
    assert places("up", "--refresh", "--yes", found).code == 0
    assert places.engine.read_first == {ZONE, *(f"system.140100-mzj-000{number}" for number in range(1, 6))}


def test_an_approval_is_bound_to_what_was_previewed(places: Places) -> None:
    found = places.answer("preview")["hash"]
    places.up("--stack", ZONE)
    ran = places("up", "--yes", found)
    assert (ran.code, "no longer what was agreed to" in ran.err) == (5, True)
    assert places.made() == []


def test_a_system_that_would_be_made_otherwise_than_agreed_is_refused(places: Places) -> None:
    found = places.answer("preview")["hash"]

    def change(stack: str) -> None:
        if stack == ZONE:  # meanwhile somebody has made its machine
            places.engine.leave_pending(STACK, "Server", "server-web")
            state = places.engine.kept[STACK]
            made = state.pending[0].resource
            places.engine.kept[STACK] = type(state)(STACK, (made,), {})
            places.engine.locks.clear()

    places.engine.between = change
    ran = places("up", "--yes", found)
    assert ran.code == 5, ran
    assert places.made("system.140100-mzj-0001") != []


def test_nobody_is_asked_without_a_terminal(places: Places) -> None:
    ran = places("up")
    assert ran.code == 2
    assert places.answer("preview")["hash"] in ran.err
    assert places.made(ZONE) == []


def test_checks_refuse_also_what_was_agreed_to(places: Places) -> None:
    cloud = places.estate / "cloud.yaml"
    text = cloud.read_text(encoding="utf-8")
    cloud.write_text(text.replace("ipv6_stage: verified, docking", "certified_grade: 1, ipv6_stage: verified, docking"))
    found = places("preview", "--json")
    answer = json.loads(found.out)
    assert (found.code, answer["forbidden"]) == (1, True)
    assert "stack-grade" in {one["rule"] if "rule" in one else one["code"] for one in answer["findings"]}
    assert places("up", "--yes", answer["hash"], "--json").code == 1
    assert places.made(ZONE) == []


def test_a_failure_of_one_stack_keeps_no_other_from_being_made(places: Places) -> None:
    places.answer("preview")
    places.engine.failures[STACK] = [CloudError("cloud-quota", what="Server web", reason="cores")]
    ran = places.up()
    assert ran.code == 1
    assert "the quota is used up" in ran.err
    assert places.made("system.140100-mzj-0005") != []
    assert places.up().code == 0
    assert places.made() == ["port-web", "server-web"]


def test_a_cloud_that_does_not_answer_has_its_own_exit_code(places: Places) -> None:
    places.answer("preview")
    away = CloudUnreachableError("cloud-unreachable", url="https://cloud", reason="refused")
    places.engine.failures[ZONE] = [away]
    assert places.up("--stack", ZONE).code == 4


def test_ctrl_c_begins_nothing_more_and_says_what_is_left(places: Places) -> None:
    found = places.answer("preview")["hash"]
    places.engine.between = lambda stack: signal.raise_signal(signal.SIGINT) if stack == ZONE else None
    ran = places("up", "--yes", found)
    assert ran.code == 130, ran
    assert "5 not begun" in ran.err
    assert (places.made(ZONE) != [], places.made()) == (True, [])


def test_markdown_has_a_row_a_stack_and_changes_that_highlight(places: Places) -> None:
    shown = places("preview", "--markdown", "--wave", "2021-04-18/yun-1401").out
    assert f"| {ZONE} | yun-1401 |" in shown
    assert "```diff\n+ Network network\n" in shown
    assert places.answer("preview")["hash"] in shown
    assert places("preview", "--markdown", "--json").code == 2


@pytest.mark.parametrize(
    ("selection", "stacks"),
    [
        (("--stack", ZONE), [ZONE]),
        (("--system", SYSTEM), [STACK]),
        (("--system", SYSTEM, "--stack", ZONE), [ZONE, STACK]),
        (("--cloud", "yun-1401", "--system", SYSTEM), [STACK]),
    ],
)
def test_selection(places: Places, selection: tuple[str, ...], stacks: list[str]) -> None:
    assert [one["stack"] for one in places.answer("preview", *selection)["stacks"]] == stacks


@pytest.mark.parametrize("selection", [("--cloud", "yun-x"), ("--wave", "x"), ("--system", "x"), ("--stack", "x")])
def test_what_is_not_there_is_named_with_the_nearest(places: Places, selection: tuple[str, str]) -> None:
    ran = places("preview", *selection)
    assert (ran.code, selection[1] in ran.err) == (2, True)


# ---- looking after it ------------------------------------------------------------------------------------------------


def test_drift_names_changes_and_rules_that_nobody_made(standing: Places) -> None:
    assert standing("drift").code == 0
    network = next(one for one in standing.engine.kept[ZONE].made if one.name == "network")
    change = ResourceChange(network.urn, network.type, "network", Op.UPDATE, {"mtu": (1500, 1400)})
    standing.engine.drifts[ZONE] = (change,)
    ran = standing("drift")
    assert (ran.code, "~ Network network\n" in ran.out, "mtu: 1500 -> 1400" in ran.out) == (1, True, True)
    assert standing("refresh", "--stack", ZONE).code == 0
    assert standing("drift").code == 0
    group = next(one.id for one in standing.engine.kept[ZONE].made if one.type.endswith("SecurityGroup"))
    standing.looker.rules.append(Rule("r-1", group))
    answer = standing.answer("drift")
    assert answer["differs"]
    rules = {one["stack"]: one["unmanaged_rules"] for one in answer["stacks"]}
    assert rules[ZONE][0]["ports"] == [3389, 3389]
    assert rules[STACK] == []


def test_imported_resources_are_protected_from_destroy(places: Places) -> None:
    ran = places("import", "network=n-77", "--stack", ZONE)
    assert ran.code == 0, ran
    taken = next(one for one in places.engine.kept[ZONE].made if one.name == "network")
    assert (taken.id, taken.protect) == ("n-77", True)
    refused = places("destroy", "--stack", ZONE)
    assert (refused.code, "protected, and not to be deleted: network" in refused.err) == (1, True)
    assert places("import", "network", "--stack", ZONE).code == 2
    assert places("import", "network=n-77").code == 2


def test_destroy_wants_its_hash_and_leaves_zones_that_are_lived_in(standing: Places) -> None:
    asked = standing("destroy", "--system", SYSTEM)
    found = asked.err.partition("deleted: ")[2].split()[0]
    assert (asked.code, standing.made() != []) == (2, True)
    assert standing("destroy", "--system", SYSTEM, "--yes", "0" * 16).code == 5
    assert standing("destroy", "--system", SYSTEM, "--yes", found).code == 0
    assert STACK not in standing.engine.kept
    ran = standing("destroy", "--stack", ZONE, "--yes", found)
    assert (ran.code, "systems stand in it" in ran.err) == (1, True)
    assert standing("destroy").code == 2


def test_a_lock_is_told_and_taken_away_only_when_asked(standing: Places) -> None:
    standing.engine.locks[ZONE] = LockInfo("wang@ops-1", 4321, SINCE, alive=None)
    ran = standing("unlock", "--stack", ZONE)
    assert ran.code == 1
    assert "wang@ops-1, process 4321 (on another machine), since 2021-04-12 17:30:00+08:00" in ran.err
    assert standing("up", "--yes", "x").code == 5
    assert standing("unlock", "--stack", ZONE, "--yes").code == 0
    assert standing.engine.locks == {}
    assert [one.event for one in Journal(standing.estate / ".qianyun" / "stacks").entries(ZONE)][-2:] == [
        Event.BEGIN,
        Event.END,
    ]


def test_recover_ends_what_a_kill_has_left_and_touches_nothing_else(standing: Places) -> None:
    assert "no stack was left in the middle" in standing("recover").err
    standing.engine.leave_pending(ZONE, "Network", "network")
    standing.engine.locks[ZONE] = LockInfo("wang@here", 4321, SINCE, alive=True)
    assert "no stack was left in the middle" in standing("recover").err  # somebody is at work
    standing.engine.leave_pending(STACK, "Volume", "volume-web-data")
    standing.looker.found["volume-web-data"] = "v-5"
    assert standing("up", "--yes", "x").code == 5  # locked by the dead engine
    answer = standing.answer("recover")
    assert [one["stack"] for one in answer["stacks"]] == [STACK]
    assert len(answer["stacks"][0]["adopted"]) == 1
    assert "volume-web-data" in standing.made()


def test_a_stack_that_is_not_kept_is_named(standing: Places) -> None:
    ran = standing("outputs", "--stack", "zone.yun-1401-a.140100-mzi")
    assert (ran.code, ZONE in ran.err) == (2, True)
    assert standing("drift", "--wave", "x").code == 2


def test_the_passphrase_is_made_once_and_never_anew(standing: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    path = standing.estate / ".qianyun" / "stacks" / "passphrase"
    assert path.stat().st_mode & 0o777 == 0o600
    kept = path.parent / ".pulumi" / "stacks" / "qianyun"
    kept.mkdir(parents=True)
    path.unlink()
    ran = standing("preview")
    assert (ran.code, "is gone" in ran.err) == (2, True)


def test_a_backend_of_a_team_needs_a_passphrase_of_its_own(
    places: Places, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    assert places("preview", "--backend", "s3://stacks").code == 2
    (tmp_path / "secret").write_text("x\n", encoding="utf-8")
    config = tmp_path / "worker.yaml"
    config.write_text("stack_passphrase_file: secret\n", encoding="utf-8")
    assert places("preview", "--backend", "s3://stacks", "--config", str(config)).code == 0


# ---- runbooks --------------------------------------------------------------------------------------------------------


def test_runbooks_of_preparations_freeze_designs_that_the_executor_takes(places: Places, tmp_path: Path) -> None:
    from migration.run.settings import WorkerSettings
    from migration.runbook.model import ExecutorKind
    from migration.runbook.read import read_runbook
    from stacks.executor import StackExecutor

    path = tmp_path / "prepare.yaml"
    call = ("--wave", "2021-04-18/yun-1401", "--stage", "prepare", "-o", str(path))
    assert places.run("runbook", "make", places.estate, places.plan, *call).code == 0
    runbook = read_runbook(path)
    steps = [(item, step) for item, step in runbook.steps() if step.executor is ExecutorKind.STACK]
    assert {(step.act.do, step.limits) for item, step in steps if item.object == f"system:{SYSTEM}"} == {
        ("zone", (f"stack:{ZONE}",)),
        ("system", (f"stack:{STACK}",)),
    }
    executor = StackExecutor(WorkerSettings())
    assert [executor.inspect(step, item.parameters) for item, step in steps] == [()] * 10
    broken = steps[0][1].model_copy(update={"parameters": {}})
    assert [flaw.code for flaw in executor.inspect(broken, {})] == ["stack-design"]


def test_runbooks_of_estates_without_stacks_have_none(
    runner: Runner, tmp_path: Path, places: Places, without_stacks: Callable[[Path], None]
) -> None:
    without_stacks(places.estate)
    path = tmp_path / "prepare.yaml"
    call = ("--wave", "2021-04-18/yun-1401", "--stage", "prepare", "-o", str(path))
    assert runner("runbook", "make", places.estate, places.plan, *call).code == 0
    assert "executor: stack" not in path.read_text(encoding="utf-8")


@pytest.fixture
def without_stacks() -> Callable[[Path], None]:
    """Takes settings.stacks out of an estate."""
    import yaml

    def take(estate: Path) -> None:
        path = estate / "estate.yaml"
        plain = yaml.safe_load(path.read_text(encoding="utf-8"))
        del plain["settings"]["stacks"]
        path.write_text(yaml.safe_dump(plain, allow_unicode=True), encoding="utf-8")

    return take
