"""What roles take: entries, files that do not parse, and parameters by ``meta/argument_specs.yml``. Imports no Ansible.

Types and their meaning: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_reuse_roles.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

__all__ = ["ENCRYPTED", "Broken", "Misfit", "Role", "encrypted_texts", "fit", "read_role", "role_names", "split_name"]

ENCRYPTED = "$ANSIBLE_VAULT;"
"""Beginning of a text that Ansible's vault has encrypted: its type is seen only when it is open."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FOLDERS = ("tasks", "handlers", "defaults", "vars", "meta")
_TRUE = frozenset(("true", "yes", "on", "y", "t", "1"))
_FALSE = frozenset(("false", "no", "off", "n", "f", "0"))


@dataclass(frozen=True)
class Broken:
    """A file of a role that does not parse."""

    path: Path
    line: int
    reason: str


@dataclass(frozen=True)
class Misfit:
    """A parameter that a role does not take as it is: ``kind`` is missing, unknown or bad.

    ``name``: dotted, with the position in lists. ``near``: names that it could be.
    """

    kind: str
    name: str
    value: str = ""
    expected: str = ""
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Role:
    """A role as its folder holds it. ``options``: entry -> parameter -> its specification."""

    name: str
    entries: tuple[str, ...]
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    broken: tuple[Broken, ...] = ()


def split_name(text: str) -> tuple[str, str]:
    """(role, entry) of ROLE or ROLE/ENTRY."""
    role, _, entry = text.partition("/")
    return role, entry or "main"


def role_names(roles: Path) -> list[str]:
    """Names of the roles in a folder."""
    return sorted(path.parent.name for path in roles.glob("*/tasks") if _NAME.fullmatch(path.parent.name))


def read_role(roles: Path, name: str) -> Role | None:
    """The role ``name`` of the folder ``roles``; None where there is none. Kept until one of its files changes."""
    if not _NAME.fullmatch(name) or not (roles / name / "tasks").is_dir():
        return None
    files = sorted(path for folder in _FOLDERS for path in (roles / name / folder).rglob("*.y*ml"))
    return _read(name, roles / name, tuple((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=128)
def _read(name: str, folder: Path, files: tuple[tuple[Path, int], ...]) -> Role:
    broken: list[Broken] = []
    options: dict[str, Mapping[str, Any]] = {}
    for path, _ in files:
        try:
            content = path.read_bytes()
            node = yaml.compose(content, yaml.CSafeLoader)
            if path.parent.name == "tasks" and node is not None and not isinstance(node, yaml.SequenceNode):
                broken.append(Broken(path, node.start_mark.line + 1, "a list of tasks is expected"))
            if path.stem == "argument_specs":
                options = _options(yaml.load(content, yaml.CSafeLoader))
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            broken.append(Broken(path, line, " ".join(part for part in (error.problem, error.context) if part)))
        except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
            broken.append(Broken(path, 1, str(error).partition("\n")[0]))
    entries = tuple(path.stem for path, _ in files if path.parent == folder / "tasks")
    return Role(name, entries, options, tuple(broken))


def _options(plain: Any) -> dict[str, Mapping[str, Any]]:
    specs = plain.get("argument_specs") if isinstance(plain, dict) else None
    return {str(entry): (spec or {}).get("options") or {} for entry, spec in (specs or {}).items()}


def fit(options: Mapping[str, Any], parameters: Mapping[str, Any], at: str = "") -> tuple[dict[str, Any], list[Misfit]]:
    """(parameters in the declared types, what does not fit); unknown parameters are both left out and named."""
    fitted: dict[str, Any] = {}
    misfits: list[Misfit] = []
    for name, value in parameters.items():
        spec = options.get(name)
        if spec is None:
            misfits.append(Misfit("unknown", at + name, known=tuple(options)))
        elif value is not None:
            fitted[name], found = _value(spec or {}, value, at + name)
            misfits += found
    misfits += [
        Misfit("missing", at + name)
        for name, spec in options.items()
        if (spec or {}).get("required") and name not in fitted
    ]
    return fitted, misfits


def _value(spec: Mapping[str, Any], value: Any, at: str) -> tuple[Any, list[Misfit]]:
    if isinstance(value, str) and value.startswith(ENCRYPTED):
        return value, []
    kind = spec.get("type", "str")
    expected, convert = _TYPES.get(kind, ("any value", lambda given: given))
    try:
        converted = convert(value)
    except (TypeError, ValueError):
        return value, [Misfit("bad", at, _brief(value), expected)]
    choices = spec.get("choices")
    if choices and any(item not in choices for item in (converted if kind == "list" else [converted])):
        return value, [Misfit("bad", at, _brief(value), f"one of {', '.join(map(str, choices))}")]
    misfits: list[Misfit] = []
    if kind == "dict" and spec.get("options"):
        converted, misfits = fit(spec["options"], converted, f"{at}.")
    elif kind == "list" and spec.get("elements"):
        inner = {"type": spec["elements"], **({"options": spec["options"]} if spec.get("options") else {})}
        pairs = [_value(inner, item, f"{at}.{place}") for place, item in enumerate(converted, 1)]
        converted = [item for item, _ in pairs]
        misfits = [misfit for _, found in pairs for misfit in found]
    return converted, misfits


def _brief(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _text(value: Any) -> str:
    if isinstance(value, dict | list | tuple):
        raise TypeError
    return str(value).lower() if isinstance(value, bool) else str(value)


def _bool(value: Any) -> bool:
    text = str(value).casefold()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError


def _int(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise TypeError
    return int(value)


def _float(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    return float(value)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError
    return list(value)


def _dict(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError
    return dict(value)


_TYPES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "str": ("text", _text),
    "path": ("a path", _text),
    "bool": ("true or false", _bool),
    "int": ("a whole number", _int),
    "float": ("a number", _float),
    "list": ("a list", _list),
    "dict": ("a mapping", _dict),
}


def encrypted_texts(value: Any) -> Iterator[str]:
    """Texts inside of ``value`` that Ansible's vault has encrypted."""
    if isinstance(value, str):
        if value.startswith(ENCRYPTED):
            yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from encrypted_texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from encrypted_texts(item)
