"""``qianyun example``: make an estate to try things on."""

from __future__ import annotations

from pathlib import Path

import click

from inventory.examples import LIKES, make_sketch, refuse_occupied, write_sketch
from ui.commanding import Common, Group, argument, command, common, option
from ui.output import emit, progress, say, table
from ui.texts import kind_word, text

__all__ = ["group"]

group = Group("example")


@command(
    group,
    "make",
    example="qianyun example make /tmp/province --like shanxi --systems 10000 --seed 1\n"
    "qianyun example make /tmp/city --like kaifeng",
)
@argument("folder", metavar="DIR", type=Path)
@option("--like", type=click.Choice(LIKES), default="shanxi", show_default=True, key="example.option.like")
@option("--systems", type=int, default=900, show_default=True, metavar="N", key="example.option.systems")
@option("--seed", type=int, default=1, show_default=True, metavar="S", key="example.option.seed")
@common(estate=False)
def make(common: Common, folder: Path, like: str, systems: int, seed: int) -> None:
    """Make an estate and say what is in it. Errors as ``make_sketch`` and ``write_sketch``."""
    refuse_occupied(folder)
    with progress(text("example.writing")) as report:
        report(text("example.drafting"), 0, systems)
        sketch = make_sketch(like, systems, seed)
        report(text("example.drafting"), systems, systems)
        counts = write_sketch(sketch, folder, progress=lambda kind, done, total: report(_word(kind), done, total))
    if common.json:
        emit({"estate": str(folder), "like": like, "systems": systems, "seed": seed, "records": counts})
        return
    table(
        [text("example.kind"), text("example.count")],
        [(_word(kind), count) for kind, count in counts.items()],
        right=[1],
    )
    say("example.made", path=folder)


def _word(kind: str) -> str:
    return text("example.component") if kind == "component" else kind_word(kind)
