"""Transfer lists: what is on them, and how lists that come back differ from the inventory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from inventory.errors import UnknownObjectError
from inventory.inventory import Inventory
from inventory.ledger.errors import LedgerError
from migration.rooms.errors import TransferError
from migration.rooms.filled import COLUMNS, FIRST_ROW, Difference, changed_since, compare_list, read_list
from migration.rooms.transfer import TransferList, receiver_of, transfer_lists
from tests.migration.check.builder import Draft
from tests.migration.tracks.making import fresh
from ui.reports.transfer_form import transfer_workbook
from ui.texts import set_language

MOST_MB = 8


def draft() -> Draft:
    found = fresh()
    found.records["room"] = [
        {"id": "r1", "name": "一号机房", "division": "140100", "department": "city"},
        {"id": "r2", "division": "140105", "department": "county"},
        {"id": "kept", "division": "140105", "department": "county", "intention": "keep"},
        {"id": "nobody", "division": "140105"},
    ]
    rows: list[dict[str, Any]] = [
        {"id": "a1", "room": "r1", "rack": "A01", "position": 5, "serial_number": "0012345678901234567"},
        {"id": "a2", "room": "r1", "rack": "A01", "position": 9, "model": "=1+1", "note": "@x", "serial_number": "S2"},
        {"id": "a3", "room": "r2", "serial_number": "S3", "asset_number": "+N3"},
        {"id": "a4", "room": "kept", "serial_number": "S4"},
        {"id": "a5", "room": "nobody"},
        {"id": "a6", "room": "r2", "department": "city", "name": "交换机", "role": "network"},
    ]
    for row in rows:
        found.add("asset", **row)
    return found.add("department", id="bureau", division="140100", name="大数据局")


def lists(found: Draft, to: str = "bureau", **kwargs: Any) -> dict[str, list[str]]:
    inventory = found.inventory()
    made, _ = transfer_lists(inventory, receiver_of(inventory, to), **kwargs)
    return {entry.giver: [row.asset for row in entry.rows] for entry in made}


# ---- what is on a list ----


def test_a_list_for_each_department_of_the_rooms_that_close() -> None:
    assert lists(draft()) == {"city": ["a2", "a1", "a6"], "county": ["a3"]}


def test_a_room_or_a_department_alone() -> None:
    assert lists(draft(), room="r2") == {"city": ["a6"], "county": ["a3"]}
    assert lists(draft(), department="county") == {"county": ["a4", "a3"]}
    assert lists(draft(), room="r2", department="city") == {"city": ["a6"]}


def test_what_has_no_owner_is_told() -> None:
    inventory = draft().inventory()
    assert transfer_lists(inventory, receiver_of(inventory, "bureau"))[1] == ("a5",)


def test_what_the_receiver_has_already_is_left_out() -> None:
    assert lists(draft(), "county") == {"city": ["a2", "a1", "a6"]}
    assert lists(draft(), "room:r2") == {"city": ["a2", "a1"]}


@pytest.mark.parametrize("to", ["bureo", "room:bureau", "system:x"])
def test_an_unknown_receiver_is_named_with_the_nearest(to: str) -> None:
    with pytest.raises(TransferError) as error:
        receiver_of(draft().inventory(), to)
    assert error.value.code == "transfer-to"
    assert "bureau" in error.value.hint or to == "system:x"


def test_an_unknown_room_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownObjectError) as error:
        lists(draft(), room="r11")
    assert "r1" in error.value.hint


def test_the_hash_covers_every_value() -> None:
    first = one(draft())
    assert first.hash == one(draft()).hash
    assert first.hash != one(draft().change("asset", "a1", position=6)).hash
    assert first.hash != one(draft(), "county").hash


# ---- the form ----


def one(found: Draft, to: str = "bureau") -> TransferList:
    inventory = found.inventory()
    return transfer_lists(inventory, receiver_of(inventory, to))[0][0]


def form(found: Draft, path: Path) -> Path:
    inventory = found.inventory()
    path.write_bytes(transfer_workbook(inventory, one(found)))
    return path


def test_the_form_is_for_a4_and_repeats_its_headings(tmp_path: Path) -> None:
    page = load_workbook(form(draft(), tmp_path / "x.xlsx")).active
    assert page is not None
    assert (int(page.page_setup.paperSize or 0), page.page_setup.orientation) == (9, "landscape")
    assert page.print_title_rows == "$6:$6"
    assert page.page_setup.fitToWidth == 1


def test_the_form_says_who_what_and_with_which_hash(tmp_path: Path) -> None:
    page = load_workbook(form(draft(), tmp_path / "x.xlsx")).active
    assert page is not None
    shown = "\n".join(str(cell.value) for row in page.iter_rows(min_row=3) for cell in row if cell.value is not None)
    for words in ("大数据局 (bureau)", "一号机房 (r1)", one(draft()).hash, "0012345678901234567", "Supervisor"):
        assert words in shown
    condition = COLUMNS.index("condition") + 2
    assert [page.cell(line, condition).value for line in range(FIRST_ROW, FIRST_ROW + 3)] == [None] * 3


def test_nothing_on_the_form_is_a_formula(tmp_path: Path) -> None:
    page = load_workbook(form(draft(), tmp_path / "x.xlsx")).active
    assert page is not None
    cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    risky = [cell for cell in cells if str(cell.value).startswith(("=", "+", "-", "@"))]
    assert {cell.value for cell in risky} == {"=1+1", "@x"}
    assert all(cell.quotePrefix for cell in risky)


def test_the_same_list_gives_the_same_bytes_at_any_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = form(draft(), tmp_path / "x.xlsx").read_bytes()
    monkeypatch.setattr("zipfile.time.time", lambda: 2_000_000_000.0)
    assert form(draft(), tmp_path / "y.xlsx").read_bytes() == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}


def test_the_form_speaks_chinese(tmp_path: Path) -> None:
    set_language("zh")
    try:
        page = load_workbook(form(draft(), tmp_path / "x.xlsx")).active
    finally:
        set_language("en")
    assert page is not None
    assert page["B3"].value == "资产划转清单"
    assert compare(draft().inventory(), tmp_path / "x.xlsx") == []


# ---- what comes back ----


def compare(inventory: Inventory, path: Path) -> list[tuple[str, str, str, str, str]]:
    found: tuple[Difference, ...] = compare_list(inventory, read_list(path, MOST_MB))
    return [(entry.code, entry.asset, entry.cell, entry.listed, entry.recorded) for entry in found]


def filled(path: Path, change: Callable[[Any], None]) -> Path:
    book = load_workbook(form(draft(), path))
    change(book.active)
    book.save(path)
    return path


def column(name: str) -> int:
    return COLUMNS.index(name) + 2


def test_a_list_as_it_was_written_has_no_differences(tmp_path: Path) -> None:
    assert compare(draft().inventory(), form(draft(), tmp_path / "x.xlsx")) == []


def test_condition_and_remarks_are_no_differences(tmp_path: Path) -> None:
    def change(page: Any) -> None:
        page.cell(FIRST_ROW, column("condition"), "完好")
        page.cell(FIRST_ROW, column("note"), "=标签脱落")

    assert compare(draft().inventory(), filled(tmp_path / "x.xlsx", change)) == []


def test_differences_with_their_cells(tmp_path: Path) -> None:
    def change(page: Any) -> None:
        page.cell(FIRST_ROW, column("serial_number"), "S2-other")
        page.cell(FIRST_ROW + 1, column("position"), 7)
        page.cell(FIRST_ROW + 2, column("rack"), "B09")

    assert compare(draft().inventory(), filled(tmp_path / "x.xlsx", change)) == [
        ("other-serial", "a2", "D7", "S2-other", "S2"),
        ("moved", "a1", "J8", "7", "5"),
        ("moved", "a6", "I9", "B09", ""),
    ]


def test_rows_added_taken_out_and_twice(tmp_path: Path) -> None:
    def change(page: Any) -> None:
        for cells in [cells for cells in page.merged_cells.ranges if cells.min_row >= FIRST_ROW]:
            page.unmerge_cells(str(cells))  # a spreadsheet program moves them along, openpyxl does not
        page.delete_rows(FIRST_ROW + 2)
        page.insert_rows(FIRST_ROW + 2, 3)
        page.cell(FIRST_ROW + 2, column("serial_number"), "NEW1")
        page.cell(FIRST_ROW + 3, column("serial_number"), "Ｓ2 ")

    assert compare(draft().inventory(), filled(tmp_path / "x.xlsx", change)) == [
        ("extra", "", "B9", "NEW1", ""),
        ("twice", "a2", "B10", "B7", ""),
        ("missing", "a6", "", "", "交换机"),
    ]


def test_what_has_changed_on_record_since(tmp_path: Path) -> None:
    path = form(draft(), tmp_path / "x.xlsx")
    later = draft().change("asset", "a1", room="r2").add("asset", id="a9", room="r1", serial_number="S9").inventory()
    assert compare(later, path) == [("moved", "a1", "H8", "r1", "r2"), ("missing", "a9", "", "", "S9")]
    gone = draft().inventory()
    gone = gone.replace(assets={id: asset for id, asset in gone.assets.items() if id != "a1"})
    assert compare(gone, path) == [("extra", "", "B8", "0012345678901234567", "")]


def test_whether_the_inventory_has_changed_since(tmp_path: Path) -> None:
    filled_in = read_list(form(draft(), tmp_path / "x.xlsx"), MOST_MB)
    assert not changed_since(draft().inventory(), filled_in)
    assert changed_since(draft().change("asset", "a1", rack="B01").inventory(), filled_in)
    assert not changed_since(draft().change("asset", "a3", rack="B01").inventory(), filled_in)


def test_nothing_is_said_of_records_that_are_left_out(tmp_path: Path) -> None:
    filled_in = read_list(form(draft(), tmp_path / "x.xlsx"), MOST_MB)
    inventory = draft().inventory().without([("asset", "a1")])
    assert [entry.code for entry in compare_list(inventory, filled_in)] == ["extra"]
    assert compare_list(inventory, filled_in, {"a1"}) == ()


# ---- workbooks that are none of ours ----


def swapped(page: Any) -> None:
    page.cell(1, 3).value, page.cell(1, 4).value = page.cell(1, 4).value, page.cell(1, 3).value


def no_head(page: Any) -> None:
    page["A2"] = "{}"


def no_end(page: Any) -> None:
    for row in page.iter_rows(min_col=1, max_col=1):
        if row[0].value == "end":
            row[0].value = None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (swapped, "transfer-columns"),
        (lambda page: page.delete_cols(4), "transfer-columns"),
        (lambda page: page.merge_cells("C7:C8"), "transfer-merged"),
        (no_head, "transfer-damaged"),
        (no_end, "transfer-damaged"),
        (lambda page: page.delete_cols(1), "transfer-no-form"),
    ],
)
def test_a_list_that_was_changed_in_form(tmp_path: Path, change: Callable[[Any], None], code: str) -> None:
    with pytest.raises(TransferError) as error:
        read_list(filled(tmp_path / "x.xlsx", change), MOST_MB)
    assert error.value.code == code
    assert str(tmp_path / "x.xlsx") in str(error.value)


def test_another_workbook_and_no_workbook(tmp_path: Path) -> None:
    book = Workbook()
    book.active["A1"] = "x"  # type: ignore[index]
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(TransferError) as error:
        read_list(tmp_path / "other.xlsx", MOST_MB)
    assert error.value.code == "transfer-no-form"
    (tmp_path / "locked.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(LedgerError) as locked:
        read_list(tmp_path / "locked.xlsx", MOST_MB)
    assert locked.value.code == "ledger-password"
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(TransferError) as text:
        read_list(tmp_path / "x.csv", MOST_MB)
    assert text.value.code == "transfer-no-form"


def test_a_list_of_another_estate(tmp_path: Path) -> None:
    path = form(draft(), tmp_path / "x.xlsx")
    inventory = draft().inventory()
    with pytest.raises(TransferError) as error:
        compare_list(inventory.replace(departments={}), read_list(path, MOST_MB))
    assert error.value.code == "transfer-other-estate"
