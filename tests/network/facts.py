"""Facts about makers' order, undo and refusal, as the files of ``tests/data/vendor_facts`` hold them.

One YAML list a platform. A fact:

id          unique name
platform    id of the platform
given       running configuration (text; may be empty)
commands    lines typed one after the other, from the configuration view (what ``system-view`` enters)
expect      ``accepted``: no line is refused
            ``refused at N``: line N (1-based) is refused, and none before it
            ``{running: text}``: no line is refused, and the (committed) configuration is this afterwards; of views
            without a line, and of the order, nothing is said
source      ``{manual, release, section}``, or ``{annet: file (name of the case)}`` in the repository annetutil/annet
unverified  true where nobody has shown it: what the program assumes
note        free text
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[1] / "data" / "vendor_facts"
PLATFORMS = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@dataclass(frozen=True, slots=True)
class Fact:
    """``refused_at``: 1-based line, 0 where all are accepted; ``running``: None where only acceptance is told."""

    id: str
    platform: str
    given: str
    commands: tuple[str, ...]
    refused_at: int
    running: str | None
    source: dict[str, str]
    unverified: bool
    note: str


def facts(platform: str) -> tuple[Fact, ...]:
    """The facts of one platform; ValueError for a fact of another form."""
    rows = yaml.safe_load((FOLDER / f"{platform}.yaml").read_text(encoding="utf-8"))
    return tuple(_fact(row) for row in rows)


def _fact(row: dict[str, Any]) -> Fact:
    unknown = set(row) - {"id", "platform", "given", "commands", "expect", "source", "unverified", "note"}
    if unknown:
        raise ValueError(f"{row['id']}: unknown {sorted(unknown)}")
    expect = row["expect"]
    refused, running = 0, None
    if isinstance(expect, dict):
        running = expect["running"]
    elif found := re.fullmatch(r"refused at (\d+)", expect):
        refused = int(found.group(1))
    elif expect != "accepted":
        raise ValueError(f"{row['id']}: expect is {expect}")
    return Fact(
        id=row["id"],
        platform=row["platform"],
        given=row.get("given", ""),
        commands=tuple(row["commands"]),
        refused_at=refused,
        running=running,
        source=row.get("source", {}),
        unverified=row.get("unverified", False),
        note=row.get("note", ""),
    )
