"""Plans in words of the present language."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from migration.calendar import CHINA_TIME
from migration.plan import Finding, Grid, Plan, PlanItem, Unplanned, Wave
from migration.steps import Track
from ui.texts import has_text, text

__all__ = [
    "basis_lines",
    "cause_text",
    "causes_text",
    "days_text",
    "departments_in",
    "disposition_counts",
    "finding_text",
    "listed",
    "name_of",
    "note_text",
    "rules_of",
    "step_text",
    "step_words",
    "summary_lines",
    "track_text",
    "waiting_text",
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
    told = (
        text("report.by-rule", rule=cause.rule, said=f"{cause_text(cause)}{_also(cause)}") for cause in entry.causes
    )
    return text("report.list-separator").join(told)


def waiting_text(waiting: Iterable[Unplanned]) -> str:
    """The words for the steps of items that wait for another one of their object."""
    steps = (entry.item.split("/", 2) for entry in waiting)
    return listed(step_words(track, step) for track, _, step in steps)


def listed(words: Iterable[str]) -> str:
    """Words as a list."""
    return text("report.comma").join(words)


def _also(cause: Finding) -> str:
    """What else would have to change for the item to have a place."""
    others = cause.data.get("also")
    return text("explain.only-with", others=others) if others else ""


def note_text(note: Finding) -> str:
    """What the plan could not take into account."""
    area = next((area for area in ("notes", "check", "causes") if has_text(f"{area}.{note.code}")), None)
    if area is None:
        return ", ".join([note.code, *(f"{name} {value}" for name, value in note.data.items())])
    return text(f"{area}.{note.code}", items=", ".join(note.items), **note.data)


def track_text(track: Track) -> str:
    """The word for a track."""
    return text(f"plan.track.{track.value}")


def step_words(track: str, step: str) -> str:
    """The words for a step of a track; the date behind some steps stays as it is."""
    name, _, date = step.partition("-")
    return f"{text(f'plan.step.{track}.{name}')} {date}".rstrip()


def step_text(item: PlanItem) -> str:
    """The words for an item's step."""
    return step_words(item.track.value, item.step)


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
    lines = [text("plan.summary-empty", estate=plan.estate)]
    if plan.items:
        cutovers = [item.slot for item in plan.items if item.is_cutover]
        lines = [
            text(
                "plan.summary",
                estate=plan.estate,
                items=len(plan.items),
                cutovers=len(cutovers),
                waves=len(plan.waves),
                slots=len(set(cutovers)),
                first=min(item.start for item in plan.items),
                last=max(item.end for item in plan.items),
            )
        ]
    status = text(f"plan.status.{plan.status.value}")
    lines.append(text("plan.summary-status", status=status, effort=plan.effort, seed=plan.seed, now=plan.now))
    states = Counter(item.state.value for item in plan.items)
    if states["done"] or states["pinned"]:
        lines.append(text("plan.summary-done", done=states["done"], pinned=states["pinned"]))
    counts = [f"{text('plan.disposition.' + name)} {count}" for name, count in disposition_counts(plan).items()]
    if counts:
        lines.append(text("plan.dispositions", counts=listed(counts)))
    if plan.out_of_scope:
        lines.append(text("plan.out-of-scope", count=len(plan.out_of_scope)))
    return lines + basis_lines(plan)


def basis_lines(plan: Plan) -> list[str]:
    """What the plan rests on and leaves out: steps not needed, assumptions, years without published holidays."""
    lines = []
    if plan.skipped:
        reasons = Counter(entry.reason for entry in plan.skipped)
        told = listed(f"{text(f'plan.skipped.{reason}')} {count}" for reason, count in sorted(reasons.items()))
        lines.append(text("plan.skipped-steps", count=len(plan.skipped), reasons=told))
    if plan.assumptions:
        lines.append(text("plan.assumptions", count=len(plan.assumptions)))
    if plan.provisional:
        lines.append(text("plan.provisional", years=listed(str(year) for year in plan.provisional)))
    return lines
