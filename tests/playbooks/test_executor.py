"""The executor against a real SSH server: what it does, what it finds wrong, what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import inventory
from migration.run.events import Probed
from migration.run.ports import Executor, Probe
from playbooks.errors import PlaybookError
from playbooks.executor import AnsibleExecutor
from tests.playbooks.calls import Calls
from tests.playbooks.sshd import Server, free_port, make_key

ROLES = Path(__file__).parent / "data" / "roles"
MakeCalls = Callable[..., Calls]

pytestmark = [pytest.mark.slow, pytest.mark.component("ansible"), pytest.mark.component("sshd")]


@pytest.fixture
def executor(server: Server) -> AnsibleExecutor:
    return AnsibleExecutor(server.settings(), ROLES)


def test_a_step_from_probe_to_rollback(executor: AnsibleExecutor, calls: MakeCalls, tmp_path: Path) -> None:
    port: Executor = executor
    note, made = tmp_path / "note", calls()
    words = {"path": str(note), "text": "as {{ it }} is"}
    assert port.probe(made("note/probe", **words)) == Probe(Probed.NOT_DONE, "not there")

    outcome = port.act(made("note", **words))
    assert outcome.ok
    assert note.read_text() == "as {{ it }} is\n"  # parameters are no templates
    assert outcome.evidence == {"where": str(note), "lines": 1}
    assert made.said("Write the note").status == "changed"

    assert port.probe(made("note/probe", **words)) == Probe(Probed.DONE, "there")
    assert port.verify(made("note/verify", **words)).ok
    assert port.act(made("note", **words)).ok
    assert [said.status for said in made.outputs if said.task.endswith("Write the note")] == ["changed", "ok"]

    assert port.rollback(made("note/rollback", **words)).ok
    assert not note.exists()
    assert list(made.folder.iterdir()) == []


def test_parameters_get_the_types_that_the_role_declares(
    executor: AnsibleExecutor, calls: MakeCalls, tmp_path: Path
) -> None:
    """Text of a runbook becomes numbers and truth; what the role does not take is left out."""
    made = calls()
    given = {"path": str(tmp_path / "x"), "loud": "false", "size": "3", "gather_facts": "x", "ansible_host": "10.0.0.1"}
    assert executor.act(made("typed", **given)).evidence == {"loud": "bool", "size": "int", "other": "absent"}


def test_a_probe_that_says_nothing_is_unknown(executor: AnsibleExecutor, calls: MakeCalls, tmp_path: Path) -> None:
    assert executor.probe(calls()("note/verify", path=str(tmp_path))) == Probe(Probed.UNKNOWN)


def test_preview_changes_nothing_and_says_what_would(
    executor: AnsibleExecutor, calls: MakeCalls, tmp_path: Path
) -> None:
    note = tmp_path / "note"
    seen = executor.preview(calls()("note", path=str(note), text="new"))
    assert (seen.ok, seen.changes) == (True, 1)
    assert "+new" in seen.text
    assert not note.exists()
    note.write_text("old\n")
    note.chmod(0o600)
    seen = executor.preview(calls()("note", path=str(note), text="new"))
    assert "-old\n+new" in seen.text
    assert note.read_text() == "old\n"
    assert executor.preview(calls()("note", path=str(note), text="old")).changes == 0


def test_preview_admits_what_cannot_be_tried(executor: AnsibleExecutor, calls: MakeCalls, tmp_path: Path) -> None:
    made = calls()
    seen = executor.preview(made("check", path=str(tmp_path / "x")))
    assert (seen.ok, seen.changes, seen.code) == (True, None, "")
    tried = ("Cannot be tried", "Needs what was not tried", "Left out while nothing may change")
    assert {line for line in seen.text.splitlines() if line.startswith("? ")} == {f"? one: {task}" for task in tried}
    assert "+a" in seen.text
    assert "+b" in seen.text
    assert made.said("Only looks").status == "ok"
    assert list(tmp_path.glob("x*")) == []


def test_preview_tells_a_failure(executor: AnsibleExecutor, calls: MakeCalls) -> None:
    seen = executor.preview(calls()("undefined"))
    assert (seen.ok, seen.code) == (False, "template-error")


def test_a_failed_task(executor: AnsibleExecutor, calls: MakeCalls) -> None:
    made = calls()
    outcome = executor.act(made("failing"))
    assert (outcome.ok, outcome.code) == (False, "failed")
    assert "one: task 'Go wrong' failed" in outcome.message
    assert "the disk is full" in outcome.message
    assert [said.status for said in made.outputs] == ["ok", "failed"]
    with pytest.raises(PlaybookError) as error:
        executor.probe(made("failing"))
    assert error.value.code == "failed"


def test_a_failure_that_the_role_catches(executor: AnsibleExecutor, calls: MakeCalls) -> None:
    assert executor.act(calls()("catching")).ok
    outcome = executor.act(calls()("catching", again=True))
    assert (outcome.ok, outcome.code) == (False, "failed")
    assert "task 'Give up' failed: undone, and given up" in outcome.message


def test_one_failure_stops_all_hosts(
    executor: AnsibleExecutor, calls: MakeCalls, server: Server, tmp_path: Path
) -> None:
    """A step is done on all of its hosts or goes no further on any."""
    made = calls(server.host(), server.host("two", variables={"spoilt": True}))
    outcome = executor.act(made("partly", path=str(tmp_path / "x")))
    assert (outcome.ok, outcome.code) == (False, "failed")
    assert list(tmp_path.glob("x*")) == []


def test_nobody_answers(executor: AnsibleExecutor, calls: MakeCalls, server: Server, tmp_path: Path) -> None:
    made = calls(server.host(), server.host("away", port=free_port()))
    outcome = executor.act(made("note", path=str(tmp_path / "x")))
    assert (outcome.ok, outcome.code) == (False, "unreachable")
    assert outcome.message.startswith("away: ")
    assert "Connection refused" in outcome.message
    assert made.said("Write the note").status == "unreachable"


def test_a_wrong_host_key(calls: MakeCalls, server: Server, tmp_path: Path) -> None:
    make_key(tmp_path / "other")
    other = " ".join((tmp_path / "other.pub").read_text().split()[:2])
    known = tmp_path / "known"
    for content in (f"[127.0.0.1]:{server.port} {other}\n", ""):  # another key; none
        known.write_text(content)
        executor = AnsibleExecutor(server.settings(known_hosts=str(known)), ROLES)
        outcome = executor.act(calls()("note", path=str(tmp_path / "x")))
        assert (outcome.ok, outcome.code) == (False, "host-key")
        assert known.read_text() == content
    assert not (tmp_path / "x").exists()


def test_a_wrong_login_key(calls: MakeCalls, server: Server, tmp_path: Path) -> None:
    make_key(tmp_path / "other")
    executor = AnsibleExecutor(server.settings(private_key=str(tmp_path / "other")), ROLES)
    outcome = executor.act(calls()("note", path=str(tmp_path / "x")))
    assert (outcome.ok, outcome.code) == (False, "login-refused")


def test_no_host_did_anything(executor: AnsibleExecutor, calls: MakeCalls) -> None:
    outcome = executor.act(calls()("nobody"))
    assert (outcome.ok, outcome.code) == (False, "no-hosts")
    made = calls()
    made.hosts = ()
    with pytest.raises(PlaybookError) as error:
        executor.act(made("note"))
    assert error.value.code == "no-targets"


def test_our_own_inventory_package_is_no_inventory(
    executor: AnsibleExecutor, calls: MakeCalls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """ansible-runner takes a folder called inventory beside it for hosts: here its files would be dozens."""
    monkeypatch.chdir(Path(inventory.__file__ or "").parent.parent)
    made = calls()
    assert executor.act(made("note", path=str(tmp_path / "x"))).ok
    (stats,) = [json.loads(line) for line in made.launch.lines if '"stats"' in line[:20]]
    assert stats["processed"] == {"one": 1}


@pytest.mark.parametrize(
    ("role", "code", "place"),
    [
        ("misspelt", "playbook-broken", "misspelt/tasks/main.yml:2"),
        ("looping", "template-error", "looping/tasks/main.yml:2"),
        ("undefined", "template-error", "undefined/tasks/main.yml:2"),
        ("nested", "role-unknown", "no_such_role"),
    ],
)
def test_a_wrong_role(executor: AnsibleExecutor, calls: MakeCalls, role: str, code: str, place: str) -> None:
    outcome = executor.act(calls()(role))
    assert (outcome.ok, outcome.code) == (False, code)
    assert place in outcome.message


def test_a_role_that_does_not_parse_is_not_started(executor: AnsibleExecutor, calls: MakeCalls) -> None:
    made = calls()
    with pytest.raises(PlaybookError) as error:
        executor.act(made("broken"))
    assert error.value.code == "role-broken"
    assert "broken/tasks/main.yml:6" in error.value.message
    assert made.launch.process is None


def test_refused_parameters(executor: AnsibleExecutor, calls: MakeCalls) -> None:
    """What inspect would have found is found again by Ansible."""
    outcome = executor.act(calls()("note", text="x"))
    assert (outcome.ok, outcome.code) == (False, "parameters-refused")
    assert "path" in outcome.message
