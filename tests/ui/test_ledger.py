"""``qianyun ledger import`` as a script sees it: exit codes, JSON, both languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.inventory.ledger.support import DATA, new_estate
from ui.app import run


def test_taken_refused_unreadable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    estate = new_estate(tmp_path)
    assert run(["ledger", "import", str(DATA / "systems-merged.xlsx"), "--into", str(estate)]) == 0
    assert run(["ledger", "import", str(DATA / "duplicates.csv"), "--into", str(estate)]) == 1
    assert run(["ledger", "import", str(tmp_path / "none.xlsx"), "--into", str(estate)]) == 2
    assert run(["ledger", "import", str(DATA / "dates.csv"), "--into", str(tmp_path / "none")]) == 2
    assert "Traceback" not in "".join(capsys.readouterr())


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    estate = new_estate(tmp_path)
    assert run(["ledger", "import", str(DATA / "english.xlsx"), "--into", str(estate), "--json", "--lang", "en"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["format"] == 1
    assert answer["counts"] == {
        "rows": {"taken": 3, "guessed": 0, "refused": 0},
        "records": {"new": 3, "changed": 0, "same": 0},
        "cells_refused": 1,
    }
    assert answer["unknown_headers"][0]["header"] == "Vendor"
    (finding,) = answer["findings"]
    assert (finding["sheet"], finding["cell"], finding["code"]) == ("Applications", "J4", "day-or-month")
    assert answer["written"] == ["ledgers/systems-english.yaml", ".qianyun/ledgers/memory.json"]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "dry run: nothing was written"), ("zh", "试运行：未写入任何内容")]
)
def test_dry_run(language: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    estate = new_estate(tmp_path)
    before = sorted(estate.rglob("*"))
    run(["ledger", "import", str(DATA / "dates.csv"), "--into", str(estate), "--dry-run", "--lang", language])
    assert words in capsys.readouterr().out
    assert sorted(estate.rglob("*")) == before


def test_every_message_of_the_samples_can_be_said_in_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for sample in sorted(DATA.glob("*.*")):
        if sample.suffix in (".xlsx", ".xls", ".csv"):
            estate = new_estate(tmp_path / sample.name)
            assert run(["ledger", "import", str(sample), "--into", str(estate), "--lang", "zh"]) in (0, 1)
    assert "refused" not in capsys.readouterr().out.replace("[", "").split()
