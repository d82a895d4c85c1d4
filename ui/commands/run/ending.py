"""How a command that has worked on a run, or watched it, ends: what came of it, what to type next, the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migration.run.events import RunStatus
from ui.commanding import Common
from ui.commands.run.embedded import INTERRUPTED
from ui.commands.run.registry import FAILED, again
from ui.commands.run.show import print_state, state_answer
from ui.output import emit, say

if TYPE_CHECKING:
    from migration.run.fold import RunState
    from migration.run.store import Store

__all__ = ["close"]


def close(common: Common, store: Store, state: RunState, *, interrupted: bool, worked: bool) -> int:
    """Say where the run stands, and give the exit code: 0 where it has succeeded, 130 where a person stopped the
    command, else 1."""
    if common.json:
        emit(state_answer(store, state, with_items=False))
    else:
        print_state(store, state, with_items=False)
    if interrupted and state.ended is None:
        key = "run.stopped" if worked else "run.unwatched"
        say(key, run=state.run, watch=again(store, "watch", state.run, "--work"))
        return INTERRUPTED
    return 0 if state.ended is RunStatus.SUCCEEDED else FAILED
