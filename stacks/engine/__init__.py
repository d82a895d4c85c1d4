"""The Pulumi engine: found, started, listened to, stopped, and brought back after it was killed.

    found = find_engine()
    engine = Engine(found, backend="file:///estate/.qianyun/stacks", passphrase_file=..., home=...)
    preview = engine.preview("zone.yun-ty-a.140000-mzt", program)
    result = engine.up("zone.yun-ty-a.140000-mzt", program, on_event=print, cancel=cancel)

Programs are callables of this process (no language host). Nothing here knows clouds, designs or inventories, and no
type of Pulumi's leaves. Pulumi is imported when an engine is made.
"""

from __future__ import annotations

from stacks.engine.cancelling import Cancel, on_interrupt
from stacks.engine.engine import Engine
from stacks.engine.finding import OLDEST, find_engine
from stacks.engine.many import Outcome, each
from stacks.engine.model import (
    SECRET,
    UNKNOWN,
    Diagnostic,
    Drift,
    EngineFound,
    Find,
    LockInfo,
    OnProgress,
    Op,
    PendingOperation,
    Program,
    Progress,
    Recovered,
    ResourceChange,
    StackInfo,
    StackPreview,
    StackResult,
    StackState,
    StateResource,
    name_of,
)

__all__ = [
    "OLDEST",
    "SECRET",
    "UNKNOWN",
    "Cancel",
    "Diagnostic",
    "Drift",
    "Engine",
    "EngineFound",
    "Find",
    "LockInfo",
    "OnProgress",
    "Op",
    "Outcome",
    "PendingOperation",
    "Program",
    "Progress",
    "Recovered",
    "ResourceChange",
    "StackInfo",
    "StackPreview",
    "StackResult",
    "StackState",
    "StateResource",
    "each",
    "find_engine",
    "name_of",
    "on_interrupt",
]
