"""Contracts of lines and exits: until when they can be canceled, when that is warned of, and what a missed date costs.

A contract ends on its last day, or goes on for ``renewal_months`` unless notice has reached the carrier ``notice_days``
before. Fees are paid to the last day of a term, also where the line ended before it.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from inventory.inventory import Inventory
from inventory.kinds.lines import InternetExit, Line

__all__ = ["WARNINGS", "Contract", "Term", "add_months", "contract_of", "fee_ends", "term_of"]

WARNINGS = (90, 30, 7)
"""Days before the last cancel date on which it is warned of."""
MOST_TERMS = 2_400
"""Terms that are looked through: two centuries of monthly ones."""


@dataclass(frozen=True)
class Contract:
    """What is on record. ``end``: last day of the term on record; ``fee``: yuan a month."""

    kind: str
    id: str
    end: dt.date
    notice_days: int
    renewal_months: int
    fee: float

    def ends(self) -> Iterator[dt.date]:
        """Last days of its terms, the one on record first."""
        yield self.end
        if self.renewal_months:
            for number in range(1, MOST_TERMS):
                yield add_months(self.end, number * self.renewal_months)

    def last_cancel(self, end: dt.date) -> dt.date:
        """Day on which notice has to reach the carrier for the term to be the last."""
        return end - dt.timedelta(days=self.notice_days)


@dataclass(frozen=True)
class Term:
    """A contract as it stands on a day.

    Attributes:
        end: last day of the term that runs.
        last_cancel: last day to cancel it.
        missed: that day is over and the contract goes on.
        next_end: last day of the next term, the next possible end once the date is missed; None: it ends by itself.
        cost_yuan: fee from ``end`` to ``next_end``: what missing the date costs.
        warning: the tightest of 90, 30 and 7 days that has come; None: none has, or the date is missed.
        warnings: these three days.
    """

    contract: Contract
    end: dt.date
    last_cancel: dt.date
    missed: bool
    next_end: dt.date | None
    cost_yuan: float
    warning: int | None
    warnings: tuple[dt.date, dt.date, dt.date]


def contract_of(inventory: Inventory, kind: str, id: str) -> Contract | None:
    """The contract of a line or exit; None where no end is on record, or it is no such record."""
    record = inventory.of(kind).get(id)
    if not isinstance(record, Line | InternetExit) or record.contract_end is None:
        return None
    renewal = record.renewal_months
    if renewal is None:
        renewal = inventory.estate.settings.consolidation.contracts.renewal_months
    return Contract(kind, id, record.contract_end, record.notice_days, renewal, record.fee_yuan_per_month)


def term_of(contract: Contract, today: dt.date) -> Term:
    """The term that runs today; the only one where the contract has ended by itself."""
    ends = contract.ends()
    end = next((one for one in ends if one >= today), contract.end)
    following = next(ends, None)
    last = contract.last_cancel(end)
    missed = following is not None and today > last
    left = (last - today).days
    return Term(
        contract=contract,
        end=end,
        last_cancel=last,
        missed=missed,
        next_end=following,
        cost_yuan=contract.fee * contract.renewal_months,
        warning=next((days for days in sorted(WARNINGS) if 0 <= left <= days), None),
        warnings=tuple(last - dt.timedelta(days=days) for days in WARNINGS),  # type: ignore[arg-type]
    )


def fee_ends(contract: Contract | None, ended: dt.date, notice: dt.date | None = None) -> dt.date:
    """Last day on which a fee is paid for what ended on a day, and was canceled by a notice of another: the end of the
    first term that is not before the one and was canceled in time by the other. Without a contract the day itself."""
    if contract is None:
        return ended
    asked = ended if notice is None else max(ended, notice + dt.timedelta(days=contract.notice_days))
    return next((end for end in contract.ends() if end >= asked), asked)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
