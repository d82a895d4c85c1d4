"""Property values between the engine's messages and Python.

The engine sends every number as a float, and marks secrets, unknown values, outputs and references by objects with a
reserved key (sdk/go/common/resource/properties.go and sdk/python/lib/pulumi/runtime/rpc.py of Pulumi).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct, Value

__all__ = ["UNKNOWN", "Properties", "Unknown", "has_unknown", "properties", "struct"]

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  # the mark of a secret, not one
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
_UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # of a boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # of a number
        _UNKNOWN_TEXT,
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # of a list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # of an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # of an archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # of an object
    }
)


class Unknown:
    """A value that only exists once something else is made; all are equal to one another."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown)

    def __hash__(self) -> int:
        return hash(Unknown)

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Properties:
    """Properties of an object.

    Attributes:
        values: by name; plain Python values, ``UNKNOWN`` where not known yet. Absent and null are the same.
        secrets: names whose values, or a part of them, are secret.
    """

    values: dict[str, Any]
    secrets: frozenset[str] = frozenset()


def has_unknown(value: object) -> bool:
    """Whether a value, or a part of it, is not known yet."""
    if isinstance(value, Mapping):
        return any(has_unknown(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(has_unknown(part) for part in value)
    return isinstance(value, Unknown)


def properties(message: Struct) -> Properties:
    """Read a message; names that begin with two underscores are the engine's own and left out."""
    values: dict[str, Any] = {}
    secrets = set()
    for name, value in message.fields.items():
        if name.startswith("__"):
            continue
        plain, secret = _read(value)
        if secret:
            secrets.add(name)
        if plain is not None:
            values[name] = plain
    return Properties(values, frozenset(secrets))


def struct(values: Mapping[str, Any], secrets: Iterable[str] = ()) -> Struct:
    """Write properties; null is left out, the named ones are marked secret."""
    from google.protobuf.struct_pb2 import Struct

    message = Struct()
    hidden = frozenset(secrets)
    for name in sorted(values):
        value = values[name]
        if value is None:
            continue
        if name in hidden:
            inner = message.fields[name].struct_value
            inner.fields[_SIGNATURE].string_value = _SECRET
            _write(inner.fields["value"], value)
        else:
            _write(message.fields[name], value)
    return message


def _read(value: Value) -> tuple[Any, bool]:
    """(plain value, whether it holds a secret)."""
    match value.WhichOneof("kind"):
        case "number_value":
            number = value.number_value
            return (int(number) if number.is_integer() else number), False
        case "string_value":
            return (UNKNOWN if value.string_value in _UNKNOWNS else value.string_value), False
        case "bool_value":
            return value.bool_value, False
        case "list_value":
            parts = [_read(part) for part in value.list_value.values]
            return [plain for plain, _ in parts], any(secret for _, secret in parts)
        case "struct_value":
            return _read_object(value.struct_value)
        case _:
            return None, False


def _read_object(message: Struct) -> tuple[Any, bool]:
    mark = message.fields[_SIGNATURE].string_value if _SIGNATURE in message.fields else ""
    if mark == _SECRET:
        return _read(message.fields["value"])[0], True
    if mark == _OUTPUT:
        if "value" not in message.fields:
            return UNKNOWN, "secret" in message.fields and message.fields["secret"].bool_value
        plain, secret = _read(message.fields["value"])
        return plain, secret or ("secret" in message.fields and message.fields["secret"].bool_value)
    if mark == _RESOURCE:
        return (_read(message.fields["id"])[0] if "id" in message.fields else UNKNOWN) or UNKNOWN, False
    parts = {name: _read(part) for name, part in message.fields.items()}
    return {name: plain for name, (plain, _) in parts.items()}, any(secret for _, secret in parts.values())


def _write(target: Value, value: object) -> None:
    match value:
        case None:
            target.null_value = 0  # type: ignore[assignment]  # NULL_VALUE, the only member of its enum
        case Unknown():
            target.string_value = _UNKNOWN_TEXT
        case bool():
            target.bool_value = value
        case int() | float():
            target.number_value = value
        case str():
            target.string_value = value
        case Mapping():
            target.struct_value.SetInParent()
            for name, part in value.items():
                _write(target.struct_value.fields[str(name)], part)
        case list() | tuple():
            target.list_value.SetInParent()
            for part in value:
                _write(target.list_value.values.add(), part)
        case _:
            msg = f"{type(value).__name__} is no property value"
            raise TypeError(msg)
