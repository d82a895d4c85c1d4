"""Sheets and CSV files in the estate's own table convention (exports): field names as headers, ids given."""

from __future__ import annotations

from pathlib import Path

from inventory.kinds import KINDS, PLURALS
from inventory.ledger.sheets import Book, Sheet
from inventory.loaders.raw import RawFile, RawRecord
from inventory.loaders.table_file import list_name, read_csv, read_xlsx

__all__ = ["native_lists"]


def native_lists(file: Path, book: Book) -> dict[str, tuple[str, list[RawRecord]]]:
    """Sheet -> (kind, records) of the sheets whose every header is a field and that have ids; the others are
    ledgers."""
    named = {
        sheet.name: list_name(sheet.name if book.form == "xlsx" else file.name)
        for sheet in book.sheets
        if not sheet.hidden
    }
    native = {name: PLURALS[plural] for name, plural in named.items() if plural in PLURALS}
    native = {
        sheet.name: native[sheet.name]
        for sheet in book.sheets
        if sheet.name in native and _is_native(sheet, native[sheet.name])
    }
    if not native or book.form == "xls":
        return {}
    content = file.read_bytes()
    raw: RawFile = read_xlsx(content, file.name) if book.form == "xlsx" else read_csv(content, file.name)
    found: dict[str, tuple[str, list[RawRecord]]] = {}
    for sheet, kind in native.items():
        records = raw.lists.get(named[sheet], [])
        own = [record for record in records if book.form == "csv" or record.origin.sheet == sheet]
        found[sheet] = (kind, own)
    return found


def _is_native(sheet: Sheet, kind: str) -> bool:
    if not sheet.rows:
        return False
    headers = [str(value).strip() for value in sheet.rows[0] if value not in (None, "")]
    model = KINDS[kind]
    fields = {info.alias or name for name, info in model.model_fields.items()}
    heads = [header.partition(".")[0].partition("+")[0] for header in headers]
    keys = {"from", "to"} if kind == "dependency" else {"id"}
    return keys <= set(heads) and set(heads) <= fields
