"""Errors of every package stand on one tree.

QianyunError                    everything the program raises on purpose
├── InputError                  a file or an argument of the user's is wrong (exit 2)
│   ├── EstateError             the folder is no estate, or nothing of it can be used
│   ├── FileError               one file cannot be read at all
│   ├── SelectorError           a selector does not parse or names an unknown field
│   └── UnknownObjectError      an id that the estate does not have
├── NoPlanError                 no complete plan exists or none was found in the time (exit 3)
├── UnreachableError            a device or a cloud does not answer (exit 4)
├── VersionError                bound to another version: store, lock, stale plan, approval (exit 5)
└── MissingExtraError           the command needs an optional part that is not installed (exit 2)

Each package extends the tree in its own ``errors.py``. An error carries ``code`` (stable, what programs compare),
``data`` (plain values) and English templates that are filled with the data; ``ui`` translates by code.
"""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = [
    "EstateError",
    "FileError",
    "InputError",
    "MissingExtraError",
    "NoPlanError",
    "QianyunError",
    "SelectorError",
    "UnknownObjectError",
    "UnreachableError",
    "VersionError",
]


def _restore(kind: type[QianyunError], code: str, data: dict[str, Any]) -> QianyunError:
    return kind(code, **data)


class QianyunError(Exception):
    """Root of all expected errors.

    ``code`` is one of the codes in ``templates`` of the class or of a parent; ``data`` fills its message and hint.
    """

    exit_code: ClassVar[int] = 1
    templates: ClassVar[dict[str, tuple[str, str]]] = {}

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.data = data
        self.template(code)  # an unknown code is a bug: say so where it is raised

    @classmethod
    def template(cls, code: str) -> tuple[str, str]:
        """English (message, hint) templates of a code; KeyError for a code that no class on the path knows."""
        for parent in cls.__mro__:
            found = getattr(parent, "templates", {}).get(code)
            if found is not None:
                return (found[0], found[1])
        raise KeyError(code)

    @property
    def message(self) -> str:
        """What happened, in English."""
        return self.template(self.code)[0].format(**self.data)

    @property
    def hint(self) -> str:
        """What to do about it, in English; may be empty."""
        return self.template(self.code)[1].format(**self.data)

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restore, (type(self), self.code, self.data))


class InputError(QianyunError):
    """A file or an argument of the user's is wrong."""

    exit_code = 2
    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "bad-argument": ("{argument}: {reason}", ""),
        "cannot-write": ("{path} cannot be written: {reason}", "check the folder's permissions and the free space"),
    }


class EstateError(InputError):
    """The folder is no estate, or nothing in it can be used."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "estate-missing": ("{path} does not exist", "name the folder that holds estate.yaml"),
        "estate-not-a-folder": ("{path} is not a folder", "an estate is a folder with an estate.yaml in it"),
        "estate-unreadable": ("{path} cannot be read: {reason}", "check the folder's permissions"),
        "estate-empty": (
            "{path} holds no estate.yaml",
            "start with a file estate.yaml that has at least 'name' and 'as_of', or copy examples/kaifeng",
        ),
        "estate-invalid": (
            "{path}: {count} error(s) in the estate's own settings",
            "run: qianyun inventory check {path}",
        ),
        "estate-nothing-left": (
            "nothing of {path} can be used: {count} error(s)",
            "run: qianyun inventory check {path}",
        ),
        "estate-strict": (
            "{errors} error(s), {count} record(s) quarantined, and --strict was given",
            "run: qianyun inventory check {path}",
        ),
        "effort-missing": (
            "{path}: no effort row fits {track}/{step}, technology {technology}, criticality {criticality}",
            "add a row to settings.effort, or remove 'shipped_effort: false'",
        ),
        "estate-format": (
            "{path} is written in data format {found}; this program reads {known}",
            "use a release of qianyun that reads this format",
        ),
    }


class FileError(InputError):
    """One file cannot be read at all."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "file-missing": ("{path} does not exist", "check the name"),
        "file-unreadable": ("{path} cannot be read: {reason}", "check the file's permissions"),
        "file-binary": ("{path} is not a text or table file", "keep only YAML, CSV and XLSX files in an estate"),
        "file-too-large": (
            "{path} has {size_mb} MB; at most {max_mb} MB are read",
            "split it into several files (any names, any folders) or raise settings.max_file_mb",
        ),
        "file-syntax": ("{path}, line {line}: {reason}", "correct the line"),
        "file-expands": (
            "{path}: aliases would grow to more than {limit} values",
            "write the values out; YAML aliases are meant for small repetitions",
        ),
        "file-nested": ("{path}: nested deeper than {limit} levels", "flatten the file"),
    }


class SelectorError(InputError):
    """A selector does not parse or names an unknown field."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "selector-syntax": (
            "selector '{selector}' cannot be read from '{rest}' on",
            "example: kind:system division:1401* grade>=3 -id:abc",
        ),
        "selector-kind": (
            "selector '{selector}': unknown kind '{named}'",
            "nearest: {nearest}; a field that is itself called kind is written system.kind:mail",
        ),
        "selector-field": ("selector '{selector}': {owner} has no field '{field}'", "nearest: {nearest}"),
        "selector-parts": (
            "selector '{selector}': '{field}' has parts and no value of its own",
            "name one of: {parts}",
        ),
        "selector-operator": (
            "selector '{selector}': '{operator}' does not suit '{field}'",
            "'>=', '<=', '>' and '<' take one number or date; all else is compared with ':' or '='",
        ),
        "selector-value": (
            "selector '{selector}': '{field}' is never '{value}'",
            "write a value such as: {expected}",
        ),
        "selector-place": ("selector '{selector}' selects nothing here", "only these kinds are asked for: {kinds}"),
    }


class UnknownObjectError(InputError):
    """An id that the estate does not have."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "unknown-object": ("no {kind} '{id}' in this estate", "nearest: {nearest}"),
        "unknown-kind": ("unknown kind '{kind}'", "nearest: {nearest}"),
    }


class NoPlanError(QianyunError):
    """No complete plan exists, or none was found in the time."""

    exit_code = 3


class UnreachableError(QianyunError):
    """A device or a cloud does not answer."""

    exit_code = 4


class VersionError(QianyunError):
    """Bound to another version: store, lock, stale plan, preview or approval that no longer matches."""

    exit_code = 5


class MissingExtraError(InputError):
    """The command needs an optional part that is not installed."""

    templates: ClassVar[dict[str, tuple[str, str]]] = {
        "missing-extra": (
            "'{command}' needs the part '{extra}', which is not installed",
            "install it with: pip install 'qianyun[{extra}]'",
        ),
    }
