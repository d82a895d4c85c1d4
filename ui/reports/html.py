"""A plan as one HTML page that needs no network: figures, costs, Gantt chart, waves, dispositions, what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template

from migration.plan import Finding, Plan, Wave
from ui.reports.gantt import gantt_charts
from ui.reports.wording import (
    causes_text,
    cutover_table,
    days_text,
    departments_in,
    finding_text,
    name_of,
)
from ui.texts import language, text

__all__ = ["report_page"]

LONGEST = 500
"""Rows of a list of faults; a report is read by people."""


def report_page(plan: Plan) -> str:
    """The page in the present language. Everything from the plan is escaped."""
    template = Template((files("ui.reports") / "templates" / "plan.html").read_text(encoding="utf-8"))
    sections = [
        _head(plan),
        _costs(plan),
        _faults(plan),
        _section("gantt", "gantt-note", gantt_charts(plan) or _none()),
        _waves(plan),
        _dispositions(plan),
        f'<footer class="soft">{_t("footer")}</footer>',
    ]
    title = f"{text('report.title')} – {plan.estate}"
    lang = {"zh": "zh-CN"}.get(language(), language())
    return template.substitute(lang=lang, title=escape(title), body="\n".join(part for part in sections if part))


def _t(name: str, **data: object) -> str:
    return escape(text(f"report.{name}", **data))


def _none() -> str:
    return f'<p class="soft">{_t("none")}</p>'


def _section(title: str, note: str, content: str) -> str:
    told = f'<p class="soft">{_t(note)}</p>' if note else ""
    return f"<section><h2>{_t(title)}</h2>{told}{content}</section>"


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]], numbers: Sequence[int] = ()) -> str:
    def cells(tag: str, values: Sequence[object]) -> str:
        marked = (' class="number"' if place in numbers else "" for place in range(len(values)))
        return "".join(
            f"<{tag}{mark}>{escape('' if value is None else str(value))}</{tag}>"
            for mark, value in zip(marked, values, strict=True)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells('th', columns)}</tr></thead><tbody>{body}</tbody></table>"


def _head(plan: Plan) -> str:
    slots = sorted({item.slot for item in plan.items})
    cards: list[tuple[object, str, bool]] = [
        (len(plan.items), "cutovers", False),
        (len(plan.waves), "waves", False),
        (len(slots), "slots", False),
        (len(plan.unplanned), "unplanned", bool(plan.unplanned)),
        (len(plan.violations), "violations", bool(plan.violations)),
    ]
    if slots:
        span = f"{plan.grid.first_day_of(slots[0])} – {plan.grid.last_day_of(slots[-1])}"
        cards.insert(0, (span, "span", False))
    shown = "".join(
        f'<div class="card{" bad" if bad else ""}"><b>{escape(str(value))}</b>{_t(name)}</div>'
        for value, name, bad in cards
    )
    hashes = _t("hashes", declared=plan.declared_hash[:12] or "-", slices=plan.slice_hash[:12] or "-")
    status = escape(text("plan.summary-status", status=text(f"plan.status.{plan.status.value}"), effort=plan.effort,
                         seed=plan.seed, now=plan.now))  # fmt: skip
    return (
        f"<header><h1>{escape(plan.estate)} – {_t('title')}</h1>"
        f'<p class="soft">{_t("made-for", as_of=plan.as_of, now=plan.now)}. {status}<br>{hashes}</p>'
        f'<div class="cards">{shown}</div></header>'
    )


def _costs(plan: Plan) -> str:
    if not plan.objective:
        return ""
    rows = [
        (cost.rule, text(f"plan.cost.{cost.name}"), f"{cost.value:,}", text(f"plan.unit.{cost.unit}"),
         "" if cost.bound is None else f"{cost.bound:,}")
        for cost in plan.objective
    ]  # fmt: skip
    columns = [text(f"plan.{name}") for name in ("rule", "cost", "value", "unit", "bound")]
    return _section("costs", "costs-note", _table(columns, rows, numbers=(2, 4)))


def _faults(plan: Plan) -> str:
    parts = []
    if plan.violations:
        parts.append(_section("broken", "", _findings(plan.violations)))
    if plan.unplanned:
        rows = [
            (entry.item.split("/")[1], name_of(plan, "system", entry.item.split("/")[1]), causes_text(entry))
            for entry in plan.unplanned[:LONGEST]
        ]
        columns = [text("plan.system"), text("plan.name"), text("report.causes")]
        parts.append(_section("left-out", "", _table(columns, rows) + _more(len(plan.unplanned))))
    if plan.facts:
        parts.append(_section("facts", "facts-note", _findings(plan.facts)))
    return "".join(parts)


def _findings(found: Sequence[Finding]) -> str:
    rows = [(one.rule, finding_text(one)) for one in found[:LONGEST]]
    return _table([text("plan.rule"), text("report.finding")], rows) + _more(len(found))


def _more(count: int) -> str:
    return f'<p class="soft">{_t("more", count=count - LONGEST)}</p>' if count > LONGEST else ""


def _waves(plan: Plan) -> str:
    names = ("number", "wave", "days", "cloud", "count", "departments")
    head = "".join(f"<span>{escape(text(f'plan.{name}'))}</span>" for name in names)
    rows = "".join(_wave(plan, wave) for wave in plan.waves)
    content = f'<div class="head">{head}</div>{rows}' if rows else _none()
    return _section("wave-table", "wave-note", f'<div class="waves">{content}</div>')


def _wave(plan: Plan, wave: Wave) -> str:
    values = (
        wave.number,
        wave.id,
        days_text(plan.grid, wave.slot),
        name_of(plan, "cloud", wave.cloud),
        len(wave.items),
        departments_in(wave),
    )
    head = "".join(f"<span>{escape(str(value))}</span>" for value in values)
    return f"<details><summary>{head}</summary>{_table(*cutover_table(plan, wave))}</details>"


def _dispositions(plan: Plan) -> str:
    counts = Counter((one.disposition.value, one.rule) for one in plan.dispositions)
    rows = [
        (text(f"plan.disposition.{disposition}"), rule, count)
        for (disposition, rule), count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    columns = [text(f"report.{name}") for name in ("disposition", "rule", "systems")]
    notes = ""
    if plan.out_of_scope:
        notes += f'<p class="soft">{_t("out-of-scope", count=len(plan.out_of_scope))}</p>'
    if plan.quarantined:
        notes += f'<p class="soft">{_t("quarantined", count=len(plan.quarantined))}</p>'
    return _section("dispositions", "", _table(columns, rows, numbers=(2,)) + notes)
