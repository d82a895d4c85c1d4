"""The steps of the five tracks and their nature: what a plan may hold, independent of any plan."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["CHANGES", "STEPS", "Nature", "Track"]


class Track(StrEnum):
    """The five tracks of work."""

    CLOUD = "cloud"
    NETWORK = "network"
    LINE = "line"
    SYSTEM = "system"
    ROOM = "room"


class Nature(StrEnum):
    """change: interrupts its object and fits one change window; work: people do it; wait: time passes."""

    CHANGE = "change"
    WORK = "work"
    WAIT = "wait"


STEPS: dict[Track, dict[str, Nature]] = {
    Track.CLOUD: {
        "requested": Nature.WAIT,
        "built": Nature.WAIT,
        "extended": Nature.WAIT,
        "connected": Nature.WORK,
        "docked": Nature.WORK,
        "dual_stack": Nature.WORK,
    },
    Track.NETWORK: {
        "assessed": Nature.WORK,
        "upgraded": Nature.CHANGE,
        "replaced": Nature.CHANGE,
        "addressed": Nature.WORK,
        "underlay": Nature.CHANGE,
        "routing": Nature.CHANGE,
        "service": Nature.CHANGE,
        "security": Nature.CHANGE,
        "verified": Nature.WAIT,
    },
    Track.LINE: {
        "path_ready": Nature.WORK,
        "parallel_run": Nature.WAIT,
        "cutover": Nature.CHANGE,
        "notice": Nature.WAIT,
        "idle": Nature.WAIT,
        "terminated": Nature.WORK,
    },
    Track.SYSTEM: {
        "filing": Nature.WAIT,
        "assessment": Nature.WORK,
        "cryptography": Nature.WORK,
        "scan": Nature.WORK,
        "backup_test": Nature.WORK,
        "prepare": Nature.WORK,
        "replicate": Nature.WAIT,
        "bridge": Nature.WORK,
        "cutover": Nature.CHANGE,
        "verify": Nature.WAIT,
        "ipv6_record": Nature.WORK,
        "decommission": Nature.WORK,
        "switch_off": Nature.CHANGE,
        "observe": Nature.WAIT,
        "reactivate": Nature.WORK,
        "remove": Nature.WORK,
    },
    Track.ROOM: {
        "emptied": Nature.WORK,
        "handed_over": Nature.WORK,
        "closed": Nature.WORK,
        "colocated": Nature.WORK,
    },
}
"""The steps of each track. ``requested`` and ``extended`` carry a date behind them: ``requested-2021-04-05``."""

CHANGES = frozenset(
    (track, step) for track, steps in STEPS.items() for step, nature in steps.items() if nature is Nature.CHANGE
)
