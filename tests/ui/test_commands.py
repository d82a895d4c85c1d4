"""Every command keeps the promises that scripts and people rely on."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.borders.tree import ROOT
from tests.ui.commands import ALL, ANYWHERE, CALLS, COMMANDS, READ_AN_ESTATE, SAYABLE, SCRIPT, Ran, Runner
from ui.texts import LANGUAGES

ESCAPE = "\x1b"
COLOUR = re.compile(r"\x1b\[[0-9;]*(3[0-7]|4[0-7]|9[0-7]|38|48)[;m]")
PATIENCE = 120
"""Seconds after which a child process counts as hung."""


def child(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [*SCRIPT, *map(str, arguments)]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, check=False, timeout=PATIENCE)


def assert_refused(ran: Ran, code: int = 2) -> None:
    """One line that says what is wrong, at most one that says what to do; nothing for programs to read."""
    assert ran.code == code, ran
    assert ran.out == ""
    assert 1 <= len(ran.err.splitlines()) <= 2, ran.err
    assert "Traceback" not in ran.err


def test_every_command_has_a_good_call() -> None:
    assert set(CALLS) == set(COMMANDS)


# Help


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", ["", *ALL])
def test_help(runner: Runner, words: str, language: str) -> None:
    """``--lang`` works before the command and behind it; the help is in that language, the example is shown."""
    before, behind = (["--lang", language], []) if words not in COMMANDS else ([], ["--lang", language])
    ran = runner(*before, *words.split(), "--help", *behind)
    assert (ran.code, ran.err) == (0, "")
    said, _, example = ran.out.partition({"en": "\nExample", "zh": "\n示例"}[language])
    assert {"en": "Usage:", "zh": "用法："}[language] in said
    assert bool(re.search("[\u4e00-\u9fff]", said)) == (language == "zh")
    if words in COMMANDS:
        assert re.search(rf"^ *qianyun {words}( |$)", example, flags=re.MULTILINE)


@pytest.mark.parametrize("words", COMMANDS)
def test_examples_parse(words: str) -> None:
    command = COMMANDS[words]
    for line in vars(command)["example"].replace("\\\n", " ").splitlines():
        name, *arguments = shlex.split(line.partition(" > ")[0])
        assert name == "qianyun"
        assert arguments[: len(words.split())] == words.split()
        command.make_context(words, arguments[len(words.split()) :])  # raises for what does not parse


@pytest.mark.parametrize("words", COMMANDS)
def test_options_that_every_command_has(words: str) -> None:
    names = {name for parameter in COMMANDS[words].params for name in parameter.opts}
    assert {"--json", "--lang", "--now"} <= names


def test_without_arguments_help_is_shown(runner: Runner) -> None:
    for words in ["", *(words for words, command in ALL.items() if isinstance(command, click.Group))]:
        ran = runner(*words.split())
        assert (ran.code, ran.out) == (2, "")
        assert "Usage: qianyun" in ran.err


def test_version(runner: Runner) -> None:
    ran = runner("--version")
    assert ran.code == 0
    assert re.fullmatch(r"qianyun \d+\.\d+\S*\n", ran.out)


# Answers


def documented(words: str) -> set[str]:
    """What docs/formats.md writes as code in a command's row; the plan file has a page of its own."""
    formats = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    rows = [line for line in formats.splitlines() if line.startswith("| `") and f"`{words}`" in line.split("|")[1]]
    text = "".join(rows) + (
        (ROOT / "docs" / "plan-file.md").read_text(encoding="utf-8") if words == "plan show" else ""
    )
    return set(re.findall(r"`([a-z_]+)`", text))


LINES = {"run events"}
"""Commands whose JSON is an object a line."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", ANYWHERE)
def test_json_is_one_object_with_the_version_of_its_format(runner: Runner, words: str, language: str) -> None:
    ran = runner(*runner.call(words), "--json", "--lang", language)
    assert ran.code == 0, ran
    if words in LINES:
        assert {next(iter(json.loads(line))) for line in ran.out.splitlines()} == {"format"}
        return
    answer = json.loads(ran.out)
    if words == "schema":  # is a format of its own, and says so
        assert answer["$schema"].startswith("https://json-schema.org/")
        return
    assert answer["format"] == 1
    assert next(iter(answer)) == "format"
    assert set(answer) - {"format", "quarantined"} <= documented(words)
    if words in READ_AN_ESTATE:
        assert answer["quarantined"] == 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", ANYWHERE)
def test_text_has_no_escapes_in_a_pipe(runner: Runner, words: str, language: str) -> None:
    ran = runner(*runner.call(words), "--lang", language)
    assert ran.code == 0, ran
    assert ESCAPE not in ran.out + ran.err
    assert "Traceback" not in ran.err
    assert ran.out + ran.err != ""


def test_language_comes_from_option_then_variable_then_locale(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "用法" in runner("--help").out
    monkeypatch.setenv("QIANYUN_LANG", "en")
    assert "Usage" in runner("--help").out
    assert "用法" in runner("--lang", "zh", "--help").out


def test_wide_characters_align(runner: Runner) -> None:
    from rich.cells import cell_len

    rows = runner("inventory", "find", SAYABLE, "kind:system", "--lang", "zh").out.splitlines()
    lines = [line for line in rows if ".yaml:" in line]
    assert len(lines) > 3
    assert len({cell_len(line[: line.index("systems.yaml")]) for line in lines}) == 1


# Mistakes


def test_unknown_command_names_the_nearest(runner: Runner) -> None:
    ran = runner("inventry", "check", "x")
    assert_refused(ran)
    assert "inventory" in ran.err
    ran = runner("inventory", "chek", "x")
    assert_refused(ran)
    assert "check" in ran.err


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", COMMANDS)
def test_unknown_option_names_the_nearest(runner: Runner, words: str, language: str) -> None:
    ran = runner(*words.split(), "--lang", language, "--jsn")
    assert_refused(ran)
    assert "--jsn" in ran.err
    assert "--json" in ran.err


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", [words for words in COMMANDS if words not in ("lab list", "net platforms", "doctor")])
def test_missing_argument(runner: Runner, words: str, language: str) -> None:
    ran = runner(*words.split(), "--lang", language)
    assert_refused(ran)


WRONG_VALUES = {
    ("plan", "make", "x", "-o", "y", "--effort", "abc"): ("--effort", "0"),
    ("plan", "make", "x", "-o", "y", "--time-limit", "0"): ("--time-limit", "0"),
    ("plan", "make", "x"): ("--output",),
    ("plan", "make", "x", "-o"): ("-o",),
    ("plan", "make"): ("ESTATE",),
    ("plan", "make", "x", "-o", "y", "more"): ("more",),
    ("inventory", "export", "x", "-o", "y.csv", "--kind", "sistem"): ("--kind", "system"),
    ("example", "make", "x", "--systems", "many"): ("--systems",),
    ("--lang", "fr"): ("--lang", "zh"),
}


@pytest.mark.parametrize("arguments", WRONG_VALUES, ids=" ".join)
def test_wrong_use_is_said_in_the_readers_language(
    runner: Runner, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("QIANYUN_LANG", "zh")
    ran = runner(*arguments)
    assert_refused(ran)
    reason = ran.err.splitlines()[0]
    for word in WRONG_VALUES[arguments]:
        assert word in reason
    assert re.search(r"[a-z] (is|of|not|a|an|requires|argument)\b", reason) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", COMMANDS)
def test_impossible_day(runner: Runner, words: str, language: str) -> None:
    ran = runner(*runner.call(words), "--lang", language, "--now", "2021-02-30")
    assert_refused(ran)
    assert "2021-02-30" in ran.err


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", ["missing", "empty", "file"])
@pytest.mark.parametrize("words", READ_AN_ESTATE)
def test_no_estate(runner: Runner, tmp_path: Path, words: str, case: str, language: str) -> None:
    place = tmp_path / "nothing"
    good = runner.call(words, estate=place, into=place, observed=place)
    if case == "empty":
        place.mkdir()
    elif case == "file":
        place.write_text("name: x\n")
    before = sorted(tmp_path.rglob("*"))
    ran = runner(*good, "--lang", language)
    assert_refused(ran)
    assert str(place) in ran.err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("case", ["missing", "empty", "folder", "text", "json", "cut"])
@pytest.mark.parametrize("words", [words for words, call in CALLS.items() if "{plan}" in call])
def test_no_plan_file(runner: Runner, tmp_path: Path, words: str, case: str) -> None:
    place = tmp_path / "nothing.json"
    good = runner.call(words)
    made = (tmp_path / "made.plan.json").read_text(encoding="utf-8")
    contents = {"empty": "", "text": "not a plan", "json": "[1, 2]", "cut": made[: len(made) // 2]}
    if case == "folder":
        place.mkdir()
    elif case in contents:
        place.write_text(contents[case], encoding="utf-8")
    ran = runner(*(str(place) if argument.endswith("made.plan.json") else argument for argument in good))
    assert_refused(ran)
    assert str(place) in ran.err


def test_a_plan_of_a_newer_format(runner: Runner, tmp_path: Path) -> None:
    runner.call("plan show")
    made = json.loads((tmp_path / "made.plan.json").read_text(encoding="utf-8"))
    (tmp_path / "newer.json").write_text(json.dumps(made | {"format": 99}), encoding="utf-8")
    assert_refused(runner("plan", "show", tmp_path / "newer.json"), code=5)


@pytest.mark.parametrize("words", [words for words, call in CALLS.items() if "{out}" in " ".join(call)])
def test_no_place_to_write(runner: Runner, tmp_path: Path, words: str) -> None:
    """A file where a folder has to be: refused, and the file is as it was."""
    (tmp_path / "file").write_text("mine")
    ran = runner(*runner.call(words, out=tmp_path / "file"))
    assert ran.code == 2, ran
    assert "Traceback" not in ran.err
    assert (tmp_path / "file").read_text() == "mine"


def test_errors_in_an_estate_are_two_and_the_rest_goes_on(runner: Runner) -> None:
    bad = ROOT / "tests" / "data" / "bad" / "structure"
    assert runner("inventory", "check", bad).code == 2
    ran = runner("inventory", "stats", bad, "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["quarantined"] > 0
    assert "inventory check" in ran.err
    assert_refused(runner("inventory", "stats", bad, "--strict"))


def test_unknown_object_names_the_nearest(runner: Runner) -> None:
    ran = runner("inventory", "show", SAYABLE, "system:tysff")
    assert_refused(ran)
    assert "tysf" in ran.err.splitlines()[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bug_leaves_a_log(runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug made for this test")

    monkeypatch.setattr("ui.commands.inventory.read_estate", broken)
    ran = runner("inventory", "check", SAYABLE, "--lang", language)
    assert_refused(ran, code=1)
    assert str(tmp_path / "cache" / "debug.log") in ran.err
    assert "a bug made for this test" in (tmp_path / "cache" / "debug.log").read_text(encoding="utf-8")


# Streams and signals: in processes of their own


def test_a_closed_pipe_is_quiet() -> None:
    script = "set -o pipefail; " + shlex.join([*SCRIPT, "schema", "--all"]) + " | head -n 1"
    ran = subprocess.run(["bash", "-c", script], capture_output=True, check=False, timeout=PATIENCE)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout == b"{\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_locale_without_chinese(tmp_path: Path, language: str) -> None:
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "QIANYUN_CACHE_DIR": str(tmp_path)}
    for arguments in (["inventory", "stats", str(SAYABLE)], ["inventory", "show", str(SAYABLE), "system:none"]):
        ran = child(*arguments, "--lang", language, **environment)
        assert ran.returncode == (2 if "show" in arguments else 0)
        assert b"Traceback" not in ran.stderr
        assert (ran.stdout + ran.stderr).isascii()
    assert b"\\u" in child("inventory", "stats", SAYABLE, "--lang", "zh", **environment).stdout


def test_no_color_on_a_terminal(tmp_path: Path) -> None:
    import pty

    for arguments in (["inventory", "stats", str(SAYABLE)], ["inventory", "chek"], ["--help"]):
        main, side = pty.openpty()
        environment = os.environ | {"NO_COLOR": "1", "TERM": "xterm-256color", "QIANYUN_CACHE_DIR": str(tmp_path)}
        with subprocess.Popen([*SCRIPT, *arguments], stdin=side, stdout=side, stderr=side, env=environment):
            os.close(side)
            shown = b""
            while chunk := _read(main):
                shown += chunk
        os.close(main)
        assert shown.strip()
        assert not COLOUR.search(shown.decode())


def _read(file: int) -> bytes:
    try:
        return os.read(file, 65536)
    except OSError:  # the other side is closed
        return b""


# The command as it is, which says when the estate is loaded: from then on it searches for a minute.
SEARCHING = """
import sys
import ui.commands.plan.make as plan
opened = plan.open_estate
def open_estate(*arguments):
    loaded = opened(*arguments)
    print("loaded", file=sys.stderr, flush=True)
    return loaded
plan.open_estate = open_estate
from ui.app import run
sys.exit(run(sys.argv[1:]))
"""


def test_an_interrupt_leaves_nothing(runner: Runner, tmp_path: Path) -> None:
    estate, output = tmp_path / "estate", tmp_path / "plan.json"
    assert runner("example", "make", estate, "--like", "kaifeng", "--systems", "120").code == 0
    before = sorted(path for path in tmp_path.rglob("*") if "cache" not in path.parts)
    command = [sys.executable, "-c", SEARCHING, "plan", "make", str(estate), "-o", str(output), "--time-limit", "60"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "loaded\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    assert out == ""
    assert len(err.strip().splitlines()) == 1  # behind an empty line: a terminal stands at ^C
    assert sorted(path for path in tmp_path.rglob("*") if "cache" not in path.parts) == before
