"""From a folder to an inventory and all problems on the way: read, fold, validate, refer, check, quarantine, cache."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inventory.cache import cache_key, read_cache, without_collection, write_cache
from inventory.checks import run_checks
from inventory.errors import EstateError
from inventory.estate import FORMAT, Estate
from inventory.inventory import Inventory, nearest_names
from inventory.kinds import CLASSIFIABLE, KINDS, PLURALS, plural
from inventory.kinds.systems import System
from inventory.loaders.folder import ESTATE_FILE, MEGABYTE, TEXT_ENDINGS, Folder, evidence_marks, parse, read_folder
from inventory.loaders.raw import RawFile, RawRecord
from inventory.loaders.table_file import COMPONENTS
from inventory.loaders.yaml_file import locate
from inventory.problems import Origin, Problem, Severity, problem
from inventory.quarantine import check_references, quarantine
from inventory.state import Folded, fold
from inventory.validation import Step, validate

__all__ = ["Loaded", "Progress", "load_estate", "max_file_mb", "read_estate"]

Progress = Callable[[str, int, int], None]
"""Called with a stage (read, validate, check), what is done and the total."""

_MISSING_DAY = dt.date(2000, 1, 1)
_DATED = frozenset({"fact-after-as-of", "lease-ended", "calendar-year-outside", "freeze-everything"})
"""Checks that compare with the estate's as_of or time grid."""


@dataclass(frozen=True)
class Loaded:
    """``inventory`` holds the usable records only; ``quarantined`` the (kind, id) left out because of an error.

    ``sound`` is False where estate.yaml itself has an error: its values are then stand-ins and nothing may be planned.
    """

    inventory: Inventory
    problems: tuple[Problem, ...]
    quarantined: frozenset[tuple[str, str]]
    sound: bool = True

    @property
    def errors(self) -> int:
        """How many problems are errors."""
        return sum(found.severity is Severity.ERROR for found in self.problems)


def load_estate(
    path: Path | str,
    *,
    as_of: dt.date | None = None,
    cache: bool = True,
    strict: bool = False,
    progress: Progress | None = None,
) -> Loaded:
    """Load an estate for use.

    Raises EstateError: no such folder, no estate.yaml, errors in the estate's settings, nothing left to use, another
    data format, or (``strict``) anything quarantined.
    """
    loaded = read_estate(path, as_of=as_of, cache=cache, progress=progress)
    if not loaded.sound:
        raise EstateError("estate-invalid", path=str(path), count=loaded.errors)
    if loaded.quarantined and not loaded.inventory.counts:
        raise EstateError("estate-nothing-left", path=str(path), count=loaded.errors)
    if strict and (loaded.quarantined or loaded.errors):
        raise EstateError("estate-strict", path=str(path), errors=loaded.errors, count=len(loaded.quarantined))
    return loaded


def read_estate(
    path: Path | str, *, as_of: dt.date | None = None, cache: bool = True, progress: Progress | None = None
) -> Loaded:
    """Read an estate and report all that is wrong with it; raises EstateError only where there is no estate to read."""
    path = Path(path)
    folder = read_folder(path, max_file_mb(path))
    seen = [*folder.contents.items(), *evidence_marks(path)]
    key = cache_key(seen, str(as_of)) if cache and not folder.problems else ""
    kept = read_cache(key, path) if key else None
    if kept is not None:
        return Loaded(*kept)
    draft = _Draft(path, folder, progress or (lambda _stage, _done, _total: None))
    with without_collection():
        loaded = draft.load(as_of)
    if key and loaded.sound:
        write_cache(key, loaded.inventory, loaded.problems, loaded.quarantined)
    return loaded


def max_file_mb(path: Path) -> int:
    """settings.max_file_mb, read ahead of everything else; the default where it is absent or wrong."""
    default = 64
    file = path / ESTATE_FILE
    try:
        if file.stat().st_size > default * MEGABYTE:
            return default
        settings = parse(ESTATE_FILE, file.read_bytes()).loose.get("settings")
        named = int(settings.get("max_file_mb", default)) if isinstance(settings, dict) else default
    except (OSError, ValueError, TypeError):
        return default
    return max(1, named)


@dataclass
class _Draft:
    """Loading in progress."""

    path: Path
    folder: Folder
    progress: Progress
    problems: list[Problem] = field(default_factory=list)
    lists: dict[str, list[RawRecord]] = field(default_factory=dict)
    columns: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    parts: dict[tuple[str, int], Origin] = field(default_factory=dict)
    origins: dict[tuple[str, str], Origin] = field(default_factory=dict)
    broken: set[tuple[str, str]] = field(default_factory=set)

    def load(self, as_of: dt.date | None) -> Loaded:
        self.problems += self.folder.problems
        loose = self._read()
        self._attach_components()
        folded = fold((parse(name, content) for name, content in self.folder.state()), self.lists, as_of)
        self.problems += folded.problems
        estate, sound = self._estate(loose, as_of)
        records = {plural(kind): self._validate(kind, folded) for kind in KINDS}
        draft = Inventory(
            estate, path=self.path, origins=self.origins, done=folded.done, declared=folded.declared, **records
        )
        self.progress("check", 0, 1)
        self.problems += check_references(draft, self.broken, self._place)
        self.broken |= {
            (found.kind, found.id) for found in self.problems if found.severity is Severity.ERROR and found.id
        }
        usable = draft.without(self.broken)
        self.problems += [self._at_its_field(found, folded) for found in self._checked(usable, sound)]
        self.broken |= {
            (found.kind, found.id) for found in self.problems if found.severity is Severity.ERROR and found.id
        }
        left_out, consequences = quarantine(draft, self.broken)
        self.progress("check", 1, 1)
        self.problems += consequences
        ordered = tuple(sorted(self.problems, key=_order))
        return Loaded(draft.without(left_out), ordered, frozenset(left_out), sound)

    @staticmethod
    def _checked(usable: Inventory, sound: bool) -> list[Problem]:
        """Problems of the content; without a day that can be read nothing is too early or too late."""
        found = run_checks(usable)
        return found if sound else [problem for problem in found if problem.code not in _DATED]

    def _read(self) -> dict[str, Any]:
        loose: dict[str, Any] = {}
        declared = list(self.folder.declared())
        for number, (name, content) in enumerate(declared):
            self.progress("read", number, len(declared))
            raw = parse(name, content)
            self.problems += raw.problems
            self.columns |= {(name, sheet): columns for sheet, columns in raw.columns.items()}
            if name == ESTATE_FILE:
                loose = raw.loose
            elif raw.loose:
                self.problems += self._loose_problems(raw, name)
            for label, records in raw.lists.items():
                if label in PLURALS or label == COMPONENTS:
                    self.lists.setdefault(label, []).extend(records)
                elif records or name != ESTATE_FILE:
                    nearest = nearest_names(label, [*PLURALS, COMPONENTS])
                    origin = self._line(name, None, (label,))
                    self.problems.append(problem("unknown-kind", origin, nearest=nearest, name=label))
        return loose

    def _loose_problems(self, raw: RawFile, name: str) -> Iterator[Problem]:
        for label, value in raw.loose.items():
            if value is None and label in PLURALS:
                continue  # "systems:" with nothing below it
            code = "not-a-list" if label in PLURALS or label == COMPONENTS else "unknown-kind"
            nearest = nearest_names(label, PLURALS) if code == "unknown-kind" else ""
            yield problem(code, self._line(name, None, (label,)), nearest=nearest, name=label)

    def _attach_components(self) -> None:
        """Move records of ``components`` lists into their systems."""
        parts = self.lists.pop(COMPONENTS, [])
        if not parts:
            return
        systems = self.lists.setdefault(plural("system"), [])
        positions = {str(record.data.get("id")): place for place, record in enumerate(systems)}
        for part in parts:
            data = dict(part.data)
            system = str(data.pop("system", "") or "")
            place = positions.get(system)
            if place is None:
                nearest = nearest_names(system, positions)
                self.problems.append(
                    problem(
                        "orphan-component", part.origin, kind="component", path="system", nearest=nearest, value=system
                    )
                )
                continue
            record = systems[place]
            own = record.data.get(COMPONENTS)
            if not isinstance(own, list):
                own = []
                systems[place] = RawRecord({**record.data, COMPONENTS: own}, record.origin)
            self.parts[system, len(own)] = part.origin
            own.append(data)

    def _estate(self, loose: dict[str, Any], as_of: dt.date | None) -> tuple[Estate, bool]:
        found, problems = validate(Estate, loose, lambda path: self._line(ESTATE_FILE, None, path), kind="estate")
        self.problems += problems
        if found is None:
            wrong = {item.path.split(".")[0] for item in problems}
            usable = {name: value for name, value in loose.items() if name not in wrong and name in Estate.model_fields}
            found, _ = validate(
                Estate, {"name": "?", "as_of": str(_MISSING_DAY), **usable}, lambda _: Origin(ESTATE_FILE), kind=""
            )
            found = found or Estate(name="?", as_of=_MISSING_DAY)
        estate: Estate = found
        if estate.format > FORMAT:
            raise EstateError("estate-format", path=str(self.path), found=estate.format, known=FORMAT)
        if as_of is not None:
            estate = estate.model_copy(update={"as_of": as_of})
        return estate, not problems

    def _validate(self, kind: str, folded: Folded) -> dict[str, Any]:
        records: dict[str, Any] = {}
        raw = self.lists.get(plural(kind), [])
        model = KINDS[kind]
        for number, (data, origin) in enumerate(raw):
            if number % 5000 == 0:
                self.progress("validate", number, len(raw))
            label = str(data.get("id") or "")
            changed = (
                {name: place for (of, id, name), place in folded.places.items() if (of, id) == (kind, label)}
                if folded.places
                else {}
            )
            place = self._placer(kind, label, origin, changed)
            hide = kind in CLASSIFIABLE and str(data.get("classified", "")).lower() in ("true", "yes", "1", "on")
            record, problems = validate(model, data, place, kind=kind, id=label, hide=hide)
            label = record.id if record is not None else label
            if label and (kind, label) in self.origins:
                first = str(self.origins[kind, label])
                problems.append(problem("duplicate-id", place(("id",)), kind=kind, id=label, path="id", first=first))
            known_as = label or str(origin)  # records whose fault hides even their id are told apart by their place
            self.origins.setdefault((kind, known_as), origin)
            if record is None or problems:
                self.problems += problems
                self.broken.add((kind, known_as))
                continue
            problems = (
                self._component_ids(record, place) if isinstance(record, System) and len(record.components) > 1 else []
            )
            self.problems += problems
            records[record.id] = record
        return records

    def _component_ids(self, record: System, place: Callable[[tuple[Step, ...]], Origin]) -> list[Problem]:
        seen: dict[str, int] = {}
        found: list[Problem] = []
        for number, part in enumerate(record.components):
            if part.id in seen:
                path: tuple[Step, ...] = (COMPONENTS, number, "id")
                first = f"{COMPONENTS}.{seen[part.id]}"
                dotted = ".".join(map(str, path))
                data = {"component": part.id, "first": first}
                found.append(
                    problem("duplicate-component", place(path), kind="system", id=record.id, path=dotted, **data)
                )
            seen.setdefault(part.id, number)
        return found

    def _placer(
        self, kind: str, id: str, origin: Origin, changed: Mapping[str, Origin]
    ) -> Callable[[tuple[Step, ...]], Origin]:
        def place(path: tuple[Step, ...]) -> Origin:
            if path and path[0] in changed:
                return changed[str(path[0])]
            return self._place(kind, id, origin, path)

        return place

    def _place(self, kind: str, id: str, origin: Origin, path: tuple[Step, ...]) -> Origin:
        """The line or cell of a field of a record."""
        if kind == "system" and len(path) > 1 and path[0] == COMPONENTS and isinstance(path[1], int):
            part = self.parts.get((id, path[1]))
            if part is not None:
                origin, path = part, path[2:]
        sheet = origin.sheet or ""
        columns = self.columns.get((origin.file, sheet))
        if columns is None:
            return self._line(origin.file, origin.line, path)
        names = [str(step) for step in path]
        while names and ".".join(names) not in columns:
            names.pop()
        if not names:
            return origin
        row = origin.line if origin.line is not None else int("".join(filter(str.isdigit, origin.cell or "")))
        return origin._replace(cell=f"{columns['.'.join(names)]}{row}")

    def _at_its_field(self, found: Problem, folded: Folded) -> Problem:
        """A check's problem, moved from its record to the line or cell of its field."""
        path = tuple(int(step) if step.isdigit() else step for step in found.path.split(".") if step)
        changed = folded.places.get((found.kind, found.id, str(path[0]))) if path else None
        origin = changed or self._place(found.kind, found.id, found.origin, path)
        return found.model_copy(update={"origin": origin})

    def _line(self, name: str, line: int | None, path: tuple[Step, ...]) -> Origin:
        content = self.folder.contents.get(name, b"")
        if not name.endswith(TEXT_ENDINGS) or not path:
            return Origin(name, line)
        return Origin(name, locate(content, name, line, path))


def _order(found: Problem) -> tuple[Any, ...]:
    rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}[found.severity]
    origin = found.origin
    return (rank, origin.file, origin.sheet or "", origin.line or 0, origin.cell or "", found.code, found.path)
