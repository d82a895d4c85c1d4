"""Gantt charts as SVG on one axis of slots: by track, by cloud, by city and by department.

Figures are items that begin in a slot, so that ten thousand systems stay readable; what a row holds is folded below it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape

from rich.cells import cell_len, set_cell_size

from migration.plan import ItemState, Plan, PlanItem
from migration.steps import Track
from migration.summaries import area_of
from ui.reports.source import Source
from ui.reports.wording import days_text, step_text, track_text
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
TOLD = 15
"""Items named in a tooltip."""

Groups = Mapping[str, Sequence[PlanItem]]


def gantt_charts(source: Source) -> str:
    """A chart of all tracks; cutovers by cloud; with an estate by city. Groups are folded below; empty for a plan
    without items."""
    plan = source.plan
    if not plan.items:
        return ""
    span = min(item.slot for item in plan.items), max(item.slot for item in plan.items)
    by_track = {track_text(track): [item for item in plan.items if item.track is track] for track in Track}
    parts = [
        f"<h3>{escape(text('report.gantt-tracks'))}</h3>",
        _chart(plan, text("report.gantt-tracks"), "", (), {name: found for name, found in by_track.items() if found},
               span),
    ]  # fmt: skip
    cutovers = [item for item in plan.items if item.is_cutover]
    if not cutovers:
        return "".join(parts)
    cities = _cities(source, cutovers)
    clouds = _grouped(cutovers, lambda item: source.name(f"cloud:{item.cloud}") if item.cloud else "")
    departments = _department(source)
    parts.append(_folded(plan, "report.gantt-clouds", cutovers, clouds, cities or departments, span))
    if cities is not None:
        by_city = _grouped(cutovers, cities)
        parts.append(_folded(plan, "report.gantt-cities", cutovers, by_city, departments, span))
    return "".join(parts)


def _department(source: Source) -> Callable[[PlanItem], str]:
    return lambda item: source.name(f"department:{item.department}") if item.department else ""


def _cities(source: Source, items: Iterable[PlanItem]) -> Callable[[PlanItem], str] | None:
    """Name of the city of an item's department; None without an estate."""
    inventory = source.inventory
    if inventory is None:
        return None
    names = {
        department: source.name(f"division:{area_of(inventory, inventory.departments[department].division)}")
        for department in {item.department for item in items}
        if department in inventory.departments
    }
    return lambda item: names.get(item.department, "")


def _grouped(items: Iterable[PlanItem], key: Callable[[PlanItem], str]) -> dict[str, list[PlanItem]]:
    found: dict[str, list[PlanItem]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


def _folded(
    plan: Plan,
    title: str,
    items: Sequence[PlanItem],
    groups: Groups,
    inside: Callable[[PlanItem], str],
    span: tuple[int, int],
) -> str:
    """An overview with a row for each group, and folded below it a chart for each group by what is inside."""
    parts = [f"<h3>{escape(text(title))}</h3>", _chart(plan, text(title), text("report.all"), items, groups, span)]
    for name in _by_first(groups):
        chart = _chart(plan, name, text("report.all"), groups[name], _grouped(groups[name], inside), span)
        parts.append(f"<details><summary>{escape(name)} · {len(groups[name])}</summary>{chart}</details>")
    return "".join(parts)


def _chart(
    plan: Plan, name: str, first_label: str, items: Sequence[PlanItem], groups: Groups, span: tuple[int, int]
) -> str:
    """All items in the first row (without a label there is none), each group in one of the rows below."""
    first, slots = span[0], span[1] - span[0] + 1
    step = max(NARROWEST, min(WIDEST, ROOM // slots))
    rows = [(first_label, items)] if first_label else []
    order = _by_first(groups) if first_label else list(groups)
    rows += [(group, groups[group]) for group in order]
    width, height = LABEL + slots * step + 10, TOP + len(rows) * ROW + 6
    parts = [_axis(plan, first, slots, step, height)]
    for number, (label, members) in enumerate(rows):
        total = bool(first_label) and number == 0
        parts.append(_row(plan, label, members, first, step, TOP + number * ROW, total=total))
    return (
        f'<div class="gantt"><svg width="{width}" height="{height}" role="img" aria-label="{escape(name)}">'
        f"{''.join(parts)}</svg></div>"
    )


def _by_first(groups: Groups) -> list[str]:
    """Groups by their first item."""
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
    named = [_told(plan, item) for item in items[:TOLD]]
    if len(items) > TOLD:
        named.append(text("report.more", count=len(items) - TOLD))
    told = "\n".join([f"{items[0].slot_label} ({days_text(plan.grid, slot)}): {len(items)}", *named])
    count = str(len(items))
    size = "on" if step >= 8 * len(count) else "on small"
    figure = f'<text class="{size}" x="{x + step / 2:g}" y="{y + 13}">{count}</text>' if step >= 6 * len(count) else ""
    return (
        f'<g><rect class="{kind}" x="{x + 1}" y="{y + 2}" width="{step - 2}" height="{ROW - 4}"/>{figure}'
        f"<title>{escape(told)}</title></g>"
    )


def _told(plan: Plan, item: PlanItem) -> str:
    """An item in a tooltip: its object, and its step where that is no cutover of a system."""
    what = f"{item.object_id} {plan.names.get(item.object, '')}".rstrip()
    return what if item.is_cutover else f"{what}: {step_text(item)}"
