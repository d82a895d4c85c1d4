"""Sections of the report's page that need the estate: targets, connections, curves, IPv6, lines, rooms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape

from migration.curves import PoolCurve, TeamCurve, pool_curves, team_curves
from migration.plan import item_id
from migration.promises import Outcome, Promise
from migration.steps import Track
from migration.summaries import STAGES, StageRow, ipv6_stages
from ui.reports.charts import curve_chart
from ui.reports.estate_rows import line_table, room_table, stage_table
from ui.reports.html_parts import details, html_table, section, soft, words
from ui.reports.rows import Table, made, miss_text, target_table
from ui.reports.source import Source
from ui.texts import text, value_word

__all__ = ["capacity_section", "connection_section", "estate_sections", "ipv6_section", "target_section"]

MOST_CURVES = 60
"""Charts of pools, and of teams: the fullest ones."""
MOST_DEVICES = 3000
MISSING = 200


def estate_sections(source: Source) -> list[str]:
    """All of them, in the order of the page; none without an estate."""
    if source.inventory is None:
        return []
    return [
        target_section(source),
        connection_section(source),
        capacity_section(source),
        _teams(source),
        ipv6_section(source),
        section(text("report.title.lines"), words("lines-note"), html_table(line_table(source))),
        section(text("report.title.rooms"), "", html_table(room_table(source))),
    ]


def target_section(source: Source) -> str:
    """Phase targets, how many are late, and folded below each missed one all that misses it."""
    if not source.promises:
        return ""
    late = [promise for promise in source.promises if promise.outcome is not Outcome.MET]
    told = words("late-targets", count=len(late), total=len(source.promises))
    folded = "".join(
        details(f"{promise.target.name or promise.target.id}", _misses(source, promise)) for promise in late
    )
    content = html_table(target_table(source)) + folded
    return section(text("report.title.targets"), f"{told} {words('targets-note')}", content)


def _misses(source: Source, promise: Promise) -> str:
    shown = range(min(MISSING, len(promise.misses)))
    listed = "".join(f"<li>{escape(miss_text(source, promise, place))}</li>" for place in shown)
    more = soft(words("more", count=len(promise.misses) - MISSING)) if len(promise.misses) > MISSING else ""
    return f"<ul>{listed}</ul>{more}"


def connection_section(source: Source) -> str:
    """How many temporary connections the plan needs."""
    said = words("connections-note", count=len(source.connections), permanent=source.permanent)
    return section(text("report.title.connections"), said, "")


def capacity_section(source: Source) -> str:
    """A chart for each resource of each pool, the fullest pools first."""
    assert source.inventory is not None
    grid = source.plan.grid
    pools: dict[str, list[PoolCurve]] = {}
    for curve in pool_curves(source.inventory, source.plan):
        pools.setdefault(curve.pool, []).append(curve)
    order = sorted(pools, key=lambda pool: (-max(map(_fullness, pools[pool])), pool))
    charts = [
        "".join(
            curve_chart(
                f"{text(f'report.resource.{curve.resource}')} · {source.name(f'pool:{pool}')}",
                _peak(curve),
                curve.used,
                curve.offered,
                (grid.label(0), grid.label(len(curve.used) - 1)),
            )
            for curve in pools[pool]
        )
        for pool in order[:MOST_CURVES]
    ]
    return section(text("report.capacity"), words("capacity-note"), _grid_of(charts, len(order)))


def _teams(source: Source) -> str:
    """A chart for each skill of each team, the fullest ones first."""
    assert source.inventory is not None
    curves = sorted(
        team_curves(source.inventory, source.plan), key=lambda curve: (-_fullness(curve), curve.team, curve.skill)
    )
    charts = [
        curve_chart(
            f"{text(f'report.skill.{curve.skill.value}')} · {source.name(f'team:{curve.team}')}",
            _peak(curve),
            curve.used,
            curve.capacity,
            (curve.first.isoformat(), (curve.first + dt.timedelta(weeks=len(curve.used) - 1)).isoformat()),
        )
        for curve in curves[:MOST_CURVES]
        if curve.used
    ]
    return section(text("report.teams"), words("teams-note"), _grid_of(charts, len(curves)))


def _grid_of(charts: Sequence[str], count: int) -> str:
    more = soft(words("more", count=count - len(charts))) if count > len(charts) else ""
    return f'<div class="curves">{"".join(charts)}</div>{more}'


def _limits(curve: PoolCurve | TeamCurve) -> Sequence[float]:
    return curve.offered if isinstance(curve, PoolCurve) else curve.capacity


def _shares(curve: PoolCurve | TeamCurve) -> list[float]:
    return [
        used / limit if limit > 0 else float(used > 0) * 1e9
        for used, limit in zip(curve.used, _limits(curve), strict=True)
    ]


def _fullness(curve: PoolCurve | TeamCurve) -> float:
    return max(_shares(curve), default=0.0)


def _peak(curve: PoolCurve | TeamCurve) -> str:
    """What is used and offered where it is fullest."""
    shares = _shares(curve)
    place = shares.index(max(shares)) if shares else 0
    return text("report.curve-peak", used=f"{curve.used[place]:,g}", offered=f"{_limits(curve)[place]:,g}")


def ipv6_section(source: Source) -> str:
    """Stages by level and area, and folded below each area its devices with the day of each stage."""
    assert source.inventory is not None
    rows = ipv6_stages(source.inventory, source.plan)
    parts, left = [html_table(stage_table(source), tight=True)], MOST_DEVICES
    for row in rows:
        if len(row.devices) <= left and any(stage.planned for stage in row.stages):
            left -= len(row.devices)
            name = f"{value_word(row.level.value)} · {source.name(f'division:{row.area}')}"
            head = f"{name} · {text('report.ipv6-devices', count=len(row.devices))}"
            parts.append(details(head, html_table(_device_table(source, row), most=MOST_DEVICES)))
    return section(text("report.title.ipv6"), words("ipv6-note"), "".join(parts))


def _device_table(source: Source, row: StageRow) -> Table:
    by_id = source.plan.by_id
    rows = []
    for device in row.devices:
        names = (item_id(device, stage.value, Track.NETWORK) for stage in STAGES)
        days = [by_id[name].end if name in by_id else None for name in names]
        rows.append([device, source.name(f"device:{device}"), *days])
    return made("ipv6", ["device", "name", *(stage.value for stage in STAGES)], rows)
