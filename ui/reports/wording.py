"""Plans in words of the present language."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from migration.calendar import CHINA_TIME
from migration.plan import Finding, Grid, Plan, PlanItem, Unplanned, Wave
from ui.texts import text

__all__ = [
    "cause_text",
    "causes_text",
    "cutover_table",
    "days_text",
    "departments_in",
    "disposition_counts",
    "finding_text",
    "name_of",
    "rules_of",
    "summary_lines",
    "window_text",
]


def finding_text(finding: Finding) -> str:
    """A violation or a fact of the checker."""
    return text(f"check.{finding.code}", items=", ".join(finding.items), **finding.data)


def cause_text(cause: Finding) -> str:
    """What keeps an item out, or a system out of a pool."""
    return text(f"causes.{cause.code}", **cause.data)


def causes_text(entry: Unplanned) -> str:
    """All causes of one item, each after the id of its rule."""
    return "; ".join(f"{cause.rule}: {cause_text(cause)}" for cause in entry.causes)


def rules_of(findings: Iterable[Finding]) -> str:
    """Ids of broken rules with how often each is broken: ``H1 x2, H4``."""
    counts = Counter(finding.rule for finding in findings)
    return ", ".join(f"{rule} x{count}" if count > 1 else rule for rule, count in sorted(counts.items()))


def name_of(plan: Plan, kind: str, id: str) -> str:
    """The name of an object of the plan, else its id."""
    return plan.names.get(f"{kind}:{id}", id)


def days_text(grid: Grid, slot: int) -> str:
    """First and last day of a slot."""
    first, last = grid.first_day_of(slot), grid.last_day_of(slot)
    return first.isoformat() if first == last else f"{first} – {last:%m-%d}"


def cutover_table(plan: Plan, wave: Wave) -> tuple[list[str], list[tuple[str | None, ...]]]:
    """(columns, rows) of the cutovers of a wave, for the terminal and for reports."""
    columns = [text(f"plan.{name}") for name in ("system", "name", "department", "window", "pool", "state")]
    rows: list[tuple[str | None, ...]] = [
        (
            item.object_id,
            plan.names.get(item.object, ""),
            name_of(plan, "department", item.department),
            window_text(item),
            item.pool,
            text(f"plan.state.{item.state.value}"),
        )
        for item in wave.items
    ]
    return columns, rows


def window_text(item: PlanItem) -> str:
    """When the window of an item opens and closes; empty without one."""
    if item.window_start is None or item.window_minutes is None:
        return ""
    start = item.window_start.astimezone(CHINA_TIME)
    end = start + dt.timedelta(minutes=item.window_minutes)
    closes = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%m-%d %H:%M}"
    whole_day = item.window_minutes == 24 * 60 and start.time() == dt.time()
    return f"{start:%Y-%m-%d %H:%M} – {'24:00' if whole_day else closes}"


def departments_in(wave: Wave) -> int:
    """How many departments have a cutover in a wave."""
    return len({item.department for item in wave.items})


def disposition_counts(plan: Plan) -> dict[str, int]:
    """How many systems have each disposition, the most frequent first."""
    counts = Counter(disposed.disposition.value for disposed in plan.dispositions)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def summary_lines(plan: Plan) -> list[str]:
    """A plan in a few lines."""
    slots = sorted({item.slot for item in plan.items})
    lines = [text("plan.summary-empty", estate=plan.estate)]
    if slots:
        grid = plan.grid
        lines = [
            text(
                "plan.summary",
                estate=plan.estate,
                items=len(plan.items),
                waves=len(plan.waves),
                slots=len(slots),
                first=grid.first_day_of(slots[0]),
                last=grid.last_day_of(slots[-1]),
            )
        ]
    status = text(f"plan.status.{plan.status.value}")
    lines.append(text("plan.summary-status", status=status, effort=plan.effort, seed=plan.seed, now=plan.now))
    states = Counter(item.state.value for item in plan.items)
    if states["done"] or states["pinned"]:
        lines.append(text("plan.summary-done", done=states["done"], pinned=states["pinned"]))
    counts = (f"{text('plan.disposition.' + name)} {count}" for name, count in disposition_counts(plan).items())
    lines.append(text("plan.dispositions", counts=", ".join(counts)))
    if plan.out_of_scope:
        lines.append(text("plan.out-of-scope", count=len(plan.out_of_scope)))
    return lines
