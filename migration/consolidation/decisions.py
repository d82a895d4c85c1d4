"""What becomes of each dedicated line, private network and internet exit, and the rule or decision that says so.

In this order, the first that holds: a decision by hand; the estate's own rules (``settings.consolidation.rules``); the
built-in rules of ``tables/rules.py``. Classified stubs go to the internal network as they are counted: no path is
planned for them and they have no decision here. A private network of mixed classification carries only its unclassified
part.

What would rest on a record that is left out because of an error in it is not decided: it is held back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from inventory.inventory import Inventory
from inventory.kinds.lines import InternetExit, Line, PrivateNetwork
from inventory.selectors import parse_selector
from migration.consolidation.exits import ExitMerge, merge_exits
from migration.consolidation.looking import ExitLook, LineLook, NetworkLook, Surroundings, demand_of
from migration.consolidation.model import Decided, LineKind, Outcome, Reason
from migration.consolidation.tables.rules import DEPEND_ON_NETWORK, EXIT_RULES, LINE_RULES, NETWORK_RULES, BuiltIn
from migration.consolidation.vpns import Memberships
from migration.disposition import DECISION, dispositions
from migration.errors import PolicyError
from migration.plan import Disposed, Value

__all__ = ["SETTINGS", "Decider", "Looked", "decide", "months_after"]

SETTINGS = "settings"
"""Stands in the place of a rule's name where a row of ``settings.consolidation.rules`` decided."""

Key = tuple[str, str]
AnyLine = Line | PrivateNetwork | InternetExit
KINDS: tuple[LineKind, ...] = ("line", "private_network", "internet_exit")


@dataclass(frozen=True, slots=True)
class Looked:
    """One rule and what it found. rule: decision, settings or its id; code: of the reason; data: the figures."""

    rule: str
    code: str
    outcome: Outcome
    holds: bool
    data: dict[str, Value]


def decide(
    inventory: Inventory,
    now: dt.date,
    *,
    quarantined: Collection[Key] = (),
    decided: Mapping[str, Disposed] | None = None,
) -> tuple[Decided, ...]:
    """A decision for each line, private network and exit that is neither a classified stub nor held back.

    By kind, then in the order of the inventory. quarantined: (kind, id) of records left out because of errors. decided:
    what becomes of systems, where it is known already. PolicyError for a disposition or an outcome that does not exist.
    """
    return Decider(inventory, now, quarantined=quarantined, decided=decided).decisions


class Decider:
    """Decisions about one estate on one day, and what was looked at for each. Arguments as those of ``decide``."""

    def __init__(
        self,
        inventory: Inventory,
        now: dt.date,
        *,
        quarantined: Collection[Key] = (),
        decided: Mapping[str, Disposed] | None = None,
    ) -> None:
        self.inventory, self.now = inventory, now
        self.around = Surroundings(inventory, now, dispositions(inventory) if decided is None else decided)
        self.quarantined = frozenset(quarantined)
        self._broken = frozenset(kind for kind, _ in self.quarantined)
        self._vpns = Memberships(inventory)

    @cached_property
    def decisions(self) -> tuple[Decided, ...]:
        """All decisions, by kind, then in the order of the inventory."""
        return tuple(self._worked_out[0].values())

    @property
    def held(self) -> Mapping[Key, Key]:
        """Record that is not decided -> the record with an error on which its decision would rest."""
        return self._worked_out[1]

    def of(self, kind: str, id: str) -> Decided | None:
        """The decision about one record; None for classified stubs and what is held back."""
        return self._worked_out[0].get((kind, id))

    def looked(self, kind: str, id: str) -> tuple[Looked, ...]:
        """What was looked at for one record, in order; the first that holds decided. UnknownObjectError without it."""
        record: Any = self.inventory.get(kind, id)
        given = self._given(kind, record)
        looked = [] if given is None else [given]
        if kind == "line":
            looked += self._tried(LINE_RULES, LineLook(self.around, record))
        elif kind == "private_network":
            looked += self._tried(NETWORK_RULES, self._network(record))
        else:
            looked += self._tried(EXIT_RULES, self._exit(record))
        return tuple(looked)

    @cached_property
    def merges(self) -> dict[str, ExitMerge]:
        """Exit of a department that could merge -> what its unified exit makes of it, as if all merged now: one after
        another by the end of their contracts, those decided by hand first."""
        exits = self.inventory.internet_exits
        going: dict[str, bool] = {}
        for id, record in exits.items():
            given = None if record.department is None else self._given("internet_exit", record)
            if record.department is not None and (given is None or given.outcome is Outcome.MOVE):
                going[id] = given is not None
        days = {id: max(self.now, exits[id].contract_end or self.now) for id in going}
        return merge_exits(self.inventory, going, days, first=frozenset(id for id, first in going.items() if first))

    # ---- one record ---------------------------------------------------------------------------------------------

    @cached_property
    def _worked_out(self) -> tuple[dict[Key, Decided], dict[Key, Key]]:
        """(decisions, what is held back and why)."""
        found, held = dict(self._lines[0]), dict(self._lines[1])
        for network in self.inventory.private_networks.values():
            if not network.classified:
                self._note(found, held, "private_network", network, NETWORK_RULES, self._network(network))
        for way_out in self.inventory.internet_exits.values():
            self._note(found, held, "internet_exit", way_out, EXIT_RULES, self._exit(way_out))
        return found, held

    @cached_property
    def _lines(self) -> tuple[dict[Key, Decided], dict[Key, Key]]:
        found: dict[Key, Decided] = {}
        held: dict[Key, Key] = {}
        for id, line in self.inventory.lines.items():
            if line.classified:
                continue
            on = next((key for system in line.systems if (key := ("system", system)) in self.quarantined), None)
            if on is not None and self._given("line", line) is None:
                held["line", id] = on
            else:
                self._note(found, held, "line", line, LINE_RULES, LineLook(self.around, line))
        return found, held

    def _note(
        self,
        found: dict[Key, Decided],
        held: dict[Key, Key],
        kind: LineKind,
        record: AnyLine,
        rules: Sequence[BuiltIn[Any]],
        look: Any,
    ) -> None:
        """Decide about one record, or hold it back."""
        looked = self._given(kind, record) or next(each for each in self._tried(rules, look) if each.holds)
        broken = next((other for other in DEPEND_ON_NETWORK.get(looked.rule, ()) if other in self._broken), None)
        if broken is None:
            found[kind, record.id] = self._decided(kind, record, looked)
        else:
            held[kind, record.id] = min(key for key in self.quarantined if key[0] == broken)

    @staticmethod
    def _tried(rules: Sequence[BuiltIn[Any]], look: Any) -> Iterator[Looked]:
        for rule in rules:
            holds, data = rule.look(look)
            yield Looked(rule.id, rule.code, rule.outcome, holds, data)

    def _network(self, record: PrivateNetwork) -> NetworkLook:
        lines = self._lines[0]
        members = [lines["line", id].outcome for id in self._members.get(record.id, ()) if ("line", id) in lines]
        return NetworkLook(self.around, record, tuple(members))

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for id, line in self.inventory.lines.items():
            if line.private_network is not None:
                found.setdefault(line.private_network, []).append(id)
        return found

    def _exit(self, record: InternetExit) -> ExitLook:
        return ExitLook(self.around, record, self.merges.get(record.id))

    def _given(self, kind: str, record: AnyLine) -> Looked | None:
        """The decision by hand, else the first rule of the estate that selects the record."""
        decision = record.decisions.outcome
        if decision is not None:
            data: dict[str, Value] = {"reason": decision.reason, "role": decision.role}
            return Looked(DECISION, "by-hand", _outcome(decision.value, f"{kind}:{record.id}"), holds=True, data=data)
        return self._ruled.get((kind, record.id))

    @cached_property
    def _ruled(self) -> dict[Key, Looked]:
        found: dict[Key, Looked] = {}
        for rule in self.around.settings.rules:
            data: dict[str, Value] = {"rule": rule.name, "reason": rule.reason, "months": rule.review_months}
            looked = Looked(SETTINGS, "by-rule", Outcome(rule.outcome), holds=True, data=data)
            for id in parse_selector(rule.selector).select(self.inventory, rule.kind):
                found.setdefault((rule.kind, id), looked)
        return found

    def _decided(self, kind: LineKind, record: AnyLine, looked: Looked) -> Decided:
        decision = record.decisions.outcome
        moves, backup = looked.outcome is Outcome.MOVE, looked.outcome is Outcome.BACKUP
        settings = self.around.settings
        line = record if isinstance(record, Line) else None
        row = settings.class_of(*((line.availability, line.max_latency_ms) if line is not None else (None, None)))
        return Decided(
            kind=kind,
            id=record.id,
            outcome=looked.outcome,
            by=looked.rule,
            reason=Reason(code=looked.code, data=looked.data),
            role=decision.role if decision is not None else "",
            vpn=self._vpns.of(kind, record) if moves and kind != "internet_exit" else None,
            service_class=row.name if row is not None and (moves or backup) and kind == "line" else "",
            demand_mbps=0 if line is None else round(demand_of(line, settings), 3),
            review=self._review(record, looked),
            systems=() if line is None else tuple(id for id in line.systems if id in self.inventory.systems),
        )

    def _review(self, record: AnyLine, looked: Looked) -> dt.date | None:
        """Of what is kept: the day that the decision names, else some months after it."""
        if looked.outcome not in (Outcome.KEEP, Outcome.BACKUP):
            return None
        decision = record.decisions.outcome
        if decision is not None and decision.until is not None:
            return decision.until
        months = looked.data.get("months")
        begun = decision.date if decision is not None and decision.date is not None else self.now
        return months_after(begun, months if isinstance(months, int) else self.around.settings.review.months)


def _outcome(value: str, record: str) -> Outcome:
    try:
        return Outcome(value.strip().lower())
    except ValueError:
        known = ", ".join(outcome.value for outcome in Outcome)
        raise PolicyError("unknown-disposition", record=record, value=value, known=known) from None


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day some months later, of shorter months the last one."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    after = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return dt.date(year, month + 1, min(day.day, (after - dt.timedelta(days=1)).day))
