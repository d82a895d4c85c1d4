"""The head of a form: what it is, for whom, until when. Keys and values in the order of the form."""

from __future__ import annotations

from stacks.requests.model import Request
from stacks.requests.sheets import Value

__all__ = ["HASH", "ID", "NOTES", "cover_rows"]

ID, HASH = "id", "hash"
"""Keys of the rows by which an answer is known again."""
NOTES = ("note-fill", "note-protected", "note-return")
"""Words for the operator, below the head."""


def cover_rows(request: Request) -> tuple[tuple[str, Value], ...]:
    """(key, value) of each row."""
    return (
        (ID, request.id),
        (HASH, request.hash),
        ("cloud", _named(request.cloud_name, request.cloud)),
        ("operator", request.operator),
        ("department", _named(request.department_name, request.department)),
        ("wave", request.wave),
        ("needed_by", "" if request.needed_by is None else request.needed_by.isoformat()),
        ("lead_days", request.lead_days),
        ("hand_in", "" if request.hand_in is None else request.hand_in.isoformat()),
        ("zones", len(request.new_zones)),
        ("systems", len(request.systems)),
        ("machines", sum(len(system.machines) for system in request.systems)),
    )


def _named(name: str, id: str) -> str:
    return f"{name} ({id})" if name else id
