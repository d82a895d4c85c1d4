"""Connection lists with a header: hand-made ones, exports of firewalls and log hosts, nfdump's CSV."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator

from inventory.flows.records import (
    ABSENT,
    BrokenLineError,
    Connection,
    address_of,
    bytes_of,
    day_of,
    port_of,
    protocol_of,
)
from inventory.flows.tables.headers import REQUIRED, SYNONYMS

__all__ = ["Columns", "read_table", "split_header"]

_BETWEEN = re.compile(r"[\s_\-]+")
_SEPARATORS = (",", "\t", ";", "|")
_NFDUMP_MARKS = frozenset({"ts", "sa", "da", "srcaddr", "dstaddr", "firstseen"})
Line = tuple[int, Connection | BrokenLineError | None]


class Columns:
    """Where the fields of a table stand. ``missing``: required fields without a column."""

    def __init__(self, header: str) -> None:
        self.separator = max(_SEPARATORS, key=header.count)
        self.names = split_header(header, self.separator)
        self.places: dict[str, int] = {}
        self.bytes: list[int] = []
        for place, name in enumerate(self.names):
            field = SYNONYMS.get(plain_header(name))
            if field == "bytes":
                self.bytes.append(place)
            elif field is not None:
                self.places.setdefault(field, place)
        self.missing = [words for field, words in REQUIRED.items() if field not in self.places]

    @property
    def recognised(self) -> int:
        """How many columns have a meaning here."""
        return len(self.places) + len(self.bytes)

    @property
    def netflow(self) -> bool:
        """Whether lines are one direction of a flow, as nfdump writes them."""
        return len(_NFDUMP_MARKS & {plain_header(name) for name in self.names}) >= 2


def plain_header(text: str) -> str:
    """A header without what people vary: case, blanks, dashes, underlines, full-width brackets."""
    return _BETWEEN.sub("", text.strip().strip("\ufeff#\"'").lower().replace("（", "(").replace("）", ")"))


def split_header(line: str, separator: str) -> list[str]:
    """The cells of a header line."""
    return next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])


def read_table(columns: Columns, lines: Iterable[str], first_line: int) -> Iterator[Line]:
    """(line number, connection), a reason in place of the connection, or None for a line that is no TCP, UDP or SCTP.

    Ends at nfdump's summary. ``first_line``: number of the first of ``lines``.
    """
    place = columns.places
    source, target, port = place["source"], place["target"], place["port"]
    source_port, protocol = place.get("source_port"), place.get("protocol")
    first = place.get("first", place.get("time"))
    last = place.get("last", first)
    nat, nat_port = place.get("target_nat"), place.get("target_nat_port")
    directed, width = not columns.netflow, max(source, target, port)
    reader = csv.reader(lines, delimiter=columns.separator, skipinitialspace=True)
    for row in _rows(reader):
        number = first_line + reader.line_num - 1
        if len(row) <= width:
            if row and plain_header(row[0]) == "summary":
                return
            if any(cell.strip() for cell in row):
                yield number, BrokenLineError("columns")
            continue
        try:
            kind = protocol_of(row[protocol]) if protocol is not None and protocol < len(row) else ""
            if kind is None:
                yield number, None
                continue
            start = _day(_cell(row, first))
            end = _day(_cell(row, last)) or start
            sizes = [size for at in columns.bytes if (size := bytes_of(_cell(row, at))) is not None]
            yield number, Connection(
                address_of(row[source]), address_of(row[target]), port_of(row[port]),
                port_of(_cell(row, source_port)), kind, sum(sizes) if sizes else None, start or end, end, directed,
                _nat(_cell(row, nat)), port_of(_cell(row, nat_port)),
            )  # fmt: skip
        except BrokenLineError as error:
            yield number, error


def _rows(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    """All rows; one that the CSV reader cannot take apart comes as a row of too few cells."""
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield ["?"]


def _day(text: str) -> dt.date | None:
    """A day; of the usual form with a time only the day is looked at, which is read once."""
    return day_of(text[:10] if text[4:5] in ("-", "/") and text[10:11] in (" ", "T") else text)


def _cell(row: list[str], place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""


def _nat(text: str) -> str:
    plain = text.strip()
    return address_of(plain) if plain and plain not in ABSENT else ""
