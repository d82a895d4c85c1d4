"""A plan as a calendar file (iCalendar, RFC 5545): an event for each wave and each cutover of a line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event, Timezone, TimezoneStandard

from migration.calendar import CHINA_TIME
from migration.plan import Plan, PlanItem, Wave
from migration.steps import Track
from ui.reports.source import Source
from ui.reports.wording import step_text
from ui.texts import text

__all__ = ["calendar_bytes"]

ZONE = "Asia/Shanghai"


def calendar_bytes(source: Source) -> bytes:
    """The file; the same plan gives the same bytes: stamps are the plan's ``now``, not the day of writing."""
    plan = source.plan
    calendar = Calendar()
    calendar.add("prodid", "-//qianyun//migration plan//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{plan.estate} – {text('report.title')}")
    calendar.add("x-wr-timezone", ZONE)
    calendar.add_component(_zone())
    events = [_wave(source, wave) for wave in plan.waves]
    events += [_line(source, item) for item in plan.items if item.track is Track.LINE and item.step == "cutover"]
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical(sorted=False))


def _zone() -> Timezone:
    """China has had one offset since the last summer time in 1991."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", ZONE)
    standard.add("dtstart", dt.datetime(1991, 9, 15, 2))  # noqa: DTZ001 - local time of the zone that it defines
    standard.add("tzoffsetfrom", dt.timedelta(hours=9))
    standard.add("tzoffsetto", dt.timedelta(hours=8))
    standard.add("tzname", "CST")
    zone.add_component(standard)
    return zone


def _wave(source: Source, wave: Wave) -> Event:
    key = "report.ics-network" if wave.track is Track.NETWORK else "report.ics-wave"
    summary = text(key, wave=wave.id, count=len(wave.items), target=source.target(wave))
    return _event(source, wave.id, summary, wave.items, [_told(source, item) for item in wave.items])


def _told(source: Source, item: PlanItem) -> str:
    """A line of a description: the object, its department; of a device the step."""
    label = source.label(item.object)
    if item.track is Track.NETWORK:
        return f"{label}: {step_text(item)}"
    return f"{label}, {source.name(f'department:{item.department}')}" if item.department else label


def _line(source: Source, item: PlanItem) -> Event:
    summary = text("report.ics-line", name=source.label(item.object))
    return _event(source, item.id, summary, (item,), [_told(source, item)])


def _event(source: Source, name: str, summary: str, items: Sequence[PlanItem], lines: Iterable[str]) -> Event:
    """From the first window's opening to the last one's end; whole days where an item has no window."""
    event = Event()
    event.add("uid", f"{uuid5(NAMESPACE_URL, f'qianyun:{source.plan.estate}/{name}')}@qianyun")
    event.add("dtstamp", _stamp(source.plan))
    _add_times(event, items)
    event.add("summary", summary)
    event.add("description", "\n".join(lines))
    event.add("categories", [items[0].track.value])
    event.add("transp", "OPAQUE")
    return event


def _stamp(plan: Plan) -> dt.datetime:
    return dt.datetime.combine(plan.now, dt.time(), dt.timezone.utc)  # noqa: UP017 - the word of RFC 5545


def _add_times(event: Event, items: Sequence[PlanItem]) -> None:
    windows = [
        (item.window_start, item.window_start + dt.timedelta(minutes=item.window_minutes))
        for item in items
        if item.window_start is not None and item.window_minutes is not None
    ]
    if len(windows) < len(items):
        event.add("dtstart", min(item.start for item in items))
        event.add("dtend", max(item.end for item in items) + dt.timedelta(days=1))
        return
    for name, moment in (("dtstart", min(start for start, _ in windows)), ("dtend", max(end for _, end in windows))):
        local = moment.astimezone(CHINA_TIME).replace(tzinfo=None)
        event.add(name, local, parameters={"TZID": ZONE})
