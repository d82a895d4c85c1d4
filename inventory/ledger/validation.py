"""Validation of a row's data by the model of its kind; what the model refuses is taken out and said."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from inventory.base import Struct
from inventory.kinds import KINDS
from inventory.ledger.findings import Level
from inventory.ledger.rows import Draft

__all__ = ["validated"]

_NEW_ID = "new"


def validated(draft: Draft, plain: dict[str, Any]) -> Struct | None:
    """The record; fields that the model refuses are taken out and said, and without a needed one there is no
    record."""
    kind = draft.table.kind
    for _attempt in range(10):
        try:
            given = {key: value for key, value in plain.items() if value not in ("", None)}
            return KINDS[kind].model_validate(given if kind == "dependency" else {"id": _NEW_ID, **given})
        except ValidationError as error:
            if not _taken_out(draft, plain, error):
                return None
    return None


def _taken_out(draft: Draft, plain: dict[str, Any], error: ValidationError) -> bool:
    missing = False
    for problem in error.errors(include_url=False, include_input=False):
        place = problem["loc"]
        path = _path_of(plain, place)
        if problem["type"] == "missing":
            missing = True
            if path not in draft.unread:  # an unreadable cell has said why already
                draft.say("missing-value", Level.REFUSED, path, field=path)
            continue
        draft.say("not-valid", Level.REFUSED, path, field=path, reason=problem["msg"])
        draft.unread.add(path)
        _remove(plain, place)
    return not missing


def _path_of(plain: Any, place: tuple[int | str, ...]) -> str:
    """ "components.main.vcpu" of ("components", 0, "vcpu"): the form of the tables' fields."""
    steps: list[str] = []
    inside = plain
    for step in place:
        if isinstance(step, int) and isinstance(inside, list) and step < len(inside):
            inside = inside[step]
            steps.append(str(inside.get("id", step)) if isinstance(inside, dict) else str(step))
        elif isinstance(inside, dict) and step in inside:
            inside = inside[step]
            steps.append(str(step))
        elif isinstance(inside, dict):
            steps.append(str(step))
            break
        else:
            break
    return ".".join(steps)


def _remove(plain: Any, place: tuple[int | str, ...]) -> None:
    inside = plain
    for number, step in enumerate(place):
        is_last = number == len(place) - 1
        following = (
            inside.get(step)
            if isinstance(inside, dict)
            else inside[step]
            if isinstance(inside, list) and isinstance(step, int)
            else None
        )
        if is_last or not isinstance(following, dict | list):
            if isinstance(inside, dict):
                inside.pop(step, None)
            elif isinstance(inside, list) and isinstance(step, int):
                del inside[step]
            return
        inside = following
