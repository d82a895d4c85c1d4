"""Rows to records: validated, known again by their keys, merged with what the estate has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from inventory.dump import to_plain
from inventory.inventory import Inventory
from inventory.kinds import CLASSIFIABLE, KINDS, plural
from inventory.ledger.build import assemble, keys_of, spoken_paths
from inventory.ledger.findings import Finding, Level
from inventory.ledger.identity import Ids, slug
from inventory.ledger.memory import Memory, Remembered
from inventory.ledger.merge import MISSING, applied, flatten, merge
from inventory.ledger.names import Names
from inventory.ledger.results import Action, Change, RowResult, Verdict
from inventory.ledger.rows import Draft
from inventory.ledger.text import shown
from inventory.ledger.validation import validated
from inventory.loaders.raw import RawRecord

__all__ = ["Collector"]

_YAML = (".yaml", ".yml")


@dataclass
class _Row:
    """A record on its way in. ``place`` is "Sheet1!7", ``cell_of`` field -> cell, ``stated`` the fields that the row
    gives a value."""

    kind: str
    plain: dict[str, Any]
    keys: tuple[str, ...]
    sheet: str
    row: int
    stated: frozenset[str] = frozenset()
    spoken: frozenset[str] = frozenset()
    cell_of: Callable[[str], str] | None = None
    parts: Mapping[str, int] | None = None
    id: str = ""

    @property
    def place(self) -> str:
        return f"{self.sheet}!{self.row}" if self.sheet else str(self.row)


class Collector:
    """Collects the rows of one file into changes, memory, verdicts and findings."""

    def __init__(
        self,
        source: str,
        inventory: Inventory,
        memory: Memory,
        names: Names,
        ids: Ids,
        quarantined: frozenset[tuple[str, str]],
    ) -> None:
        self.source, self.inventory, self.memory = source, inventory, memory
        self.names, self.ids, self.quarantined = names, ids, quarantined
        self.rows: list[RowResult] = []
        self.findings: list[Finding] = []
        self.changes: list[Change] = []
        self._slug = slug(source.rsplit(".", 1)[0])
        self._kept: dict[tuple[str, str], Remembered] = {}
        self._seen: dict[tuple[str, str], _Row] = {}
        self._stubs: dict[tuple[str, str], list[Draft]] = {}
        self._in_estate: dict[str, dict[str, str]] = {}

    @property
    def remembered(self) -> Memory:
        """Memory after the import."""
        return self.memory.having(self._kept)

    # ---- rows of ledgers --------------------------------------------------------------------------------------------

    def group(self, drafts: list[Draft]) -> None:
        """One row, or the rows over which a system's name is merged: each further row adds parts to the system."""
        first = drafts[0]
        if first.classified:
            self._classified(first)
            return
        plain = assemble(first, self.names)
        for number, draft in enumerate(drafts[1:], 2):
            self._continue(first, draft, plain, number)
        verdict, action, id = Verdict.REFUSED, Action.NONE, ""
        record = validated(first, plain)
        if record is not None:
            normal = {key: value for key, value in to_plain(record).items() if key != "id"}
            code = str(first.values.get("code") or "")
            row = _Row(
                first.table.kind, normal, keys_of(first.table.kind, normal, code), first.table.sheet.name, first.number
            )
            row.stated, row.spoken, row.cell_of = frozenset(flatten(plain)), spoken_paths(first), first.cell_of
            action, id, said = self._take(row)
            first.findings += said
            if action is not Action.NONE:
                guessed = any(found.level is Level.GUESSED for draft in drafts for found in draft.findings)
                verdict = Verdict.GUESSED if guessed else Verdict.TAKEN
        for draft in drafts:
            self.rows.append(RowResult(draft.table.sheet.name, draft.number, draft.table.kind, verdict, action, id))
            self.findings += draft.findings

    def _continue(self, first: Draft, draft: Draft, plain: dict[str, Any], number: int) -> None:
        for path, value in draft.values.items():
            if not path.startswith("components.") and value != first.values.get(path):
                draft.say("continued-differs", Level.REFUSED, path, other=first.place)
        for part in assemble(draft, self.names).get("components", ()):
            plain.setdefault("components", []).append({**part, "id": f"{part['id']}-{number}"})

    # ---- taking a record --------------------------------------------------------------------------------------------

    def _take(self, row: _Row) -> tuple[Action, str, list[Finding]]:
        """Compare a record with the estate; (action, id, findings)."""
        said: list[Finding] = []
        if not row.keys:
            return Action.NONE, "", [self._about(row, "missing-value", Level.REFUSED, "name", field="name")]
        double = self._double_of(row)
        if double is not None:
            return Action.NONE, double.id, [self._double(row, double)]
        id = self._id_of(row, said)
        return self._write(row, id, said)

    def _double_of(self, row: _Row) -> _Row | None:
        for key in row.keys:
            other = self._seen.get((row.kind, key))
            if other is not None and not _other_number(row.keys, other.keys):
                return other
        return None

    def _double(self, row: _Row, other: _Row) -> Finding:
        mine, theirs = flatten(row.plain), flatten(other.plain)
        differing = sorted(path for path in {*mine, *theirs} if mine.get(path, MISSING) != theirs.get(path, MISSING))
        if not differing:
            return self._about(row, "duplicate-row", Level.REFUSED, id=other.id, other=other.place)
        return self._about(
            row, "duplicate-differs", Level.REFUSED, id=other.id, other=other.place, fields=", ".join(differing)
        )

    def _id_of(self, row: _Row, said: list[Finding]) -> str:
        """The id of the record that the row describes, a new one where it describes none yet."""
        if row.id:
            return row.id
        if row.kind == "dependency":
            return str(KINDS["dependency"].model_validate(row.plain).id)  # type: ignore[attr-defined]
        for key in row.keys:
            id = self.memory.by_key.get((row.kind, key)) or self._estate_keys(row.kind).get(key)
            if id is None:
                continue
            known = self.memory.records.get((row.kind, id))
            if known is None or not _other_number(row.keys, known.keys):
                return id
        for key in row.keys:
            twin = self._seen.get((row.kind, key))
            if twin is not None:
                said.append(self._about(row, "same-name", Level.GUESSED, "name", other=twin.place))
                break
        return self.ids.make(row.kind, row.plain, classified=bool(row.plain.get("classified")))

    def _estate_keys(self, kind: str) -> dict[str, str]:
        """Keys of the records that stand in the estate, however they came there."""
        if kind not in self._in_estate:
            found: dict[str, str] = {}
            for id, record in self.inventory.of(kind).items():
                if getattr(record, "classified", False):
                    continue
                for key in keys_of(kind, to_plain(record)):
                    found.setdefault(key, id)
            self._in_estate[kind] = found
        return self._in_estate[kind]

    def _write(self, row: _Row, id: str, said: list[Finding]) -> tuple[Action, str, list[Finding]]:
        row.id = id
        known = self.memory.records.get((row.kind, id))
        current = self.inventory.of(row.kind).get(id)
        if (row.kind, id) in self.quarantined:
            return Action.NONE, id, [*said, self._about(row, "record-broken", Level.REFUSED)]
        if known is not None and current is None:
            return Action.NONE, id, [*said, self._about(row, "kept-deleted", Level.REFUSED)]
        full = {"id": id, **row.plain} if row.kind != "dependency" else dict(row.plain)
        if current is None:
            action = Action.NEW
            self.changes.append(Change(row.kind, id, self._file(row.kind), True, full))
            self.names.add(row.kind, id, full)
        else:
            now = {key: value for key, value in to_plain(current).items() if key != "id"}
            merged = merge(known.last if known else {}, flatten(now), flatten(row.plain), row.stated, row.spoken)
            file = self.inventory.origin(row.kind, id).file
            if merged.edits and not file.endswith(_YAML):
                return Action.NONE, id, [*said, self._about(row, "known-elsewhere", Level.REFUSED, file=file)]
            said += [self._kept_field(row, *kept) for kept in merged.kept]
            action = Action.CHANGED if merged.edits else Action.SAME
            if merged.edits:
                after = applied(_copy({"id": id, **now}), merged.edits)
                self.changes.append(Change(row.kind, id, file, False, after, merged.edits))
        self._remember(row, known)
        for key in row.keys:
            self._seen.setdefault((row.kind, key), row)
        return action, id, said

    def _kept_field(self, row: _Row, path: str, now: Any, new: Any) -> Finding:
        current, ledger = ("" if value is MISSING else shown(value) for value in (now, new))
        return self._about(row, "kept-field", Level.KEPT, path, field=path, current=current, ledger=ledger)

    def _remember(self, row: _Row, known: Remembered | None) -> None:
        last = flatten(row.plain)
        if known is not None:
            unspoken = {
                path: value
                for path, value in known.last.items()
                if path.replace("[", ".").replace("]", "") not in row.spoken
            }
            last = {**unspoken, **last}
        keys = dict.fromkeys((*row.keys, *(known.keys if known else ())))
        self._kept[row.kind, row.id] = Remembered(
            row.kind, row.id, tuple(keys), last, self.source, row.place, dict(row.parts or {})
        )

    def _file(self, kind: str) -> str:
        return f"ledgers/{plural(kind)}-{self._slug}.yaml"

    def _about(self, row: _Row, code: str, level: Level, path: str = "", *, id: str = "", **data: Any) -> Finding:
        cell = row.cell_of(path.replace("[", ".").replace("]", "")) if row.cell_of is not None else str(row.row)
        return Finding(code, level, row.sheet, cell, row.row, row.kind, id or row.id, path, data)

    # ---- classified stubs -------------------------------------------------------------------------------------------

    def _classified(self, draft: Draft) -> None:
        if not draft.values:
            self.findings += draft.findings
            self.rows.append(
                RowResult(draft.table.sheet.name, draft.number, draft.table.kind, Verdict.REFUSED, Action.NONE)
            )
            return
        kind, department = draft.table.kind, draft.values["department"]
        self._stubs.setdefault((kind, department), []).append(draft)
        described = {"department": department, "name": draft.secret.get("name") or ""}
        for key in keys_of(kind, described, str(draft.secret.get("code") or "")):
            id = self.memory.by_key.get((kind, key)) or self._estate_keys(kind).get(key)
            if id is not None and id in self.inventory.of(kind):
                sheet, row = draft.table.sheet.name, draft.number
                draft.findings.append(Finding("classified-known", Level.REFUSED, sheet, str(row), row, kind, id))
                break

    def finish(self, kinds: set[str]) -> None:
        """Write the classified stubs, one a department and kind, and say what the ledger no longer lists."""
        for (kind, department), drafts in self._stubs.items():
            self._stub(kind, department, drafts)
        for (kind, id), known in self.memory.records.items():
            gone = known.source == self.source and kind in kinds and (kind, id) not in self._kept
            if (
                gone
                and id in self.inventory.of(kind)
                and not any(row.id == id and row.kind == kind for row in self.rows)
            ):
                self.findings.append(Finding("gone-from-ledger", Level.NOTE, kind=kind, id=id))

    def _stub(self, kind: str, department: str, drafts: list[Draft]) -> None:
        assert kind in CLASSIFIABLE
        known = next(
            (
                each
                for each in self.memory.records.values()
                if each.kind == kind and each.parts and each.last.get("department") == department
            ),
            None,
        )
        existing = (
            id
            for id, record in self.inventory.of(kind).items()
            if getattr(record, "classified", False) and getattr(record, "department", "") == department
        )
        parts = {**(known.parts if known else {}), self.source: sum(int(draft.values["count"]) for draft in drafts)}
        plain: dict[str, Any] = {"department": department, "classified": True}
        if sum(parts.values()) != 1:
            plain["count"] = sum(parts.values())
        first = drafts[0]
        fields = frozenset(("department", "classified", "count"))
        row = _Row(kind, plain, (), first.table.sheet.name, first.number, fields, fields, parts=parts)
        id = (known.id if known else "") or next(existing, "") or self.ids.make(kind, plain, classified=True)
        action, id, said = self._write(row, id, [])
        self.findings += said
        for draft in drafts:
            guessed = any(found.level is Level.GUESSED for found in draft.findings)
            verdict = Verdict.REFUSED if action is Action.NONE else Verdict.GUESSED if guessed else Verdict.TAKEN
            self.rows.append(RowResult(draft.table.sheet.name, draft.number, kind, verdict, action, id))
            self.findings += draft.findings

    # ---- rows with ids ----------------------------------------------------------------------------------------------

    def native(self, sheet: str, kind: str, raw: RawRecord) -> None:
        """A row in the estate's own table convention."""
        number = int("".join(char for char in raw.origin.cell or "" if char.isdigit()) or raw.origin.line or 0)
        row = _Row(kind, {}, (), sheet, number)
        data = dict(raw.data)
        stub = kind in CLASSIFIABLE and str(data.get("classified", "")).casefold() in ("true", "1")
        said: list[Finding] = []
        if stub and set(data) - {"id", "department", "classified", "count"}:
            data = {key: data[key] for key in ("id", "department", "classified", "count") if key in data}
            said.append(self._about(row, "classified-stub", Level.NOTE))
        action, id = Action.NONE, ""
        try:
            record = KINDS[kind].model_validate(data)
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_input=False):
                path = ".".join(map(str, problem["loc"]))
                said.append(self._about(row, "not-valid", Level.REFUSED, path, field=path, reason=problem["msg"]))
        else:
            plain = to_plain(record)
            row.id = str(getattr(record, "id", ""))
            row.plain = {key: value for key, value in plain.items() if key != "id"}
            row.keys = (f"id|{row.id}", *(() if stub else keys_of(kind, row.plain)))
            row.stated = row.spoken = frozenset(flatten(row.plain))
            other = self._seen.get((kind, row.keys[0]))
            if other is not None:
                said.append(self._double(row, other))
            else:
                action, id, said = self._write(row, row.id, said)
        verdict = Verdict.REFUSED if action is Action.NONE else Verdict.TAKEN
        self.rows.append(RowResult(sheet, number, kind, verdict, action, id))
        self.findings += said


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value


def _other_number(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether both have a ledger's number, and not the same."""
    own = {key for key in mine if "|number|" in key}
    other = {key for key in theirs if "|number|" in key}
    return bool(own and other and not own & other)
