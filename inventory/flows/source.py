"""Opening a list of connections: plain or gzip, any of the usual encodings, and finding out what kind of list it is."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from inventory.errors import FileError
from inventory.files import reason_of
from inventory.flows.errors import FlowError
from inventory.flows.records import BrokenLineError, Connection
from inventory.flows.sockets import is_socket_line, read_sockets
from inventory.flows.syslog import is_session_line, read_syslog
from inventory.flows.table import Columns, read_table

__all__ = ["FlowFormat", "FlowSource"]

_HEAD_LINES = 30
"""Lines in which a header is looked for: titles and comments may stand above it."""
_SAMPLE = 1 << 16
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
Line = tuple[int, Connection | BrokenLineError | None]


class FlowFormat(StrEnum):
    """Kinds of lists of connections."""

    TABLE = "table"
    NETFLOW = "netflow"
    SESSION_LOG = "session_log"
    SOCKETS = "sockets"


class FlowSource:
    """One file, read once from beginning to end.

    FileError ``file-missing`` and ``file-unreadable``; FlowError ``flows-binary``, ``flows-damaged``,
    ``flows-empty``, ``flows-columns``,
    ``flows-unknown-format``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.raw: BinaryIO = path.open("rb")
            self.size = path.stat().st_size
            with path.open("rb") as file:
                packed = file.read(2) == b"\x1f\x8b"
        except FileNotFoundError:
            raise FileError("file-missing", path=str(path)) from None
        except OSError as error:
            raise FileError("file-unreadable", path=str(path), reason=reason_of(error)) from None
        encoding = self._encoding(packed)
        stream = gzip.GzipFile(fileobj=self.raw) if packed else self.raw
        self._lines = self._guarded(io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline=None))  # type: ignore[arg-type,unused-ignore]
        head = list(islice(self._lines, _HEAD_LINES))
        self.format, self.columns, self.skipped = self._recognise(head)
        self._lines = chain(head[self.skipped :], self._lines)

    @property
    def position(self) -> int:
        """Bytes of the file that have been read, of ``size``."""
        return 0 if self.raw.closed else self.raw.tell()

    def connections(self) -> Iterator[Line]:
        """(line number from 1, connection, or why it is broken, or None for one that is no TCP, UDP or SCTP)."""
        try:
            if self.columns is not None:
                yield from read_table(self.columns, self._lines, self.skipped + 1)
            elif self.format is FlowFormat.SOCKETS:
                yield from read_sockets(self._lines, 1)
            else:
                yield from read_syslog(self._lines, 1)
        finally:
            self.raw.close()

    def _encoding(self, packed: bool) -> str:
        try:
            with gzip.open(self.path) if packed else self.path.open("rb") as file:
                sample = file.read(_SAMPLE)
        except (OSError, EOFError, zlib.error) as error:
            raise FlowError("flows-damaged", path=str(self.path), reason=str(error)) from None
        if sample.startswith(_UTF16):
            return "utf-16"
        if b"\0" in sample:
            raise FlowError("flows-binary", path=str(self.path))
        try:
            codecs.getincrementaldecoder("utf-8")().decode(sample)
        except UnicodeDecodeError:
            return "gb18030"
        return "utf-8-sig"

    def _guarded(self, text: io.TextIOWrapper) -> Iterator[str]:
        try:
            yield from text
        except (OSError, EOFError, zlib.error) as error:
            raise FlowError("flows-damaged", path=str(self.path), reason=str(error)) from None

    def _recognise(self, head: list[str]) -> tuple[FlowFormat, Columns | None, int]:
        filled = [(number, line) for number, line in enumerate(head) if line.strip() and not line.startswith(";")]
        if not filled:
            raise FlowError("flows-empty", path=str(self.path))
        if any(is_socket_line(line) for _, line in filled[:3]):
            return FlowFormat.SOCKETS, None, 0
        best: tuple[int, Columns] | None = None
        for number, line in filled:
            if is_session_line(line):
                return FlowFormat.SESSION_LOG, None, 0
            columns = Columns(line.rstrip("\r\n"))
            if not columns.missing:
                return FlowFormat.NETFLOW if columns.netflow else FlowFormat.TABLE, columns, number + 1
            if best is None or columns.recognised > best[1].recognised:
                best = number, columns
        assert best is not None
        if best[1].recognised or len(best[1].names) > 1:
            missing, header = ", ".join(best[1].missing), ", ".join(best[1].names)
            raise FlowError("flows-columns", path=str(self.path), missing=missing, header=header[:200])
        raise FlowError("flows-unknown-format", path=str(self.path), line=filled[0][1].strip()[:80])
