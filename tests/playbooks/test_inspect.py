"""What the executor finds wrong with a step before anything is contacted."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migration.run.settings import WorkerSettings
from migration.runbook.model import Call
from playbooks.errors import PlaybookError
from playbooks.executor import ROLES as SHIPPED
from playbooks.executor import AnsibleExecutor
from playbooks.specs import Misfit, fit, read_role, role_names
from tests.playbooks.calls import step

ROLES = Path(__file__).parent / "data" / "roles"
EXECUTOR = AnsibleExecutor(WorkerSettings(), ROLES)
GOOD: dict[str, Any] = {"path": "/tmp/x", "size": "3", "loud": "yes", "mode": "open", "places": [{"name": "a"}]}


def codes(do: str, shared: dict[str, Any] | None = None, **others: Any) -> list[str]:
    return [flaw.code for flaw in EXECUTOR.inspect(step(do, **others), shared or {})]


def test_a_good_step() -> None:
    calls: dict[str, Any] = {name: Call(do=f"note/{name}") for name in ("probe", "verify", "rollback")}
    assert codes("note", parameters=GOOD, **calls) == []


def test_unknown_names() -> None:
    (flaw,) = EXECUTOR.inspect(step("nute"), {})
    assert (flaw.code, flaw.data["role"], flaw.data["nearest"]) == ("role-unknown", "nute", "note")
    (flaw,) = EXECUTOR.inspect(step("note", parameters=GOOD, probe=Call(do="note/prob")), {})
    assert (flaw.code, flaw.data["entry"]) == ("role-entry-unknown", "prob")
    assert "probe" in flaw.data["known"]
    assert codes("../../roles/note", parameters=GOOD) == ["role-unknown"]
    assert codes("note/../../x/tasks/main", parameters=GOOD) == ["role-entry-unknown"]
    assert codes("", parameters=GOOD) == ["role-unknown"]


def test_no_targets() -> None:
    assert codes("note", parameters=GOOD, targets=()) == ["no-targets"]


@pytest.mark.parametrize(
    ("change", "code", "name"),
    [
        ({"path": None}, "missing-parameter", "path"),
        ({"size": "many"}, "bad-parameter", "size"),
        ({"size": 1.5}, "bad-parameter", "size"),
        ({"loud": "perhaps"}, "bad-parameter", "loud"),
        ({"mode": "ajar"}, "bad-parameter", "mode"),
        ({"path": ["/x"]}, "bad-parameter", "path"),
        ({"places": "a"}, "bad-parameter", "places"),
        ({"places": ["a"]}, "bad-parameter", "places.1"),
        ({"places": [{"name": "a"}, {"port": 1}]}, "missing-parameter", "places.2.name"),
        ({"places": [{"name": "a", "prot": 1}]}, "parameter-unknown", "places.1.prot"),
        ({"lout": True}, "parameter-unknown", "lout"),
    ],
)
def test_parameters(change: dict[str, Any], code: str, name: str) -> None:
    (flaw,) = EXECUTOR.inspect(step("note", parameters={**GOOD, **change}), {})
    assert (flaw.code, flaw.data["parameter"]) == (code, name)
    PlaybookError(flaw.code, **flaw.data)  # the data fill the text
    assert PlaybookError(flaw.code, **flaw.data).message


def test_the_nearest_parameter_is_named() -> None:
    (flaw,) = EXECUTOR.inspect(step("note", parameters={**GOOD, "lout": True}), {})
    assert flaw.data["nearest"] == "loud"


def test_parameters_of_the_item_and_of_other_calls() -> None:
    """What the item has for other steps, and the step for its other calls, is no mistake; what a call has, may be."""
    assert codes("note", {"path": "/x", "color": "red"}) == []
    assert codes("note", parameters={**GOOD, "color": "red"}, verify=Call(do="typed")) == ["parameter-unknown"]
    called = Call(do="note/verify", parameters={"color": "red"})
    assert codes("note", parameters=GOOD, verify=called) == ["parameter-unknown"]
    assert codes("note", verify=Call(do="note/verify"), act=Call(do="note", parameters=GOOD)) == ["missing-parameter"]


def test_a_role_without_specifications_takes_anything() -> None:
    assert codes("failing", parameters={"color": "red"}) == []


def test_files_that_do_not_parse(tmp_path: Path) -> None:
    (flaw,) = EXECUTOR.inspect(step("broken"), {})
    assert flaw.code == "role-broken"
    assert (flaw.data["path"], flaw.data["line"]) == (str(ROLES / "broken" / "tasks" / "main.yml"), "6")

    shutil.copytree(ROLES / "note", tmp_path / "note")
    executor = AnsibleExecutor(WorkerSettings(), tmp_path)
    assert executor.inspect(step("note", parameters=GOOD), {}) == ()
    (tmp_path / "note" / "tasks" / "verify.yml").write_text("name: no list\n")
    (flaw,) = executor.inspect(step("note", parameters=GOOD), {})  # read again: the file has changed
    assert (flaw.code, flaw.data["line"], flaw.data["reason"]) == ("role-broken", "1", "a list of tasks is expected")


def test_encrypted_text_may_stand_for_anything() -> None:
    secret = "$ANSIBLE_VAULT;1.1;AES256\n3132\n"
    assert codes("note", parameters={**GOOD, "size": secret, "loud": secret}) == []


@pytest.mark.parametrize("name", role_names(SHIPPED))
def test_shipped_roles_parse_and_declare_all_their_entries(name: str) -> None:
    role = read_role(SHIPPED, name)
    assert role is not None
    assert role.broken == ()
    assert set(role.options) <= set(role.entries)


SPEC = {
    "number": {"type": "int"},
    "truth": {"type": "bool"},
    "text": {"type": "str"},
    "list": {"type": "list", "elements": "int"},
    "map": {"type": "dict", "options": {"number": {"type": "int", "required": True}}},
}
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "number": st.integers(),
        "truth": st.booleans(),
        "text": st.text(),
        "list": st.lists(st.integers()),
        "map": st.fixed_dictionaries({"number": st.integers()}),
    },
)


def spelt(value: Any) -> Any:
    """As a file has it in which all scalars are text."""
    if isinstance(value, dict):
        return {key: spelt(item) for key, item in value.items()}
    return [spelt(item) for item in value] if isinstance(value, list) else str(value)


@given(VALUES)
def test_values_and_their_spelling_fit_alike(values: dict[str, Any]) -> None:
    assert fit(SPEC, values) == (values, [])
    assert fit(SPEC, spelt(values)) == (values, [])


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.text())))
def test_nothing_that_is_not_declared_gets_through(values: dict[str, Any]) -> None:
    fitted, misfits = fit({"a": {"type": "str"}}, values)
    assert set(fitted) <= {"a"}
    assert {misfit.name for misfit in misfits if misfit.kind == "unknown"} == set(values) - {"a"}
    assert fit({"a": {"type": "str"}}, {}) == ({}, [])
    assert fit({"a": {"type": "str", "required": True}}, {}) == ({}, [Misfit("missing", "a")])


def test_without_ansible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playbooks.executor.find_spec", lambda name: None if name == "ansible" else object())
    with pytest.raises(ModuleNotFoundError) as error:
        AnsibleExecutor(WorkerSettings())
    assert error.value.name == "ansible"
