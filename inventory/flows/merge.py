"""What was seen against what is known: new proposals, fresh evidence, nothing twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from inventory.flows.aggregate import Seen, Use
from inventory.inventory import end_of
from inventory.kinds.systems import Dependency, DependencySource

__all__ = ["Merged", "Proposal", "merge", "period_days"]

_SECONDS = 86_400


class Proposal(NamedTuple):
    """A use that nobody has declared. It becomes a dependency with ``source: observed``, strength soft, order none."""

    use: Use
    seen: Seen
    traffic_mbps: float

    @property
    def row(self) -> dict[str, Any]:
        """Its fields as dependencies are written in files."""
        use, seen = self.use, self.seen
        fields = {
            "from": use.client, "to": use.provider, "source": DependencySource.OBSERVED, "protocol": seen.protocol,
            "port": use.port, "traffic_mbps": self.traffic_mbps or None,
            "first_seen": seen.first, "last_seen": seen.last, "bytes_seen": seen.bytes,
        }  # fmt: skip
        return {name: value for name, value in fields.items() if value not in (None, "")}

    @property
    def record(self) -> Dependency:
        """The dependency that it becomes."""
        return Dependency.model_validate(self.row)


@dataclass(frozen=True)
class Merged:
    """``kept``: the records of the estate's file as they are now, without new ones; ``changed``: whether any of them
    is not as it was;
    ``proposed``: new ones; ``refreshed``: ids seen again; ``rejected``: seen again, but rejected; ``superseded``:
    proposals that somebody has declared since, left out of ``kept``.

    ``declared``: declared dependencies that were seen, id -> evidence; they stand in other files and stay as they are.
    """

    kept: Mapping[str, Dependency]
    changed: bool
    proposed: tuple[Proposal, ...]
    refreshed: tuple[str, ...]
    rejected: tuple[str, ...]
    superseded: tuple[str, ...]
    declared: Mapping[str, Seen]

    def rows(self) -> Iterator[Dependency | dict[str, Any]]:
        """All rows of the new file, by ends and port."""
        kept: list[tuple[Use, Dependency | Proposal]] = [(_use(record), record) for record in self.kept.values()]
        both = kept + [(proposal.use, proposal) for proposal in self.proposed]
        both.sort(key=lambda item: (item[0].client, item[0].provider, item[0].port or 0))
        return (item.row if isinstance(item, Proposal) else item for _, item in both)


def merge(
    uses: Mapping[Use, Seen], kept: Mapping[str, Dependency], declared: Iterable[Dependency], days: int
) -> Merged:
    """Merge what was seen into the kept observed dependencies.

    ``days``: length of the whole list, over which bytes become Mbit/s; 0 where it has no dates. A use belongs to a
    decided (declared, confirmed, rejected) dependency when its ends are the same or lie within its ends, and the
    ports agree or one is not given. Of several the most precise one takes it.
    """
    others = _Covering(declared)
    decided = _Covering(record for record in kept.values() if not _is_proposal(record))
    result = {id: record for id, record in kept.items() if not _is_proposal(record) or others.of(_use(record)) is None}
    open_proposals = {_use(record): id for id, record in result.items() if _is_proposal(record)}
    evidence: dict[str, Seen] = {}
    fresh: dict[str, Seen] = {}
    proposed: list[Proposal] = []
    for use, seen in uses.items():
        known = others.of(use)
        if known is not None:
            evidence.setdefault(known.id, Seen()).join(seen)
            continue
        record = decided.of(use)
        id = record.id if record is not None else open_proposals.get(use)
        if id is not None:
            fresh.setdefault(id, Seen()).join(seen)
        else:
            proposed.append(Proposal(use, seen, _traffic(seen, days)))
    for id, seen in fresh.items():
        result[id] = _with_evidence(result[id], seen, days)
    return Merged(
        kept=result,
        changed=result != kept,
        proposed=tuple(proposed),
        refreshed=tuple(id for id in fresh if not result[id].rejected),
        rejected=tuple(id for id in fresh if result[id].rejected),
        superseded=tuple(id for id in kept if id not in result),
        declared=evidence,
    )


def _is_proposal(record: Dependency) -> bool:
    return record.source is DependencySource.OBSERVED and not record.rejected


def _use(record: Dependency) -> Use:
    return Use(record.client, record.provider, record.port)


def _traffic(seen: Seen, days: int) -> float:
    return float(f"{seen.bytes * 8 / 1e6 / (days * _SECONDS):.4g}") if seen.bytes and days else 0.0


def _with_evidence(record: Dependency, seen: Seen, days: int) -> Dependency:
    """The newest list's bytes stand; the days only grow. Importing the same list again changes nothing.

    A list that ends before what is known only moves the first day.
    """
    first = min((day for day in (record.first_seen, seen.first) if day), default=None)
    if record.last_seen is not None and (seen.last is None or seen.last < record.last_seen):
        return record.model_copy(update={"first_seen": first})
    update: dict[str, object] = {"first_seen": first, "last_seen": seen.last}
    if seen.bytes is not None:
        update["bytes_seen"] = seen.bytes
    if seen.protocol:
        update["protocol"] = seen.protocol
    if _is_proposal(record) and seen.bytes and days:
        update["traffic_mbps"] = _traffic(seen, days)
    return record.model_copy(update=update)


def period_days(first: dt.date | None, last: dt.date | None) -> int:
    """Days from the first to the last, both counted; 0 where one is not known."""
    return (last - first).days + 1 if first is not None and last is not None else 0


class _Covering:
    """Finds the dependency that a use belongs to."""

    def __init__(self, records: Iterable[Dependency]) -> None:
        self.by_owners: dict[tuple[str, str], list[Dependency]] = {}
        for record in records:
            owners = (_owner(record.client), _owner(record.provider))
            self.by_owners.setdefault(owners, []).append(record)

    def of(self, use: Use) -> Dependency | None:
        near = self.by_owners.get((_owner(use.client), _owner(use.provider)))
        found = [record for record in near or () if _covers(record, use)]
        return max(found, key=lambda record: _precision(record, use), default=None)


def _owner(end: str) -> str:
    return end.removeprefix("system:").partition("/")[0]


def _covers(record: Dependency, use: Use) -> bool:
    ports = record.port is None or use.port is None or record.port == use.port
    return ports and _within(use.client, record.client) and _within(use.provider, record.provider)


def _within(end: str, whole: str) -> bool:
    """Whether an observed end is a declared one or part of it. Seen at a whole system, it may be any component."""
    one, other = end_of(end), end_of(whole)
    return not one.component or not other.component or one.component == other.component


def _precision(record: Dependency, use: Use) -> tuple[bool, bool, bool]:
    same = (end_of(record.client) == end_of(use.client), end_of(record.provider) == end_of(use.provider))
    return (record.port is not None and record.port == use.port, *same)
