"""Locks, changelog and component marks: the small tools that keep the set-up honest."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import components
from tests.borders.tree import ROOT, settings
from tools import changelog, requirement_files

HASH = "0" * 64


@pytest.mark.component("git")
def test_the_tree_names_no_index() -> None:
    assert requirement_files.findings(ROOT) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements/base.txt", "--index~-url https://index.example/simple\n"),
        ("requirements/base.txt", "# from https://index.example/simple\n"),
        ("requirements/base.txt", "a @ https://index.example/a-1.0-py3-none-any.whl\n"),
        ("tools/install.sh", "pip install --extra~-index-url=https://index.example/simple a\n"),
        ("tools/install.sh", "pip install --find~-links /opt/folder a\n"),
        ("Makefile", "export PIP_~INDEX_URL=https://index.example/simple\n"),
        ("docs/pip.conf", "[global]\ncert = a\nindex~-url = https://index.example/simple\n"),
        ("pyproject.toml", "[[tool.uv.index]]\n"),
        ("uv.toml", 'url = "https://index.example/simple"\n'),
        ("package-lock.json", '"resolved": "https://index.example/a.tgz"\n'),
    ],
)
def test_an_index_address_is_found(name: str, text: str) -> None:
    # The sign keeps these examples themselves from being found.
    assert list(requirement_files.address_findings(name, text.replace("~", "")))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Makefile", "uv pip compile --no-emit-index-url --no-emit-find-links -o requirements/all.txt\n"),
        ("docs/install.md", "Without a network: `PIP_NO_INDEX=1 PIP_FIND_LINKS=/folder make install`\n"),
        ("README.md", "See https://example.org/\n"),
    ],
)
def test_what_is_no_address(name: str, text: str) -> None:
    assert not list(requirement_files.address_findings(name, text))


@pytest.mark.parametrize("line", ["click", "click>=8", "click==8.1.8", f"    --hash=sha256:{HASH}", "-e ."])
def test_a_loose_requirement_is_found(line: str) -> None:
    assert list(requirement_files.lock_findings("requirements/base.txt", line + "\n"))


def test_an_exact_requirement_passes() -> None:
    head = "# made\nclick==8.1.8 ; python_full_version < '3.12' \\\n"
    text = f"{head}    --hash=sha256:{HASH} \\\n    --hash=sha256:{HASH}\n"
    assert not list(requirement_files.lock_findings("requirements/base.txt", text))


def locked(name: str) -> set[str]:
    lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines()
    return {line.removesuffix(" \\") for line in lines if line and line[0].isalnum()}


def test_the_base_is_part_of_the_whole() -> None:
    assert locked("base.txt") < locked("all.txt")


def test_every_dependency_is_locked() -> None:
    def names(requirements: list[str]) -> set[str]:
        heads = {requirement.split(">")[0].split("[")[0] for requirement in requirements}
        return {head.strip().lower().replace(".", "-").replace("_", "-") for head in heads}

    def lock(name: str) -> set[str]:
        return {line.split("==")[0].split("[")[0] for line in locked(name)}

    project = settings()["project"]
    assert names(project["dependencies"]) <= lock("base.txt")
    for extra, requirements in project["optional-dependencies"].items():
        if extra != "all":
            assert names(requirements) <= lock("all.txt"), extra


def test_fragments(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("about\n", encoding="utf-8")
    (tmp_path / "plan-report.added.md").write_text("A report.\nOne file.\n", encoding="utf-8")
    (tmp_path / "ledger.fixed.md").write_text("Dates are read.\n", encoding="utf-8")
    assert changelog.problems(tmp_path) == []
    assert changelog.section(tmp_path) == "### Added\n\n* A report.\n  One file.\n\n### Fixed\n\n* Dates are read."
    for name in ("report.md", "Report.added.md", "report.new.md", "report.added.txt"):
        path = tmp_path / name
        path.write_text("Text.\n", encoding="utf-8")
        assert len(changelog.problems(tmp_path)) == 1, name
        path.unlink()
    for text in ("", "# Heading\n", "x" * 2000):
        (tmp_path / "other.changed.md").write_text(text, encoding="utf-8")
        assert len(changelog.problems(tmp_path)) == 1


def test_a_missing_component(monkeypatch: pytest.MonkeyPatch) -> None:
    def component(missing: str | None, *, obtainable: bool) -> components.Component:
        return components.Component(missing=lambda: missing, obtainable=lambda: obtainable, how="install it")

    monkeypatch.setitem(components.COMPONENTS, "there", component(None, obtainable=True))
    monkeypatch.setitem(components.COMPONENTS, "gone", component("not found", obtainable=True))
    monkeypatch.setitem(components.COMPONENTS, "foreign", component("not found", obtainable=False))
    text = "not found; to run it: install it"
    assert components.verdict("there", must_have=True) is None
    assert components.verdict("gone", must_have=True) == ("fail", f"component gone: {text}")
    assert components.verdict("gone", must_have=False) == ("skip", f"component gone: {text}")
    assert components.verdict("foreign", must_have=True) == ("skip", f"component foreign: {text}")
