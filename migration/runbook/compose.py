"""From a template and the values of an object to the step groups of an item."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from inventory.inventory import nearest_names
from inventory.kinds.systems import System
from inventory.problems import Origin
from inventory.validation import Step as PathStep
from inventory.validation import validate
from migration.plan import Disposition, PlanItem
from migration.runbook.errors import TemplateError
from migration.runbook.model import Step, StepGroup
from migration.runbook.parts import Lack, Part, Value
from migration.runbook.template_file import Entry, Template, Templates, Use
from migration.steps import Track

__all__ = ["Composed", "Scope", "choose", "choose_for_part", "compose"]

_PLACE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.]*)\}")
_OWN = ("include", "with", "parts", "when", "unless")
"""Fields of an entry that are no step's."""
_LANGUAGES = frozenset({"en", "zh"})


@dataclass(frozen=True)
class Scope:
    """What a template is filled with.

    values: by name. parts: the scopes and templates of the object's components. language: of texts that are given in
    several.
    """

    values: Mapping[str, Value]
    templates: Templates
    parts: Sequence[tuple[Template, Scope]] = ()
    language: str = "en"
    including: tuple[str, ...] = ()


@dataclass
class Composed:
    """The groups of an item, the parameters that its steps share, and what was lacking."""

    groups: tuple[StepGroup, ...] = ()
    parameters: dict[str, Any] = field(default_factory=dict)
    lacks: list[Lack] = field(default_factory=list)


# ---- choosing --------------------------------------------------------------------------------------------------------


def choose(templates: Templates, item: PlanItem, disposition: Disposition | None) -> Template:
    """The most particular template of an item. TemplateError ``template-none``."""

    def fits(use: Use) -> tuple[int, ...] | None:
        if use.of != "item" or not _names(use, item.track, item.base_step):
            return None
        if (use.kinds and item.kind not in use.kinds) or (use.dispositions and disposition not in use.dispositions):
            return None
        return (bool(use.dispositions), bool(use.kinds))

    found = _best(templates, fits)
    if found is None:
        raise TemplateError("template-none", object=item.object, step=f"{item.track.value} {item.step}")
    return found


def choose_for_part(templates: Templates, item: PlanItem, system: System, moved: Part) -> Template:
    """The most particular template of a component in an item of its system. TemplateError ``template-none``."""
    part = moved.component
    changed = part.target_technology not in ("", part.technology)
    technology = f"{part.technology}>{part.target_technology}" if changed else part.technology

    def fits(use: Use) -> tuple[int, ...] | None:
        if use.of != "component" or not _names(use, item.track, item.base_step):
            return None
        if use.kinds and moved.method not in use.kinds:
            return None
        if (use.roles and part.role not in use.roles) or (use.systems and system.kind not in use.systems):
            return None
        letters = [
            1 + len(pattern.translate({ord("*"): None, ord("?"): None, ord(">"): None}))
            for pattern in use.technology
            if (">" in pattern) == changed and fnmatchcase(technology.casefold(), pattern.casefold())
        ]
        if use.technology and not letters:
            return None
        return (bool(use.systems), max(letters, default=0), bool(use.roles), bool(use.kinds))

    found = _best(templates, fits)
    if found is None:
        name = f"component:{system.id}/{part.id} ({technology})"
        raise TemplateError("template-none", object=name, step=f"{item.track.value} {item.step}")
    return found


def _names(use: Use, track: Track, step: str) -> bool:
    return use.track is track and step in use.steps


def _best(templates: Templates, fits: Callable[[Use], tuple[int, ...] | None]) -> Template | None:
    """The template of the highest rank; of equal ones the first: an estate's own stand before the shipped ones."""
    best: tuple[tuple[int, ...], Template] | None = None
    for template in templates.by_id.values():
        rank = None if template.use is None else fits(template.use)
        if rank is not None and (best is None or rank > best[0]):
            best = (rank, template)
    return None if best is None else best[1]


# ---- composing -------------------------------------------------------------------------------------------------------


def compose(template: Template, scope: Scope) -> Composed:
    """The groups of an item; groups without steps are left out.

    TemplateError: ``template-invalid`` (with ``problems``) for a step that is none, ``template-loop``,
    ``template-unknown``, ``template-value``, ``template-parameter``, ``template-surplus``.
    """
    made = Composed()
    scope = replace(scope, including=(template.id,))
    groups: list[StepGroup] = []
    for number, group in enumerate(template.whole.groups):
        steps = tuple(step for entry in template.entries(number) for step in _steps(entry, scope, made))
        if steps:
            name = _Filler(scope, template, ("groups", number), made).text(group.name)
            groups.append(StepGroup(id=group.id, name=name, steps=steps))
    made.groups = tuple(groups)
    shared = _Filler(scope, template, ("shared",), made)
    made.parameters = {name: shared.free(value) for name, value in template.whole.shared.items()}
    return made


def _steps(entry: Entry, scope: Scope, made: Composed) -> Iterator[Step]:
    filler = _Filler(scope, entry.template, entry.path, made)
    for word, wanted in (("when", True), ("unless", False)):
        if word in entry.data and bool(filler.value(str(entry.data[word])).data) is not wanted:
            return
    if "include" in entry.data:
        yield from _included(entry, scope, made, filler)
    elif "parts" in entry.data:
        for template, part in scope.parts:
            yield from _of_part(template, str(entry.data["parts"]), part, made)
    else:
        yield _step(entry, filler)


def _included(entry: Entry, scope: Scope, made: Composed, filler: _Filler) -> Iterator[Step]:
    name = str(entry.data["include"])
    chosen = scope.templates.by_id.get(name)
    if chosen is None:
        near = nearest_names(name, scope.templates.by_id) or "-"
        raise TemplateError("template-unknown", place=str(entry.origin), template=name, nearest=near)
    chain = (*scope.including, name)
    if name in scope.including:
        loop = chain[chain.index(name) :]
        raise TemplateError("template-loop", place=str(entry.origin), templates=" -> ".join(loop))
    given = entry.data.get("with") or {}
    known = chosen.whole.parameters
    for extra in given:
        if extra not in known:
            raise TemplateError(
                "template-surplus", place=str(entry.origin), template=name, name=extra,
                nearest=nearest_names(extra, known) or "-",
            )  # fmt: skip
    values = dict(scope.values)
    for parameter, default in known.items():
        value = given.get(parameter, default)
        if value is None:
            raise TemplateError("template-parameter", place=str(entry.origin), template=name, name=parameter)
        values[parameter] = filler.whole(value)
    inner = replace(scope, values=values, including=chain)
    for number in range(len(chosen.whole.groups)):
        for found in chosen.entries(number):
            yield from _steps(found, inner, made)


def _of_part(template: Template, group: str, scope: Scope, made: Composed) -> Iterator[Step]:
    scope = replace(scope, including=(template.id,))
    for number, found in enumerate(template.whole.groups):
        if found.id == group:
            for entry in template.entries(number):
                yield from _steps(entry, scope, made)


def _step(entry: Entry, filler: _Filler) -> Step:
    data = {name: filler.field(name, value) for name, value in entry.data.items() if name not in _OWN}

    def place(path: tuple[PathStep, ...]) -> Origin:
        return entry.template.place((*entry.path, *path))

    step, problems = validate(Step, data, place, kind="runbook", id=str(data.get("id", "")))
    if step is None:
        first = str(problems[0].origin)
        raise TemplateError("template-invalid", problems=problems, place=first, count=len(problems))
    found: Step = step
    return found


# ---- filling ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Filler:
    """Fills the places of one entry."""

    scope: Scope
    template: Template
    path: tuple[PathStep, ...]
    made: Composed

    def value(self, name: str) -> Value:
        """The value of a name. TemplateError ``template-value``."""
        values = self.scope.values
        if name not in values:
            nearest = nearest_names(name, values) or "-"
            raise TemplateError("template-value", place=str(self.template.place(self.path)), name=name, nearest=nearest)
        return values[name]

    def field(self, name: str, value: Any) -> Any:
        """A field of a step: texts in the language wanted, lists flattened where a place stands for many."""
        if name == "parameters":
            return self.free(value)
        if isinstance(value, dict):
            if value and value.keys() <= _LANGUAGES:
                return self.text(value)
            return {key: self.field(key, entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [one for entry in value for one in _many(self.field(name, entry))]
        filled = self.free(value)
        return value if filled is None else filled

    def text(self, value: Any) -> str:
        """Words for people."""
        if isinstance(value, dict):
            value = value.get(self.scope.language) or value.get("en") or ""
        filled = self.free(value)
        return str(value if filled is None else filled)

    def free(self, value: Any) -> Any:
        """Any value with its places filled; what it lacks is noted."""
        filled = self.whole(value)
        self.made.lacks += [lack for lack in dict.fromkeys(filled.lacks) if lack not in self.made.lacks]
        return filled.data

    def whole(self, value: Any) -> Value:
        """Any value with its places filled."""
        if isinstance(value, str):
            return self._words(value)
        if isinstance(value, dict):
            found = {key: self.whole(entry) for key, entry in value.items()}
            lacks = tuple(lack for entry in found.values() for lack in entry.lacks)
            return Value({key: entry.data for key, entry in found.items()}, lacks)
        if isinstance(value, (list, tuple)):
            entries = [self.whole(entry) for entry in value]
            return Value([entry.data for entry in entries], tuple(lack for entry in entries for lack in entry.lacks))
        return Value(value)

    def _words(self, text: str) -> Value:
        alone = _PLACE.fullmatch(text)
        if alone:
            return self.value(alone[1])
        lacks: list[Lack] = []

        gaps: list[str] = []

        def fill(found: re.Match[str]) -> str:
            value = self.value(found[1])
            lacks.extend(value.lacks)
            gaps.extend([found[1]] if value.data is None else [])
            return str(value.data)

        filled = _PLACE.sub(fill, text)
        return Value(None if gaps else filled, tuple(lacks))


def _many(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
