"""The executor of commands: exit codes, places, environment, evidence, and what it never does."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migration.run.errors import StepError
from migration.run.events import Probed
from migration.run.executors.command import CommandExecutor, fill
from migration.run.masking import MASK
from migration.run.ports import Executor, StepCall
from migration.runbook.model import Call, ExecutorKind, Step
from tests.migration.run.executors.calls import Calls

COMMAND: Executor = CommandExecutor()


@pytest.fixture
def calls(tmp_path: Path) -> Calls:
    return Calls(tmp_path)


def python(calls: Calls, program: str, *words: str, **more: Any) -> StepCall:
    return calls.make(Call(argv=(sys.executable, "-c", program, *words)), **more)


def test_exit_codes_of_acting_verifying_and_undoing(calls: Calls) -> None:
    for method in (COMMAND.act, COMMAND.verify, COMMAND.rollback):
        assert method(python(calls, "print('done')")).ok
        failed = method(python(calls, "import sys; sys.exit('no space left')"))
        assert (failed.ok, failed.code) == (False, "exit-code")
        assert failed.message == "the program ended with code 1\nno space left"


@pytest.mark.parametrize(
    ("program", "found"),
    [
        ("", Probed.DONE),
        ("raise SystemExit(1)", Probed.NOT_DONE),
        ("raise SystemExit(2)", Probed.UNKNOWN),
        ("import os; os.kill(os.getpid(), 9)", Probed.UNKNOWN),
        ("import time; time.sleep(30)", Probed.UNKNOWN),
    ],
)
def test_exit_codes_of_probes(calls: Calls, program: str, found: Probed) -> None:
    assert COMMAND.probe(python(calls, program, timeout=2)).found is found


def test_a_probe_that_cannot_be_started_leaves_it_open(calls: Calls) -> None:
    assert COMMAND.probe(calls.make(Call(argv=("no-such-program",)))).found is Probed.UNKNOWN


def test_programs_that_cannot_be_started(calls: Calls) -> None:
    missing = COMMAND.act(calls.make(Call(argv=("no-such-program", "x"))))
    assert (missing.code, missing.message) == ("program-missing", "the program 'no-such-program' is not on the worker")
    (calls.folder / "plain").write_text("#!/bin/sh\n")
    assert COMMAND.act(calls.make(Call(argv=(str(calls.folder / "plain"),)))).code == "program-denied"


def test_too_long_and_canceled(calls: Calls) -> None:
    late = COMMAND.act(python(calls, "import time; time.sleep(30)", timeout=1))
    assert (late.ok, late.code) == (False, "timed-out")
    calls.cancel.set()
    assert COMMAND.act(python(calls, "import time; time.sleep(30)")).code == "canceled"


def test_no_shell_ever_reads_a_word(calls: Calls) -> None:
    program = "import json, sys; print(json.dumps(sys.argv[1:]))"
    words = ("$HOME", "a;b", "`id`", "x y", "*", "{value}")
    done = COMMAND.act(python(calls, program, *words, value="$(touch hacked)", step={"evidence": ("x",)}))
    assert done.ok
    assert json.loads(done.message) == ["$HOME", "a;b", "`id`", "x y", "*", "$(touch hacked)"]
    assert list(calls.folder.iterdir()) == []


def test_places(calls: Calls) -> None:
    call = Call(
        argv=(
            "p",
            "--to={target}",
            "{number}",
            "{flag}",
            "{rows}",
            "{{kept}}",
            "{ print $1 }",
            "{}",
            "{target}{target}",
        )
    )
    filled = fill(calls.make(call, target="db-1", number=5432, flag=True, rows=["a", 2]))
    assert filled[1:] == ["--to=db-1", "5432", "true", '["a", 2]', "{kept}", "{ print $1 }", "{}", "db-1db-1"]


def test_what_is_filled_in_is_not_filled_again(calls: Calls) -> None:
    assert fill(calls.make(Call(argv=("p", "{a}")), a="{b}", b="secret")) == ["p", "{b}"]


@pytest.mark.parametrize(
    ("argv", "parameters", "code"),
    [
        (("p", "{absent}"), {}, "missing-parameter"),
        (("p", "{none}"), {"none": None}, "missing-parameter"),
        (("p", "{a}"), {"a": "x\x00y"}, "bad-parameter"),
        (("{empty}",), {"empty": " "}, "no-argv"),
        ((), {}, "no-argv"),
    ],
)
def test_calls_that_cannot_be_filled(calls: Calls, argv: tuple[str, ...], parameters: Any, code: str) -> None:
    for method in (COMMAND.preview, COMMAND.act, COMMAND.probe):
        with pytest.raises(StepError) as raised:
            method(calls.make(Call(argv=argv), **parameters))
        assert raised.value.code == code


@given(st.lists(st.text(st.characters(exclude_characters="{}\x00"), min_size=1), min_size=1))
def test_words_without_places_stay(words: list[str]) -> None:
    words[0] += "x"
    assert fill(Calls(Path()).make(Call(argv=tuple(words)), x="y")) == words


def test_the_environment_is_four_names(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "abcd")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/tmp/agent")
    found = COMMAND.act(python(calls, "import os, json; print(json.dumps(sorted(os.environ)))"))
    assert set(json.loads(found.message)) - {"LC_CTYPE"} <= {"PATH", "HOME", "LANG", "SSH_AUTH_SOCK"}
    assert "SSH_AUTH_SOCK" in found.message


def test_it_runs_in_its_own_folder(calls: Calls) -> None:
    assert COMMAND.act(python(calls, "import os; print(os.getcwd())")).message == str(calls.folder.resolve())


def test_lines_are_reported_and_secrets_masked(calls: Calls) -> None:
    program = "print('one'); print('password=abcd'); print('-----BEGIN PRIVATE KEY-----'); print('MIIabcd')"
    done = COMMAND.act(python(calls, program))
    assert [said.message for said in calls.said] == ["one", f"password={MASK}", MASK, ""]
    assert "abcd" not in done.message


def test_evidence_is_what_the_step_names(calls: Calls) -> None:
    program = "import json; print(json.dumps({'rows': 12, 'other': 1, 'password': 'x'}))"
    assert COMMAND.act(python(calls, program, step={"evidence": ("rows", "absent")})).evidence == {"rows": 12}
    assert COMMAND.act(python(calls, program)).evidence == {}
    for printed in ("[1]", "no json", "1"):
        assert COMMAND.act(python(calls, f"print('{printed}')", step={"evidence": ("rows",)})).evidence == {}


def test_previews_start_nothing(calls: Calls) -> None:
    marker = calls.folder / "marker"
    shown = COMMAND.preview(python(calls, f"open({str(marker)!r}, 'w')", "{word}", word="a b"))
    assert (shown.ok, shown.changes) == (True, None)
    assert shown.text.endswith(" 'a b'")
    assert not marker.exists()
    assert COMMAND.preview(python(calls, "", step={"changes": False})).changes == 0
    absent = COMMAND.preview(calls.make(Call(argv=("no-such-program", "--password", "abcd"))))
    assert (absent.ok, absent.code) == (False, "program-missing")
    assert "abcd" not in absent.text


def test_inspection() -> None:
    step = Step(
        id="s",
        executor=ExecutorKind.COMMAND,
        act=Call(argv=("p",)),
        probe=Call(do="something"),
        rollback=Call(argv=("  ", "x")),
    )
    assert [(flaw.code, flaw.data["call"]) for flaw in COMMAND.inspect(step, {})] == [
        ("no-argv", "probe"),
        ("no-argv", "rollback"),
    ]
    assert COMMAND.inspect(step.model_copy(update={"probe": None, "rollback": None}), {}) == ()


def test_inspection_finds_parameters_that_nobody_gives() -> None:
    act = Call(argv=("p", "{own}", "{step}", "{item}", "{absent}", "{absent}{{no}}"), parameters={"own": 1})
    step = Step(id="s", executor=ExecutorKind.COMMAND, act=act, verify=Call(argv=("{own}",)), parameters={"step": 0})
    found = [(flaw.code, flaw.data["parameter"]) for flaw in COMMAND.inspect(step, {"item": False})]
    assert found == [("missing-parameter", "absent"), ("missing-parameter", "own")]
