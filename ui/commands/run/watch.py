"""``run watch`` and ``run events``: the journal of a run, live or as it is."""

from __future__ import annotations

import json
import sys
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.commanding import Common, argument, command, common, option
from ui.commands.run.embedded import INTERRUPTED, Stopping, carry_out, estate_of, tell
from ui.commands.run.ending import close
from ui.commands.run.registry import again, group, open_store, store_option
from ui.commands.run.wording import event_line, run_status
from ui.output import FORMAT, say

if TYPE_CHECKING:
    from migration.run.events import Envelope
    from migration.run.fold import RunState
    from migration.run.store import Store

__all__ = ["events", "watch"]


@command(group, "watch", example="qianyun run watch 2021-W14-yun-ty-cutover-1\nqianyun run watch 2021-W14 --work")
@argument("run")
@option("--work", is_flag=True, key="run.option.work")
@option("--config", type=Path, metavar="FILE", key="run.option.config")
@store_option
@common(estate=False)
@click.pass_context
def watch(
    context: click.Context, common: Common, run: str, *, work: bool, config: Path | None, store: str | None
) -> None:
    """Lines as things happen, until the run has ended; with --work also do its steps here."""
    from migration.run import control
    from migration.run.journal import run_state

    with open_store(store) as opened:
        found = control.find_run(opened, run)
        state, interrupted = run_state(opened, found), False
        if state.ended is None:
            say("run.watching", run=found, status=run_status(state.status))
            if state.paused:
                say("run.to-resume", resume=again(opened, "resume", found))
            go_on = partial(_work, config=config) if work else _follow
            state, interrupted = go_on(opened, found, after=state.last)
        context.exit(close(common, opened, state, interrupted=interrupted, worked=work))


def _work(store: Store, run: str, *, after: int, config: Path | None) -> tuple[RunState, bool]:
    from migration.run.settings import load_settings
    from ui.executors import make_executors

    settings = load_settings(config)
    executors = make_executors(settings, estate=estate_of(store))
    return carry_out(
        store, run, executors=executors, settings=settings, estate=estate_of(store), show=tell, after=after
    )


def _follow(store: Store, run: str, *, after: int) -> tuple[RunState, bool]:
    from migration.run.fold import RunState
    from migration.run.journal import follow

    state, stop = RunState(), threading.Event()
    with Stopping(stop) as stopping:
        for envelope in follow(store, run, stop=stop):
            state.add(envelope)
            if envelope.sequence > after:
                tell(envelope)
    return state, stopping.asked


@command(
    group,
    "events",
    example="qianyun run events 2021-W14-yun-ty-cutover-1 --after 120\n"
    "qianyun run events 2021-W14 --follow --json > events.jsonl",
)
@argument("run")
@option("--follow", "following", is_flag=True, key="run.option.follow")
@option("--after", type=click.IntRange(min=0), default=0, metavar="N", key="run.option.after")
@store_option
@common(estate=False)
@click.pass_context
def events(context: click.Context, common: Common, run: str, *, following: bool, after: int, store: str | None) -> None:
    """All events behind a number, a line each; in JSON each line is an object."""
    from migration.run import control
    from migration.run.journal import follow, read_events

    stop = threading.Event()
    with open_store(store) as opened:
        found = control.find_run(opened, run)
        if following:
            with Stopping(stop):
                for envelope in follow(opened, found, after=after, stop=stop, idle=sys.stdout.flush):
                    _print(common, envelope)
        while not following and (page := read_events(opened, found, after)):
            for envelope in page:
                _print(common, envelope)
            after = page[-1].sequence
    if stop.is_set():
        context.exit(INTERRUPTED)


def _print(common: Common, envelope: Envelope) -> None:
    if common.json:
        answer = {"format": FORMAT, **envelope.model_dump(mode="json")}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(f"{envelope.sequence}  {event_line(envelope)}\n")
