"""A filled form is taken over whole or not at all, and every fault is named with sheet and cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from inventory.errors import FileError
from stacks.design.model import ZoneOutputs
from stacks.requests.checking import Checked, check_form
from stacks.requests.errors import RequestChangedError, RequestError
from stacks.requests.filled import FilledForm, read_form
from stacks.requests.model import Request
from stacks.requests.records import request_of_form, write_request
from stacks.requests.workbook import FIRST_ROW
from tests.stacks.requests.made import DAY, fill, form_of, request_of, save

Change = Callable[[Workbook], object]


def place(sheet: Worksheet, column: str) -> int:
    return next(number for number in range(2, sheet.max_column + 1) if sheet.cell(1, number).value == column)


def put(title: str, row: int, column: str, value: object) -> Change:
    """Write into row ``row`` (from 0) of a sheet."""

    def change(book: Workbook) -> None:
        sheet = book[f"sheet-{title}"]
        sheet.cell(FIRST_ROW + row, place(sheet, column)).value = value  # type: ignore[assignment]

    return change


def deliver(
    tmp_path: Path, change: Change, request: Request | None = None, taken: dict[str, str] | None = None
) -> Checked:
    asked = request or request_of()
    book = form_of(asked)
    fill(book)
    change(book)
    form = read_form(save(book, tmp_path / "form.xlsx"), 64)
    return check_form(asked, form, taken or {}, DAY)


def flaws(checked: Checked) -> list[tuple[str, str, str | None]]:
    assert not checked.flaws or not checked.deliveries
    return [(flaw.code, flaw.data["sheet"], flaw.data.get("cell")) for flaw in checked.flaws]


def test_a_good_form_becomes_deliveries(tmp_path: Path) -> None:
    checked = deliver(tmp_path, lambda _: None)
    assert flaws(checked) == []
    zone, hydj, tysf = checked.deliveries
    assert (zone.stack, hydj.stack, tysf.stack) == ("zone.yun-a.mzt", "system.hydj", "system.tysf")
    assert zone.zone == ZoneOutputs(
        project_id="project_id-zone.yun-a.mzt/project",
        network_id="network_id-zone.yun-a.mzt/subnet-v4",
        subnets={"4": "subnet_id-zone.yun-a.mzt/subnet-v4", "6": "subnet_id-zone.yun-a.mzt/subnet-v6"},
        groups={"bastion": "group_id-zone.yun-a.mzt/group-bastion"},
        dns_zone_id="dns_zone_id-zone.yun-a.mzt/project",
    )
    assert [(component, machine.addresses) for component, machine in hydj.machines.items()] == [
        ("web", ("10.128.3.20", "2001:db8:77::1")),
        ("db", ("10.128.3.30", "2001:db8:77::2")),
    ]
    assert hydj.machines["db"].id == "machine_id-system.hydj/machine-db"
    assert hydj.rows["system.hydj/volume-db-data"].values == {"volume_id": "volume_id-system.hydj/volume-db-data"}
    assert hydj.rows["system.hydj/rule-hydj-db-in-443"].values == {"done": "yes"}
    assert (zone.system, hydj.zone) == (None, None)
    assert all(delivery.delivered == DAY for delivery in checked.deliveries)


FAULTS: list[tuple[Change, list[tuple[str, str, str | None]]]] = [
    (put("machines", 1, "address_v4", "10.128.9.9"), [("delivery-outside", "sheet-machines", "N4")]),
    (put("machines", 1, "address_v4", "10.128.3.0"), [("delivery-outside", "sheet-machines", "N4")]),
    (put("machines", 1, "address_v4", "10.128.3.63"), [("delivery-outside", "sheet-machines", "N4")]),
    (put("machines", 1, "address_v6", "2001:db8:78::1"), [("delivery-outside", "sheet-machines", "O4")]),
    (put("machines", 1, "address_v4", "2001:db8:77::9"), [("delivery-family", "sheet-machines", "N4")]),
    (put("machines", 1, "address_v6", "10.128.3.40"), [("delivery-family", "sheet-machines", "O4")]),
    (put("machines", 1, "address_v4", "10.128.3.20"), [("delivery-address-twice", "sheet-machines", "N4")]),
    (put("machines", 1, "address_v4", "10.128.3.50"), [("delivery-address-twice", "sheet-machines", "N4")]),
    (put("machines", 0, "address_v4", "10.128.3.21"), [("delivery-address-other", "sheet-machines", "N3")]),
    (put("machines", 1, "address_v4", "10.128.3"), [("delivery-unreadable", "sheet-machines", "N4")]),
    (put("machines", 1, "address_v4", 10.128), [("delivery-unreadable", "sheet-machines", "N4")]),
    (put("machines", 1, "machine_id", "#REF!"), [("delivery-unreadable", "sheet-machines", "M4")]),
    (put("machines", 1, "machine_id", "a b"), [("delivery-unreadable", "sheet-machines", "M4")]),
    (put("machines", 1, "machine_id", "=A1"), [("delivery-formula", "sheet-machines", "M4")]),
    (put("machines", 1, "machine_id", 12345678901234567), [("delivery-rounded", "sheet-machines", "M4")]),
    (put("machines", 1, "machine_id", None), [("delivery-empty", "sheet-machines", "M4")]),
    (put("machines", 1, "machine_id", "  "), [("delivery-empty", "sheet-machines", "M4")]),
    (put("machines", 1, "vcpu", 1), [("delivery-changed", "sheet-machines", "H4")]),
    (put("machines", 1, "flavor", "c1"), [("delivery-changed", "sheet-machines", "G4")]),
    (put("volumes", 0, "size_gib", 99), [("delivery-changed", "sheet-volumes", "E3")]),
    (put("volumes", 1, "volume_id", "volume_id-system.hydj/volume-web-data"),
     [("delivery-id-twice", "sheet-volumes", "G4")]),
    (put("projects", 0, "memory_gib", 15), [("delivery-changed", "sheet-projects", "H3")]),
    (put("networks", 0, "prefix", "10.128.4.0/26"), [("delivery-changed", "sheet-networks", "E3")]),
    (put("networks", 1, "network_id", "other"), [("delivery-changed", "sheet-networks", "H4")]),
    (put("rules", 1, "done", "否"), [("delivery-not-done", "sheet-rules", "K4")]),
    (put("rules", 1, "done", "perhaps"), [("delivery-unreadable", "sheet-rules", "K4")]),
    (lambda book: book["sheet-rules"].delete_rows(4), [("delivery-row-missing", "sheet-rules", None)]),
    (lambda book: book["sheet-rules"].append([None, "one more"]), [("delivery-row-extra", "sheet-rules", "A7")]),
    (lambda book: book["sheet-rules"].append(["system.x/rule-y", "z"]), [("delivery-row-extra", "sheet-rules", "A7")]),
    (lambda book: book["sheet-volumes"].append([cell.value for cell in book["sheet-volumes"][3]]),
     [("delivery-row-twice", "sheet-volumes", "A6")]),
    (lambda book: book.remove(book["sheet-volumes"]), [("delivery-sheet", "volumes", None)]),
    (put("volumes", -2, "volume_id", "Volume"), [("delivery-sheet", "sheet-volumes", None)]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), FAULTS)
def test_every_fault_is_named(tmp_path: Path, change: Change, expected: list[tuple[str, str, str | None]]) -> None:
    checked = deliver(tmp_path, change, taken={"10.128.3.50": "other/app"})
    assert flaws(checked) == expected
    assert all(str(flaw) for flaw in checked.flaws)


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        for each, _ in (FAULTS[0], FAULTS[10 + 1], FAULTS[24]):
            each(book)

    assert [code for code, _, _ in flaws(deliver(tmp_path, change))] == [
        "delivery-not-done", "delivery-unreadable", "delivery-outside",
    ]  # fmt: skip


KIND: list[Change] = [
    put("machines", 1, "address_v4", " 10.128.3.30 "),
    put("machines", 1, "address_v4", "１０.128.3.30"),
    put("machines", 1, "address_v6", "2001:0DB8:0077:0::2"),
    put("rules", 1, "done", "Yes"),
    put("rules", 1, "done", "是 yes"),
    put("machines", 1, "memory_gib", "4.5"),
    put("networks", 0, "prefix", " 10.128.3.0/26"),
]


@pytest.mark.parametrize("change", KIND)
def test_the_ways_of_spreadsheets_make_no_difference(tmp_path: Path, change: Change) -> None:
    untouched = deliver(tmp_path, lambda _: None)
    assert deliver(tmp_path, change) == untouched


def test_numbers_are_taken_as_ids(tmp_path: Path) -> None:
    checked = deliver(tmp_path, put("machines", 1, "machine_id", 4711))
    assert checked.deliveries[1].machines["db"].id == "4711"


def test_rows_may_be_sorted(tmp_path: Path) -> None:
    def turn(book: Workbook) -> None:
        sheet = book["sheet-volumes"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=FIRST_ROW)]
        for number, row in enumerate(reversed(rows), start=FIRST_ROW):
            for column, value in enumerate(row, start=1):
                sheet.cell(number, column).value = value

    assert deliver(tmp_path, turn) == deliver(tmp_path, lambda _: None)


def test_a_form_finds_its_request(tmp_path: Path) -> None:
    request, form = request_of(), read_form(save(form_of(request_of()), tmp_path / "form.xlsx"), 64)
    with pytest.raises(RequestError) as unknown:
        request_of_form(tmp_path, form, Path("form.xlsx"))
    assert unknown.value.code == "request-unknown"
    assert write_request(tmp_path, request) is False
    assert request_of_form(tmp_path, form, Path("form.xlsx")) == request
    assert write_request(tmp_path, request) is False
    assert write_request(tmp_path, request_of(lead_days=3)) is True
    with pytest.raises(RequestChangedError) as changed:
        request_of_form(tmp_path, form, Path("form.xlsx"))
    assert (changed.value.code, changed.value.exit_code) == ("request-changed", 5)
    (tmp_path / "deliveries" / "requests" / f"{request.id}.yaml").write_text("id: [", encoding="utf-8")
    with pytest.raises(RequestError) as spoilt:
        request_of_form(tmp_path, form, Path("form.xlsx"))
    assert spoilt.value.code == "request-unreadable"


def spoilt_files(folder: Path) -> list[Path]:
    book = Workbook()
    book.save(folder / "other.xlsx")
    form = save(form_of(request_of()), folder / "form.xlsx")
    (folder / "cut.xlsx").write_bytes(form.read_bytes()[:3000])
    (folder / "list.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    nameless = form_of(request_of())
    nameless.worksheets[0].cell(FIRST_ROW, 3).value = None
    nameless.save(folder / "nameless.xlsx")
    return [folder / name for name in ("other.xlsx", "cut.xlsx", "list.csv", "nameless.xlsx")]


def test_what_is_no_form_is_refused(tmp_path: Path) -> None:
    codes = {}
    for path in spoilt_files(tmp_path):
        with pytest.raises((RequestError, FileError)) as error:
            read_form(path, 64)
        codes[path.name] = error.value.code
        assert error.value.exit_code == 2
    assert codes == {
        "other.xlsx": "delivery-no-form", "cut.xlsx": "ledger-broken", "list.csv": "delivery-no-form",
        "nameless.xlsx": "delivery-no-form",
    }  # fmt: skip
    with pytest.raises(FileError):
        read_form(tmp_path / "missing.xlsx", 64)


def test_the_day_of_a_delivery_is_its_own(tmp_path: Path) -> None:
    other = check_form(request_of(), _form(tmp_path), {}, dt.date(2021, 4, 13)).deliveries
    assert {delivery.delivered for delivery in other} == {dt.date(2021, 4, 13)}


def _form(tmp_path: Path) -> FilledForm:
    book = form_of(request_of())
    fill(book)
    return read_form(save(book, tmp_path / "form.xlsx"), 64)
