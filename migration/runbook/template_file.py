"""Templates of runbooks: files of steps with places to fill in. There are shipped ones; an estate may have its own.

A place is ``{name}``. Alone in its text it takes the value with its type, inside a text it takes the value's words.
There are no expressions. A group's entries are steps, ``include: TEMPLATE`` (with values for its parameters under
``with``) or ``parts: GROUP`` (what the templates of the object's components hold in that group). An entry with
``when: NAME`` is left out where that value is empty, one with ``unless: NAME`` where it is not.

Texts for people may be given once, or as ``{en: ..., zh: ...}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from inventory.base import Id, Struct, Text, field
from inventory.errors import FileError
from inventory.files import reason_of
from inventory.kinds.systems import ComponentRole, SystemKind
from inventory.loaders.yaml_file import locate, read_yaml
from inventory.problems import Origin, Problem
from inventory.validation import Step as PathStep
from inventory.validation import validate
from migration.plan import Disposition
from migration.runbook.errors import TemplateError
from migration.runbook.model import OnFailure
from migration.runbook.read import free_values, typed_yaml
from migration.steps import Track

__all__ = ["Entry", "Group", "Template", "Templates", "Use", "read_templates", "shipped_templates"]

_FREE = frozenset({"parameters", "shared", "with"})
_ENDINGS = (".yaml", ".yml")


class Use(Struct):
    """What a template is for; each list that is empty does not narrow it."""

    of: Literal["item", "component"] = field("A whole item, or one component of a system", "item")
    track: Track = field("Track of the items", example="system")
    steps: tuple[Text, ...] = field("Steps of that track", example=["cutover"])
    kinds: tuple[Text, ...] = field(
        "Kinds of objects; of components postgresql, postgresql_logical, mariadb, files, service or by_hand", ()
    )
    dispositions: tuple[Disposition, ...] = field("Dispositions of systems", ())
    systems: tuple[SystemKind, ...] = field("Kinds of the systems that components belong to", ())
    roles: tuple[ComponentRole, ...] = field("Roles of components", ())
    technology: tuple[Text, ...] = field(
        "Technologies of components: NOW, or NOW>AFTERWARDS where they change; * and ? stand for any", ()
    )


class Group(Struct):
    """Entries under one heading."""

    id: Id = field("Unique in its template")
    name: Any = field("Heading", "")
    steps: tuple[dict[str, Any], ...] = field("Steps, includes and parts, in order", ())


class _Whole(Struct):
    format: int = field("Version of the data format", 1, ge=1, le=1)
    id: Id = field("Name of the template")
    name: Any = field("What it does", "")
    use: Use | None = field("What it is for; absent: only included by others", None)
    parameters: dict[str, Any] = field("What including templates give it, with defaults; null: has to be given", {})
    shared: dict[str, Any] = field("Parameters that all steps of the item share", {})
    on_failure: OnFailure = field("What follows a failed step", OnFailure.ASK)
    groups: tuple[Group, ...] = field("Groups, in order")


@dataclass(frozen=True)
class Entry:
    """One entry of a group and where it stands. ``path``: from the top of its file."""

    template: Template
    path: tuple[PathStep, ...]
    data: Mapping[str, Any]

    @property
    def origin(self) -> Origin:
        """The line where it begins."""
        return self.template.place(self.path)


@dataclass(frozen=True)
class Template:
    """A template and the file it was read from."""

    file: str
    content: bytes
    whole: _Whole

    @property
    def id(self) -> str:
        """Its name."""
        return self.whole.id

    @property
    def use(self) -> Use | None:
        """What it is for."""
        return self.whole.use

    def place(self, path: tuple[PathStep, ...]) -> Origin:
        """The line of a field."""
        return Origin(self.file, locate(self.content, self.file, None, path))

    def entries(self, number: int) -> Iterator[Entry]:
        """The entries of one of its groups."""
        for place, data in enumerate(self.whole.groups[number].steps):
            yield Entry(self, ("groups", number, "steps", place), data)


@dataclass(frozen=True)
class Templates:
    """Templates by id."""

    by_id: Mapping[str, Template]


@cache
def shipped_templates() -> Templates:
    """The templates that come with the program."""
    folder = files("migration.runbook").joinpath("templates")
    found = [entry for entry in folder.iterdir() if entry.name.endswith(_ENDINGS)]
    return Templates(_by_id(_template(f"templates/{one.name}", one.read_bytes()) for one in sorted(found, key=str)))


def read_templates(folder: Path | None) -> Templates:
    """The shipped templates and those of a folder, which take the place of shipped ones of the same id.

    FileError where a file cannot be read or is no YAML; TemplateError ``template-invalid`` (with ``problems``),
    ``template-twice``.
    """
    shipped = shipped_templates().by_id
    if folder is None:
        return Templates(shipped)
    if not folder.is_dir():
        raise FileError("file-missing", path=str(folder))
    own: list[Template] = []
    for path in sorted(folder.iterdir()):
        if path.name.endswith(_ENDINGS) and path.is_file():
            try:
                own.append(_template(str(path), path.read_bytes()))
            except OSError as error:
                raise FileError("file-unreadable", path=str(path), reason=reason_of(error)) from None
    return Templates({**_by_id(own), **{id: one for id, one in shipped.items() if id not in {t.id for t in own}}})


def _by_id(templates: Any) -> dict[str, Template]:
    found: dict[str, Template] = {}
    for template in templates:
        if template.id in found:
            raise TemplateError(
                "template-twice",
                place=str(template.place(("id",))),
                template=template.id,
                first=str(found[template.id].place(("id",))),
            )
        found[template.id] = template
    return found


def _template(file: str, content: bytes) -> Template:
    raw = read_yaml(content, file)
    typed, doubled = typed_yaml(content, file)
    lists = {key: [record.data for record in records] for key, records in raw.lists.items()}
    data = free_values({**raw.loose, **lists}, typed, free=_FREE)

    def place(path: tuple[PathStep, ...]) -> Origin:
        return Origin(file, locate(content, file, None, path))

    whole, problems = validate(_Whole, data, place, kind="runbook")
    faults: list[Problem] = [*raw.problems, *doubled, *problems]
    if whole is None or faults:
        raise TemplateError("template-invalid", problems=faults, place=str(faults[0].origin), count=len(faults))
    return Template(file, content, whole)
