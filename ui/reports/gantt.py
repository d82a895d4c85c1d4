"""Gantt charts as SVG: clouds, and for each cloud its departments; figures are cutovers of a slot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from rich.cells import cell_len, set_cell_size

from migration.plan import ItemState, Plan, PlanItem
from ui.reports.wording import days_text, name_of
from ui.texts import text

__all__ = ["gantt_charts"]

LABEL_CELLS = 34
LABEL = 250
"""Width of the label column in pixels: LABEL_CELLS half-width characters of 12 px type."""
ROW = 20
TOP = 34
WIDEST = 34
NARROWEST = 7
ROOM = 1000
"""Width of a slot in pixels, at most and at least, and the width of all slots together that is aimed at."""
TOLD = 40
"""Systems named in a tooltip."""


def gantt_charts(plan: Plan) -> str:
    """A chart with a row for each cloud, then a folded one for each cloud, on one time axis; empty without cutovers."""
    clouds: dict[str, list[PlanItem]] = {}
    for item in plan.items:
        if item.cloud:
            clouds.setdefault(item.cloud, []).append(item)
    if not clouds:
        return ""
    placed = [item for items in clouds.values() for item in items]
    span = min(item.slot for item in placed), max(item.slot for item in placed)
    names = {cloud: name_of(plan, "cloud", cloud) for cloud in clouds}
    overview = _chart(plan, text("report.gantt"), text("report.all-clouds"), placed, clouds, names, span)
    return overview + "".join(_cloud(plan, names[cloud], clouds[cloud], span) for cloud in _by_first(clouds))


def _cloud(plan: Plan, name: str, items: Sequence[PlanItem], span: tuple[int, int]) -> str:
    departments: dict[str, list[PlanItem]] = {}
    for item in items:
        departments.setdefault(item.department, []).append(item)
    names = {department: name_of(plan, "department", department) for department in departments}
    chart = _chart(plan, name, text("report.all"), items, departments, names, span)
    return f"<details><summary>{escape(name)} · {len(items)}</summary>{chart}</details>"


def _chart(
    plan: Plan,
    name: str,
    first_label: str,
    items: Sequence[PlanItem],
    groups: Mapping[str, Sequence[PlanItem]],
    names: Mapping[str, str],
    span: tuple[int, int],
) -> str:
    """All items in the first row, each group in one of the rows below."""
    first, slots = span[0], span[1] - span[0] + 1
    step = max(NARROWEST, min(WIDEST, ROOM // slots))
    rows = [(first_label, items), *((names[group], groups[group]) for group in _by_first(groups))]
    width, height = LABEL + slots * step + 10, TOP + len(rows) * ROW + 6
    parts = [_axis(plan, first, slots, step, height)]
    for number, (label, members) in enumerate(rows):
        parts.append(_row(plan, label, members, first, step, TOP + number * ROW, total=number == 0))
    return (
        f'<div class="gantt"><svg width="{width}" height="{height}" role="img" aria-label="{escape(name)}">'
        f"{''.join(parts)}</svg></div>"
    )


def _by_first(groups: Mapping[str, Sequence[PlanItem]]) -> list[str]:
    """Groups by their first cutover."""
    return sorted(groups, key=lambda group: (min(item.slot for item in groups[group]), group))


def _axis(plan: Plan, first: int, slots: int, step: int, height: int) -> str:
    """Vertical lines and names of slots, as many names as have room."""
    every = max(1, -(-64 // step))
    parts = []
    for place in range(0, slots, every):
        x = LABEL + place * step
        parts.append(f'<line class="grid" x1="{x}" y1="{TOP - 6}" x2="{x}" y2="{height}"/>')
        parts.append(f'<text class="axis" x="{x + 2}" y="{TOP - 12}">{plan.grid.label(first + place)}</text>')
    return "".join(parts)


def _row(plan: Plan, label: str, items: Iterable[PlanItem], first: int, step: int, y: int, *, total: bool) -> str:
    slots: dict[int, list[PlanItem]] = {}
    for item in items:
        slots.setdefault(item.slot, []).append(item)
    shown = label if cell_len(label) <= LABEL_CELLS else set_cell_size(label, LABEL_CELLS - 1).rstrip() + "…"
    head = ' class="head"' if total else ""
    parts = [f'<text{head} x="6" y="{y + 14}">{escape(shown)}<title>{escape(label)}</title></text>']
    for slot, members in sorted(slots.items()):
        parts.append(_bar(plan, slot, members, LABEL + (slot - first) * step, y, step, total=total))
    return "".join(parts)


def _bar(plan: Plan, slot: int, items: Sequence[PlanItem], x: int, y: int, step: int, *, total: bool) -> str:
    done = all(item.state is ItemState.DONE for item in items)
    kind = "done" if done else "total" if total else "bar"
    named = [f"{item.object_id} {plan.names.get(item.object, '')}".rstrip() for item in items[:TOLD]]
    if len(items) > TOLD:
        named.append(text("report.more", count=len(items) - TOLD))
    told = "\n".join([f"{items[0].slot_label} ({days_text(plan.grid, slot)}): {len(items)}", *named])
    count = str(len(items))
    figure = f'<text class="on" x="{x + step / 2:g}" y="{y + 13}">{count}</text>' if step >= 8 * len(count) else ""
    return (
        f'<g><rect class="{kind}" x="{x + 1}" y="{y + 2}" width="{step - 2}" height="{ROW - 4}" rx="2"/>{figure}'
        f"<title>{escape(told)}</title></g>"
    )
