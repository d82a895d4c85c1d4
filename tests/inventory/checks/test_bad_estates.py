"""Each folder of tests/data/bad breaks some rules: all of its problems are reported in one run, and nothing else.

``expected.txt`` has one problem a line: severity, code, place, path of the field, nearest known name ("-" where empty).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from inventory.load import read_estate
from inventory.problems import Problem, Severity
from inventory.tables.problems import PROBLEMS

BAD = Path(__file__).parents[2] / "data" / "bad"
ESTATES = sorted(path.name for path in BAD.iterdir() if path.is_dir())

BY_PERMISSION = {"file-unreadable", "folder-unreadable"}
"""Codes that no file of a repository can bring about."""
OF_LATER = ("addresses-", "lint-", "run-", "runbook-", "stack-")
"""Codes of address plans, runbooks, runs and stacks, which tests of those bring about."""
BY_SIZE = {"file-too-large"}


def _line(found: Problem) -> str:
    return " ".join((found.severity, found.code, str(found.origin), found.path or "-", found.nearest or "-"))


def _expected(name: str) -> list[str]:
    return (BAD / name / "expected.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", ESTATES)
def test_all_problems_are_reported_with_their_places(name: str) -> None:
    loaded = read_estate(BAD / name, cache=False)
    assert [_line(found) for found in loaded.problems] == _expected(name)


@pytest.mark.parametrize("name", ESTATES)
def test_messages_and_hints_are_filled(name: str) -> None:
    for found in read_estate(BAD / name, cache=False).problems:
        text = found.message + found.hint
        assert found.message
        assert "{" not in text.replace("{state:", "").replace("{system:", ""), text


@pytest.mark.parametrize("name", ESTATES)
def test_records_with_an_error_are_left_out(name: str) -> None:
    loaded = read_estate(BAD / name, cache=False)
    wrong = {(found.kind, found.id) for found in loaded.problems if found.severity is Severity.ERROR and found.id}
    assert wrong - {("estate", "")} <= loaded.quarantined
    for kind, key in loaded.quarantined:
        assert key not in loaded.inventory.of(kind)


def test_every_code_has_an_estate_that_brings_it_about() -> None:
    seen = {line.split()[1] for name in ESTATES for line in _expected(name)}
    of_estates = {code for code in PROBLEMS if not code.startswith(OF_LATER)}
    assert of_estates - seen == BY_PERMISSION | BY_SIZE


def test_too_large_a_file_is_left_out_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "estate.yaml").write_text("name: x\nas_of: 2021-03-01\nsettings: {max_file_mb: 1}\n")
    (tmp_path / "large.yaml").write_text("# " + "x" * 1_100_000)
    (tmp_path / "small.yaml").write_text("divisions: [{id: a, name: a, level: city}]\n")
    loaded = read_estate(tmp_path, cache=False)
    assert [(found.code, str(found.origin)) for found in loaded.problems] == [("file-too-large", "large.yaml")]
    assert list(loaded.inventory.divisions) == ["a"]


def test_nothing_of_classified_records_is_repeated() -> None:
    """The stubs of the estate carry this text in every field that they should not have."""
    secret = "绝不能出现"
    assert secret in (BAD / "classified" / "stubs.yaml").read_text(encoding="utf-8")
    for found in read_estate(BAD / "classified", cache=False).problems:
        assert secret not in found.model_dump_json()
        assert secret not in found.message + found.hint
