"""A plan as one HTML page that needs no network. With the estate it has targets, curves, IPv6 stages, lines, rooms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from html import escape
from importlib.resources import files
from string import Template

from migration.plan import Finding, Wave
from migration.promises import Outcome
from ui.reports.gantt import gantt_charts
from ui.reports.html_estate import estate_sections
from ui.reports.html_parts import details, html_table, none, section, soft, words
from ui.reports.rows import (
    assumption_table,
    change_table,
    cost_table,
    department_table,
    made,
    month_table,
    track_table,
    unplanned_table,
    wave_table,
)
from ui.reports.source import Source
from ui.reports.wording import basis_lines, finding_text, note_text
from ui.texts import language, text

__all__ = ["report_page"]


def report_page(source: Source) -> str:
    """The page in the present language. Everything from the plan is escaped."""
    plan = source.plan
    template = Template((files("ui.reports") / "templates" / "plan.html").read_text(encoding="utf-8"))
    sections = [
        _head(source),
        section(text("report.title.tracks"), "", html_table(track_table(plan))),
        section(text("report.title.months"), "", html_table(month_table(plan))),
        _faults(source),
        *estate_sections(source),
        section(text("report.gantt"), words("gantt-note"), gantt_charts(source) or none()),
        _waves(source),
        section(text("report.title.departments"), "", _folded(html_table(department_table(source)))),
        section(text("report.title.costs"), words("costs-note"), html_table(cost_table(plan)))
        if plan.objective
        else "",
        _dispositions(source),
        _basis(source),
        f'<footer class="soft">{words("footer")}</footer>',
    ]
    title = f"{text('report.title')} – {plan.estate}"
    lang = {"zh": "zh-CN"}.get(language(), language())
    return template.substitute(lang=lang, title=escape(title), body="\n".join(part for part in sections if part))


def _folded(content: str) -> str:
    return details(text("report.all"), content)


def _head(source: Source) -> str:
    plan = source.plan
    cards: list[tuple[object, str, bool]] = [
        (len(plan.items), "items", False),
        (sum(item.is_cutover for item in plan.items), "cutovers", False),
        (len(plan.waves), "waves", False),
        (len(plan.unplanned), "unplanned", bool(plan.unplanned)),
        (len(plan.violations), "violations", bool(plan.violations)),
    ]
    if plan.items:
        span = f"{min(item.start for item in plan.items)} – {max(item.end for item in plan.items)}"
        cards.insert(0, (span, "span", False))
    if source.promises:
        met = sum(promise.outcome is Outcome.MET for promise in source.promises)
        cards.append((f"{met} / {len(source.promises)}", "targets", met < len(source.promises)))
    if source.connections:
        cards.append((len(source.connections), "connections", False))
    shown = "".join(_card(value, text(f"report.card.{name}"), bad=bad) for value, name, bad in cards)
    hashes = words("hashes", declared=plan.declared_hash[:12] or "-", slices=plan.slice_hash[:12] or "-")
    status = escape(text("plan.summary-status", status=text(f"plan.status.{plan.status.value}"), effort=plan.effort,
                         seed=plan.seed, now=plan.now))  # fmt: skip
    return (
        f"<header><h1>{escape(plan.estate)} – {words('title')}</h1>"
        f'<p class="soft">{words("made-for", as_of=plan.as_of, now=plan.now)}. {status}<br>{hashes}</p>'
        f'<div class="cards">{shown}</div></header>'
    )


def _card(value: object, word: str, *, bad: bool) -> str:
    return f'<div class="card{" bad" if bad else ""}"><b>{escape(str(value))}</b>{escape(word)}</div>'


def _faults(source: Source) -> str:
    plan = source.plan
    parts = []
    if plan.violations:
        parts.append(section(text("report.broken"), "", _findings(plan.violations, finding_text)))
    if plan.unplanned:
        parts.append(section(text("report.left-out"), "", html_table(unplanned_table(source))))
    if plan.facts:
        parts.append(section(text("report.facts"), words("facts-note"), _findings(plan.facts, finding_text)))
    if plan.notes:
        parts.append(section(text("report.notes"), words("notes-note"), _findings(plan.notes, note_text)))
    return "".join(parts)


def _findings(found: Sequence[Finding], worded: Callable[[Finding], str]) -> str:
    return html_table(made("findings", ["rule", "finding"], [(one.rule, worded(one)) for one in found]))


def _waves(source: Source) -> str:
    table = wave_table(source, source.plan.waves)
    head = "".join(f"<span>{escape(column)}</span>" for column in table.columns)
    rows = "".join(_wave(source, wave, row) for wave, row in zip(source.plan.waves, table.rows, strict=True))
    content = f'<div class="head">{head}</div>{rows}' if rows else none()
    return section(text("report.title.waves"), words("wave-note"), f'<div class="waves">{content}</div>')


def _wave(source: Source, wave: Wave, row: Sequence[object]) -> str:
    head = "".join(f"<span>{'' if value is None else escape(str(value))}</span>" for value in row)
    changes = change_table(source.plan, wave)
    return f"<details><summary>{head}</summary>{html_table(changes, most=len(changes.rows))}</details>"


def _dispositions(source: Source) -> str:
    plan = source.plan
    counts = Counter((one.disposition.value, one.rule) for one in plan.dispositions)
    rows = [
        (text(f"plan.disposition.{disposition}"), rule, count)
        for (disposition, rule), count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    notes = ""
    if plan.out_of_scope:
        notes += soft(words("out-of-scope", count=len(plan.out_of_scope)))
    if plan.quarantined:
        notes += soft(words("quarantined", count=len(plan.quarantined)))
    table = made("dispositions", ["disposition", "rule", "systems"], rows, ["systems"])
    return section(table.title, "", html_table(table) + notes)


def _basis(source: Source) -> str:
    """Assumptions, steps left out, provisional years."""
    lines = basis_lines(source.plan)
    if not lines:
        return ""
    listed = "".join(f"<li>{escape(line)}</li>" for line in lines)
    table = assumption_table(source.plan)
    folded = details(f"{table.title} · {len(table.rows)}", html_table(table)) if table.rows else ""
    return section(text("report.basis"), "", f"<ul>{listed}</ul>{folded}")
