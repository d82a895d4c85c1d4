"""``qianyun systems retire-candidates``: systems that nobody uses or nobody has registered, by evidence."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ui.commanding import Common, argument, command, common, option
from ui.commands.rooms.registry import LISTED, open_rooms, words_of
from ui.commands.systems.registry import group
from ui.output import emit, say, table
from ui.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migration.consolidation.model import Reason
    from migration.rooms.retirement import Candidate

__all__ = ["retire_candidates"]

COLUMNS = ("weight", "kind", "system", "name", "owner", "evidence", "against", "disposition", "observation")


@command(
    group,
    "retire-candidates",
    example="qianyun systems retire-candidates examples/kaifeng\n"
    "qianyun systems retire-candidates examples/kaifeng --json",
)
@argument("estate", type=Path)
@option("--all", "everything", is_flag=True, key="rooms.option.all")
@common()
def retire_candidates(common: Common, estate: Path, everything: bool) -> None:
    """Zombies and shadows, each with its evidence and what speaks against it."""
    from migration.rooms.retirement import retirement_candidates

    opened = open_rooms(estate, common, None)
    found = retirement_candidates(opened.inventory, opened.now)
    if common.json:
        emit(
            {
                "looked_at": found.looked_at,
                "candidates": [_answer(candidate) for candidate in found.candidates],
                "unknown_use": list(found.unknown_use),
            }
        )
        return
    listed = found.candidates if everything else found.candidates[:LISTED]
    table([text(f"systems.column.{name}") for name in COLUMNS], [_row(candidate) for candidate in listed])
    if len(found.candidates) > len(listed):
        say("graph.more", count=len(found.candidates) - len(listed))
    sys.stdout.write(text("systems.candidates", count=len(found.candidates), looked_at=found.looked_at) + "\n")
    if found.unknown_use:
        say("systems.unknown-use", count=len(found.unknown_use), first=found.unknown_use[0])


def _answer(candidate: Candidate) -> dict[str, Any]:
    """A candidate as JSON answers give it (docs/formats.md)."""
    return {
        **candidate.model_dump(mode="json", exclude={"evidence", "against"}),
        "evidence": [_reason_answer(reason) for reason in candidate.evidence],
        "against": [_reason_answer(reason) for reason in candidate.against],
    }


def _row(candidate: Candidate) -> tuple[Any, ...]:
    observed = ""
    if candidate.switched_off is not None:
        observed = text("systems.observed", since=candidate.switched_off, until=candidate.removable)
    return (
        text(f"systems.weight.{candidate.weight.value}"),
        text("rooms.list-separator").join(text(f"systems.kind.{kind.value}") for kind in candidate.kinds),
        candidate.system,
        candidate.name,
        candidate.department,
        _told(candidate.evidence),
        _told(candidate.against),
        text(
            "systems.by-rule", disposition=text(f"plan.disposition.{candidate.disposition.value}"), rule=candidate.rule
        ),
        observed,
    )


def _told(reasons: Iterable[Reason]) -> str:
    return text("systems.separator").join(_reason_text(reason) for reason in reasons)


def _reason_text(reason: Reason) -> str:
    return text(f"systems.reason.{reason.code}", **words_of(reason))


def _reason_answer(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "data": reason.data, "message": _reason_text(reason)}
