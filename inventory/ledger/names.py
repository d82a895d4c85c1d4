"""Names in cells to ids: departments in full or short, divisions, rooms, carriers, systems; what a map settled
comes first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from inventory.inventory import Inventory
from inventory.kinds import KINDS
from inventory.kinds.territory import Level
from inventory.ledger.cells import CellError
from inventory.ledger.text import name_key, shown

__all__ = ["Found", "Names"]

_LEVEL_WORDS = {
    Level.PROVINCE: ("省", "自治区"),
    Level.CITY: ("市",),
    Level.COUNTY: ("县", "区", "市", "旗"),
    Level.TOWNSHIP: ("镇", "乡", "街道"),
    Level.VILLAGE: ("村", "社区"),
}
_DIVISION_ENDS = re.compile(r"(省|自治区|市|县|区|旗|镇|乡|街道|村|社区)$")
_CARRIER_WORDS = re.compile(r"^中国|(?:股份)?(?:有限)?(?:责任)?公司|集团|分公司|运营商")
EXTERNAL = re.compile(r"(?:external|外部)\s*[::]\s*(.+)", re.IGNORECASE)

_MOST_COMPARED = 300
"""Unknown names of one import for which the nearest ones are looked for: each is compared with every name of the
estate."""

EXACT, EQUAL, SHORT = 0, 1, 2
"""Ranks of a name: as declared; another official form of it; a short form that another object could have as well."""


class Found(NamedTuple):
    """A resolved reference; ``exact`` False: by a short form."""

    kind: str
    id: str
    name: str
    exact: bool = True


@dataclass
class _Index:
    """Names of one kind: key -> {id: best rank}."""

    ids: dict[str, str] = field(default_factory=dict)
    forms: dict[str, dict[str, int]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)

    def add(self, id: str, name: str, owner: str, forms: Iterable[tuple[str, int]]) -> None:
        self.ids[name_key(id)] = id
        self.names[id], self.owners[id] = name, owner
        for text, rank in forms:
            key = name_key(text)
            if key:
                ranks = self.forms.setdefault(key, {})
                ranks[id] = min(rank, ranks.get(id, rank))


class Names:
    """Resolves names against an inventory and the records that the same import adds."""

    def __init__(self, inventory: Inventory, settled: Mapping[str, str]) -> None:
        self.inventory = inventory
        self.settled = {name_key(name): target for name, target in settled.items()}
        self._indexes: dict[str, _Index] = {}
        self._cache: dict[tuple[str, ...], dict[tuple[str, str], Found | CellError]] = {}
        self._compared = 0
        self._divisions: dict[str, tuple[str, Level]] = {}
        for id, record in inventory.divisions.items():
            self._divisions[id] = (record.name, record.level)

    def resolve(self, kinds: tuple[str, ...], text: str, department: str = "") -> Found:
        """The object of one of ``kinds`` that a cell names; ``department`` decides between equal names.

        CellError ``ref-unknown`` (with the nearest names) or ``ref-ambiguous``.
        """
        cache = self._cache.setdefault(kinds, {})
        known = cache.get((text, department))
        if known is None:
            try:
                known = self._resolve(kinds, text, department)
            except CellError as error:
                known = error
            cache[text, department] = known
        if isinstance(known, CellError):
            raise known
        return known

    def add(self, kind: str, id: str, plain: Mapping[str, Any]) -> None:
        """Make a record of this import known."""
        index = self._index(kind)
        owner = str(plain.get("department") or plain.get("division") or "")
        index.add(id, str(plain.get("name") or ""), owner, self._forms(kind, str(plain.get("name") or ""), owner))
        for kinds in [kinds for kinds in self._cache if kind in kinds]:
            del self._cache[kinds]

    def division_of(self, department: str) -> str:
        """The division of a department of the estate or of this import."""
        index = self._index("department")
        return index.owners.get(department, "")

    def department_names(self, department: str) -> tuple[str, str]:
        """(name, name without its division): ("省民政厅", "民政厅")."""
        index = self._index("department")
        name = index.names.get(department, "")
        return name, self.bare_of(name, index.owners.get(department, ""))

    # ---- looking up -------------------------------------------------------------------------------------------------

    def _resolve(self, kinds: tuple[str, ...], text: str, department: str) -> Found:
        settled = self.settled.get(name_key(text))
        if settled is not None:
            return self._of_settled(kinds, settled)
        prefix, _, rest = text.partition(":")
        if prefix in kinds and rest.strip() in self._index(prefix).names:
            return Found(prefix, rest.strip(), self._index(prefix).names[rest.strip()])
        if "external" in kinds and (outside := EXTERNAL.fullmatch(text.strip())):
            return Found("external", outside[1].strip(), outside[1].strip())
        hits = [hit for kind in kinds if kind in KINDS for hit in self._hits(kind, text, department)]
        best = min((rank for _, _, rank in hits), default=None)
        found = [(kind, id) for kind, id, rank in hits if rank == best]
        if not found:
            raise self._unknown(kinds, text)
        if len(found) > 1:
            own = [(kind, id) for kind, id in found if self._index(kind).owners.get(id) == department]
            if len(own) != 1:
                candidates = ", ".join(f"{id} ({self._index(kind).names[id]})" for kind, id in found[:5])
                raise CellError("ref-ambiguous", value=shown(text), candidates=candidates)
            found = own
        kind, id = found[0]
        return Found(kind, id, self._index(kind).names[id], best != SHORT)

    def _of_settled(self, kinds: tuple[str, ...], target: str) -> Found:
        kind, colon, id = target.partition(":")
        if kind == "external" and "external" in kinds:
            return Found("external", id, id)
        if colon and kind in kinds and id in self._index(kind).names:
            return Found(kind, id, self._index(kind).names[id])
        for each in kinds:
            if each in KINDS and target in self._index(each).names:
                return Found(each, target, self._index(each).names[target])
        raise self._unknown(kinds, target)

    def _hits(self, kind: str, text: str, department: str) -> list[tuple[str, str, int]]:
        index, key = self._index(kind), name_key(text)
        if key in index.ids:
            return [(kind, index.ids[key], -1)]
        ranks = dict(index.forms.get(key, {}))
        if kind in ("department", "division") and (not ranks or min(ranks.values()) == SHORT):
            for id, rank in self._with_division_named(kind, key).items():
                ranks[id] = min(rank, ranks.get(id, rank))
        if not ranks and department and len(key) >= 2:
            ranks = {
                id: SHORT
                for form, ids in index.forms.items()
                if form.endswith(key)
                for id in ids
                if index.owners[id] == department
            }
        return [(kind, id, rank) for id, rank in ranks.items()]

    def _with_division_named(self, kind: str, key: str) -> dict[str, int]:
        """ "山西省太原市教育局": the divisions in front narrow the rest down."""
        found: dict[str, int] = {}
        for division, (name, _level) in self._divisions.items():
            prefix = name_key(name)
            if not prefix or not key.startswith(prefix) or key == prefix:
                continue
            rest = self._index(kind).forms.get(key.removeprefix(prefix), {})
            inside = [id for id in rest if division in self._lineage(kind, id)]
            found |= dict.fromkeys(inside, EQUAL)
        return found

    def _lineage(self, kind: str, id: str) -> tuple[str, ...]:
        division = id if kind == "division" else self._index(kind).owners.get(id, "")
        return self.inventory.lineage(division) if division else ()

    def _unknown(self, kinds: tuple[str, ...], text: str) -> CellError:
        from rapidfuzz import fuzz, process

        error = CellError("ref-unknown", value=shown(text), kinds="/".join(kinds))
        self._compared += 1
        if self._compared > _MOST_COMPARED:
            return error
        known = {
            form: f"{kind}:{id}"
            for kind in kinds
            if kind in KINDS
            for form, ids in self._index(kind).forms.items()
            for id in ids
        }
        near = process.extract(name_key(text), list(known), scorer=fuzz.WRatio, limit=6, score_cutoff=60)
        error.nearest = tuple(dict.fromkeys(known[form] for form, _score, _place in near))[:3]
        return error

    # ---- indexes ----------------------------------------------------------------------------------------------------

    def _index(self, kind: str) -> _Index:
        if kind not in self._indexes:
            index = self._indexes[kind] = _Index()
            for id, record in self.inventory.of(kind).items():
                name = str(getattr(record, "name", "") or "")
                owner = str(getattr(record, "department", None) or getattr(record, "division", None) or "")
                index.add(id, name, owner, self._forms(kind, name, owner))
        return self._indexes[kind]

    def _forms(self, kind: str, name: str, owner: str) -> list[tuple[str, int]]:
        if kind == "department":
            return self._department_forms(name, owner)
        if kind == "division":
            return [(name, EXACT), (_DIVISION_ENDS.sub("", name), SHORT)]
        if kind == "carrier":
            return [
                (name, EXACT),
                (_CARRIER_WORDS.sub("", name), EQUAL),
                ("中国" + _CARRIER_WORDS.sub("", name), EQUAL),
            ]
        return [(name, EXACT)]

    def bare_of(self, name: str, division: str) -> str:
        """A department's name without its division's."""
        official, level = self._divisions.get(division, ("", Level.PROVINCE))
        for prefix in (official, _DIVISION_ENDS.sub("", official) if official else "", *_LEVEL_WORDS[level]):
            if prefix and name.startswith(prefix) and len(name) > len(prefix) + 1:
                return name.removeprefix(prefix)
        return name

    def _department_forms(self, name: str, division: str) -> list[tuple[str, int]]:
        official, level = self._divisions.get(division, ("", Level.PROVINCE))
        bare = self.bare_of(name, division)
        forms = [(name, EXACT), (bare, SHORT)]
        if official:
            words = (official, *(word for word in _LEVEL_WORDS[level] if official.endswith(word)))
            forms += [(word + bare, EQUAL) for word in words]
        return forms
