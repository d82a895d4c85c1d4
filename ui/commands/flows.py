"""``qianyun flows``: import, confirm, reject."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inventory.kinds.systems import Dependency, DependencyKind, DependencyOrder, ReachesBy, Strength
from ui.commanding import Common, Group, argument, command, common, option
from ui.opening import open_estate
from ui.output import emit, progress, say, table
from ui.texts import text

if TYPE_CHECKING:
    from inventory.flows.aggregate import Seen
    from inventory.flows.load import FlowReport, UnknownAddress
    from inventory.flows.merge import Proposal

__all__ = ["group"]

group = Group("flows")
LISTED = 20
"""Rows of a table without --all; the JSON answer has everything."""


def _choice(kind: Any) -> click.Choice[str]:
    return click.Choice([member.value for member in kind])


@command(
    group,
    "import",
    example="qianyun flows import examples/kaifeng-ledgers/8-flows.csv --into examples/kaifeng --dry-run",
)
@argument("file", type=Path)
@option("--into", "estate", type=Path, required=True, metavar="ESTATE", key="flows.option.into")
@option("--dry-run", is_flag=True, key="flows.option.dry-run")
@option("--all", "everything", is_flag=True, key="flows.option.all")
@common()
def import_(common: Common, file: Path, estate: Path, dry_run: bool, everything: bool) -> None:
    """Propose dependencies from a list of observed connections."""
    from inventory.flows.load import import_flows

    inventory = open_estate(estate, common).inventory
    with progress(text("flows.reading")) as report:
        found = import_flows(inventory, file, estate=estate, dry_run=dry_run, progress=report)
    if common.json:
        emit(_answer(found, dry_run))
        return
    _print_dependencies(found, everything)
    _print_unknown(found, everything)
    _print_rest(found)
    merged = found.merged
    counts = {
        "proposed": len(merged.proposed), "refreshed": len(merged.refreshed), "declared": len(merged.declared),
        "rejected": len(merged.rejected), "superseded": len(merged.superseded),
    }  # fmt: skip
    say("flows.summary", lines=found.lines, **counts)
    if dry_run:
        say("flows.dry-run")
    elif found.written:
        say("flows.written", path=estate / found.written)


def _proposals(found: FlowReport) -> list[Proposal]:
    return sorted(found.merged.proposed, key=lambda item: (-(item.seen.bytes or 0), -item.seen.lines, item.use))


def _print_dependencies(found: FlowReport, everything: bool) -> None:
    proposals = _proposals(found)
    shown = proposals if everything else proposals[:LISTED]
    rows = [
        (use.client, use.provider, use.port or "", seen.bytes, seen.lines, seen.first, seen.last)
        for use, seen, _ in shown
    ]
    names = ("client", "provider", "port", "bytes", "lines", "first", "last")
    columns = [text(f"flows.column.{name}") for name in names]
    if rows:
        table(columns, rows, title=text("flows.proposals", count=len(proposals)), right=[2, 3, 4])
    if len(proposals) > len(shown):
        say("flows.more", count=len(proposals) - len(shown))


def _print_unknown(found: FlowReport, everything: bool) -> None:
    shown = found.unknown if everything else found.unknown[:LISTED]
    rows = [(item.address, item.seen.bytes, item.seen.lines, _role(item), _hint(item)) for item in shown]
    columns = [text(f"flows.column.{name}") for name in ("address", "bytes", "lines", "role", "hint")]
    if rows:
        table(columns, rows, title=text("flows.unknown", count=found.unknown_count), right=[1, 2])
    if found.pruned:
        say("flows.pruned", count=found.pruned)


def _role(item: UnknownAddress) -> str:
    if item.seen.as_client and item.seen.as_provider:
        return text("flows.role.both")
    return text("flows.role.client") if item.seen.as_client else text("flows.role.provider")


def _hint(item: UnknownAddress) -> str:
    hint = item.hint
    if hint.code != "prefix":
        return text(f"flows.hint.{hint.code}")
    place = " ".join(filter(None, (hint.division, hint.site, hint.purpose)))
    return text("flows.hint.prefix", prefix=hint.cidr, id=hint.prefix, place=place)


def _print_rest(found: FlowReport) -> None:
    for reason, count in found.ignored.items():
        say(f"flows.ignored.{reason}", count=count)
    for address, count in list(found.ambiguous.items())[:LISTED]:
        say("flows.ambiguous", address=address, count=count)
    if found.broken_count:
        say("flows.broken", count=found.broken_count)
        for line in found.broken:
            say("flows.broken-line", line=line.line, reason=text(f"flows.reason.{line.reason}"))


def _answer(found: FlowReport, dry_run: bool) -> dict[str, Any]:
    merged = found.merged
    return {
        "file": str(found.path),
        "kind": found.format.value,
        "dry_run": dry_run,
        "written": found.written,
        "lines": found.lines,
        "bytes": found.seen.bytes,
        "first_seen": _text(found.seen.first),
        "last_seen": _text(found.seen.last),
        "proposed": [_proposal(item) for item in _proposals(found)],
        "refreshed": list(merged.refreshed),
        "rejected": list(merged.rejected),
        "superseded": list(merged.superseded),
        "declared": [{"id": id, **_seen(seen)} for id, seen in merged.declared.items()],
        "ignored": found.ignored,
        "ambiguous": found.ambiguous,
        "unknown": [
            {"address": item.address, **asdict(item.seen), "hint": item.hint._asdict()} for item in found.unknown
        ],
        "unknown_count": found.unknown_count,
        "unknown_pruned": found.pruned,
        "broken": {"count": found.broken_count, "lines": [line._asdict() for line in found.broken]},
    }  # fmt: skip


def _proposal(item: Proposal) -> dict[str, Any]:
    record = item.record
    fields = {"id": record.id, "from": record.client, "to": record.provider, "port": record.port}
    return {**fields, "protocol": record.protocol, "traffic_mbps": item.traffic_mbps, **_seen(item.seen)}


def _seen(seen: Seen) -> dict[str, Any]:
    return {
        "bytes": seen.bytes,
        "lines": seen.lines,
        "first_seen": _text(seen.first),
        "last_seen": _text(seen.last),
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


@command(
    group,
    "confirm",
    example="qianyun flows confirm my-estate 'client:410200-dsjj-* port=443' \\\n"
    "    --strength hard --order provider_first",
)
@argument("estate", type=Path)
@argument("chosen", metavar="ID|SELECTOR")
@option("--strength", type=_choice(Strength), key="flows.option.strength")
@option("--order", type=_choice(DependencyOrder), key="flows.option.order")
@option("--reaches-by", type=_choice(ReachesBy), key="flows.option.reaches-by")
@option("--kind", type=_choice(DependencyKind), key="flows.option.kind")
@common()
def confirm(
    common: Common,
    estate: Path,
    chosen: str,
    strength: str | None,
    order: str | None,
    reaches_by: str | None,
    kind: str | None,
) -> None:
    """Confirm observed dependencies; the next import keeps it."""
    from inventory.flows.decide import confirm as confirm_flows

    found = confirm_flows(
        open_estate(estate, common).inventory,
        chosen,
        strength=Strength(strength) if strength else None,
        order=DependencyOrder(order) if order else None,
        reaches_by=ReachesBy(reaches_by) if reaches_by else None,
        kind=DependencyKind(kind) if kind else None,
    )
    _decided(common, "confirmed", found)


@command(group, "reject", example="qianyun flows reject my-estate '410200-dsjj-0001/app>410200-dsjj-0007/web:call:443'")
@argument("estate", type=Path)
@argument("chosen", metavar="ID|SELECTOR")
@common()
def reject(common: Common, estate: Path, chosen: str) -> None:
    """Reject observed dependencies: no later import proposes them again."""
    from inventory.flows.decide import reject as reject_flows

    _decided(common, "rejected", reject_flows(open_estate(estate, common).inventory, chosen))


def _decided(common: Common, what: str, records: tuple[Dependency, ...]) -> None:
    if common.json:
        emit({what: [record.id for record in records]})
        return
    names = ("client", "provider", "port", "strength", "order")
    rows = [(item.client, item.provider, item.port or "", item.strength, item.order) for item in records]
    table([text(f"flows.column.{name}") for name in names], rows, right=[2])
    say(f"flows.{what}", count=len(records))
