"""The journal of stacks: what a step has made is what came after its first begin."""

from __future__ import annotations

from pathlib import Path

from stacks.journal import Action, Event, Journal


def test_a_step_has_made_what_came_after_its_first_begin(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(Event.BEGIN, Action.UP, "zone.a", step="s1", before=["u0"])
    journal.append(Event.BEGIN, Action.UP, "zone.a", step="s1", before=["u0", "u1"])  # after a kill: again
    journal.append(Event.END, Action.UP, "zone.a", step="s1", status="done")
    assert journal.made_by("zone.a", "s1", ["u0", "u1", "u2"]) == frozenset({"u1", "u2"})
    assert journal.made_by("zone.a", "s2", ["u0", "u1"]) is None
    assert journal.made_by("zone.b", "s1", ["u0", "u1"]) is None


def test_what_was_undone_was_not_made(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(Event.BEGIN, Action.UP, "zone.a", step="s1")
    journal.append(Event.BEGIN, Action.UNDO, "zone.a", step="s1")
    journal.append(Event.END, Action.UNDO, "zone.a", step="s1", status="failed", code="stack-locked")
    assert not journal.is_undone("zone.a", "s1")
    assert journal.made_by("zone.a", "s1", ["u1"]) == frozenset({"u1"})
    journal.append(Event.END, Action.UNDO, "zone.a", step="s1", status="done")
    assert journal.is_undone("zone.a", "s1")
    assert journal.made_by("zone.a", "s1", ["u1"]) is None
    journal.append(Event.BEGIN, Action.UP, "zone.a", step="s1", before=["u9"])
    assert not journal.is_undone("zone.a", "s1")
    assert journal.made_by("zone.a", "s1", ["u1", "u9"]) == frozenset({"u1"})


def test_a_torn_line_is_left_out_and_spoils_no_other(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(Event.BEGIN, Action.UP, "zone.a", who="me", hash="h")
    with journal.path.open("ab") as file:
        file.write(b'{"at": "2021-04-12T09:')
    journal.append(Event.END, Action.UP, "zone.a", who="me", status="done")
    assert [(one.event, one.who) for one in journal.entries("zone.a")] == [(Event.BEGIN, "me"), (Event.END, "me")]


def test_without_a_file_nothing_was_done(tmp_path: Path) -> None:
    assert list(Journal(tmp_path / "absent").entries()) == []
