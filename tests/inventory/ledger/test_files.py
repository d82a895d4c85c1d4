"""Files that are no ledgers: one clear error, nothing written, whatever is wrong with them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from inventory.errors import FileError
from inventory.ledger import LedgerError, LedgerMap, Memory, plan_import, read_map, read_memory
from inventory.ledger.sheets import read_book
from inventory.load import load_estate
from tests.inventory.ledger.support import DATA, new_estate, plan

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refused(path: Path, max_file_mb: int = 64) -> str:
    with pytest.raises(FileError) as caught:
        read_book(path, max_file_mb)
    assert caught.value.message
    return caught.value.code


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "ledger-empty"),
        ("a.csv", b" \n ", "ledger-empty"),
        ("a.xlsx", b"name,department\n", "ledger-ending"),
        ("a.xls", b"<html><table><tr><td>name</td></tr></table></html>", "ledger-ending"),
        ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(60), "ledger-unknown"),
        ("a.csv", bytes(range(256)), "ledger-unknown"),
        ("a.pdf", b"%PDF-1.7 ...", "ledger-unknown"),
        ("a.docx", b"plain words", "ledger-unknown"),
        ("a.xls", OLE + bytes(600), "ledger-broken"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le") + bytes(600), "ledger-password"),
        ("a.xlsx", b"PK\x03\x04" + bytes(100), "ledger-broken"),
        ("a.csv", b'name,department\n"not closed,1\n', "file-syntax"),
    ],
)
def test_no_ledger(name: str, content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert refused(path) == code


def test_missing_and_folder(tmp_path: Path) -> None:
    assert refused(tmp_path / "no.xlsx") == "file-missing"
    assert refused(tmp_path) == "ledger-is-folder"


def test_too_large(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"name\n" * 300_000)
    assert refused(path, 1) == "file-too-large"


def test_a_workbook_that_unpacks_to_far_more_than_it_shows(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 30_000_000)
    assert refused(path, 1) == "ledger-expands"


def test_macros_even_under_another_name(tmp_path: Path) -> None:
    source, path = DATA / "english.xlsx", tmp_path / "a.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for info in old.infolist():
            new.writestr(info, old.read(info))
        new.writestr("xl/vbaProject.bin", b"macros")
    assert refused(path) == "ledger-macros"
    path.rename(path.with_suffix(".xlsm"))
    assert refused(path.with_suffix(".xlsm")) == "ledger-macros"


def test_a_workbook_with_the_other_ending(tmp_path: Path) -> None:
    for source, name in (("english.xlsx", "a.csv"), ("english.xlsx", "a.xls"), ("lines-old.xls", "a.xlsx")):
        path = tmp_path / name
        path.write_bytes((DATA / source).read_bytes())
        assert refused(path) == "ledger-ending"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(["english.xlsx", "lines-old.xls"]), data=st.data())
def test_damaged_workbooks_are_errors_or_workbooks(name: str, data: st.DataObject, tmp_path: Path) -> None:
    content = bytearray((DATA / name).read_bytes())
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(1, len(content) - 1))]
    for _ in range(data.draw(st.integers(0, 12))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / name
    path.write_bytes(content)
    try:
        read_book(path, 64)
    except FileError as error:
        assert error.message  # noqa: PT017 - damage may also leave a readable workbook


def test_no_known_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("一,二,三\n1,2,3\n", encoding="utf-8")
    with pytest.raises(LedgerError) as caught:
        plan(path, new_estate(tmp_path))
    assert caught.value.code == "ledger-no-table"


def test_a_workbook_without_any_cell(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(LedgerError):
        plan(tmp_path / "a.xlsx", new_estate(tmp_path))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("- a\n", "map-invalid"),
        ("heads: {}\n", "map-invalid"),
        ("headers: [a]\n", "map-invalid"),
        ("headers: {甲: no_such_field}\n", "map-invalid"),
        ("sheets: {甲: houses}\n", "map-invalid"),
        ("headers: {甲: [\n", "file-syntax"),
    ],
)
def test_a_map_that_says_nothing_known(text: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        read_map(path)
    assert caught.value.code == code
    assert caught.value.message


def test_memory_that_cannot_be_read_is_no_empty_memory(tmp_path: Path) -> None:
    path = tmp_path / ".qianyun" / "ledgers" / "memory.json"
    path.parent.mkdir(parents=True)
    for text in ("{", '{"format": 2, "records": []}', '{"format": 1, "records": [{}]}', "[]"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(FileError) as caught:
            read_memory(tmp_path)
        assert caught.value.code == "memory-invalid"


def test_planning_leaves_what_it_is_given_alone(tmp_path: Path) -> None:
    estate = new_estate(tmp_path)
    inventory = load_estate(estate, cache=False).inventory
    memory, settled = Memory(), LedgerMap()
    before = inventory.counts
    plan_import(DATA / "english.xlsx", inventory, memory, settled)
    assert (inventory.counts, memory, settled) == (before, Memory(), LedgerMap())
