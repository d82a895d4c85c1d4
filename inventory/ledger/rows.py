"""A row of a table to a draft: values by field, findings by cell, and whether it is classified."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from inventory.kinds import CLASSIFIABLE
from inventory.ledger.cells import CellError, Parsed
from inventory.ledger.columns import Column
from inventory.ledger.findings import Finding, Level
from inventory.ledger.layout import Table
from inventory.ledger.names import Names
from inventory.ledger.parsing import AMOUNTS, REFERENCES, parse_cell
from inventory.ledger.sheets import cell_name
from inventory.ledger.tables.words import CLASSIFIED_MARKS, UNCLASSIFIED_MARKS
from inventory.ledger.text import clean, fold, is_blank, name_key

__all__ = ["Draft", "RowReader"]

_TOTAL = re.compile(r"^(合计|总计|小计|共计|总数|累计|total|subtotal|sum|grand total)\s*[::(]?.{0,12}$")
_NOTE = re.compile(
    r"^[(【]?\s*(注|备注|说明|附注|填表说明|填表|填报|制表|审核|复核|审批|联系|负责人|单位负责人|经办|日期|填报日期|盖章"
    r"|数据截止|截至|notes?|remark|prepared by|source)\s*[\d一二三]?\s*[:.。)】(]"
)
_CLASSIFIED = re.compile(r"(?<![非不未无])(?<!是否)涉密(?!否)|机密(?!性)|绝密|(?<!工作)(?<!商业)秘密级")


@dataclass
class Draft:
    """One row. ``values``: dotted field -> parsed value, references as resolved ids; ``unread``: fields whose cells
    were refused.

    ``classified``: empty, or how that was seen (mark, words, sheet, unsure). ``continues``: the name's merged cell
    began above.
    ``secret``: name and number of a classified row, only to find what the estate must no longer say; never shown,
    never kept.
    """

    table: Table
    row: int
    values: dict[str, Any] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    classified: str = ""
    continues: bool = False
    secret: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def number(self) -> int:
        """The row as spreadsheet programs count."""
        return self.row + 1

    @property
    def place(self) -> str:
        """ "Sheet1!7"."""
        return f"{self.table.sheet.name}!{self.number}" if self.table.sheet.name else str(self.number)

    def cell_of(self, path: str) -> str:
        """The cell of a field; the row's number where no column says it."""
        index = self.table.indexes.get(path)
        return str(self.number) if index is None else cell_name(self.row, index)

    def say(self, code: str, level: Level, path: str = "", *, nearest: tuple[str, ...] = (), **data: Any) -> None:
        """Add a finding about the row, or about the cell of a field."""
        cell = self.cell_of(path)
        kind = self.table.kind
        found = Finding(code, level, self.table.sheet.name, cell, self.number, kind, "", path, data, nearest)
        self.findings.append(found)


class RowReader:
    """Reads the rows of one table, department and division first: they decide between equal names."""

    def __init__(self, table: Table, names: Names, department: str) -> None:
        self.table, self.names = table, names
        self.columns = sorted(table.taken, key=lambda column: column.path not in ("department", "division"))
        self.marks = next(
            (column for column in table.taken if column.field and column.field.parser == "classified"), None
        )
        self.default = department
        self.explicit_no = self.marks is not None and any(
            fold(str(self._raw(row, self.marks.index) or "")) in UNCLASSIFIED_MARKS
            for row in range(table.first, table.last)
        )
        self._above: tuple[str, str] | None = None
        self._parsed: dict[tuple[int, type, Any], Parsed | CellError] = {}

    def drafts(self, skipped: list[Finding]) -> Iterator[Draft]:
        """The rows that list something; what is left out goes to ``skipped``."""
        for row in range(self.table.first, self.table.last):
            code = self._left_out(row)
            if code:
                sheet = self.table.sheet.name
                skipped.append(Finding(code, Level.NOTE, sheet, str(row + 1), row + 1, self.table.kind))
            elif code is None:
                yield self.read(row)

    def _left_out(self, row: int) -> str | None:
        """Why a row lists nothing: a code, "" for an empty row, None for a row that does."""
        cells = self.table.sheet.rows[row]
        filled = [
            column for column, value in enumerate(cells) if value is not None and value != "" and not is_blank(value)
        ]
        if not filled:
            return ""
        first = cells[filled[0]]
        text = fold(first) if isinstance(first, str) else ""
        if len(filled) >= 2 and all(
            isinstance(cells[c], str) and name_key(cells[c]) in self.table.header_keys for c in filled
        ):
            return "row-header"
        counted = {column.index for column in self.table.columns if column.state == "ignored"}
        named = fold(str(cells[filled[1]])) if filled[0] in counted and len(filled) > 1 else ""
        if _TOTAL.match(text) or _TOTAL.match(named):
            return "row-total"
        if _NOTE.match(text):
            return "row-note"
        return "row-note" if self._is_heading(row, filled, text) else None

    def _is_heading(self, row: int, filled: list[int], text: str) -> bool:
        """One text alone, not in a column that can stand alone, or merged over most of the table."""
        if len(filled) > 1 or not text:
            return False
        place = self.table.grid.ranges.get((row, filled[0]))
        wide = place is not None and place[3] - place[1] + 1 >= max(3, len(self.table.columns) // 2)
        path = next((column.path for column in self.table.taken if column.index == filled[0]), "")
        return wide or path not in ("name", "code", "classified")

    # ---- reading ----------------------------------------------------------------------------------------------------

    def read(self, row: int) -> Draft:
        """One row as a draft."""
        draft = Draft(self.table, row)
        draft.classified = self._classified(row)
        if draft.classified:
            self._stub(draft)
            return draft
        for column in self.columns:
            self._cell(draft, column)
        if "department" not in draft.values and "department" not in draft.unread:
            self._department(draft)
        self._above = (draft.values["department"], self._text(draft)) if "department" in draft.values else self._above
        return draft

    def _text(self, draft: Draft) -> str:
        column = next((column for column in self.columns if column.path == "department"), None)
        return "" if column is None else clean(str(self._raw(draft.row, column.index) or ""))

    def _raw(self, row: int, index: int) -> Any:
        place = self.table.grid.ranges.get((row, index))
        if place is None:
            return self.table.sheet.rows[row][index]
        return self.table.sheet.rows[place[0]][index] if place[1] == index and place[0] >= self.table.first else None

    def _classified(self, row: int) -> str:
        if self.table.classified:
            return "sheet"
        mark = None if self.marks is None else self._raw(row, self.marks.index)
        if self.marks is not None and not is_blank(mark):
            text = fold(str(int(mark) if isinstance(mark, bool | float) else mark))
            if text in UNCLASSIFIED_MARKS:
                return ""
            return "mark" if text in CLASSIFIED_MARKS or re.search("密", text) else "unsure"
        words = any(isinstance(value, str) and _CLASSIFIED.search(value) for value in self.table.sheet.rows[row])
        if words:
            return "words"
        return "unsure" if self.explicit_no else ""

    def _stub(self, draft: Draft) -> None:
        """Department and count only. Nothing that the row holds is put into a finding."""
        if draft.classified == "unsure":
            draft.say("classified-unsure", Level.REFUSED)
            return
        if self.table.kind not in CLASSIFIABLE:
            draft.say("classified-kind", Level.REFUSED)
            return
        quiet = Draft(self.table, draft.row)
        for column in self.columns:
            if column.path in ("department", "count", "name", "code"):
                self._cell(quiet, column)
        quiet.unread -= {"name", "code"}
        if "department" not in quiet.values and "department" not in quiet.unread:
            self._department(quiet)
        if "department" not in quiet.values or quiet.unread:
            draft.say("classified-department", Level.REFUSED)
            return
        self._above = (quiet.values["department"], self._text(quiet))
        draft.secret = {path: quiet.values.get(path) for path in ("name", "code")}
        draft.values = {"department": quiet.values["department"], "count": quiet.values.get("count", 1)}
        told = {"mark": "classified-stub", "words": "classified-words", "sheet": "classified-sheet"}[draft.classified]
        draft.say(told, Level.GUESSED if draft.classified == "words" else Level.NOTE)

    def _department(self, draft: Draft) -> None:
        """Where the row has no department: the one above (an export loses merged cells), the head of the sheet, the
        map's."""
        if not any(row.path == "department" for row in self._fields()):
            return
        has_column = any(column.path == "department" for column in self.columns)
        if has_column and self._above is not None:
            draft.values["department"] = self._above[0]
            draft.say("department-above", Level.GUESSED, "department", department=self._above[1])
        elif self.default:
            draft.values["department"] = self.default

    def _fields(self) -> Any:
        from inventory.ledger.tables.fields import FIELDS

        return FIELDS[self.table.kind]

    def _cell(self, draft: Draft, column: Column) -> None:
        assert column.field is not None
        path, row, index = column.path, draft.row, column.index
        value = self._raw(row, index)
        place = self.table.grid.ranges.get((row, index))
        try:
            if (row, index) in self.table.sheet.uncomputed:
                raise CellError("formula-uncomputed")
            if value is None or value == "":
                return
            if place is not None and place[2] > place[0]:
                self._over_rows(draft, column, place)
            parsed = self._parse(column, value)
            if parsed.value is None:
                return
            draft.values[path] = self._resolved(draft, column, parsed.value)
        except CellError as error:
            draft.unread.add(path)
            draft.say(error.code, Level.REFUSED, path, nearest=error.nearest, **error.data)
            return
        for doubt in parsed.doubts:
            draft.say(doubt.code, Level.GUESSED, path, **doubt.data)
        for note in parsed.notes:
            draft.say(note.code, Level.NOTE, path, **note.data)
        if (row, index) in self.table.sheet.formulas:
            draft.say("formula-result", Level.NOTE, path)

    def _over_rows(self, draft: Draft, column: Column, place: tuple[int, int, int, int]) -> None:
        assert column.field is not None
        if column.field.parser.partition(":")[0] in AMOUNTS:
            span = f"{cell_name(place[0], place[1])}:{cell_name(place[2], place[3])}"
            raise CellError("merged-number", range=span)
        if column.path == "name" and place[0] < draft.row:
            draft.continues = True

    def _parse(self, column: Column, value: Any) -> Parsed:
        """Parse with memory: ledgers repeat themselves."""
        key = (column.index, type(value), value)
        known = self._parsed.get(key)
        if known is None:
            try:
                known = parse_cell(column, value)
            except CellError as error:
                known = error
            self._parsed[key] = known
        if isinstance(known, CellError):
            raise known
        return known

    def _resolved(self, draft: Draft, column: Column, value: Any) -> Any:
        assert column.field is not None
        name, _, kinds = column.field.parser.partition(":")
        if name not in REFERENCES:
            return value
        of = tuple(kinds.split(","))
        if name not in ("refs", "typeds"):
            return self._one(draft, column.path, name, of, value)
        found = []
        for text in value:
            try:
                found.append(self._one(draft, column.path, name, of, text))
            except CellError as error:
                draft.unread.add(column.path)
                draft.say(error.code, Level.REFUSED, column.path, nearest=error.nearest, **error.data)
        return found

    def _one(self, draft: Draft, path: str, name: str, kinds: tuple[str, ...], text: str) -> str:
        department = "" if path == "department" else str(draft.values.get("department") or "")
        found = self.names.resolve(kinds, text, department)
        if not found.exact:
            draft.say("ref-short", Level.GUESSED, path, value=text, id=found.id, name=found.name)
        if name in ("typed", "typeds") or found.kind == "external_object":
            return f"{found.kind}:{found.id}"
        return found.id


def department_of_table(table: Table, names: Names, settled: str, findings: list[Finding]) -> str:
    """The department for rows without one: named above the headers or in the map; empty when neither resolves."""
    text = table.department
    if text:
        cell = table.department_cell
        try:
            found = names.resolve(("department",), text)
        except CellError as error:
            said = Finding(
                error.code, Level.REFUSED, table.sheet.name, cell, 0, "department", "", "", error.data, error.nearest
            )
            findings.append(said)
            return settled
        level = Level.NOTE if found.exact else Level.GUESSED
        data = {"department": found.name}
        findings.append(
            Finding("department-of-sheet", level, table.sheet.name, cell, 0, "department", found.id, "", data)
        )
        return found.id
    return settled
