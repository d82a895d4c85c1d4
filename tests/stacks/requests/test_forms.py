"""What a form shows, locks and hides, and that nothing in it is a formula."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest

from stacks.design.model import GroupDesign, RuleDesign
from stacks.requests.cover import NOTES, cover_rows
from stacks.requests.document import SIGNED_BY, request_document
from stacks.requests.model import Request
from stacks.requests.sheets import Fill, sheets_of
from stacks.requests.workbook import FIRST_ROW
from tests.stacks.requests.made import cells, form_of, key_word, request_of
from ui.commands.stack.forms import form_word
from ui.texts import LANGUAGES, set_language
from ui.texts.zh.form import TEXTS

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)")


def text_of(content: bytes) -> str:
    document = docx.Document(io.BytesIO(content))
    tables = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *tables])


def test_all_that_is_asked_for_is_on_the_form_and_in_the_document() -> None:
    request = request_of()
    book, document = form_of(request), text_of(request_document(request, key_word))
    assert [sheet.title for sheet in book.worksheets] == [
        "sheet-cover", "sheet-projects", "sheet-networks", "sheet-groups", "sheet-rules", "sheet-machines",
        "sheet-volumes", "sheet-names",
    ]  # fmt: skip
    shown = {str(cell.value) for cell in cells(book)}
    for expected in (
        request.hash, "2021-05-10", "2021-04-20", "10.128.3.0/26", "2001:db8:77::/64", "hydj-web", "443-444", "::/0",
        "hydj.mzt.yun.", "10.14.0.53", "4.5", "100", "300", "10.128.3.20",
    ):  # fmt: skip
        assert expected in shown
        assert expected in document


def test_only_what_the_operator_gives_is_open() -> None:
    book = form_of(request_of())
    assert book.security.lockStructure
    for sheet in book.worksheets:
        assert sheet.protection.sheet
        assert sheet.row_dimensions[1].hidden
        assert sheet.column_dimensions["A"].hidden
    machines = book["sheet-machines"]
    heads = {str(machines.cell(1, place).value): place for place in range(2, machines.max_column + 1)}
    for row in range(FIRST_ROW, machines.max_row + 1):
        open_here = {name for name, place in heads.items() if not machines.cell(row, place).protection.locked}
        assert open_here == {"machine_id", "address_v4", "address_v6"}
        assert {machines.cell(row, heads[name]).number_format for name in open_here} == {"@"}
    networks = book["sheet-networks"]
    assert [networks.cell(row, 8).protection.locked for row in (3, 4)] == [False, True]  # one network, two subnets
    rules = book["sheet-rules"]
    assert rules.data_validations.dataValidation[0].formula1 == '"是,否"'


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_asked_for_is_read_as_a_formula(text: str) -> None:
    zone = request_of().zones[0]
    rule = RuleDesign(id=text, version=4, protocol=text, remote_group=text, reasons=(text,))
    spoilt = zone.model_copy(update={"project": text, "groups": (GroupDesign(name=text, rules=(rule,)),)})
    book = form_of(request_of(zones=(spoilt,), cloud_name=text, operator=text, department_name=text))
    assert sum(cell.value == text for cell in cells(book)) >= 6
    assert [cell.coordinate for cell in cells(book) if cell.data_type == "f"] == []
    assert all(cell.quotePrefix for cell in cells(book) if cell.value == text)


def test_zones_that_are_there_are_not_asked_for() -> None:
    request = request_of(asked_zones=())
    assert {sheet.key for sheet in sheets_of(request)} == {"groups", "rules", "machines", "volumes", "names"}
    assert request.designs == request.systems


def test_machines_get_an_address_of_each_family_of_their_network() -> None:
    zone = request_of().zones[0]
    narrow = zone.network.model_copy(update={"subnets": zone.network.subnets[:1]})
    request = request_of(zones=(zone.model_copy(update={"network": narrow}),))
    machines = next(sheet for sheet in sheets_of(request) if sheet.key == "machines")
    assert {row.fills for row in machines.rows} == {frozenset({"machine_id", "address_v4"})}


def test_the_hash_changes_with_what_is_asked_for() -> None:
    request = request_of()
    again = Request.model_validate_json(request.model_dump_json())
    assert again.hash == request.hash
    assert request_of(lead_days=21).hash != request.hash
    assert request_of(systems=request.systems[:1]).hash != request.hash


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_form_is_there_and_none_is_left_over(language: str) -> None:
    used: set[str] = set()

    def word(key: str) -> str:
        used.add(key)
        return form_word(key)

    set_language(language)
    try:
        book = form_of(request_of(), word)
        words = text_of(request_document(request_of(), word))
    finally:
        set_language("en")
    both = {f"value-{value}" for value in ("ingress", "egress", "yes", "no")}
    assert used | both == set(TEXTS)
    assert ("云资源申请单" in words, "Request for cloud" in words) == (True, language == "en")
    assert book.worksheets[0].title.startswith("封面")


def test_keys_are_those_of_the_tables() -> None:
    sheets = sheets_of(request_of())
    needed = {f"cover-{key}" for key, _ in cover_rows(request_of())} | {*NOTES, *SIGNED_BY}
    needed |= {f"column-{column.key}" for sheet in sheets for column in sheet.columns}
    assert needed <= set(TEXTS)
    assert {column.fill for sheet in sheets for column in sheet.columns} == {None, *Fill}


def test_the_document_is_for_chinese_as_well() -> None:
    with zipfile.ZipFile(io.BytesIO(request_document(request_of(), key_word))) as packed:
        assert b'w:eastAsia="SimSun"' in packed.read("word/styles.xml")
