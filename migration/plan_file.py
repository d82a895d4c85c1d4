"""Plan files: written whole, read back, refused when they are none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from inventory.cache import without_collection
from inventory.files import atomic_writer, reason_of
from migration.errors import PlanFileError, PlanVersionError
from migration.plan import FORMAT, Plan, PlanItem

__all__ = ["read_plan", "write_plan"]


def write_plan(path: Path, plan: Plan) -> None:
    """Write a plan whole or not at all; InputError ``cannot-write`` where the place cannot be written.

    Every item, and every entry of another list or mapping, has a line of its own, so that two plans can be compared.
    """
    with atomic_writer(path) as file:
        file.writelines(_lines(plan))


def _lines(plan: Plan) -> Iterator[bytes]:
    import orjson

    for number, name in enumerate(Plan.model_fields):
        value = getattr(plan, name)
        yield (b",\n" if number else b"{\n") + orjson.dumps(name) + b": "
        if isinstance(value, tuple):
            rows = (orjson.dumps(_plain(entry)) for entry in value)
            yield from _block(b"[", rows, b"]")
        elif isinstance(value, dict):
            rows = (orjson.dumps(key) + b": " + orjson.dumps(_plain(entry)) for key, entry in value.items())
            yield from _block(b"{", rows, b"}")
        else:
            yield orjson.dumps(_plain(value))
    yield b"\n}\n"


def _block(opening: bytes, rows: Iterable[bytes], closing: bytes) -> Iterator[bytes]:
    before = opening + b"\n"
    for row in rows:
        yield before + row
        before = b",\n"
    yield opening + closing if before != b",\n" else b"\n" + closing


def _plain(value: Any) -> Any:
    """Ready for JSON. Items leave out what they do not have, which is half of a large plan."""
    plain = to_jsonable_python(value)
    return (
        {key: entry for key, entry in plain.items() if entry not in (None, "", [])}
        if isinstance(value, PlanItem)
        else plain
    )


def read_plan(path: Path) -> Plan:
    """A plan from its file. PlanFileError when it is none or damaged, PlanVersionError for a newer format."""
    import orjson

    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise PlanFileError("plan-missing", path=str(path)) from None
    except IsADirectoryError:
        raise PlanFileError("plan-not-a-plan", path=str(path)) from None
    except OSError as error:
        raise PlanFileError("plan-unreadable", path=str(path), reason=reason_of(error)) from None
    try:
        with without_collection():
            data: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if text.lstrip().startswith(b"{"):
            raise PlanFileError("plan-broken", path=str(path), reason=str(error)) from None
        raise PlanFileError("plan-not-a-plan", path=str(path)) from None
    if not isinstance(data, dict) or not {"format", "grid", "items"} <= data.keys():
        raise PlanFileError("plan-not-a-plan", path=str(path))
    if data["format"] != FORMAT:
        raise PlanVersionError("plan-format", path=str(path), found=data["format"], known=FORMAT)
    try:
        with without_collection():
            return Plan.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PlanFileError(
            "plan-invalid", path=str(path), field=place, reason=first["msg"], count=error.error_count()
        ) from None
