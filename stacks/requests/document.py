"""The form as a document: the paper that is signed, stamped and filed. It is not read back; the workbook is."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from stacks.requests.cover import NOTES, cover_rows
from stacks.requests.model import Request
from stacks.requests.sheets import Fill, Sheet, prefilled, sheets_of
from stacks.requests.workbook import Words

if TYPE_CHECKING:
    from docx.document import Document

__all__ = ["request_document"]

CHINESE_FONT = "SimSun"
SIGNED_BY = ("sign-department", "sign-operator")


def request_document(request: Request, words: Words) -> bytes:
    """The form as bytes of a DOCX file: A4 across, a table for each sheet of the workbook, places to sign."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    document = Document()
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Mm(297), Mm(210)
    page.left_margin = page.right_margin = Mm(15)
    for name, size in (("Normal", 9), ("Title", 18), ("Heading 1", 12)):
        style = document.styles[name]
        style.font.size = Pt(size)
        _in_chinese_too(style)
    document.add_heading(words("title"), level=0)
    _cover(document, request, words)
    for key in NOTES:
        document.add_paragraph(words(key))
    for sheet in sheets_of(request):
        document.add_heading(words(f"sheet-{sheet.key}"), level=1)
        _sheet(document, sheet, request, words)
    document.add_heading(words("sign"), level=1)
    signed = document.add_table(rows=1, cols=len(SIGNED_BY), style="Table Grid")
    for cell, key in zip(signed.rows[0].cells, SIGNED_BY, strict=True):
        cell.text = f"{words(key)}\n\n\n\n"
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def _in_chinese_too(style: Any) -> None:
    """Word keeps the font of Chinese characters apart from that of Latin ones."""
    from docx.oxml.ns import qn

    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), CHINESE_FONT)


def _cover(document: Document, request: Request, words: Words) -> None:
    rows = cover_rows(request)
    table = document.add_table(rows=len(rows), cols=2, style="Table Grid")
    for cells, (key, value) in zip(table.rows, rows, strict=True):
        cells.cells[0].text, cells.cells[1].text = words(f"cover-{key}"), str(value)


def _sheet(document: Document, sheet: Sheet, request: Request, words: Words) -> None:
    """Cells to fill in stay empty; those of no meaning in a row have a dash."""
    table = document.add_table(rows=1 + len(sheet.rows), cols=len(sheet.columns), style="Table Grid")
    lines = [row.cells for row in table.rows]
    for cell, column in zip(lines[0], sheet.columns, strict=True):
        cell.text = ""
        cell.paragraphs[0].add_run(words(f"column-{column.key}")).bold = True
    for cells, row in zip(lines[1:], sheet.rows, strict=True):
        known = prefilled(request, row)
        for cell, column in zip(cells, sheet.columns, strict=True):
            if column.fill is not None and column.key not in row.fills:
                cell.text = "—"
            elif column.fill is Fill.DONE:
                cell.text = words("value-yes") if column.key in known else ""
            elif column.fill is not None:
                cell.text = known.get(column.key, "")
            elif column.key == "direction":
                cell.text = words(f"value-{row.asked['direction']}")
            else:
                cell.text = str(row.asked.get(column.key, ""))
