"""``qianyun state``: what runs have changed, from a store into the estate."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inventory.errors import InputError
from inventory.loaders.yaml_file import read_yaml
from migration.run.events import Envelope, ItemEnded
from ui.commanding import Common, Group, argument, command, common
from ui.commands.run.registry import open_store, store_option
from ui.opening import open_estate
from ui.output import emit, say
from ui.texts import text

if TYPE_CHECKING:
    from migration.run.store import Store

__all__ = ["group"]

group = Group("state")


@command(
    group,
    "pull",
    example="qianyun state pull examples/shanxi\n"
    "qianyun state pull examples/shanxi 2021-W14-yun-ty-cutover-1 --store postgresql://runs@db.example/qianyun",
)
@argument("estate", type=Path)
@argument("runs", nargs=-1)
@store_option
@common()
def pull(common: Common, estate: Path, runs: tuple[str, ...], *, store: str | None) -> None:
    """Add what is on record and not yet in the estate."""
    from migration.run.outcomes import entries_of, write_state

    name = open_estate(estate, common).inventory.estate.name
    written: list[tuple[str, Path, int]] = []
    with open_store(store, estate) as opened:
        for run in _chosen(opened, name, runs):
            entries = entries_of(_ends(opened, run))
            if entries:
                before = _count(estate)
                path = write_state(estate, run, entries)
                written.append((run, path, _count(estate) - before))
    if common.json:
        emit({"estate": str(estate), "runs": [_answer(*row) for row in written]})
        return
    for _, path, new in written:
        if new:
            sys.stdout.write(text("state.wrote", path=path, entries=new) + "\n")
    if not any(new for _, _, new in written):
        say("state.same")


def _answer(run: str, path: Path, entries: int) -> dict[str, Any]:
    return {"run": run, "path": str(path), "entries": entries}


def _chosen(store: Store, estate: str, named: Sequence[str]) -> Iterator[str]:
    """Runs whose changes belong to the estate: those named, else all of it. InputError for one that has none."""
    from migration.run import control

    found = {run.run: run for run in control.list_runs(store)}
    chosen = [control.find_run(store, name) for name in named] or list(found)
    for run in chosen:
        of = control.runbook_of(store, run).estate
        reason = ""
        if found[run].rehearse:
            reason = text("state.is-rehearsal")
        elif of and of != estate:
            reason = text("state.other-estate", found=of)
        if reason and named:
            raise InputError("bad-argument", argument=f"RUN {run}", reason=reason)
        if not reason:
            yield run


def _ends(store: Store, run: str) -> Iterator[Envelope]:
    """The events in which items end."""
    from migration.run.journal import read_events

    after = 0
    while page := read_events(store, run, after):
        yield from (envelope for envelope in page if isinstance(envelope.event, ItemEnded))
        after = page[-1].sequence


def _count(estate: Path) -> int:
    """Entries in the estate's files of state."""
    files = sorted((estate / "state").glob("*.yaml"))
    return sum(len(read_yaml(path.read_bytes(), path.name).lists.get("entries", ())) for path in files)
