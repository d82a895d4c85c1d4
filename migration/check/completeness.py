"""Whether the plan is whole: dispositions, outcomes of lines as decided by hand, and each step that the inventory asks
for planned once.

Its findings carry the rule id ``plan``: they are no rule of the planning contract, but what every rule takes for
granted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from inventory.kinds.lines import InternetExit, Line, PrivateNetwork
from inventory.kinds.systems import Lifecycle
from migration.check.case import TRACK_OF, Case, Verdict
from migration.check.progress import behind, knowledge
from migration.check.tracks.lines import outcome_of
from migration.check.tracks.network import skipped
from migration.plan import STEPS, Finding, Track, item_id

__all__ = ["PLAN", "completeness", "fault"]

PLAN = "plan"
"""Rule id of what is wrong with the plan as such."""

Lack = tuple[str, Verdict]
"""A fault, and the object (KIND:ID) that has no place in the plan; empty for other faults."""
NOT_YET = (Lifecycle.PLANNED, Lifecycle.BUILDING)


def completeness(case: Case) -> Iterator[Verdict]:
    """Every fault of the plan as a whole.

    All bind at once, also for what is done: nobody but an editor puts them there.
    """
    if case.plan.grid.length_days != case.inventory.estate.grid.length_days:
        yield fault("grid", days=case.plan.grid.length_days, estate_days=case.inventory.estate.grid.length_days)
    knows, new = knowledge(case.plan), dict[str, None]()
    for name, verdict in (*_dispositions(case), *_outcomes(case), *_once(case), *_skipped(case)):
        if not name or knows(name):
            yield verdict
        else:
            new[name] = None
    for name in new:
        yield fault("not-in-plan", record=name, fact=True, object=name)


def fault(
    code: str, item: str = "", record: str = "", *, fact: bool = False, **data: str | float | bool | None
) -> Verdict:
    """A verdict on the plan as such."""
    items = (item,) if item else ()
    records = (record,) if record else ()
    return Verdict(Finding(rule=PLAN, code=code, items=items, records=records, data=data), fact)


def _dispositions(case: Case) -> Iterator[Lack]:
    """Faults of dispositions, with the system that has none."""
    stored = Counter(disposed.system for disposed in case.plan.dispositions)
    for key, times in stored.items():
        system = case.inventory.systems.get(key)
        if system is None or system.classified:
            yield "", fault("disposition-unknown", record=f"system:{key}", system=key)
        elif times > 1:
            yield "", fault("disposition-twice", record=f"system:{key}", system=key)
    for key, system in case.inventory.systems.items():
        if not system.classified and key not in stored:
            yield f"system:{key}", fault("disposition-missing", record=f"system:{key}", system=key)
    for key, disposed in case.decided.items():
        system = case.inventory.systems[key]
        decision = system.decisions.disposition
        if decision is not None and decision.value.strip().lower() != disposed.disposition:
            stored_as = disposed.disposition.value
            record = f"system:{key}"
            yield "", fault("decision-ignored", record=record, system=key, decided=decision.value, stored=stored_as)
        entered = case.done_on(system) is not None or "lifecycle" in case.inventory.declared.get(f"system:{key}", ())
        if not entered and disposed.direct is not (disposed.disposition.moves and system.lifecycle in NOT_YET):
            yield "", fault("direct", record=f"system:{key}", system=key, lifecycle=system.lifecycle.value)


def _outcomes(case: Case) -> Iterator[Lack]:
    """Faults of what becomes of lines, private networks and exits. What has no entry is decided by hand, or stays."""
    for name, times in Counter(entry.record for entry in case.plan.outcomes).items():
        kind, _, key = name.partition(":")
        record = case.inventory.of(kind).get(key) if TRACK_OF.get(kind) is Track.LINE else None
        if not isinstance(record, Line | PrivateNetwork | InternetExit) or outcome_of(case, name, record) == "":
            yield "", fault("outcome-unknown", record=name, object=name)
        elif times > 1:
            yield "", fault("outcome-twice", record=name, object=name)
        elif (stored := case.outcomes[name]) != (decided := outcome_of(case, name, record)):
            yield "", fault("outcome-ignored", record=name, object=name, decided=decided, stored=stored)


def _asked(case: Case) -> dict[str, list[str]]:
    """Id -> objects whose step it is, of all steps to be done and done; the ids of two objects may be the same."""
    found: dict[str, list[str]] = {}
    for name, steps in case.wanted.items():
        kind, _, key = name.partition(":")
        for step in steps:
            found.setdefault(item_id(key, step, TRACK_OF[kind]), []).append(name)
    for key in case.moving:
        if not case.wants(f"system:{key}", "cutover"):
            found[item_id(key)] = [f"system:{key}"]
    for id in case.inventory.done:
        if id not in found and (name := _on_record(case, id)):
            found[id] = [name]
    return found


def _on_record(case: Case, id: str) -> str:
    """The object (KIND:ID) of a finished item; empty for what is no step of an unclassified object of the estate."""
    track, _, rest = id.partition("/")
    key, _, step = rest.rpartition("/")
    if track not in list(Track) or step.partition("-")[0] not in STEPS[Track(track)]:
        return ""
    for kind, of_kind in TRACK_OF.items():
        record = case.inventory.of(kind).get(key) if of_kind.value == track else None
        if record is not None and not getattr(record, "classified", False):
            return f"{kind}:{key}"
    return ""


def _once(case: Case) -> Iterator[Lack]:
    """One item, or one entry among the unplanned, for each step; done ones cannot be unplanned."""
    planned = Counter(item.id for item in case.plan.items)
    unplanned = Counter(left_out.item for left_out in case.plan.unplanned)
    asked = _asked(case)
    for id, names in asked.items():
        once, record = len(names), names[0]
        if planned[id] > once:
            yield "", fault("item-twice", id, record, count=planned[id])
        elif planned[id] + unplanned[id] < once:
            yield record, fault("item-missing", id, record, object=record)
        elif planned[id] + unplanned[id] > once:
            yield "", fault("item-unplanned", id, record)
    for id in unplanned:
        if id not in asked:
            name = _on_record(case, id)
            code = behind(case, name, id.rpartition("/")[2]) if name else ""
            yield "", fault(code or "unplanned-needless", id, name, fact=bool(code), object=name)


def _skipped(case: Case) -> Iterator[Lack]:
    """Stages that the technology does not need are said to be skipped, and no others but those that are reached."""
    wanted = skipped(case)
    stored = {entry.item for entry in case.plan.skipped}
    for id in sorted(wanted - stored):
        yield f"device:{id.split('/')[1]}", fault("skipped-missing", id)
    for id in sorted(stored - wanted):
        name = _on_record(case, id)
        if id not in case.inventory.done and not (name and behind(case, name, id.rpartition("/")[2])):
            yield "", fault("skipped-needless", id)
