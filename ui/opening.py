"""Opening an estate the way every command does: with progress, and with a word about what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inventory.load import Loaded, load_estate
from inventory.problems import Severity
from ui.commanding import Common
from ui.output import Report, note, progress, say
from ui.texts import kind_word, text

__all__ = ["loading", "open_estate"]

LISTED = 10


@contextmanager
def loading() -> Iterator[Report]:
    """Progress of ``load_estate``, its stages in words."""
    with progress(text("cli.loading")) as report:
        yield lambda stage, done, total: report(text(f"cli.stage.{stage}"), done, total)


def open_estate(path: Path, common: Common) -> Loaded:
    """Load the estate and list on stderr what an error has put into quarantine; JSON answers count it.

    Errors of files and of records that cannot be told by an id are counted too: nobody knows what is missing there.

    Errors as ``load_estate``.
    """
    with loading() as report:
        loaded = load_estate(path, as_of=common.as_of, strict=common.strict, progress=report)
    note(quarantined=len(loaded.quarantined))
    if loaded.quarantined:
        say("cli.quarantined", count=len(loaded.quarantined), path=path)
        for kind, id in sorted(loaded.quarantined)[:LISTED]:
            say("cli.quarantined-record", kind=kind_word(kind), id=id, origin=loaded.inventory.origin(kind, id))
        if len(loaded.quarantined) > LISTED:
            say("cli.and-more", count=len(loaded.quarantined) - LISTED)
    unread = sum(1 for found in loaded.problems if found.severity is Severity.ERROR and not found.id)
    if unread:
        say("cli.unread", count=unread, path=path)
    return loaded
