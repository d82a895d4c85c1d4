"""Both languages say everything, say the same, and say nothing that no command uses."""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from string import Formatter

import click
import pytest

import inventory
import migration
import network
import playbooks
import stacks
import ui
from inventory.errors import QianyunError, UnknownObjectError
from inventory.problems import Origin, problem
from inventory.tables.problems import PROBLEMS
from ui.app import root
from ui.texts import LANGUAGES, error_texts, problem_texts, set_language, text

TEXTS = Path(ui.__file__).parent / "texts"
# Their English stands with their codes, below ui.
BY_CODE = {"problems", "errors"}
# Areas whose keys are codes of other packages: whether a code is used is tested where the codes are.
CODES = {"causes", "check", "form", "kinds", "parity", "values"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# A comma, a colon and so on of Latin text beside a Chinese character or what fills a place.
LATIN_PUNCTUATION = re.compile(r"[\u4e00-\u9fff}][,;:?!(](?!\d)|[,;:?!)][\u4e00-\u9fff]")


def areas(language: str) -> set[str]:
    return {path.stem for path in (TEXTS / language).glob("*.py")} - {"__init__"}


def texts(language: str, area: str) -> dict[str, str]:
    found: dict[str, str] = import_module(f"ui.texts.{language}.{area}").TEXTS
    return found


def places(template: str) -> set[str]:
    """Names of the places to fill in a template."""
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(template) if name}


SHARED = sorted(areas("en") & areas("zh"))


def test_both_languages_have_the_same_areas() -> None:
    assert areas("zh") - BY_CODE == areas("en")
    assert areas("zh") >= BY_CODE


@pytest.mark.parametrize("area", SHARED)
def test_areas_have_the_same_keys_and_places(area: str) -> None:
    english, chinese = texts("en", area), texts("zh", area)
    assert set(english) == set(chinese)
    assert {key for key in english if places(english[key]) != places(chinese[key])} == set()


@pytest.mark.parametrize("area", SHARED)
def test_no_english_text_is_empty(area: str) -> None:
    assert [key for key, value in texts("en", area).items() if not value.strip()] == []


@pytest.mark.parametrize("area", sorted(areas("zh")))
def test_chinese_is_chinese(area: str) -> None:
    """Every text with words has a Chinese character, or is the very abbreviation that English uses."""
    english = texts("en", area) if area in areas("en") else {}
    for key, value in texts("zh", area).items():
        words = re.sub(r"\{[^}]*\}", "", value)
        if re.search(r"[A-Za-z]", words) and not CHINESE.search(words):
            bare = words.strip(" :：;；()（）…-")
            assert bare.isupper() or bare.startswith(("qianyun ", "--")) or bare in ABBREVIATIONS, (key, value)
            assert not english or "{" in value or english[key] == value, (key, value)


ABBREVIATIONS = {"Mbit/s x slots"}


@pytest.mark.parametrize("area", sorted(areas("zh")))
def test_chinese_has_chinese_punctuation(area: str) -> None:
    bare = {key: re.sub(r"'[^']*'", "", value) for key, value in texts("zh", area).items()}  # what is quoted is code
    found = {key: value for key, value in bare.items() if LATIN_PUNCTUATION.search(value)}
    assert found == {}


def test_one_and_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(texts("en", "plan"), "test", "{count} {count:item has|items have} {limit:.1f}")
    said = [text("plan.test", count=count, limit=2) for count in (0, 1, 2)]
    assert said == ["0 items have 2.0", "1 item has 2.0", "2 items have 2.0"]


# Codes: English stands with the code, Chinese in ui.


@cache
def error_templates() -> dict[str, tuple[str, str]]:
    """(message, hint) of every error code of every package: all modules called errors are imported first."""
    for package in (inventory, migration, network, playbooks, stacks):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.name.endswith(".errors"):
                import_module(found.name)
    collected: dict[str, tuple[str, str]] = {}
    for kind in tree(QianyunError):
        for code, template in kind.templates.items():
            known = collected.setdefault(code, template)
            assert known == template, f"the code {code} says two things"
    return collected


def tree(kind: type[QianyunError]) -> Iterator[type[QianyunError]]:
    yield kind
    for child in kind.__subclasses__():
        if child.__module__.split(".")[0] in ("inventory", "migration", "network", "playbooks", "stacks", "ui"):
            yield from tree(child)


def compare(english: dict[str, tuple[str, str]], chinese: dict[str, str]) -> None:
    wanted = {f"{code}.{part}" for code in english for part in ("message", "hint")}
    assert wanted - set(chinese) == set(), "not translated"
    assert set(chinese) - wanted == set(), "translated, but no such code"
    for code, (message, hint) in english.items():
        said = chinese[f"{code}.message"], chinese[f"{code}.hint"]
        # A sentence may put a word in its other half.
        assert places(said[0]) | places(said[1]) == places(message) | places(hint), code
        assert bool(said[1]) == bool(hint), f"{code}: only one language has a hint"
        assert said[0].strip(), code


def test_every_problem_is_translated() -> None:
    compare({code: (row.message, row.hint) for code, row in PROBLEMS.items()}, texts("zh", "problems"))


def test_every_error_is_translated() -> None:
    compare(error_templates(), texts("zh", "errors"))


def test_problems_and_errors_of_one_name_are_worded_alike() -> None:
    shared = set(PROBLEMS) & set(error_templates())
    assert "file-too-large" in shared
    for code in shared:
        assert bool(PROBLEMS[code].hint) == bool(error_templates()[code][1]), code


@cache
def words_of_sources() -> set[str]:
    """Every string constant of the program, tables of codes and errors' templates left out."""
    found: set[str] = set()
    for package in (inventory, migration, network, playbooks, stacks, ui):
        for path in Path(package.__file__ or "").parent.rglob("*.py"):
            if path.name != "errors.py" and "texts" not in path.parts and path.name != "problems.py":
                syntax = ast.parse(path.read_text(encoding="utf-8"))
                found |= {str(node.value) for node in ast.walk(syntax) if isinstance(node, ast.Constant)}
    return found


def test_pages_that_hints_name_exist() -> None:
    hints = [hint for _, hint in error_templates().values()] + [row.hint for row in PROBLEMS.values()]
    hints += [hint for area in areas("zh") for hint in texts("zh", area).values()]
    named = {page for hint in hints for page in re.findall(r"docs/[a-z-]+\.md", hint)}
    assert "docs/ledgers.md" in named
    assert {page for page in named if not (TEXTS.parent.parent / page).is_file()} == set()


# Not written where they are raised: the default of its class; and what waits for the first optional part.
DEFAULTS = {"planning-problem-invalid", "missing-extra"}


def test_every_problem_and_error_is_raised_somewhere() -> None:
    raised = words_of_sources()
    own = {code for code in error_templates() if code not in raised and not composed(code)}
    assert own - DEFAULTS == set()
    assert {code for code in PROBLEMS if code not in raised and not composed(code)} == set()


def composed(code: str) -> bool:
    """Whether the sources hold the beginning of a code that is composed: f"file-{...}"."""
    return any(code.startswith(start) for start in words_of_sources() if start.endswith("-") and len(start) > 3)


# Keys: what commands ask for exists, and nothing else.


class Uses(ast.NodeVisitor):
    """String constants of the sources of ui, and the fixed beginnings of composed ones."""

    def __init__(self) -> None:
        self.constants: set[str] = set()
        self.beginnings: set[str] = set()
        self.asked: set[str] = set()

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.constants.add(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        if isinstance(node.values[0], ast.Constant):
            self.beginnings.add(str(node.values[0].value))
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Add) and isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
            self.beginnings.add(node.left.value)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id in ("text", "say") and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                self.asked.add(first.value)
        for keyword in node.keywords:
            if keyword.arg == "key" and isinstance(keyword.value, ast.Constant):
                self.asked.add(str(keyword.value.value))
        self.generic_visit(node)


@cache
def uses() -> Uses:
    found = Uses()
    for path in Path(ui.__file__).parent.rglob("*.py"):
        if TEXTS not in path.parents:
            found.visit(ast.parse(path.read_text(encoding="utf-8")))
    found.visit(ast.parse((TEXTS / "__init__.py").read_text(encoding="utf-8")))
    return found


def help_keys(command: click.Command) -> set[str]:
    """Keys of the help texts of a command and, for a group, of all below it."""
    found = {command.help or ""}
    found |= {item.help for item in command.params if isinstance(item, click.Option) and item.help}
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            found |= help_keys(below)
    return found - {""}


def exists(key: str, language: str) -> bool:
    area, _, name = key.partition(".")
    return area in areas(language) and name in texts(language, area)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_commands_ask_for_exists(language: str) -> None:
    asked = help_keys(root) | uses().asked | {f"cli.group.{name}" for name in root.areas}
    assert {key for key in asked if not exists(key, language)} == set()


@pytest.mark.parametrize("area", [area for area in SHARED if area not in CODES])
def test_no_text_is_left_over(area: str) -> None:
    """A key is used whole; or begins like a composed one; or is a word put behind a bare ``area.``."""
    found, helps = uses(), help_keys(root)
    beginnings = {start for start in found.beginnings if start.startswith(f"{area}.") and start != f"{area}."}
    bare = f"{area}." in found.beginnings
    unused = []
    for name in texts("en", area):
        key = f"{area}.{name}"
        whole = key in found.constants or key in helps or (bare and name in found.constants)
        if not whole and not any(key.startswith(start) for start in beginnings):
            unused.append(key)
    assert unused == []


def test_chinese_messages_name_kinds_in_chinese() -> None:
    because = problem("quarantined", Origin("a.csv"), kind="dependency", id="a>b", because="system 'b'")
    missing = problem("dangling-reference", Origin("a.csv"), kind="system", id="a", target="department", value="x")
    set_language("zh")
    try:
        said = [problem_texts(because)[0], problem_texts(missing)[0]]
        said.append(error_texts(UnknownObjectError("unknown-object", kind="system", id="b", nearest="-"))[0])
    finally:
        set_language("en")
    for word, message in zip(("信息系统 'b'", "部门 'x'", "信息系统 'b'"), said, strict=True):
        assert word in message
