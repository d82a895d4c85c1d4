"""H12: what lasts, lasts as long as it must, and no longer than it may."""

from __future__ import annotations

from collections.abc import Iterator

from migration.check.case import Case, Verdict, breach
from migration.check.gates import held
from migration.check.tracks.gate import Gate
from migration.plan import ItemState, PlanItem, Track

__all__ = ["lags"]

IN_TURN = {
    Track.SYSTEM: (("cutover", "verify"), ("verify", "decommission"), ("switch_off", "observe"), ("observe", "remove")),
    Track.LINE: (("parallel_run", "cutover"),),
}
"""Steps of one object of which the second follows when the first has lasted its time."""


def lags(case: Case) -> Iterator[Verdict]:
    """Breaches of H12.

    An item lasts at least as many days as the effort table says; pools are built and extended by the day promised,
    whatever the table says. Hypercare follows the cutover and lasts until decommission; systems stay switched off
    until they are removed; a line runs in parallel before its cutover, and no longer than the settings allow; a copy is
    no older than they allow.
    """
    for item in case.plan.items:
        if item.movable and case.wants(item.object, item.step):
            yield from _length(case, item)
    for name in case.wanted:
        kind = name.partition(":")[0]
        if kind == "system":
            yield from _in_turn(case, name, Track.SYSTEM)
            yield from _most(case, name, "copy-old", case.inventory.estate.settings.copy_keep_days)
        elif kind in ("line", "private_network", "internet_exit"):
            yield from _in_turn(case, name, Track.LINE)
            yield from _most(case, name, "parallel-long", case.inventory.estate.settings.parallel_run_days)


def _length(case: Case, item: PlanItem) -> Iterator[Verdict]:
    if item.changes or item.base_step in ("built", "extended"):
        return
    least = case.effort(item.object, item.step).days
    days = (item.end - item.start).days + 1
    if days < least:
        yield breach("H12", "too-short", [item], [item.object], days=days, least=least)


def _in_turn(case: Case, name: str, track: Track) -> Iterator[Verdict]:
    for sooner, later in IN_TURN[track]:
        if case.wants(name, sooner) and case.wants(name, later):
            verdict = held(case, Gate((name, later), ((name, sooner),)), "H12")
            if verdict is not None:
                yield verdict


def _most(case: Case, name: str, code: str, most: int) -> Iterator[Verdict]:
    """A copy may end, a parallel run begin, at most so many days before the cutover."""
    copy = code == "copy-old"
    sooner = case.items.get((name, "replicate" if copy else "parallel_run"))
    cutover = case.items.get((name, "cutover"))
    if sooner is None or cutover is None:
        return
    since = sooner.end if copy else sooner.start
    days = (cutover.start - since).days
    if days > most and cutover.state is not ItemState.DONE:
        repeated = sooner.movable or (cutover.movable and (case.plan.now - since).days <= most)
        yield breach("H12", code, [cutover, sooner], [name], fact=not repeated, days=days, most=most)
