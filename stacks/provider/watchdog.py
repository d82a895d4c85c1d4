"""A plug-in ends with the engine that started it, however that engine ended.

Without this, plug-ins of a killed engine live on and go on making objects that no state knows.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

__all__ = ["end_with_parent"]

_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of linux/prctl.h
_SECONDS = 1.0


def end_with_parent(parent: int) -> None:
    """End this process as soon as process ``parent`` is no longer its parent.

    The kernel's signal alone is not enough: it fires when the *thread* that started us ends, is unknown outside of
    Linux, and is lost when the parent ended before we asked for it. So it only makes us look at once.
    """
    if sys.platform == "linux":
        signal.signal(signal.SIGUSR2, lambda *_: _end_if_orphaned(parent))
        ctypes.CDLL(None, use_errno=True).prctl(_SET_PARENT_DEATH_SIGNAL, int(signal.SIGUSR2), 0, 0, 0)
    threading.Thread(target=_watch, args=(parent,), name="watchdog", daemon=True).start()


def _watch(parent: int) -> None:
    while True:
        _end_if_orphaned(parent)
        time.sleep(_SECONDS)


def _end_if_orphaned(parent: int) -> None:
    if os.getppid() != parent:
        os._exit(3)
