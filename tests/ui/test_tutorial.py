"""The tutorial of both READMEs runs in a fresh clone exactly as printed, and prints what is printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.borders.tree import ROOT
from tests.ui.commands import COMMANDS
from tools.tutorial import Step, as_shown, comparable, copy_tree, run, steps

READMES = {"en": "README.md", "zh": "README.zh.md"}


def readme(language: str) -> str:
    return (ROOT / READMES[language]).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", READMES)
def test_the_tutorial_does_as_it_says(tmp_path: Path, language: str) -> None:
    copy_tree(tmp_path)
    printed = steps(readme(language))
    assert len(printed) > 15
    outputs = run([step.command for step in printed], tmp_path)
    for step, output in zip(printed, outputs, strict=True):
        assert "Traceback" not in "\n".join(output), step.command
        if step.shown is not None:
            assert comparable(as_shown(step, output)) == comparable(list(step.shown)), step.command


def test_both_tutorials_run_the_same_commands() -> None:
    def neutral(command: str) -> str:
        return re.sub(r"--reason '[^']*'", "--reason ''", command.replace("QIANYUN_LANG=zh", "QIANYUN_LANG=en"))

    english, chinese = ([neutral(step.command) for step in steps(readme(language))] for language in READMES)
    assert english == chinese


@pytest.mark.parametrize("language", READMES)
def test_the_table_lists_all_commands(language: str) -> None:
    listed = re.findall(r"^\| `qianyun ([a-z0-9]+(?: [a-z][a-z-]*){0,2})", readme(language), flags=re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.parametrize("language", READMES)
def test_the_two_commands_and_the_picture_are_there(language: str) -> None:
    text = readme(language)
    assert re.search(r"^    make demo\b", text, flags=re.MULTILINE)
    assert re.search(r"^    make test\b", text, flags=re.MULTILINE)
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / target).exists(), target


def test_parts_of_an_output() -> None:
    step = Step("x", ("a", "...", "d"))
    assert as_shown(step, ["a", "b", "c", "d"]) == ["a", "...", "d"]
    assert as_shown(step, ["a", "d"]) == ["a", "d"]
    assert as_shown(Step("x", ("a",)), ["a", "b"]) == ["a", "b"]
    assert comparable(["search 3.25 s  "]) == ["search 0.0 s"]
