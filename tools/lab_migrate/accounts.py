"""What a migration has cost: rows lost and doubled, the longest time without an acknowledged write. Figures only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Accounts", "Ack", "Gap", "account", "longest_gap", "read_log"]


@dataclass(frozen=True)
class Ack:
    """One acknowledged row. ``at``: seconds of the monotonic clock. ``read``: ok, missing or wrong."""

    n: int
    at: float
    attempts: int
    read: str


@dataclass(frozen=True)
class Gap:
    """A time without an acknowledged write: ``seconds`` after row ``after``, from ``start`` on the monotonic clock."""

    seconds: float = 0.0
    after: int = 0
    start: float = 0.0


@dataclass(frozen=True)
class Accounts:
    """Rows and files of one moment.

    Attributes:
        acknowledged: rows whose writing was acknowledged.
        lost: numbers acknowledged and not stored, or not read back rightly, or whose file is missing or altered.
        doubled: numbers stored more than once.
        unasked: numbers stored that nobody sent.
    """

    acknowledged: int
    lost: tuple[int, ...]
    doubled: tuple[int, ...]
    unasked: tuple[int, ...]

    @property
    def clean(self) -> bool:
        """Nothing lost, nothing doubled, nothing invented."""
        return not (self.lost or self.doubled or self.unasked)


def read_log(lines: Iterable[str]) -> tuple[Ack, ...]:
    """The client's log. A last line that is cut off is left out: its row counts as not acknowledged."""
    found = []
    for line in lines:
        if line.endswith("\n"):
            row = json.loads(line)
            found.append(Ack(row["n"], row["at"], row["attempts"], row["read"]))
    return tuple(found)


def longest_gap(acks: Sequence[Ack], start: float = float("-inf"), end: float = float("inf")) -> Gap:
    """The longest time between two acknowledged writes of which a part lies between ``start`` and ``end``."""
    gaps = (
        Gap(later.at - earlier.at, earlier.n, earlier.at)
        for earlier, later in pairwise(acks)
        if later.at >= start and earlier.at <= end
    )
    return max(gaps, key=lambda gap: gap.seconds, default=Gap())


def account(
    acks: Sequence[Ack],
    stored: Mapping[int, int],
    files: Mapping[int, str],
    wanted: Mapping[int, str],
) -> Accounts:
    """Set what the client knows against what is stored.

    Args:
        acks: the client's log.
        stored: number -> how many rows of it the database has, counted by the database.
        files: number -> SHA-256 of its file, computed where the files are.
        wanted: number -> SHA-256 that the file of an acknowledged row must have.
    """
    sent = {ack.n for ack in acks}
    lost = {
        ack.n
        for ack in acks
        if ack.n not in stored or ack.read != "ok" or (ack.n in wanted and files.get(ack.n) != wanted[ack.n])
    }
    # The one row that was under way when the client was asked may be stored without its answer having arrived.
    under_way = max(sent, default=0) + 1
    return Accounts(
        acknowledged=len(sent),
        lost=tuple(sorted(lost)),
        doubled=tuple(sorted(n for n, times in stored.items() if times > 1)),
        unasked=tuple(sorted(n for n in stored if n not in sent and n != under_way)),
    )
