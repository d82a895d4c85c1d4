"""Folders for calls: below one that belongs to this process, so that what a killed one has left is found and removed.

A process holds a lock on its folder, which the kernel frees when it dies, however it does.
"""

from __future__ import annotations

import atexit
import fcntl
import functools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["call_folder", "sweep"]

PREFIX = "qianyun-w"
"""And the process id. Short: paths of sockets below have to fit 107 characters."""


@contextmanager
def call_folder() -> Iterator[Path]:
    """An empty private folder (0700) for the block. OSError: there is no room for one."""
    folder = Path(tempfile.mkdtemp(prefix="", dir=_own(os.getpid())))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove the folders of processes of this user that are gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}[0-9]*-*"):
        with suppress(OSError):  # gone in between, another user's, or somebody is there
            if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
                continue
            lock = _locked(folder)
            try:
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


@functools.cache
def _own(pid: int) -> Path:
    """The folder of this process, locked until it ends; made again where another process swept it in between."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{pid}-"))
        with suppress(OSError):
            _locked(folder)  # never closed: the lock lasts as long as the process
            if folder.exists():
                atexit.register(shutil.rmtree, folder, ignore_errors=True)
                return folder


def _locked(folder: Path) -> int:
    """A descriptor that holds the lock of a folder. OSError: another process has it."""
    found = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(found, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(found)
        raise
    return found
