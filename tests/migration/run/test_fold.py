"""Folding: any prefix of any journal gives a state, and the state of a real run is what its worker acted on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from migration.run import events
from migration.run.events import Envelope, ItemStatus, RunEvent, RunStatus
from migration.run.fold import fold
from migration.run.journal import read_events
from migration.run.ports import Outcome
from migration.runbook.model import OnFailure
from tests.migration.run.engine import Bench, make_item

AT = dt.datetime(2021, 4, 9, 14, 0, tzinfo=dt.UTC)
ITEMS = ("", "system/a/cutover", "system/b/cutover")
STEPS = ("", "one", "two")


def some(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any event of a kind that names the few items and steps of these tests."""
    given_fields: dict[str, st.SearchStrategy[Any]] = {}
    for name, info in kind.model_fields.items():
        if name in ("data", "evidence"):
            given_fields[name] = st.just({})
        elif name == "steps":
            outlines = [events.StepOutline(id=id, executor="command") for id in STEPS[1:]]
            given_fields[name] = st.just(tuple(outlines))
        elif name == "items" and info.annotation is not int:
            given_fields[name] = st.lists(st.sampled_from(ITEMS[1:]), max_size=2).map(tuple)
        elif name == "changes":
            given_fields[name] = st.just(())
        elif name in ("until", "expires"):
            given_fields[name] = st.just(AT)
        elif info.annotation is str and name != "type":
            given_fields[name] = st.sampled_from(("go", "x"))
    return st.builds(kind, **given_fields)


KINDS = [
    getattr(events, name)
    for name in events.__all__
    if isinstance(getattr(events, name), type) and "type" in getattr(getattr(events, name), "model_fields", ())
]
JOURNALS = st.lists(
    st.tuples(st.sampled_from(ITEMS), st.sampled_from(STEPS), st.integers(1, 3), st.one_of(*map(some, KINDS))),
    max_size=40,
)


def journal(rows: list[tuple[str, str, int, RunEvent]]) -> list[Envelope]:
    return [
        Envelope(run="r", sequence=number, at=AT, item=item, step=step, attempt=attempt, event=event)
        for number, (item, step, attempt, event) in enumerate(rows, 1)
    ]


def test_every_kind_of_event_is_in_the_union() -> None:
    assert len(KINDS) >= 20
    adapter: TypeAdapter[RunEvent] = TypeAdapter(RunEvent)
    names = set(adapter.json_schema()["discriminator"]["mapping"])
    assert names == {kind.model_fields["type"].default for kind in KINDS}


@given(JOURNALS)
@settings(max_examples=150, deadline=None)
def test_folding_never_fails_and_prefixes_agree(rows: list[tuple[str, str, int, RunEvent]]) -> None:
    written = journal(rows)
    whole = fold(written)
    assert whole.last == len(written)
    assert isinstance(whole.status, RunStatus)
    step_by_step = fold(())
    for envelope in written:
        step_by_step.add(envelope)
        step_by_step.add(envelope)  # what was seen already changes nothing
        assert isinstance(step_by_step.status, RunStatus)
    assert step_by_step == whole


@given(JOURNALS)
@settings(max_examples=60, deadline=None)
def test_events_survive_the_store(rows: list[tuple[str, str, int, RunEvent]]) -> None:
    for envelope in journal(rows):
        assert Envelope.model_validate_json(envelope.model_dump_json()) == envelope


@pytest.mark.parametrize("on_failure", list(OnFailure))
def test_prefixes_of_a_real_run(bench: Bench, on_failure: OnFailure) -> None:
    bench.executor.failures["system/a/cutover/two"] = [Outcome(False, "failed", "no")]
    run = bench.start(make_item("a", on_failure=on_failure))
    bench.work(run)
    written = read_events(bench.store, run)
    for number in range(len(written) + 1):
        state = fold(written[:number])
        assert state.last == number
        open_steps = [step for item in state.items.values() for step in item.steps.values() if step.open]
        assert len(open_steps) <= 1
    ended = fold(written).items["system/a/cutover"].status
    assert ended is (ItemStatus.FAILED if on_failure is OnFailure.ASK else ItemStatus.ROLLED_BACK)
