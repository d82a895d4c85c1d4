"""Reading and writing files so that a failure leaves everything as it was."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

from inventory.errors import InputError

__all__ = ["append_line", "atomic_writer", "reason_of", "write_atomic", "write_together"]


def reason_of(error: OSError) -> str:
    """The system's words for an error, without the path (it stands in the message already)."""
    return error.strerror or type(error).__name__


@contextlib.contextmanager
def atomic_writer(path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of ``path`` only when the block ends without an error.

    The folder is made where it is missing. ``private``: nobody but its owner may read the file.
    InputError ``cannot-write``: full disk, missing permission and the like.
    """
    with _draft(path, private=private) as (file, complete, take_place):
        yield file
        complete()
        take_place()


@contextlib.contextmanager
def _draft(path: Path, *, private: bool = False) -> Iterator[tuple[IO[bytes], Callable[[], None], Callable[[], None]]]:
    """A file beside ``path``; what puts all of it on disk; what lets it take the place of ``path``. It is gone after
    the block unless it has done so. Errors as ``atomic_writer``."""
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        usual = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        mode = 0o600 if private else usual
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp", delete=False) as file:
            temporary = Path(file.name)

            def complete() -> None:
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).chmod(mode)

            def take_place() -> None:
                nonlocal temporary
                Path(file.name).replace(path)
                temporary = None

            yield file, complete, take_place
    except OSError as error:
        raise InputError("cannot-write", path=str(path), reason=reason_of(error)) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_atomic(path: Path, content: str | bytes, *, private: bool = False) -> None:
    """Write a whole file at once; text as UTF-8. ``private`` and errors as ``atomic_writer``."""
    with atomic_writer(path, private=private) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def append_line(path: Path, line: str) -> None:
    """Put a line at the end of a file, on disk when this returns; several processes may do so at once.

    The folder is made private (0700) where it is missing. A line that a crash has torn gets its end first.
    InputError ``cannot-write``.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            torn = False
            if file.seek(0, os.SEEK_END) > 0:
                file.seek(-1, os.SEEK_END)
                torn = file.read(1) != b"\n"
            file.write(("\n" if torn else "").encode() + line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise InputError("cannot-write", path=str(path), reason=reason_of(error)) from error


def write_together(folder: Path, contents: Mapping[str, str | bytes]) -> None:
    """Put every file (named relative to the folder) whole on disk first; then each takes its place, in their order.

    An error before that leaves everything as it was. What a crash among the last steps leaves is the first files as
    they were to be, and the others as they were: callers order them so that doing it again ends well. Errors as
    ``atomic_writer``.
    """
    with contextlib.ExitStack() as stack:
        drafts = {name: stack.enter_context(_draft(folder / name)) for name in contents}
        for name, content in contents.items():
            file, complete, _ = drafts[name]
            file.write(content.encode() if isinstance(content, str) else content)
            complete()
        for _, _, take_place in drafts.values():
            take_place()
