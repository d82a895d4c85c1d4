"""From readings to silent days.

A day of Asia/Shanghai is silent when intervals without a flaw cover it whole, its mean and its highest 5-minute mean
are at or below the line's idle floor in both directions, and no session log shows an application on it. The floor and
the longest interval stand in settings.consolidation, the days in settings.idle_days.

A counter that falls is never silence: near zero it was reset (the device or the interface restarted, and nobody knows
what it carried before), elsewhere it runs backwards. With 32 bits it may have wrapped once; where it could have wrapped
more often between two readings, or grows faster than the line can carry, it proves nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from inventory.kinds.lines import Line
from migration.consolidation.evidence.model import (
    DAY_SECONDS,
    Flow,
    Interval,
    LineEvidence,
    Marked,
    Sample,
    Silence,
    day_of,
    midnight,
    shown,
)
from migration.consolidation.evidence.tables import CONTROL_PORTS
from migration.plan import Value

__all__ = ["intervals_of", "silence_of"]

PEAK_SECONDS = 300.0
JITTER = 0.1
"""Share by which 5-minute readings may come early."""
WHOLE_DAY = DAY_SECONDS - 1
LOUD = frozenset({"peak", "mean"})
"""Marks of a day on which something was carried."""
SLACK = 1.05
"""Over the line's bandwidth: headers that carriers do not count, and clocks."""


@dataclass
class _Day:
    """What one series says of a day."""

    covered: float = 0.0
    octets_in: float = 0.0
    octets_out: float = 0.0
    peak: float = 0.0
    loudest: Interval | None = None
    flaws: list[Marked] = field(default_factory=list)


def silence_of(
    line: Line,
    evidence: LineEvidence,
    *,
    floor: tuple[float, float],
    longest_seconds: float,
    needed: int,
    before: dt.date | None = None,
) -> Silence:
    """What evidence proves. ``floor``: mean and 5-minute peak in kbit/s; ``longest_seconds``: a longer interval is a
    gap; ``before``: days from this one on do not count."""
    series = _series(line, evidence)
    marked: list[Marked] = []
    verdicts: list[dict[dt.date, Marked | None]] = []
    reaches: list[float] = []
    for intervals, found in series:
        marked += found
        verdicts.append(_verdicts(intervals, found, floor, longest_seconds, marked))
        reaches += [interval.end for interval in intervals[-1:]] + [one.end for one in found]
    applications = _applications(evidence.flows, marked)
    if before is not None:
        verdicts = [{day: why for day, why in found.items() if day < before} for found in verdicts]
        applications = {day: why for day, why in applications.items() if day < before}
    days, until, broken_day, broken = _streak(verdicts, applications)
    return Silence(
        line=line.id,
        days=days,
        since=until - dt.timedelta(days=days - 1) if until is not None and days else None,
        until=until if days else None,
        reaches=max(reaches, default=None),
        needed=needed,
        broken=broken,
        broken_day=broken_day,
        marked=tuple(sorted(marked, key=lambda one: (one.start, one.file, one.row))),
        floor_kbps=floor,
    )


def _series(line: Line, evidence: LineEvidence) -> list[tuple[list[Interval], list[Marked]]]:
    most = line.bandwidth_mbps * 1e6 / 8 * SLACK if line.bandwidth_mbps > 0 else None
    found = [intervals_of(samples, most) for samples in evidence.samples.values()]
    for rates in evidence.rates.values():
        good: list[Interval] = []
        flaws: list[Marked] = []
        for rate in sorted(rates):
            too_much = most is not None and rate.seconds > 0 and rate.octets > most * rate.seconds
            flaw = rate.flaw or ("too-much" if too_much else "")
            if flaw:
                flaws.append(Marked(rate.start, max(rate.end, rate.start), flaw, rate.file, rate.row))
            else:
                good.append(rate)
        found.append((good, flaws))
    return found


def intervals_of(samples: Iterable[Sample], most: float | None) -> tuple[list[Interval], list[Marked]]:
    """Intervals between samples that follow each other in time, and what is wrong. ``most``: octets that the line
    carries in a second; None: not known."""
    good: list[Interval] = []
    ordered = sorted(samples, key=lambda one: (one.at, one.file, one.row))
    flaws = [Marked(one.at, one.at, one.flaw, one.file, one.row) for one in ordered if one.flaw]
    for before, after in pairwise(ordered):
        if before.flaw or after.flaw:
            bad = after if after.flaw else before
            if after.at > before.at:
                flaws.append(Marked(before.at, after.at, bad.flaw, bad.file, bad.row))
        elif after.at == before.at:
            if (after.octets_in, after.octets_out) != (before.octets_in, before.octets_out):
                flaws.append(Marked(after.at, after.at, "contradiction", after.file, after.row, {"other": before.file}))
        else:
            made = _difference(before, after, most)
            if isinstance(made, Interval):
                good.append(made)
            else:
                flaws.append(made)
    return good, flaws


def _difference(before: Sample, after: Sample, most: float | None) -> Interval | Marked:
    seconds = after.at - before.at
    deltas: list[int] = []
    for first, last in ((before.octets_in, after.octets_in), (before.octets_out, after.octets_out)):
        delta, code = last - first, ""
        bits = min(before.bits, after.bits)
        if bits == 32 and most is not None and most * seconds >= 2**32:
            code = "wrap-unclear"
        elif delta < 0 and bits == 32 and (most is None or delta + 2**32 <= most * seconds):
            delta += 2**32
        elif delta < 0:
            near = last <= (most if most is not None else 125_000) * seconds and last < first // 2
            code = "reset" if near else "backwards"
        elif most is not None and delta > most * seconds:
            code = "too-much"
        if code:
            data: dict[str, Value] = {"before": first, "after": last}
            return Marked(before.at, after.at, code, after.file, after.row, data)
        deltas.append(delta)
    return Interval(before.at, after.at, deltas[0], deltas[1], 0.0, after.file, after.row)


def _verdicts(
    intervals: Sequence[Interval],
    flaws: Sequence[Marked],
    floor: tuple[float, float],
    longest: float,
    marked: list[Marked],
) -> dict[dt.date, Marked | None]:
    """Day -> None where this series proves it silent, else why not. Days that it only touches at its end have none."""
    days: dict[dt.date, _Day] = {}
    usable = [one for one in intervals if one.seconds <= longest]
    ends = 0.0
    said = {flaw.start for flaw in flaws}
    for one in sorted(intervals):
        if ends and one.start > ends + 1 and ends not in said:
            marked.append(_gap(ends, one))
        if one.seconds > longest:
            marked.append(_gap(one.start, one._replace(start=one.end)))
        ends = max(ends, one.end)
    _cover(usable, days)
    _peaks(usable, days)
    for flaw in flaws:
        for day in _days(flaw.start, flaw.end):
            days.setdefault(day, _Day()).flaws.append(flaw)
    if not days:
        return {}
    first, last = min(days), max(days)
    verdicts: dict[dt.date, Marked | None] = {}
    for number in range((last - first).days + 1):
        day = first + dt.timedelta(days=number)
        found = days.get(day, _Day())
        why = _why_not(day, found, floor)
        if why is not None and why.code not in LOUD and found.covered < WHOLE_DAY and day in (first, last):
            continue  # readings began or end in it
        verdicts[day] = why
    return verdicts


def _gap(start: float, after: Interval) -> Marked:
    data: dict[str, Value] = {"hours": round((after.start - start) / 3600, 2), "from": shown(start)}
    return Marked(start, after.start, "gap", after.file, after.row, data)


def _days(start: float, end: float) -> Iterable[dt.date]:
    first, last = day_of(start), day_of(max(end - 1e-6, start))
    return (first + dt.timedelta(days=number) for number in range((last - first).days + 1))


def _cover(intervals: Sequence[Interval], days: dict[dt.date, _Day]) -> None:
    """Share intervals out over days; of what is covered twice only the first counts."""
    covered = 0.0
    for one in sorted(intervals):
        start = max(one.start, covered)
        while start < one.end:
            day = day_of(start)
            stop = min(one.end, midnight(day) + DAY_SECONDS)
            share = (stop - start) / one.seconds
            found = days.setdefault(day, _Day())
            found.covered += stop - start
            found.octets_in += one.octets_in * share
            found.octets_out += one.octets_out * share
            start = stop
        covered = max(covered, one.end)


def _peaks(intervals: Sequence[Interval], days: dict[dt.date, _Day]) -> None:
    """Highest 5-minute means: over as many intervals that follow each other as make 5 minutes. What is read less often
    counts as if all of it had come within 5 minutes: nobody can tell."""
    ordered = sorted(intervals)
    last = len(ordered)
    for place, one in enumerate(ordered):
        octets_in, octets_out, end, next_one = one.octets_in, one.octets_out, one.end, place + 1
        while end - one.start < PEAK_SECONDS * (1 - JITTER) and next_one < last and ordered[next_one].start <= end + 1:
            octets_in += ordered[next_one].octets_in
            octets_out += ordered[next_one].octets_out
            end = max(end, ordered[next_one].end)
            next_one += 1
        whole = end - one.start >= PEAK_SECONDS * (1 - JITTER)
        seconds = min(end - one.start, PEAK_SECONDS) if whole else PEAK_SECONDS
        peak = max(max(octets_in, octets_out) * 8 / 1000 / seconds, one.peak_kbps)
        for day in _days(one.start, end):
            found = days.setdefault(day, _Day())
            if peak > found.peak:
                found.peak, found.loudest = peak, one


def _why_not(day: dt.date, found: _Day, floor: tuple[float, float]) -> Marked | None:
    """Why a day is not silent, what was carried first; None: it is."""
    start, end = midnight(day), midnight(day) + DAY_SECONDS
    mean = max(found.octets_in, found.octets_out) * 8 / 1000 / DAY_SECONDS
    place = ("", 0) if found.loudest is None else (found.loudest.file, found.loudest.row)
    if found.peak > floor[1]:
        return Marked(start, end, "peak", *place, {"kbps": round(found.peak, 1), "floor": floor[1]})
    if mean > floor[0]:
        return Marked(start, end, "mean", *place, {"kbps": round(mean, 1), "floor": floor[0]})
    if found.flaws:
        return found.flaws[0]
    if found.covered < WHOLE_DAY:
        hours = round((DAY_SECONDS - found.covered) / 3600, 2)
        return Marked(start, end, "incomplete", *place, {"hours": hours})
    return None


def _applications(flows: Iterable[Flow], marked: list[Marked]) -> dict[dt.date, Marked]:
    """Days with an application in a session log, or with a row that nobody can read."""
    found: dict[dt.date, Marked] = {}
    for flow in flows:
        if not flow.flaw and flow.port in CONTROL_PORTS:
            continue
        data: dict[str, Value] = {
            "source": flow.source,
            "target": flow.target,
            "port": flow.port or 0,
            "protocol": flow.protocol or "ip",
        }
        start, end = midnight(flow.first), midnight(flow.last) + DAY_SECONDS
        why = Marked(start, end, flow.flaw or "application", flow.file, flow.row, {} if flow.flaw else data)
        if flow.flaw:
            marked.append(why)
        for day in _days(start, end):
            found.setdefault(day, why)
    return found


def _streak(
    verdicts: Sequence[Mapping[dt.date, Marked | None]], applications: Mapping[dt.date, Marked]
) -> tuple[int, dt.date | None, dt.date | None, Marked | None]:
    """(days in a row, the last of them, the day that broke it, why), from the last day on which anything is known."""
    known = {day for found in verdicts for day in found}
    loud = {day for day in applications if not known or day >= min(known)}
    if not known:
        return 0, None, max(loud, default=None), applications[max(loud)] if loud else None
    day = last = max(known | loud)
    while True:
        why = _verdict(day, verdicts, applications)
        if why is not None or not any(day in found for found in verdicts):
            return (last - day).days, last, day if why is not None else None, why
        day -= dt.timedelta(days=1)


def _verdict(
    day: dt.date, verdicts: Sequence[Mapping[dt.date, Marked | None]], applications: Mapping[dt.date, Marked]
) -> Marked | None:
    """One series that proves silence does, as long as none shows traffic."""
    if day in applications:
        return applications[day]
    said = [found[day] for found in verdicts if day in found]
    loud = [why for why in said if why is not None and why.code in LOUD]
    if loud:
        return loud[0]
    return None if None in said else next((why for why in said if why is not None), None)
