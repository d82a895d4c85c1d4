"""Tables that need the estate: temporary connections, IPv6 stages, lines, rooms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from migration.connections import Connection, Family, Side
from migration.plan import Bridge
from migration.summaries import STAGES, Stage, by_outcome, ipv6_stages, rooms_of
from ui.reports.rows import Cell, Table, made
from ui.reports.source import Source
from ui.texts import kind_word, text, value_word

if TYPE_CHECKING:
    from migration.rooms.model import Lease

__all__ = ["connection_table", "line_table", "room_table", "side_text", "stage_table", "stage_text"]

FAMILIES = {Family.IPV4: "IPv4", Family.IPV6: "IPv6"}


def connection_table(source: Source, connections: Iterable[Connection], *, action: str = "opens") -> Table:
    """A row for each connection, as firewall requests need it; ``action``: opens or closes."""
    rows = [
        (
            made_for.opens,
            made_for.closes or text(f"connections.closes.{made_for.until.value}"),
            FAMILIES[made_for.family],
            _end(source, made_for.source),
            side_text(made_for, made_for.source),
            _end(source, made_for.target),
            side_text(made_for, made_for.target),
            made_for.port,
            made_for.protocol,
            ", ".join(made_for.vpns),
            reason_text(made_for),
            _written_in(made_for),
            text("connections.no-ipv6") if made_for.no_ipv6 else "",
            made_for.dependency,
        )
        for made_for in connections
    ]
    columns = ["opens", "closes", "family", "source", "source-address", "destination", "destination-address", "port",
               "protocol", "vpn", "reason", "written-in", "note", "dependency"]  # fmt: skip
    return made("connections" if action == "opens" else "connections-closing", columns, rows, ["port"])


def _end(source: Source, side: Side) -> str:
    label = source.label(side.object)
    return f"{label} / {side.component}" if side.component else label


def side_text(connection: Connection, side: Side) -> str:
    """The addresses of one end, or what stands for them."""
    addresses = ", ".join(side.addresses)
    if not side.pool:
        return addresses or text("connections.address.unknown")
    if not addresses:
        return text("connections.address.new", pool=side.pool)
    if connection.bridge in (None, Bridge.KEEP_ADDRESS) or side is connection.source:
        return text("connections.address.kept", addresses=addresses, pool=side.pool)
    return text("connections.address.bridged", addresses=addresses, pool=side.pool)


def reason_text(connection: Connection) -> str:
    """Why it is needed, and until when."""
    return text(
        "connections.reason",
        moved=text(f"connections.moved.{connection.first_moved}"),
        until=text(f"connections.until.{connection.until.value}"),
    )


def _written_in(connection: Connection) -> str:
    if not connection.written_in:
        return ""
    if connection.bridge is None or connection.bridge_closes is None:
        return text("connections.written-in")
    method = text(f"connections.bridge.{connection.bridge.value}")
    return text("connections.bridged", method=method, closes=connection.bridge_closes)


def stage_table(source: Source) -> Table:
    """A row for each level and area: devices, and for each IPv6 stage how many reach it and by when."""
    assert source.inventory is not None
    rows: list[list[Cell]] = [
        [
            value_word(row.level.value),
            source.name(f"division:{row.area}"),
            len(row.devices),
            *(stage_text(stage) for stage in row.stages),
        ]
        for row in ipv6_stages(source.inventory, source.plan)
    ]
    columns = ["level", "area", "devices", *(stage.value for stage in STAGES)]
    return made("ipv6", columns, rows, ["devices"])


def stage_text(stage: Stage) -> str:
    """How many devices reach a stage by when, had it before, or need it not."""
    told = []
    if stage.planned:
        told.append(text("report.stage.planned", count=stage.planned, last=stage.last))
    if stage.before:
        told.append(text("report.stage.before", count=stage.before))
    if stage.skipped:
        told.append(text("report.stage.skipped", count=stage.skipped))
    return text("report.list-separator").join(told) or text("report.stage.none")


def line_table(source: Source) -> Table:
    """A row for each outcome of lines, private networks and internet exits."""
    assert source.inventory is not None
    rows = [
        (
            kind_word(row.kind),
            text(f"report.line.{row.outcome}") if row.outcome in OUTCOMES else row.outcome or text("report.undecided"),
            row.count,
            row.cut_over,
            row.last_cutover,
            row.ended,
            row.last_end,
            round(row.fee),
        )
        for row in by_outcome(source.inventory, source.plan)
    ]
    columns = ["kind", "decided", "count", "cut-over", "last-cutover", "ended", "last-end", "fee"]
    return made("lines", columns, rows, ["count", "cut-over", "ended", "fee"])


OUTCOMES = ("move", "internal_network", "keep", "backup", "end")


def room_table(source: Source) -> Table:
    """A row for each room that is to be closed or become a colocation room, with what keeps it from that and what it
    costs that the lease ends before."""
    from migration.rooms.standing import standing

    assert source.inventory is not None
    seen = {room.room: room for room in standing(source.inventory, source.plan, source.plan.now)}
    rows = [
        (
            row.room,
            row.name,
            source.name(f"department:{row.department}") if row.department else "",
            text(f"report.room.{row.intention}") if row.intention in ("close", "colocation") else row.intention,
            text(f"report.room-state.{row.state.value}"),
            row.emptied,
            row.handed_over,
            row.finished,
            row.lease_end,
            len(seen[row.room].blockers),
            _extension(seen[row.room].lease),
        )
        for row in rooms_of(source.inventory, source.plan)
    ]
    columns = ["room", "name", "department", "intention", "state", "emptied", "handed-over", "finished", "lease-end",
               "blockers", "extension"]  # fmt: skip
    return made("rooms", columns, rows, ["blockers", "extension"])


def _extension(lease: Lease | None) -> Cell:
    """Yuan for the days after the lease; in words where they have no end."""
    if lease is None:
        return None
    return text("report.no-end") if lease.extension_yuan is None else round(lease.extension_yuan)
